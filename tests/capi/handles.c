/* Every function with bad handles of every kind: NULL, of another type, freed, freed with the slot in use again, of
 * another copy of the library, made up. None crashes, each says so, and nothing happens to what is live.
 *
 *   handles DIRECTORY-URL [COPY-OF-LIBSAFE.SO]
 *
 * tests/capi/complete.py checks that every function that takes a handle is called here. */
#define _GNU_SOURCE
#include "check.h"

#include <dlfcn.h>

/* One handle of each type. */
typedef struct handles {
    safe_error *error;
    safe_bytes *bytes;
    safe_op *op;
    safe_queue *queue;
    safe_client *client;
    safe_link *link;
    safe_receipt *receipt;
    safe_writer *writer;
    safe_reader *reader;
    safe_key *key;
    safe_record *record;
    safe_record_page *page;
    safe_report *report;
    safe_s1_encoder *encoder;
    safe_s1_map *map;
    safe_port *port;
    safe_request *request;
    safe_vault *vault;
} handles;

static uint8_t buffer[64];

static void make_streams(handles *good) {
    safe_op *op = safe_put(good->client, (const uint8_t *)"content", 7, 0);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_receipt(op, &good->receipt, NULL));
    safe_op_free(op);
    CHECK_EQ(SAFE_OK, safe_receipt_link(good->receipt, &good->link, NULL));
    good->reader = reader_of(safe_open(good->client, good->link));
    good->writer = writer_of(safe_writer_open(good->client, SAFE_SIZE_UNKNOWN, 0));
}

static void make_records(handles *good) {
    uint8_t address[32];
    safe_op *op;
    CHECK_EQ(SAFE_OK, safe_key_generate(&good->key, NULL));
    op = safe_record_create(good->client, good->key, "label", NULL, 0);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_record(op, &good->record, NULL));
    safe_op_free(op);
    CHECK_EQ(SAFE_OK, safe_record_address(good->record, address, NULL));
    op = safe_record_list(good->client, address, SAFE_VERSION_NEWEST, 10);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_record_page(op, &good->page, NULL));
    safe_op_free(op);
}

static void make_s1(handles *good) {
    safe_bytes *map = NULL;
    CHECK_EQ(SAFE_OK, safe_s1_encoder_create(&good->encoder, NULL));
    CHECK_EQ(SAFE_OK, safe_s1_encoder_write(good->encoder, (const uint8_t *)"small", 5, NULL));
    CHECK_EQ(SAFE_OK, safe_s1_encoder_finish(good->encoder, &map, NULL));
    CHECK_EQ(SAFE_OK, safe_s1_map_parse(safe_bytes_data(map), safe_bytes_size(map), &good->map, NULL));
    safe_bytes_free(map);
}

/* A request that waits for its answer. */
static void make_port(handles *good) {
    static unsigned ports;
    char scheme[20], url[24];
    snprintf(scheme, sizeof scheme, "port%u", ports++);
    snprintf(url, sizeof url, "%s:", scheme);
    CHECK_EQ(SAFE_OK, safe_port_create(SAFE_PORT_STORE, scheme, &good->port, NULL));
    safe_op_free(safe_connect(url, 0));
    CHECK_EQ(SAFE_OK, safe_port_next(good->port, SAFE_FOREVER, &good->request, NULL));
}

static handles make_good(const char *url) {
    handles good;
    safe_op *op;
    memset(&good, 0, sizeof good);
    CHECK_EQ(SAFE_BAD_LINK, safe_link_parse("no link", &good.link, &good.error));
    good.client = connect_to(url);
    make_streams(&good);
    make_records(&good);
    make_s1(&good);
    make_port(&good);
    CHECK_EQ(SAFE_OK, safe_record_value(good.record, &good.bytes, NULL));
    CHECK_EQ(SAFE_OK, safe_queue_create(&good.queue, NULL));
    op = safe_vault_info(url);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_report(op, &good.report, NULL));
    good.op = op;
    op = safe_vault_open(NULL, "mem:", 0);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_vault(op, &good.vault, NULL));
    safe_op_free(op);
    return good;
}

