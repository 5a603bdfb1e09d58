/* Counts how often memory is asked for: LD_PRELOAD of it takes the place of malloc and its kin in any program, and asks the
 * C library. At the end of the program the count goes to the file that SAFE_BENCH_ALLOCATIONS names, if it does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_uint_fast64_t asked;

uint64_t safe_bench_allocations(void) { return atomic_load(&asked); }

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static void count(void) { atomic_fetch_add_explicit(&asked, 1, memory_order_relaxed); }

void *malloc(size_t size) {
    count();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count();
    return __libc_calloc(number, size);
}

void *realloc(void *block, size_t size) {
    count();
    return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    count();
    *block = __libc_memalign(alignment, size);
    return *block ? 0 : 12;
}

__attribute__((destructor)) static void report(void) {
    const char *const path = getenv("SAFE_BENCH_ALLOCATIONS");
    const unsigned long long counted = atomic_load(&asked);
    FILE *const file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%llu\n", counted);
    fclose(file);
}
