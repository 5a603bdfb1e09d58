package libsafe.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.List;
import libsafe.Client;
import libsafe.Key;
import libsafe.Library;
import libsafe.Link;
import libsafe.Operation;
import libsafe.Reader;
import libsafe.S1Encoder;
import libsafe.SafeCode;
import libsafe.SafeException;
import libsafe.Writer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/** How long things live: closed, closed twice, forgotten, and in which order. */
@ExtendWith(NoLeaks.class)
@Timeout(120)
class LifeTest {
    private static void fails(int code, Executable call) {
        SafeException problem = assertThrows(SafeException.class, call);
        assertEquals(code, problem.code(), problem.toString());
    }

    /** Collects until nothing is left. */
    private static void collect() throws InterruptedException {
        for (int tries = 0; tries < 1000 && Library.liveHandles() != 0; ++tries) {
            System.gc();
            Thread.sleep(10);
        }
        assertEquals(0, Library.liveHandles());
    }

    @Test
    void closingTwiceDoesNothing() throws Exception {
        Client client = Client.connect("mem:");
        Link link = client.put(new byte[10]).link();
        Reader reader = client.open(link);
        Key key = Key.generate();
        InputStream in = reader.newInputStream();
        SeekableByteChannel channel = client.newByteChannel(link);
        for (AutoCloseable thing : new AutoCloseable[] {in, channel, reader, key, client}) {
            thing.close();
            thing.close();
        }
    }

    @Test
    void afterCloseEverythingFails() throws Exception {
        Client client = Client.connect("mem:");
        Link link = client.put(new byte[10]).link();
        Reader reader = client.open(link);
        Writer writer = client.newWriter();
        Key key = Key.generate();
        reader.close();
        fails(SafeCode.INVALID_HANDLE, () -> reader.read(0, 1));
        fails(SafeCode.INVALID_HANDLE, () -> reader.read(0, ByteBuffer.allocateDirect(1)));
        assertEquals(10, reader.size(), "what it said before");
        client.close();
        fails(SafeCode.INVALID_HANDLE, () -> client.put(new byte[1]));
        fails(SafeCode.INVALID_HANDLE, () -> client.put(new byte[2 << 20]));
        fails(SafeCode.INVALID_HANDLE, () -> client.get(link));
        fails(SafeCode.INVALID_HANDLE, () -> client.open(link));
        fails(SafeCode.INVALID_HANDLE, () -> client.newWriter());
        fails(SafeCode.INVALID_HANDLE, () -> client.createRecord(key, "label", new byte[0]));
        fails(SafeCode.INVALID_HANDLE, () -> client.listRecords(new byte[32], 1, 1));
        assertTrue(client.getAsync(link).handle((value, failure) -> failure).join() instanceof SafeException);
        assertEquals("mem:", client.url());
        fails(SafeCode.CLOSED, () -> writer.write(1));
        writer.abandon();
        key.close();
        fails(SafeCode.INVALID_HANDLE, key::seed);
        fails(SafeCode.INVALID_HANDLE, () -> key.sign(new byte[1]));
        assertEquals("key, closed", key.toString());
    }

    @Test
    void childrenOutliveTheirClient() throws Exception {
        Client client = Client.connect("mem:");
        Link link = client.put(Content.random(5_000_000)).link();
        Reader reader = client.open(link);
        Writer writer = client.newWriter();
        writer.write(1); // is collected, and handed in at the end
        client.close();
        fails(SafeCode.CLOSED, () -> reader.read(0, 10));
        fails(SafeCode.CLOSED, writer::finish);
        reader.close();
    }

    @Test
    void childrenKeepAForgottenClientOpen() throws Exception {
        Link[] link = new Link[1];
        Reader reader = readerOfForgotten(link);
        Writer writer = writerOfForgotten();
        InputStream in = streamOfForgotten();
        for (int round = 0; round < 10; ++round) {
            System.gc();
            Thread.sleep(5);
        }
        assertArrayEquals(Content.random(5_000_000), reader.read(0, 5_000_000));
        assertArrayEquals(Content.random(5_000_000), reader.client().get(link[0]));
        assertArrayEquals(Content.random(3_000_000), in.readAllBytes());
        writer.write(new byte[5_000_000]);
        assertEquals(5_000_000, writer.finish().size());
        reader.close();
        in.close();
        assertEquals(10, writer.client().get(writer.client().put(new byte[10]).link()).length);
        in = null;
        reader = null;
        writer = null;
        collect();
    }

