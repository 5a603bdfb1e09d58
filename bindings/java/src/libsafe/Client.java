package libsafe;

import java.util.Objects;

/**
 * A connection to a vault. May be used from any thread.
 *
 * <p>Closing it cancels what is still being done; its readers and writers fail afterwards. It stays open as long as one of
 * them is in use, even if the program has let go of it.
 */
public final class Client extends ClientRecords {
    private Client(long value) {
        super(value);
    }

    private static Taker<Client> taker() {
        return Taker.discarding(op -> new Client(Taker.handle(op, Ffi::safe_op_take_client)), Client::close);
    }

    @Override
    Client client() {
        return this;
    }

    /**
     * Connects to a vault.
     *
     * @param url "mem:" (a new empty vault in memory), "file:/path/to/dir" (made if it does not exist), or of one that is served
     *     elsewhere: "tcp://host:port#key"
     * @param options how
     * @return a client
     * @throws SafeException BAD_URL, URL_IS_CONTENT, UNSUPPORTED, or one of STORE_…
     */
    public static Client connect(String url, ConnectOption... options) throws SafeException {
        return Waiting.await(null, startConnect(url, options), taker());
    }

    /**
     * Connects to a vault.
     *
     * @param url as for {@link #connect(String, ConnectOption...)}
     * @param options how
     * @return a client
     */
    public static Operation<Client> connectAsync(String url, ConnectOption... options) {
        return Operation.of(null, startConnect(url, options), taker());
    }

    /**
     * Connects as whoever has the key, by which a vault elsewhere knows the client again: rates and quota are of one key. Without
     * one each client has a new key.
     *
     * @param url as for {@link #connect(String, ConnectOption...)}
     * @param key the client's
     * @param options how, but for ANONYMOUS
     * @return a client
     * @throws SafeException as for {@link #connect(String, ConnectOption...)}
     */
    public static Client connect(String url, Key key, ConnectOption... options) throws SafeException {
        return Waiting.await(null, startConnect(url, key, options), taker());
    }

    /**
     * Connects as whoever has the key.
     *
     * @param url as for {@link #connect(String, ConnectOption...)}
     * @param key the client's
     * @param options how, but for ANONYMOUS
     * @return a client
     */
    public static Operation<Client> connectAsync(String url, Key key, ConnectOption... options) {
        return Operation.of(null, startConnect(url, key, options), taker());
    }

    private static long startConnect(String url, Key key, ConnectOption... options) {
        Objects.requireNonNull(url, "url");
        long flags = ConnectOption.flags(options);
        return key.start(own -> Ffi.safe_connect_as(own, url, flags));
    }

    private static long startConnect(String url, ConnectOption... options) {
        return Ffi.safe_connect(Objects.requireNonNull(url, "url"), ConnectOption.flags(options));
    }
}
