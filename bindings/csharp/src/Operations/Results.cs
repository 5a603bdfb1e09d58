using System;
using LibSafe.Interop;

namespace LibSafe {
    // Moves plain results out of ended operations.
    internal static class Results {
        internal static ulong Number(OpHandle op) {
            ulong number;
            IntPtr error;
            Errors.Check(Ffi.safe_op_take_u64(op, out number, out error), error);
            return number;
        }

        internal static bool Truth(OpHandle op) {
            return Number(op) != 0;
        }

        internal static byte[] Bytes(OpHandle op) {
            BytesHandle bytes;
            IntPtr error;
            Errors.Check(Ffi.safe_op_take_bytes(op, out bytes, out error), error);
            using (bytes) return Ffi.safe_bytes_data(bytes);
        }

        // Of an operation that has no result: whether it went well.
        internal static bool Nothing(OpHandle op) {
            IntPtr error;
            Errors.Check(Ffi.safe_op_wait(op.DangerousGetHandle(), 0, out error), error);
            return true;
        }
    }
}
