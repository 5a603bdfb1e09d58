package libsafe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a put has made. A plain value: there is nothing to close. */
public final class Receipt {
    /**
     * One stored chunk.
     *
     * @param address 32 bytes
     * @param size bytes as stored
     */
    public record Chunk(byte[] address, long size) {}

    private final Link link;
    private final long size;
    private final long newChunks;
    private final long newBytes;
    private final List<Chunk> chunks = new ArrayList<>();

    private Receipt(long handle) throws SafeException {
        long[] out = new long[1];
        long[] error = new long[1];
        SafeException.check(Ffi.safe_receipt_link(handle, out, error), error);
        link = Link.of(out[0]);
        size = Ffi.safe_receipt_size(handle);
        newChunks = Ffi.safe_receipt_new_chunks(handle);
        newBytes = Ffi.safe_receipt_new_bytes(handle);
        long count = Ffi.safe_receipt_chunk_count(handle);
        for (long index = 0; index < count; ++index) {
            byte[] address = new byte[32];
            SafeException.check(Ffi.safe_receipt_chunk(handle, index, address, out, error), error);
            chunks.add(new Chunk(address, out[0]));
        }
    }

    static Receipt take(long op) throws SafeException {
        long handle = Taker.handle(op, Ffi::safe_op_take_receipt);
        try {
            return new Receipt(handle);
        } finally {
            Ffi.safe_receipt_free(handle);
        }
    }

    /**
     * What is needed to read the content again.
     *
     * @return the link
     */
    public Link link() {
        return link;
    }

    /**
     * The size of the content.
     *
     * @return bytes
     */
    public long size() {
        return size;
    }

    /**
     * How many chunks the vault did not have yet.
     *
     * @return chunks
     */
    public long newChunks() {
        return newChunks;
    }

    /**
     * How many bytes of chunks the vault did not have yet.
     *
     * @return bytes
     */
    public long newBytes() {
        return newBytes;
    }

    /**
     * All chunks, in the order in which they were made.
     *
     * @return a list that does not change
     */
    public List<Chunk> chunks() {
        return Collections.unmodifiableList(chunks);
    }

    @Override
    public String toString() {
        return "receipt for " + size + " bytes, " + newChunks + " new chunks, " + link;
    }
}
