/* One connection of a transport over a socket, with two threads, so that sending and receiving wait for nobody but the other
 * side. */
#ifndef SAFE_TESTS_SUPPORT_WIRE_H
#define SAFE_TESTS_SUPPORT_WIRE_H

#include <safe/safe.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WIRE_SENDS = 0, WIRE_RECEIVES = 1 };

typedef struct wire {
    uint64_t connection;
    int fd;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int ending;
    safe_request *asked[2]; /* what waits for each thread: at most one */
    pthread_t threads[2];
} wire;

static void wire_move(wire *self, int direction, safe_request *request) {
    static const char gone[] = "the other side has gone; connect again";
    if (direction == WIRE_SENDS) {
        const uint8_t *data = safe_request_data(request);
        size_t left = safe_request_size(request);
        while (left) {
            const ssize_t sent = send(self->fd, data, left, MSG_NOSIGNAL);
            if (sent < 0 && errno == EINTR) continue;
            if (sent < 0) {
                safe_request_fail(request, SAFE_CONNECTION_FAILED, gone, NULL);
                return;
            }
            data += sent;
            left -= (size_t)sent;
        }
        safe_request_done(request, 1, NULL);
    } else {
        static __thread uint8_t buffer[64 * 1024];
        ssize_t got;
        do got = recv(self->fd, buffer, (size_t)safe_request_length(request), 0);
        while (got < 0 && errno == EINTR);
        if (got > 0)
            safe_request_give(request, buffer, (size_t)got, NULL);
        else if (got == 0)
            safe_request_none(request, NULL);
        else
            safe_request_fail(request, SAFE_CONNECTION_FAILED, gone, NULL);
    }
}

static void wire_run(wire *self, int direction) {
    pthread_mutex_lock(&self->mutex);
    for (;;) {
        safe_request *request = self->asked[direction];
        if (request) {
            self->asked[direction] = NULL;
            pthread_mutex_unlock(&self->mutex);
            wire_move(self, direction, request);
            safe_request_free(request);
            pthread_mutex_lock(&self->mutex);
        } else if (self->ending) {
            break;
        } else {
            pthread_cond_wait(&self->changed, &self->mutex);
        }
    }
    pthread_mutex_unlock(&self->mutex);
}

static void *wire_sends(void *self) {
    wire_run(self, WIRE_SENDS);
    return NULL;
}
static void *wire_receives(void *self) {
    wire_run(self, WIRE_RECEIVES);
    return NULL;
}

static wire *wire_open(uint64_t connection, int fd) {
    wire *self = calloc(1, sizeof *self);
    self->connection = connection;
    self->fd = fd;
    pthread_mutex_init(&self->mutex, NULL);
    pthread_cond_init(&self->changed, NULL);
    pthread_create(&self->threads[WIRE_SENDS], NULL, wire_sends, self);
    pthread_create(&self->threads[WIRE_RECEIVES], NULL, wire_receives, self);
    return self;
}

static void wire_close(wire *self) {
    shutdown(self->fd, SHUT_RDWR); /* what waits in a thread ends */
    pthread_mutex_lock(&self->mutex);
    self->ending = 1;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->threads[WIRE_SENDS], NULL);
    pthread_join(self->threads[WIRE_RECEIVES], NULL);
    close(self->fd);
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->mutex);
    free(self);
}

/* Hands a request to the thread of its direction; 0 if it still has one, which the library never does. */
static int wire_ask(wire *self, int direction, safe_request *request) {
    int is_free;
    pthread_mutex_lock(&self->mutex);
    is_free = !self->asked[direction];
    if (is_free) self->asked[direction] = request;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    return is_free;
}

#endif