static void free_all(handles *all) {
    safe_error_free(all->error);
    safe_bytes_free(all->bytes);
    safe_op_free(all->op);
    safe_queue_free(all->queue);
    safe_client_free(all->client);
    safe_link_free(all->link);
    safe_receipt_free(all->receipt);
    safe_writer_free(all->writer);
    safe_reader_free(all->reader);
    safe_key_free(all->key);
    safe_record_free(all->record);
    safe_record_page_free(all->page);
    safe_report_free(all->report);
    safe_s1_encoder_free(all->encoder);
    safe_s1_map_free(all->map);
    safe_request_free(all->request);
    safe_port_free(all->port);
    safe_vault_free(all->vault);
}

/* The code of an operation that must have failed at once. */
static safe_status failed_at_once(safe_op *op) {
    CHECK(op != NULL);
    CHECK_EQ(SAFE_OP_FAILED, safe_op_state(op));
    return end_of(op);
}

/* The status, after a look at the error that goes with it. */
static safe_status same(safe_status status, safe_error **error) {
    CHECK_EQ(status, code_of(*error));
    *error = NULL;
    return status;
}

static void try_errors_and_bytes(const handles *bad, safe_status wanted) {
    uint64_t number = 77;
    safe_error *e = NULL;
    CHECK_EQ(SAFE_INVALID_HANDLE, safe_error_code(bad->error));
    CHECK(safe_error_message(bad->error) == NULL);
    CHECK_EQ(0, safe_error_detail_count(bad->error));
    CHECK(safe_error_detail_name(bad->error, 0) == NULL);
    CHECK_EQ(wanted, safe_error_detail_u64(bad->error, "x", &number));
    CHECK(safe_error_detail_text(bad->error, "x") == NULL);
    CHECK_EQ(0, safe_bytes_size(bad->bytes));
    CHECK(safe_bytes_data(bad->bytes) == NULL);
    CHECK_EQ(wanted, same(safe_bytes_copy(bad->bytes, 0, buffer, 0, &e), &e));
    CHECK_EQ(77, number);
}

static void try_ops(const handles *bad, const handles *good, safe_status wanted) {
    uint64_t a = 77, b = 77;
    int32_t fd = 77;
    safe_error *e = NULL;
    safe_op *op = NULL;
    safe_bytes *bytes = (safe_bytes *)buffer;
    safe_client *client = NULL;
    safe_receipt *receipt = NULL;
    safe_writer *writer = NULL;
    safe_reader *reader = NULL;
    safe_record *record = NULL;
    safe_record_page *page = NULL;
    safe_report *report = NULL;
    safe_vault *vault = NULL;
    CHECK_EQ(SAFE_INVALID_HANDLE, safe_op_state(bad->op));
    CHECK_EQ(wanted, same(safe_op_wait(bad->op, 0, &e), &e));
    safe_op_cancel(bad->op);
    CHECK_EQ(wanted, same(safe_op_progress(bad->op, &a, &b, &e), &e));
    CHECK_EQ(wanted, same(safe_op_to_queue(bad->op, good->queue, 1, &e), &e));
    CHECK_EQ(wanted, same(safe_op_to_queue(good->op, bad->queue, 1, &e), &e));
    CHECK_EQ(wanted, same(safe_op_on_done(bad->op, NULL, NULL, &e), &e));
    CHECK_EQ(wanted, same(safe_op_take_u64(bad->op, &a, &e), &e));
    CHECK_EQ(wanted, same(safe_op_take_bytes(bad->op, &bytes, &e), &e));
    CHECK(bytes == NULL);
    CHECK_EQ(wanted, same(safe_op_take_client(bad->op, &client, &e), &e));
    CHECK_EQ(wanted, same(safe_op_take_receipt(bad->op, &receipt, &e), &e));
    CHECK_EQ(wanted, same(safe_op_take_writer(bad->op, &writer, &e), &e));
    CHECK_EQ(wanted, same(safe_op_take_reader(bad->op, &reader, &e), &e));
    CHECK_EQ(wanted, same(safe_op_take_record(bad->op, &record, &e), &e));
    CHECK_EQ(wanted, same(safe_op_take_record_page(bad->op, &page, &e), &e));
    CHECK_EQ(wanted, same(safe_op_take_report(bad->op, &report, &e), &e));
    CHECK_EQ(wanted, same(safe_op_take_vault(bad->op, &vault, &e), &e));
    CHECK_EQ(wanted, same(safe_queue_next(bad->queue, 0, &op, &a, &e), &e));
    CHECK_EQ(wanted, same(safe_queue_fd(bad->queue, &fd, &e), &e));
    safe_queue_wake(bad->queue);
    CHECK(a == 77 && b == 77 && fd == 77);
}

