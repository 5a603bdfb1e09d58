#include "things.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 1000 };

static thing things[ROOM];
static work works[ROOM];

/* --- ends are told by a queue, which a thread drains, or by callbacks, by turns --- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static safe_queue *queue;
static pthread_t drain;
static uint64_t tags;

typedef struct told {
    int ended, forgotten;
} told;

static void tell(told *self) {
    int forgotten;
    pthread_mutex_lock(&mutex);
    self->ended = 1;
    forgotten = self->forgotten;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    if (forgotten) free(self);
}

static void on_done(void *user_data, safe_op *op) {
    (void)op;
    tell(user_data);
}

static void *drain_queue(void *ignored) {
    safe_op *op = NULL;
    uint64_t tag = 0;
    int32_t descriptor = -1;
    struct pollfd ready;
    if (safe_queue_fd(queue, &descriptor, NULL) != SAFE_OK) abort();
    ready.fd = descriptor;
    ready.events = POLLIN;
    for (;;) {
        safe_status status;
        poll(&ready, 1, -1);
        while ((status = safe_queue_next(queue, 0, &op, &tag, NULL)) == SAFE_OK) {
            int i;
            pthread_mutex_lock(&mutex);
            for (i = 0; i < ROOM; i++)
                if (works[i].op && works[i].tag == tag) ((told *)works[i].told)->ended = 1;
            pthread_cond_broadcast(&changed);
            pthread_mutex_unlock(&mutex);
        }
        if (status != SAFE_TIMEOUT) return ignored; /* woken */
    }
}

void works_end(void) {
    works_drop();
    if (!queue) return;
    safe_queue_wake(queue);
    pthread_join(drain, NULL);
    safe_queue_free(queue);
    queue = NULL;
}

/* --- work --- */

static void done_with(work *self) {
    safe_op_free(self->op);
    safe_link_free(self->link);
    free(self->lent.memory);
    memset(self, 0, sizeof *self);
}

static void finish(work *self, answer *out) {
    safe_error *error = NULL;
    const safe_status status = safe_op_wait(self->op, SAFE_FOREVER, &error);
    if (status == SAFE_OK)
        self->take(self, out);
    else
        give_failure(out, status, error);
}

static void follow(work *self) {
    told *state = calloc(1, sizeof *state);
    self->told = state;
    if (++tags % 2 == 0) {
        if (safe_op_on_done(self->op, on_done, state, NULL) != SAFE_OK) abort();
        return;
    }
    self->tag = tags;
    if (!queue) {
        if (safe_queue_create(&queue, NULL) != SAFE_OK) abort();
        pthread_create(&drain, NULL, drain_queue, NULL);
    }
}

void work_begin(work *self, const line *request, answer *out) {
    const char *name = text_of(request, "start"), *as = text_of(request, "as");
    int i;
    if (as) strncpy(self->as, as, sizeof self->as - 1);
    if (!name) {
        finish(self, out);
        done_with(self);
        return;
    }
    strncpy(self->name, name, sizeof self->name - 1);
    follow(self);
    pthread_mutex_lock(&mutex);
    for (i = 0; i < ROOM && works[i].op; i++) continue;
    if (i == ROOM) abort();
    works[i] = *self;
    pthread_mutex_unlock(&mutex);
    if (self->tag && safe_op_to_queue(self->op, queue, self->tag, NULL) != SAFE_OK) abort();
}

work *work_find(const char *name) {
    int i;
    for (i = 0; i < ROOM; i++)
        if (works[i].op && strcmp(works[i].name, name) == 0) return &works[i];
    return NULL;
}

/* Whoever tells of its end may come later than this. */
static void forget(work *self) {
    told *state = self->told;
    pthread_mutex_lock(&mutex);
    if (self->tag || state->ended)
        free(state);
    else
        state->forgotten = 1;
    self->told = NULL;
    self->tag = 0;
    pthread_mutex_unlock(&mutex);
}

void work_wait(const char *name, answer *out) {
    work *self = work_find(name);
    if (!self) {
        give_mistake(out, "SAFE_INVALID_HANDLE", "nothing of that name was started");
        return;
    }
    pthread_mutex_lock(&mutex);
    while (!((told *)self->told)->ended) pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
    forget(self);
    finish(self, out);
    done_with(self);
}

void work_drop(work *self) {
    /* Memory that is lent to an operation stays until its end. */
    if (self->lent.memory) {
        safe_op_cancel(self->op);
        safe_op_wait(self->op, SAFE_FOREVER, NULL);
    }
    forget(self);
    done_with(self);
}

void works_drop(void) {
    int i;
    for (i = 0; i < ROOM; i++)
        if (works[i].op) work_drop(&works[i]);
}

/* --- things --- */

thing *thing_find(const char *name) {
    int i;
    for (i = 0; name && i < ROOM; i++)
        if (things[i].kind != NOTHING && strcmp(things[i].name, name) == 0) return &things[i];
    return NULL;
}

void *handle_of(const line *request, const char *key) {
    const thing *found = thing_find(text_of(request, key));
    return found ? found->handle : NULL;
}

void thing_keep(const char *name, thing_kind kind, void *handle) {
    thing *place = thing_find(name);
    int i;
    for (i = 0; !place && i < ROOM; i++)
        if (things[i].kind == NOTHING) place = &things[i];
    if (!place) abort();
    memset(place, 0, sizeof *place);
    strncpy(place->name, name, sizeof place->name - 1);
    place->kind = kind;
    place->handle = handle;
}

void thing_close(thing *self) {
    switch (self->kind) {
    case CLIENT: safe_client_free(self->handle); break;
    case READER: safe_reader_free(self->handle); break;
    case WRITER: safe_writer_free(self->handle); break;
    case KEY: safe_key_free(self->handle); break;
    case PORT:
        safe_port_free(self->handle);
        if (self->server) self->end_server(self->server);
        self->server = NULL;
        break;
    case VAULT: safe_vault_free(self->handle); break;
    case NOTHING: break;
    }
}

void things_close(void) {
    int i;
    for (i = 0; i < ROOM; i++)
        if (things[i].kind != NOTHING) thing_close(&things[i]);
    memset(things, 0, sizeof things);
}
