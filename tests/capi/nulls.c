/* Every pointer argument that is no handle, NULL where it must not be: a clear error, and nothing written. And sizes
 * that go with NULL, flags that mean nothing, indices beyond the end. */
#include "check.h"

static uint8_t room[64];
static uint64_t number = 77;
static safe_error *e;

/* The status, if the error names the argument. */
static safe_status naming(const char *argument, safe_status status) {
    const char *message = safe_error_message(e);
    if (!message || !strstr(message, argument)) {
        fprintf(stderr, "an error that does not name %s: %s\n", argument, message ? message : "none");
        failures++;
    }
    safe_error_free(e);
    e = NULL;
    return status;
}

/* The same of an operation. */
static safe_status op_naming(const char *argument, safe_op *op) {
    safe_status status = safe_op_wait(op, SAFE_FOREVER, &e);
    safe_op_free(op);
    return naming(argument, status);
}

#define REFUSED(argument, call) CHECK_EQ(SAFE_INVALID_ARGUMENT, naming(argument, call))
#define OP_REFUSED(argument, call) CHECK_EQ(SAFE_INVALID_ARGUMENT, op_naming(argument, call))

static void starters(safe_client *client, safe_link *link, safe_key *key) {
    safe_writer *writer = writer_of(safe_writer_open(client, SAFE_SIZE_UNKNOWN, 0));
    safe_reader *reader = reader_of(safe_open(client, link));
    uint8_t *memory = NULL;
    OP_REFUSED("url", safe_connect(NULL, 0));
    OP_REFUSED("flags", safe_connect("mem:", 4));
    OP_REFUSED("data", safe_put(client, NULL, 1, 0));
    OP_REFUSED("flags", safe_put(client, room, 1, SAFE_PUT_REPLAY));
    OP_REFUSED("path", safe_put_file(client, NULL, 0));
    OP_REFUSED("flags", safe_put_file(client, "x", 16));
    OP_REFUSED("flags", safe_writer_open(client, 1, 16));
    OP_REFUSED("data", safe_writer_write(writer, NULL, 1));
    REFUSED("memory", safe_writer_reserve(writer, 1, NULL, &e));
    REFUSED("size", safe_writer_reserve(writer, 0, &memory, &e));
    OP_REFUSED("datamap", safe_open_datamap(client, NULL, 1));
    OP_REFUSED("buffer", safe_reader_read_into(reader, 0, NULL, 1));
    OP_REFUSED("length", safe_reader_read(reader, 0, UINT64_MAX));
    OP_REFUSED("path", safe_get_file(client, link, NULL));
    OP_REFUSED("address", safe_chunk_get(client, NULL));
    OP_REFUSED("data", safe_chunk_put(client, NULL, 1));
    OP_REFUSED("size", safe_chunk_put(client, room, 0));
    OP_REFUSED("address", safe_chunk_exists(client, NULL));
    OP_REFUSED("label", safe_record_create(client, key, NULL, NULL, 0));
    OP_REFUSED("value", safe_record_create(client, key, "l", NULL, 1));
    OP_REFUSED("label", safe_record_set(client, key, NULL, 1, NULL, 0));
    OP_REFUSED("value", safe_record_set(client, key, "l", 1, NULL, 1));
    OP_REFUSED("address", safe_record_get(client, NULL, 0));
    OP_REFUSED("address", safe_record_list(client, NULL, 0, 1));
    OP_REFUSED("limit", safe_record_list(client, room, 0, 0));
    OP_REFUSED("url", safe_vault_info(NULL));
    OP_REFUSED("url", safe_vault_verify(NULL));
    OP_REFUSED("url", safe_vault_gc(NULL, "", 0));
    OP_REFUSED("links", safe_vault_gc("mem:", NULL, 0));
    OP_REFUSED("flags", safe_vault_gc("mem:", "", 2));
    OP_REFUSED("url", safe_vault_remove(NULL, room));
    OP_REFUSED("address", safe_vault_remove("mem:", NULL));
    OP_REFUSED("vault_url", safe_vault_serve(NULL, "mem:", 0));
    OP_REFUSED("transport_url", safe_vault_serve("mem:", NULL, 0));
    OP_REFUSED("flags", safe_vault_serve("mem:", "mem:", 2));
    safe_reader_free(reader);
    safe_writer_free(writer);
}

