/* What the C interface costs, on one file:
 *
 *   capi_bench FILE
 *
 * Writes from memory and from the file to nowhere and reads from a vault in memory, in pieces of 1 MiB as any program
 * would; then does the least that an operation can do, and calls a function that does nothing. With copies.c preloaded it
 * also says how many bytes were copied for that. JSON. */
#define _GNU_SOURCE
#include <safe/safe.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { piece = 1 << 20, calls = 20000000, operations = 50000 };

static double now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

struct taken {
    double seconds, cpu;
    uint64_t copied;
};

static uint64_t copied(void) {
    union {
        void *symbol;
        uint64_t (*count)(void);
    } counter = {dlsym(RTLD_DEFAULT, "safe_bench_copied")};
    return counter.symbol ? counter.count() : 0;
}

static struct taken begin(void) {
    struct taken taken = {now(CLOCK_MONOTONIC), now(CLOCK_PROCESS_CPUTIME_ID), copied()};
    return taken;
}

static struct taken since(struct taken before) {
    struct taken taken = begin();
    taken.seconds -= before.seconds;
    taken.cpu -= before.cpu;
    taken.copied -= before.copied;
    return taken;
}

static void check(safe_status status, safe_error *error) {
    if (status == SAFE_OK) return;
    fprintf(stderr, "capi_bench: %s: %s\n", safe_code_name(status), error ? safe_error_message(error) : "");
    exit(1);
}

static safe_op *ended(safe_op *op) {
    safe_error *error = NULL;
    check(safe_op_wait(op, SAFE_FOREVER, &error), error);
    return op;
}

static safe_receipt *put(safe_client *client, const uint8_t *data, size_t size, uint32_t flags) {
    safe_writer *writer = NULL;
    safe_receipt *receipt = NULL;
    safe_op *op = ended(safe_writer_open(client, size, flags));
    check(safe_op_take_writer(op, &writer, NULL), NULL);
    safe_op_free(op);
    for (size_t at = 0; at < size; at += piece)
        safe_op_free(ended(safe_writer_write(writer, data + at, size - at < piece ? size - at : piece)));
    op = ended(safe_writer_close(writer));
    check(safe_op_take_receipt(op, &receipt, NULL), NULL);
    safe_op_free(op);
    safe_writer_free(writer);
    return receipt;
}

static void get(safe_client *client, safe_receipt *receipt, uint8_t *into, size_t size) {
    safe_link *link = NULL;
    safe_reader *reader = NULL;
    check(safe_receipt_link(receipt, &link, NULL), NULL);
    safe_op *op = ended(safe_open(client, link));
    check(safe_op_take_reader(op, &reader, NULL), NULL);
    safe_op_free(op);
    for (size_t at = 0; at < size; at += piece)
        safe_op_free(ended(safe_reader_read_into(reader, at, into, size - at < piece ? size - at : piece)));
    safe_reader_free(reader);
    safe_link_free(link);
}

static struct taken put_file(safe_client *client, const char *path) {
    const struct taken before = begin();
    safe_op_free(ended(safe_put_file(client, path, SAFE_PUT_DRY_RUN | SAFE_PUT_PRIVATE)));
    return since(before);
}

/* One after the other, each waited for. */
static double operation_ns(safe_client *client) {
    const uint8_t address[32] = {1};
    uint64_t found = 0;
    const struct taken before = begin();
    for (int i = 0; i < operations; ++i) {
        safe_op *op = ended(safe_chunk_exists(client, address));
        check(safe_op_take_u64(op, &found, NULL), NULL);
        safe_op_free(op);
    }
    return since(before).seconds / operations * 1e9;
}

static double empty_call_ns(void) {
    const struct taken before = begin();
    for (int i = 0; i < calls; ++i) safe_abi_version();
    return since(before).cpu / calls * 1e9;
}

static uint8_t *content_of(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) return NULL;
    *size = (size_t)ftell(file);
    uint8_t *data = malloc(*size);
    rewind(file);
    if (data && fread(data, 1, *size, file) != *size) return NULL;
    fclose(file);
    return data;
}

int main(int argc, char **argv) {
    size_t size = 0;
    uint8_t *data = argc == 2 ? content_of(argv[1], &size) : NULL;
    uint8_t *back = malloc(size + 1);
    if (!data || !back) return fputs("usage: capi_bench FILE\n", stderr), 2;
    safe_client *client = NULL;
    check(safe_set(SAFE_SETTING_WORKERS, 1, NULL), NULL);
    safe_op *op = ended(safe_connect("mem:", 0));
    check(safe_op_take_client(op, &client, NULL), NULL);
    safe_op_free(op);

    struct taken before = begin();
    safe_receipt_free(put(client, data, size, SAFE_PUT_DRY_RUN | SAFE_PUT_PRIVATE));
    const struct taken writing = since(before);
    safe_receipt *receipt = put(client, data, size, SAFE_PUT_PRIVATE);
    before = begin();
    get(client, receipt, back, size);
    const struct taken reading = since(before);
    const struct taken file = put_file(client, argv[1]);
    const double operation = operation_ns(client);
    safe_receipt_free(receipt);
    safe_client_free(client);

    printf("{\"bytes\": %zu, \"writing\": {\"seconds\": %.6f, \"cpu\": %.6f, \"copied\": %llu}, "
           "\"reading\": {\"seconds\": %.6f, \"cpu\": %.6f, \"copied\": %llu}, \"file\": {\"seconds\": %.6f, \"cpu\": "
           "%.6f}, "
           "\"operation_ns\": %.0f, \"empty_call_ns\": %.3f}\n",
           size, writing.seconds, writing.cpu, (unsigned long long)writing.copied, reading.seconds, reading.cpu,
           (unsigned long long)reading.copied, file.seconds, file.cpu, operation, empty_call_ns());
    free(back);
    free(data);
    return safe_debug_live_handles() != 0;
}