static void try_client(const handles *bad, const handles *good, safe_status wanted) {
    safe_client *c = bad->client;
    safe_error *e = NULL;
    CHECK(safe_client_url(c) == NULL);
    CHECK_EQ(SAFE_CLIENT_CLOSED, safe_client_state(c));
    CHECK_EQ(wanted, failed_at_once(safe_client_next_state(c, SAFE_CLIENT_CONNECTED)));
    CHECK_EQ(wanted, same(safe_client_set_timeout(c, 1, &e), &e));
    CHECK_EQ(wanted, failed_at_once(safe_put(c, buffer, 1, 0)));
    CHECK_EQ(wanted, failed_at_once(safe_put_file(c, "file", 0)));
    CHECK_EQ(wanted, failed_at_once(safe_writer_open(c, 1, 0)));
    CHECK_EQ(wanted, failed_at_once(safe_open(c, good->link)));
    CHECK_EQ(wanted, failed_at_once(safe_open(good->client, bad->link)));
    CHECK_EQ(wanted, failed_at_once(safe_open_datamap(c, buffer, 1)));
    CHECK_EQ(wanted, failed_at_once(safe_get_bytes(c, good->link, 1)));
    CHECK_EQ(wanted, failed_at_once(safe_get_bytes(good->client, bad->link, 1)));
    CHECK_EQ(wanted, failed_at_once(safe_get_file(c, good->link, "file")));
    CHECK_EQ(wanted, failed_at_once(safe_get_file(good->client, bad->link, "file")));
    CHECK_EQ(wanted, failed_at_once(safe_chunk_get(c, buffer)));
    CHECK_EQ(wanted, failed_at_once(safe_chunk_put(c, buffer, 1)));
    CHECK_EQ(wanted, failed_at_once(safe_chunk_exists(c, buffer)));
    CHECK_EQ(wanted, failed_at_once(safe_record_create(c, good->key, "l", buffer, 1)));
    CHECK_EQ(wanted, failed_at_once(safe_record_create(good->client, bad->key, "l", buffer, 1)));
    CHECK_EQ(wanted, failed_at_once(safe_record_set(c, good->key, "l", 1, buffer, 1)));
    CHECK_EQ(wanted, failed_at_once(safe_record_set(good->client, bad->key, "l", 1, buffer, 1)));
    CHECK_EQ(wanted, failed_at_once(safe_record_get(c, buffer, 0)));
    CHECK_EQ(wanted, failed_at_once(safe_record_list(c, buffer, 0, 1)));
}

static void try_links(const handles *bad, safe_status wanted) {
    safe_error *e = NULL;
    safe_link *link = (safe_link *)buffer;
    safe_bytes *bytes = (safe_bytes *)buffer;
    CHECK_EQ(wanted, same(safe_link_with(bad->link, "n", NULL, &link, &e), &e));
    CHECK(link == NULL);
    CHECK(safe_link_text(bad->link) == NULL);
    CHECK_EQ(0, safe_link_is_private(bad->link));
    CHECK(safe_link_size(bad->link) == SAFE_SIZE_UNKNOWN);
    CHECK(safe_link_name(bad->link) == NULL);
    CHECK(safe_link_media_type(bad->link) == NULL);
    CHECK_EQ(wanted, same(safe_link_address(bad->link, buffer, &e), &e));
    CHECK_EQ(wanted, same(safe_link_datamap(bad->link, &bytes, &e), &e));
    CHECK(bytes == NULL);
}

