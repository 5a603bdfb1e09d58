/* What the C tests of the interface share. They use safe.h only, as any program would. */
#ifndef SAFE_TESTS_CAPI_CHECK_H
#define SAFE_TESTS_CAPI_CHECK_H

#include <safe/safe.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void failed(const char *file, int line, const char *what) {
    fprintf(stderr, "%s:%d: FAILED: %s\n", file, line, what);
    failures++;
}

#define CHECK(condition) ((condition) ? (void)0 : failed(__FILE__, __LINE__, #condition))

/* Compares two numbers, and says what they were. */
static void check_number(const char *file, int line, const char *what, int64_t wanted, int64_t got) {
    if (wanted == got) return;
    fprintf(stderr, "%s:%d: FAILED: %s: wanted %" PRId64 " (%s), got %" PRId64 " (%s)\n", file, line, what, wanted,
            safe_code_name((int32_t)wanted), got, safe_code_name((int32_t)got));
    failures++;
}
#define CHECK_EQ(wanted, got) check_number(__FILE__, __LINE__, #got, (int64_t)(wanted), (int64_t)(got))

/* The code of an error, which is freed. */
static int32_t code_of(safe_error *error) {
    int32_t code = safe_error_code(error);
    CHECK(safe_error_message(error) && *safe_error_message(error));
    safe_error_free(error);
    return code;
}

/* Waits for an operation and frees it. SAFE_OK or its error. */
static safe_status end_of(safe_op *op) {
    safe_status status = safe_op_wait(op, SAFE_FOREVER, NULL);
    safe_op_free(op);
    return status;
}

/* The same, where it must have ended well; says why not. */
static void must(const char *file, int line, safe_op *op) {
    safe_error *error = NULL;
    if (safe_op_wait(op, SAFE_FOREVER, &error) == SAFE_OK) return;
    failed(file, line, safe_error_message(error));
    safe_error_free(error);
    exit(1);
}
#define MUST(op) must(__FILE__, __LINE__, op)

static safe_client *connect_to(const char *url) {
    safe_client *client = NULL;
    safe_op *op = safe_connect(url, 0);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_client(op, &client, NULL));
    safe_op_free(op);
    return client;
}

static safe_link *link_of(safe_op *put) {
    safe_receipt *receipt = NULL;
    safe_link *link = NULL;
    MUST(put);
    CHECK_EQ(SAFE_OK, safe_op_take_receipt(put, &receipt, NULL));
    CHECK_EQ(SAFE_OK, safe_receipt_link(receipt, &link, NULL));
    safe_receipt_free(receipt);
    safe_op_free(put);
    return link;
}

static safe_bytes *bytes_of(safe_op *op) {
    safe_bytes *bytes = NULL;
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_bytes(op, &bytes, NULL));
    safe_op_free(op);
    return bytes;
}

static uint64_t number_of(safe_op *op) {
    uint64_t number = 0;
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_u64(op, &number, NULL));
    safe_op_free(op);
    return number;
}

static safe_writer *writer_of(safe_op *op) {
    safe_writer *writer = NULL;
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_writer(op, &writer, NULL));
    safe_op_free(op);
    return writer;
}

static safe_reader *reader_of(safe_op *op) {
    safe_reader *reader = NULL;
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_reader(op, &reader, NULL));
    safe_op_free(op);
    return reader;
}

/* Bytes that do not compress and differ by seed. */
static void fill(uint8_t *out, size_t size, uint64_t seed) {
    size_t i;
    for (i = 0; i < size; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        out[i] = (uint8_t)(seed >> 56);
    }
}

/* To end main with. */
static int done(void) {
    CHECK_EQ(0, safe_debug_live_handles());
    if (!failures) puts("ok");
    return failures ? 1 : 0;
}

#endif
