/* A program may end at any moment, with operations under way and nothing freed: by return from main, or by exit in a
 * thread of its own or in a callback. It neither hangs nor crashes.
 *
 *   exit_in_flight main|thread|callback [DELAY-IN-MICROSECONDS] */
#define _GNU_SOURCE
#include "check.h"

#include <pthread.h>
#include <unistd.h>

static uint8_t content[9000000];

static void *exit_here(void *unused) {
    (void)unused;
    exit(0);
}

static void on_done(void *unused, safe_op *op) {
    (void)unused;
    (void)op;
    exit(0);
}

int main(int argc, char **argv) {
    const char *how = argc > 1 ? argv[1] : "main";
    safe_client *client = connect_to("mem:");
    safe_queue *queue = NULL;
    safe_op *first = safe_put(client, content, 100, 0);
    int i;
    alarm(60);
    fill(content, sizeof content, 1);
    CHECK_EQ(SAFE_OK, safe_queue_create(&queue, NULL));
    for (i = 0; i < 20; i++)
        CHECK_EQ(SAFE_OK, safe_op_to_queue(safe_put(client, content, sizeof content, 0), queue, 1, NULL));
    usleep(argc > 2 ? (useconds_t)atoi(argv[2]) : 0);
    if (strcmp(how, "thread") == 0) {
        pthread_t thread;
        pthread_create(&thread, NULL, exit_here, NULL);
        pause();
    }
    if (strcmp(how, "callback") == 0) {
        safe_op_on_done(first, on_done, NULL, NULL);
        pause();
    }
    return 0;
}
