package libsafe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** For the owner of a vault: what is in it, is it sound, clearing up, and serving it to others. */
public final class Vault {
    private Vault() {}

    /**
     * Figures of a vault.
     *
     * @param chunks number of chunks
     * @param chunkBytes bytes of them
     * @param records number of versions of records
     * @param recordBytes bytes of them
     * @param diskBytes bytes used on the disk
     * @param freeBytes bytes free there
     * @param format number of the vault's format
     */
    public record Info(
        long chunks, long chunkBytes, long records, long recordBytes, long diskBytes, long freeBytes, long format) {}

    /**
     * One object that a report speaks of.
     *
     * @param address of the chunk or record, 32 bytes
     * @param size in bytes
     * @param text what is to be said of it, or null
     */
    public record Item(byte[] address, long size, String text) {}

    /**
     * What a verification has found.
     *
     * @param checked number of objects
     * @param checkedBytes bytes of them
     * @param bad how many are damaged
     * @param items the damaged ones
     */
    public record Verification(long checked, long checkedBytes, long bad, List<Item> items) {}

    /**
     * What clearing up has found.
     *
     * @param kept number of chunks that are needed
     * @param keptBytes bytes of them
     * @param removed number of chunks that were, or would be, removed
     * @param removedBytes bytes of them
     * @param inUse number of chunks that nothing needs but a running put has sent or found in place
     * @param items the chunks removed
     */
    public record Collected(
        long kept, long keptBytes, long removed, long removedBytes, long inUse, List<Item> items) {}

    /**
     * Figures of a vault, which is not made if it is missing.
     *
     * @param url as for {@link Client#connect}
     * @return the figures
     * @throws SafeException STORE_MISSING and others
     */
    public static Info info(String url) throws SafeException {
        return Waiting.await(null, startInfo(url), Vault::takeInfo);
    }

    /**
     * Figures of a vault, which is not made if it is missing.
     *
     * @param url as for {@link Client#connect}
     * @return the figures
     */
    public static Operation<Info> infoAsync(String url) {
        return Operation.of(null, startInfo(url), Vault::takeInfo);
    }

    private static long startInfo(String url) {
        return Ffi.safe_vault_info(Objects.requireNonNull(url, "url"));
    }

    /**
     * Reads and checks everything. A damaged chunk is mended by the next put of the same content.
     *
     * @param url as for {@link Client#connect}
     * @return what was found
     * @throws SafeException STORE_MISSING and others
     */
    public static Verification verify(String url) throws SafeException {
        return Waiting.await(null, startVerify(url), Vault::takeVerification);
    }

    /**
     * Reads and checks everything. Its progress is in objects.
     *
     * @param url as for {@link Client#connect}
     * @return what was found
     */
    public static Operation<Verification> verifyAsync(String url) {
        return Operation.of(null, startVerify(url), Vault::takeVerification);
    }

    private static long startVerify(String url) {
        return Ffi.safe_vault_verify(Objects.requireNonNull(url, "url"));
    }

    /**
     * Finds the chunks that none of the links needs. Records are not touched. Safe beside running clients; nothing is removed
     * if a link cannot be read whole.
     *
     * @param url as for {@link Client#connect}
     * @param keep all links that are to stay good
     * @param remove whether to remove the chunks
     * @return what was found
     * @throws SafeException STORE_MISSING and others
     */
    public static Collected collect(String url, Collection<Link> keep, boolean remove) throws SafeException {
        return Waiting.await(null, startCollect(url, keep, remove), Vault::takeCollected);
    }

    /**
     * Finds the chunks that none of the links needs, as {@link #collect}.
     *
     * @param url as for {@link Client#connect}
     * @param keep all links that are to stay good
     * @param remove whether to remove the chunks
     * @return what was found
     */
    public static Operation<Collected> collectAsync(String url, Collection<Link> keep, boolean remove) {
        return Operation.of(null, startCollect(url, keep, remove), Vault::takeCollected);
    }

    private static long startCollect(String url, Collection<Link> keep, boolean remove) {
        String links = keep.stream().map(Link::text).collect(Collectors.joining("\n"));
        return Ffi.safe_vault_gc(Objects.requireNonNull(url, "url"), links, remove ? Ffi.SAFE_GC_REMOVE : 0);
    }

