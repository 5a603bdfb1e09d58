/* What takes time: connections, content, chunks, records. */
#include "things.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void (*starter)(work *, const line *, answer *);

static void took(answer *out, safe_status status, safe_error *error) {
    if (status != SAFE_OK) give_failure(out, status, error);
}

/* --- results --- */

static void take_nothing(work *self, answer *out) {
    (void)self;
    (void)out;
}

static void take_client(work *self, answer *out) {
    safe_client *client = NULL;
    safe_error *error = NULL;
    took(out, safe_op_take_client(self->op, &client, &error), error);
    if (!client) return;
    give_text(out, "url", safe_client_url(client));
    thing_keep(self->as, CLIENT, client);
}

static void take_receipt(work *self, answer *out) {
    safe_receipt *receipt = NULL;
    safe_link *link = NULL;
    safe_error *error = NULL;
    uint64_t i;
    took(out, safe_op_take_receipt(self->op, &receipt, &error), error);
    if (!receipt) return;
    took(out, safe_receipt_link(receipt, &link, &error), error);
    give_text(out, "link", safe_link_text(link));
    give_text(out, "name", safe_link_name(link));
    give_number(out, "private", (uint64_t)safe_link_is_private(link));
    give_number(out, "size", safe_receipt_size(receipt));
    give_number(out, "new_chunks", safe_receipt_new_chunks(receipt));
    give_number(out, "new_bytes", safe_receipt_new_bytes(receipt));
    for (i = 0; i < safe_receipt_chunk_count(receipt); i++) {
        uint8_t address[32];
        uint64_t size = 0;
        took(out, safe_receipt_chunk(receipt, i, address, &size, &error), error);
        give_chunk(out, "chunks", i == 0, address, size);
    }
    if (!safe_receipt_chunk_count(receipt)) give_text(out, "chunks", "");
    safe_link_free(link);
    safe_receipt_free(receipt);
}

static safe_bytes *bytes_of(work *self, answer *out) {
    safe_bytes *bytes = NULL;
    safe_error *error = NULL;
    took(out, safe_op_take_bytes(self->op, &bytes, &error), error);
    return bytes;
}

static void take_bytes(work *self, answer *out) {
    safe_bytes *bytes = bytes_of(self, out);
    if (bytes) give_bytes(out, "data", safe_bytes_data(bytes), safe_bytes_size(bytes));
    safe_bytes_free(bytes);
}

static void take_address(work *self, answer *out) {
    safe_bytes *bytes = bytes_of(self, out);
    uint8_t address[32];
    safe_error *error = NULL;
    if (!bytes) return;
    took(out, safe_bytes_copy(bytes, 0, address, sizeof address, &error), error);
    if (out->status == SAFE_OK) give_address(out, "address", address);
    safe_bytes_free(bytes);
}

static int number_taken(work *self, answer *out, uint64_t *number) {
    safe_error *error = NULL;
    took(out, safe_op_take_u64(self->op, number, &error), error);
    return out->status == SAFE_OK;
}

static void take_size(work *self, answer *out) {
    uint64_t number = 0;
    if (number_taken(self, out, &number)) give_number(out, "size", number);
}

static void take_truth(work *self, answer *out) {
    uint64_t number = 0;
    if (number_taken(self, out, &number)) give_number(out, "value", number);
}

static void take_reader(work *self, answer *out) {
    safe_reader *reader = NULL;
    safe_error *error = NULL;
    took(out, safe_op_take_reader(self->op, &reader, &error), error);
    if (!reader) return;
    give_number(out, "size", safe_reader_size(reader));
    thing_keep(self->as, READER, reader);
}

static void take_writer(work *self, answer *out) {
    safe_writer *writer = NULL;
    safe_error *error = NULL;
    took(out, safe_op_take_writer(self->op, &writer, &error), error);
    if (writer) thing_keep(self->as, WRITER, writer);
}

static void give_record(answer *out, safe_record *record) {
    safe_bytes *value = NULL;
    safe_error *error = NULL;
    uint8_t bytes[32];
    took(out, safe_record_address(record, bytes, &error), error);
    give_address(out, "address", bytes);
    took(out, safe_record_owner(record, bytes, &error), error);
    give_address(out, "owner", bytes);
    give_text(out, "label", safe_record_label(record));
    give_number(out, "version", safe_record_version(record));
    took(out, safe_record_value(record, &value, &error), error);
    give_bytes(out, "value", safe_bytes_data(value), safe_bytes_size(value));
    safe_bytes_free(value);
}

static void take_record(work *self, answer *out) {
    safe_record *record = NULL;
    safe_error *error = NULL;
    took(out, safe_op_take_record(self->op, &record, &error), error);
    if (record) give_record(out, record);
    safe_record_free(record);
}