    private static Reader readerOfForgotten(Link[] link) throws Exception {
        Client client = Client.connect("mem:");
        link[0] = client.put(Content.random(5_000_000)).link();
        return client.open(link[0]);
    }

    private static Writer writerOfForgotten() throws Exception {
        return Client.connect("mem:").newWriter();
    }

    private static InputStream streamOfForgotten() throws Exception {
        Client client = Client.connect("mem:");
        return client.newInputStream(client.put(Content.random(3_000_000)).link());
    }

    @Test
    void anOperationKeepsAForgottenClientOpen() throws Exception {
        List<Operation<Long>> operations = new ArrayList<>();
        for (int index = 0; index < 10; ++index) operations.add(sizeByForgotten());
        for (int round = 0; round < 5; ++round) System.gc();
        for (Operation<Long> operation : operations) assertEquals(3_000_000L, operation.get());
        operations.clear();
        collect();
    }

    private static Operation<Long> sizeByForgotten() throws Exception {
        java.nio.file.Path file = java.nio.file.Files.createTempFile("libsafe", "test");
        java.nio.file.Files.write(file, Content.random(3_000_000));
        Client client = Client.connect("mem:");
        Link link = client.put(file).link();
        file.toFile().deleteOnExit();
        return client.getFileAsync(link, file);
    }

    @Test
    void whatIsForgottenIsFreed() throws Exception {
        for (int index = 0; index < 100; ++index) forget();
        assertTrue(Library.liveHandles() > 0);
        collect();
    }

    private static void forget() throws Exception {
        Client client = Client.connect("mem:");
        Link link = client.put(new byte[1000]).link();
        client.open(link).newInputStream().read();
        client.newByteChannel(link).read(ByteBuffer.allocate(1));
        Writer writer = client.newWriter();
        writer.write(new byte[1000]);
        Key.generate();
        new S1Encoder().write(new byte[10]);
        client.openAsync(link).get();
        client.getAsync(link);
    }

    @Test
    void closingInTheMiddleOfOperations() throws Exception {
        byte[] data = Content.random(300_000);
        for (int round = 0; round < 20; ++round) {
            Client client = Client.connect("mem:");
            List<Operation<?>> operations = new ArrayList<>();
            for (int index = 0; index < 20; ++index) operations.add(client.putAsync(data));
            client.close();
            for (Operation<?> operation : operations) {
                Object failure = operation.handle((value, problem) -> problem).get();
                if (failure == null) continue;
                int code = ((SafeException) failure).code();
                assertTrue(code == SafeCode.CLOSED || code == SafeCode.CANCELLED, failure.toString());
            }
        }
    }

    @Test
    void closingWhileOthersCall() throws Exception {
        for (int round = 0; round < 20; ++round) {
            Client client = Client.connect("mem:");
            Link link = client.put(new byte[1000]).link();
            List<Thread> threads = new ArrayList<>();
            List<Throwable> wrong = java.util.Collections.synchronizedList(new ArrayList<>());
            for (int index = 0; index < 4; ++index) {
                threads.add(new Thread(() -> {
                    try {
                        while (true) {
                            try (Reader reader = client.open(link)) {
                                reader.read(0, 10);
                            }
                        }
                    } catch (SafeException problem) {
                        int code = problem.code();
                        if (code != SafeCode.CLOSED && code != SafeCode.INVALID_HANDLE && code != SafeCode.CANCELLED) {
                            wrong.add(problem);
                        }
                    } catch (Throwable problem) {
                        wrong.add(problem);
                    }
                }));
            }
            threads.forEach(Thread::start);
            Thread.sleep(5);
            client.close();
            for (Thread thread : threads) thread.join();
            assertEquals(List.of(), wrong);
        }
    }
}
