/* A store of the runner's own: values are files of a folder, named by their keys. One thread answers what is asked. */
#include "things.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEYS = 4000 };

typedef struct folder {
    safe_port *port;
    char path[3000];
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    pthread_t thread;
    int asked, ended, held;
} folder;

static void path_of(const folder *self, const char *key, char out[4096], const char *prefix) {
    int at = snprintf(out, 3100, "%s/%s", self->path, prefix);
    for (; *key; key++)
        at += snprintf(out + at, 4, isalnum((unsigned char)*key) || strchr("._-~", *key) ? "%c" : "%%%02X", *key);
}

static void key_of(const char *name, char out[256]) {
    unsigned code;
    for (; *name; name++) {
        if (*name == '%' && sscanf(name + 1, "%2x", &code) == 1) {
            *out++ = (char)code;
            name += 2;
        } else {
            *out++ = *name;
        }
    }
    *out = 0;
}

static void store(folder *self, safe_request *request, int replace) {
    char path[4096], new[4096];
    FILE *file;
    int made;
    path_of(self, safe_request_key(request), path, "");
    path_of(self, safe_request_key(request), new, ".c-");
    file = fopen(new, "wb");
    if (!file || fwrite(safe_request_data(request), 1, safe_request_size(request), file) != safe_request_size(request))
        abort();
    fclose(file);
    made = replace ? rename(new, path) == 0 : link(new, path) == 0;
    if (!replace) unlink(new);
    safe_request_done(request, made, NULL);
}

static void give(folder *self, safe_request *request) {
    const size_t length = (size_t)safe_request_length(request);
    char path[4096];
    uint8_t *data;
    size_t size;
    FILE *file;
    path_of(self, safe_request_key(request), path, "");
    file = fopen(path, "rb");
    if (!file) {
        safe_request_none(request, NULL);
        return;
    }
    data = malloc(length + 1);
    fseek(file, (long)safe_request_offset(request), SEEK_SET);
    size = fread(data, 1, length, file);
    safe_request_give(request, data, size, NULL);
    free(data);
    fclose(file);
}

static int by_name(const void *one, const void *other) { return strcmp(*(char *const *)one, *(char *const *)other); }

static void list(folder *self, safe_request *request, int only_count) {
    const char *prefix = safe_request_key(request), *after = safe_request_after(request);
    const uint64_t limit = only_count ? KEYS : safe_request_limit(request);
    char *keys[KEYS], key[256], path[4096];
    uint64_t count = 0, bytes = 0, i;
    struct dirent *entry;
    struct stat about;
    DIR *opened = opendir(self->path);
    while (opened && count < KEYS && (entry = readdir(opened))) {
        key_of(entry->d_name, key);
        if (key[0] != '.' && strncmp(key, prefix, strlen(prefix)) == 0 && strcmp(key, after) > 0)
            keys[count++] = strdup(key);
    }
    if (opened) closedir(opened);
    qsort(keys, (size_t)count, sizeof *keys, by_name);
    for (i = 0; i < count; i++) {
        path_of(self, keys[i], path, "");
        if (stat(path, &about) != 0) about.st_size = 0;
        bytes += (uint64_t)about.st_size;
        if (!only_count && i < limit) safe_request_add(request, keys[i], (uint64_t)about.st_size, NULL);
        free(keys[i]);
    }
    if (only_count)
        safe_request_figures(request, count, bytes, 0, 0, NULL);
    else
        safe_request_done(request, count > limit, NULL);
}

static void open_store(folder *self, safe_request *request) {
    struct stat about;
    if ((safe_request_flags(request) & SAFE_CONNECT_NO_CREATE) && stat(self->path, &about) != 0) {
        safe_request_fail(request, SAFE_STORE_MISSING, "there is no such folder", NULL);
        return;
    }
    mkdir(self->path, 0700);
    if (!safe_request_connection(request) || !safe_request_url(request)) abort();
    safe_request_done(request, 1, NULL);
}

static void answer_request(folder *self, safe_request *request) {
    char path[4096];
    path_of(self, safe_request_key(request), path, "");
    switch (safe_request_kind(request)) {
    case SAFE_REQUEST_OPEN: open_store(self, request); break;
    case SAFE_REQUEST_CLOSE: safe_request_done(request, 1, NULL); break;
    case SAFE_REQUEST_CREATE: store(self, request, 0); break;
    case SAFE_REQUEST_REPLACE: store(self, request, 1); break;
    case SAFE_REQUEST_GET:
        pthread_mutex_lock(&self->mutex);
        while (self->held && !self->ended) pthread_cond_wait(&self->changed, &self->mutex);
        pthread_mutex_unlock(&self->mutex);
        give(self, request);
        break;
    case SAFE_REQUEST_EXISTS: safe_request_done(request, access(path, F_OK) == 0, NULL); break;
    case SAFE_REQUEST_LIST: list(self, request, 0); break;
    case SAFE_REQUEST_REMOVE: safe_request_done(request, unlink(path) == 0, NULL); break;
    case SAFE_REQUEST_FIGURES: list(self, request, 1); break;
    default: safe_request_fail(request, SAFE_UNSUPPORTED, "a store has no such request", NULL);
    }
    safe_request_free(request);
}

/* Requests wait, or the port is gone. */
static void wake(void *user_data, safe_port *port) {
    folder *self = user_data;
    pthread_mutex_lock(&self->mutex);
    if (port)
        self->asked = 1;
    else
        self->ended = 1;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}

static void *serve(void *user_data) {
    folder *self = user_data;
    for (;;) {
        safe_request *request = NULL;
        int ended;
        if (safe_port_on_request(self->port, wake, self, NULL) != SAFE_OK) return NULL; /* it is gone */
        pthread_mutex_lock(&self->mutex);
        while (!self->asked && !self->ended) pthread_cond_wait(&self->changed, &self->mutex);
        self->asked = 0;
        ended = self->ended;
        pthread_mutex_unlock(&self->mutex);
        if (ended) return NULL;
        while (safe_port_next(self->port, 0, &request, NULL) == SAFE_OK) answer_request(self, request);
    }
}

void *folder_serve(safe_port *port, const char *path) {
    folder *self = calloc(1, sizeof *self);
    self->port = port;
    snprintf(self->path, sizeof self->path, "%s", path);
    pthread_mutex_init(&self->mutex, NULL);
    pthread_cond_init(&self->changed, NULL);
    pthread_create(&self->thread, NULL, serve, self);
    return self;
}

void folder_hold(void *server, int hold) {
    folder *self = server;
    pthread_mutex_lock(&self->mutex);
    self->held = hold;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->mutex);
}

void folder_end(void *server) {
    folder *self = server;
    folder_hold(self, 0);
    pthread_join(self->thread, NULL);
    free(self);
}
