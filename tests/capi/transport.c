/* Transports as a program sees them: a client here, a vault there, a socket between them; and what happens when one of
 * them goes away, says nothing, or says what it should not.
 *
 *   transport ROOM    a directory for vaults */
#define _GNU_SOURCE
#include "wire.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

static wires all;

/* A client whose vault is served in this process. */
typedef struct pair {
    safe_client *client;
    safe_op *serving;
} pair;

static pair pair_of(const char *vault) {
    pair self;
    char url[32];
    int ends[2];
    wire_pair(ends);
    self.serving = safe_vault_serve(vault, wire_url(url, ends[1]), 0);
    self.client = connect_to(wire_url(url, ends[0]));
    return self;
}

/* The vault's side ends well when the client has closed. */
static void pair_end(pair *self) {
    safe_client_free(self->client);
    MUST(self->serving);
    safe_op_free(self->serving);
}

static int same(safe_bytes *bytes, const uint8_t *content, size_t size) {
    const int equal = safe_bytes_size(bytes) == size && memcmp(safe_bytes_data(bytes), content, size) == 0;
    safe_bytes_free(bytes);
    return equal;
}

static void a_vault_works(void) {
    enum { SIZE = 9000000 };
    uint8_t *content = malloc(SIZE);
    pair both = pair_of("mem:");
    safe_link *link;
    safe_key *key = NULL;
    safe_record *record = NULL;
    safe_op *op;
    fill(content, SIZE, 1);
    link = link_of(safe_put(both.client, content, SIZE, 0));
    CHECK(same(bytes_of(safe_get_bytes(both.client, link, SIZE)), content, SIZE));
    safe_link_free(link);
    CHECK_EQ(SAFE_OK, safe_key_generate(&key, NULL));
    CHECK_EQ(SAFE_OK, end_of(safe_record_create(both.client, key, "counter", content, 5)));
    CHECK_EQ(SAFE_DATA_EXISTS, end_of(safe_record_create(both.client, key, "counter", NULL, 0)));
    op = safe_record_set(both.client, key, "counter", 1, content, 100000);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_record(op, &record, NULL));
    safe_op_free(op);
    CHECK_EQ(1, safe_record_version(record));
    safe_record_free(record);
    safe_key_free(key);
    CHECK_EQ(SAFE_NO_SUCH_DATA,
             end_of(safe_chunk_get(both.client, (const uint8_t *)"01234567890123456789012345678901")));
    pair_end(&both);
    free(content);
}

/* Two connections to one vault in a directory. */
static void a_shared_vault(const char *room) {
    uint8_t content[50000];
    char vault[1000];
    pair first, second;
    safe_link *link;
    snprintf(vault, sizeof vault, "file:%s/shared-%d", room, (int)getpid());
    first = pair_of(vault);
    second = pair_of(vault);
    fill(content, sizeof content, 2);
    link = link_of(safe_put(first.client, content, sizeof content, 0));
    CHECK(same(bytes_of(safe_get_bytes(second.client, link, sizeof content)), content, sizeof content));
    safe_link_free(link);
    pair_end(&first);
    pair_end(&second);
}

static void many_at_once(void) {
    enum { COUNT = 128, LARGE = 3, SIZE = 3000000 };
    uint8_t *large = malloc(SIZE), content[COUNT][3000];
    safe_op *ops[COUNT + LARGE];
    safe_link *links[COUNT + LARGE];
    pair both = pair_of("mem:");
    int i;
    for (i = 0; i < COUNT + LARGE; i++) {
        if (i < COUNT) {
            fill(content[i], sizeof content[i], (uint64_t)i);
            ops[i] = safe_put(both.client, content[i], sizeof content[i], 0);
        } else {
            fill(large, SIZE, (uint64_t)i);
            ops[i] = safe_put(both.client, large, SIZE, 0);
        }
    }
    for (i = 0; i < COUNT + LARGE; i++) links[i] = link_of(ops[i]);
    for (i = 0; i < COUNT + LARGE; i++) ops[i] = safe_get_bytes(both.client, links[i], SIZE);
    for (i = 0; i < COUNT + LARGE; i++) {
        safe_bytes *bytes = bytes_of(ops[i]);
        if (i >= COUNT) fill(large, SIZE, (uint64_t)i);
        CHECK(i < COUNT ? same(bytes, content[i], sizeof content[i]) : same(bytes, large, SIZE));
        safe_link_free(links[i]);
    }
    pair_end(&both);
    free(large);
}