static void try_streams(const handles *bad, safe_status wanted) {
    safe_error *e = NULL;
    uint8_t *memory = buffer;
    uint64_t size = 77;
    safe_link *link = NULL;
    CHECK_EQ(0, safe_writer_replay_size(bad->writer));
    CHECK_EQ(wanted, failed_at_once(safe_writer_write(bad->writer, buffer, 1)));
    CHECK_EQ(wanted, same(safe_writer_reserve(bad->writer, 1, &memory, &e), &e));
    CHECK(memory == NULL);
    CHECK_EQ(wanted, failed_at_once(safe_writer_commit(bad->writer, 1)));
    CHECK_EQ(wanted, failed_at_once(safe_writer_close(bad->writer)));
    CHECK_EQ(wanted, same(safe_receipt_link(bad->receipt, &link, &e), &e));
    CHECK_EQ(0, safe_receipt_size(bad->receipt));
    CHECK_EQ(0, safe_receipt_chunk_count(bad->receipt));
    CHECK_EQ(wanted, same(safe_receipt_chunk(bad->receipt, 0, buffer, &size, &e), &e));
    CHECK_EQ(0, safe_receipt_new_chunks(bad->receipt));
    CHECK_EQ(0, safe_receipt_new_bytes(bad->receipt));
    CHECK_EQ(0, safe_reader_size(bad->reader));
    CHECK_EQ(wanted, failed_at_once(safe_reader_read(bad->reader, 0, 1)));
    CHECK_EQ(wanted, failed_at_once(safe_reader_read_into(bad->reader, 0, buffer, 1)));
    CHECK_EQ(77, size);
}

static void try_keys_and_records(const handles *bad, safe_status wanted) {
    safe_error *e = NULL;
    safe_bytes *bytes = NULL;
    safe_record *record = NULL;
    int32_t more = 77;
    uint64_t before = 77;
    CHECK_EQ(wanted, same(safe_key_export(bad->key, buffer, &e), &e));
    CHECK_EQ(wanted, same(safe_key_public(bad->key, buffer, &e), &e));
    CHECK_EQ(wanted, same(safe_key_sign(bad->key, buffer, 1, buffer, &e), &e));
    CHECK_EQ(wanted, same(safe_record_address(bad->record, buffer, &e), &e));
    CHECK_EQ(wanted, same(safe_record_owner(bad->record, buffer, &e), &e));
    CHECK(safe_record_label(bad->record) == NULL);
    CHECK_EQ(0, safe_record_version(bad->record));
    CHECK_EQ(wanted, same(safe_record_value(bad->record, &bytes, &e), &e));
    CHECK_EQ(0, safe_record_page_count(bad->page));
    CHECK_EQ(wanted, same(safe_record_page_get(bad->page, 0, &record, &e), &e));
    CHECK_EQ(wanted, same(safe_record_page_next(bad->page, &more, &before, &e), &e));
    CHECK(more == 77 && before == 77);
}

