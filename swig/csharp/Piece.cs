using System;

namespace LibSafe.Interop {
    // A part of an array of bytes on its way to C. It is not copied.
    internal struct Piece {
        internal readonly byte[] Array;
        private readonly int offset, count;

        internal Piece(byte[] array, int offset, int count) {
            Array = array;
            this.offset = offset;
            this.count = count;
        }

        public static implicit operator Piece(byte[] array) {
            return new Piece(array, 0, array == null ? 0 : array.Length);
        }

        public static implicit operator Piece(ArraySegment<byte> segment) {
            return new Piece(segment.Array, segment.Offset, segment.Count);
        }

        internal UIntPtr Length {
            get { return (UIntPtr)count; }
        }

        // Where it begins, if that is where the array is fixed.
        internal unsafe IntPtr At(byte *array) {
            return (IntPtr)(array + offset);
        }
    }
}
