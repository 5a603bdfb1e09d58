using System;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading;
using LibSafe.Interop;

namespace LibSafe {
    // The queue where operations are delivered when they have ended, and the one thread that empties it. No thread of the
    // library ever enters the runtime, and none of it waits for the collector.
    internal static class Completions {
        private static readonly ConcurrentDictionary<ulong, IPending> Waiting = new ConcurrentDictionary<ulong, IPending>();
        private static readonly Lazy<QueueHandle> Queue = new Lazy<QueueHandle>(Start);
        private static long lastTag;

        // Whether there is a queue already.
        internal static bool IsRunning {
            get { return Queue.IsValueCreated; }
        }

        // Its End is called when the operation has ended. Until then it is kept from the collector.
        internal static void Expect(IPending pending, OpHandle op) {
            var tag = (ulong)Interlocked.Increment(ref lastTag);
            Waiting[tag] = pending;
            IntPtr error;
            int status = Ffi.safe_op_to_queue(op, Queue.Value, tag, out error);
            if (status != Ffi.SAFE_OK && Waiting.TryRemove(tag, out pending)) pending.Fail(Errors.Take(status, error));
        }

        private static QueueHandle Start() {
            QueueHandle queue;
            IntPtr error;
            Errors.Check(Ffi.safe_queue_create(out queue, out error), error);
            // In the background: operations in flight do not keep a program from ending. mono still waits for calls of native
            // functions to return, so this one is told.
            var thread = new Thread(() => Deliver(queue)) { IsBackground = true, Name = "LibSafe completions" };
            EventHandler stop = (sender, arguments) => {
                Ffi.safe_queue_wake(queue);
                if (thread != Thread.CurrentThread) thread.Join(1000); // a continuation may wait for who ends the program
            };
            AppDomain.CurrentDomain.ProcessExit += stop;
            AppDomain.CurrentDomain.DomainUnload += stop;
            thread.Start();
            return queue;
        }

        private static void Deliver(QueueHandle queue) {
            while (true) {
                IntPtr op, error;
                ulong tag;
                int status = Ffi.safe_queue_next(queue.DangerousGetHandle(), Ffi.SAFE_FOREVER, out op, out tag, out error);
                if (status == Ffi.SAFE_OK) {
                    End(tag);
                    Wipe();
                    continue;
                }
                SafeException why = Errors.Take(status, error);
                if (status == Ffi.SAFE_WOKEN) return;
                foreach (ulong left in Waiting.Keys) {
                    IPending pending;
                    if (Waiting.TryRemove(left, out pending)) pending.Fail(why);
                }
                return;
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void End(ulong tag) {
            IPending pending;
            if (Waiting.TryRemove(tag, out pending)) pending.End();
        }

        // mono's collector takes whatever looks like a reference on a stack for one. Without this the last result would stay
        // alive as long as the thread waits for the next: it is still there below the frames of the call that waits.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static unsafe void Wipe() {
            byte *below = stackalloc byte[1 << 14];
            *below = 0;
        }
    }
}
