using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using LibSafe.Interop;

namespace LibSafe {
    public sealed partial class Client {
        // The library copies what it is given at once: more than that is streamed instead.
        private const int CopiedAtOnce = 1 << 20;
        private const int Block = 1 << 20;

        /// <summary>Encrypts and stores bytes.</summary>
        public Receipt Put(byte[] data, PutOptions options = PutOptions.None, IProgress<Progress> progress = null) {
            return Put(new ArraySegment<byte>(Arguments.NotNull(data, "data")), options, progress);
        }

        /// <summary>Encrypts and stores a part of an array.</summary>
        public Receipt Put(ArraySegment<byte> data, PutOptions options = PutOptions.None, IProgress<Progress> progress = null) {
            if (data.Count > CopiedAtOnce) return Put(Streamed(data), options, progress);
            Receipt receipt = Putting(data, options).Run();
            if (progress != null) progress.Report(new Progress(receipt.Size, receipt.Size));
            return receipt;
        }

        /// <summary>Encrypts and stores bytes. They must not change before the task has ended.</summary>
        public Task<Receipt> PutAsync(byte[] data, PutOptions options = PutOptions.None, IProgress<Progress> progress = null,
                                      CancellationToken cancellationToken = default(CancellationToken)) {
            return PutAsync(new ArraySegment<byte>(Arguments.NotNull(data, "data")), options, progress, cancellationToken);
        }

        /// <summary>Encrypts and stores a part of an array, which must not change before the task has ended.</summary>
        public Task<Receipt> PutAsync(ArraySegment<byte> data, PutOptions options = PutOptions.None,
                                      IProgress<Progress> progress = null,
                                      CancellationToken cancellationToken = default(CancellationToken)) {
            if (data.Count > CopiedAtOnce) return PutAsync(Streamed(data), options, progress, cancellationToken);
            return Putting(data, options).RunAsync(cancellationToken, progress);
        }

        /// <summary>Encrypts and stores what a stream has from its position to its end.</summary>
        public Receipt Put(Stream source, PutOptions options = PutOptions.None, IProgress<Progress> progress = null) {
            Readable(source);
            ulong? total = Left(source);
            using (Writer writer = OpenWriter(null, options)) {
                var block = new byte[Block];
                ulong done = 0;
                int count;
                while ((count = source.Read(block, 0, block.Length)) > 0) {
                    writer.Write(block, 0, count);
                    done += (ulong)count;
                    if (progress != null) progress.Report(new Progress(done, total));
                }
                return writer.Finish();
            }
        }

        /// <summary>Encrypts and stores what a stream has from its position to its end.</summary>
        public Task<Receipt> PutAsync(Stream source, PutOptions options = PutOptions.None, IProgress<Progress> progress = null,
                                      CancellationToken cancellationToken = default(CancellationToken)) {
            Readable(source);
            return PutStreamAsync(source, options, progress, cancellationToken);
        }

        private async Task<Receipt> PutStreamAsync(Stream source, PutOptions options, IProgress<Progress> progress,
                                                   CancellationToken token) {
            ulong? total = Left(source);
            using (Writer writer = await OpenWriterAsync(null, options, token).ConfigureAwait(false)) {
                var block = new byte[Block];
                ulong done = 0;
                int count;
                while ((count = await source.ReadAsync(block, 0, block.Length, token).ConfigureAwait(false)) > 0) {
                    await writer.WriteAsync(block, 0, count, token).ConfigureAwait(false);
                    done += (ulong)count;
                    if (progress != null) progress.Report(new Progress(done, total));
                }
                return await writer.FinishAsync(token).ConfigureAwait(false);
            }
        }

        /// <summary>Encrypts and stores a local file, whose name goes into the link.</summary>
        public Receipt PutFile(string path, PutOptions options = PutOptions.None) {
            return PuttingFile(path, options).Run();
        }

        /// <summary>Encrypts and stores a local file, whose name goes into the link.</summary>
        public Task<Receipt> PutFileAsync(string path, PutOptions options = PutOptions.None, IProgress<Progress> progress = null,
                                          CancellationToken cancellationToken = default(CancellationToken)) {
            return PuttingFile(path, options).RunAsync(cancellationToken, progress);
        }

        /// <summary>Opens a stream to push content into.</summary>
        /// <param name="size">How many bytes will be written, if that is known.</param>
        /// <param name="options">How they are stored.</param>
        public Writer OpenWriter(ulong? size = null, PutOptions options = PutOptions.None) {
            return OpeningWriter(size, options).Run();
        }

        /// <summary>Opens a stream to push content into, see OpenWriter.</summary>
        public Task<Writer> OpenWriterAsync(ulong? size = null, PutOptions options = PutOptions.None,
                                            CancellationToken cancellationToken = default(CancellationToken)) {
            return OpeningWriter(size, options).RunAsync(cancellationToken);
        }

        private Work<Receipt> Putting(ArraySegment<byte> data, PutOptions options) {
            return new Work<Receipt>(this, () => Ffi.safe_put(Handle, data, (uint)options), Receipt.Take);
        }

        private Work<Receipt> PuttingFile(string path, PutOptions options) {
            Arguments.NotNull(path, "path");
            return new Work<Receipt>(this, () => Ffi.safe_put_file(Handle, path, (uint)options), Receipt.Take);
        }

        private Work<Writer> OpeningWriter(ulong? size, PutOptions options) {
            ulong known = size ?? Ffi.SAFE_SIZE_UNKNOWN;
            return new Work<Writer>(this, () => Ffi.safe_writer_open(Handle, known, (uint)options), op => Writer.Take(this, op));
        }

        private static Stream Streamed(ArraySegment<byte> data) {
            return new MemoryStream(data.Array, data.Offset, data.Count, false);
        }

        private static void Readable(Stream source) {
            Arguments.NotNull(source, "source");
            if (!source.CanRead) throw new ArgumentException("the stream cannot be read", "source");
        }

        private static ulong? Left(Stream source) {
            return source.CanSeek ? (ulong)Math.Max(source.Length - source.Position, 0) : (ulong?)null;
        }
    }
}
