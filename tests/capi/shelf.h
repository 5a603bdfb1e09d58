/* A store for tests of ports: values on a shelf in memory, and how each request to it is answered. Any thread. */
#ifndef SAFE_TESTS_CAPI_SHELF_H
#define SAFE_TESTS_CAPI_SHELF_H

#include "check.h"

#include <pthread.h>

enum { SHELF_ROOM = 4000 };

typedef struct shelf_entry {
    char key[201];
    uint8_t *value;
    size_t size;
} shelf_entry;

typedef struct shelf {
    pthread_mutex_t mutex;
    shelf_entry *entries; /* ascending by key */
    size_t count;
    int with_figures; /* else FIGURES is SAFE_UNSUPPORTED */
    uint64_t opens, closes, asked;
} shelf;

static void shelf_init(shelf *self) {
    memset(self, 0, sizeof *self);
    pthread_mutex_init(&self->mutex, NULL);
    self->entries = calloc(SHELF_ROOM, sizeof *self->entries);
}

static void shelf_free(shelf *self) {
    while (self->count) free(self->entries[--self->count].value);
    free(self->entries);
    pthread_mutex_destroy(&self->mutex);
}

/* How many connections were closed so far. */
static uint64_t shelf_closes(shelf *self) {
    uint64_t closes;
    pthread_mutex_lock(&self->mutex);
    closes = self->closes;
    pthread_mutex_unlock(&self->mutex);
    return closes;
}

static size_t shelf_place(const shelf *self, const char *key) {
    size_t at = 0;
    while (at < self->count && strcmp(self->entries[at].key, key) < 0) at++;
    return at;
}

static shelf_entry *shelf_find(shelf *self, const char *key) {
    size_t at = shelf_place(self, key);
    return at < self->count && strcmp(self->entries[at].key, key) == 0 ? &self->entries[at] : NULL;
}

static void shelf_put(shelf *self, const char *key, const uint8_t *value, size_t size) {
    shelf_entry *there = shelf_find(self, key);
    if (!there) {
        there = &self->entries[shelf_place(self, key)];
        memmove(there + 1, there, (size_t)(self->entries + self->count - there) * sizeof *there);
        memset(there, 0, sizeof *there);
        snprintf(there->key, sizeof there->key, "%s", key);
        self->count++;
    }
    free(there->value);
    there->value = malloc(size + 1);
    if (size) memcpy(there->value, value, size);
    there->size = size;
}

static void shelf_take(shelf *self, shelf_entry *there) {
    free(there->value);
    self->count--;
    memmove(there, there + 1, (size_t)(self->entries + self->count - there) * sizeof *there);
}

static safe_status shelf_give(shelf_entry *there, safe_request *request) {
    uint64_t offset = safe_request_offset(request), length = safe_request_length(request);
    if (!there) return safe_request_none(request, NULL);
    if (offset > there->size) offset = there->size;
    if (length > there->size - offset) length = there->size - offset;
    return safe_request_give(request, there->value + offset, (size_t)length, NULL);
}

static safe_status shelf_list(shelf *self, safe_request *request) {
    const char *prefix = safe_request_key(request), *after = safe_request_after(request);
    uint64_t added = 0, limit = safe_request_limit(request);
    size_t i;
    for (i = 0; i < self->count; i++) {
        const shelf_entry *there = &self->entries[i];
        if (strncmp(there->key, prefix, strlen(prefix)) != 0 || strcmp(there->key, after) <= 0) continue;
        if (added == limit) return safe_request_done(request, 1, NULL);
        CHECK_EQ(SAFE_OK, safe_request_add(request, there->key, there->size, NULL));
        added++;
    }
    return safe_request_done(request, 0, NULL);
}

static safe_status shelf_count(shelf *self, safe_request *request) {
    const char *prefix = safe_request_key(request);
    uint64_t objects = 0, bytes = 0;
    size_t i;
    if (!self->with_figures) return safe_request_fail(request, SAFE_UNSUPPORTED, "a shelf does not count", NULL);
    for (i = 0; i < self->count; i++) {
        if (strncmp(self->entries[i].key, prefix, strlen(prefix)) != 0) continue;
        objects++;
        bytes += self->entries[i].size;
    }
    return safe_request_figures(request, objects, bytes, 4096, 8192, NULL);
}

/* Answers and frees. SAFE_CLOSED if the port was freed meanwhile. */
static safe_status shelf_answer(shelf *self, safe_request *request) {
    const char *key = safe_request_key(request);
    safe_status status = SAFE_OK;
    shelf_entry *there;
    pthread_mutex_lock(&self->mutex);
    self->asked++;
    there = shelf_find(self, key);
    switch (safe_request_kind(request)) {
    case SAFE_REQUEST_OPEN:
        self->opens++;
        status = safe_request_done(request, 1, NULL);
        break;
    case SAFE_REQUEST_CLOSE:
        self->closes++;
        status = safe_request_done(request, 1, NULL);
        break;
    case SAFE_REQUEST_CREATE:
    case SAFE_REQUEST_REPLACE:
        if (!there || safe_request_kind(request) == SAFE_REQUEST_REPLACE)
            shelf_put(self, key, safe_request_data(request), safe_request_size(request));
        status = safe_request_done(request, !there || safe_request_kind(request) == SAFE_REQUEST_REPLACE, NULL);
        break;
    case SAFE_REQUEST_GET: status = shelf_give(there, request); break;
    case SAFE_REQUEST_EXISTS: status = safe_request_done(request, there != NULL, NULL); break;
    case SAFE_REQUEST_LIST: status = shelf_list(self, request); break;
    case SAFE_REQUEST_REMOVE:
        if (there) shelf_take(self, there);
        status = safe_request_done(request, there != NULL, NULL);
        break;
    case SAFE_REQUEST_FIGURES: status = shelf_count(self, request); break;
    default: failed(__FILE__, __LINE__, "a request of no known kind");
    }
    pthread_mutex_unlock(&self->mutex);
    safe_request_free(request);
    return status;
}

#endif
