using System;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using LibSafe.Interop;

namespace LibSafe {
    // One operation of the library that is to be started: on the caller's thread to its end (Run), or as a Task (RunAsync).
    internal sealed class Work<T> {
        private const long BackEvery = 200; // milliseconds

        private readonly object owner;
        private readonly byte[] lent;
        private readonly Func<IntPtr, OpHandle> start;
        private readonly Func<OpHandle, T> take;

        // owner: what must not be collected before the operation has ended, since that would close it.
        // take: moves out the result; on another thread than the caller's, so it must not run code of users.
        internal Work(object owner, Func<OpHandle> start, Func<OpHandle, T> take) : this(owner, null, unused => start(), take) {
        }

        // lent: an array that the operation reads or writes until it has ended; `start` gets its address.
        internal Work(object owner, byte[] lent, Func<IntPtr, OpHandle> start, Func<OpHandle, T> take) {
            this.owner = owner;
            this.lent = lent;
            this.start = start;
            this.take = take;
        }

        internal T Run() {
            var pin = default(GCHandle);
            OpHandle op = null;
            try {
                op = Start(out pin);
                while (!Ended(op)) {
                }
                return take(op);
            } finally {
                if (op != null) {
                    if (pin.IsAllocated) Stop(op);
                    op.Dispose();
                }
                if (pin.IsAllocated) pin.Free();
                GC.KeepAlive(owner);
            }
        }

        // Now and then the thread comes back to the runtime, which may want to end it.
        private static bool Ended(OpHandle op) {
            IntPtr error;
            bool ended = Ffi.safe_op_wait(op.DangerousGetHandle(), BackEvery, out error) != Ffi.SAFE_TIMEOUT || !Pends(op);
            Ffi.safe_error_free(error);
            return ended;
        }

        private static bool Pends(OpHandle op) {
            return Ffi.safe_op_state(op) == Ffi.SAFE_OP_PENDING;
        }

        // It does not use the caller's array any more. Only a thread that is aborted has to wait for that.
        private static void Stop(OpHandle op) {
            if (!Pends(op)) return;
            Ffi.safe_op_cancel(op);
            while (!Ended(op)) {
            }
        }

        // The task ends when the operation has, also after a cancellation: then nothing uses the caller's array any more.
        internal Task<T> RunAsync(CancellationToken token, IProgress<Progress> progress = null) {
            if (token.IsCancellationRequested) return Task.FromCanceled<T>(token);
            GCHandle pin;
            OpHandle op = Start(out pin);
            return new Pending<T>(op, take, owner, pin, token, progress).Begin();
        }

        private OpHandle Start(out GCHandle pin) {
            pin = lent == null ? default(GCHandle) : GCHandle.Alloc(lent, GCHandleType.Pinned);
            try {
                OpHandle op = start(lent == null ? IntPtr.Zero : pin.AddrOfPinnedObject());
                if (op.IsInvalid) throw new SafeException(SafeCode.TooManyHandles, "cannot start an operation: no handle is left");
                return op;
            } catch {
                if (pin.IsAllocated) pin.Free();
                pin = default(GCHandle);
                throw;
            }
        }
    }
}
