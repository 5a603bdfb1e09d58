package libsafe;

/** How content is stored. */
public enum PutOption {
    /** Keeps the data map out of the vault: the link is then a secret. */
    PRIVATE(Ffi.SAFE_PUT_PRIVATE),
    /** Computes chunks and link without storing anything. */
    DRY_RUN(Ffi.SAFE_PUT_DRY_RUN),
    /** Reads every chunk back from the vault before the put is done. */
    VERIFY(Ffi.SAFE_PUT_VERIFY),
    /**
     * Of a {@link Writer} of known size: holds no chunk back, so that it needs 8 MiB less of working memory. After the last
     * byte the first {@link Writer#replaySize} bytes are to be written once more.
     */
    REPLAY(Ffi.SAFE_PUT_REPLAY);

    private final int flag;

    PutOption(int flag) {
        this.flag = flag;
    }

    static long flags(PutOption... options) {
        long flags = 0;
        for (PutOption option : options) flags |= option.flag;
        return flags;
    }
}
