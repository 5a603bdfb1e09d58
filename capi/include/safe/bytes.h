/* Bytes given out by the library. Immutable. */
#ifndef SAFE_BYTES_H
#define SAFE_BYTES_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The number of bytes; 0 for a bad handle. */
SAFE_API size_t safe_bytes_size(const safe_bytes *bytes) SAFE_SINCE("1.0");

/* The bytes themselves, until the handle is freed. NULL for a bad handle, and never NULL for a good one. */
SAFE_API const uint8_t *safe_bytes_data(const safe_bytes *bytes) SAFE_LEN_FN("safe_bytes_size") SAFE_BORROWED SAFE_SINCE("1.0");

/* Copies `size` bytes from `offset`.
 * Errors: SAFE_INVALID_RANGE if the range is not inside of the bytes. */
SAFE_API safe_status safe_bytes_copy(const safe_bytes *bytes, size_t offset, uint8_t *out SAFE_OUT SAFE_LEN("size"), size_t size, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

SAFE_API void safe_bytes_free(safe_bytes *bytes SAFE_NULLABLE) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