static void served(void) {
    safe_key *key = NULL;
    safe_vault *vault = NULL;
    safe_op *op = safe_vault_open(NULL, "mem:", 0);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_vault(op, &vault, NULL));
    safe_op_free(op);
    CHECK_EQ(SAFE_OK, safe_key_generate(&key, NULL));
    OP_REFUSED("url", safe_connect_as(key, NULL, 0));
    OP_REFUSED("flags", safe_connect_as(key, "mem:", SAFE_CONNECT_ANONYMOUS));
    safe_key_free(key);
    OP_REFUSED("url", safe_vault_open(NULL, NULL, 0));
    OP_REFUSED("flags", safe_vault_open(NULL, "mem:", 2));
    REFUSED("limit", safe_vault_set_limit(vault, 0, 1, &e));
    REFUSED("limit", safe_vault_set_limit(vault, 9, 1, &e));
    REFUSED("value", safe_vault_set_limit(vault, SAFE_VAULT_LIMIT_CONNECTIONS, 0, &e));
    CHECK_EQ(SAFE_OK, safe_vault_set_limit(vault, SAFE_VAULT_LIMIT_QUOTA, 0, NULL));
    OP_REFUSED("transport_url", safe_vault_accept(vault, NULL));
    OP_REFUSED("url", safe_vault_listen(vault, NULL));
    REFUSED("certificate_file", safe_vault_set_certificate(vault, NULL, "x", &e));
    REFUSED("key_file", safe_vault_set_certificate(vault, "x", NULL, &e));
    CHECK_EQ(0, safe_vault_url_count(vault));
    CHECK(safe_vault_url(vault, 0) == NULL);
    OP_REFUSED("timeout_ms", safe_vault_drain(vault, -1));
    safe_vault_free(vault);
}

static void operations(safe_client *client) {
    safe_op *op = safe_put(client, room, 1, 0), *next = NULL;
    safe_queue *queue = NULL;
    MUST(op);
    REFUSED("out", safe_queue_create(NULL, &e));
    CHECK_EQ(SAFE_OK, safe_queue_create(&queue, NULL));
    REFUSED("op", safe_queue_next(queue, 0, NULL, &number, &e));
    REFUSED("tag", safe_queue_next(queue, 0, &next, NULL, &e));
    REFUSED("out", safe_queue_fd(queue, NULL, &e));
    REFUSED("done", safe_op_progress(op, NULL, &number, &e));
    REFUSED("total", safe_op_progress(op, &number, NULL, &e));
    REFUSED("done", safe_op_on_done(op, NULL, NULL, &e));
    REFUSED("out", safe_op_take_u64(op, NULL, &e));
    REFUSED("out", safe_op_take_bytes(op, NULL, &e));
    REFUSED("out", safe_op_take_client(op, NULL, &e));
    REFUSED("out", safe_op_take_receipt(op, NULL, &e)); /* and the result stays */
    REFUSED("out", safe_op_take_writer(op, NULL, &e));
    REFUSED("out", safe_op_take_reader(op, NULL, &e));
    REFUSED("out", safe_op_take_record(op, NULL, &e));
    REFUSED("out", safe_op_take_record_page(op, NULL, &e));
    REFUSED("out", safe_op_take_report(op, NULL, &e));
    REFUSED("out", safe_op_take_vault(op, NULL, &e));
    safe_link_free(link_of(op));
    safe_queue_free(queue);
}

