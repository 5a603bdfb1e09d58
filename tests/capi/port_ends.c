/* How requests to a port end when something is wrong: answered twice, refused answers, failures, requests that are freed
 * without an answer, ports and clients that are freed in the middle; and a port that is served by its callback alone. */
#define _GNU_SOURCE
#include "shelf.h"

#include <pthread.h>
#include <unistd.h>

static safe_error *e;
static const uint8_t *const name = (const uint8_t *)"01234567890123456789012345678901";

static safe_port *port_of(const char *scheme) {
    safe_port *port = NULL;
    CHECK_EQ(SAFE_OK, safe_port_create(SAFE_PORT_STORE, scheme, &port, &e));
    return port;
}

static safe_request *expect(safe_port *port, int32_t kind) {
    safe_request *request = NULL;
    CHECK_EQ(SAFE_OK, safe_port_next(port, 10000, &request, NULL));
    CHECK_EQ(kind, safe_request_kind(request));
    return request;
}

static safe_client *connected(safe_port *port, const char *url) {
    safe_client *client = NULL;
    safe_op *op = safe_connect(url, 0);
    safe_request *request = expect(port, SAFE_REQUEST_OPEN);
    CHECK_EQ(SAFE_OK, safe_request_done(request, 1, NULL));
    safe_request_free(request);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_client(op, &client, NULL));
    safe_op_free(op);
    return client;
}

static void one_answer_each(void) {
    safe_port *port = port_of("ends");
    safe_client *client = connected(port, "ends:");
    safe_op *op = safe_chunk_get(client, name);
    safe_request *request = expect(port, SAFE_REQUEST_GET);
    static const uint8_t much[6 << 20];
    /* What is refused leaves the request as it was. */
    CHECK_EQ(SAFE_WRONG_RESULT, safe_request_done(request, 1, NULL));
    CHECK_EQ(SAFE_WRONG_RESULT, safe_request_add(request, "a", 1, NULL));
    CHECK_EQ(SAFE_WRONG_RESULT, safe_request_figures(request, 1, 1, 1, 1, NULL));
    CHECK_EQ(SAFE_DATA_TOO_LARGE, safe_request_give(request, much, (size_t)safe_request_length(request) + 1, NULL));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_request_fail(request, SAFE_NO_SUCH_DATA, "it is not there", NULL));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_request_fail(request, SAFE_STORE_IO, "\xff", NULL));
    CHECK_EQ(SAFE_OP_PENDING, safe_op_state(op));
    CHECK_EQ(SAFE_OK, safe_request_none(request, NULL));
    CHECK_EQ(SAFE_ALREADY_TAKEN, safe_request_none(request, NULL));
    CHECK_EQ(SAFE_ALREADY_TAKEN, safe_request_fail(request, SAFE_STORE_IO, "no", NULL));
    CHECK_EQ(SAFE_NO_SUCH_DATA, end_of(op));
    CHECK(safe_request_key(request) && *safe_request_key(request)); /* it can still be looked at */
    safe_request_free(request);
    safe_client_free(client);
    safe_port_free(port);
}

static void failures_say_what_on_what_and_why(void) {
    safe_port *port = port_of("ends");
    safe_client *client = connected(port, "ends:");
    safe_op *op = safe_chunk_get(client, name);
    safe_request *request = expect(port, SAFE_REQUEST_GET);
    char *message = malloc(5001);
    CHECK_EQ(SAFE_OK, safe_request_fail(request, SAFE_STORE_BUSY, "somebody has it; wait a little", NULL));
    CHECK_EQ(SAFE_STORE_BUSY, safe_op_wait(op, SAFE_FOREVER, &e));
    CHECK(strstr(safe_error_message(e), safe_request_key(request)) && strstr(safe_error_message(e), "ends:"));
    CHECK(strstr(safe_error_message(e), "somebody has it; wait a little") != NULL);
    safe_error_free(e);
    safe_request_free(request);
    safe_op_free(op);

    /* A long one is cut between characters: each of these has three bytes. */
    memset(message, 0, 5001);
    while (strlen(message) < 4990) strcat(message, "\xe2\x82\xac");
    op = safe_chunk_get(client, name);
    request = expect(port, SAFE_REQUEST_GET);
    CHECK_EQ(SAFE_OK, safe_request_fail(request, SAFE_STORE_IO, message, NULL));
    CHECK_EQ(SAFE_STORE_IO, safe_op_wait(op, SAFE_FOREVER, &e));
    CHECK(strlen(safe_error_message(e)) < 1300 && strstr(safe_error_message(e), "\xe2\x82\xac") != NULL);
    safe_error_free(e);
    safe_request_free(request);
    safe_op_free(op);
    free(message);

    /* Freed without an answer. */
    op = safe_chunk_get(client, name);
    safe_request_free(expect(port, SAFE_REQUEST_GET));
    CHECK_EQ(SAFE_STORE_IO, end_of(op));
    safe_client_free(client);
    safe_port_free(port);
}

