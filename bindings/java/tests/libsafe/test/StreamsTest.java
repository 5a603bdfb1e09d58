package libsafe.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import libsafe.Client;
import libsafe.Link;
import libsafe.PutOption;
import libsafe.Reader;
import libsafe.Receipt;
import libsafe.SafeCode;
import libsafe.SafeException;
import libsafe.Writer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Readers and writers, and the streams, channels and buffers of Java. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class StreamsTest {
    private final byte[] data = Content.random(9_000_001);
    private Client client;

    @BeforeEach
    void connect() throws Exception {
        client = Client.connect("mem:");
    }

    @AfterEach
    void close() {
        client.close();
    }

    private byte[] part(int from, int to) {
        return Arrays.copyOfRange(data, from, to);
    }

    @Test
    void readsAtRandom() throws Exception {
        try (Reader reader = client.open(client.put(data).link())) {
            assertEquals(data.length, reader.size());
            assertArrayEquals(part(4_194_300, 4_194_310), reader.read(4_194_300, 10));
            assertArrayEquals(part(4_194_300, 4_194_310), reader.readAsync(4_194_300, 10).get());
            assertArrayEquals(part(9_000_000, 9_000_001), reader.read(9_000_000, 1000), "fewer at the end");
            assertEquals(0, reader.read(data.length, 10).length);
            assertEquals(0, reader.read((1L << 53) + 1, 10).length, "offsets are not narrowed");
            assertEquals(0, reader.read(Long.MAX_VALUE, 10).length);
            assertArrayEquals(data, reader.read(0, Integer.MAX_VALUE), "more than fits into one operation");
        }
    }

    @Test
    void readsIntoBuffersWithOffsets() throws Exception {
        try (Reader reader = client.open(client.put(data).link())) {
            ByteBuffer direct = ByteBuffer.allocateDirect(100);
            ByteBuffer heap = ByteBuffer.allocate(200).slice(50, 100);
            ByteBuffer directSlice = ByteBuffer.allocateDirect(200).slice(50, 100);
            for (ByteBuffer buffer : new ByteBuffer[] {direct, heap, directSlice}) {
                buffer.position(10).limit(30);
                assertEquals(20, reader.read(5_000_000, buffer));
                assertEquals(30, buffer.position());
                buffer.limit(60);
                assertEquals(30, reader.readAsync(5_000_020, buffer).get());
                assertEquals(60, buffer.position());
                byte[] all = new byte[100];
                buffer.clear().get(all);
                assertArrayEquals(part(5_000_000, 5_000_050), Arrays.copyOfRange(all, 10, 60));
                assertArrayEquals(new byte[10], Arrays.copyOf(all, 10), "before the position");
                assertArrayEquals(new byte[40], Arrays.copyOfRange(all, 60, 100), "after the limit");
                buffer.clear();
                assertEquals(1, reader.read(9_000_000, buffer));
                assertEquals(0, reader.read(9_000_001, buffer));
                assertEquals(1, buffer.position());
            }
            assertThrows(ReadOnlyBufferException.class, () -> reader.read(0, direct.asReadOnlyBuffer()));
        }
    }

    @Test
    void anInputStream() throws Exception {
        Link link = client.put(data).link();
        try (InputStream in = client.newInputStream(link)) {
            assertArrayEquals(data, in.readAllBytes());
            assertEquals(-1, in.read());
            assertEquals(-1, in.read(new byte[10]));
            assertEquals(0, in.read(new byte[0]));
        }
        try (Reader reader = client.open(link); InputStream in = reader.newInputStream()) {
            assertEquals(data[0] & 0xff, in.read());
            in.mark(0);
            assertEquals(5_000_000, in.skip(5_000_000));
            assertArrayEquals(part(5_000_001, 5_000_004), in.readNBytes(3));
            in.reset();
            assertArrayEquals(part(1, 11), in.readNBytes(10));
            in.reset();
            assertArrayEquals(part(1, 11), in.readNBytes(10), "again, from what was read ahead");
            byte[] room = new byte[100];
            assertEquals(10, in.read(room, 50, 10));
            assertArrayEquals(part(11, 21), Arrays.copyOfRange(room, 50, 60));
            assertEquals(data.length - 21, in.skip(Long.MAX_VALUE));
            assertEquals(-1, in.read());
            assertThrows(IndexOutOfBoundsException.class, () -> in.read(room, 50, 51));
            in.close();
            assertThrows(IOException.class, in::read);
            assertEquals(3, reader.read(0, 3).length, "the reader is still open");
        }
    }

    @Test
    void aChannel() throws Exception {
        SeekableByteChannel closed;
        try (SeekableByteChannel channel = client.newByteChannel(client.put(data).link())) {
            closed = channel;
            assertTrue(channel.isOpen());
            assertEquals(data.length, channel.size());
            ByteBuffer buffer = ByteBuffer.allocateDirect(1000).position(1);
            assertEquals(999, channel.position(8_000_000).read(buffer));
            assertEquals(8_000_999, channel.position());
            assertEquals(0, channel.read(buffer), "no room");
            assertEquals(-1, channel.position(Long.MAX_VALUE).read(buffer.clear()));
            assertEquals(-1, channel.position(data.length).read(buffer));
            assertThrows(IllegalArgumentException.class, () -> channel.position(-1));
            assertThrows(NonWritableChannelException.class, () -> channel.write(buffer));
            assertThrows(NonWritableChannelException.class, () -> channel.truncate(0));
        }
        assertFalse(closed.isOpen());
        assertThrows(ClosedChannelException.class, () -> closed.read(ByteBuffer.allocate(1)));
        assertThrows(ClosedChannelException.class, closed::position);
    }

    @Test
    void anOutputStream() throws Exception {
        Writer writer = client.newWriter();
        try (OutputStream out = new GZIPOutputStream(writer)) {
            out.write(data, 0, 100_000);
        }
        try (InputStream in = new GZIPInputStream(client.newInputStream(writer.receipt().link()))) {
            assertArrayEquals(part(0, 100_000), in.readAllBytes());
        }
    }

    @Test
    void everyWayOfWritingInTurn() throws Exception {
        try (Writer writer = client.newWriter(data.length)) {
            for (int at = 0; at < 1000; ++at) writer.write(data[at]);
            writer.write(data, 1000, 500_000);
            writer.write(part(501_000, 2_500_000));
            writer.write(ByteBuffer.wrap(data, 2_500_000, 500_000).slice());
            writer.flush();
            writer.flush();
            writer.write(ByteBuffer.allocateDirect(data.length).put(data).position(3_000_000).limit(8_000_000));
            ByteBuffer heap = ByteBuffer.wrap(data, 8_000_000, 500_000);
            writer.writeAsync(heap).get();
            assertFalse(heap.hasRemaining());
            ByteBuffer direct = ByteBuffer.allocateDirect(data.length).put(data).position(8_500_000);
            writer.writeAsync(direct).get();
            assertFalse(direct.hasRemaining());
            writer.write(new byte[0]);
            Receipt receipt = writer.finishAsync().get();
            assertSame(receipt, writer.finish());
            assertSame(receipt, writer.finishAsync().get());
            assertSame(receipt, writer.receipt());
            assertEquals(client.put(data).link(), receipt.link());
        }
    }

    @Test
    void aWriterThatHoldsNothingBack() throws Exception {
        try (Writer writer = client.newWriter(data.length, PutOption.REPLAY)) {
            writer.write(data);
            int again = (int) writer.replaySize();
            assertTrue(again > 0);
            writer.write(data, 0, again);
            assertEquals(client.put(data).link(), writer.finish().link());
        }
    }

    @Test
    void anAnnouncedSizeIsKept() throws Exception {
        Writer few = client.newWriter(100);
        few.write(new byte[99]);
        assertEquals(SafeCode.SIZE_MISMATCH, assertThrows(SafeException.class, few::close).code());
        few.close(); // it has ended
        Writer many = client.newWriter(100);
        many.write(new byte[101]);
        assertEquals(SafeCode.SIZE_MISMATCH, assertThrows(SafeException.class, many::finish).code());
        assertThrows(IllegalStateException.class, many::receipt);
    }

    @Test
    void anAbandonedWriterIsOver() throws Exception {
        Writer writer = client.newWriterAsync().get();
        writer.write(new byte[10]);
        writer.abandon();
        writer.abandon();
        writer.close();
        assertThrows(IllegalStateException.class, writer::receipt);
        assertEquals(SafeCode.INVALID_HANDLE, assertThrows(SafeException.class, () -> writer.write(1)).code());
        assertEquals(SafeCode.INVALID_HANDLE, assertThrows(SafeException.class, writer::finish).code());
    }

    @Test
    void oneWriteAtATime() throws Exception {
        try (Writer writer = client.newWriter()) {
            ByteBuffer large = ByteBuffer.allocateDirect(64 << 20);
            var first = writer.writeAsync(large.duplicate());
            try {
                writer.writeAsync(large.duplicate()).get();
                assertTrue(first.isDone(), "two writes were taken at once");
            } catch (java.util.concurrent.ExecutionException refused) {
                assertEquals(SafeCode.PENDING, ((SafeException) refused.getCause()).code());
            }
            first.get();
        }
    }
}