static void ports(void) {
    safe_port *port = NULL;
    safe_request *open = NULL;
    safe_op *op;
    REFUSED("scheme", safe_port_create(SAFE_PORT_STORE, NULL, &port, &e));
    REFUSED("out", safe_port_create(SAFE_PORT_STORE, "nulls", NULL, &e));
    REFUSED("kind", safe_port_create(0, "nulls", &port, &e));
    CHECK_EQ(SAFE_OK, safe_port_create(SAFE_PORT_STORE, "nulls", &port, NULL));
    REFUSED("out", safe_port_next(port, 0, NULL, &e));
    REFUSED("wake", safe_port_on_request(port, NULL, NULL, &e));
    op = safe_connect("nulls:", 0);
    CHECK_EQ(SAFE_OK, safe_port_next(port, SAFE_FOREVER, &open, NULL));
    CHECK_EQ(0, safe_request_size(open));
    REFUSED("data", safe_request_give(open, NULL, 1, &e));
    REFUSED("key", safe_request_add(open, NULL, 1, &e));
    REFUSED("message", safe_request_fail(open, SAFE_STORE_IO, NULL, &e));
    REFUSED("message", safe_request_fail(open, SAFE_STORE_IO, "\xff", &e));
    safe_request_free(open);
    CHECK_EQ(SAFE_STORE_IO, end_of(op));
    safe_port_free(port);
}

static void values(safe_link *link, safe_key *key) {
    safe_link *made = NULL;
    safe_bytes *bytes = NULL;
    safe_s1_encoder *encoder = NULL;
    safe_s1_map *map = NULL;
    safe_error *error = NULL;
    REFUSED("text", safe_link_parse(NULL, &made, &e));
    REFUSED("out", safe_link_parse("x", NULL, &e));
    REFUSED("address", safe_link_from_address(NULL, &made, &e));
    REFUSED("out", safe_link_from_address(room, NULL, &e));
    REFUSED("datamap", safe_link_from_datamap(NULL, 1, &made, &e));
    REFUSED("out", safe_link_from_datamap(room, 1, NULL, &e));
    REFUSED("out", safe_link_with(link, NULL, NULL, NULL, &e));
    REFUSED("name", safe_link_with(link, "\xc3", NULL, &made, &e));
    REFUSED("media_type", safe_link_with(link, NULL, "\xc0\xaf", &made, &e));
    REFUSED("address", safe_link_address(link, NULL, &e));
    REFUSED("out", safe_link_datamap(link, NULL, &e));
    REFUSED("out", safe_key_generate(NULL, &e));
    REFUSED("seed", safe_key_import(NULL, (safe_key **)&made, &e));
    REFUSED("out", safe_key_import(room, NULL, &e));
    REFUSED("seed", safe_key_export(key, NULL, &e));
    REFUSED("public_key", safe_key_public(key, NULL, &e));
    REFUSED("data", safe_key_sign(key, NULL, 1, room, &e));
    REFUSED("signature", safe_key_sign(key, room, 1, NULL, &e));
    REFUSED("public_key", safe_key_verify(NULL, room, 1, room, &e));
    REFUSED("data", safe_key_verify(room, NULL, 1, room, &e));
    REFUSED("signature", safe_key_verify(room, room, 1, NULL, &e));
    REFUSED("owner", safe_record_address_of(NULL, "l", room, &e));
    REFUSED("label", safe_record_address_of(room, NULL, room, &e));
    REFUSED("address", safe_record_address_of(room, "l", NULL, &e));
    REFUSED("out", safe_s1_encoder_create(NULL, &e));
    CHECK_EQ(SAFE_OK, safe_s1_encoder_create(&encoder, NULL));
    REFUSED("data", safe_s1_encoder_write(encoder, NULL, 1, &e));
    REFUSED("name", safe_s1_encoder_next(encoder, NULL, &bytes, &e));
    REFUSED("out", safe_s1_encoder_next(encoder, room, NULL, &e));
    REFUSED("out", safe_s1_encoder_finish(encoder, NULL, &e));
    CHECK_EQ(SAFE_OK, safe_s1_encoder_finish(encoder, &bytes, NULL)); /* the refused one did not end it */
    REFUSED("datamap", safe_s1_map_parse(NULL, 1, &map, &e));
    REFUSED("out", safe_s1_map_parse(room, 1, NULL, &e));
    REFUSED("out", safe_bytes_copy(bytes, 0, NULL, 1, &e));
    CHECK_EQ(SAFE_OK, safe_bytes_copy(bytes, 0, NULL, 0, NULL));
    safe_bytes_free(bytes);
    safe_s1_encoder_free(encoder);
    CHECK_EQ(SAFE_BAD_LINK, safe_link_parse("x", &made, &error));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_error_detail_u64(error, NULL, &number));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_error_detail_u64(error, "x", NULL));
    CHECK(safe_error_detail_text(error, NULL) == NULL);
    safe_error_free(error);
    CHECK(made == NULL);
}

