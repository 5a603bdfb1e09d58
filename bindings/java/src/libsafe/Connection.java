package libsafe;

import java.time.Duration;

/** What a {@link Client} is to all that it does: each idea has a file, and the class for users is their sum. */
abstract class Connection implements AutoCloseable {
    private final Handle handle;
    private final String url;

    Connection(long value) {
        handle = new Handle(value, Ffi::safe_client_free);
        url = Ffi.safe_client_url(value);
    }

    /** The number of the client; whoever uses it holds on to the client meanwhile. */
    final long value() {
        return handle.value();
    }

    /** The whole: what an operation keeps from being collected. */
    abstract Client client();

    /**
     * What it is connected to.
     *
     * @return the URL
     */
    public String url() {
        return url;
    }

    /**
     * Whether there is a connection to the vault now.
     *
     * @return the state
     */
    public ClientState state() {
        return ClientState.of((int) handle.start(Ffi::safe_client_state));
    }

    /**
     * Waits until the state is another.
     *
     * @param known the state that was seen last
     * @return the state then
     * @throws SafeException CLOSED
     */
    public ClientState nextState(ClientState known) throws SafeException {
        return Waiting.await(client(), startNextState(known), this::takeState);
    }

    /**
     * Waits until the state is another.
     *
     * @param known the state that was seen last
     * @return the state then
     */
    public Operation<ClientState> nextStateAsync(ClientState known) {
        return Operation.of(client(), startNextState(known), this::takeState);
    }

    private long startNextState(ClientState known) {
        return Ffi.safe_client_next_state(value(), known.code());
    }

    private ClientState takeState(long op) throws SafeException {
        Taker.nothing(op);
        return state();
    }

    /**
     * How long operations wait for the network before they fail: 10 seconds unless it is set.
     *
     * @param time at most a day; zero restores what is usual
     * @throws SafeException INVALID_ARGUMENT
     */
    public void setTimeout(Duration time) throws SafeException {
        handle.check((client, error) -> Ffi.safe_client_set_timeout(client, time.toMillis(), error));
    }

    @Override
    public void close() {
        handle.free();
    }

    @Override
    public String toString() {
        return "client of " + url;
    }
}
