/* Puts and gets in one process, and what they did to its memory (DETAILS D7), as one line of JSON.
 *
 *   probe files URL AT_ONCE FILE...   AT_ONCE puts at a time, over FILE... in turn; then as many readers at a time,
 *                                     each of which compares what it reads with the file
 *   probe small URL COUNT             COUNT small values put and read back, one after the other
 *
 * start: resident before the first operation. put, get: the most that was resident meanwhile. end: resident five
 * seconds after the last operation, everything but the client freed. All in KiB.
 */
#include "figures.h"

#include <safe/safe.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW = 64 << 10 };

static void stop(const char *what, safe_error *error) {
    fprintf(stderr, "probe: %s: %s\n", what, error ? safe_error_message(error) : "failed");
    exit(1);
}

static void settle(safe_op *op, const char *what) {
    safe_error *error = NULL;
    if (safe_op_wait(op, SAFE_FOREVER, &error) != SAFE_OK) stop(what, error);
}

static safe_client *connect_to(const char *url) {
    safe_client *client = NULL;
    safe_error *error = NULL;
    safe_op *op = safe_connect(url, 0);
    settle(op, url);
    if (safe_op_take_client(op, &client, &error) != SAFE_OK) stop(url, error);
    safe_op_free(op);
    return client;
}

static safe_link *link_of(safe_op *put) {
    safe_receipt *receipt = NULL;
    safe_link *link = NULL;
    safe_error *error = NULL;
    if (safe_op_take_receipt(put, &receipt, &error) != SAFE_OK) stop("put", error);
    if (safe_receipt_link(receipt, &link, &error) != SAFE_OK) stop("link", error);
    safe_receipt_free(receipt);
    return link;
}

static safe_reader *reader_of(safe_client *client, const safe_link *link) {
    safe_reader *reader = NULL;
    safe_error *error = NULL;
    safe_op *op = safe_open(client, link);
    settle(op, "open");
    if (safe_op_take_reader(op, &reader, &error) != SAFE_OK) stop("open", error);
    safe_op_free(op);
    return reader;
}

/* One file being read back and compared, a window at a time. */
struct reading {
    safe_reader *reader;
    int fd;
    uint64_t at, size;
    uint8_t *window;
    safe_op *op;
};

static void read_on(struct reading *r, safe_queue *queue, uint64_t tag) {
    safe_error *error = NULL;
    r->op = safe_reader_read_into(r->reader, r->at, r->window, WINDOW);
    if (safe_op_to_queue(r->op, queue, tag, &error) != SAFE_OK) stop("queue", error);
}

static void compare(struct reading *r, uint64_t got) {
    static uint8_t expected[WINDOW];
    uint64_t wanted = r->size - r->at < WINDOW ? r->size - r->at : WINDOW;
    if (got != wanted || pread(r->fd, expected, got, (off_t)r->at) != (ssize_t)got ||
        memcmp(expected, r->window, got)) {
        fprintf(stderr, "probe: what was read is not what was put, near offset %" PRIu64 "\n", r->at);
        exit(1);
    }
    r->at += got;
}

static uint64_t read_all(struct reading *readings, uint64_t count, safe_queue *queue) {
    uint64_t i, open = 0, bytes = 0;
    for (i = 0; i < count; ++i)
        if (readings[i].size) read_on(&readings[i], queue, i), ++open;
    while (open) {
        safe_op *op = NULL;
        uint64_t tag = 0, got = 0;
        safe_error *error = NULL;
        struct reading *r;
        if (safe_queue_next(queue, SAFE_FOREVER, &op, &tag, &error) != SAFE_OK) stop("queue", error);
        r = &readings[tag];
        if (safe_op_take_u64(r->op, &got, &error) != SAFE_OK) stop("read", error);
        safe_op_free(r->op);
        compare(r, got);
        bytes += got;
        if (r->at < r->size)
            read_on(r, queue, tag);
        else
            --open;
    }
    return bytes;
}

static void report(struct figures start, long put_peak, long get_peak, uint64_t put_bytes, uint64_t get_bytes) {
    struct figures end;
    sleep(5);
    end = figures_now();
    printf("{\"start\": %ld, \"put\": %ld, \"get\": %ld, \"end\": %ld, \"end_anon\": %ld, \"start_anon\": %ld, "
           "\"put_bytes\": %" PRIu64 ", \"get_bytes\": %" PRIu64 "}\n",
           start.rss_kib, put_peak, get_peak, end.rss_kib, end.anon_kib, start.anon_kib, put_bytes, get_bytes);
}

