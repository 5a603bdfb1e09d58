/* libsodium's source of randomness in wasm: one import, filled from the host's CSPRNG. Without one the program ends:
 * there is no second choice. */
#include "randombytes_wasm.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

extern int safe_wasm_entropy(void *out, size_t size);

/* What libsodium calls its own source on this platform. */
static const char *name(void) { return "js"; }

static void fill(void *const out, const size_t size)
{
    if (safe_wasm_entropy(out, size) != 0) {
        abort();
    }
}

static uint32_t number(void)
{
    uint32_t value;

    fill(&value, sizeof value);
    return value;
}

randombytes_implementation randombytes_wasm_implementation = { name, number, NULL, NULL, fill, NULL };