static void records(safe_client *client, safe_key *key) {
    safe_record *record = NULL;
    safe_record_page *page = NULL;
    uint8_t address[32];
    int32_t more = 77;
    safe_op *op = safe_record_create(client, key, "l", room, 1);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_record(op, &record, NULL));
    safe_op_free(op);
    REFUSED("address", safe_record_address(record, NULL, &e));
    REFUSED("owner", safe_record_owner(record, NULL, &e));
    REFUSED("out", safe_record_value(record, NULL, &e));
    CHECK_EQ(SAFE_OK, safe_record_address(record, address, NULL));
    op = safe_record_list(client, address, SAFE_VERSION_NEWEST, 1);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_record_page(op, &page, NULL));
    safe_op_free(op);
    REFUSED("out", safe_record_page_get(page, 0, NULL, &e));
    REFUSED("more", safe_record_page_next(page, NULL, &number, &e));
    REFUSED("before", safe_record_page_next(page, &more, NULL, &e));
    CHECK_EQ(77, more);
    safe_record_page_free(page);
    safe_record_free(record);
}

static void results(safe_client *client, const char *url) {
    safe_receipt *receipt = NULL;
    safe_report *report = NULL;
    safe_op *op = safe_put(client, room, 60, 0);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_receipt(op, &receipt, NULL));
    safe_op_free(op);
    REFUSED("out", safe_receipt_link(receipt, NULL, &e));
    REFUSED("address", safe_receipt_chunk(receipt, 0, NULL, &number, &e));
    REFUSED("size", safe_receipt_chunk(receipt, 0, room, NULL, &e));
    safe_receipt_free(receipt);
    op = safe_vault_info(url);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_report(op, &report, NULL));
    safe_op_free(op);
    REFUSED("name", safe_report_value(report, NULL, &number, &e));
    REFUSED("name", safe_report_value(report, "no such figure", &number, &e));
    REFUSED("value", safe_report_value(report, "chunks", NULL, &e));
    REFUSED("address", safe_report_item(report, 0, NULL, &number, &e));
    REFUSED("size", safe_report_item(report, 0, room, NULL, &e));
    CHECK_EQ(SAFE_INVALID_RANGE, safe_report_item(report, 0, room, &number, NULL));
    CHECK(safe_report_item_text(report, 0) == NULL);
    safe_report_free(report);
}

int main(int argc, char **argv) {
    safe_client *client;
    safe_link *link;
    safe_key *key = NULL;
    const char *url = argc > 1 ? argv[1] : "mem:";
    fill(room, sizeof room, 4);
    client = connect_to(url);
    link = link_of(safe_put(client, room, 50, 0));
    CHECK_EQ(SAFE_OK, safe_key_generate(&key, NULL));
    starters(client, link, key);
    operations(client);
    served();
    values(link, key);
    records(client, key);
    ports();
    results(client, url);
    CHECK_EQ(77, number);
    safe_key_free(key);
    safe_link_free(link);
    safe_client_free(client);
    return done();
}
