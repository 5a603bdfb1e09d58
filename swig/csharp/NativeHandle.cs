using System;
using System.Runtime.InteropServices;

namespace LibSafe.Interop {
    // What every handle of the library is in C#: freed once, by its owner or by the collector, and never while a call uses it.
    internal abstract class NativeHandle : SafeHandle {
        protected NativeHandle() : base(IntPtr.Zero, true) {
        }

        public override bool IsInvalid {
            get { return handle == IntPtr.Zero; }
        }
    }
}
