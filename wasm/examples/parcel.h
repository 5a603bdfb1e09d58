/* A small core library on top of libsafe: puts bytes away, and gets them back by their link. The same source serves a
 * native program, and a page or a script through the few lines of parcel.mjs. */
#ifndef PARCEL_H
#define PARCEL_H

#include <stddef.h>
#include <stdint.h>

typedef struct parcel parcel;

/* Called at the end of each request, from the library's loop: status 0, or a code of safe/error.h. */
typedef void (*parcel_done)(parcel *one, int32_t status);

/* Connects; a request of its own. */
parcel *parcel_open(const char *url, parcel_done done);
void parcel_put(parcel *one, const uint8_t *bytes, size_t size);
void parcel_get(parcel *one, const char *link);
void parcel_close(parcel *one);

/* What the last request gave: the link of what was put, or a message; and the bytes that it got. */
const char *parcel_text(const parcel *one);
const uint8_t *parcel_bytes(const parcel *one);
size_t parcel_size(const parcel *one);

#endif