static int files(const char *url, uint64_t at_once, char **paths, int path_count) {
    safe_client *client = connect_to(url);
    safe_op **puts = calloc(at_once, sizeof *puts);
    safe_link **links = calloc(at_once, sizeof *links);
    struct reading *readings = calloc(at_once, sizeof *readings);
    uint8_t *windows = malloc(at_once * WINDOW);
    safe_queue *queue = NULL;
    safe_error *error = NULL;
    struct figures start;
    long put_peak, get_peak;
    uint64_t i, put_bytes = 0, get_bytes;

    if (!puts || !links || !readings || !windows) return 2;
    memset(windows, 1, at_once * WINDOW); /* ours, so resident before the start */
    if (safe_queue_create(&queue, &error) != SAFE_OK) stop("queue", error);
    figures_reset_peak();
    start = figures_now();

    for (i = 0; i < at_once; ++i) puts[i] = safe_put_file(client, paths[i % path_count], 0);
    for (i = 0; i < at_once; ++i) {
        settle(puts[i], paths[i % path_count]);
        links[i] = link_of(puts[i]);
        safe_op_free(puts[i]);
        put_bytes += safe_link_size(links[i]);
    }
    put_peak = figures_now().peak_kib;

    figures_reset_peak();
    for (i = 0; i < at_once; ++i) {
        readings[i].reader = reader_of(client, links[i]);
        readings[i].size = safe_reader_size(readings[i].reader);
        readings[i].fd = open(paths[i % path_count], O_RDONLY);
        readings[i].window = windows + i * WINDOW;
    }
    get_bytes = read_all(readings, at_once, queue);
    get_peak = figures_now().peak_kib;

    for (i = 0; i < at_once; ++i) {
        safe_reader_free(readings[i].reader);
        safe_link_free(links[i]);
        close(readings[i].fd);
    }
    safe_queue_free(queue);
    report(start, put_peak, get_peak, put_bytes, get_bytes);
    free(puts), free(links), free(readings), free(windows);
    safe_client_free(client);
    return safe_debug_live_handles() != 0;
}

/* Values of 0 to 20,000 bytes, no two alike. */
static size_t small_value(uint64_t number, uint8_t *value) {
    size_t size = number * 7919 % 20000, i;
    for (i = 0; i < size; ++i) value[i] = (uint8_t)((number + i / 64) * 2654435761u >> (i % 24));
    if (size >= sizeof number) memcpy(value, &number, sizeof number);
    return size;
}

static uint64_t put_and_get_small(safe_client *client, uint64_t number) {
    static uint8_t value[20000];
    size_t size = small_value(number, value);
    safe_error *error = NULL;
    safe_bytes *bytes = NULL;
    safe_link *link;
    safe_op *op = safe_put(client, value, size, 0);
    settle(op, "put");
    link = link_of(op);
    safe_op_free(op);

    op = safe_get_bytes(client, link, sizeof value);
    settle(op, "get");
    if (safe_op_take_bytes(op, &bytes, &error) != SAFE_OK) stop("get", error);
    if (safe_bytes_size(bytes) != size || memcmp(safe_bytes_data(bytes), value, size))
        stop("other bytes came back", NULL);
    safe_op_free(op);
    safe_bytes_free(bytes);
    safe_link_free(link);
    return size;
}

static int small(const char *url, uint64_t count) {
    safe_client *client = connect_to(url);
    uint64_t i, bytes = 0;
    struct figures start;
    long peak;
    for (i = 0; i < count / 10; ++i) put_and_get_small(client, i); /* caches fill, once */
    figures_reset_peak();
    start = figures_now();
    for (; i < count; ++i) bytes += put_and_get_small(client, i);
    peak = figures_now().peak_kib;
    report(start, peak, peak, bytes, bytes);
    safe_client_free(client);
    return safe_debug_live_handles() != 0;
}

int main(int argc, char **argv) {
    if (argc >= 5 && !strcmp(argv[1], "files")) return files(argv[2], strtoull(argv[3], NULL, 10), argv + 4, argc - 4);
    if (argc == 4 && !strcmp(argv[1], "small")) return small(argv[2], strtoull(argv[3], NULL, 10));
    fprintf(stderr, "probe files URL AT_ONCE FILE... | probe small URL COUNT\n");
    return 2;
}
