#include "notebook.h"

#include "guest.h"
#include "safe/safe.h"

#include <stdatomic.h>

typedef void (*continuation)(notebook *book, safe_op *op);

struct notebook {
    int32_t driven;
    _Atomic int32_t state;
    safe_client *client;
    safe_key *key;
    safe_queue *queue;
    uint8_t address[32];
    safe_op *op;   /* the one that the notebook waits for */
    safe_op *last; /* the one that ended before */
    continuation then;

    /* the note on its way */
    char *title;
    uint8_t *text;
    size_t size;
    safe_writer *writer;
    safe_link *link;
    safe_reader *reader;
    uint32_t line;

    uint8_t *index;
    size_t index_size;
    uint64_t version; /* of the index; the newest that there is */
    int32_t exists;   /* whether there is an index */
    uint8_t *result;
    size_t result_size;
};

static const char index_label[] = "notebook";

static uint8_t *copy_of(const void *bytes, size_t size) {
    uint8_t *copy = safe_guest_alloc(size + 1);
    if (copy) {
        memcpy(copy, bytes, size);
        copy[size] = 0;
    }
    return copy;
}

static void set_result(notebook *book, const void *bytes, size_t size) {
    safe_guest_free(book->result);
    book->result = copy_of(bytes, size);
    book->result_size = book->result ? size : 0;
}

static void drop_note(notebook *book) {
    safe_guest_free(book->title);
    safe_guest_free(book->text);
    safe_writer_free(book->writer);
    safe_link_free(book->link);
    safe_reader_free(book->reader);
    book->title = NULL;
    book->text = NULL;
    book->writer = NULL;
    book->link = NULL;
    book->reader = NULL;
}

static void done(notebook *book, const void *result, size_t size) {
    set_result(book, result, size);
    drop_note(book);
    book->state = NOTEBOOK_READY;
}

static void failed(notebook *book, safe_status status, safe_error *error) {
    const char *message = error ? safe_error_message(error) : safe_code_name(status);
    set_result(book, message, message ? strlen(message) : 0);
    safe_error_free(error);
    drop_note(book);
    book->state = NOTEBOOK_FAILED;
}

/* --- being told of ends --- */

/* Touches nothing after `then`: the user may have seen that the request has ended, and closed the notebook. */
static void ended(notebook *book, safe_op *op) {
    safe_op_free(book->last);
    book->last = op;
    book->op = NULL;
    book->then(book, op);
}

static void on_done(void *user_data, safe_op *op) {
    if (op) ended(user_data, op); /* NULL: the notebook was closed */
}

static void wait_for(notebook *book, safe_op *op, continuation then) {
    safe_error *error = NULL;
    book->op = op;
    book->then = then;
    const safe_status status = book->driven == NOTEBOOK_BY_QUEUE ? safe_op_to_queue(op, book->queue, 1, &error)
                                                                 : safe_op_on_done(op, on_done, book, &error);
    if (status == SAFE_OK) return;
    book->op = NULL;
    safe_op_free(op);
    failed(book, status, error);
}

void notebook_step(notebook *book, int64_t timeout_ms) {
    safe_op *op = NULL;
    uint64_t tag = 0;
    while (book->driven == NOTEBOOK_BY_QUEUE && safe_queue_next(book->queue, timeout_ms, &op, &tag, NULL) == SAFE_OK) {
        ended(book, op);
        timeout_ms = 0;
    }
}

/* --- connecting --- */

static void connected(notebook *book, safe_op *op) {
    safe_error *error = NULL;
    const safe_status status = safe_op_take_client(op, &book->client, &error);
    if (status != SAFE_OK)
        failed(book, status, error);
    else
        done(book, "", 0);
}

notebook *notebook_open(const char *url, const uint8_t seed[32], int32_t driven) {
    notebook *book = safe_guest_alloc(sizeof *book);
    if (!book) return NULL;
    memset(book, 0, sizeof *book);
    book->driven = driven;
    uint8_t owner[32];
    if (safe_queue_create(&book->queue, NULL) != SAFE_OK || safe_key_import(seed, &book->key, NULL) != SAFE_OK ||
        safe_key_public(book->key, owner, NULL) != SAFE_OK ||
        safe_record_address_of(owner, index_label, book->address, NULL) != SAFE_OK) {
        notebook_close(book);
        return NULL;
    }
    wait_for(book, safe_connect(url, 0), connected);
    return book;
}

