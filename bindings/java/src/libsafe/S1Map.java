package libsafe;

import java.util.Objects;

/** A data map of the chunk format of 2018-2019: what is needed to read one file again. */
public final class S1Map implements AutoCloseable {
    private final Handle handle;

    private S1Map(long value) {
        handle = new Handle(value, Ffi::safe_s1_map_free);
    }

    /**
     * Reads a data map.
     *
     * @param datamap bincode, as {@link S1Encoder#finish} gives it
     * @return the map
     * @throws SafeException BAD_DATA_MAP
     */
    public static S1Map parse(byte[] datamap) throws SafeException {
        Objects.requireNonNull(datamap, "datamap");
        long[] out = new long[1];
        long[] error = new long[1];
        SafeException.check(Ffi.safe_s1_map_parse(datamap, out, error), error);
        return new S1Map(out[0]);
    }

    /**
     * The size of the content.
     *
     * @return bytes
     */
    public long size() {
        return handle.start(Ffi::safe_s1_map_size);
    }

    /**
     * The number of chunks.
     *
     * @return 0 for small content, which is in the map itself: see {@link #content}
     */
    public long chunkCount() {
        return handle.start(Ffi::safe_s1_map_chunk_count);
    }

    /**
     * The content that the map itself holds.
     *
     * @return empty if there are chunks
     * @throws SafeException INVALID_HANDLE after close
     */
    public byte[] content() throws SafeException {
        long[] out = new long[1];
        handle.check((map, error) -> Ffi.safe_s1_map_content(map, out, error));
        return Taker.bytesOf(out[0]);
    }

    /**
     * The name of one chunk.
     *
     * @param index from 0
     * @return 32 bytes
     * @throws SafeException INVALID_RANGE
     */
    public byte[] chunkName(long index) throws SafeException {
        byte[] name = new byte[32];
        handle.check((map, error) -> Ffi.safe_s1_map_chunk_name(map, index, name, error));
        return name;
    }

    /**
     * The plain content of one chunk.
     *
     * @param index from 0
     * @param chunk its stored bytes
     * @return its part of the content
     * @throws SafeException CHUNK_CORRUPT, INVALID_RANGE
     */
    public byte[] decrypt(long index, byte[] chunk) throws SafeException {
        Objects.requireNonNull(chunk, "chunk");
        long[] out = new long[1];
        handle.check((map, error) -> Ffi.safe_s1_map_decrypt(map, index, chunk, out, error));
        return Taker.bytesOf(out[0]);
    }

    @Override
    public void close() {
        handle.free();
    }
}
