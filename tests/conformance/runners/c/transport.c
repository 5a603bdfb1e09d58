/* A transport of the runner's own: "scheme:anything" reaches a vault that is served at the other end of a pair of sockets. */
#include "support/wire.h"
#include "things.h"

#include <stdio.h>
#include <string.h>

enum { WIRES = 200 };

typedef struct transport {
    safe_port *port;
    pthread_t thread;
    char scheme[64], vault[3000];
    wire *open[WIRES];
    safe_op *served[WIRES]; /* one for each connection of a client */
    int count;
} transport;

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
    int i = 0;
    while (i < WIRES && self->open[i]) i++;
    if (fd < 0 || i == WIRES) {
        safe_request_fail(request, SAFE_CONNECTION_FAILED, "no more connections", NULL);
        return;
    }
    self->open[i] = wire_open(safe_request_connection(request), fd);
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
        wire_close(self->open[i]);
        self->open[i] = NULL;
        safe_request_done(request, 1, NULL);
        return 1;
    }
    return !wire_ask(self->open[i], kind == SAFE_REQUEST_SEND ? WIRE_SENDS : WIRE_RECEIVES, request);
}

static void *run_transport(void *user_data) {
    transport *self = user_data;
    safe_request *request = NULL;
    int i;
    while (safe_port_next(self->port, SAFE_FOREVER, &request, NULL) == SAFE_OK)
        if (answered(self, request)) safe_request_free(request);
    for (i = 0; i < WIRES; i++) /* nobody closes the rest */
        if (self->open[i]) wire_close(self->open[i]);
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
