/* A transport for tests: "wire:<fd>" moves bytes over that socket. */
#ifndef SAFE_TESTS_CAPI_WIRE_H
#define SAFE_TESTS_CAPI_WIRE_H

#include "../support/wire.h"
#include "check.h"

enum { WIRE_ROOM = 64 };

typedef struct wires {
    safe_port *port;
    pthread_t thread;
    wire *open[WIRE_ROOM];
} wires;

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
            CHECK(wire_ask(*place, WIRE_SENDS, request));
            continue;
        }
        if (kind == SAFE_REQUEST_RECEIVE) {
            CHECK(wire_ask(*place, WIRE_RECEIVES, request));
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

/* Waits, but not for ever: what must not hang. */
static safe_status soon(safe_op *op) {
    const safe_status status = safe_op_wait(op, 60000, NULL);
    safe_op_free(op);
    return status;
}

/* The two ends of a connection. */
static void wire_pair(int ends[2]) { CHECK_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends)); }

static const char *wire_url(char out[32], int fd) {
    snprintf(out, 32, "wire:%d", fd);
    return out;
}

#endif
