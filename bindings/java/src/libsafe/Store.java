package libsafe;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * A store of one's own: what vaults are made of, values under keys. A {@link Port} serves it to clients.
 *
 * <p>Content is encrypted before it gets here and verified after it comes back, so that a store which lies can lose data, but
 * not alter it unseen. What a store must promise: of any number of racing calls of {@link #create} for one key, in all
 * processes, exactly one makes it; a value is whole or not there; what was answered is durable. Keys are 1 to 200 printable
 * ASCII characters, compared as such; values have 0 bytes to 5 MiB. Methods are called from several threads at a time.
 *
 * <p>A method that throws {@link SafeException} fails with that code; any other exception is STORE_IO.
 */
public interface Store extends Closeable {
    /** Opens stores. */
    @FunctionalInterface
    interface Kind {
        /**
         * Opens the store that a URL means. Clients of one URL share a store.
         *
         * @param url the URL that was connected to
         * @param create whether a store that is missing is to be made
         * @return the store, which is closed after its last client
         * @throws IOException a SafeException with STORE_MISSING if there is none
         */
        Store open(String url, boolean create) throws IOException;
    }

    /**
     * One key of a list.
     *
     * @param key the key
     * @param size bytes of its value
     */
    record Entry(String key, long size) {}

    /**
     * Some keys.
     *
     * @param entries the keys, ascending
     * @param more whether there are more after them
     */
    record Page(List<Entry> entries, boolean more) {}

    /**
     * Figures of a store.
     *
     * @param objects number of values with the prefix
     * @param bytes bytes of them
     * @param usedBytes bytes used on the disk by the whole store, 0 if not known
     * @param freeBytes bytes free there, 0 if not known
     */
    record Figures(long objects, long bytes, long usedBytes, long freeBytes) {}

    /**
     * Puts a value under a key if there is none.
     *
     * @param key the key
     * @param value the value
     * @return whether it was made
     * @throws IOException if it cannot be said
     */
    boolean create(String key, byte[] value) throws IOException;

    /**
     * Puts a value under a key in one step, whatever was there.
     *
     * @param key the key
     * @param value the value
     * @throws IOException if it was not done
     */
    void replace(String key, byte[] value) throws IOException;

    /**
     * Bytes of a value.
     *
     * @param key the key
     * @param offset of the first byte
     * @param length how many; fewer only at the value's end
     * @return the bytes, or null if there is no value
     * @throws IOException if it cannot be said
     */
    byte[] get(String key, long offset, int length) throws IOException;

    /**
     * Whether there is a value under a key.
     *
     * @param key the key
     * @return whether there is one
     * @throws IOException if it cannot be said
     */
    boolean exists(String key) throws IOException;

    /**
     * The keys that begin with a prefix and are greater than another, ascending.
     *
     * @param prefix may be empty
     * @param after may be empty
     * @param limit the most of them, up to 1000
     * @return some, and whether there are more
     * @throws IOException if it cannot be said
     */
    Page list(String prefix, String after, int limit) throws IOException;

    /**
     * Removes a key.
     *
     * @param key the key
     * @return whether there was one
     * @throws IOException if it was not done
     */
    boolean remove(String key) throws IOException;

    /**
     * Figures of what begins with a prefix.
     *
     * @param prefix may be empty
     * @return figures, or null: then the library counts by {@link #list}
     * @throws IOException if it cannot be said
     */
    default Figures figures(String prefix) throws IOException {
        return null;
    }

    /** The last client is gone. */
    @Override
    default void close() throws IOException {}
}
