/* Counts what is copied in memory: LD_PRELOAD of it takes the place of memcpy and memmove in any program. Only copies of
 * 4 KiB and more count, since those are what content is moved by. */
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { least = 4096 };

static atomic_uint_fast64_t copied;

uint64_t safe_bench_copied(void) { return atomic_load(&copied); }

void *memmove(void *to, const void *from, size_t size) {
    unsigned char *target = to;
    const unsigned char *source = from;
    if (size >= least) atomic_fetch_add(&copied, size);
    if (target <= source)
        for (size_t i = 0; i < size; ++i) target[i] = source[i];
    else
        while (size-- > 0) target[size] = source[size];
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size) { return memmove(to, from, size); }
