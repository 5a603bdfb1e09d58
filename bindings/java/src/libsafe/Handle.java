package libsafe;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;

/**
 * A handle of the library and its end: freed when its owner is closed, or by the cleaner when nothing refers to it any more.
 *
 * <p>The number stays what it was after the end. The library knows stale handles and never gives a number out twice, so a
 * call on a closed object fails with its error, and a race of close with other calls is harmless.
 */
final class Handle {
    private static final Cleaner CLEANER = Cleaner.create();

    /** A call that can fail. */
    @FunctionalInterface
    interface Call {
        int of(long handle, long[] error);
    }

    private final long value;
    private final Cleaner.Cleanable end;

    Handle(long value, LongConsumer free) {
        this.value = value;
        this.end = CLEANER.register(this, new Free(value, free));
    }

    /** The number; to be used where this object is still needed after the call. */
    long value() {
        return value;
    }

    /** A call with the number, which is not freed meanwhile because nothing refers to this object any more. */
    void check(Call call) throws SafeException {
        long[] error = new long[1];
        try {
            SafeException.check(call.of(value, error), error);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    long start(LongUnaryOperator call) {
        try {
            return call.applyAsLong(value);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Once; later calls do nothing. */
    void free() {
        end.clean();
    }

    /** All that the cleaner has. */
    private record Free(long value, LongConsumer free) implements Runnable {
        @Override
        public void run() {
            free.accept(value);
        }
    }
}