/* --- the index --- */

/* Takes the newest index: true, also if there is none yet. */
static int32_t take_index(notebook *book, safe_op *op) {
    safe_error *error = NULL;
    safe_record *record = NULL;
    safe_bytes *value = NULL;
    const safe_status status = safe_op_take_record(op, &record, &error);
    safe_guest_free(book->index);
    book->index = NULL;
    book->index_size = 0;
    book->exists = status == SAFE_OK;
    if (status == SAFE_NO_SUCH_DATA) {
        safe_error_free(error);
        return 1;
    }
    if (status != SAFE_OK) {
        failed(book, status, error);
        return 0;
    }
    book->version = safe_record_version(record);
    if (safe_record_value(record, &value, NULL) == SAFE_OK) {
        book->index_size = safe_bytes_size(value);
        book->index = copy_of(safe_bytes_data(value), book->index_size);
    }
    safe_bytes_free(value);
    safe_record_free(record);
    return 1;
}

static void listed(notebook *book, safe_op *op) {
    if (take_index(book, op)) done(book, book->index ? (const void *)book->index : "", book->index_size);
}

void notebook_list(notebook *book) {
    book->state = NOTEBOOK_BUSY;
    wait_for(book, safe_record_get(book->client, book->address, SAFE_VERSION_NEWEST), listed);
}

/* --- adding a note: write it, then append it to the index --- */

static void get_index(notebook *book);

static void index_written(notebook *book, safe_op *op) {
    safe_error *error = NULL;
    safe_record *record = NULL;
    const safe_status status = safe_op_take_record(op, &record, &error);
    if (status == SAFE_INVALID_SUCCESSOR || status == SAFE_DATA_EXISTS) { /* somebody else was faster: once more */
        safe_error_free(error);
        get_index(book);
        return;
    }
    if (status != SAFE_OK) {
        failed(book, status, error);
        return;
    }
    safe_record_free(record);
    done(book, book->title, strlen(book->title));
}

static void append(notebook *book, safe_op *op) {
    if (!take_index(book, op)) return;
    const char *link = safe_link_text(book->link);
    const size_t title_size = strlen(book->title), link_size = link ? strlen(link) : 0;
    const size_t size = book->index_size + title_size + 1 + link_size + 1;
    uint8_t *value = safe_guest_alloc(size);
    if (!value || !link) {
        safe_guest_free(value);
        failed(book, SAFE_OUT_OF_MEMORY, NULL);
        return;
    }
    uint8_t *at = value;
    if (book->index) memcpy(at, book->index, book->index_size);
    at += book->index_size;
    memcpy(at, book->title, title_size);
    at += title_size;
    *at++ = '\t';
    memcpy(at, link, link_size);
    at[link_size] = '\n';
    wait_for(book,
             book->exists ? safe_record_set(book->client, book->key, index_label, book->version + 1, value, size)
                          : safe_record_create(book->client, book->key, index_label, value, size),
             index_written);
    safe_guest_free(value); /* was copied */
}

static void get_index(notebook *book) {
    wait_for(book, safe_record_get(book->client, book->address, SAFE_VERSION_NEWEST), append);
}

static void note_closed(notebook *book, safe_op *op) {
    safe_error *error = NULL;
    safe_receipt *receipt = NULL;
    safe_status status = safe_op_take_receipt(op, &receipt, &error);
    if (status == SAFE_OK) status = safe_receipt_link(receipt, &book->link, &error);
    safe_receipt_free(receipt);
    if (status != SAFE_OK)
        failed(book, status, error);
    else
        get_index(book);
}

static void note_written(notebook *book, safe_op *op) {
    safe_error *error = NULL;
    const safe_status status = safe_op_wait(op, 0, &error);
    if (status != SAFE_OK)
        failed(book, status, error);
    else
        wait_for(book, safe_writer_close(book->writer), note_closed);
}

