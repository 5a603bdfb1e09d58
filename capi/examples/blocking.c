/* Stores a file in a vault and reads it back, one step after the other.
 *
 *   blocking FILE [VAULT-URL]
 *
 * The vault is "mem:" unless another is named, e.g. file:/tmp/my-vault. The pattern for every call of libsafe that takes
 * time: start an operation, wait for it, take its result, free the operation. */
#include <safe/safe.h>

#include <stdio.h>
#include <stdlib.h>

/* Prints what went wrong, and ends the program. Every error says what failed, on what, why, and what to do next. */
static void fail(const char *doing, safe_error *error) {
    fprintf(stderr, "%s: %s (%s)\n", doing, safe_error_message(error), safe_code_name(safe_error_code(error)));
    safe_error_free(error);
    exit(1);
}

/* Waits until the operation has ended well. */
static void wait_for(const char *doing, safe_op *op) {
    safe_error *error = NULL;
    if (safe_op_wait(op, SAFE_FOREVER, &error) != SAFE_OK) fail(doing, error);
}

static safe_client *connect_to(const char *url) {
    safe_client *client = NULL;
    safe_error *error = NULL;
    safe_op *op = safe_connect(url, 0);
    wait_for("connect", op);
    if (safe_op_take_client(op, &client, &error) != SAFE_OK) fail("connect", error);
    safe_op_free(op);
    return client;
}

/* Puts the file, and gives the link with which anybody can read it who can reach the vault. */
static safe_link *put_file(safe_client *client, const char *path) {
    safe_receipt *receipt = NULL;
    safe_link *link = NULL;
    safe_error *error = NULL;
    safe_op *op = safe_put_file(client, path, 0);
    wait_for("put", op);
    if (safe_op_take_receipt(op, &receipt, &error) != SAFE_OK) fail("put", error);
    if (safe_receipt_link(receipt, &link, &error) != SAFE_OK) fail("put", error);
    printf("%s is %s\n", path, safe_link_text(link));
    printf("%llu bytes in %llu chunks, %llu of them new\n", (unsigned long long)safe_receipt_size(receipt),
           (unsigned long long)safe_receipt_chunk_count(receipt), (unsigned long long)safe_receipt_new_chunks(receipt));
    safe_receipt_free(receipt);
    safe_op_free(op);
    return link;
}

static safe_reader *open_link(safe_client *client, const safe_link *link) {
    safe_reader *reader = NULL;
    safe_error *error = NULL;
    safe_op *op = safe_open(client, link);
    wait_for("open", op);
    if (safe_op_take_reader(op, &reader, &error) != SAFE_OK) fail("open", error);
    safe_op_free(op);
    return reader;
}

/* Reads the content in parts and compares each with the file. */
static int same_as_file(safe_reader *reader, const char *path) {
    static unsigned char ours[1 << 20], theirs[1 << 20];
    uint64_t offset = 0, size = safe_reader_size(reader);
    int same = 1;
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    while (same && offset < size) {
        uint64_t got = 0;
        size_t i;
        safe_error *error = NULL;
        safe_op *op = safe_reader_read_into(reader, offset, theirs, sizeof theirs);
        wait_for("read", op);
        if (safe_op_take_u64(op, &got, &error) != SAFE_OK) fail("read", error);
        safe_op_free(op);
        same = fread(ours, 1, (size_t)got, file) == (size_t)got;
        for (i = 0; same && i < got; i++) same = ours[i] == theirs[i];
        offset += got;
    }
    same = same && getc(file) == EOF;
    fclose(file);
    return same;
}

int main(int argc, char **argv) {
    safe_client *client;
    safe_link *link;
    safe_reader *reader;
    int same;
    if (argc < 2) {
        fprintf(stderr, "usage: %s FILE [VAULT-URL]\n", argv[0]);
        return 2;
    }
    client = connect_to(argc > 2 ? argv[2] : "mem:");
    link = put_file(client, argv[1]);
    reader = open_link(client, link);
    same = same_as_file(reader, argv[1]);
    printf(same ? "read back: identical\n" : "read back: DIFFERENT\n");

    /* Every handle is freed once, in any order. */
    safe_reader_free(reader);
    safe_link_free(link);
    safe_client_free(client);
    printf("live handles %llu\n", (unsigned long long)safe_debug_live_handles());
    return same ? 0 : 1;
}
