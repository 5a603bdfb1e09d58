package libsafe.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import libsafe.Client;
import libsafe.Link;
import libsafe.Operation;
import libsafe.Reader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many operations at once while the garbage collector is kept busy: each ends once, with its own result. */
@ExtendWith(NoLeaks.class)
@Timeout(1800)
class StressTest {
    private static final int OPERATIONS = 10_000;

    /** Collects and makes garbage as long as it is open. */
    private static final class Pressure implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final Thread thread = new Thread(() -> {
            while (!over.get()) {
                List<byte[]> garbage = new ArrayList<>();
                for (int piece = 0; piece < 200; ++piece) garbage.add(new byte[100_000]);
                System.gc();
                LockSupport.parkNanos(20_000_000);
            }
        });

        Pressure() {
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws InterruptedException {
            over.set(true);
            thread.join();
        }
    }

    @Test
    void tenThousandAtOnceEachEndOnce() throws Exception {
        AtomicIntegerArray ends = new AtomicIntegerArray(OPERATIONS);
        Random random = new Random(1);
        try (Pressure pressure = new Pressure(); Client client = Client.connect("mem:")) {
            List<byte[]> values = new ArrayList<>();
            List<Link> links = new ArrayList<>();
            for (int index = 0; index < 50; ++index) {
                byte[] value = new byte[1 + random.nextInt(500)];
                random.nextBytes(value);
                values.add(value);
                links.add(client.put(value).link());
            }
            List<CompletableFuture<?>> all = new ArrayList<>();
            for (int index = 0; index < OPERATIONS; ++index) {
                int which = index % values.size();
                int number = index;
                CompletableFuture<byte[]> got = index % 10 == 0
                    ? client.putAsync(values.get(which)).thenCompose(receipt -> client.getAsync(receipt.link()))
                    : client.getAsync(links.get(which));
                all.add(got.thenAccept(bytes -> {
                    assertArrayEquals(values.get(which), bytes);
                    ends.incrementAndGet(number);
                }));
            }
            CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).get();
            for (int index = 0; index < OPERATIONS; ++index) assertEquals(1, ends.get(index), "operation " + index);
        }
    }

    @Test
    void buffersAndReadersThatNobodyHolds() throws Exception {
        byte[] data = Content.random(6_000_000);
        AtomicInteger good = new AtomicInteger();
        int reads = Content.scaled(300, 5_000);
        try (Pressure pressure = new Pressure(); Client client = Client.connect("mem:")) {
            Link link = client.put(data).link();
            List<CompletableFuture<?>> all = new ArrayList<>();
            for (int index = 0; index < reads; ++index) {
                int offset = (index * 7919) % (data.length - 10_000);
                all.add(read(client.openAsync(link), offset).thenAccept(buffer -> {
                    byte[] bytes = new byte[10_000];
                    buffer.get(0, bytes);
                    assertArrayEquals(java.util.Arrays.copyOfRange(data, offset, offset + 10_000), bytes);
                    good.incrementAndGet();
                }));
            }
            CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0])).get();
        }
        assertEquals(reads, good.get());
        for (int tries = 0; tries < 1000 && libsafe.Library.liveHandles() != 0; ++tries) {
            System.gc();
            Thread.sleep(10);
        }
    }

    private static CompletableFuture<ByteBuffer> read(Operation<Reader> opening, int offset) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(10_000);
        return opening.thenCompose(reader -> reader.readAsync(offset, buffer)).thenApply(count -> buffer);
    }

    @Test
    void cancelledAtEveryMoment() throws Exception {
        Random random = new Random(2);
        int rounds = Content.scaled(1_000, 10_000);
        try (Pressure pressure = new Pressure(); Client client = Client.connect("mem:")) {
            byte[] data = Content.random(2_000);
            Link link = client.put(data).link();
            int done = 0;
            for (int round = 0; round < rounds; ++round) {
                Operation<byte[]> operation = client.getAsync(link);
                for (int spin = 1 << random.nextInt(18); spin > 0; --spin) Thread.onSpinWait();
                operation.cancel(true);
                if (operation.isCancelled()) continue;
                assertArrayEquals(data, operation.get());
                ++done;
            }
            System.out.println(done + " of " + rounds + " rounds were done before they were cancelled");
        }
    }

    @Test
    void blockingCallsOfManyThreads() throws Exception {
        int calls = Content.scaled(30, 1_000);
        AtomicInteger good = new AtomicInteger();
        try (Pressure pressure = new Pressure(); Client client = Client.connect("mem:")) {
            List<Thread> threads = new ArrayList<>();
            for (int number = 0; number < 16; ++number) {
                byte[] data = Content.random(100 + number);
                threads.add(new Thread(() -> {
                    try {
                        for (int call = 0; call < calls; ++call) {
                            if (java.util.Arrays.equals(data, client.get(client.put(data).link()))) good.incrementAndGet();
                        }
                    } catch (Exception problem) {
                        problem.printStackTrace();
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) thread.join();
        }
        assertEquals(16 * calls, good.get());
    }
}
