using System;
using LibSafe.Interop;

namespace LibSafe {
    // Checks of what a method was given, where C# has a better answer than the library.
    internal static class Arguments {
        internal static T NotNull<T>(T value, string name) where T : class {
            if (value == null) throw new ArgumentNullException(name);
            return value;
        }

        internal static ulong NotNegative(long value, string name) {
            if (value < 0) throw new ArgumentOutOfRangeException(name, value, "it is negative");
            return (ulong)value;
        }

        // A part of an array, as methods of Stream are given one.
        internal static void Range(byte[] buffer, int offset, int count) {
            NotNull(buffer, "buffer");
            NotNegative(offset, "offset");
            NotNegative(count, "count");
            if (count > buffer.Length - offset) throw new ArgumentException("offset and count reach beyond the end of the buffer");
        }

        // The handle, if it is in use.
        internal static T Open<T>(T handle, string type) where T : NativeHandle {
            if (handle.IsClosed) throw new ObjectDisposedException("LibSafe." + type);
            return handle;
        }
    }
}
