package libsafe;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Content being pushed in, as an {@link OutputStream}.
 *
 * <p>{@link #finish} ends the content and gives the receipt, which {@link #close} does too if it was not done before.
 * {@link #abandon} gives the content up. A writer that is forgotten is abandoned. After a failure, which a cancellation is
 * too, every further call fails in the same way.
 *
 * <p>Writes return when the writer can take more. Small ones are collected in memory of the library and go on when there is a
 * mebibyte of them, or with {@link #flush}.
 */
public final class Writer extends OutputStream {
    private static final int ROOM = 1 << 20;

    private final Client client; // stays open as long as somebody writes
    private final Handle handle;
    private ByteBuffer room; // of the library, to be written to; null if there is none at the moment
    private boolean ended;
    private volatile Receipt receipt;

    private Writer(Client client, long value) {
        this.client = client;
        handle = new Handle(value, Ffi::safe_writer_free);
    }

    static Taker<Writer> taker(Client client) {
        return Taker.discarding(op -> new Writer(client, Taker.handle(op, Ffi::safe_op_take_writer)), Writer::abandon);
    }

    /**
     * The client that it writes to.
     *
     * @return the client, open or not
     */
    public Client client() {
        return client;
    }

    @Override
    public synchronized void write(int value) throws SafeException {
        reserve();
        room.put((byte) value);
        commitIfFull();
    }

    @Override
    public void write(byte[] data) throws SafeException {
        write(data, 0, data.length);
    }

    @Override
    public synchronized void write(byte[] data, int from, int length) throws SafeException {
        Objects.checkFromIndexSize(from, length, data.length);
        copy(ByteBuffer.wrap(data, from, length));
    }

    /**
     * Appends what is between a buffer's position and its limit, and moves the position. The library reads straight from a
     * direct buffer.
     *
     * @param data the bytes
     * @throws SafeException SIZE_MISMATCH, STORE_FULL, CLOSED, INVALID_HANDLE after the end, and others
     */
    public synchronized void write(ByteBuffer data) throws SafeException {
        if (!data.isDirect()) {
            copy(data);
            return;
        }
        flush();
        Waiting.await(this, Ffi.safe_writer_write(handle.value(), data), Taker::nothing);
        data.position(data.limit());
    }

    /**
     * Appends what is between a buffer's position and its limit, and moves the position when that is done. One write at a
     * time. A direct buffer belongs to the operation until it has ended; the bytes of another one, 4 MiB at most, are copied
     * before this returns.
     *
     * @param data the bytes
     * @return an operation without a result, which is done when the writer can take more
     * @throws SafeException if what was written before cannot be stored
     */
    public synchronized Operation<Void> writeAsync(ByteBuffer data) throws SafeException {
        flush();
        Taker<Void> taker = op -> {
            Taker.nothing(op);
            data.position(data.limit());
            return null;
        };
        if (data.isDirect()) return Operation.of(this, Ffi.safe_writer_write(handle.value(), data), data, taker);
        ByteBuffer memory = reserve(Math.max(data.remaining(), 1));
        memory.put(data.duplicate());
        return Operation.of(this, Ffi.safe_writer_commit(handle.value(), memory.position()), taker);
    }

    /** Hands in what was collected. */
    @Override
    public synchronized void flush() throws SafeException {
        if (room != null && room.position() > 0) commit();
    }

    private void copy(ByteBuffer data) throws SafeException {
        while (data.hasRemaining()) {
            reserve();
            int count = Math.min(room.remaining(), data.remaining());
            room.put(room.position(), data, data.position(), count);
            room.position(room.position() + count);
            data.position(data.position() + count);
            commitIfFull();
        }
    }

    private void reserve() throws SafeException {
        if (room == null) room = reserve(ROOM);
    }

    private ByteBuffer reserve(int size) throws SafeException {
        ByteBuffer[] memory = new ByteBuffer[1];
        handle.check((writer, error) -> Ffi.safe_writer_reserve(writer, size, memory, error));
        return memory[0];
    }

    private void commitIfFull() throws SafeException {
        if (!room.hasRemaining()) commit();
    }

    /** The room is the library's again, whatever comes of it. */
    private void commit() throws SafeException {
        int size = room.position();
        room = null;
        Waiting.await(this, Ffi.safe_writer_commit(handle.value(), size), Taker::nothing);
    }

    /**
     * How many of the first bytes are to be written once more after the last one, with {@link PutOption#REPLAY}.
     *
     * @return bytes; 0 without that option
     */
    public long replaySize() {
        return handle.start(Ffi::safe_writer_replay_size);
    }

    /**
     * Ends the content. May be called again for the same receipt.
     *
     * @return what was made
     * @throws SafeException SIZE_MISMATCH if fewer bytes were written than announced, and as {@link #write(ByteBuffer)}
     */
    public synchronized Receipt finish() throws SafeException {
        if (receipt != null) return receipt;
        try {
            flush();
            receipt = Waiting.await(this, Ffi.safe_writer_close(handle.value()), Receipt::take);
            return receipt;
        } finally {
            end();
        }
    }

    /**
     * Ends the content.
     *
     * @return the receipt
     * @throws SafeException if what was written before cannot be stored
     */
    public synchronized Operation<Receipt> finishAsync() throws SafeException {
        if (receipt != null) return Operation.ended(receipt);
        flush();
        return Operation.of(this, Ffi.safe_writer_close(handle.value()), op -> {
            try {
                receipt = Receipt.take(op);
                return receipt;
            } finally {
                end();
            }
        });
    }

    /**
     * What was made.
     *
     * @return the receipt
     * @throws IllegalStateException if the content was not finished
     */
    public Receipt receipt() {
        Receipt made = receipt;
        if (made == null) throw new IllegalStateException("the writer has no receipt: it was not finished");
        return made;
    }

    /** Gives the content up. Chunks that were sent stay in the vault; nothing refers to them. */
    public synchronized void abandon() {
        end();
    }

    /** The room goes with the handle, so both under the lock that writes hold. */
    private synchronized void end() {
        ended = true;
        room = null;
        handle.free();
    }

    /**
     * Finishes the content, unless it was finished or abandoned.
     *
     * @throws SafeException as {@link #finish}
     */
    @Override
    public synchronized void close() throws SafeException {
        if (!ended) finish();
    }

    @Override
    public String toString() {
        return "writer" + (ended ? ", ended" : "");
    }
}
