using System;
using System.Threading;
using System.Threading.Tasks;
using LibSafe.Interop;

namespace LibSafe {
    public sealed partial class Client {
        /// <summary>Content above this size is not fetched at once unless that is asked for: 256 MiB.</summary>
        public const ulong DefaultLimit = 1UL << 28;

        /// <summary>The whole content, at most `limit` bytes (else TooLargeException): OpenRead and GetFile take any size.</summary>
        public byte[] Get(Link link, ulong limit = DefaultLimit) {
            return Getting(link, limit).Run();
        }

        /// <summary>The whole content, at most `limit` bytes, see Get.</summary>
        public Task<byte[]> GetAsync(Link link, ulong limit = DefaultLimit,
                                     CancellationToken cancellationToken = default(CancellationToken)) {
            return Getting(link, limit).RunAsync(cancellationToken);
        }

        /// <summary>Writes the whole content to a file, which takes its name only when it is complete. Gives its size.</summary>
        public ulong GetFile(Link link, string path) {
            return GettingFile(link, path).Run();
        }

        /// <summary>Writes the whole content to a file, see GetFile.</summary>
        public Task<ulong> GetFileAsync(Link link, string path, IProgress<Progress> progress = null,
                                        CancellationToken cancellationToken = default(CancellationToken)) {
            return GettingFile(link, path).RunAsync(cancellationToken, progress);
        }

        /// <summary>Opens content for reading at random.</summary>
        public Reader Open(Link link) {
            return Opening(link).Run();
        }

        /// <summary>Opens content for reading at random.</summary>
        public Task<Reader> OpenAsync(Link link, CancellationToken cancellationToken = default(CancellationToken)) {
            return Opening(link).RunAsync(cancellationToken);
        }

        /// <summary>Opens content by its data map (MessagePack; what a .datamap file holds).</summary>
        public Reader OpenDataMap(byte[] dataMap) {
            return OpeningDataMap(dataMap).Run();
        }

        /// <summary>Opens content by its data map.</summary>
        public Task<Reader> OpenDataMapAsync(byte[] dataMap, CancellationToken cancellationToken = default(CancellationToken)) {
            return OpeningDataMap(dataMap).RunAsync(cancellationToken);
        }

        /// <summary>One chunk as it is stored.</summary>
        public byte[] GetChunk(byte[] address) {
            return GettingChunk(address).Run();
        }

        /// <summary>One chunk as it is stored.</summary>
        public Task<byte[]> GetChunkAsync(byte[] address, CancellationToken cancellationToken = default(CancellationToken)) {
            return GettingChunk(address).RunAsync(cancellationToken);
        }

        /// <summary>Stores bytes as they are, unencrypted, as one chunk (at most 4 MiB). Gives its address.</summary>
        public byte[] PutChunk(byte[] data) {
            return PuttingChunk(data).Run();
        }

        /// <summary>Stores bytes as one chunk, see PutChunk.</summary>
        public Task<byte[]> PutChunkAsync(byte[] data, CancellationToken cancellationToken = default(CancellationToken)) {
            return PuttingChunk(data).RunAsync(cancellationToken);
        }

        /// <summary>Whether the vault says that it has the chunk.</summary>
        public bool ChunkExists(byte[] address) {
            return AskingForChunk(address).Run();
        }

        /// <summary>Whether the vault says that it has the chunk.</summary>
        public Task<bool> ChunkExistsAsync(byte[] address, CancellationToken cancellationToken = default(CancellationToken)) {
            return AskingForChunk(address).RunAsync(cancellationToken);
        }

        private Work<byte[]> Getting(Link link, ulong limit) {
            Arguments.NotNull(link, "link");
            return new Work<byte[]>(this, () => Ffi.safe_get_bytes(Handle, link.Handle, limit), Results.Bytes);
        }

        private Work<ulong> GettingFile(Link link, string path) {
            Arguments.NotNull(link, "link");
            Arguments.NotNull(path, "path");
            return new Work<ulong>(this, () => Ffi.safe_get_file(Handle, link.Handle, path), Results.Number);
        }

        private Work<Reader> Opening(Link link) {
            Arguments.NotNull(link, "link");
            return new Work<Reader>(this, () => Ffi.safe_open(Handle, link.Handle), op => Reader.Take(this, op));
        }

        private Work<Reader> OpeningDataMap(byte[] dataMap) {
            Arguments.NotNull(dataMap, "dataMap");
            return new Work<Reader>(this, () => Ffi.safe_open_datamap(Handle, dataMap), op => Reader.Take(this, op));
        }

        private Work<byte[]> GettingChunk(byte[] address) {
            Arguments.NotNull(address, "address");
            return new Work<byte[]>(this, () => Ffi.safe_chunk_get(Handle, address), Results.Bytes);
        }

        private Work<byte[]> PuttingChunk(byte[] data) {
            Arguments.NotNull(data, "data");
            return new Work<byte[]>(this, () => Ffi.safe_chunk_put(Handle, data), Results.Bytes);
        }

        private Work<bool> AskingForChunk(byte[] address) {
            Arguments.NotNull(address, "address");
            return new Work<bool>(this, () => Ffi.safe_chunk_exists(Handle, address), Results.Truth);
        }
    }
}
