package libsafe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Content as an InputStream: reads ahead into a direct buffer, so that single bytes cost no call. */
final class ReaderStream extends InputStream {
    private static final int AHEAD = 1 << 20;

    private final Reader reader;
    private final boolean owned; // is closed with the stream
    private final ByteBuffer ahead;
    private long next; // where the content goes on after what is in `ahead`
    private long mark;
    private boolean closed;

    ReaderStream(Reader reader, boolean owned) {
        this.reader = reader;
        this.owned = owned;
        ahead = ByteBuffer.allocateDirect((int) Math.min(AHEAD, Math.max(reader.size(), 1))).limit(0);
    }

    /** Whether there are bytes, having read some if there were none. */
    private boolean filled() throws IOException {
        if (closed) throw new IOException("the stream is closed");
        if (ahead.hasRemaining()) return true;
        ahead.clear();
        try {
            next += reader.read(next, ahead);
        } finally {
            ahead.flip();
        }
        return ahead.hasRemaining();
    }

    @Override
    public synchronized int read() throws IOException {
        return filled() ? ahead.get() & 0xff : -1;
    }

    @Override
    public synchronized int read(byte[] into, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, into.length);
        if (length == 0) return 0;
        if (!filled()) return -1;
        int count = Math.min(length, ahead.remaining());
        ahead.get(into, from, count);
        return count;
    }

    @Override
    public synchronized long skip(long count) throws IOException {
        if (closed) throw new IOException("the stream is closed");
        long skipped = Math.min(Math.max(count, 0), reader.size() - position());
        seek(position() + skipped);
        return skipped;
    }

    @Override
    public synchronized int available() throws IOException {
        if (closed) throw new IOException("the stream is closed");
        return ahead.remaining();
    }

    @Override
    public boolean markSupported() {
        return true;
    }

    @Override
    public synchronized void mark(int limit) {
        mark = position();
    }

    @Override
    public synchronized void reset() throws IOException {
        if (closed) throw new IOException("the stream is closed");
        seek(mark);
    }

    private long position() {
        return next - ahead.remaining();
    }

    private void seek(long position) {
        long back = next - position;
        if (back >= 0 && back <= ahead.limit()) {
            ahead.position((int) (ahead.limit() - back));
        } else {
            ahead.limit(0);
            next = position;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (owned) reader.close();
    }
}
