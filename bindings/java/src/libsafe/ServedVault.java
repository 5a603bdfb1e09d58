package libsafe;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A vault of this process that is served to others.
 *
 * <pre>{@code
 * try (ServedVault vault = ServedVault.open("file:/srv/vault", null)) {
 *     String url = vault.listen("tcp://127.0.0.1:0");
 * }
 * }</pre>
 */
public final class ServedVault implements AutoCloseable {
    /** What clients may do; the last three are for one client, and 0 means any. */
    public enum Limit {
        /** At a time. */
        CONNECTIONS(Ffi.SAFE_VAULT_LIMIT_CONNECTIONS),
        /** Connections that have not said yet who they are. */
        HANDSHAKES(Ffi.SAFE_VAULT_LIMIT_HANDSHAKES),
        /** Of requests being answered and replies being sent. */
        BYTES_IN_FLIGHT(Ffi.SAFE_VAULT_LIMIT_BYTES_IN_FLIGHT),
        /** Bytes in one request. */
        REQUEST_SIZE(Ffi.SAFE_VAULT_LIMIT_REQUEST_SIZE),
        /** After so many milliseconds without anything a connection is closed; 0 means never. */
        IDLE_MS(Ffi.SAFE_VAULT_LIMIT_IDLE_MS),
        /** Requests of one client. */
        REQUESTS_PER_SECOND(Ffi.SAFE_VAULT_LIMIT_REQUESTS_PER_SECOND),
        /** Bytes of one client, in both directions. */
        BYTES_PER_SECOND(Ffi.SAFE_VAULT_LIMIT_BYTES_PER_SECOND),
        /** New bytes that one client may store. */
        QUOTA(Ffi.SAFE_VAULT_LIMIT_QUOTA);

        private final int code;

        Limit(int code) {
            this.code = code;
        }
    }

    private final Handle handle;

    private ServedVault(long value) {
        handle = new Handle(value, Ffi::safe_vault_free);
    }

    /**
     * Opens a vault to serve it.
     *
     * @param url as for {@link Client#connect}
     * @param key the vault's, a part of the URLs that clients connect to; null: the one that file:DIR keeps, or a new one
     * @param options how the vault is opened
     * @return a vault that nobody reaches yet
     * @throws SafeException those of {@link Client#connect}; BAD_KEY
     */
    public static ServedVault open(String url, Key key, ConnectOption... options) throws SafeException {
        Objects.requireNonNull(url, "url");
        long flags = ConnectOption.flags(options);
        long op = key == null ? Ffi.safe_vault_open(0, url, flags) : key.start(own -> Ffi.safe_vault_open(own, url, flags));
        return Waiting.await(null, op, ended -> new ServedVault(Taker.handle(ended, Ffi::safe_op_take_vault)));
    }

    /**
     * The vault's key, as it stands behind the # of its URLs.
     *
     * @return 56 letters and digits, or null if it was closed
     */
    public String key() {
        String key = Ffi.safe_vault_key(handle.value());
        java.lang.ref.Reference.reachabilityFence(this);
        return key;
    }

    /**
     * What clients connect to.
     *
     * @return one for each listener
     */
    public List<String> urls() {
        List<String> urls = new ArrayList<>();
        long count = Ffi.safe_vault_url_count(handle.value());
        for (long index = 0; index < count; ++index) urls.add(Ffi.safe_vault_url(handle.value(), index));
        java.lang.ref.Reference.reachabilityFence(this);
        return List.copyOf(urls);
    }

    /**
     * Changes a limit from now on.
     *
     * @param limit which
     * @param value how much
     * @throws SafeException INVALID_ARGUMENT
     */
    public void setLimit(Limit limit, long value) throws SafeException {
        handle.check((vault, error) -> Ffi.safe_vault_set_limit(vault, limit.code, value, error));
    }

    /**
     * For listeners of wss: that follow: files in PEM form.
     *
     * @param certificateFile the certificate with its chain
     * @param keyFile its private key
     * @throws SafeException if the vault was closed
     */
    public void setCertificate(String certificateFile, String keyFile) throws SafeException {
        Objects.requireNonNull(certificateFile, "certificateFile");
        Objects.requireNonNull(keyFile, "keyFile");
        handle.check((vault, error) -> Ffi.safe_vault_set_certificate(vault, certificateFile, keyFile, error));
    }

    /**
     * Listens for connections, and serves each.
     *
     * @param url tcp://host:port; port 0: any that is free
     * @return the URL to connect to
     * @throws SafeException BAD_URL, UNSUPPORTED, CONNECTION_FAILED
     */
    public String listen(String url) throws SafeException {
        Objects.requireNonNull(url, "url");
        Waiting.await(this, handle.start(vault -> Ffi.safe_vault_listen(vault, url)), Taker::nothing);
        List<String> urls = urls();
        return urls.get(urls.size() - 1);
    }

    /**
     * Serves one connection over a transport ({@link Port#transport}), until it ends.
     *
     * @param transportUrl of a scheme that a transport serves
     * @return an operation without a result
     */
    public Operation<Void> acceptAsync(String transportUrl) {
        Objects.requireNonNull(transportUrl, "transportUrl");
        return Operation.of(this, handle.start(vault -> Ffi.safe_vault_accept(vault, transportUrl)), Taker::nothing);
    }

    /**
     * What was counted.
     *
     * @return text as Prometheus reads it
     * @throws SafeException if the vault was closed
     */
    public String metrics() throws SafeException {
        byte[] text = Waiting.await(this, handle.start(Ffi::safe_vault_metrics), Taker::bytes);
        return new String(text, StandardCharsets.UTF_8);
    }

    /**
     * Takes nothing new, waits for what runs, and closes all connections.
     *
     * @param time how long to wait at most
     * @throws SafeException if the vault was closed
     */
    public void drain(Duration time) throws SafeException {
        Waiting.await(this, handle.start(vault -> Ffi.safe_vault_drain(vault, time.toMillis())), Taker::nothing);
    }

    /** Ends all listeners and connections at once. Once; later calls do nothing. */
    @Override
    public void close() {
        handle.free();
    }
}
