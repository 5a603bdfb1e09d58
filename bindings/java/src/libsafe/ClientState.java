package libsafe;

/** Whether a {@link Client} has a connection to its vault. */
public enum ClientState {
    /** There is one; always so for a vault in the process itself. */
    CONNECTED(Ffi.SAFE_CLIENT_CONNECTED),
    /** It broke; the client is making another one by itself. */
    DISCONNECTED(Ffi.SAFE_CLIENT_DISCONNECTED),
    /** The client was closed. */
    CLOSED(Ffi.SAFE_CLIENT_CLOSED);

    private final int code;

    ClientState(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static ClientState of(int code) {
        for (ClientState state : values()) if (state.code == code) return state;
        return CLOSED;
    }
}
