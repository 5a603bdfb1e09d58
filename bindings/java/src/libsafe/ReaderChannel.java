package libsafe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** Content as a channel that cannot be written to. */
final class ReaderChannel implements SeekableByteChannel {
    private final Reader reader;
    private final boolean owned; // is closed with the channel
    private long position;
    private volatile boolean closed;

    ReaderChannel(Reader reader, boolean owned) {
        this.reader = reader;
        this.owned = owned;
    }

    private void checkOpen() throws ClosedChannelException {
        if (closed) throw new ClosedChannelException();
    }

    @Override
    public synchronized int read(ByteBuffer into) throws IOException {
        checkOpen();
        if (into.hasRemaining() && position >= reader.size()) return -1;
        int count = reader.read(position, into);
        position += count;
        return count;
    }

    @Override
    public synchronized long position() throws IOException {
        checkOpen();
        return position;
    }

    @Override
    public synchronized SeekableByteChannel position(long wanted) throws IOException {
        checkOpen();
        position = Numbers.notNegative(wanted, "position");
        return this;
    }

    @Override
    public long size() throws IOException {
        checkOpen();
        return reader.size();
    }

    @Override
    public int write(ByteBuffer from) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() {
        closed = true;
        if (owned) reader.close();
    }
}