static void everything_is_freed_in_the_middle(void) {
    safe_port *port = port_of("ends");
    safe_client *client = connected(port, "ends:"), *other;
    safe_op *held = safe_chunk_get(client, name), *waiting;
    safe_request *request = expect(port, SAFE_REQUEST_GET), *none = NULL;
    waiting = safe_chunk_get(client, name);
    safe_port_free(port); /* one request was given out, the other was not */
    CHECK_EQ(SAFE_CLOSED, end_of(held));
    CHECK_EQ(SAFE_CLOSED, end_of(waiting));
    CHECK_EQ(SAFE_CLOSED, safe_request_none(request, NULL));
    CHECK_EQ(SAFE_CLOSED, end_of(safe_chunk_get(client, name)));
    CHECK_EQ(SAFE_INVALID_HANDLE, safe_port_next(port, 0, &none, NULL));
    safe_request_free(request);
    safe_client_free(client);

    /* The client first: whoever answers then is told nothing. */
    port = port_of("ends");
    other = connected(port, "ends:");
    held = safe_chunk_get(other, name);
    request = expect(port, SAFE_REQUEST_GET);
    safe_client_free(other);
    CHECK_EQ(SAFE_OK, safe_request_none(request, NULL));
    CHECK(end_of(held) != SAFE_OK);
    safe_request_free(request);
    safe_port_free(port);
}

enum { untold = 1 }; /* no status */

typedef struct waiter {
    safe_port *port;
    safe_request *held[64];
    safe_status answered[64];
} waiter;

static void *answers_when_told(void *context) {
    waiter *self = context;
    safe_request *none = NULL;
    const safe_status told = safe_port_next(self->port, SAFE_FOREVER, &none, NULL);
    CHECK(told == SAFE_CLOSED || told == SAFE_INVALID_HANDLE); /* the latter: it came too late to wait */
    for (int i = 64; told == SAFE_CLOSED && i-- > 0;) self->answered[i] = safe_request_none(self->held[i], NULL);
    return NULL;
}

/* Whoever waits for requests is told last, so that nothing which he closes then looks like the end of a value. */
static void who_waits_for_answers_is_told_first(void) {
    for (int round = 0; round < 20; round++) {
        waiter self;
        safe_op *ops[64];
        pthread_t thread;
        safe_client *client;
        self.port = port_of("ends");
        client = connected(self.port, "ends:");
        for (int i = 0; i < 64; i++) {
            ops[i] = safe_chunk_get(client, name);
            self.held[i] = expect(self.port, SAFE_REQUEST_GET);
            self.answered[i] = untold;
        }
        CHECK_EQ(0, pthread_create(&thread, NULL, answers_when_told, &self));
        usleep(2000); /* for it to wait */
        safe_port_free(self.port);
        pthread_join(thread, NULL);
        for (int i = 0; i < 64; i++) {
            CHECK_EQ(SAFE_CLOSED, end_of(ops[i]));
            CHECK(self.answered[i] == SAFE_CLOSED || self.answered[i] == untold);
            safe_request_free(self.held[i]);
        }
        safe_client_free(client);
    }
}

/* --- served by the callback --- */

typedef struct called {
    shelf *store;
    int calls, last;
} called;

static void last_call(called *self) { __atomic_fetch_add(&self->last, 1, __ATOMIC_RELEASE); }

static void on_request(void *user_data, safe_port *port) {
    called *self = user_data;
    safe_request *request = NULL;
    if (!port) {
        last_call(self);
        return;
    }
    self->calls++;
    /* On the loop's thread a wait would be one for itself. */
    CHECK_EQ(SAFE_WOULD_DEADLOCK, safe_port_next(port, 1, &request, NULL));
    while (safe_port_next(port, 0, &request, NULL) == SAFE_OK) CHECK_EQ(SAFE_OK, shelf_answer(self->store, request));
    /* A port that was freed meanwhile has no next call. */
    if (safe_port_on_request(port, on_request, self, NULL) != SAFE_OK) last_call(self);
}

static void a_callback_serves_a_vault(void) {
    static uint8_t content[300000];
    shelf store;
    called self = {&store, 0, 0};
    safe_port *port = port_of("called");
    safe_client *client;
    safe_link *link;
    safe_bytes *bytes;
    int i;
    shelf_init(&store);
    fill(content, sizeof content, 5);
    CHECK_EQ(SAFE_OK, safe_port_on_request(port, on_request, &self, NULL));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_port_on_request(port, on_request, &self, NULL));
    CHECK_EQ(0, self.calls);
    client = connect_to("called:");
    link = link_of(safe_put(client, content, sizeof content, 0));
    bytes = bytes_of(safe_get_bytes(client, link, sizeof content));
    CHECK(safe_bytes_size(bytes) == sizeof content && memcmp(safe_bytes_data(bytes), content, sizeof content) == 0);
    safe_bytes_free(bytes);
    safe_link_free(link);
    safe_client_free(client);
    safe_port_free(port);
    for (i = 0; i < 1000 && !__atomic_load_n(&self.last, __ATOMIC_ACQUIRE); i++) usleep(10000);
    CHECK_EQ(1, __atomic_load_n(&self.last, __ATOMIC_ACQUIRE));
    CHECK(self.calls > 2);
    shelf_free(&store);
}

int main(void) {
    one_answer_each();
    failures_say_what_on_what_and_why();
    everything_is_freed_in_the_middle();
    who_waits_for_answers_is_told_first();
    a_callback_serves_a_vault();
    return done();
}
