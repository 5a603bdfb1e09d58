package libsafe;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * One version of a record: a small signed value that only the holder of its key can write. What was read from a vault is
 * verified. A plain value: there is nothing to close.
 *
 * @param address where it is stored, 32 bytes; see {@link #addressOf}
 * @param owner the public key of its owner, 32 bytes
 * @param label its name among its owner's records
 * @param version 0 for the first one
 * @param value what it says
 */
public record SafeRecord(byte[] address, byte[] owner, String label, long version, byte[] value) {
    /**
     * The address of the record of a label.
     *
     * @param owner the public key of its owner, 32 bytes
     * @param label 1 to 255 bytes of UTF-8
     * @return 32 bytes
     * @throws SafeException INVALID_ARGUMENT
     */
    public static byte[] addressOf(byte[] owner, String label) throws SafeException {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(label, "label");
        byte[] address = new byte[32];
        long[] error = new long[1];
        SafeException.check(Ffi.safe_record_address_of(owner, label, address, error), error);
        return address;
    }

    /**
     * The value as text.
     *
     * @return the value, decoded as UTF-8
     */
    public String text() {
        return new String(value, StandardCharsets.UTF_8);
    }

    static SafeRecord take(long op) throws SafeException {
        return of(Taker.handle(op, Ffi::safe_op_take_record));
    }

    /** What a handle says, which is freed. */
    static SafeRecord of(long handle) throws SafeException {
        try {
            byte[] address = new byte[32];
            byte[] owner = new byte[32];
            long[] value = new long[1];
            long[] error = new long[1];
            SafeException.check(Ffi.safe_record_address(handle, address, error), error);
            SafeException.check(Ffi.safe_record_owner(handle, owner, error), error);
            SafeException.check(Ffi.safe_record_value(handle, value, error), error);
            return new SafeRecord(address, owner, Ffi.safe_record_label(handle),
                Numbers.checked(Ffi.safe_record_version(handle)), Taker.bytesOf(value[0]));
        } finally {
            Ffi.safe_record_free(handle);
        }
    }

    @Override
    public String toString() {
        return "record " + label + ", version " + version + ", " + value.length + " bytes";
    }
}
