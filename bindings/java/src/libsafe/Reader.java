package libsafe;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.SeekableByteChannel;

/**
 * Content opened for reading, at random or in order. Every byte is verified before it is given out, and only the chunks that
 * are needed are fetched. Any number of reads may run at a time.
 */
public final class Reader implements AutoCloseable {
    /** The most that the library reads into memory of its own in one operation. */
    static final int MOST = 16 << 20;

    private final Client client; // stays open as long as somebody reads
    private final Handle handle;
    private final long size;

    private Reader(Client client, long value) {
        this.client = client;
        handle = new Handle(value, Ffi::safe_reader_free);
        size = Numbers.checked(Ffi.safe_reader_size(value));
    }

    static Taker<Reader> taker(Client client) {
        return Taker.discarding(op -> new Reader(client, Taker.handle(op, Ffi::safe_op_take_reader)), Reader::close);
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
     * The client that it reads from.
     *
     * @return the client, open or not
     */
    public Client client() {
        return client;
    }

    /**
     * Reads bytes into a new array.
     *
     * @param offset of the first byte
     * @param length the number of bytes; at the end of the content they are fewer
     * @return the bytes, none at or after the end
     * @throws SafeException CHUNK_CORRUPT, NO_SUCH_DATA, CLOSED, INVALID_HANDLE after close
     */
    public byte[] read(long offset, int length) throws SafeException {
        Numbers.notNegative(offset, "offset");
        Numbers.notNegative(length, "length");
        if (length <= MOST) return Waiting.await(this, startRead(offset, length), Taker::bytes);
        byte[] bytes = new byte[(int) Math.min(length, Math.max(size - offset, 0))];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining() && read(offset + buffer.position(), buffer) > 0) { }
        return bytes;
    }

    /**
     * Reads bytes into a new array.
     *
     * @param offset of the first byte
     * @param length the number of bytes, at most 16 MiB; at the end of the content they are fewer
     * @return the bytes, none at or after the end
     */
    public Operation<byte[]> readAsync(long offset, int length) {
        Numbers.notNegative(offset, "offset");
        Numbers.notNegative(length, "length");
        if (length > MOST) throw new IllegalArgumentException("length is above 16 MiB: " + length);
        return Operation.of(this, startRead(offset, length), Taker::bytes);
    }

    /**
     * Reads into a buffer, from its position to its limit, and moves the position. The library writes straight into a direct
     * buffer; for another one at most 16 MiB are read at a time.
     *
     * @param offset of the first byte
     * @param into the buffer
     * @return how many bytes were read: at the end of the content fewer than there is room for, and 0 at or after it
     * @throws SafeException as {@link #read(long, int)}
     */
    public int read(long offset, ByteBuffer into) throws SafeException {
        return Waiting.await(this, startRead(offset, into), filling(into));
    }

    /**
     * Reads into a buffer as {@link #read(long, ByteBuffer)} does. The buffer belongs to the operation until it has ended.
     *
     * @param offset of the first byte
     * @param into the buffer
     * @return how many bytes were read
     */
    public Operation<Integer> readAsync(long offset, ByteBuffer into) {
        return Operation.of(this, startRead(offset, into), into, filling(into));
    }

    private long startRead(long offset, int length) {
        return Ffi.safe_reader_read(handle.value(), offset, length);
    }

    private long startRead(long offset, ByteBuffer into) {
        Numbers.notNegative(offset, "offset");
        if (into.isReadOnly()) throw new ReadOnlyBufferException();
        return into.isDirect()
            ? Ffi.safe_reader_read_into(handle.value(), offset, into)
            : startRead(offset, Math.min(into.remaining(), MOST));
    }

    private static Taker<Integer> filling(ByteBuffer into) {
        if (into.isDirect()) {
            return op -> {
                int count = (int) Taker.number(op);
                into.position(into.position() + count);
                return count;
            };
        }
        return op -> {
            byte[] bytes = Taker.bytes(op);
            into.put(bytes);
            return bytes.length;
        };
    }

    /**
     * The content as a stream, from its beginning. Closing the stream does not close the reader.
     *
     * @return a stream that reads ahead
     */
    public InputStream newInputStream() {
        return new ReaderStream(this, false);
    }

    /**
     * The content as a read-only channel with a position of its own. Closing the channel does not close the reader.
     *
     * @return a channel at position 0
     */
    public SeekableByteChannel newByteChannel() {
        return new ReaderChannel(this, false);
    }

    /** Reads that are under way go on to their end. */
    @Override
    public void close() {
        handle.free();
    }

    @Override
    public String toString() {
        return "reader of " + size + " bytes";
    }
}
