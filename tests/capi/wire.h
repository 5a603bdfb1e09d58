/* A transport for tests: "wire:<fd>" moves bytes over that socket, with two threads for each connection, so that sending
 * and receiving wait for nobody but the other side. */
#ifndef SAFE_TESTS_CAPI_WIRE_H
#define SAFE_TESTS_CAPI_WIRE_H

#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WIRE_ROOM = 64, WIRE_SENDS = 0, WIRE_RECEIVES = 1 };

typedef struct wire {
    uint64_t connection;
    int fd;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int ending;
    safe_request *asked[2]; /* what waits for each thread: at most one */
    pthread_t threads[2];
} wire;

typedef struct wires {
    safe_port *port;
    pthread_t thread;
    wire *open[WIRE_ROOM];
} wires;

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

static void wire_ask(wire *self, int direction, safe_request *request) {
    pthread_mutex_lock(&self->mutex);
    CHECK(!self->asked[direction]);
    self->asked[direction] = request;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}

static void *wires_run(void *argument) {
    wires *self = argument;
    safe_request *request = NULL;
    int i;
    while (safe_port_next(self->port, SAFE_FOREVER, &request, NULL) == SAFE_OK) {
        const uint64_t connection = safe_request_connection(request);
        const int32_t kind = safe_request_kind(request);
        wire **place = NULL;
        for (i = 0; i < WIRE_ROOM; i++)
            if (kind == SAFE_REQUEST_OPEN ? !self->open[i] : self->open[i] && self->open[i]->connection == connection)
                place = &self->open[i];
        if (kind == SAFE_REQUEST_SEND) {
            wire_ask(*place, WIRE_SENDS, request);
            continue;
        }
        if (kind == SAFE_REQUEST_RECEIVE) {
            wire_ask(*place, WIRE_RECEIVES, request);
            continue;
        }
        if (kind == SAFE_REQUEST_OPEN) {
            *place = wire_open(connection, atoi(strchr(safe_request_url(request), ':') + 1));
        } else {
            CHECK_EQ(SAFE_REQUEST_CLOSE, kind);
            wire_close(*place);
            *place = NULL;
        }
        safe_request_done(request, 1, NULL);
        safe_request_free(request);
    }
    /* The port was freed: nobody closes the rest. */
    for (i = 0; i < WIRE_ROOM; i++)
        if (self->open[i]) wire_close(self->open[i]);
    return NULL;
}

static void wires_start(wires *self, const char *scheme) {
    memset(self, 0, sizeof *self);
    CHECK_EQ(SAFE_OK, safe_port_create(SAFE_PORT_TRANSPORT, scheme, &self->port, NULL));
    pthread_create(&self->thread, NULL, wires_run, self);
}

static void wires_stop(wires *self) {
    safe_port_free(self->port);
    pthread_join(self->thread, NULL);
}

/* The two ends of a connection. */
static void wire_pair(int ends[2]) { CHECK_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends)); }

static const char *wire_url(char out[32], int fd) {
    snprintf(out, 32, "wire:%d", fd);
    return out;
}

#endif
