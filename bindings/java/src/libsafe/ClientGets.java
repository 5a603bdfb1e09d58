package libsafe;

import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Objects;

/** How a {@link Client} reads content. */
abstract class ClientGets extends ClientPuts {
    /** The most that {@link #get(Link)} gives: 256 MiB. */
    public static final long DEFAULT_LIMIT = 1L << 28;

    ClientGets(long value) {
        super(value);
    }

    /**
     * The whole content.
     *
     * @param link where it is
     * @return the content
     * @throws SafeException DATA_TOO_LARGE above 256 MiB, and as {@link #open}
     */
    public byte[] get(Link link) throws SafeException {
        return get(link, DEFAULT_LIMIT);
    }

    /**
     * The whole content.
     *
     * @param link where it is
     * @param limit the most bytes that it may have
     * @return the content
     * @throws SafeException DATA_TOO_LARGE above the limit, and as {@link #open}
     */
    public byte[] get(Link link, long limit) throws SafeException {
        return Waiting.await(client(), startGet(link, limit), Taker::bytes);
    }

    /**
     * The whole content, which is at most 256 MiB.
     *
     * @param link where it is
     * @return the content
     */
    public Operation<byte[]> getAsync(Link link) {
        return getAsync(link, DEFAULT_LIMIT);
    }

    /**
     * The whole content.
     *
     * @param link where it is
     * @param limit the most bytes that it may have
     * @return the content
     */
    public Operation<byte[]> getAsync(Link link, long limit) {
        return Operation.of(client(), startGet(link, limit), Taker::bytes);
    }

    private long startGet(Link link, long limit) {
        Numbers.notNegative(limit, "limit");
        return link.start(content -> Ffi.safe_get_bytes(value(), content, limit));
    }

    /**
     * Writes the whole content to a file, which takes its name only when it is complete.
     *
     * @param link where it is
     * @param file a path of the default file system
     * @return the size in bytes
     * @throws SafeException IO, and as {@link #open}
     */
    public long getFile(Link link, Path file) throws SafeException {
        return Waiting.await(client(), startGet(link, file), Taker::number);
    }

    /**
     * Writes the whole content to a file, which takes its name only when it is complete.
     *
     * @param link where it is
     * @param file a path of the default file system
     * @return the size in bytes
     */
    public Operation<Long> getFileAsync(Link link, Path file) {
        return Operation.of(client(), startGet(link, file), Taker::number);
    }

    private long startGet(Link link, Path file) {
        String path = file.toFile().getPath();
        return link.start(content -> Ffi.safe_get_file(value(), content, path));
    }

    /**
     * Opens content for reading.
     *
     * @param link where it is
     * @return a reader
     * @throws SafeException NO_SUCH_DATA, BAD_DATA_MAP, CHUNK_CORRUPT, one of STORE_…
     */
    public Reader open(Link link) throws SafeException {
        return Waiting.await(client(), startOpen(link), Reader.taker(client()));
    }

    /**
     * Opens content for reading.
     *
     * @param link where it is
     * @return a reader
     */
    public Operation<Reader> openAsync(Link link) {
        return Operation.of(client(), startOpen(link), Reader.taker(client()));
    }

    private long startOpen(Link link) {
        return link.start(content -> Ffi.safe_open(value(), content));
    }

    /**
     * Opens content by its data map, of any number of chunks.
     *
     * @param datamap MessagePack, what a .datamap file holds
     * @return a reader
     * @throws SafeException as {@link #open}
     */
    public Reader openDatamap(byte[] datamap) throws SafeException {
        return Waiting.await(client(), startOpen(datamap), Reader.taker(client()));
    }

    /**
     * Opens content by its data map, as {@link #openDatamap}.
     *
     * @param datamap MessagePack
     * @return a reader
     */
    public Operation<Reader> openDatamapAsync(byte[] datamap) {
        return Operation.of(client(), startOpen(datamap), Reader.taker(client()));
    }

    private long startOpen(byte[] datamap) {
        return Ffi.safe_open_datamap(value(), Objects.requireNonNull(datamap, "datamap"));
    }

    /**
     * The content as a stream.
     *
     * @param link where it is
     * @return a stream that reads ahead
     * @throws SafeException as {@link #open}
     */
    public InputStream newInputStream(Link link) throws SafeException {
        return new ReaderStream(open(link), true);
    }

    /**
     * The content as a read-only channel.
     *
     * @param link where it is
     * @return a channel at position 0
     * @throws SafeException as {@link #open}
     */
    public SeekableByteChannel newByteChannel(Link link) throws SafeException {
        return new ReaderChannel(open(link), true);
    }
}
