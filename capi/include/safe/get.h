/* Reading content: at random, in order, whole; and single chunks. Every byte is verified before it is given out. */
#ifndef SAFE_GET_H
#define SAFE_GET_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Opens content for reading: fetches and checks its data map, none of its content. Result: reader.
 * Errors: SAFE_NO_SUCH_DATA, SAFE_BAD_DATA_MAP, SAFE_CHUNK_CORRUPT, SAFE_STORE_*. */
SAFE_API safe_op *safe_open(safe_client *client, const safe_link *link) SAFE_ASYNC("reader") SAFE_OWNED SAFE_SINCE("1.0");

/* Opens content by its data map (MessagePack; .datamap file), of any number of chunks. Result: reader. */
SAFE_API safe_op *safe_open_datamap(safe_client *client, const uint8_t *datamap SAFE_LEN("size"), size_t size) SAFE_ASYNC("reader") SAFE_OWNED SAFE_SINCE("1.0");

/* The size of the content in bytes; 0 for a bad handle. */
SAFE_API uint64_t safe_reader_size(const safe_reader *reader) SAFE_SINCE("1.0");

/* Reads up to `length` bytes (at most 16 MiB a call) from `offset`; fewer at the end, none at or after it. Result: bytes. */
SAFE_API safe_op *safe_reader_read(safe_reader *reader, uint64_t offset, uint64_t length) SAFE_ASYNC("bytes") SAFE_OWNED SAFE_SINCE("1.0");

/* Reads into the caller's buffer, which belongs to the operation until it has ended. Any number of reads at a time.
 * Result: u64, the bytes read: `size`, or fewer at the end of the content. */
SAFE_API safe_op *safe_reader_read_into(safe_reader *reader, uint64_t offset, uint8_t *buffer SAFE_OUT SAFE_LEN("size") SAFE_KEPT SAFE_NULLABLE, size_t size) SAFE_ASYNC("u64") SAFE_OWNED SAFE_SINCE("1.0");

SAFE_API void safe_reader_free(safe_reader *reader SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The whole content, which may be `limit` bytes at most (SAFE_DATA_TOO_LARGE above). Result: bytes. */
SAFE_API safe_op *safe_get_bytes(safe_client *client, const safe_link *link, uint64_t limit) SAFE_ASYNC("bytes") SAFE_OWNED SAFE_SINCE("1.0");

/* Writes the whole content to a local file: to a temporary one beside it first, which then takes its name, so that the
 * path never holds a part. Result: u64, the bytes written. Progress in bytes.
 * Errors: SAFE_IO, SAFE_UNSUPPORTED, and those of safe_open. */
SAFE_API safe_op *safe_get_file(safe_client *client, const safe_link *link, const char *path SAFE_STR) SAFE_ASYNC("u64") SAFE_OWNED SAFE_SINCE("1.0");

/* One chunk as it is stored: 1 byte to 4 MiB. Result: bytes. Errors: SAFE_NO_SUCH_DATA, SAFE_CHUNK_CORRUPT. */
SAFE_API safe_op *safe_chunk_get(safe_client *client, const uint8_t address[32]) SAFE_ASYNC("bytes") SAFE_OWNED SAFE_SINCE("1.0");

/* Stores bytes as they are, unencrypted, as one chunk. Result: bytes, the 32 of the address (their BLAKE3-256).
 * Errors: SAFE_DATA_TOO_LARGE above 4 MiB, SAFE_INVALID_ARGUMENT for none. */
SAFE_API safe_op *safe_chunk_put(safe_client *client, const uint8_t *data SAFE_LEN("size"), size_t size) SAFE_ASYNC("bytes") SAFE_OWNED SAFE_SINCE("1.0");

/* Result: u64, 1 if the vault says that it has the chunk, else 0. */
SAFE_API safe_op *safe_chunk_exists(safe_client *client, const uint8_t address[32]) SAFE_ASYNC("u64") SAFE_OWNED SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
