package libsafe;

import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves the connection URLs of one scheme by stores or transports of one's own, until it is closed.
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

    private Port(int kind, String scheme, Requests<?> requests) throws SafeException {
        long[] out = new long[1];
        long[] error = new long[1];
        SafeException.check(Ffi.safe_port_create(kind, scheme, out, error), error);
        handle = new Handle(out[0], Ffi::safe_port_free);
        Thread thread = new Thread(() -> fetch(requests), "libsafe-port-" + scheme);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Begins to serve stores.
     *
     * @param scheme 2 to 32 of a-z, 0-9, +, - and . that begin with a letter: "mine" serves "mine:anything"
     * @param kind opens the store that a URL means
     * @return a port that serves until it is closed, even if the program lets go of it
     * @throws SafeException INVALID_ARGUMENT; BUSY if another port has the scheme
     */
    public static Port serve(String scheme, Store.Kind kind) throws SafeException {
        Objects.requireNonNull(scheme, "scheme");
        Objects.requireNonNull(kind, "kind");
        return new Port(Ffi.SAFE_PORT_STORE, scheme, new StoreRequests(kind));
    }

    /**
     * Begins to serve connections to other processes, for {@link Client#connect} on one side and {@link Vault#serve} on the
     * other.
     *
     * @param scheme as for {@link #serve(String, Store.Kind)}
     * @param transport opens the connection that a URL means
     * @return a port that serves until it is closed, even if the program lets go of it
     * @throws SafeException INVALID_ARGUMENT; BUSY if another port has the scheme
     */
    public static Port transport(String scheme, Transport transport) throws SafeException {
        Objects.requireNonNull(scheme, "scheme");
        Objects.requireNonNull(transport, "transport");
        return new Port(Ffi.SAFE_PORT_TRANSPORT, scheme, new TransportRequests(transport));
    }

    /** Hands requests to threads until the port is freed. */
    private void fetch(Requests<?> requests) {
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
