/* A store of the program's own: the vault of "notes:" keeps what it has in this program's memory.
 *
 *   port_store
 *
 * The program serves a port on a thread of its own: it fetches one request after the other, and answers it from a sorted
 * array. What it gets to see is encrypted: keys are hashes, values are chunks. */
#define _POSIX_C_SOURCE 200809L
#include <safe/safe.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the store: values under keys, in order of their keys --- */

typedef struct entry {
    char key[201];
    unsigned char *value;
    size_t size;
} entry;

typedef struct store {
    entry *entries;
    size_t count, room;
} store;

/* Where the first key is that is not less. */
static size_t place_of(const store *self, const char *key) {
    size_t low = 0, high = self->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(self->entries[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static entry *find(store *self, const char *key) {
    size_t at = place_of(self, key);
    return at < self->count && strcmp(self->entries[at].key, key) == 0 ? &self->entries[at] : NULL;
}

static int set_value(entry *at, const unsigned char *value, size_t size) {
    unsigned char *copy = malloc(size ? size : 1);
    if (!copy) return 0;
    if (size) memcpy(copy, value, size);
    free(at->value);
    at->value = copy;
    at->size = size;
    return 1;
}

/* 0 if there is no memory. */
static int insert(store *self, const char *key, const unsigned char *value, size_t size) {
    size_t at = place_of(self, key);
    entry fresh;
    memset(&fresh, 0, sizeof fresh);
    strncpy(fresh.key, key, sizeof fresh.key - 1);
    if (!set_value(&fresh, value, size)) return 0;
    if (self->count == self->room) {
        size_t room = self->room ? 2 * self->room : 64;
        entry *more = realloc(self->entries, room * sizeof *more);
        if (!more) {
            free(fresh.value);
            return 0;
        }
        self->entries = more;
        self->room = room;
    }
    memmove(self->entries + at + 1, self->entries + at, (self->count - at) * sizeof *self->entries);
    self->entries[at] = fresh;
    self->count++;
    return 1;
}

static void erase(store *self, entry *gone) {
    size_t at = (size_t)(gone - self->entries);
    free(gone->value);
    memmove(gone, gone + 1, (self->count - at - 1) * sizeof *gone);
    self->count--;
}

/* --- its port: each request is answered once, then freed --- */

static void no_memory(safe_request *request) {
    safe_request_fail(request, SAFE_STORE_FULL, "no memory; free some", NULL);
}

/* This thread alone changes the store, so that of two CREATEs the second one finds what the first one has made. */
static void create(store *self, safe_request *request) {
    const char *key = safe_request_key(request);
    if (find(self, key))
        safe_request_done(request, 0, NULL);
    else if (insert(self, key, safe_request_data(request), safe_request_size(request)))
        safe_request_done(request, 1, NULL);
    else
        no_memory(request);
}

static void replace(store *self, safe_request *request) {
    entry *there = find(self, safe_request_key(request));
    const unsigned char *value = safe_request_data(request);
    size_t size = safe_request_size(request);
    if (there ? set_value(there, value, size) : insert(self, safe_request_key(request), value, size))
        safe_request_done(request, 1, NULL);
    else
        no_memory(request);
}

static void get(store *self, safe_request *request) {
    const entry *there = find(self, safe_request_key(request));
    uint64_t offset = safe_request_offset(request), length = safe_request_length(request);
    if (!there) {
        safe_request_none(request, NULL);
        return;
    }
    if (offset > there->size) offset = there->size;
    if (length > there->size - offset) length = there->size - offset;
    safe_request_give(request, there->value + offset, (size_t)length, NULL);
}

/* One page: from the first key with the prefix that is greater than `after`. */
static void list(store *self, safe_request *request) {
    const char *prefix = safe_request_key(request), *after = safe_request_after(request);
    uint64_t left = safe_request_limit(request);
    size_t at = place_of(self, strcmp(after, prefix) < 0 ? prefix : after);
    for (; at < self->count; at++) {
        const entry *there = &self->entries[at];
        if (strncmp(there->key, prefix, strlen(prefix)) != 0) break;
        if (strcmp(there->key, after) <= 0) continue;
        if (left-- == 0) {
            safe_request_done(request, 1, NULL);
            return;
        }
        safe_request_add(request, there->key, there->size, NULL);
    }
    safe_request_done(request, 0, NULL);
}

static void removed(store *self, safe_request *request) {
    entry *there = find(self, safe_request_key(request));
    if (there) erase(self, there);
    safe_request_done(request, there != NULL, NULL);
}

static void answer(store *self, safe_request *request) {
    switch (safe_request_kind(request)) {
    case SAFE_REQUEST_OPEN:
    case SAFE_REQUEST_CLOSE: safe_request_done(request, 1, NULL); break;
    case SAFE_REQUEST_CREATE: create(self, request); break;
    case SAFE_REQUEST_REPLACE: replace(self, request); break;
    case SAFE_REQUEST_GET: get(self, request); break;
    case SAFE_REQUEST_EXISTS: safe_request_done(request, find(self, safe_request_key(request)) != NULL, NULL); break;
    case SAFE_REQUEST_LIST: list(self, request); break;
    case SAFE_REQUEST_REMOVE: removed(self, request); break;
    default: safe_request_fail(request, SAFE_UNSUPPORTED, "this store cannot do that", NULL);
    }
}

typedef struct server {
    safe_port *port;
    store store;
} server;

/* Until the port is freed. */
static void *serve(void *argument) {
    server *self = argument;
    safe_request *request = NULL;
    while (safe_port_next(self->port, SAFE_FOREVER, &request, NULL) == SAFE_OK) {
        answer(&self->store, request);
        safe_request_free(request);
    }
    return NULL;
}

/* --- and a client of it --- */

static void check(safe_status status, const char *doing, safe_error *error) {
    if (status == SAFE_OK) return;
    fprintf(stderr, "%s: %s\n", doing, safe_error_message(error));
    exit(1);
}

/* Waits for an operation, which must end well. */
static safe_op *wait_for(safe_op *op, const char *doing) {
    safe_error *error = NULL;
    check(safe_op_wait(op, SAFE_FOREVER, &error), doing, error);
    return op;
}

static void use(safe_client *client) {
    size_t size = 3000000, i;
    unsigned char *content = malloc(size);
    safe_receipt *receipt = NULL;
    safe_link *link = NULL;
    safe_bytes *bytes = NULL;
    safe_op *op;
    if (!content) exit(1);
    for (i = 0; i < size; i++) content[i] = (unsigned char)(i * i >> 7);

    op = wait_for(safe_put(client, content, size, 0), "put");
    safe_op_take_receipt(op, &receipt, NULL);
    safe_op_free(op);
    safe_receipt_link(receipt, &link, NULL);
    printf("stored %llu bytes as %llu chunks\n", (unsigned long long)size,
           (unsigned long long)safe_receipt_chunk_count(receipt));

    op = wait_for(safe_get_bytes(client, link, size), "get");
    safe_op_take_bytes(op, &bytes, NULL);
    safe_op_free(op);
    printf("read back: %s\n", safe_bytes_size(bytes) == size && memcmp(safe_bytes_data(bytes), content, size) == 0
                                  ? "the same"
                                  : "something else");
    safe_bytes_free(bytes);
    safe_link_free(link);
    safe_receipt_free(receipt);
    free(content);
}

int main(void) {
    server self;
    pthread_t thread;
    safe_error *error = NULL;
    safe_client *client = NULL;
    safe_op *op;
    size_t bytes = 0, i;
    memset(&self, 0, sizeof self);
    check(safe_port_create(SAFE_PORT_STORE, "notes", &self.port, &error), "port", error);
    if (pthread_create(&thread, NULL, serve, &self) != 0) return 1;

    op = wait_for(safe_connect("notes:today", 0), "connect");
    safe_op_take_client(op, &client, NULL);
    safe_op_free(op);
    use(client);
    safe_client_free(client);

    safe_port_free(self.port); /* ends the thread, whose safe_port_next returns SAFE_CLOSED */
    pthread_join(thread, NULL);
    for (i = 0; i < self.store.count; i++) bytes += self.store.entries[i].size;
    printf("the store holds %llu values, %llu bytes\n", (unsigned long long)self.store.count,
           (unsigned long long)bytes);
    while (self.store.count) erase(&self.store, &self.store.entries[self.store.count - 1]);
    free(self.store.entries);
    printf("live handles %llu\n", (unsigned long long)safe_debug_live_handles());
    return 0;
}