/* The first half of the note goes in through memory of the writer's, the second from our own. */
static void first_half_written(notebook *book, safe_op *op) {
    safe_error *error = NULL;
    const safe_status status = safe_op_wait(op, 0, &error);
    const size_t half = book->size / 2;
    if (status != SAFE_OK)
        failed(book, status, error);
    else
        wait_for(book, safe_writer_write(book->writer, book->text + half, book->size - half), note_written);
}

static void writer_opened(notebook *book, safe_op *op) {
    safe_error *error = NULL;
    uint8_t *memory = NULL;
    safe_status status = safe_op_take_writer(op, &book->writer, &error);
    if (status == SAFE_OK && book->size < 2) {
        wait_for(book, safe_writer_write(book->writer, book->text, book->size), note_written);
        return;
    }
    if (status == SAFE_OK) status = safe_writer_reserve(book->writer, book->size / 2, &memory, &error);
    if (status != SAFE_OK) {
        failed(book, status, error);
        return;
    }
    memcpy(memory, book->text, book->size / 2);
    wait_for(book, safe_writer_commit(book->writer, book->size / 2), first_half_written);
}

void notebook_add(notebook *book, const char *title, const uint8_t *text, size_t size) {
    book->state = NOTEBOOK_BUSY;
    book->title = (char *)copy_of(title, strlen(title));
    book->text = copy_of(text, size);
    book->size = size;
    wait_for(book, safe_writer_open(book->client, size, SAFE_PUT_PRIVATE), writer_opened);
}

/* --- reading a note --- */

static void note_read(notebook *book, safe_op *op) {
    safe_error *error = NULL;
    uint64_t size = 0;
    const safe_status status = safe_op_take_u64(op, &size, &error);
    if (status != SAFE_OK)
        failed(book, status, error);
    else
        done(book, book->text, (size_t)size);
}

static void note_opened(notebook *book, safe_op *op) {
    safe_error *error = NULL;
    const safe_status status = safe_op_take_reader(op, &book->reader, &error);
    if (status != SAFE_OK) {
        failed(book, status, error);
        return;
    }
    book->size = (size_t)safe_reader_size(book->reader);
    book->text = safe_guest_alloc(book->size + 1);
    wait_for(book, safe_reader_read_into(book->reader, 0, book->text, book->size), note_read);
}

static void open_note(notebook *book, safe_op *op) {
    if (!take_index(book, op)) return;
    const uint8_t *at = book->index, *end = at + book->index_size;
    for (uint32_t line = 0; at != end && line < book->line; ++at) line += *at == '\n';
    while (at != end && *at != '\t' && *at != '\n') ++at;
    const uint8_t *link = at == end ? at : at + 1;
    at = link;
    while (at != end && *at != '\n') ++at;
    char *text = (char *)copy_of(link, (size_t)(at - link));
    safe_error *error = NULL;
    const safe_status status = text ? safe_link_parse(text, &book->link, &error) : SAFE_OUT_OF_MEMORY;
    safe_guest_free(text);
    if (status != SAFE_OK)
        failed(book, status, error);
    else
        wait_for(book, safe_open(book->client, book->link), note_opened);
}

void notebook_read(notebook *book, uint32_t line) {
    book->state = NOTEBOOK_BUSY;
    book->line = line;
    wait_for(book, safe_record_get(book->client, book->address, SAFE_VERSION_NEWEST), open_note);
}

/* --- looking, and the end --- */

int32_t notebook_state(const notebook *book) { return book->state; }

const uint8_t *notebook_result(const notebook *book, size_t *size) {
    *size = book->result_size;
    return book->result;
}

void notebook_close(notebook *book) {
    safe_op_free(book->op);
    safe_op_free(book->last);
    drop_note(book);
    safe_client_free(book->client);
    safe_key_free(book->key);
    safe_queue_free(book->queue);
    safe_guest_free(book->index);
    safe_guest_free(book->result);
    safe_guest_free(book);
}