/* Some of many are cancelled; the others and the connection are as before. */
static void cancelled_calls(void) {
    enum { COUNT = 24, SIZE = 1000000 };
    uint8_t *content = malloc(SIZE);
    safe_op *ops[COUNT];
    pair both = pair_of("mem:");
    int i;
    for (i = 0; i < COUNT; i++) {
        fill(content, SIZE, 100 + (uint64_t)i);
        ops[i] = safe_put(both.client, content, SIZE, 0);
    }
    usleep(20000);
    for (i = 0; i < COUNT; i += 2) safe_op_cancel(ops[i]);
    for (i = 0; i < COUNT; i++) {
        const safe_status status = soon(ops[i]);
        CHECK(status == SAFE_OK || (i % 2 == 0 && status == SAFE_CANCELLED));
    }
    CHECK_EQ(SAFE_OK, soon(safe_put(both.client, content, SIZE, 0)));
    pair_end(&both);
    free(content);
}

/* The other side says nothing: whoever waits can stop. */
static void silence(void) {
    char url[32];
    int ends[2];
    safe_client *client;
    safe_op *op;
    wire_pair(ends);
    client = connect_to(wire_url(url, ends[0]));
    op = safe_put(client, (const uint8_t *)"never answered", 14, 0);
    CHECK_EQ(SAFE_TIMEOUT, safe_op_wait(op, 50, NULL));
    safe_op_cancel(op);
    CHECK_EQ(SAFE_CANCELLED, soon(op));
    op = safe_put(client, (const uint8_t *)"nor this one", 12, 0);
    safe_client_free(client);
    CHECK_EQ(SAFE_CLOSED, soon(op));
    close(ends[1]);
}

/* Clients come and go while answers are on their way to them: each time the process's last one, so that it ends with it. */
static void freed_in_the_middle(void) {
    int i, waited;
    for (i = 0; i < 60; i++) {
        pair both = pair_of("mem:");
        safe_op *op = safe_put(both.client, (const uint8_t *)"something", 9, 0);
        for (waited = 0; waited < i * 40; waited += 40) sched_yield();
        if (i % 2) safe_op_free(both.serving);
        safe_client_free(both.client);
        if (i % 2 == 0) soon(both.serving); /* a socket that is closed with bytes unread says so to the other side */
        safe_op_wait(op, 60000, NULL);
        CHECK(safe_op_state(op) != SAFE_OP_PENDING);
        safe_op_free(op);
    }
}

/* The vault's side is cancelled; the client is told. */
static void cancelled_serving(void) {
    pair both = pair_of("mem:");
    CHECK_EQ(SAFE_OK, soon(safe_put(both.client, (const uint8_t *)"something", 9, 0)));
    safe_op_cancel(both.serving);
    CHECK_EQ(SAFE_CANCELLED, soon(both.serving));
    CHECK_EQ(SAFE_CONNECTION_FAILED, soon(safe_put(both.client, (const uint8_t *)"something else", 14, 0)));
    safe_client_free(both.client);
}

/* The vault is in another process, which is killed while 32 puts are under way. Before this process uses the library, since
 * the child does. */
static void a_process_that_is_killed(void) {
    enum { COUNT = 32, SIZE = 1000000 };
    int ends[2], i, lost = 0;
    pid_t child;
    wire_pair(ends);
    child = fork();
    if (child == 0) {
        char url[32];
        close(ends[0]);
        wires_start(&all, "wire");
        safe_op_wait(safe_vault_serve("mem:", wire_url(url, ends[1]), 0), SAFE_FOREVER, NULL);
        _exit(0);
    }
    close(ends[1]);
    wires_start(&all, "wire");
    {
        uint8_t *content = malloc(SIZE);
        char url[32];
        safe_client *client = connect_to(wire_url(url, ends[0]));
        safe_op *ops[COUNT];
        safe_error *error = NULL;
        CHECK_EQ(SAFE_OK, soon(safe_put(client, (const uint8_t *)"something", 9, 0)));
        for (i = 0; i < COUNT; i++) {
            fill(content, SIZE, 200 + (uint64_t)i);
            ops[i] = safe_put(client, content, SIZE, 0);
            if (i == COUNT / 2)
                kill(child, SIGSTOP); /* so that it cannot have answered all of them before it is killed */
        }
        kill(child, SIGKILL);
        for (i = 0; i < COUNT; i++) {
            const safe_status status = soon(ops[i]);
            CHECK(status == SAFE_OK || status == SAFE_CONNECTION_FAILED);
            lost += status == SAFE_CONNECTION_FAILED;
        }
        CHECK(lost > 0);
        ops[0] = safe_put(client, content, SIZE, 0);
        CHECK_EQ(SAFE_CONNECTION_FAILED, safe_op_wait(ops[0], 60000, &error));
        CHECK(strstr(safe_error_message(error), "wire:") && strstr(safe_error_message(error), "connect again"));
        safe_error_free(error);
        safe_op_free(ops[0]);
        safe_client_free(client);
        free(content);
    }
    waitpid(child, NULL, 0);
    wires_stop(&all);
}

