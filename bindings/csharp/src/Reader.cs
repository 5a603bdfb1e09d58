using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>
    /// Content opened for reading: a Stream to seek in, of which every byte was verified. ReadAt and ReadAtAsync do not move the
    /// position and may run any number at a time; as with all streams, only one Read at a time.
    /// </summary>
    public sealed class Reader : Stream {
        private const int Ahead = 1 << 16; // what small reads fetch; larger ones go straight into the caller's array

        private readonly ReaderHandle handle;
        private readonly long size;
        private long position;
        private byte[] ahead;
        private long aheadAt;
        private int aheadCount;

        private Reader(Client client, ReaderHandle handle) {
            Client = client;
            this.handle = handle;
            size = (long)Ffi.safe_reader_size(handle);
        }

        internal static Reader Take(Client client, OpHandle op) {
            ReaderHandle reader;
            IntPtr error;
            Errors.Check(Ffi.safe_op_take_reader(op, out reader, out error), error);
            return new Reader(client, reader);
        }

        /// <summary>Through which it is read. It is not collected, and so not closed, before this is.</summary>
        public Client Client { get; private set; }

        private ReaderHandle Handle {
            get { return Arguments.Open(handle, "Reader"); }
        }

        /// <summary>True until it is disposed.</summary>
        public override bool CanRead {
            get { return !handle.IsClosed; }
        }

        /// <summary>True until it is disposed.</summary>
        public override bool CanSeek {
            get { return !handle.IsClosed; }
        }

        /// <summary>False.</summary>
        public override bool CanWrite {
            get { return false; }
        }

        /// <summary>Bytes of content.</summary>
        public override long Length {
            get {
                Arguments.Open(handle, "Reader");
                return size;
            }
        }

        /// <summary>Where the next Read begins.</summary>
        public override long Position {
            get {
                Arguments.Open(handle, "Reader");
                return position;
            }
            set { Seek(value, SeekOrigin.Begin); }
        }

        /// <summary>Moves the position. It may be beyond the end, where there is nothing to read.</summary>
        public override long Seek(long offset, SeekOrigin origin) {
            Arguments.Open(handle, "Reader");
            long start = origin == SeekOrigin.Begin ? 0 : origin == SeekOrigin.Current ? position : size;
            if (checked(start + offset) < 0) throw new IOException("a position before the beginning");
            return position = start + offset;
        }

        /// <summary>Reads up to `count` bytes into the array; fewer at the end of the content, none after it.</summary>
        public override int Read(byte[] buffer, int offset, int count) {
            Arguments.Range(buffer, offset, count);
            Arguments.Open(handle, "Reader");
            int taken = FromAhead(buffer, offset, count);
            if (taken == count) return taken;
            if (count - taken >= Ahead) return taken + Moved(ReadAt(position, buffer, offset + taken, count - taken));
            Fetched(ReadAt(position, Room(), 0, Ahead));
            return taken + FromAhead(buffer, offset + taken, count - taken);
        }

        /// <summary>Reads as Read does.</summary>
        public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) {
            Arguments.Range(buffer, offset, count);
            Arguments.Open(handle, "Reader");
            cancellationToken.ThrowIfCancellationRequested();
            int taken = FromAhead(buffer, offset, count);
            if (taken == count) return taken;
            if (count - taken >= Ahead) {
                Task<int> rest = ReadAtAsync(position, buffer, offset + taken, count - taken, cancellationToken);
                return taken + Moved(await rest.ConfigureAwait(false));
            }
            Fetched(await ReadAtAsync(position, Room(), 0, Ahead, cancellationToken).ConfigureAwait(false));
            return taken + FromAhead(buffer, offset + taken, count - taken);
        }

        /// <summary>Reads up to `count` bytes of the content from `start` into the array.</summary>
        public int ReadAt(long start, byte[] buffer, int offset, int count) {
            return Reading(start, buffer, offset, count).Run();
        }

        /// <summary>Reads as ReadAt does. The array belongs to the task until it has ended.</summary>
        public Task<int> ReadAtAsync(long start, byte[] buffer, int offset, int count,
                                     CancellationToken cancellationToken = default(CancellationToken)) {
            return Reading(start, buffer, offset, count).RunAsync(cancellationToken);
        }

        /// <summary>A new array of up to `count` bytes of the content from `start`.</summary>
        public byte[] ReadAt(long start, long count) {
            return ReadingBytes(start, count).Run();
        }

        /// <summary>A new array of up to `count` bytes (at most 16 MiB) of the content from `start`.</summary>
        public Task<byte[]> ReadAtAsync(long start, long count, CancellationToken cancellationToken = default(CancellationToken)) {
            return ReadingBytes(start, count).RunAsync(cancellationToken);
        }

        /// <summary>In larger blocks than other streams, since each is an operation of its own.</summary>
        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) {
            return base.CopyToAsync(destination, Math.Max(bufferSize, 1 << 20), cancellationToken);
        }

        /// <summary>Does nothing.</summary>
        public override void Flush() {
        }

        /// <summary>Not for content that is read.</summary>
        public override void SetLength(long value) {
            throw new NotSupportedException("content cannot be changed");
        }

        /// <summary>Not for content that is read.</summary>
        public override void Write(byte[] buffer, int offset, int count) {
            throw new NotSupportedException("content cannot be changed");
        }

        /// <summary>Frees it. What it still reads fails.</summary>
        protected override void Dispose(bool disposing) {
            if (disposing) handle.Dispose();
            base.Dispose(disposing);
        }

        private Work<int> Reading(long start, byte[] buffer, int offset, int count) {
            Arguments.Range(buffer, offset, count);
            ulong from = Arguments.NotNegative(start, "start");
            return new Work<int>(this, buffer, at => Ffi.safe_reader_read_into(Handle, from, at + offset, (ulong)count), Count);
        }

        private Work<byte[]> ReadingBytes(long start, long count) {
            ulong from = Arguments.NotNegative(start, "start"), length = Arguments.NotNegative(count, "count");
            return new Work<byte[]>(this, () => Ffi.safe_reader_read(Handle, from, length), Results.Bytes);
        }

        private static int Count(OpHandle op) {
            return (int)Results.Number(op);
        }

        private int Moved(int count) {
            position += count;
            return count;
        }

        private byte[] Room() {
            aheadCount = 0;
            return ahead ?? (ahead = new byte[Ahead]);
        }

        private void Fetched(int count) {
            aheadAt = position;
            aheadCount = count;
        }

        private int FromAhead(byte[] buffer, int offset, int count) {
            long skip = position - aheadAt;
            if (skip < 0 || skip >= aheadCount) return 0;
            int taken = (int)Math.Min(count, aheadCount - skip);
            Buffer.BlockCopy(ahead, (int)skip, buffer, offset, taken);
            return Moved(taken);
        }
    }
}
