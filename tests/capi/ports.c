/* Ports as a program sees them: a whole vault over one, answers in any order from any thread, connections, schemes.
 * How requests end when something is wrong is in port_ends.c. */
#define _GNU_SOURCE
#include "shelf.h"

#include <unistd.h>

static safe_error *e;

static safe_port *port_of(const char *scheme) {
    safe_port *port = NULL;
    CHECK_EQ(SAFE_OK, safe_port_create(SAFE_PORT_STORE, scheme, &port, &e));
    return port;
}

static safe_request *next_of(safe_port *port) {
    safe_request *request = NULL;
    CHECK_EQ(SAFE_OK, safe_port_next(port, 10000, &request, NULL));
    return request;
}

/* The next request, which must be of that kind. */
static safe_request *expect(safe_port *port, int32_t kind) {
    safe_request *request = next_of(port);
    CHECK_EQ(kind, safe_request_kind(request));
    return request;
}

static void say_done(safe_request *request, int32_t yes) {
    CHECK_EQ(SAFE_OK, safe_request_done(request, yes, NULL));
    safe_request_free(request);
}

static void nothing_waits(safe_port *port) {
    safe_request *request = NULL;
    CHECK_EQ(SAFE_TIMEOUT, safe_port_next(port, 0, &request, NULL));
    CHECK(request == NULL);
}

static safe_client *client_of(safe_op *op) {
    safe_client *client = NULL;
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_client(op, &client, NULL));
    safe_op_free(op);
    return client;
}

/* A client whose OPEN was answered here. */
static safe_client *connected(safe_port *port, const char *url) {
    safe_op *op = safe_connect(url, 0);
    say_done(expect(port, SAFE_REQUEST_OPEN), 1);
    return client_of(op);
}

/* --- a vault over a port --- */

typedef struct server {
    safe_port *port;
    shelf *store;
    int shuffles; /* answers in another order than it was asked in */
    uint64_t seed;
} server;

static void *serve(void *argument) {
    server *self = argument;
    safe_request *held[16];
    size_t count = 0;
    uint64_t seed = self->seed;
    for (;;) {
        safe_request *request = NULL;
        const safe_status status = safe_port_next(self->port, count ? 1 : SAFE_FOREVER, &request, NULL);
        if (status == SAFE_OK) {
            held[count++] = request;
            if (self->shuffles && count < sizeof held / sizeof *held) continue;
        } else if (status != SAFE_TIMEOUT) {
            break;
        }
        while (count) {
            size_t which;
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            which = (size_t)(seed >> 33) % count;
            shelf_answer(self->store, held[which]);
            held[which] = held[--count];
        }
    }
    while (count) safe_request_free(held[--count]);
    return NULL;
}

static void a_vault_works(safe_client *client, const char *url) {
    static uint8_t content[1000000];
    uint8_t address[32];
    safe_link *link;
    safe_bytes *bytes;
    safe_key *key = NULL;
    safe_report *report = NULL;
    safe_op *op;
    uint64_t number = 0;
    fill(content, sizeof content, 1);
    link = link_of(safe_put(client, content, sizeof content, 0));
    bytes = bytes_of(safe_get_bytes(client, link, sizeof content));
    CHECK(safe_bytes_size(bytes) == sizeof content);
    CHECK(memcmp(safe_bytes_data(bytes), content, sizeof content) == 0);
    safe_bytes_free(bytes);
    CHECK_EQ(SAFE_OK, safe_key_generate(&key, NULL));
    CHECK_EQ(SAFE_OK, end_of(safe_record_create(client, key, "counter", NULL, 0)));
    CHECK_EQ(SAFE_DATA_EXISTS, end_of(safe_record_create(client, key, "counter", NULL, 0)));
    CHECK_EQ(SAFE_OK, end_of(safe_record_set(client, key, "counter", 1, content, 10)));
    safe_key_free(key);
    op = safe_vault_verify(url);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_report(op, &report, NULL));
    safe_op_free(op);
    CHECK_EQ(SAFE_OK, safe_report_value(report, "checked", &number, NULL));
    CHECK_EQ(6, number); /* three chunks, their map, two versions */
    CHECK_EQ(SAFE_OK, safe_report_value(report, "bad", &number, NULL));
    CHECK_EQ(0, number);
    safe_report_free(report);
    op = safe_vault_info(url);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_report(op, &report, NULL));
    safe_op_free(op);
    CHECK_EQ(SAFE_OK, safe_report_value(report, "chunks", &number, NULL));
    CHECK_EQ(4, number);
    CHECK_EQ(SAFE_OK, safe_report_value(report, "records", &number, NULL));
    CHECK_EQ(2, number);
    CHECK_EQ(SAFE_OK, safe_report_value(report, "disk_bytes", &number, NULL));
    CHECK(number == 0 || number == 4096);
    safe_report_free(report);
    CHECK_EQ(SAFE_OK, safe_link_address(link, address, NULL));
    CHECK_EQ(SAFE_OK, end_of(safe_vault_remove(url, address)));
    CHECK_EQ(SAFE_NO_SUCH_DATA, end_of(safe_open(client, link)));
    safe_link_free(link);
}

