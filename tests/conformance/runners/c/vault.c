/* For the owner of a vault; and the chunk format of 2018. */
#include "things.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void figure(answer *out, safe_report *report, const char *name) {
    uint64_t value = 0;
    safe_error *error = NULL;
    const safe_status status = safe_report_value(report, name, &value, &error);
    if (status == SAFE_OK)
        give_number(out, name, value);
    else
        safe_error_free(error); /* this report has none of that name */
}

static void take_report(work *self, answer *out) {
    static const char *const names[] = {"chunks",  "chunk_bytes", "records", "record_bytes", "format",
                                        "checked", "bad",         "kept",    "removed"};
    safe_report *report = NULL;
    safe_error *error = NULL;
    uint64_t i, count;
    const safe_status status = safe_op_take_report(self->op, &report, &error);
    if (status != SAFE_OK) {
        give_failure(out, status, error);
        return;
    }
    for (i = 0; i < sizeof names / sizeof *names; i++) figure(out, report, names[i]);
    count = safe_report_item_count(report);
    if (!count) give_text(out, "items", "");
    for (i = 0; i < count; i++) {
        uint8_t address[32];
        uint64_t size = 0;
        if (safe_report_item(report, i, address, &size, NULL) != SAFE_OK) abort();
        give_chunk(out, "items", i == 0, address, size);
    }
    if (count) give_text(out, "said", safe_report_item_text(report, 0));
    safe_report_free(report);
}

static void take_nothing(work *self, answer *out) {
    (void)self;
    (void)out;
}

static int start(work *self, const line *request) {
    const char *name = request->operation, *url = text_of(request, "url");
    uint8_t address[32];
    self->take = take_report;
    if (strcmp(name, "vault_info") == 0) {
        self->op = safe_vault_info(url);
    } else if (strcmp(name, "vault_verify") == 0) {
        self->op = safe_vault_verify(url);
    } else if (strcmp(name, "vault_gc") == 0) {
        self->op = safe_vault_gc(url, text_of(request, "keep"), flag_of(request, "remove") ? SAFE_GC_REMOVE : 0);
    } else if (strcmp(name, "vault_remove") == 0) {
        self->take = take_nothing;
        self->op = safe_vault_remove(url, address_of(request, "address", address) ? address : NULL);
    } else {
        return 0;
    }
    return 1;
}

/* --- the chunk format of 2018 --- */

static void hex_path(char out[4200], const char *folder, const uint8_t name[32]) {
    int i, at = snprintf(out, 4100, "%s/", folder);
    for (i = 0; i < 32; i++) at += snprintf(out + at, 3, "%02x", name[i]);
}

static void s1_encode(const line *request, answer *out) {
    const char *folder = text_of(request, "folder");
    lump data = lump_of(request, "data");
    safe_s1_encoder *encoder = NULL;
    safe_bytes *datamap = NULL, *chunk = NULL;
    safe_error *error = NULL;
    uint8_t name[32];
    uint64_t count = 0;
    safe_status status = safe_s1_encoder_create(&encoder, &error);
    if (status == SAFE_OK) status = safe_s1_encoder_write(encoder, data.data, data.size, &error);
    if (status == SAFE_OK) status = safe_s1_encoder_finish(encoder, &datamap, &error);
    while (status == SAFE_OK && (status = safe_s1_encoder_next(encoder, name, &chunk, &error)) == SAFE_OK && chunk) {
        char path[4200];
        FILE *file;
        hex_path(path, folder, name);
        mkdir(folder, 0700);
        file = fopen(path, "wb");
        if (!file || fwrite(safe_bytes_data(chunk), 1, safe_bytes_size(chunk), file) != safe_bytes_size(chunk)) abort();
        fclose(file);
        safe_bytes_free(chunk);
        count++;
    }
    if (status == SAFE_OK) {
        give_bytes(out, "datamap", safe_bytes_data(datamap), safe_bytes_size(datamap));
        give_number(out, "chunks", count);
    } else {
        give_failure(out, status, error);
    }
    safe_bytes_free(datamap);
    safe_s1_encoder_free(encoder);
    free(data.memory);
}

static uint8_t *file_of(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    uint8_t *data;
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    data = malloc(*size + 1);
    if (fread(data, 1, *size, file) != *size) *size = 0;
    fclose(file);
    return data;
}

/* Appends one part of the content; SAFE_FILE_NOT_FOUND if its chunk is not there. */
static safe_status part_of(safe_s1_map *map, uint64_t index, const char *folder, uint8_t *to, size_t *at,
                           safe_error **error) {
    uint8_t name[32], *chunk;
    char path[4200];
    safe_bytes *part = NULL;
    size_t size = 0;
    safe_status status = safe_s1_map_chunk_name(map, index, name, error);
    if (status != SAFE_OK) return status;
    hex_path(path, folder, name);
    chunk = file_of(path, &size);
    if (!chunk) return SAFE_FILE_NOT_FOUND;
    status = safe_s1_map_decrypt(map, index, chunk, size, &part, error);
    free(chunk);
    if (status != SAFE_OK) return status;
    size = safe_bytes_size(part);
    status = safe_bytes_copy(part, 0, to + *at, size, error);
    *at += size;
    safe_bytes_free(part);
    return status;
}

static void s1_decode(const line *request, answer *out) {
    lump datamap = lump_of(request, "datamap");
    safe_s1_map *map = NULL;
    safe_bytes *content = NULL;
    safe_error *error = NULL;
    uint8_t *data = NULL;
    size_t at = 0;
    uint64_t i, count;
    safe_status status = safe_s1_map_parse(datamap.data, datamap.size, &map, &error);
    if (status == SAFE_OK) {
        count = safe_s1_map_chunk_count(map);
        data = malloc((size_t)safe_s1_map_size(map) + 1);
        for (i = 0; status == SAFE_OK && i < count; i++)
            status = part_of(map, i, text_of(request, "folder"), data, &at, &error);
        if (status == SAFE_OK && !count) {
            status = safe_s1_map_content(map, &content, &error);
            if (status == SAFE_OK) status = safe_bytes_copy(content, 0, data, at = safe_bytes_size(content), &error);
            safe_bytes_free(content);
        }
    }
    if (status == SAFE_OK) {
        give_number(out, "size", safe_s1_map_size(map));
        give_number(out, "chunks", count);
        give_bytes(out, "data", data, at);
    } else {
        give_failure(out, status, error);
    }
    free(data);
    safe_s1_map_free(map);
    free(datamap.memory);
}

int vault_do(const line *request, answer *out) {
    work made;
    memset(&made, 0, sizeof made);
    if (strcmp(request->operation, "s1_encode") == 0) {
        s1_encode(request, out);
    } else if (strcmp(request->operation, "s1_decode") == 0) {
        s1_decode(request, out);
    } else if (start(&made, request)) {
        work_begin(&made, request, out);
    } else {
        return 0;
    }
    return 1;
}
