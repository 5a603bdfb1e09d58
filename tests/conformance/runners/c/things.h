/* What a runner keeps under names: handles, and what was started. */
#ifndef SAFE_CONFORMANCE_THINGS_H
#define SAFE_CONFORMANCE_THINGS_H

#include "line.h"

typedef enum thing_kind { NOTHING, CLIENT, READER, WRITER, KEY, PORT, VAULT } thing_kind;

typedef struct thing {
    char name[64];
    thing_kind kind;
    void *handle; /* stays after its end, so that it can be used then, too */
    void *server; /* of a port */
    void (*end_server)(void *);
} thing;

/* Takes the results of an operation that has ended, or says how it failed. */
typedef struct work work;
typedef void (*taker)(work *, answer *);

struct work {
    char name[64]; /* empty: nobody but the step that started it waits */
    char as[64];
    safe_op *op;
    taker take;
    lump lent;
    safe_link *link;
    uint64_t offset, size; /* of a read; what a buffer is for */
    uint64_t tag;          /* in the queue; 0: a callback tells of the end */
    void *told;
};

thing *thing_find(const char *name);
void *handle_of(const line *request, const char *key); /* NULL if there is none of that name */
void thing_keep(const char *name, thing_kind kind, void *handle);
void thing_close(thing *self);
void things_close(void);

/* Lets the step wait for its end, or keeps it under the name that `start` says. */
void work_begin(work *self, const line *request, answer *out);
void work_wait(const char *name, answer *out);
work *work_find(const char *name);
void work_drop(work *self);
void works_drop(void);
/* Ends what tells of ends. */
void works_end(void);

/* A store of the runner's own, behind a port. */
void *folder_serve(safe_port *port, const char *folder);
void folder_hold(void *server, int hold);
void folder_end(void *server);

/* A transport of the runner's own, behind a port. */
void *transport_serve(safe_port *port, const char *scheme, const char *vault);
void transport_end(void *server);

/* Operations by name; 0 if there is none in that file. */
int content_do(const line *request, answer *out);
int simple_do(const line *request, answer *out);
int vault_do(const line *request, answer *out);

#endif
