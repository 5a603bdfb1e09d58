/* A heap for guests: blocks of 16, 32, 64, ... bytes, those that were freed in one list for each size. */
#include "guest.h"

#ifdef __wasm__

#include <stdint.h>

enum { page = 65536, header = 16, smallest = 4, classes = 28 };

typedef struct block {
    uint32_t kind; /* its size is 1 << kind, with this header */
    struct block *next;
} block;

extern unsigned char __heap_base;
static block *freed[classes];
static uintptr_t top;

static block *fresh(uint32_t kind) {
    const uintptr_t size = (uintptr_t)1 << kind;
    if (top == 0) top = ((uintptr_t)&__heap_base + header - 1) & ~(uintptr_t)(header - 1);
    const uintptr_t end = (uintptr_t)__builtin_wasm_memory_size(0) * page;
    if (top + size > end) {
        const uintptr_t pages = (top + size - end + page - 1) / page;
        if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) return NULL;
    }
    block *made = (block *)top;
    top += size;
    made->kind = kind;
    return made;
}

SAFE_GUEST_EXPORT(safe_guest_alloc) void *safe_guest_alloc(size_t size) {
    uint32_t kind = smallest + 1;
    while (kind < classes && ((size_t)1 << kind) - header < size) ++kind;
    if (kind == classes) return NULL;
    block *found = freed[kind];
    if (found)
        freed[kind] = found->next;
    else
        found = fresh(kind);
    return found ? (unsigned char *)found + header : NULL;
}

SAFE_GUEST_EXPORT(safe_guest_free) void safe_guest_free(void *memory) {
    if (!memory) return;
    block *one = (block *)((unsigned char *)memory - header);
    one->next = freed[one->kind];
    freed[one->kind] = one;
}

void *memcpy(void *to, const void *from, size_t size) { return memmove(to, from, size); }

void *memmove(void *to, const void *from, size_t size) {
    volatile unsigned char *target = to; /* volatile: or the compiler makes the loop a call of memmove */
    const unsigned char *source = from;
    if ((uintptr_t)to <= (uintptr_t)from) {
        for (size_t i = 0; i < size; ++i) target[i] = source[i];
    } else {
        while (size-- > 0) target[size] = source[size];
    }
    return to;
}

void *memset(void *to, int value, size_t size) {
    volatile unsigned char *target = to;
    for (size_t i = 0; i < size; ++i) target[i] = (unsigned char)value;
    return to;
}

int memcmp(const void *a, const void *b, size_t size) {
    const unsigned char *left = a, *right = b;
    for (size_t i = 0; i < size; ++i)
        if (left[i] != right[i]) return left[i] < right[i] ? -1 : 1;
    return 0;
}

size_t strlen(const char *text) {
    size_t length = 0;
    while (((const volatile char *)text)[length]) ++length;
    return length;
}

#endif
