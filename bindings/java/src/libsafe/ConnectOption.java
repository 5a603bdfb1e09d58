package libsafe;

/** How to connect. */
public enum ConnectOption {
    /** Fails with STORE_MISSING instead of making a new vault. */
    NO_CREATE(Ffi.SAFE_CONNECT_NO_CREATE),
    /** Does not say who the client is to a vault elsewhere: it may then read, but not write. */
    ANONYMOUS(Ffi.SAFE_CONNECT_ANONYMOUS);

    private final int flag;

    ConnectOption(int flag) {
        this.flag = flag;
    }

    static long flags(ConnectOption... options) {
        long flags = 0;
        for (ConnectOption option : options) flags |= option.flag;
        return flags;
    }
}
