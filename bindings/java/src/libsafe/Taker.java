package libsafe;

import java.util.function.Consumer;

/** Moves the result out of an operation that has ended. */
@FunctionalInterface
interface Taker<T> {
    T take(long op) throws SafeException;

    /** Ends what was taken for an operation that had been given up meanwhile. */
    default void discard(T value) {}

    static <T> Taker<T> discarding(Taker<T> taker, Consumer<T> discard) {
        return new Taker<>() {
            @Override
            public T take(long op) throws SafeException {
                return taker.take(op);
            }

            @Override
            public void discard(T value) {
                discard.accept(value);
            }
        };
    }

    /** Moves a handle out: one of the generated functions. */
    @FunctionalInterface
    interface OfHandle {
        int take(long op, long[] out, long[] error);
    }

    static long handle(long op, OfHandle function) throws SafeException {
        long[] out = new long[1];
        long[] error = new long[1];
        SafeException.check(function.take(op, out, error), error);
        return out[0];
    }

    static long number(long op) throws SafeException {
        return handle(op, Ffi::safe_op_take_u64);
    }

    static boolean truth(long op) throws SafeException {
        return number(op) != 0;
    }

    static Void nothing(long op) throws SafeException {
        long[] error = new long[1];
        SafeException.check(Ffi.safe_op_wait(op, 0, error), error);
        return null;
    }

    static byte[] bytes(long op) throws SafeException {
        return bytesOf(handle(op, Ffi::safe_op_take_bytes));
    }

    /** 32 bytes; fewer are a failure. */
    static byte[] address(long op) throws SafeException {
        long handle = handle(op, Ffi::safe_op_take_bytes);
        try {
            byte[] address = new byte[32];
            long[] error = new long[1];
            SafeException.check(Ffi.safe_bytes_copy(handle, 0, address, error), error);
            return address;
        } finally {
            Ffi.safe_bytes_free(handle);
        }
    }

    /** The bytes of a handle, which is freed. */
    static byte[] bytesOf(long handle) {
        try {
            byte[] bytes = Ffi.safe_bytes_data(handle);
            if (bytes == null) throw new OutOfMemoryError("content of 2 GiB and more does not fit into an array");
            return bytes;
        } finally {
            Ffi.safe_bytes_free(handle);
        }
    }
}
