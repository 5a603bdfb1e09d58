package libsafe;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Some versions of a record, from the newest down.
 *
 * @param records the versions
 * @param before where the next page begins, if there is one
 */
public record RecordPage(List<SafeRecord> records, OptionalLong before) {
    static RecordPage take(long op) throws SafeException {
        long handle = Taker.handle(op, Ffi::safe_op_take_record_page);
        try {
            long[] out = new long[1];
            long[] error = new long[1];
            List<SafeRecord> records = new ArrayList<>();
            long count = Ffi.safe_record_page_count(handle);
            for (long index = 0; index < count; ++index) {
                SafeException.check(Ffi.safe_record_page_get(handle, index, out, error), error);
                records.add(SafeRecord.of(out[0]));
            }
            int[] more = new int[1];
            SafeException.check(Ffi.safe_record_page_next(handle, more, out, error), error);
            return new RecordPage(List.copyOf(records), more[0] == 0 ? OptionalLong.empty() : OptionalLong.of(out[0]));
        } finally {
            Ffi.safe_record_page_free(handle);
        }
    }
}