static void whole_vaults(void) {
    int figures, threads;
    for (figures = 0; figures < 2; figures++) {
        for (threads = 1; threads <= 4; threads += 3) {
            shelf store;
            server self = {NULL, &store, threads > 1, 7};
            pthread_t thread[4];
            safe_client *client;
            int i;
            shelf_init(&store);
            store.with_figures = figures;
            self.port = port_of("shelf");
            for (i = 0; i < threads; i++) pthread_create(&thread[i], NULL, serve, &self);
            CHECK_EQ(1, safe_feature("shelf"));
            client = client_of(safe_connect("shelf:one?x=%20", 0));
            CHECK(strcmp("shelf:one?x=%20", safe_client_url(client)) == 0);
            a_vault_works(client, "shelf:one?x=%20");
            safe_client_free(client);
            safe_port_free(self.port);
            CHECK_EQ(0, safe_feature("shelf"));
            for (i = 0; i < threads; i++) pthread_join(thread[i], NULL);
            shelf_free(&store);
        }
    }
}

/* 64 operations of each of two clients at a time, four threads that answer in any order. */
static void many_at_a_time(void) {
    enum { COUNT = 128 };
    shelf store;
    server self = {NULL, &store, 1, 11};
    pthread_t thread[4];
    safe_client *clients[2];
    safe_op *ops[COUNT];
    safe_link *links[COUNT];
    uint8_t content[COUNT][3000];
    int i;
    shelf_init(&store);
    self.port = port_of("many");
    for (i = 0; i < 4; i++) pthread_create(&thread[i], NULL, serve, &self);
    for (i = 0; i < 2; i++) clients[i] = client_of(safe_connect("many:", 0));
    for (i = 0; i < COUNT; i++) {
        fill(content[i], sizeof content[i], (uint64_t)i);
        ops[i] = safe_put(clients[i % 2], content[i], sizeof content[i], 0);
    }
    for (i = 0; i < COUNT; i++) links[i] = link_of(ops[i]);
    for (i = 0; i < COUNT; i++) ops[i] = safe_get_bytes(clients[1 - i % 2], links[i], 3000);
    for (i = 0; i < COUNT; i++) {
        safe_bytes *bytes = bytes_of(ops[i]);
        CHECK(safe_bytes_size(bytes) == 3000 && memcmp(safe_bytes_data(bytes), content[i], 3000) == 0);
        safe_bytes_free(bytes);
        safe_link_free(links[i]);
    }
    for (i = 0; i < 2; i++) safe_client_free(clients[i]);
    for (i = 0; i < 500 && shelf_closes(&store) == 0; i++) usleep(10000);
    safe_port_free(self.port);
    for (i = 0; i < 4; i++) pthread_join(thread[i], NULL);
    CHECK_EQ(1, store.opens);
    CHECK_EQ(1, store.closes);
    shelf_free(&store);
}

/* --- connections --- */

