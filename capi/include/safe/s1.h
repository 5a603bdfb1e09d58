/* The chunk format of 2018-2019 ("S1": self_encryption 0.13 to 0.15), for content from that time. Chunks are kept and
 * found by the caller, under their SHA3-256 name; vaults do not store them. At most 1 GiB a file. */
#ifndef SAFE_S1_H
#define SAFE_S1_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A new encoder, which waits for content. */
SAFE_API safe_status safe_s1_encoder_create(safe_s1_encoder **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* Appends content (copied). Errors: SAFE_TOO_LARGE above 1 GiB, SAFE_CLOSED after the end. */
SAFE_API safe_status safe_s1_encoder_write(safe_s1_encoder *encoder, const uint8_t *data SAFE_LEN("size") SAFE_NULLABLE, size_t size, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* No more content follows; gives the data map as 2019's clients serialised it (bincode). */
SAFE_API safe_status safe_s1_encoder_finish(safe_s1_encoder *encoder, safe_bytes **datamap SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The next chunk that is ready; `out` is NULL when there is none at the moment. Best called after each write, so that
 * memory stays bounded, and to the end after safe_s1_encoder_finish. */
SAFE_API safe_status safe_s1_encoder_next(safe_s1_encoder *encoder, uint8_t name[32] SAFE_OUT, safe_bytes **out SAFE_OUT SAFE_OWNED SAFE_NULLABLE, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

SAFE_API void safe_s1_encoder_free(safe_s1_encoder *encoder SAFE_NULLABLE) SAFE_SINCE("1.0");

/* Errors: SAFE_BAD_DATA_MAP. */
SAFE_API safe_status safe_s1_map_parse(const uint8_t *datamap SAFE_LEN("size"), size_t size, safe_s1_map **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API uint64_t safe_s1_map_size(const safe_s1_map *map) SAFE_SINCE("1.0");
/* 0 for small content, which the map holds itself: it is then the whole of safe_s1_map_content. */
SAFE_API uint64_t safe_s1_map_chunk_count(const safe_s1_map *map) SAFE_SINCE("1.0");
SAFE_API safe_status safe_s1_map_content(const safe_s1_map *map, safe_bytes **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
/* The name of one chunk, and its plain content from its stored bytes. Errors: SAFE_CHUNK_CORRUPT, SAFE_INVALID_RANGE. */
SAFE_API safe_status safe_s1_map_chunk_name(const safe_s1_map *map, uint64_t index, uint8_t name[32] SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API safe_status safe_s1_map_decrypt(const safe_s1_map *map, uint64_t index, const uint8_t *chunk SAFE_LEN("size"), size_t size, safe_bytes **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API void safe_s1_map_free(safe_s1_map *map SAFE_NULLABLE) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
