/* A transport of the runner's own: "scheme:anything" reaches a vault that is served at the other end of a pair of sockets. Each
 * connection has two threads, so that sending and receiving wait for nobody but the other side. */
#include "things.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WIRES = 200, SENDS = 0, RECEIVES = 1 };

typedef struct wire {
    uint64_t connection;
    int fd, ending;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    pthread_t threads[2];
    safe_request *asked[2];
} wire;

typedef struct transport {
    safe_port *port;
    pthread_t thread;
    char scheme[64], vault[3000];
    wire *open[WIRES];
    safe_op *served[WIRES]; /* one for each connection of a client */
    int count;
} transport;

static void move_bytes(wire *self, int direction, safe_request *request) {
    static __thread uint8_t buffer[64 * 1024];
    ssize_t moved = 0;
    if (direction == SENDS) {
        const uint8_t *data = safe_request_data(request);
        size_t left = safe_request_size(request);
        while (left && ((moved = send(self->fd, data, left, MSG_NOSIGNAL)) > 0 || errno == EINTR)) {
            if (moved < 0) continue;
            data += moved;
            left -= (size_t)moved;
        }
        if (!left) safe_request_done(request, 1, NULL);
    } else {
        do moved = recv(self->fd, buffer, (size_t)safe_request_length(request), 0);
        while (moved < 0 && errno == EINTR);
        if (moved > 0) safe_request_give(request, buffer, (size_t)moved, NULL);
        if (moved == 0) safe_request_none(request, NULL);
    }
    if (moved < 0) safe_request_fail(request, SAFE_CONNECTION_FAILED, "the other side has gone; connect again", NULL);
}

static void run_wire(wire *self, int direction) {
    pthread_mutex_lock(&self->mutex);
    for (;;) {
        safe_request *request = self->asked[direction];
        if (request) {
            self->asked[direction] = NULL;
            pthread_mutex_unlock(&self->mutex);
            move_bytes(self, direction, request);
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

static void *run_sends(void *self) {
    run_wire(self, SENDS);
    return NULL;
}

static void *run_receives(void *self) {
    run_wire(self, RECEIVES);
    return NULL;
}

static void close_wire(wire *self) {
    shutdown(self->fd, SHUT_RDWR); /* what waits in a thread ends */
    pthread_mutex_lock(&self->mutex);
    self->ending = 1;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->mutex);
    pthread_join(self->threads[SENDS], NULL);
    pthread_join(self->threads[RECEIVES], NULL);
    close(self->fd);
    free(self);
}

/* "scheme:served-FD" is the vault's end; all else is a client, for whom the vault is served at a new pair. */
static int end_for(transport *self, const char *url) {
    const char *served = strstr(url, ":served-");
    char other[100];
    int ends[2];
    if (served) return atoi(served + 8);
    if (self->count == WIRES || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return -1;
    snprintf(other, sizeof other, "%s:served-%d", self->scheme, ends[1]);
    self->served[self->count++] = safe_vault_serve(self->vault, other, 0);
    return ends[0];
}

static void open_wire(transport *self, safe_request *request) {
    const int fd = end_for(self, safe_request_url(request));
    wire *made;
    int i = 0;
    while (i < WIRES && self->open[i]) i++;
    if (fd < 0 || i == WIRES) {
        safe_request_fail(request, SAFE_CONNECTION_FAILED, "no more connections", NULL);
        return;
    }
    made = self->open[i] = calloc(1, sizeof *made);
    made->connection = safe_request_connection(request);
    made->fd = fd;
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->changed, NULL);
    pthread_create(&made->threads[SENDS], NULL, run_sends, made);
    pthread_create(&made->threads[RECEIVES], NULL, run_receives, made);
    safe_request_done(request, 1, NULL);
}

/* Whether the request is answered already, and not by a thread later. */
static int answered(transport *self, safe_request *request) {
    const int32_t kind = safe_request_kind(request);
    int i = 0;
    if (kind == SAFE_REQUEST_OPEN) {
        open_wire(self, request);
        return 1;
    }
    while (i < WIRES && (!self->open[i] || self->open[i]->connection != safe_request_connection(request))) i++;
    if (i == WIRES) return 1;
    if (kind == SAFE_REQUEST_CLOSE) {
        close_wire(self->open[i]);
        self->open[i] = NULL;
        safe_request_done(request, 1, NULL);
        return 1;
    }
    pthread_mutex_lock(&self->open[i]->mutex);
    self->open[i]->asked[kind == SAFE_REQUEST_SEND ? SENDS : RECEIVES] = request;
    pthread_cond_broadcast(&self->open[i]->changed);
    pthread_mutex_unlock(&self->open[i]->mutex);
    return 0;
}

static void *run_transport(void *user_data) {
    transport *self = user_data;
    safe_request *request = NULL;
    int i;
    while (safe_port_next(self->port, SAFE_FOREVER, &request, NULL) == SAFE_OK)
        if (answered(self, request)) safe_request_free(request);
    for (i = 0; i < WIRES; i++) /* nobody closes the rest */
        if (self->open[i]) close_wire(self->open[i]);
    return NULL;
}

void *transport_serve(safe_port *port, const char *scheme, const char *vault) {
    transport *self = calloc(1, sizeof *self);
    self->port = port;
    snprintf(self->scheme, sizeof self->scheme, "%s", scheme);
    snprintf(self->vault, sizeof self->vault, "%s", vault);
    pthread_create(&self->thread, NULL, run_transport, self);
    return self;
}

void transport_end(void *server) {
    transport *self = server;
    int i;
    pthread_join(self->thread, NULL);
    for (i = 0; i < self->count; i++) safe_op_free(self->served[i]);
    free(self);
}
