package libsafe;

import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * Work that the library does, as a {@link CompletableFuture}.
 *
 * <p>{@link #cancel} stops the work, and so does whatever else completes the future early ({@link #orTimeout}, for example).
 * An operation whose effect had been made before is done and not cancelled any more. One that uses a direct buffer of the
 * caller has let go of it when {@code cancel} returns.
 *
 * <p>Dependent stages run on threads of this package, so they may call and wait for anything.
 *
 * @param <T> the type of the result
 */
public final class Operation<T> extends CompletableFuture<T> {
    /**
     * How far an operation has come.
     *
     * @param done bytes done (objects, for {@link Vault#verifyAsync})
     * @param total the same in all; -1 if that is not known
     */
    public record Progress(long done, long total) {}

    private final long op;
    private final Taker<T> taker;
    private final Object owner; // is not to be collected, and with it closed, while it works here
    private final ByteBuffer lent;
    private volatile Throwable early; // how it was completed before its end
    private volatile Progress progress;

    private Operation(Object owner, long op, ByteBuffer lent, Taker<T> taker) {
        this.owner = owner;
        this.op = op;
        this.lent = lent;
        this.taker = taker;
    }

    /** Follows an operation that the owner has started. */
    static <T> Operation<T> of(Object owner, long op, Taker<T> taker) {
        return of(owner, op, null, taker);
    }

    /** Follows an operation that uses a buffer until it has ended. */
    static <T> Operation<T> of(Object owner, long op, ByteBuffer lent, Taker<T> taker) {
        Operation<T> operation = new Operation<>(owner, op, lent, taker);
        if (op == 0) {
            operation.finish(null, SafeException.noHandle());
        } else {
            Completions.shared().watch(operation, op);
        }
        return operation;
    }

    /** An operation that was over before it began. */
    static <T> Operation<T> ended(T value) {
        Operation<T> operation = new Operation<>(null, 0, null, null);
        operation.finish(value, null);
        return operation;
    }

    /**
     * How far it has come, or had come at its end.
     *
     * @return bytes done, and in all
     */
    public Progress progress() {
        long[] done = new long[1];
        long[] total = new long[1];
        if (Ffi.safe_op_progress(op, done, total, null) == Ffi.SAFE_OK) progress = new Progress(done[0], total[0]);
        Progress last = progress;
        return last == null ? new Progress(0, Ffi.SAFE_SIZE_UNKNOWN) : last;
    }

    /**
     * Asks the work to stop.
     *
     * @param mayInterruptIfRunning has no effect
     * @return whether it is cancelled now
     */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        completeExceptionally(new CancellationException());
        return isCancelled();
    }

    @Override
    public boolean completeExceptionally(Throwable reason) {
        return stop(reason) ? awaitEnd(reason) : super.completeExceptionally(reason);
    }

    @Override
    public boolean complete(T value) {
        return !stop(new CancellationException()) && super.complete(value);
    }

    /** Cancels the work; whether the end must be waited for, since the caller's buffer is used until then. */
    private boolean stop(Throwable reason) {
        if (isDone()) return false;
        early = reason;
        Ffi.safe_op_cancel(op);
        return lent != null;
    }

    /** Whether the reason has become the outcome. */
    private boolean awaitEnd(Throwable reason) {
        return reason == handle((value, failure) -> failure).join();
    }

    /** Called once, when the library has ended the operation. */
    void end() {
        T value = null;
        Throwable failure = null;
        try {
            progress();
            if (!isDone()) value = taker.take(op);
        } catch (SafeException problem) {
            Throwable reason = early;
            failure = problem.code() == Ffi.SAFE_CANCELLED && reason != null ? reason : problem;
        } catch (RuntimeException | Error problem) {
            failure = problem;
        } finally {
            Ffi.safe_op_free(op);
        }
        finish(value, failure);
    }

    private void finish(T value, Throwable failure) {
        if (failure != null) {
            super.completeExceptionally(failure);
        } else if (!super.complete(value) && value != null) {
            taker.discard(value); // cancelled at the last moment
        }
    }

    /** It could not be followed. */
    void fail(SafeException problem) {
        Ffi.safe_op_free(op);
        finish(null, problem);
    }
}
