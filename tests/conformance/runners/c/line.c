#include "line.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *line_folder;

static int digit(int c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

static char *decoded(char *text) {
    char *to = text, *from = text;
    for (; *from; from++) {
        if (*from == '%') {
            *to++ = (char)(digit(from[1]) << 4 | digit(from[2]));
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    *to = 0;
    return text;
}

int line_read(line *self) {
    size_t room = 0;
    char *word, *rest = NULL;
    memset(self, 0, sizeof *self);
    if (getline(&self->text, &room, stdin) <= 0) {
        line_free(self);
        return 0;
    }
    self->text[strcspn(self->text, "\n")] = 0;
    self->number = strtok_r(self->text, " ", &rest);
    self->operation = strtok_r(NULL, " ", &rest);
    while (self->count < LINE_ARGUMENTS && (word = strtok_r(NULL, " ", &rest))) {
        char *value = strchr(word, '=');
        *value++ = 0;
        self->keys[self->count] = word;
        self->values[self->count++] = decoded(value);
    }
    return 1;
}

void line_free(line *self) { free(self->text); }

const char *text_of(const line *self, const char *key) {
    int i;
    for (i = 0; i < self->count; i++)
        if (strcmp(self->keys[i], key) == 0) return self->values[i];
    return NULL;
}

uint64_t number_of(const line *self, const char *key, uint64_t otherwise) {
    const char *text = text_of(self, key);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

int flag_of(const line *self, const char *key) { return number_of(self, key, 0) != 0; }

static void from_hex(uint8_t *out, const char *text, size_t size) {
    size_t i;
    for (i = 0; i < size; i++) out[i] = (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
}

int address_of(const line *self, const char *key, uint8_t out[32]) {
    const char *text = text_of(self, key);
    if (!text || strlen(text) != 64) return 0;
    from_hex(out, text, 32);
    return 1;
}

lump lump_of(const line *self, const char *key) {
    const char *text = text_of(self, key);
    const size_t before = (size_t)number_of(self, "before", 0), after = (size_t)number_of(self, "after", 0);
    FILE *file = NULL;
    lump made = {NULL, NULL, 0};
    if (!text) return made;
    if (text[0] == 'x') {
        made.size = strlen(text + 2) / 2;
    } else if ((file = fopen(text + 2, "rb"))) {
        fseek(file, 0, SEEK_END);
        made.size = (size_t)ftell(file);
        rewind(file);
    }
    made.memory = malloc(before + made.size + after + 1);
    made.data = made.memory + before;
    memset(made.memory, 0xaa, before);
    memset(made.data + made.size, 0xbb, after);
    if (!file)
        from_hex(made.data, text + 2, made.size);
    else if (fread(made.data, 1, made.size, file) != made.size)
        made.size = 0;
    if (file) fclose(file);
    return made;
}

static void add(answer *self, const char *text, size_t size) {
    if (self->size + size + 1 > self->room) {
        self->room = 2 * (self->size + size + 1);
        self->text = realloc(self->text, self->room);
    }
    memcpy(self->text + self->size, text, size);
    self->size += size;
    self->text[self->size] = 0;
}

static void add_key(answer *self, const char *key) {
    add(self, " ", 1);
    add(self, key, strlen(key));
    add(self, "=", 1);
}

static void add_hex(answer *self, const uint8_t *data, size_t size) {
    size_t i;
    for (i = 0; i < size; i++) {
        char pair[3];
        snprintf(pair, sizeof pair, "%02x", data[i]);
        add(self, pair, 2);
    }
}

static void add_text(answer *self, const char *text) {
    for (; *text; text++) {
        char coded[4];
        if (isalnum((unsigned char)*text) || strchr("/:.,-_~", *text)) {
            add(self, text, 1);
        } else {
            snprintf(coded, sizeof coded, "%%%02X", (unsigned char)*text);
            add(self, coded, 3);
        }
    }
}

void give_text(answer *self, const char *key, const char *text) {
    if (!text) return;
    add_key(self, key);
    add_text(self, text);
}

void give_number(answer *self, const char *key, uint64_t number) {
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, number);
    give_text(self, key, text);
}

void give_address(answer *self, const char *key, const uint8_t address[32]) {
    add_key(self, key);
    add_hex(self, address, 32);
}

void give_bytes(answer *self, const char *key, const uint8_t *data, size_t size) {
    static unsigned files;
    char path[4096];
    FILE *file;
    add_key(self, key);
    if (size <= 1024) {
        add(self, "x:", 2);
        add_hex(self, data, size);
        return;
    }
    snprintf(path, sizeof path, "%s/out-%u", line_folder, ++files);
    file = fopen(path, "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file) != 0) abort(); /* no room: nothing can be told */
    add(self, "f:", 2);
    add_text(self, path);
}

void give_chunk(answer *self, const char *key, int first, const uint8_t address[32], uint64_t size) {
    char text[24];
    if (first)
        add_key(self, key);
    else
        add(self, ",", 1);
    add_hex(self, address, 32);
    snprintf(text, sizeof text, ":%" PRIu64, size);
    add(self, text, strlen(text));
}

void give_failure(answer *self, safe_status status, safe_error *error) {
    uint64_t i, number, count = safe_error_detail_count(error);
    char key[100];
    self->status = status;
    self->size = 0;
    if (error && safe_error_code(error) != status) abort(); /* one failure has one code */
    give_text(self, "name", safe_code_name(status));
    give_text(self, "message", error ? safe_error_message(error) : "it gave no error object");
    give_number(self, "retryable", (uint64_t)safe_code_is_retryable(status));
    for (i = 0; i < count; i++) {
        const char *name = safe_error_detail_name(error, i);
        snprintf(key, sizeof key, "detail.%s", name);
        if (safe_error_detail_u64(error, name, &number) == SAFE_OK)
            give_number(self, key, number);
        else
            give_text(self, key, safe_error_detail_text(error, name));
    }
    safe_error_free(error);
}

void give_mistake(answer *self, const char *name, const char *message) {
    self->status = SAFE_INVALID_ARGUMENT;
    self->size = 0;
    give_text(self, "name", name);
    give_text(self, "message", message);
}

void answer_send(answer *self, const line *to) {
    printf("%s %s%s\n", to->number, self->status == SAFE_OK ? "ok" : "error", self->size ? self->text : "");
    fflush(stdout);
    free(self->text);
}