static void take_page(work *self, answer *out) {
    safe_record_page *page = NULL;
    safe_error *error = NULL;
    char versions[24 * 1000] = "";
    uint64_t i, before = 0;
    int32_t more = 0;
    took(out, safe_op_take_record_page(self->op, &page, &error), error);
    if (!page) return;
    for (i = 0; i < safe_record_page_count(page); i++) {
        safe_record *record = NULL;
        took(out, safe_record_page_get(page, i, &record, &error), error);
        snprintf(versions + strlen(versions), 24, "%s%llu", i ? "," : "",
                 (unsigned long long)safe_record_version(record));
        safe_record_free(record);
    }
    give_text(out, "versions", versions);
    took(out, safe_record_page_next(page, &more, &before, &error), error);
    if (more) give_number(out, "next", before);
    safe_record_page_free(page);
}

static void take_read(work *self, answer *out) {
    uint64_t count = 0, i;
    const size_t around = (size_t)self->size;
    int clean = 1;
    if (!number_taken(self, out, &count)) return;
    for (i = 0; i < around; i++) {
        const uint8_t *at = self->lent.memory + i;
        if ((at < self->lent.data || at >= self->lent.data + count) && *at != 0xaa) clean = 0;
    }
    give_bytes(out, "data", self->lent.data, (size_t)count);
    give_number(out, "clean", (uint64_t)clean);
}

/* --- starts --- */

/* The link of the text, for as long as the work goes on; 0 if it is none, which the answer then says. */
static int linked(work *self, const line *request, answer *out) {
    safe_error *error = NULL;
    const safe_status status = safe_link_parse(text_of(request, "link"), &self->link, &error);
    if (status != SAFE_OK) give_failure(out, status, error);
    return status == SAFE_OK;
}

static uint32_t put_flags(const line *request) {
    return (flag_of(request, "private") ? SAFE_PUT_PRIVATE : 0u) | (flag_of(request, "verify") ? SAFE_PUT_VERIFY : 0u) |
           (flag_of(request, "dry_run") ? SAFE_PUT_DRY_RUN : 0u) | (flag_of(request, "replay") ? SAFE_PUT_REPLAY : 0u);
}

static void start_connect(work *self, const line *request, answer *out) {
    const int create = !text_of(request, "create") || flag_of(request, "create");
    (void)out;
    self->take = take_client;
    if (text_of(request, "key")) {
        self->op = safe_connect_as(handle_of(request, "key"), text_of(request, "url"), 0);
        return;
    }
    self->op = safe_connect(text_of(request, "url"), (create ? 0 : SAFE_CONNECT_NO_CREATE) |
                                                         (flag_of(request, "anonymous") ? SAFE_CONNECT_ANONYMOUS : 0));
}

static void start_put(work *self, const line *request, answer *out) {
    (void)out;
    self->take = take_receipt;
    self->lent = lump_of(request, "data");
    self->op = safe_put(handle_of(request, "client"), self->lent.data, self->lent.size, put_flags(request));
}

static void start_put_file(work *self, const line *request, answer *out) {
    (void)out;
    self->take = take_receipt;
    self->op = safe_put_file(handle_of(request, "client"), text_of(request, "path"), put_flags(request));
}

static void start_get(work *self, const line *request, answer *out) {
    self->take = take_bytes;
    if (linked(self, request, out))
        self->op = safe_get_bytes(handle_of(request, "client"), self->link, number_of(request, "limit", 1u << 28));
}

static void start_get_file(work *self, const line *request, answer *out) {
    self->take = take_size;
    if (linked(self, request, out))
        self->op = safe_get_file(handle_of(request, "client"), self->link, text_of(request, "path"));
}

static void start_open(work *self, const line *request, answer *out) {
    self->take = take_reader;
    if (linked(self, request, out)) self->op = safe_open(handle_of(request, "client"), self->link);
}

static void start_open_datamap(work *self, const line *request, answer *out) {
    (void)out;
    self->take = take_reader;
    self->lent = lump_of(request, "datamap");
    self->op = safe_open_datamap(handle_of(request, "client"), self->lent.data, self->lent.size);
}

static void start_read(work *self, const line *request, answer *out) {
    (void)out;
    self->take = take_bytes;
    self->op = safe_reader_read(handle_of(request, "reader"), number_of(request, "offset", 0),
                                number_of(request, "length", 0));
}

/* In order, from an offset to the end, into memory of its own. */
static void start_stream(work *self, const line *request, answer *out) {
    safe_reader *reader = handle_of(request, "reader");
    const uint64_t offset = number_of(request, "offset", 0), whole = safe_reader_size(reader);
    (void)out;
    self->take = take_read;
    self->size = whole > offset ? whole - offset : 0;
    self->lent.memory = self->lent.data = calloc(1, (size_t)self->size + 1);
    self->op = safe_reader_read_into(reader, offset, self->lent.data, (size_t)self->size);
}

static void start_read_into(work *self, const line *request, answer *out) {
    const size_t before = (size_t)number_of(request, "before", 0), after = (size_t)number_of(request, "after", 0);
    const size_t size = (size_t)number_of(request, "size", 0);
    (void)out;
    self->take = take_read;
    self->size = before + size + after;
    self->lent.memory = malloc((size_t)self->size + 1);
    memset(self->lent.memory, 0xaa, (size_t)self->size);
    self->lent.data = self->lent.memory + before;
    self->op =
        safe_reader_read_into(handle_of(request, "reader"), number_of(request, "offset", 0), self->lent.data, size);
}

