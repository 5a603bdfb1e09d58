/* Prints the messages of the commonest mistakes, one a line; tests/capi/mistakes.txt says how they must read. Each is to
 * say what failed, on what, why, and what to do next (DETAILS D4).
 *
 *   mistakes EMPTY-DIRECTORY */
#define _GNU_SOURCE
#include "check.h"

#include <sys/stat.h>
#include <unistd.h>

/* Takes long enough to be still under way when the next call is made. */
static uint8_t large[32 << 20];

static void show(const char *mistake, safe_error *error) {
    printf("%s: %s: %s\n", mistake, safe_code_name(safe_error_code(error)) + sizeof "SAFE_" - 1,
           safe_error_message(error));
    safe_error_free(error);
}

static void show_op(const char *mistake, safe_op *op) {
    safe_error *error = NULL;
    if (safe_op_wait(op, SAFE_FOREVER, &error) == SAFE_OK) failed(__FILE__, __LINE__, mistake);
    show(mistake, error);
    safe_op_free(op);
}

static void write_file(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    if (file) fputs(text, file);
    CHECK(file && fclose(file) == 0);
}

static void connecting(void) {
    show_op("no URL", safe_connect(NULL, 0));
    show_op("empty URL", safe_connect("", 0));
    show_op("URL that is not UTF-8", safe_connect("file:\xff", 0));
    show_op("path without scheme", safe_connect("/path/to/dir", 0));
    show_op("unknown scheme", safe_connect("ftp://host/", 0));
    show_op("vault without its key", safe_connect("ws://host:1234/path", 0));
    show_op("link instead of a URL", safe_connect("safe:public-aaaa", 0));
    show_op("site instead of a URL", safe_connect("safe://somebody", 0));
    show_op("unknown flag", safe_connect("mem:", 64));
    show_op("vault that is not there", safe_connect("file:missing", SAFE_CONNECT_NO_CREATE));
    write_file("plain", "text");
    show_op("vault that is a file", safe_connect("file:plain", 0));
    mkdir("other", 0777);
    write_file("other/thing", "text");
    show_op("directory of something else", safe_connect("file:other", 0));
    safe_client_free(connect_to("file:newer"));
    write_file("newer/safe-vault", "safe vault format 9\n");
    show_op("vault of a newer format", safe_connect("file:newer", 0));
    setenv("SAFE_WORKERS", "many", 1);
    show_op("setting in the environment", safe_connect("mem:", 0));
    setenv("SAFE_WORKERS", "2", 1);
    setenv("SAFE_MEMORY", "64", 1);
    show_op("settings that do not fit", safe_connect("mem:", 0));
    unsetenv("SAFE_WORKERS");
    unsetenv("SAFE_MEMORY");
}

static void handling(safe_client *client) {
    safe_error *error = NULL;
    safe_bytes *bytes = NULL;
    safe_link *link = NULL;
    uint64_t number = 0;
    int tries;
    safe_op *op;
    show_op("NULL instead of a client", safe_put(NULL, NULL, 0, 0));
    show_op("handle of another type", safe_put((safe_client *)safe_connect("", 0), NULL, 0, 0));
    op = safe_put(client, NULL, 0, 0);
    MUST(op);
    safe_op_take_bytes(op, &bytes, &error);
    show("result of another type", error);
    safe_op_free(op);
    safe_op_wait(op, 0, &error);
    show("freed handle", error);
    safe_link_parse("safe:public-aaaa", NULL, &error);
    show("nowhere to put the result", error);
    show_op("no data", safe_put(client, NULL, 5, 0));
    /* A busy machine may let the library end one of them before this thread goes on. */
    for (tries = 0, error = NULL; !error && tries < 100; tries++) {
        op = safe_put(client, large, sizeof large, 0);
        if (safe_op_take_u64(op, &number, &error) != SAFE_PENDING) {
            safe_error_free(error);
            error = NULL;
        }
        MUST(op);
        safe_op_free(op);
    }
    if (error) show("result before its time", error);
    op = safe_chunk_exists(client, (const uint8_t *)"01234567890123456789012345678901");
    MUST(op);
    safe_op_take_u64(op, &number, NULL);
    safe_op_take_u64(op, &number, &error);
    show("result taken twice", error);
    safe_op_free(op);
    safe_set(SAFE_SETTING_WORKERS, 1, &error);
    show("setting while connected", error);
    (void)link;
}

static void content(safe_client *client) {
    static const uint8_t address[32] = {1};
    safe_error *error = NULL;
    safe_link *link = NULL, *stored;
    safe_op *op;
    safe_writer *writer;
    safe_bytes *bytes = NULL;
    safe_link_parse("https://example.com", &link, &error);
    show("text that is no link", error);
    safe_link_parse("safe:public-aeaaaaaa", &link, &error);
    show("link with a typing error", error);
    stored = link_of(safe_put(client, (const uint8_t *)"abc", 3, 0));
    show_op("content above the limit", safe_get_bytes(client, stored, 2));
    safe_link_datamap(stored, &bytes, &error);
    show("data map of a public link", error);
    CHECK_EQ(SAFE_OK, safe_link_from_address(address, &link, NULL));
    show_op("content that is not there", safe_open(client, link));
    safe_link_free(link);
    safe_link_free(stored);
    show_op("file that is not there", safe_put_file(client, "missing.bin", 0));
    show_op("directory instead of a file", safe_put_file(client, "other", 0));
    show_op("content too large", safe_writer_open(client, 700000000000u, 0));
    op = safe_writer_open(client, 5, 0);
    writer = writer_of(op);
    show_op("fewer bytes than announced", safe_writer_close(writer));
    safe_writer_free(writer);
    show_op("empty chunk", safe_chunk_put(client, address, 0));
}

static void records(safe_client *client) {
    static const uint8_t seed[32] = {7};
    safe_key *key = NULL;
    CHECK_EQ(SAFE_OK, safe_key_import(seed, &key, NULL));
    show_op("record that is not there", safe_record_set(client, key, "counter", 1, NULL, 0));
    CHECK_EQ(SAFE_OK, end_of(safe_record_create(client, key, "counter", NULL, 0)));
    show_op("record that is there", safe_record_create(client, key, "counter", NULL, 0));
    show_op("version that does not follow", safe_record_set(client, key, "counter", 5, NULL, 0));
    show_op("record without label", safe_record_create(client, key, "", NULL, 0));
    safe_key_free(key);
}

int main(int argc, char **argv) {
    safe_client *client;
    if (argc > 1 && chdir(argv[1]) != 0) return 2;
    connecting();
    client = connect_to("mem:");
    handling(client);
    content(client);
    records(client);
    safe_client_free(client);
    return failures ? 1 : 0;
}
