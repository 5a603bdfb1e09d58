package libsafe;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where operations end: one queue of the library, emptied by one daemon thread of ours. No thread of the library ever enters
 * the virtual machine. Results are taken, and with it what depends on them runs, on a pool of daemon threads, so that no
 * stage that waits holds up the end of another operation.
 */
final class Completions {
    private static Completions shared;

    private final Map<Long, Operation<?>> pending = new ConcurrentHashMap<>();
    private final AtomicLong tags = new AtomicLong();
    private final ForkJoinPool pool = new ForkJoinPool(
        Math.max(2, Runtime.getRuntime().availableProcessors()), ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true);
    private final long queue;

    private Completions() throws SafeException {
        long[] out = new long[1];
        long[] error = new long[1];
        SafeException.check(Ffi.safe_queue_create(out, error), error);
        queue = out[0];
        Thread thread = new Thread(this::drain, "libsafe-completions");
        thread.setDaemon(true);
        thread.start();
    }

    static synchronized Completions shared() {
        if (shared == null) {
            try {
                shared = new Completions();
            } catch (SafeException problem) {
                throw new IllegalStateException(problem);
            }
        }
        return shared;
    }

    /** How many handles are ours, and not the user's. */
    static synchronized int handles() {
        return shared == null ? 0 : 1;
    }

    /** Ends the operation of ours when the one of the library has ended. */
    void watch(Operation<?> operation, long op) {
        long tag = tags.getAndIncrement();
        pending.put(tag, operation);
        long[] error = new long[1];
        try {
            SafeException.check(Ffi.safe_op_to_queue(op, queue, tag, error), error);
        } catch (SafeException problem) {
            pending.remove(tag);
            operation.fail(problem);
        }
    }

    private void drain() {
        long[] op = new long[1];
        long[] tag = new long[1];
        while (true) {
            if (Ffi.safe_queue_next(queue, Ffi.SAFE_FOREVER, op, tag, null) != Ffi.SAFE_OK) continue;
            Operation<?> ended = pending.remove(tag[0]);
            if (ended != null) dispatch(ended);
        }
    }

    private void dispatch(Operation<?> ended) {
        try {
            pool.execute(ended::end);
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            ended.end();
        }
    }
}
