package libsafe.test;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import libsafe.Store;

/** A store in memory that can be made to wait, and counts. */
final class MemoryStore implements Store {
    final ConcurrentSkipListMap<String, byte[]> values = new ConcurrentSkipListMap<>();
    final AtomicInteger waiting = new AtomicInteger(); // reads that wait at the gate
    final AtomicInteger closed = new AtomicInteger();
    volatile CountDownLatch gate = new CountDownLatch(0);
    volatile IOException failure;
    volatile Figures figures;

    private void check() throws IOException {
        if (failure != null) throw failure;
    }

    @Override
    public boolean create(String key, byte[] value) throws IOException {
        check();
        return values.putIfAbsent(key, value) == null;
    }

    @Override
    public void replace(String key, byte[] value) {
        values.put(key, value);
    }

    @Override
    public byte[] get(String key, long offset, int length) throws IOException {
        waiting.incrementAndGet();
        try {
            gate.await();
        } catch (InterruptedException stop) {
            throw new IOException(stop);
        } finally {
            waiting.decrementAndGet();
        }
        check();
        byte[] value = values.get(key);
        if (value == null) return null;
        int from = (int) Math.min(offset, value.length);
        return Arrays.copyOfRange(value, from, (int) Math.min((long) from + length, value.length));
    }

    @Override
    public boolean exists(String key) {
        return values.containsKey(key);
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        List<Entry> entries = values.tailMap(after, false).entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(prefix)).limit(limit + 1L)
            .map(entry -> new Entry(entry.getKey(), entry.getValue().length)).toList();
        boolean more = entries.size() > limit;
        return new Page(more ? entries.subList(0, limit) : entries, more);
    }

    @Override
    public boolean remove(String key) {
        return values.remove(key) != null;
    }

    @Override
    public Figures figures(String prefix) {
        return figures;
    }

    @Override
    public void close() {
        closed.incrementAndGet();
    }

    /** Reads stop here until the gate is opened. */
    CountDownLatch shut() {
        gate = new CountDownLatch(1);
        return gate;
    }

    void awaitWaiting() throws InterruptedException {
        while (waiting.get() == 0) Thread.sleep(1);
    }
}
