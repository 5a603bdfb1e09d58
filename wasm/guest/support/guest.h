/* What a guest in C needs besides the C interface: memory, and the few functions that compilers call by themselves.
 *
 * A guest is compiled without a C library, and links guest.c:
 *
 *     clang --target=wasm32 -O2 -nostdlib -ffreestanding -I capi/include -I wasm/guest/support \
 *           '-DSAFE_API=__attribute__((import_module("safe_ffi")))' \
 *           -Wl,--no-entry -Wl,--allow-undefined -Wl,--export-table -o guest.wasm yours.c wasm/guest/support/guest.c
 *
 * Everywhere else this is the C library, so that the same source serves both. */
#ifndef SAFE_GUEST_H
#define SAFE_GUEST_H

#include <stddef.h>

#ifdef __wasm__
/* Opens the definition of a function that the host may call. */
#define SAFE_GUEST_EXPORT(name) __attribute__((export_name(#name)))

/* The guest's heap. The bridge uses it too, for what the library gives out. NULL if the memory cannot grow. */
void *safe_guest_alloc(size_t size);
void safe_guest_free(void *memory);

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
#else
#include <stdlib.h>
#include <string.h>

#define SAFE_GUEST_EXPORT(name) __attribute__((visibility("default")))

static inline void *safe_guest_alloc(size_t size) { return malloc(size); }
static inline void safe_guest_free(void *memory) { free(memory); }
#endif

#endif
