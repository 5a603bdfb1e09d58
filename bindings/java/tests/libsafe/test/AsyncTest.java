package libsafe.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import libsafe.Client;
import libsafe.Library;
import libsafe.Link;
import libsafe.Operation;
import libsafe.Port;
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

/** Futures: how they end, and what cancelling them does. The store makes operations wait as long as a test wants. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class AsyncTest {
    private final MemoryStore store = new MemoryStore();
    private Port port;
    private Client client;
    private Link link;
    private CountDownLatch gate;

    @BeforeEach
    void connect() throws Exception {
        port = Port.serve("slow", (url, create) -> store);
        client = Client.connect("slow:");
        link = client.put(Content.random(9_000_000)).link();
    }

    @AfterEach
    void close() {
        if (gate != null) gate.countDown();
        client.close();
        port.close();
    }

    private Operation<byte[]> waiting() throws InterruptedException {
        gate = store.shut();
        Operation<byte[]> operation = client.getAsync(link);
        store.awaitWaiting();
        assertFalse(operation.isDone());
        return operation;
    }

    @Test
    void aFailureIsTheCause() throws Exception {
        Operation<byte[]> operation = client.getAsync(Link.fromAddress(new byte[32]));
        ExecutionException failure = assertThrows(ExecutionException.class, operation::get);
        assertEquals(SafeCode.NO_SUCH_DATA, assertInstanceOf(SafeException.class, failure.getCause()).code());
        assertInstanceOf(SafeException.class, assertThrows(CompletionException.class, operation::join).getCause());
        assertTrue(operation.isCompletedExceptionally());
        assertFalse(operation.isCancelled());
        assertFalse(operation.cancel(true), "it is over");
    }

    @Test
    void cancelStopsTheWork() throws Exception {
        Operation<byte[]> operation = waiting();
        assertTrue(operation.cancel(true));
        assertTrue(operation.cancel(false), "and again");
        assertTrue(operation.isCancelled());
        assertThrows(CancellationException.class, operation::join);
        assertEquals(3, clientAndPort(), "the operation is gone, although the store still waits");
    }

    /** The handles of the test itself: the client, its port, and one request that the store has not answered. */
    private static long clientAndPort() throws InterruptedException {
        for (int tries = 0; tries < 1000 && Library.liveHandles() > 3; ++tries) Thread.sleep(5);
        return Library.liveHandles();
    }

    @Test
    void aTimeoutStopsTheWork() throws Exception {
        Operation<byte[]> operation = waiting();
        operation.orTimeout(20, TimeUnit.MILLISECONDS);
        assertInstanceOf(TimeoutException.class, assertThrows(ExecutionException.class, operation::get).getCause());
        assertEquals(3, clientAndPort());
    }

    @Test
    void aBufferIsTheCallersWhenCancelReturns() throws Exception {
        try (Reader reader = client.open(link)) {
            gate = store.shut();
            for (ByteBuffer buffer : new ByteBuffer[] {ByteBuffer.allocateDirect(5_000_000), ByteBuffer.allocate(5_000_000)}) {
                Operation<Integer> operation = reader.readAsync(0, buffer);
                store.awaitWaiting();
                assertTrue(operation.cancel(true));
                assertTrue(operation.isDone());
                assertEquals(0, buffer.position());
            }
            gate.countDown();
            Thread.sleep(50);
            ByteBuffer untouched = ByteBuffer.allocateDirect(5_000_000);
            gate = store.shut();
            Operation<Integer> operation = reader.readAsync(0, untouched);
            operation.cancel(true);
            gate.countDown();
            Thread.sleep(50);
            if (operation.isCancelled()) assertEquals(0, untouched.position());
        }
    }

    @Test
    void aTimeoutOfABufferIsToldAsOne() throws Exception {
        try (Reader reader = client.open(link)) {
            gate = store.shut();
            Operation<Integer> operation = reader.readAsync(0, ByteBuffer.allocateDirect(10));
            operation.orTimeout(20, TimeUnit.MILLISECONDS);
            assertInstanceOf(TimeoutException.class, assertThrows(ExecutionException.class, operation::get).getCause());
        }
    }

    @Test
    void whatIsDoneIsNotCancelled() throws Exception {
        Operation<byte[]> operation = client.getAsync(link);
        byte[] data = operation.get();
        assertFalse(operation.cancel(true));
        assertFalse(operation.isCancelled());
        assertArrayEquals(data, operation.get());
    }

    @Test
    void whatIsMadeForNobodyIsFreed() throws Exception {
        for (int round = 0; round < 200; ++round) {
            drop(client.openAsync(link));
            drop(client.newWriterAsync());
            drop(Client.connectAsync("mem:"));
        }
    }

    /** What had been made before it could be cancelled is the caller's. */
    private static void drop(Operation<? extends AutoCloseable> operation) throws Exception {
        if (!operation.cancel(true)) operation.get().close();
    }

    @Test
    void stagesMayWait() throws Exception {
        byte[] data = client.getAsync(link).thenApply(first -> client.getAsync(link).join()).thenApply(second -> {
            try {
                return client.get(link);
            } catch (SafeException problem) {
                throw new CompletionException(problem);
            }
        }).get();
        assertArrayEquals(Content.random(9_000_000), data);

        int stages = 50; // more of them wait at a time than there are threads
        CountDownLatch all = new CountDownLatch(1);
        Operation<?>[] gets = new Operation<?>[stages];
        for (int index = 0; index < stages; ++index) gets[index] = client.chunkExistsAsync(new byte[32]);
        var last = client.chunkExistsAsync(new byte[32]);
        var ends = new java.util.ArrayList<java.util.concurrent.CompletableFuture<?>>();
        for (Operation<?> get : gets) ends.add(get.thenAccept(done -> last.thenRun(all::countDown).join()));
        for (var end : ends) end.get();
        assertEquals(0, all.getCount());
    }

    @Test
    void progress() throws Exception {
        Operation<Receipt> operation = client.putAsync(Content.random(5_000_000));
        operation.get();
        assertEquals(new Operation.Progress(5_000_000, 5_000_000), operation.progress());
    }

    @Test
    void anInterruptedThreadStopsWaiting() throws Exception {
        gate = store.shut();
        AtomicReference<SafeException> failure = new AtomicReference<>();
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                client.get(link);
            } catch (SafeException problem) {
                failure.set(problem);
            }
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        thread.start();
        store.awaitWaiting();
        thread.interrupt();
        thread.join();
        assertEquals(SafeCode.CANCELLED, failure.get().code());
        assertTrue(interrupted.get(), "it stays interrupted");
    }

    @Test
    void aClosedClientEndsItsOperations() throws Exception {
        Operation<byte[]> operation = waiting();
        client.close();
        SafeException problem = (SafeException) assertThrows(ExecutionException.class, operation::get).getCause();
        assertTrue(problem.code() == SafeCode.CLOSED || problem.code() == SafeCode.CANCELLED, problem.toString());
    }

    @Test
    void threadsAreDaemons() throws Exception {
        AtomicReference<Thread> stage = new AtomicReference<>();
        client.chunkExistsAsync(new byte[32]).thenRun(() -> stage.set(Thread.currentThread())).get();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("libsafe")) assertTrue(thread.isDaemon(), thread.getName());
        }
        assertTrue(stage.get() == Thread.currentThread() || stage.get().isDaemon());
        try (Writer writer = client.newWriter()) {
            assertNull(writer.writeAsync(ByteBuffer.allocate(0)).get());
        }
    }
}
