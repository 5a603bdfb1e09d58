using System;
using System.Runtime.InteropServices;
using System.Text;

namespace LibSafe.Interop {
    // Values on their way between C# and C.
    internal static class Crossing {
        // Half of a surrogate pair is no character: it is refused, instead of another text being stored.
        private static readonly Encoding Utf8 = new UTF8Encoding(false, true);

        // UTF-8 ending in NUL; null stays null.
        internal static byte[] Text(string text) {
            if (text == null) return null;
            if (text.IndexOf('\0') >= 0) throw new ArgumentException("a text holds a NUL character");
            return Utf8.GetBytes(text + "\0");
        }

        internal static string Text(IntPtr text) {
            if (text == IntPtr.Zero) return null;
            int length = 0;
            while (Marshal.ReadByte(text, length) != 0) ++length;
            return Encoding.UTF8.GetString(Bytes(text, (ulong)length));
        }

        internal static byte[] Bytes(IntPtr data, ulong size) {
            if (data == IntPtr.Zero || size > int.MaxValue) return null;
            var bytes = new byte[size];
            Marshal.Copy(data, bytes, 0, bytes.Length);
            return bytes;
        }

        // The array, if it has the size that the call needs.
        internal static byte[] Sized(byte[] bytes, int size, string name) {
            if (bytes == null || bytes.Length == size) return bytes;
            throw new ArgumentException(name + ": " + size + " bytes are needed, not " + bytes.Length);
        }
    }
}