static void try_reports_and_s1(const handles *bad, safe_status wanted) {
    safe_error *e = NULL;
    safe_bytes *bytes = NULL;
    uint64_t number = 77;
    CHECK_EQ(wanted, same(safe_report_value(bad->report, "chunks", &number, &e), &e));
    CHECK_EQ(0, safe_report_item_count(bad->report));
    CHECK_EQ(wanted, same(safe_report_item(bad->report, 0, buffer, &number, &e), &e));
    CHECK(safe_report_item_text(bad->report, 0) == NULL);
    CHECK_EQ(wanted, same(safe_s1_encoder_write(bad->encoder, buffer, 1, &e), &e));
    CHECK_EQ(wanted, same(safe_s1_encoder_finish(bad->encoder, &bytes, &e), &e));
    CHECK_EQ(wanted, same(safe_s1_encoder_next(bad->encoder, buffer, &bytes, &e), &e));
    CHECK_EQ(0, safe_s1_map_size(bad->map));
    CHECK_EQ(0, safe_s1_map_chunk_count(bad->map));
    CHECK_EQ(wanted, same(safe_s1_map_content(bad->map, &bytes, &e), &e));
    CHECK_EQ(wanted, same(safe_s1_map_chunk_name(bad->map, 0, buffer, &e), &e));
    CHECK_EQ(wanted, same(safe_s1_map_decrypt(bad->map, 0, buffer, 1, &bytes, &e), &e));
    CHECK_EQ(77, number);
}

static void try_ports(const handles *bad, safe_status wanted) {
    safe_error *e = NULL;
    safe_request *request = (safe_request *)buffer, *r = bad->request;
    CHECK_EQ(wanted, same(safe_port_next(bad->port, 0, &request, &e), &e));
    CHECK(request == NULL);
    CHECK_EQ(wanted, same(safe_port_on_request(bad->port, NULL, NULL, &e), &e));
    CHECK_EQ(SAFE_INVALID_HANDLE, safe_request_kind(r));
    CHECK(safe_request_url(r) == NULL);
    CHECK_EQ(0, safe_request_connection(r));
    CHECK(safe_request_key(r) == NULL);
    CHECK(safe_request_after(r) == NULL);
    CHECK_EQ(0, safe_request_offset(r));
    CHECK_EQ(0, safe_request_length(r));
    CHECK_EQ(0, safe_request_limit(r));
    CHECK_EQ(0, safe_request_flags(r));
    CHECK_EQ(0, safe_request_size(r));
    CHECK(safe_request_data(r) == NULL);
    CHECK_EQ(wanted, same(safe_request_done(r, 1, &e), &e));
    CHECK_EQ(wanted, same(safe_request_give(r, buffer, 1, &e), &e));
    CHECK_EQ(wanted, same(safe_request_none(r, &e), &e));
    CHECK_EQ(wanted, same(safe_request_add(r, "key", 1, &e), &e));
    CHECK_EQ(wanted, same(safe_request_figures(r, 1, 1, 1, 1, &e), &e));
    CHECK_EQ(wanted, same(safe_request_fail(r, SAFE_STORE_IO, "x", &e), &e));
}

static void try_served(const handles *bad, safe_status wanted) {
    safe_error *e = NULL;
    if (bad->key) CHECK_EQ(wanted, failed_at_once(safe_vault_open(bad->key, "mem:", 0)));
    CHECK_EQ(wanted, failed_at_once(safe_connect_as(bad->key, "mem:", 0)));
    CHECK_EQ(wanted, same(safe_vault_set_limit(bad->vault, SAFE_VAULT_LIMIT_QUOTA, 1, &e), &e));
    CHECK(safe_vault_key(bad->vault) == NULL);
    CHECK_EQ(wanted, failed_at_once(safe_vault_listen(bad->vault, "tcp://127.0.0.1:0")));
    CHECK_EQ(wanted, same(safe_vault_set_certificate(bad->vault, "c", "k", &e), &e));
    CHECK_EQ(0, safe_vault_url_count(bad->vault));
    CHECK(safe_vault_url(bad->vault, 0) == NULL);
    CHECK_EQ(wanted, failed_at_once(safe_vault_accept(bad->vault, "mem:")));
    CHECK_EQ(wanted, failed_at_once(safe_vault_metrics(bad->vault)));
    CHECK_EQ(wanted, failed_at_once(safe_vault_drain(bad->vault, 0)));
}

