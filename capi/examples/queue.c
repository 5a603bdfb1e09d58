/* Stores many values at once and collects what comes of it from one queue.
 *
 *   queue [COUNT [VAULT-URL]]
 *
 * The pattern for programs with a loop of their own: start as many operations as you like, bind each to a queue with a
 * tag that tells you which it was, and fetch them in the order in which they end. safe_queue_fd gives a descriptor for
 * select, poll or epoll, if the loop waits for other things too. */
#include <safe/safe.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *doing, safe_error *error) {
    fprintf(stderr, "%s: %s (%s)\n", doing, safe_error_message(error), safe_code_name(safe_error_code(error)));
    safe_error_free(error);
    exit(1);
}

static safe_client *connect_to(const char *url) {
    safe_client *client = NULL;
    safe_error *error = NULL;
    safe_op *op = safe_connect(url, 0);
    if (safe_op_wait(op, SAFE_FOREVER, &error) != SAFE_OK) fail("connect", error);
    if (safe_op_take_client(op, &client, &error) != SAFE_OK) fail("connect", error);
    safe_op_free(op);
    return client;
}

/* What is stored under the tag. */
static size_t make_value(char *out, size_t size, uint64_t tag) {
    return (size_t)snprintf(out, size, "value number %llu", (unsigned long long)tag);
}

static void start_puts(safe_client *client, safe_queue *queue, uint64_t count) {
    uint64_t tag;
    for (tag = 0; tag < count; tag++) {
        char value[64];
        safe_error *error = NULL;
        size_t size = make_value(value, sizeof value, tag);
        /* The bytes are copied before the call returns, so `value` may be used again at once. */
        safe_op *op = safe_put(client, (const uint8_t *)value, size, 0);
        if (safe_op_to_queue(op, queue, tag, &error) != SAFE_OK) fail("put", error);
    }
}

/* The next operation that has ended; the caller frees it. */
static safe_op *next(safe_queue *queue, uint64_t *tag) {
    safe_op *op = NULL;
    safe_error *error = NULL;
    if (safe_queue_next(queue, SAFE_FOREVER, &op, tag, &error) != SAFE_OK) fail("queue", error);
    return op;
}

/* Takes the link of an ended put, and starts to get its content. */
static void start_get(safe_client *client, safe_queue *queue, safe_op *ended, uint64_t tag) {
    safe_receipt *receipt = NULL;
    safe_link *link = NULL;
    safe_error *error = NULL;
    safe_op *op;
    if (safe_op_take_receipt(ended, &receipt, &error) != SAFE_OK) fail("put", error);
    if (safe_receipt_link(receipt, &link, &error) != SAFE_OK) fail("put", error);
    op = safe_get_bytes(client, link, 1000);
    if (safe_op_to_queue(op, queue, tag, &error) != SAFE_OK) fail("get", error);
    safe_link_free(link);
    safe_receipt_free(receipt);
}

/* 1 if the ended get gave what was put under the tag. */
static int is_right(safe_op *ended, uint64_t tag) {
    char value[64];
    size_t size = make_value(value, sizeof value, tag);
    safe_bytes *bytes = NULL;
    safe_error *error = NULL;
    int right;
    if (safe_op_take_bytes(ended, &bytes, &error) != SAFE_OK) fail("get", error);
    right = safe_bytes_size(bytes) == size && memcmp(safe_bytes_data(bytes), value, size) == 0;
    safe_bytes_free(bytes);
    return right;
}

int main(int argc, char **argv) {
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
    uint64_t ended, right = 0;
    safe_client *client = connect_to(argc > 2 ? argv[2] : "mem:");
    safe_queue *queue = NULL;
    safe_error *error = NULL;
    if (safe_queue_create(&queue, &error) != SAFE_OK) fail("queue", error);

    /* `count` puts with the tags 0 and up, each followed by a get with the tag `count` above. They end in any order. */
    start_puts(client, queue, count);
    for (ended = 0; ended < 2 * count; ended++) {
        uint64_t tag = 0;
        safe_op *op = next(queue, &tag);
        if (tag < count)
            start_get(client, queue, op, tag + count);
        else
            right += (uint64_t)is_right(op, tag - count);
        safe_op_free(op);
    }
    printf("%llu values stored and read back, %llu right\n", (unsigned long long)count, (unsigned long long)right);

    safe_queue_free(queue);
    safe_client_free(client);
    printf("live handles %llu\n", (unsigned long long)safe_debug_live_handles());
    return right == count ? 0 : 1;
}