/* What comes from the other side is no frame, is too large, answers nothing, or ends too early. */
static void what_should_not_be(void) {
    static const struct {
        const char *bytes;
        size_t size;
        safe_status vault;
    } cases[] = {
        {"HTTP/1.1 400 Bad Request\r\n\r\n", 28, SAFE_BAD_MESSAGE},
        {"\1", 1, SAFE_BAD_MESSAGE},
        {"\2\2\0\0\0\0\0\0\0\1\0\0\0\0\xff\xff\xff\xff\0\0\0\0", 22, SAFE_BAD_MESSAGE},
        {"\2\2\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1\0\x50\0\1", 22, SAFE_BAD_MESSAGE},
        {"\2\2\0\0\0\0\0\0\0\x63\0\0\0\0\0\0\0\1\0\0\0\0x", 23, SAFE_BAD_MESSAGE},
        {"\2\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\0", 22, SAFE_CONNECTION_FAILED},
        {"\2", 1, SAFE_CONNECTION_FAILED},
        {"", 0, SAFE_OK},
    };
    enum { COUNT = sizeof cases / sizeof *cases };
    char url[32];
    int ends[COUNT][2];
    size_t i;
    for (i = 0; i < COUNT; i++) {
        safe_op *op;
        wire_pair(ends[i]);
        op = safe_vault_serve("mem:", wire_url(url, ends[i][0]), 0);
        CHECK_EQ((int64_t)cases[i].size, write(ends[i][1], cases[i].bytes, cases[i].size));
        shutdown(ends[i][1], SHUT_WR);
        CHECK_EQ(cases[i].vault, soon(op));
        close(ends[i][1]);
    }
    /* Clients connect again, and are told what the last attempt met. So no number of a socket is used for another meanwhile. */
    for (i = 0; i < COUNT; i++) wire_pair(ends[i]);
    for (i = 0; i < COUNT; i++) {
        safe_client *client = connect_to(wire_url(url, ends[i][0]));
        safe_op *op;
        CHECK_EQ(SAFE_OK,
                 safe_client_set_timeout(client, 3000, NULL)); /* it must not be over before the other side speaks */
        op = safe_put(client, (const uint8_t *)"something", 9, 0);
        CHECK_EQ((int64_t)cases[i].size, write(ends[i][1], cases[i].bytes, cases[i].size));
        shutdown(ends[i][1], SHUT_WR);
        CHECK_EQ(SAFE_OK, safe_client_set_timeout(client, 300, NULL));
        CHECK_EQ(SAFE_CONNECTION_FAILED, soon(op));
        CHECK_EQ(SAFE_CONNECTION_FAILED, soon(safe_put(client, (const uint8_t *)"something", 9, 0))); /* nor later */
        safe_client_free(client);
    }
    for (i = 0; i < COUNT; i++) close(ends[i][1]);
}

static void a_port_that_is_freed(void) {
    char url[32];
    int ends[2], others[2];
    safe_client *client;
    safe_op *op, *serving;
    wire_pair(ends);
    wire_pair(others);
    client = connect_to(wire_url(url, ends[0]));
    serving = safe_vault_serve("mem:", wire_url(url, others[0]), 0);
    op = safe_put(client, (const uint8_t *)"never answered", 14, 0);
    CHECK_EQ(SAFE_TIMEOUT, safe_op_wait(op, 50, NULL));
    wires_stop(&all);
    CHECK_EQ(SAFE_CLOSED, soon(op));
    CHECK_EQ(SAFE_CLOSED, soon(serving));
    CHECK_EQ(SAFE_CLOSED, soon(safe_put(client, (const uint8_t *)"something", 9, 0)));
    safe_client_free(client);
    close(ends[1]);
    close(others[1]);
}

/* --- requests, one at a time --- */

static safe_request *expect(safe_port *port, int32_t kind) {
    safe_request *request = NULL;
    CHECK_EQ(SAFE_OK, safe_port_next(port, 10000, &request, NULL));
    CHECK_EQ(kind, safe_request_kind(request));
    return request;
}

