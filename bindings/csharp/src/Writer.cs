using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>
    /// Content being pushed in: a Stream to write to. Finish ends the content and gives its receipt; disposed without it, the
    /// content is abandoned. One write at a time. After a failure or a cancellation all further calls fail.
    /// </summary>
    public sealed class Writer : Stream {
        private const int Held = 1 << 16; // small writes are gathered by the library; larger ones stay in the caller's array

        private readonly WriterHandle handle;
        private IntPtr held; // memory of the library, while something is gathered
        private int heldCount;
        private long written;

        private Writer(Client client, WriterHandle handle) {
            Client = client;
            this.handle = handle;
        }

        internal static Writer Take(Client client, OpHandle op) {
            WriterHandle writer;
            IntPtr error;
            Errors.Check(Ffi.safe_op_take_writer(op, out writer, out error), error);
            return new Writer(client, writer);
        }

        /// <summary>Through which it is written. It is not collected, and so not closed, before this is.</summary>
        public Client Client { get; private set; }

        private WriterHandle Handle {
            get { return Arguments.Open(handle, "Writer"); }
        }

        /// <summary>What was made: null before Finish.</summary>
        public Receipt Receipt { get; private set; }

        /// <summary>How many of the first bytes are to be written again after the last one: 0 without PutOptions.Replay.</summary>
        public ulong ReplaySize {
            get { return Ffi.safe_writer_replay_size(Handle); }
        }

        /// <summary>False.</summary>
        public override bool CanRead {
            get { return false; }
        }

        /// <summary>False.</summary>
        public override bool CanSeek {
            get { return false; }
        }

        /// <summary>True until it is finished or disposed.</summary>
        public override bool CanWrite {
            get { return !handle.IsClosed; }
        }

        /// <summary>Bytes written so far.</summary>
        public override long Length {
            get { return written; }
        }

        /// <summary>Bytes written so far. Cannot be set.</summary>
        public override long Position {
            get { return written; }
            set { throw new NotSupportedException("content is written from its beginning to its end"); }
        }

        /// <summary>Appends bytes. Waits while the library has enough to do.</summary>
        public override void Write(byte[] buffer, int offset, int count) {
            Arguments.Range(buffer, offset, count);
            Arguments.Open(handle, "Writer");
            if (!Fits(count)) Flush();
            if (count >= Held)
                Writing(buffer, offset, count).Run();
            else
                Hold(buffer, offset, count);
            written += count;
        }

        /// <summary>Appends bytes. The array must not change before the task has ended.</summary>
        public override async Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) {
            Arguments.Range(buffer, offset, count);
            Arguments.Open(handle, "Writer");
            cancellationToken.ThrowIfCancellationRequested();
            if (!Fits(count)) await FlushAsync(cancellationToken).ConfigureAwait(false);
            if (count >= Held)
                await Writing(buffer, offset, count).RunAsync(cancellationToken).ConfigureAwait(false);
            else
                Hold(buffer, offset, count);
            written += count;
        }

        /// <summary>Hands over what was gathered.</summary>
        public override void Flush() {
            if (heldCount > 0) Committing().Run();
        }

        /// <summary>Hands over what was gathered.</summary>
        public override async Task FlushAsync(CancellationToken cancellationToken) {
            if (heldCount > 0) await Committing().RunAsync(cancellationToken).ConfigureAwait(false);
        }

        /// <summary>Ends the content. May be called again for the same receipt.</summary>
        public Receipt Finish() {
            if (Receipt != null) return Receipt;
            Flush();
            Receipt = Finishing().Run();
            handle.Dispose();
            return Receipt;
        }

        /// <summary>Ends the content. May be called again for the same receipt.</summary>
        public async Task<Receipt> FinishAsync(CancellationToken cancellationToken = default(CancellationToken)) {
            if (Receipt != null) return Receipt;
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            Receipt = await Finishing().RunAsync(cancellationToken).ConfigureAwait(false);
            handle.Dispose();
            return Receipt;
        }

        /// <summary>Not for content that is written.</summary>
        public override int Read(byte[] buffer, int offset, int count) {
            throw new NotSupportedException("this is a stream to write to");
        }

        /// <summary>Not for content that is written.</summary>
        public override long Seek(long offset, SeekOrigin origin) {
            throw new NotSupportedException("content is written from its beginning to its end");
        }

        /// <summary>Not for content that is written: its size is given when it is opened.</summary>
        public override void SetLength(long value) {
            throw new NotSupportedException("the size is given to OpenWriter");
        }

        /// <summary>Without Finish before, abandons the content. Does not wait.</summary>
        protected override void Dispose(bool disposing) {
            if (disposing) handle.Dispose();
            base.Dispose(disposing);
        }

        private Work<bool> Writing(byte[] buffer, int offset, int count) {
            return new Work<bool>(this, buffer, at => Ffi.safe_writer_write(Handle, at + offset, (ulong)count), Results.Nothing);
        }

        private Work<bool> Committing() {
            var count = (ulong)heldCount;
            held = IntPtr.Zero;
            heldCount = 0;
            return new Work<bool>(this, () => Ffi.safe_writer_commit(Handle, count), Results.Nothing);
        }

        private Work<Receipt> Finishing() {
            return new Work<Receipt>(this, () => Ffi.safe_writer_close(Handle), Receipt.Take);
        }

        private bool Fits(int count) {
            return count <= Held - heldCount;
        }

        private void Hold(byte[] buffer, int offset, int count) {
            if (count == 0) return;
            bool kept = false;
            try {
                handle.DangerousAddRef(ref kept); // the memory stays while it is written to
                IntPtr error;
                if (heldCount == 0) Errors.Check(Ffi.safe_writer_reserve(handle, Held, out held, out error), error);
                Marshal.Copy(buffer, offset, held + heldCount, count);
                heldCount += count;
            } finally {
                if (kept) handle.DangerousRelease();
            }
        }
    }
}
