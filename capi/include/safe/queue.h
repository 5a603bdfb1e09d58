/* Completion queues: where ended operations are fetched by the user's own thread or event loop. No thread of the
 * library ever calls into the user's language. */
#ifndef SAFE_QUEUE_H
#define SAFE_QUEUE_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A new, empty queue. */
SAFE_API safe_status safe_queue_create(safe_queue **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The next ended operation: its handle (the caller's own, still to be freed by its owner) and its tag.
 * timeout_ms: 0 does not wait, SAFE_FOREVER waits without limit.
 * Returns: SAFE_OK; SAFE_TIMEOUT; SAFE_WOKEN after safe_queue_wake; SAFE_CLOSED when the queue is freed meanwhile;
 * SAFE_WOULD_DEADLOCK on the library's own threads unless timeout_ms is 0. */
SAFE_API safe_status safe_queue_next(safe_queue *queue, int64_t timeout_ms, safe_op **op SAFE_OUT SAFE_BORROWED, uint64_t *tag SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_BLOCKS SAFE_SINCE("1.0");

/* A file descriptor that is readable while the queue holds something, for select, epoll, asyncio, libuv. It belongs to
 * the queue. Errors: SAFE_UNSUPPORTED where there are no descriptors. */
SAFE_API safe_status safe_queue_fd(safe_queue *queue, int32_t *out SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* Makes one present or future safe_queue_next return SAFE_WOKEN. */
SAFE_API void safe_queue_wake(safe_queue *queue) SAFE_SINCE("1.0");

/* Operations that are still bound to the queue go on undelivered. */
SAFE_API void safe_queue_free(safe_queue *queue SAFE_NULLABLE) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