static void requests(void) {
    static uint8_t much[64 * 1024 + 1];
    safe_port *port = NULL;
    safe_request *open, *receive, *send, *close_;
    safe_client *client = NULL;
    safe_op *op;
    CHECK_EQ(SAFE_OK, safe_port_create(SAFE_PORT_TRANSPORT, "steps", &port, NULL));
    CHECK_EQ(1, safe_feature("steps"));
    op = safe_connect("steps:a", 0);
    open = expect(port, SAFE_REQUEST_OPEN);
    CHECK(strcmp("steps:a", safe_request_url(open)) == 0);
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_request_fail(open, SAFE_STORE_MISSING, "no", NULL));
    CHECK_EQ(SAFE_OK, safe_request_fail(open, SAFE_CONNECTION_FAILED, "nobody listens; start the vault", NULL));
    safe_request_free(open);
    CHECK_EQ(SAFE_CONNECTION_FAILED, soon(op));

    op = safe_connect("steps:a", 0);
    open = expect(port, SAFE_REQUEST_OPEN);
    CHECK_EQ(SAFE_OK, safe_request_done(open, 1, NULL));
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_client(op, &client, NULL));
    safe_op_free(op);
    receive = expect(port, SAFE_REQUEST_RECEIVE);
    CHECK_EQ((int64_t)safe_request_connection(open), (int64_t)safe_request_connection(receive));
    safe_request_free(open);
    CHECK_EQ(sizeof much - 1, safe_request_length(receive));
    CHECK_EQ(SAFE_WRONG_RESULT, safe_request_done(receive, 1, NULL));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_request_give(receive, much, 0, NULL));
    CHECK_EQ(SAFE_DATA_TOO_LARGE, safe_request_give(receive, much, sizeof much, NULL));
    op = safe_put(client, (const uint8_t *)"something", 9, 0);
    send = expect(port, SAFE_REQUEST_SEND);
    CHECK(safe_request_size(send) > 22 && safe_request_data(send)[0] == 2);
    CHECK_EQ(SAFE_WRONG_RESULT, safe_request_none(send, NULL));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_request_done(send, 0, NULL));
    safe_request_free(send); /* without an answer: the connection breaks */
    close_ = expect(port, SAFE_REQUEST_CLOSE);
    CHECK_EQ(SAFE_CLOSED, safe_request_give(receive, much, 1, NULL));
    safe_request_free(receive);
    CHECK_EQ(SAFE_OK, safe_request_done(close_, 1, NULL));
    safe_request_free(close_);
    open = expect(port, SAFE_REQUEST_OPEN); /* it is made again, and what had no answer is asked again */
    CHECK_EQ(SAFE_OK, safe_request_done(open, 1, NULL));
    safe_request_free(open);
    receive = expect(port, SAFE_REQUEST_RECEIVE);
    send = expect(port, SAFE_REQUEST_SEND);
    CHECK(safe_request_size(send) > 22 && safe_request_data(send)[0] == 2);
    safe_client_free(client);
    CHECK_EQ(SAFE_CLOSED, soon(op));
    close_ = expect(port, SAFE_REQUEST_CLOSE);
    safe_request_free(receive);
    safe_request_free(send);
    CHECK_EQ(SAFE_OK, safe_request_done(close_, 1, NULL));
    safe_request_free(close_);
    CHECK_EQ(SAFE_TIMEOUT, safe_port_next(port, 0, &open, NULL));

    CHECK_EQ(SAFE_UNSUPPORTED, end_of(safe_vault_info("steps:a")));
    CHECK_EQ(SAFE_UNSUPPORTED, end_of(safe_vault_serve("steps:a", "steps:b", 0)));
    CHECK_EQ(SAFE_BAD_URL, end_of(safe_vault_serve("mem:", "mem:", 0)));
    CHECK_EQ(SAFE_BAD_URL, end_of(safe_vault_serve("mem:", "nobody:", 0)));
    CHECK_EQ(SAFE_STORE_MISSING, end_of(safe_vault_serve("file:/nowhere/at/all", "steps:", SAFE_CONNECT_NO_CREATE)));
    safe_port_free(port);
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    a_process_that_is_killed();
    requests();
    wires_start(&all, "wire");
    a_vault_works();
    a_shared_vault(arguments[1]);
    many_at_once();
    cancelled_calls();
    silence();
    cancelled_serving();
    freed_in_the_middle();
    what_should_not_be();
    a_port_that_is_freed();
    return done();
}
