using System;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using LibSafe.Interop;

namespace LibSafe {
    // What the thread of completions tells an operation.
    internal interface IPending {
        // It has ended.
        void End();

        // It will not be heard of any more.
        void Fail(Exception why);
    }

    // A started operation, as the source of its task.
    internal sealed class Pending<T> : IPending {
        private const int ProgressEvery = 50; // milliseconds

        private readonly OpHandle op;
        private readonly Func<OpHandle, T> take;
        private readonly CancellationToken token;
        private readonly IProgress<Progress> progress;
        // Users' code never runs on the thread of completions. Let go of at the end: that thread's stack may still refer to this.
        private TaskCompletionSource<T> source = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly object reporting = new object();
        private object owner; // held until the end
        private GCHandle pin;
        private CancellationTokenRegistration registration;
        private Timer timer;
        private Exception refused; // by the progress's receiver
        private bool ended;

        internal Pending(OpHandle op, Func<OpHandle, T> take, object owner, GCHandle pin, CancellationToken token,
                         IProgress<Progress> progress) {
            this.op = op;
            this.take = take;
            this.owner = owner;
            this.pin = pin;
            this.token = token;
            this.progress = progress;
        }

        internal Task<T> Begin() {
            Task<T> task = source.Task;
            // All is set before the queue can tell of the end.
            if (token.CanBeCanceled) registration = token.Register(self => ((Pending<T>)self).Cancel(), this);
            if (progress != null) timer = new Timer(self => ((Pending<T>)self).Report(), this, ProgressEvery, ProgressEvery);
            Completions.Expect(this, op);
            return task;
        }

        public void End() {
            if (progress == null)
                Finish();
            else
                ThreadPool.QueueUserWorkItem(self => ((Pending<T>)self).FinishWithProgress(), this);
        }

        public void Fail(Exception why) {
            Release().TrySetException(why);
        }

        private void Cancel() {
            try {
                Ffi.safe_op_cancel(op);
            } catch (ObjectDisposedException) {
                // It has ended meanwhile.
            }
        }

        private void Report() {
            lock (reporting) {
                if (ended || refused != null) return;
                try {
                    ulong done, total;
                    IntPtr error;
                    Errors.Check(Ffi.safe_op_progress(op, out done, out total, out error), error);
                    progress.Report(new Progress(done, total == ulong.MaxValue ? (ulong?)null : total));
                } catch (Exception problem) {
                    refused = problem;
                    Cancel();
                }
            }
        }

        private void FinishWithProgress() {
            Report();
            lock (reporting) ended = true;
            Finish();
        }

        private void Finish() {
            T result;
            try {
                result = take(op);
            } catch (SafeException problem) {
                TaskCompletionSource<T> task = Release();
                if (refused != null)
                    task.TrySetException(refused);
                else if (problem.Code == SafeCode.Cancelled && token.IsCancellationRequested)
                    task.TrySetCanceled(token);
                else
                    task.TrySetException(problem);
                return;
            } catch (Exception problem) {
                Release().TrySetException(problem);
                return;
            }
            Release().TrySetResult(result);
        }

        private TaskCompletionSource<T> Release() {
            TaskCompletionSource<T> task = source;
            source = null;
            registration.Dispose();
            if (timer != null) timer.Dispose();
            op.Dispose();
            if (pin.IsAllocated) pin.Free();
            GC.KeepAlive(owner);
            owner = null;
            return task;
        }
    }
}