static void start_writer(work *self, const line *request, answer *out) {
    (void)out;
    self->take = take_writer;
    self->op = safe_writer_open(handle_of(request, "client"), number_of(request, "size", SAFE_SIZE_UNKNOWN),
                                put_flags(request));
}

static void start_write(work *self, const line *request, answer *out) {
    safe_writer *writer = handle_of(request, "writer");
    safe_error *error = NULL;
    uint8_t *memory = NULL;
    self->take = take_nothing;
    self->lent = lump_of(request, "data");
    if (!flag_of(request, "reserved")) {
        self->op = safe_writer_write(writer, self->lent.data, self->lent.size);
        return;
    }
    took(out, safe_writer_reserve(writer, self->lent.size, &memory, &error), error);
    if (out->status != SAFE_OK) return;
    memcpy(memory, self->lent.data, self->lent.size);
    self->op = safe_writer_commit(writer, self->lent.size);
}

static void start_finish(work *self, const line *request, answer *out) {
    (void)out;
    self->take = take_receipt;
    self->op = safe_writer_close(handle_of(request, "writer"));
}

static void start_chunk_put(work *self, const line *request, answer *out) {
    (void)out;
    self->take = take_address;
    self->lent = lump_of(request, "data");
    self->op = safe_chunk_put(handle_of(request, "client"), self->lent.data, self->lent.size);
}

static void start_chunk_get(work *self, const line *request, answer *out) {
    uint8_t address[32];
    (void)out;
    self->take = take_bytes;
    self->op = safe_chunk_get(handle_of(request, "client"), address_of(request, "address", address) ? address : NULL);
}

static void start_chunk_exists(work *self, const line *request, answer *out) {
    uint8_t address[32];
    (void)out;
    self->take = take_truth;
    self->op =
        safe_chunk_exists(handle_of(request, "client"), address_of(request, "address", address) ? address : NULL);
}

static void start_next_state(work *self, const line *request, answer *out) {
    (void)out;
    self->take = take_nothing;
    self->op = safe_client_next_state(handle_of(request, "client"), (int32_t)number_of(request, "known", 0));
}

static void start_record_create(work *self, const line *request, answer *out) {
    (void)out;
    self->take = take_record;
    self->lent = lump_of(request, "value");
    self->op = safe_record_create(handle_of(request, "client"), handle_of(request, "key"), text_of(request, "label"),
                                  self->lent.data, self->lent.size);
}

static void start_record_set(work *self, const line *request, answer *out) {
    (void)out;
    self->take = take_record;
    self->lent = lump_of(request, "value");
    self->op = safe_record_set(handle_of(request, "client"), handle_of(request, "key"), text_of(request, "label"),
                               number_of(request, "version", 0), self->lent.data, self->lent.size);
}

static void start_record_get(work *self, const line *request, answer *out) {
    uint8_t address[32];
    (void)out;
    self->take = take_record;
    self->op = safe_record_get(handle_of(request, "client"), address_of(request, "address", address) ? address : NULL,
                               number_of(request, "version", SAFE_VERSION_NEWEST));
}

static void start_record_list(work *self, const line *request, answer *out) {
    uint8_t address[32];
    (void)out;
    self->take = take_page;
    self->op = safe_record_list(handle_of(request, "client"), address_of(request, "address", address) ? address : NULL,
                                number_of(request, "before", SAFE_VERSION_NEWEST),
                                (uint32_t)number_of(request, "limit", 1000));
}

static const struct {
    const char *name;
    starter start;
} operations[] = {
    {"connect", start_connect},
    {"put", start_put},
    {"put_file", start_put_file},
    {"get", start_get},
    {"get_file", start_get_file},
    {"open", start_open},
    {"open_datamap", start_open_datamap},
    {"read", start_read},
    {"read_into", start_read_into},
    {"stream", start_stream},
    {"writer", start_writer},
    {"write", start_write},
    {"finish", start_finish},
    {"chunk_put", start_chunk_put},
    {"chunk_get", start_chunk_get},
    {"chunk_exists", start_chunk_exists},
    {"next_state", start_next_state},
    {"record_create", start_record_create},
    {"record_set", start_record_set},
    {"record_get", start_record_get},
    {"record_list", start_record_list},
};

int content_do(const line *request, answer *out) {
    size_t i;
    for (i = 0; i < sizeof operations / sizeof *operations; i++) {
        work made;
        if (strcmp(request->operation, operations[i].name) != 0) continue;
        memset(&made, 0, sizeof made);
        operations[i].start(&made, request, out);
        if (out->status == SAFE_OK) {
            work_begin(&made, request, out);
        } else {
            safe_link_free(made.link);
            free(made.lent.memory);
        }
        return 1;
    }
    return 0;
}
