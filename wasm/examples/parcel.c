#include "parcel.h"

#include <safe/safe.h>
#include <stdlib.h>
#include <string.h>

enum { most = 64 << 20 };

struct parcel {
    parcel_done done;
    safe_client *client;
    safe_op *op;       /* the request under way */
    safe_bytes *bytes; /* what the last one got */
    char *text;
};

static void set_text(parcel *one, const char *text) {
    free(one->text);
    one->text = strdup(text ? text : "");
}

/* The end of a request: what it gave is in place, and another may begin in `done`. */
static void end(parcel *one, safe_status status, safe_error *error) {
    if (status != SAFE_OK) set_text(one, error ? safe_error_message(error) : safe_code_name(status));
    safe_error_free(error);
    safe_op_free(one->op);
    one->op = NULL;
    one->done(one, status);
}

/* Asks to be called when the operation has ended. */
static void await(parcel *one, safe_op *op, safe_done_fn ended) {
    safe_error *error = NULL;
    one->op = op;
    const safe_status status = safe_op_on_done(op, ended, one, &error);
    if (status != SAFE_OK) end(one, status, error);
}

static void connected(void *user_data, safe_op *op) {
    parcel *one = user_data;
    safe_error *error = NULL;
    if (!op) return; /* closed meanwhile */
    end(one, safe_op_take_client(op, &one->client, &error), error);
}

parcel *parcel_open(const char *url, parcel_done done) {
    parcel *one = calloc(1, sizeof *one);
    if (!one) return NULL;
    one->done = done;
    await(one, safe_connect(url, 0), connected);
    return one;
}

static void stored(void *user_data, safe_op *op) {
    parcel *one = user_data;
    safe_receipt *receipt = NULL;
    safe_link *link = NULL;
    safe_error *error = NULL;
    if (!op) return;
    safe_status status = safe_op_take_receipt(op, &receipt, &error);
    if (status == SAFE_OK) status = safe_receipt_link(receipt, &link, &error);
    if (status == SAFE_OK) set_text(one, safe_link_text(link));
    safe_link_free(link);
    safe_receipt_free(receipt);
    end(one, status, error);
}

void parcel_put(parcel *one, const uint8_t *bytes, size_t size) {
    await(one, safe_put(one->client, bytes, size, SAFE_PUT_PRIVATE), stored);
}

static void fetched(void *user_data, safe_op *op) {
    parcel *one = user_data;
    safe_error *error = NULL;
    if (!op) return;
    end(one, safe_op_take_bytes(op, &one->bytes, &error), error);
}

void parcel_get(parcel *one, const char *text) {
    safe_link *link = NULL;
    safe_error *error = NULL;
    safe_bytes_free(one->bytes);
    one->bytes = NULL;
    const safe_status status = safe_link_parse(text, &link, &error);
    if (status != SAFE_OK) {
        end(one, status, error);
        return;
    }
    await(one, safe_get_bytes(one->client, link, most), fetched);
    safe_link_free(link);
}

void parcel_close(parcel *one) {
    safe_op_free(one->op);
    safe_bytes_free(one->bytes);
    safe_client_free(one->client);
    free(one->text);
    free(one);
}

const char *parcel_text(const parcel *one) { return one->text; }
const uint8_t *parcel_bytes(const parcel *one) { return safe_bytes_data(one->bytes); }
size_t parcel_size(const parcel *one) { return safe_bytes_size(one->bytes); }