static void connections(void) {
    safe_port *port = port_of("conn");
    safe_client *one, *two, *other;
    safe_request *request;
    safe_op *op, *waiting;
    uint64_t first, second;

    op = safe_connect("conn:a", SAFE_CONNECT_NO_CREATE);
    request = expect(port, SAFE_REQUEST_OPEN);
    CHECK(strcmp("conn:a", safe_request_url(request)) == 0);
    CHECK_EQ(SAFE_CONNECT_NO_CREATE, safe_request_flags(request));
    first = safe_request_connection(request);
    CHECK(first != 0);
    waiting = safe_connect("conn:a", 0); /* waits for the same OPEN */
    CHECK_EQ(SAFE_TIMEOUT, safe_op_wait(waiting, 20, NULL));
    nothing_waits(port);
    say_done(request, 1);
    one = client_of(op);
    two = client_of(waiting);

    op = safe_connect("conn:b", 0);
    request = expect(port, SAFE_REQUEST_OPEN);
    second = safe_request_connection(request);
    CHECK(second != first);
    CHECK_EQ(0, safe_request_flags(request));
    say_done(request, 1);
    other = client_of(op);

    safe_client_free(one);
    CHECK_EQ(SAFE_OP_PENDING,
             safe_op_state(op = safe_chunk_exists(two, (const uint8_t *)"01234567890123456789012345678901")));
    request = expect(port, SAFE_REQUEST_GET);
    CHECK_EQ(first, safe_request_connection(request));
    CHECK_EQ(SAFE_OK, safe_request_none(request, NULL));
    safe_request_free(request);
    CHECK_EQ(0, number_of(op));
    safe_client_free(two);
    request = expect(port, SAFE_REQUEST_CLOSE);
    CHECK_EQ(first, safe_request_connection(request));
    safe_request_free(request); /* nobody waits for the answer */
    safe_client_free(other);
    request = expect(port, SAFE_REQUEST_CLOSE);
    CHECK_EQ(second, safe_request_connection(request));
    say_done(request, 1);

    /* One that could not be opened is opened anew for the next, and not closed. */
    op = safe_connect("conn:a", 0);
    request = expect(port, SAFE_REQUEST_OPEN);
    CHECK_EQ(SAFE_OK, safe_request_fail(request, SAFE_STORE_MISSING, "it is not there; make it", NULL));
    safe_request_free(request);
    CHECK_EQ(SAFE_STORE_MISSING, safe_op_wait(op, SAFE_FOREVER, &e));
    CHECK(strcmp("cannot open conn:a: it is not there; make it (STORE_MISSING -3106)", safe_error_message(e)) == 0);
    safe_error_free(e);
    safe_op_free(op);
    one = connected(port, "conn:a");
    safe_client_free(one);
    say_done(expect(port, SAFE_REQUEST_CLOSE), 1);
    nothing_waits(port);
    safe_port_free(port);
}

static void schemes(void) {
    static const char *const wrong[] = {"",
                                        "a",
                                        "9a",
                                        "Ab",
                                        "a b",
                                        "a:",
                                        "mem",
                                        "file",
                                        "safe",
                                        "abcdefghijklmnopqrstuvwxyz0123456789",
                                        "\xc3\xa4\xc3\xa4"};
    safe_port *port = NULL, *again = NULL;
    size_t i;
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_port_create(SAFE_PORT_STORE, wrong[i], &port, NULL));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_port_create(0, "good", &port, NULL));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_port_create(99, "good", &port, NULL));
    port = port_of("x-9.+");
    CHECK_EQ(SAFE_BUSY, safe_port_create(SAFE_PORT_STORE, "x-9.+", &again, NULL));
    CHECK_EQ(SAFE_BAD_URL, end_of(safe_connect("x-9:", 0)));
    safe_port_free(port);
    port = port_of("x-9.+");
    safe_port_free(port);
    CHECK_EQ(SAFE_BAD_URL, end_of(safe_connect("x-9.+:", 0)));
}

int main(void) {
    schemes();
    connections();
    whole_vaults();
    many_at_a_time();
    return done();
}
