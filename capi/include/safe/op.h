/* Operations: the one future type.
 *
 * A function that starts work returns a safe_op. It never returns NULL for bad arguments: the operation has then failed
 * already. (NULL means that not even a handle could be had.) An operation ends exactly once: done, failed or cancelled.
 * Its end can be awaited (safe_op_wait), polled (safe_op_state), delivered to a queue (safe_op_to_queue) or to a
 * callback (safe_op_on_done). Its result is moved out once with the safe_op_take_ function of its type, which the
 * starting function's description names. */
#ifndef SAFE_OP_H
#define SAFE_OP_H

#include "safe/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum safe_op_state_code {
    SAFE_OP_PENDING = 0,
    SAFE_OP_DONE = 1,
    SAFE_OP_FAILED = 2,
    SAFE_OP_CANCELLED = 3
} safe_op_state_code;

/* The state; SAFE_INVALID_HANDLE (negative) for a bad handle. */
SAFE_API int32_t safe_op_state(const safe_op *op) SAFE_ENUM("safe_op_state_code") SAFE_SINCE("1.0");

/* Waits until the operation has ended, at most `timeout_ms` milliseconds (SAFE_FOREVER: without limit).
 * Returns: SAFE_OK if it is done; its error if it failed or was cancelled; SAFE_TIMEOUT if it goes on;
 * SAFE_WOULD_DEADLOCK on the library's own threads (in a callback). */
SAFE_API safe_status safe_op_wait(const safe_op *op, int64_t timeout_ms, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_BLOCKS SAFE_SINCE("1.0");

/* Asks the operation to stop. It ends as cancelled, or as done if its effect had already been made. Idempotent. */
SAFE_API void safe_op_cancel(safe_op *op) SAFE_SINCE("1.0");

/* Bytes (or objects, where the starting function says so) done so far, and in all (SAFE_SIZE_UNKNOWN if not known). */
SAFE_API safe_status safe_op_progress(const safe_op *op, uint64_t *done SAFE_OUT, uint64_t *total SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* Delivers the operation to the queue once, with the tag, when it has ended: at once if it has. An operation has one
 * queue or one callback. One that is freed before safe_queue_next gave it out is not delivered.
 * Errors: SAFE_INVALID_HANDLE; SAFE_INVALID_ARGUMENT if it has a queue or a callback already. */
SAFE_API safe_status safe_op_to_queue(safe_op *op, safe_queue *queue, uint64_t tag, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* Called once when the operation has ended, on the library's loop thread and under no lock; on the calling thread,
 * before safe_op_on_done returns, if it has ended already. Must not block; may start and free anything, this
 * operation included. If the operation was freed before it ended, it is still called once, with NULL for `op`: so
 * whatever `user_data` points to can be freed there, and only there. */
typedef void (*safe_done_fn)(void *user_data SAFE_CALLBACK, safe_op *op SAFE_BORROWED);
SAFE_API safe_status safe_op_on_done(safe_op *op, safe_done_fn done SAFE_CALLBACK, void *user_data SAFE_CALLBACK SAFE_NULLABLE, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* The result. Each moves it out of the operation, once.
 * Errors: the operation's own if it failed or was cancelled; SAFE_PENDING; SAFE_ALREADY_TAKEN; SAFE_WRONG_RESULT. */
SAFE_API safe_status safe_op_take_u64(safe_op *op, uint64_t *out SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API safe_status safe_op_take_bytes(safe_op *op, safe_bytes **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API safe_status safe_op_take_client(safe_op *op, safe_client **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API safe_status safe_op_take_receipt(safe_op *op, safe_receipt **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API safe_status safe_op_take_writer(safe_op *op, safe_writer **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API safe_status safe_op_take_reader(safe_op *op, safe_reader **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API safe_status safe_op_take_record(safe_op *op, safe_record **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API safe_status safe_op_take_record_page(safe_op *op, safe_record_page **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API safe_status safe_op_take_report(safe_op *op, safe_report **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");
SAFE_API safe_status safe_op_take_vault(safe_op *op, safe_vault **out SAFE_OUT SAFE_OWNED, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");

/* Frees the operation. A pending one is cancelled and goes on on its own to its end; buffers lent to it
 * (safe_writer_write, safe_reader_read_into) must stay valid until then, so wait for those operations first. */
SAFE_API void safe_op_free(safe_op *op SAFE_NULLABLE) SAFE_SINCE("1.0");

#ifdef __cplusplus
}
#endif

#endif
