package libsafe;

import java.util.Objects;

/** What a {@link Client} does with single chunks. */
abstract class ClientChunks extends Connection {
    ClientChunks(long value) {
        super(value);
    }

    /**
     * One chunk as it is stored.
     *
     * @param address 32 bytes
     * @return 1 byte to 4 MiB
     * @throws SafeException NO_SUCH_DATA, CHUNK_CORRUPT
     */
    public byte[] chunkGet(byte[] address) throws SafeException {
        return Waiting.await(client(), startChunkGet(address), Taker::bytes);
    }

    /**
     * One chunk as it is stored.
     *
     * @param address 32 bytes
     * @return 1 byte to 4 MiB
     */
    public Operation<byte[]> chunkGetAsync(byte[] address) {
        return Operation.of(client(), startChunkGet(address), Taker::bytes);
    }

    private long startChunkGet(byte[] address) {
        return Ffi.safe_chunk_get(value(), Objects.requireNonNull(address, "address"));
    }

    /**
     * Stores bytes as they are, unencrypted, as one chunk.
     *
     * @param data 1 byte to 4 MiB
     * @return the address, 32 bytes
     * @throws SafeException DATA_TOO_LARGE, INVALID_ARGUMENT
     */
    public byte[] chunkPut(byte[] data) throws SafeException {
        return Waiting.await(client(), startChunkPut(data), Taker::address);
    }

    /**
     * Stores bytes as they are, unencrypted, as one chunk.
     *
     * @param data 1 byte to 4 MiB, copied before this returns
     * @return the address, 32 bytes
     */
    public Operation<byte[]> chunkPutAsync(byte[] data) {
        return Operation.of(client(), startChunkPut(data), Taker::address);
    }

    private long startChunkPut(byte[] data) {
        return Ffi.safe_chunk_put(value(), Objects.requireNonNull(data, "data"));
    }

    /**
     * Whether the vault says that it has a chunk.
     *
     * @param address 32 bytes
     * @return what it says
     * @throws SafeException one of STORE_…
     */
    public boolean chunkExists(byte[] address) throws SafeException {
        return Waiting.await(client(), startChunkExists(address), Taker::truth);
    }

    /**
     * Whether the vault says that it has a chunk.
     *
     * @param address 32 bytes
     * @return what it says
     */
    public Operation<Boolean> chunkExistsAsync(byte[] address) {
        return Operation.of(client(), startChunkExists(address), Taker::truth);
    }

    private long startChunkExists(byte[] address) {
        return Ffi.safe_chunk_exists(value(), Objects.requireNonNull(address, "address"));
    }
}
