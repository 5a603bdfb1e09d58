/* In the child of a fork everything but the free functions and the errors fails with SAFE_FORKED, and nothing hangs
 * (DETAILS D2), whatever the parent's threads were doing at that moment.
 *
 *   forked [ROUNDS] */
#define _GNU_SOURCE
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static uint8_t content[1000000];
static int stop;

/* What only the parent's threads held looks lost in the child, which has none of them: LeakSanitizer is to judge the parent. */
static int in_child;
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) { return in_child; }

/* Keeps the parent's locks in use. */
static void *keep_busy(void *user_data) {
    safe_client *client = user_data;
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) safe_link_free(link_of(safe_put(client, content, 1000, 0)));
    return NULL;
}

static int child(safe_client *client, safe_writer *writer, safe_link *link, safe_op *pending) {
    safe_error *error = NULL;
    safe_queue *queue = NULL;
    safe_op *op = safe_put(client, content, 10, 0);
    in_child = 1;
    alarm(20);
    CHECK(op != NULL);
    CHECK_EQ(SAFE_FORKED, safe_op_state(op));
    CHECK_EQ(SAFE_FORKED, safe_op_wait(op, SAFE_FOREVER, &error));
    CHECK_EQ(SAFE_FORKED, safe_error_code(error));
    CHECK(strstr(safe_error_message(error), "fork") != NULL);
    safe_error_free(error);
    CHECK_EQ(SAFE_FORKED, safe_op_wait(pending, 0, NULL));
    CHECK_EQ(SAFE_FORKED, safe_queue_create(&queue, NULL));
    CHECK_EQ(SAFE_FORKED, safe_set(SAFE_SETTING_WORKERS, 1, NULL));
    CHECK(safe_link_text(link) == NULL);
    CHECK(safe_client_url(client) == NULL);
    CHECK_EQ(0, safe_get(SAFE_SETTING_WORKERS));
    safe_op_cancel(pending);
    safe_op_free(op);
    safe_op_free(pending);
    safe_writer_free(writer);
    safe_link_free(link);
    safe_client_free(client);
    return failures ? 1 : 0;
}

/* A fork before the first handle leaves a child that can use the library as if it were alone. */
static void fork_before_use(void) {
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        safe_client *client = connect_to("mem:");
        safe_link_free(link_of(safe_put(client, content, 1000, 0)));
        safe_client_free(client);
        exit(done());
    }
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK_EQ(0, status);
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 20;
    pthread_t thread;
    safe_client *client;
    safe_writer *writer;
    safe_link *link;
    fill(content, sizeof content, 1);
    fork_before_use();
    client = connect_to("mem:");
    writer = writer_of(safe_writer_open(client, SAFE_SIZE_UNKNOWN, 0));
    link = link_of(safe_put(client, content, 10, 0));
    pthread_create(&thread, NULL, keep_busy, client);
    while (rounds-- > 0) {
        int status = 0;
        safe_op *pending = safe_put(client, content, sizeof content, 0);
        pid_t pid = fork();
        if (pid == 0)
            exit(child(client, writer, link, pending)); /* exit, not _exit: destructors must not hang either */
        CHECK(waitpid(pid, &status, 0) == pid);
        CHECK_EQ(0, status);
        CHECK_EQ(SAFE_OK, end_of(pending)); /* the parent does not notice */
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    safe_writer_free(writer);
    safe_link_free(link);
    safe_client_free(client);
    return done();
}
