package libsafe;

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

    @Override
    public void close() {
        handle.free();
    }

    @Override
    public String toString() {
        return "client of " + url;
    }
}
