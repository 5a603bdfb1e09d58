package runner;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import libsafe.Port;
import libsafe.SafeCode;
import libsafe.SafeException;
import libsafe.Store;

/** A store of the runner's own: values are files of a folder, named by their keys. */
final class FolderStore implements AutoCloseable {
    private static final AtomicLong count = new AtomicLong();
    private final Path folder;
    private final Port port;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    FolderStore(String scheme, Path folder) throws SafeException {
        this.folder = folder;
        port = Port.serve(scheme, (url, create) -> {
            if (!create && !Files.isDirectory(folder)) throw new SafeException(SafeCode.STORE_MISSING, "there is no such folder");
            Files.createDirectories(folder);
            return new Opened();
        });
    }

    void hold(boolean hold) {
        if (hold) gate = new CountDownLatch(1);
        else gate.countDown();
    }

    @Override
    public void close() {
        gate.countDown();
        port.close();
    }

    /** What clients have open; the files stay. */
    private final class Opened implements Store {
        private Path file(String key) {
            return folder.resolve(URLEncoder.encode(key, StandardCharsets.UTF_8));
        }

        private Path written(byte[] value) throws IOException {
            return Files.write(folder.resolve(".java-" + ProcessHandle.current().pid() + "-" + count.incrementAndGet()), value);
        }

        @Override
        public boolean create(String key, byte[] value) throws IOException {
            Path made = written(value);
            try {
                Files.createLink(file(key), made);
                return true;
            } catch (FileAlreadyExistsException there) {
                return false;
            } finally {
                Files.delete(made);
            }
        }

        @Override
        public void replace(String key, byte[] value) throws IOException {
            Files.move(written(value), file(key), StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public byte[] get(String key, long offset, int length) throws IOException {
            try {
                gate.await();
                byte[] value = Files.readAllBytes(file(key));
                int from = (int) Math.min(offset, value.length);
                return Arrays.copyOfRange(value, from, (int) Math.min((long) from + length, value.length));
            } catch (NoSuchFileException missing) {
                return null;
            } catch (InterruptedException stop) {
                throw new IOException(stop);
            }
        }

        @Override
        public boolean exists(String key) {
            return Files.exists(file(key));
        }

        private TreeMap<String, Long> keys(String prefix) throws IOException {
            TreeMap<String, Long> found = new TreeMap<>();
            try (Stream<Path> entries = Files.list(folder)) {
                for (Path entry : (Iterable<Path>) entries::iterator) {
                    String key = URLDecoder.decode(entry.getFileName().toString(), StandardCharsets.UTF_8);
                    if (!key.startsWith(".") && key.startsWith(prefix)) found.put(key, Files.size(entry));
                }
            }
            return found;
        }

        @Override
        public Page list(String prefix, String after, int limit) throws IOException {
            var found = keys(prefix).tailMap(after, false);
            var entries = found.entrySet().stream().limit(limit).map(one -> new Entry(one.getKey(), one.getValue())).toList();
            return new Page(entries, found.size() > limit);
        }

        @Override
        public boolean remove(String key) throws IOException {
            return Files.deleteIfExists(file(key));
        }

        @Override
        public Figures figures(String prefix) throws IOException {
            var found = keys(prefix);
            return new Figures(found.size(), found.values().stream().mapToLong(Long::longValue).sum(), 0, 0);
        }
    }
}