    /**
     * Removes one chunk.
     *
     * @param url as for {@link Client#connect}
     * @param address 32 bytes
     * @throws SafeException NO_SUCH_DATA and others
     */
    public static void remove(String url, byte[] address) throws SafeException {
        Waiting.await(null, startRemove(url, address), Taker::nothing);
    }

    /**
     * Removes one chunk.
     *
     * @param url as for {@link Client#connect}
     * @param address 32 bytes
     * @return an operation without a result
     */
    public static Operation<Void> removeAsync(String url, byte[] address) {
        return Operation.of(null, startRemove(url, address), Taker::nothing);
    }

    private static long startRemove(String url, byte[] address) {
        return Ffi.safe_vault_remove(Objects.requireNonNull(url, "url"), Objects.requireNonNull(address, "address"));
    }

    // --- serving ---

    /**
     * Opens a vault and a connection over the transport ({@link Port#transport}) that serves a URL, and answers what a client
     * on the other side asks, until that closes. Call it once for each connection; one vault takes any number. Whoever is on
     * the other side may do everything that a client of the vault may do.
     *
     * @param vaultUrl as for {@link Client#connect}
     * @param transportUrl of a scheme that a transport serves
     * @param options how the vault is opened
     * @throws SafeException BAD_URL, CONNECTION_FAILED, BAD_MESSAGE, CLOSED if the port was closed
     */
    public static void serve(String vaultUrl, String transportUrl, ConnectOption... options) throws SafeException {
        Waiting.await(null, startServe(vaultUrl, transportUrl, options), Taker::nothing);
    }

    /**
     * Serves a vault as {@link #serve}. Cancelling it ends the connection.
     *
     * @param vaultUrl as for {@link Client#connect}
     * @param transportUrl of a scheme that a transport serves
     * @param options how the vault is opened
     * @return an operation without a result
     */
    public static Operation<Void> serveAsync(String vaultUrl, String transportUrl, ConnectOption... options) {
        return Operation.of(null, startServe(vaultUrl, transportUrl, options), Taker::nothing);
    }

    private static long startServe(String vaultUrl, String transportUrl, ConnectOption... options) {
        Objects.requireNonNull(vaultUrl, "vaultUrl");
        Objects.requireNonNull(transportUrl, "transportUrl");
        return Ffi.safe_vault_serve(vaultUrl, transportUrl, ConnectOption.flags(options));
    }

    // --- reports ---

    private static Info takeInfo(long op) throws SafeException {
        long report = Taker.handle(op, Ffi::safe_op_take_report);
        try {
            return new Info(figure(report, "chunks"), figure(report, "chunk_bytes"), figure(report, "records"),
                figure(report, "record_bytes"), figure(report, "disk_bytes"), figure(report, "free_bytes"),
                figure(report, "format"));
        } finally {
            Ffi.safe_report_free(report);
        }
    }

    private static Verification takeVerification(long op) throws SafeException {
        long report = Taker.handle(op, Ffi::safe_op_take_report);
        try {
            return new Verification(
                figure(report, "checked"), figure(report, "checked_bytes"), figure(report, "bad"), items(report));
        } finally {
            Ffi.safe_report_free(report);
        }
    }

    private static Collected takeCollected(long op) throws SafeException {
        long report = Taker.handle(op, Ffi::safe_op_take_report);
        try {
            return new Collected(figure(report, "kept"), figure(report, "kept_bytes"), figure(report, "removed"),
                figure(report, "removed_bytes"), figure(report, "in_use"), items(report));
        } finally {
            Ffi.safe_report_free(report);
        }
    }

    private static long figure(long report, String name) throws SafeException {
        long[] value = new long[1];
        long[] error = new long[1];
        SafeException.check(Ffi.safe_report_value(report, name, value, error), error);
        return Numbers.checked(value[0]);
    }

    private static List<Item> items(long report) throws SafeException {
        List<Item> items = new ArrayList<>();
        long[] size = new long[1];
        long[] error = new long[1];
        long count = Ffi.safe_report_item_count(report);
        for (long index = 0; index < count; ++index) {
            byte[] address = new byte[32];
            SafeException.check(Ffi.safe_report_item(report, index, address, size, error), error);
            items.add(new Item(address, size[0], Ffi.safe_report_item_text(report, index)));
        }
        return List.copyOf(items);
    }
}