static void try_all(const char *kind, handles bad, const handles *good, safe_status wanted) {
    const int before = failures;
    const uint64_t live = safe_debug_live_handles();
    try_errors_and_bytes(&bad, wanted);
    try_ops(&bad, good, wanted);
    try_client(&bad, good, wanted);
    try_links(&bad, wanted);
    try_streams(&bad, wanted);
    try_keys_and_records(&bad, wanted);
    try_reports_and_s1(&bad, wanted);
    try_ports(&bad, wanted);
    try_served(&bad, wanted);
    free_all(&bad);
    CHECK_EQ(live, safe_debug_live_handles());
    if (failures != before) fprintf(stderr, "  with handles that are %s\n", kind);
}

/* The handle of another type, for each type. */
static handles of_other_types(const handles *good) {
    handles bad;
    memset(&bad, 0, sizeof bad);
    bad.error = (safe_error *)good->bytes;
    bad.bytes = (safe_bytes *)good->op;
    bad.op = (safe_op *)good->queue;
    bad.queue = (safe_queue *)good->client;
    bad.client = (safe_client *)good->link;
    bad.link = (safe_link *)good->receipt;
    bad.receipt = (safe_receipt *)good->writer;
    bad.writer = (safe_writer *)good->reader;
    bad.reader = (safe_reader *)good->key;
    bad.key = (safe_key *)good->record;
    bad.record = (safe_record *)good->page;
    bad.page = (safe_record_page *)good->report;
    bad.report = (safe_report *)good->encoder;
    bad.encoder = (safe_s1_encoder *)good->map;
    bad.map = (safe_s1_map *)good->port;
    bad.port = (safe_port *)good->request;
    bad.request = (safe_request *)good->vault;
    bad.vault = (safe_vault *)good->error;
    return bad;
}

static handles made_up(uintptr_t value) {
    handles bad;
    void *all[sizeof bad / sizeof(void *)];
    size_t i;
    for (i = 0; i < sizeof all / sizeof *all; i++) all[i] = (void *)(value + i);
    memcpy(&bad, all, sizeof bad);
    return bad;
}

/* Links and keys of another copy of the library, under the names of all types. */
static void try_foreign(const char *copy, const handles *good) {
    void *library = dlopen(copy, RTLD_NOW | RTLD_LOCAL);
    safe_status (*generate)(safe_key **, safe_error **);
    void (*free_key)(safe_key *);
    uint64_t (*live)(void);
    safe_key *foreign = NULL;
    handles bad;
    if (!library) {
        failed(__FILE__, __LINE__, dlerror());
        return;
    }
    *(void **)&generate = dlsym(library, "safe_key_generate");
    *(void **)&free_key = dlsym(library, "safe_key_free");
    *(void **)&live = dlsym(library, "safe_debug_live_handles");
    CHECK(generate != safe_key_generate);
    CHECK_EQ(SAFE_OK, generate(&foreign, NULL));
    memset(&bad, 0, sizeof bad);
    bad = made_up((uintptr_t)foreign);
    bad.key = foreign;
    try_all("of another copy of the library", bad, good, SAFE_INVALID_HANDLE);
    CHECK_EQ(1, live());
    free_key(foreign);
    CHECK_EQ(0, live());
}

int main(int argc, char **argv) {
    const char *url = argc > 1 ? argv[1] : "mem:";
    handles none, good = make_good(url), freed = make_good(url), again;
    memset(&none, 0, sizeof none);
    try_all("NULL", none, &good, SAFE_INVALID_HANDLE);
    try_all("of another type", of_other_types(&good), &good, SAFE_WRONG_HANDLE_TYPE);
    free_all(&freed);
    try_all("freed", freed, &good, SAFE_INVALID_HANDLE);
    again = make_good(url);
    try_all("freed, and their places used again", freed, &good, SAFE_INVALID_HANDLE);
    try_all("made up", made_up((uintptr_t)buffer), &good, SAFE_INVALID_HANDLE);
    try_all("made up", made_up(1), &good, SAFE_INVALID_HANDLE);
    try_all("made up", made_up(UINTPTR_MAX - 100), &good, SAFE_INVALID_HANDLE);
    if (argc > 2) try_foreign(argv[2], &good);
    free_all(&again);
    free_all(&good);
    return done();
}
