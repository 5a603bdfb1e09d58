package libsafe;

import java.util.Objects;

/** The library itself: version, features, settings of the process, leak check. */
public final class Library {
    private Library() {}

    /**
     * The version of the library that runs.
     *
     * @return for example "1.0.0"
     */
    public static String version() {
        return Ffi.safe_version_string();
    }

    /**
     * The version of the library that runs, to compare with.
     *
     * @return major * 1000000 + minor * 1000 + patch
     */
    public static long versionNumber() {
        return Ffi.safe_version_number();
    }

    /**
     * Whether this build has a feature.
     *
     * @param name "mem", "file" (connection URL schemes), "files" (put and get of files), "s1" (the chunk format of 2018), or
     *     the scheme of a {@link Port}
     * @return false for unknown names
     */
    public static boolean hasFeature(String name) {
        return Ffi.safe_feature(Objects.requireNonNull(name, "name")) != 0;
    }

    /**
     * The number of CPU workers.
     *
     * @return the number in force
     */
    public static long workers() {
        return Ffi.safe_get(Ffi.SAFE_SETTING_WORKERS);
    }

    /**
     * Sets the number of CPU workers of the process.
     *
     * @param workers 0 for the default
     * @throws SafeException BUSY while a client is connected
     */
    public static void setWorkers(long workers) throws SafeException {
        set(Ffi.SAFE_SETTING_WORKERS, Numbers.notNegative(workers, "workers"));
    }

    /**
     * The working memory of all operations of the process.
     *
     * @return the bytes in force
     */
    public static long memory() {
        return Numbers.checked(Ffi.safe_get(Ffi.SAFE_SETTING_MEMORY));
    }

    /**
     * Sets the working memory of all operations of the process.
     *
     * @param bytes 0 for the default
     * @throws SafeException BUSY while a client is connected; INVALID_ARGUMENT
     */
    public static void setMemory(long bytes) throws SafeException {
        set(Ffi.SAFE_SETTING_MEMORY, Numbers.notNegative(bytes, "bytes"));
    }

    private static void set(int setting, long value) throws SafeException {
        long[] error = new long[1];
        SafeException.check(Ffi.safe_set(setting, value, error), error);
    }

    /**
     * How many objects of the library the program has not given back: those that are open, operations under way, and what
     * was forgotten and not collected yet. 0 at the end of a program without leaks.
     *
     * @return the number, without the completion queue of this package
     */
    public static long liveHandles() {
        return Ffi.safe_debug_live_handles() - Completions.handles();
    }
}
