/* Threads that use a client, its streams and operations, or serve a port, while another thread frees them: every call
 * ends well or says SAFE_CLOSED, SAFE_INVALID_HANDLE or SAFE_CANCELLED, and nothing is left. Meant to be run under TSan
 * too.
 *
 *   races [ROUNDS] */
#define _GNU_SOURCE
#include "shelf.h"

#include <unistd.h>

enum { threads = 3 };

static uint8_t content[300000];

typedef struct shared {
    safe_client *client;
    safe_link *link;
    safe_writer *writer;
    safe_reader *reader;
    safe_queue *queue;
    unsigned seed;
} shared;

static void allow(const char *what, safe_status status) {
    switch (status) {
    case SAFE_OK:
    case SAFE_CLOSED:
    case SAFE_CANCELLED:
    case SAFE_INVALID_HANDLE:
    case SAFE_PENDING: /* two writes at a time */
    case SAFE_WOKEN:
    case SAFE_TIMEOUT: return;
    default: fprintf(stderr, "%s: %s\n", what, safe_code_name(status)); failures++;
    }
}

static void *use(void *user_data) {
    shared *self = user_data;
    static uint8_t into[threads][1000];
    unsigned seed = __atomic_fetch_add(&self->seed, 1, __ATOMIC_RELAXED);
    uint8_t *mine = into[seed % threads];
    int i;
    for (i = 0; i < 12; i++) {
        safe_op *op, *ended = NULL;
        uint64_t tag = 0;
        allow("read", end_of(safe_reader_read_into(self->reader, i * 100, mine, 1000)));
        allow("write", end_of(safe_writer_write(self->writer, content, 50000)));
        op = safe_put(self->client, content, sizeof content, 0);
        if ((seed + (unsigned)i) % 3 == 0) {
            allow("bind", safe_op_to_queue(op, self->queue, 1, NULL));
            safe_queue_wake(self->queue);
            allow("next", safe_queue_next(self->queue, 5, &ended, &tag, NULL));
            safe_op_cancel(op);
        }
        allow("put", end_of(op));
        safe_op_free(safe_get_bytes(self->client, self->link, 1000)); /* dropped at once */
    }
    return NULL;
}

static void round_of(unsigned number) {
    pthread_t running[threads];
    shared self;
    int i;
    memset(&self, 0, sizeof self);
    self.seed = number * threads;
    self.client = connect_to("mem:");
    self.link = link_of(safe_put(self.client, content, 1000, 0));
    self.writer = writer_of(safe_writer_open(self.client, SAFE_SIZE_UNKNOWN, 0));
    self.reader = reader_of(safe_open(self.client, self.link));
    CHECK_EQ(SAFE_OK, safe_queue_create(&self.queue, NULL));
    for (i = 0; i < threads; i++) pthread_create(&running[i], NULL, use, &self);
    usleep((number * 7919u) % 30000u);
    switch (number % 4) {
    case 0:
        safe_client_free(self.client);
        safe_queue_free(self.queue);
        break;
    case 1:
        safe_reader_free(self.reader);
        safe_writer_free(self.writer);
        break;
    case 2: safe_queue_free(self.queue); break;
    default:
        safe_writer_free(self.writer);
        safe_client_free(self.client);
        break;
    }
    for (i = 0; i < threads; i++) pthread_join(running[i], NULL);
    safe_client_free(self.client);
    safe_link_free(self.link);
    safe_writer_free(self.writer);
    safe_reader_free(self.reader);
    safe_queue_free(self.queue);
    CHECK_EQ(0, safe_debug_live_handles());
}

/* --- a port that is freed while the loop, its callback and the thread that set it are at work --- */

typedef struct serving {
    shelf *store;
    int freed; /* how often its last call came: once */
} serving;

static void last_call(serving *self) { __atomic_fetch_add(&self->freed, 1, __ATOMIC_RELEASE); }

static void serve(void *user_data, safe_port *port) {
    serving *self = user_data;
    safe_request *request = NULL;
    if (!port) {
        last_call(self);
        return;
    }
    while (safe_port_next(port, 0, &request, NULL) == SAFE_OK) allow("answer", shelf_answer(self->store, request));
    /* A port that was freed meanwhile has no next call. */
    if (safe_port_on_request(port, serve, self, NULL) != SAFE_OK) last_call(self);
}

static void *set_callback(void *user_data) {
    void **arguments = user_data;
    serve(arguments[1], arguments[0]);
    return NULL;
}

static void port_round_of(unsigned number) {
    shelf store;
    serving self = {&store, 0};
    pthread_t setter;
    void *arguments[2];
    safe_port *port = NULL;
    safe_client *client = NULL;
    safe_op *op;
    safe_status status;
    int i;
    shelf_init(&store);
    CHECK_EQ(SAFE_OK, safe_port_create(SAFE_PORT_STORE, "race", &port, NULL));
    arguments[0] = port;
    arguments[1] = &self;
    op = safe_connect("race:", 0);
    pthread_create(&setter, NULL, set_callback, arguments);
    if (number % 2) { /* else the connecting itself is raced with */
        MUST(op);
        CHECK_EQ(SAFE_OK, safe_op_take_client(op, &client, NULL));
        safe_op_free(op);
        op = safe_put(client, content, sizeof content, 0);
    }
    usleep((number * 7919u) % 3000u);
    safe_port_free(port);
    status = end_of(op);
    if (status != SAFE_BAD_URL) /* the scheme was gone before the URL was looked at */
        allow("raced", status);
    pthread_join(setter, NULL);
    safe_client_free(client);
    for (i = 0; i < 1000 && !__atomic_load_n(&self.freed, __ATOMIC_ACQUIRE); i++) usleep(10000);
    CHECK_EQ(1, __atomic_load_n(&self.freed, __ATOMIC_ACQUIRE));
    shelf_free(&store);
    CHECK_EQ(0, safe_debug_live_handles());
}

int main(int argc, char **argv) {
    unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 40, i;
    fill(content, sizeof content, 1);
    for (i = 0; i < rounds; i++) {
        round_of(i);
        port_round_of(i);
    }
    return done();
}
