package libsafe;

import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves the connection URLs of one scheme by stores of one's own, until it is closed.
 *
 * <pre>{@code
 * try (Port port = Port.serve("mine", (url, create) -> new MyStore(url));
 *     Client client = Client.connect("mine:somewhere")) {
 *     client.put(bytes);
 * }
 * }</pre>
 */
public final class Port implements AutoCloseable {
    private final Handle handle;

    private Port(long value, String scheme, Store.Kind kind) {
        handle = new Handle(value, Ffi::safe_port_free);
        Thread thread = new Thread(() -> fetch(new Requests(kind)), "libsafe-port-" + scheme);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Begins to serve.
     *
     * @param scheme 2 to 32 of a-z, 0-9, +, - and . that begin with a letter: "mine" serves "mine:anything"
     * @param kind opens the store that a URL means
     * @return a port that serves until it is closed, even if the program lets go of it
     * @throws SafeException INVALID_ARGUMENT; BUSY if another port has the scheme
     */
    public static Port serve(String scheme, Store.Kind kind) throws SafeException {
        Objects.requireNonNull(scheme, "scheme");
        Objects.requireNonNull(kind, "kind");
        long[] out = new long[1];
        long[] error = new long[1];
        SafeException.check(Ffi.safe_port_create(Ffi.SAFE_PORT_STORE, scheme, out, error), error);
        return new Port(out[0], scheme, kind);
    }

    /** Hands requests to threads until the port is freed. */
    private void fetch(Requests requests) {
        ExecutorService threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, Thread.currentThread().getName());
            thread.setDaemon(true);
            return thread;
        });
        long[] out = new long[1];
        while (handle.start(port -> Ffi.safe_port_next(port, Ffi.SAFE_FOREVER, out, null)) == Ffi.SAFE_OK) {
            long request = out[0];
            threads.execute(() -> requests.answer(request));
        }
        threads.shutdown();
        requests.close();
    }

    /** Its scheme is free again; what its clients do from then on fails with CLOSED. */
    @Override
    public void close() {
        handle.free();
    }
}
