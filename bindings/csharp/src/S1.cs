using System;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>
    /// Writes the chunk format of 2018 ("S1"). Its chunks are kept by the caller under their names; vaults do not store them.
    /// </summary>
    public sealed class S1Encoder : IDisposable {
        private readonly S1EncoderHandle handle;

        static S1Encoder() {
            Loader.Load();
        }

        /// <summary>An encoder that waits for content.</summary>
        public S1Encoder() {
            IntPtr error;
            Errors.Check(Ffi.safe_s1_encoder_create(out handle, out error), error);
        }

        private S1EncoderHandle Handle {
            get { return Arguments.Open(handle, "S1Encoder"); }
        }

        /// <summary>Appends content, of at most 1 GiB in all.</summary>
        public void Write(byte[] data) {
            Write(new ArraySegment<byte>(Arguments.NotNull(data, "data")));
        }

        /// <summary>Appends a part of an array.</summary>
        public void Write(ArraySegment<byte> data) {
            IntPtr error;
            Errors.Check(Ffi.safe_s1_encoder_write(Handle, data, out error), error);
        }

        /// <summary>No more content follows. Gives the data map.</summary>
        public byte[] Finish() {
            BytesHandle map;
            IntPtr error;
            Errors.Check(Ffi.safe_s1_encoder_finish(Handle, out map, out error), error);
            using (map) return Ffi.safe_bytes_data(map);
        }

        /// <summary>
        /// The next chunk that is ready; null if there is none at the moment. Best asked for after each Write, and to the end
        /// after Finish.
        /// </summary>
        public S1Chunk Next() {
            var name = new byte[32];
            BytesHandle chunk;
            IntPtr error;
            Errors.Check(Ffi.safe_s1_encoder_next(Handle, name, out chunk, out error), error);
            using (chunk) return chunk.IsInvalid ? null : new S1Chunk(name, Ffi.safe_bytes_data(chunk));
        }

        /// <summary>Frees it.</summary>
        public void Dispose() {
            handle.Dispose();
        }
    }

    /// <summary>A chunk of the format of 2018.</summary>
    public sealed class S1Chunk {
        internal S1Chunk(byte[] name, byte[] data) {
            Name = name;
            Data = data;
        }

        /// <summary>The 32 bytes that it is to be found by.</summary>
        public byte[] Name { get; private set; }

        /// <summary>What is to be stored.</summary>
        public byte[] Data { get; private set; }
    }

    /// <summary>Reads the chunk format of 2018 ("S1"): a data map, and the chunks that the caller finds by their names.</summary>
    public sealed class S1Map : IDisposable {
        private readonly S1MapHandle handle;

        static S1Map() {
            Loader.Load();
        }

        /// <summary>From a data map. Fails with CorruptException if it is none.</summary>
        public S1Map(byte[] dataMap) {
            Arguments.NotNull(dataMap, "dataMap");
            IntPtr error;
            Errors.Check(Ffi.safe_s1_map_parse(dataMap, out handle, out error), error);
        }

        private S1MapHandle Handle {
            get { return Arguments.Open(handle, "S1Map"); }
        }

        /// <summary>Bytes of content.</summary>
        public ulong Size {
            get { return Ffi.safe_s1_map_size(Handle); }
        }

        /// <summary>How many chunks there are; 0 for small content, which the map holds itself (GetContent).</summary>
        public ulong ChunkCount {
            get { return Ffi.safe_s1_map_chunk_count(Handle); }
        }

        /// <summary>What the map itself holds.</summary>
        public byte[] GetContent() {
            BytesHandle content;
            IntPtr error;
            Errors.Check(Ffi.safe_s1_map_content(Handle, out content, out error), error);
            using (content) return Ffi.safe_bytes_data(content);
        }

        /// <summary>The name of one chunk.</summary>
        public byte[] GetChunkName(ulong index) {
            var name = new byte[32];
            IntPtr error;
            Errors.Check(Ffi.safe_s1_map_chunk_name(Handle, index, name, out error), error);
            return name;
        }

        /// <summary>The content of one chunk from its stored bytes.</summary>
        public byte[] Decrypt(ulong index, byte[] chunk) {
            Arguments.NotNull(chunk, "chunk");
            BytesHandle content;
            IntPtr error;
            Errors.Check(Ffi.safe_s1_map_decrypt(Handle, index, chunk, out content, out error), error);
            using (content) return Ffi.safe_bytes_data(content);
        }

        /// <summary>Frees it.</summary>
        public void Dispose() {
            handle.Dispose();
        }
    }
}
