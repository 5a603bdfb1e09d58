/* Storing content: whole values, files, and streams that are pushed in.
 *
 * Content is split into chunks that are compressed and encrypted with keys from the content itself ("self-encryption",
 * format C2; equal content gives equal chunks) before anything leaves the process. Chunks that the vault has already are
 * not sent again. The result of every put is a receipt. */
#ifndef SAFE_PUT_H
#define SAFE_PUT_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum safe_put_flag {
    SAFE_PUT_PRIVATE = 1, /* keep the data map out of the vault: the link is then a secret */
    SAFE_PUT_DRY_RUN = 2, /* compute chunks and link without storing anything */
    SAFE_PUT_VERIFY = 4,  /* read every chunk back from the vault before the operation is done */
    SAFE_PUT_REPLAY = 8   /* safe_writer_open only, see there */
} safe_put_flag;

/* Stores `size` bytes (copied before the call returns). Result: receipt. Progress in bytes.
 * Errors: SAFE_STORE_*, SAFE_BUSY, SAFE_CANCELLED. */
SAFE_API safe_op *safe_put(safe_client *client, const uint8_t *data SAFE_LEN("size") SAFE_NULLABLE, size_t size, uint32_t flags SAFE_ENUM("safe_put_flag")) SAFE_ASYNC("receipt") SAFE_OWNED SAFE_SINCE("1.0");

/* Stores a local file, whose name (last path component) goes into the link. Result: receipt. Progress in bytes.
 * Errors: SAFE_FILE_NOT_FOUND, SAFE_IO, SAFE_SOURCE_CHANGED, SAFE_TOO_LARGE, SAFE_UNSUPPORTED, and those of safe_put. */
SAFE_API safe_op *safe_put_file(safe_client *client, const char *path SAFE_STR, uint32_t flags SAFE_ENUM("safe_put_flag")) SAFE_ASYNC("receipt") SAFE_OWNED SAFE_SINCE("1.0");

/* Opens a stream to push content into. Result: writer.
 * size: the number of bytes that will be written, or SAFE_SIZE_UNKNOWN.
 * A stream of known or unknown size holds its first two chunks (8 MiB of the process's working memory) until it is closed.
 * With SAFE_PUT_REPLAY (known size only) it holds none: after the last byte the user writes the first
 * safe_writer_replay_size bytes once more. */
SAFE_API safe_op *safe_writer_open(safe_client *client, uint64_t size, uint32_t flags SAFE_ENUM("safe_put_flag")) SAFE_ASYNC("writer") SAFE_OWNED SAFE_SINCE("1.0");

/* How many of the first bytes are to be written again after the last one; 0 without SAFE_PUT_REPLAY. */
SAFE_API uint64_t safe_writer_replay_size(const safe_writer *writer) SAFE_SINCE("1.0");

/* Appends bytes. The operation ends when the writer can take more; until then the buffer must not change. One write at a
 * time. Result: none.
 * Errors: SAFE_SIZE_MISMATCH (more than announced), SAFE_SOURCE_CHANGED (replay), SAFE_PENDING (a write is in flight),
 * SAFE_CLOSED, SAFE_TOO_LARGE, and those of safe_put. After a failure every further call fails with the same error, also
 * after a cancellation: cancelling an operation of a writer ends its stream. */
SAFE_API safe_op *safe_writer_write(safe_writer *writer, const uint8_t *data SAFE_LEN("size") SAFE_KEPT SAFE_NULLABLE, size_t size) SAFE_ASYNC("none") SAFE_OWNED SAFE_SINCE("1.0");

/* For languages whose buffers move: memory of the writer, of `size` bytes (at most 4 MiB), to be filled in and then
 * handed in with safe_writer_commit, which is a safe_writer_write of its first `size` bytes. Valid until the commit's
 * operation has ended or the writer is freed.
 * Errors: SAFE_PENDING (a write is in flight), SAFE_CLOSED, SAFE_INVALID_ARGUMENT. */
SAFE_API safe_status safe_writer_reserve(safe_writer *writer, size_t size, uint8_t **memory SAFE_OUT SAFE_BORROWED SAFE_LEN("size"), safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API safe_op *safe_writer_commit(safe_writer *writer, size_t size) SAFE_ASYNC("none") SAFE_OWNED SAFE_SINCE("1.0");

/* Finishes the stream. Result: receipt. A second close fails with SAFE_CLOSED.
 * Errors: SAFE_SIZE_MISMATCH (fewer bytes than announced), and those of safe_writer_write. */
SAFE_API safe_op *safe_writer_close(safe_writer *writer) SAFE_ASYNC("receipt") SAFE_OWNED SAFE_SINCE("1.0");

/* Without a close before: abandons the stream. Chunks that were sent stay in the vault; nothing refers to them. */
SAFE_API void safe_writer_free(safe_writer *writer SAFE_NULLABLE) SAFE_SINCE("1.0");

/* What a put has made. */
SAFE_API safe_status safe_receipt_link(const safe_receipt *receipt, safe_link **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
/* Bytes of content. */
SAFE_API uint64_t safe_receipt_size(const safe_receipt *receipt) SAFE_SINCE("1.0");
/* Chunks, in the order in which they were made: 2, 3, ... n-1, 0, 1, those of the shrunk data map, and last a public data
 * map itself. */
SAFE_API uint64_t safe_receipt_chunk_count(const safe_receipt *receipt) SAFE_SINCE("1.0");
/* The content address and the stored size in bytes of one chunk. Errors: SAFE_INVALID_RANGE. */
SAFE_API safe_status safe_receipt_chunk(const safe_receipt *receipt, uint64_t index, uint8_t address[32] SAFE_OUT, uint64_t *size SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
/* How many chunks, and how many bytes of them, the vault did not have yet. */
SAFE_API uint64_t safe_receipt_new_chunks(const safe_receipt *receipt) SAFE_SINCE("1.0");
SAFE_API uint64_t safe_receipt_new_bytes(const safe_receipt *receipt) SAFE_SINCE("1.0");
SAFE_API void safe_receipt_free(safe_receipt *receipt SAFE_NULLABLE) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
