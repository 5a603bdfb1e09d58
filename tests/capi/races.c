/* Threads that use a client, its streams and operations while another thread frees them: every call ends well
 * or says SAFE_CLOSED, SAFE_INVALID_HANDLE or SAFE_CANCELLED, and nothing is left. Meant to be run under TSan
 * too.
 *
 *   races [ROUNDS] */
#define _GNU_SOURCE
#include "check.h"

#include <pthread.h>
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

int main(int argc, char **argv) {
    unsigned rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 40, i;
    fill(content, sizeof content, 1);
    for (i = 0; i < rounds; i++) round_of(i);
    return done();
}
