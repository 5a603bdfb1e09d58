package libsafe;

import java.util.Objects;

/**
 * Writes the chunk format of 2018-2019 ("S1"), for content from that time: at most 1 GiB a file. Its chunks are kept by the
 * caller, under their SHA3-256 name; vaults do not store them.
 *
 * <p>Call {@link #next} until it gives null after each write, so that memory stays bounded, and once more after
 * {@link #finish}.
 */
public final class S1Encoder implements AutoCloseable {
    /**
     * One chunk.
     *
     * @param name 32 bytes: the SHA3-256 of the data
     * @param data the chunk as it is to be stored
     */
    public record Chunk(byte[] name, byte[] data) {}

    private final Handle handle;

    /**
     * A new encoder, which waits for content.
     *
     * @throws SafeException UNSUPPORTED
     */
    public S1Encoder() throws SafeException {
        long[] out = new long[1];
        long[] error = new long[1];
        SafeException.check(Ffi.safe_s1_encoder_create(out, error), error);
        handle = new Handle(out[0], Ffi::safe_s1_encoder_free);
    }

    /**
     * Appends content.
     *
     * @param data the content
     * @throws SafeException TOO_LARGE above 1 GiB, CLOSED after the end
     */
    public void write(byte[] data) throws SafeException {
        Objects.requireNonNull(data, "data");
        handle.check((encoder, error) -> Ffi.safe_s1_encoder_write(encoder, data, error));
    }

    /**
     * No more content follows.
     *
     * @return the data map, as 2019's clients serialised it (bincode)
     * @throws SafeException CLOSED if it was called before
     */
    public byte[] finish() throws SafeException {
        long[] out = new long[1];
        handle.check((encoder, error) -> Ffi.safe_s1_encoder_finish(encoder, out, error));
        return Taker.bytesOf(out[0]);
    }

    /**
     * The next chunk that is ready.
     *
     * @return a chunk, or null if there is none at the moment
     * @throws SafeException INVALID_HANDLE after close
     */
    public Chunk next() throws SafeException {
        byte[] name = new byte[32];
        long[] out = new long[1];
        handle.check((encoder, error) -> Ffi.safe_s1_encoder_next(encoder, name, out, error));
        return out[0] == 0 ? null : new Chunk(name, Taker.bytesOf(out[0]));
    }

    @Override
    public void close() {
        handle.free();
    }
}
