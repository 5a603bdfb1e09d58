package libsafe;

import java.io.IOException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A failure of the library. Its message says what failed, on what, why, and what to do next; it holds no secrets.
 *
 * <p>In the stages that depend on an {@link Operation} it is the cause of a
 * {@link java.util.concurrent.CompletionException}, as Java has it.
 */
public class SafeException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The number. */
    private final int code;
    /** Named facts. */
    private final HashMap<String, Object> details = new HashMap<>();

    /**
     * For stores and transports of one's own ({@link Store}, {@link Transport}) that want to say more than "it failed".
     *
     * @param code one of {@link SafeCode}
     * @param message why, and what to do next
     */
    public SafeException(int code, String message) {
        super(message);
        this.code = code;
    }

    /**
     * The number, one of {@link SafeCode}.
     *
     * @return a negative number
     */
    public int code() {
        return code;
    }

    /**
     * The name of the number.
     *
     * @return for example "SAFE_NO_SUCH_DATA"
     */
    public String codeName() {
        return Ffi.safe_code_name(code);
    }

    /**
     * Named facts about the failure: a {@link Long} or a {@link String} each.
     *
     * @return for example {@code {current_version=7}}; often empty
     */
    public Map<String, Object> details() {
        return Collections.unmodifiableMap(details);
    }

    /**
     * The newest version of the record, if somebody else was first.
     *
     * @return the detail "current_version"
     */
    public OptionalLong currentVersion() {
        return details.get("current_version") instanceof Long version ? OptionalLong.of(version) : OptionalLong.empty();
    }

    /**
     * Whether the same call may succeed later without a change by the caller.
     *
     * @return true for what is busy, for example
     */
    public boolean isRetryable() {
        return Ffi.safe_code_is_retryable(code) != 0;
    }

    @Override
    public String toString() {
        return getClass().getName() + ": " + codeName() + ": " + getMessage();
    }

    /** Throws unless the call has succeeded. Frees the error. */
    static void check(int status, long[] error) throws SafeException {
        if (status != Ffi.SAFE_OK) throw of(status, error[0]);
    }

    private static SafeException of(int status, long error) {
        int code = error == 0 ? status : Ffi.safe_error_code(error);
        String message = Ffi.safe_error_message(error);
        SafeException exception = new SafeException(code, message == null ? Ffi.safe_code_name(code) : message);
        long count = Ffi.safe_error_detail_count(error);
        long[] number = new long[1];
        for (long index = 0; index < count; ++index) {
            String name = Ffi.safe_error_detail_name(error, index);
            if (name == null) continue;
            boolean isNumber = Ffi.safe_error_detail_u64(error, name, number) == Ffi.SAFE_OK;
            exception.details.put(name, isNumber ? number[0] : Ffi.safe_error_detail_text(error, name));
        }
        Ffi.safe_error_free(error);
        return exception;
    }

    /** Not even a handle could be had. */
    static SafeException noHandle() {
        return new SafeException(Ffi.SAFE_TOO_MANY_HANDLES, "the library has no handle left; close what is not used any more");
    }
}
