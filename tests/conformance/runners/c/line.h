/* The lines that a runner reads and writes (README, "What a runner speaks"). */
#ifndef SAFE_CONFORMANCE_LINE_H
#define SAFE_CONFORMANCE_LINE_H

#include <safe/safe.h>

#include <stddef.h>
#include <stdint.h>

enum { LINE_ARGUMENTS = 16 };

/* A request, in memory of its line. */
typedef struct line {
    char *text;
    const char *number, *operation;
    const char *keys[LINE_ARGUMENTS], *values[LINE_ARGUMENTS];
    int count;
} line;

/* Reads the next request; 0 at the end of input. */
int line_read(line *self);
void line_free(line *self);

/* An argument; NULL, or the other value, if there is none. */
const char *text_of(const line *self, const char *key);
uint64_t number_of(const line *self, const char *key, uint64_t otherwise);
int flag_of(const line *self, const char *key);
/* 32 bytes; 0 if they are not there. */
int address_of(const line *self, const char *key, uint8_t out[32]);
/* Bytes, in memory to be freed: in the middle of a larger buffer, if `before` and `after` say so. */
typedef struct lump {
    uint8_t *memory, *data;
    size_t size;
} lump;
lump lump_of(const line *self, const char *key);

/* An answer, as it grows. */
typedef struct answer {
    char *text;
    size_t size, room;
    safe_status status; /* SAFE_OK, or what it failed with */
} answer;

void give_text(answer *self, const char *key, const char *text); /* NULL: nothing */
void give_number(answer *self, const char *key, uint64_t number);
void give_address(answer *self, const char *key, const uint8_t address[32]);
void give_bytes(answer *self, const char *key, const uint8_t *data, size_t size);
void give_chunk(answer *self, const char *key, int first, const uint8_t address[32], uint64_t size);
/* Failed: takes the error. */
void give_failure(answer *self, safe_status status, safe_error *error);
/* Failed by a mistake that the C interface cannot be told of. */
void give_mistake(answer *self, const char *name, const char *message);
void answer_send(answer *self, const line *to);

/* Where bytes that are too many for a line are put. */
extern const char *line_folder;

#endif
