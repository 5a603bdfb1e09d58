/* Stores a text and reads it back by callbacks: each one starts the next step.
 *
 *   callbacks [VAULT-URL]
 *
 * The pattern for C, C++ and Rust programs whose work follows from events. A callback runs on a thread of the library,
 * so it must not wait or work for long: it takes the result, starts what comes next, and tells whoever waits. */
#define _POSIX_C_SOURCE 200809L
#include <safe/safe.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char text[] = "Hello from a callback.";

/* What the steps share. Only `ended` is used by two threads at a time. */
typedef struct story {
    safe_client *client;
    int worked;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int ended;
} story;

/* The last thing that a callback does: main goes on, and may free what the callback used. */
static void end(story *self, int worked) {
    pthread_mutex_lock(&self->mutex);
    self->worked = worked;
    self->ended = 1;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}

static void give_up(story *self, const char *doing, safe_error *error) {
    fprintf(stderr, "%s: %s (%s)\n", doing, safe_error_message(error), safe_code_name(safe_error_code(error)));
    safe_error_free(error);
    end(self, 0);
}

/* Has `done` called when the operation has ended. It is called in any case, once. */
static void then(safe_op *op, safe_done_fn done, story *self) {
    safe_error *error = NULL;
    if (safe_op_on_done(op, done, self, &error) != SAFE_OK) give_up(self, "on_done", error);
}

static void on_bytes(void *user_data, safe_op *op) {
    story *self = user_data;
    safe_bytes *bytes = NULL;
    safe_error *error = NULL;
    safe_status status = safe_op_take_bytes(op, &bytes, &error);
    safe_op_free(op);
    if (status != SAFE_OK) {
        give_up(self, "get", error);
    } else {
        int same = safe_bytes_size(bytes) == sizeof text && memcmp(safe_bytes_data(bytes), text, sizeof text) == 0;
        printf("read back: %s\n", (const char *)safe_bytes_data(bytes));
        safe_bytes_free(bytes);
        end(self, same);
    }
}

static void on_receipt(void *user_data, safe_op *op) {
    story *self = user_data;
    safe_receipt *receipt = NULL;
    safe_link *link = NULL;
    safe_error *error = NULL;
    safe_status status = safe_op_take_receipt(op, &receipt, &error);
    safe_op_free(op);
    if (status == SAFE_OK) status = safe_receipt_link(receipt, &link, &error);
    safe_receipt_free(receipt);
    if (status != SAFE_OK) {
        give_up(self, "put", error);
    } else {
        printf("stored as %s\n", safe_link_text(link));
        op = safe_get_bytes(self->client, link, 1000);
        safe_link_free(link);
        then(op, on_bytes, self);
    }
}

static void on_client(void *user_data, safe_op *op) {
    story *self = user_data;
    safe_error *error = NULL;
    safe_status status = safe_op_take_client(op, &self->client, &error);
    safe_op_free(op);
    if (status != SAFE_OK)
        give_up(self, "connect", error);
    else
        then(safe_put(self->client, (const uint8_t *)text, sizeof text, 0), on_receipt, self);
}

int main(int argc, char **argv) {
    static story self = {NULL, 0, PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    then(safe_connect(argc > 1 ? argv[1] : "mem:", 0), on_client, &self);

    pthread_mutex_lock(&self.mutex);
    while (!self.ended) pthread_cond_wait(&self.changed, &self.mutex);
    pthread_mutex_unlock(&self.mutex);

    safe_client_free(self.client);
    printf("live handles %llu\n", (unsigned long long)safe_debug_live_handles());
    return self.worked ? 0 : 1;
}
