package libsafe;

import java.lang.ref.Reference;

/** The blocking calls: the thread waits in the library itself, so that they work wherever they are called. */
final class Waiting {
    /** How soon an interrupted thread notices. */
    private static final long SLICE_MS = 20;

    private Waiting() {}

    /** The result of an operation that the owner has started, when it has ended. */
    static <T> T await(Object owner, long op, Taker<T> taker) throws SafeException {
        if (op == 0) throw SafeException.noHandle();
        try {
            untilEnd(op);
            return taker.take(op);
        } finally {
            Ffi.safe_op_free(op);
            Reference.reachabilityFence(owner);
        }
    }

    /** An interrupted thread stays interrupted, and its operation is cancelled. */
    private static void untilEnd(long op) {
        long slice = SLICE_MS;
        do {
            Ffi.safe_op_wait(op, slice, null);
            if (Ffi.safe_op_state(op) != Ffi.SAFE_OP_PENDING) return;
            if (slice != Ffi.SAFE_FOREVER && Thread.currentThread().isInterrupted()) {
                Ffi.safe_op_cancel(op);
                slice = Ffi.SAFE_FOREVER;
            }
        } while (true);
    }
}
