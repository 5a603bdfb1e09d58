package libsafe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A connection to a vault. May be used from any thread.
 *
 * <p>Closing it cancels what is still being done; its readers and writers fail afterwards. It stays open as long as one of
 * them is in use, even if the program has let go of it.
 */
public final class Client implements AutoCloseable {
    /** The most that {@link #get(Link)} gives: 256 MiB. */
    public static final long DEFAULT_LIMIT = 1L << 28;

    private static final int AT_ONCE = 1 << 20; // more bytes are streamed, so that memory stays bounded

    private final Handle handle;
    private final String url;

    private Client(long value) {
        handle = new Handle(value, Ffi::safe_client_free);
        url = Ffi.safe_client_url(value);
    }

    private static Taker<Client> taker() {
        return Taker.discarding(op -> new Client(Taker.handle(op, Ffi::safe_op_take_client)), Client::close);
    }

    // --- connect ---

    /**
     * Connects to a vault.
     *
     * @param url "mem:" (a new empty vault in memory) or "file:/path/to/dir" (made if it does not exist)
     * @param options how
     * @return a client
     * @throws SafeException BAD_URL, URL_IS_CONTENT, UNSUPPORTED, or one of STORE_…
     */
    public static Client connect(String url, ConnectOption... options) throws SafeException {
        return Waiting.await(null, startConnect(url, options), taker());
    }

    /**
     * Connects to a vault.
     *
     * @param url as for {@link #connect}
     * @param options how
     * @return a client
     */
    public static Operation<Client> connectAsync(String url, ConnectOption... options) {
        return Operation.of(null, startConnect(url, options), taker());
    }

    private static long startConnect(String url, ConnectOption... options) {
        return Ffi.safe_connect(Objects.requireNonNull(url, "url"), ConnectOption.flags(options));
    }

    /**
     * What it is connected to.
     *
     * @return the URL
     */
    public String url() {
        return url;
    }

    // --- put ---

    /**
     * Encrypts and stores bytes.
     *
     * @param data the content
     * @param options how
     * @return what was made
     * @throws SafeException one of STORE_…, BUSY, CLOSED, INVALID_HANDLE after close
     */
    public Receipt put(byte[] data, PutOption... options) throws SafeException {
        if (data.length > AT_ONCE) return put(ByteBuffer.wrap(data), options);
        return Waiting.await(this, startPut(data, options), Receipt::take);
    }

    /**
     * Encrypts and stores bytes.
     *
     * @param data the content, copied before this returns
     * @param options how
     * @return what was made
     */
    public Operation<Receipt> putAsync(byte[] data, PutOption... options) {
        return Operation.of(this, startPut(data, options), Receipt::take);
    }

    private long startPut(byte[] data, PutOption... options) {
        return Ffi.safe_put(handle.value(), Objects.requireNonNull(data, "data"), PutOption.flags(options));
    }

    /**
     * Encrypts and stores what is between a buffer's position and limit, and moves the position. A direct one is not copied.
     *
     * @param data the content
     * @param options how
     * @return what was made
     * @throws SafeException as {@link #put(byte[], PutOption...)}
     */
    public Receipt put(ByteBuffer data, PutOption... options) throws SafeException {
        Writer writer = newWriter(data.remaining(), options);
        try {
            writer.write(data);
            return writer.finish();
        } finally {
            writer.abandon();
        }
    }

    /**
     * Encrypts and stores a file, whose name goes into the link.
     *
     * @param file a path of the default file system
     * @param options how
     * @return what was made
     * @throws SafeException FILE_NOT_FOUND, IO, SOURCE_CHANGED, and as {@link #put(byte[], PutOption...)}
     */
    public Receipt put(Path file, PutOption... options) throws SafeException {
        return Waiting.await(this, startPut(file, options), Receipt::take);
    }

    /**
     * Encrypts and stores a file, whose name goes into the link.
     *
     * @param file a path of the default file system
     * @param options how
     * @return what was made
     */
    public Operation<Receipt> putAsync(Path file, PutOption... options) {
        return Operation.of(this, startPut(file, options), Receipt::take);
    }

    private long startPut(Path file, PutOption... options) {
        return Ffi.safe_put_file(handle.value(), file.toFile().getPath(), PutOption.flags(options));
    }

    /**
     * Encrypts and stores what a stream gives, to its end. The stream is not closed.
     *
     * @param content the content
     * @param options how
     * @return what was made
     * @throws IOException of the stream, or a {@link SafeException} as {@link #put(byte[], PutOption...)}
     */
    public Receipt put(InputStream content, PutOption... options) throws IOException {
        Objects.requireNonNull(content, "content");
        Writer writer = newWriter(options);
        try {
            content.transferTo(writer);
            return writer.finish();
        } finally {
            writer.abandon();
        }
    }

    /**
     * Opens a stream to push content into, whose size is not known.
     *
     * @param options how
     * @return an {@link java.io.OutputStream} that gives a receipt
     * @throws SafeException as {@link #put(byte[], PutOption...)}
     */
    public Writer newWriter(PutOption... options) throws SafeException {
        return Waiting.await(this, startWriter(Ffi.SAFE_SIZE_UNKNOWN, options), Writer.taker(this));
    }

    /**
     * Opens a stream to push content into.
     *
     * @param size the number of bytes that will be written
     * @param options how
     * @return an {@link java.io.OutputStream} that gives a receipt
     * @throws SafeException as {@link #put(byte[], PutOption...)}
     */
    public Writer newWriter(long size, PutOption... options) throws SafeException {
        return Waiting.await(this, startWriter(Numbers.notNegative(size, "size"), options), Writer.taker(this));
    }

    /**
     * Opens a stream to push content into, whose size is not known.
     *
     * @param options how
     * @return a writer
     */
    public Operation<Writer> newWriterAsync(PutOption... options) {
        return Operation.of(this, startWriter(Ffi.SAFE_SIZE_UNKNOWN, options), Writer.taker(this));
    }

    private long startWriter(long size, PutOption... options) {
        return Ffi.safe_writer_open(handle.value(), size, PutOption.flags(options));
    }

    // --- get ---

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
        return Waiting.await(this, startGet(link, limit), Taker::bytes);
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
        return Operation.of(this, startGet(link, limit), Taker::bytes);
    }

    private long startGet(Link link, long limit) {
        Numbers.notNegative(limit, "limit");
        return link.start(content -> Ffi.safe_get_bytes(handle.value(), content, limit));
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
        return Waiting.await(this, startGet(link, file), Taker::number);
    }

    /**
     * Writes the whole content to a file, which takes its name only when it is complete.
     *
     * @param link where it is
     * @param file a path of the default file system
     * @return the size in bytes
     */
    public Operation<Long> getFileAsync(Link link, Path file) {
        return Operation.of(this, startGet(link, file), Taker::number);
    }

    private long startGet(Link link, Path file) {
        String path = file.toFile().getPath();
        return link.start(content -> Ffi.safe_get_file(handle.value(), content, path));
    }

    /**
     * Opens content for reading.
     *
     * @param link where it is
     * @return a reader
     * @throws SafeException NO_SUCH_DATA, BAD_DATA_MAP, CHUNK_CORRUPT, one of STORE_…
     */
    public Reader open(Link link) throws SafeException {
        return Waiting.await(this, startOpen(link), Reader.taker(this));
    }

    /**
     * Opens content for reading.
     *
     * @param link where it is
     * @return a reader
     */
    public Operation<Reader> openAsync(Link link) {
        return Operation.of(this, startOpen(link), Reader.taker(this));
    }

    private long startOpen(Link link) {
        return link.start(content -> Ffi.safe_open(handle.value(), content));
    }

    /**
     * Opens content by its data map, of any number of chunks.
     *
     * @param datamap MessagePack, what a .datamap file holds
     * @return a reader
     * @throws SafeException as {@link #open}
     */
    public Reader openDatamap(byte[] datamap) throws SafeException {
        return Waiting.await(this, startOpen(datamap), Reader.taker(this));
    }

    /**
     * Opens content by its data map, as {@link #openDatamap}.
     *
     * @param datamap MessagePack
     * @return a reader
     */
    public Operation<Reader> openDatamapAsync(byte[] datamap) {
        return Operation.of(this, startOpen(datamap), Reader.taker(this));
    }

    private long startOpen(byte[] datamap) {
        return Ffi.safe_open_datamap(handle.value(), Objects.requireNonNull(datamap, "datamap"));
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

    // --- chunks ---

    /**
     * One chunk as it is stored.
     *
     * @param address 32 bytes
     * @return 1 byte to 4 MiB
     * @throws SafeException NO_SUCH_DATA, CHUNK_CORRUPT
     */
    public byte[] chunkGet(byte[] address) throws SafeException {
        return Waiting.await(this, startChunkGet(address), Taker::bytes);
    }

    /**
     * One chunk as it is stored.
     *
     * @param address 32 bytes
     * @return 1 byte to 4 MiB
     */
    public Operation<byte[]> chunkGetAsync(byte[] address) {
        return Operation.of(this, startChunkGet(address), Taker::bytes);
    }

    private long startChunkGet(byte[] address) {
        return Ffi.safe_chunk_get(handle.value(), Objects.requireNonNull(address, "address"));
    }

    /**
     * Stores bytes as they are, unencrypted, as one chunk.
     *
     * @param data 1 byte to 4 MiB
     * @return the address, 32 bytes
     * @throws SafeException DATA_TOO_LARGE, INVALID_ARGUMENT
     */
    public byte[] chunkPut(byte[] data) throws SafeException {
        return Waiting.await(this, startChunkPut(data), Taker::bytes);
    }

    /**
     * Stores bytes as they are, unencrypted, as one chunk.
     *
     * @param data 1 byte to 4 MiB, copied before this returns
     * @return the address, 32 bytes
     */
    public Operation<byte[]> chunkPutAsync(byte[] data) {
        return Operation.of(this, startChunkPut(data), Taker::bytes);
    }

    private long startChunkPut(byte[] data) {
        return Ffi.safe_chunk_put(handle.value(), Objects.requireNonNull(data, "data"));
    }

    /**
     * Whether the vault says that it has a chunk.
     *
     * @param address 32 bytes
     * @return what it says
     * @throws SafeException one of STORE_…
     */
    public boolean chunkExists(byte[] address) throws SafeException {
        return Waiting.await(this, startChunkExists(address), Taker::truth);
    }

    /**
     * Whether the vault says that it has a chunk.
     *
     * @param address 32 bytes
     * @return what it says
     */
    public Operation<Boolean> chunkExistsAsync(byte[] address) {
        return Operation.of(this, startChunkExists(address), Taker::truth);
    }

    private long startChunkExists(byte[] address) {
        return Ffi.safe_chunk_exists(handle.value(), Objects.requireNonNull(address, "address"));
    }

    // --- records ---

    /**
     * Makes version 0 of a record.
     *
     * @param key whose record it is
     * @param label 1 to 255 bytes of UTF-8
     * @param value at most 1 MiB, stored as it is
     * @return the record
     * @throws SafeException DATA_EXISTS, which says the current version
     */
    public SafeRecord createRecord(Key key, String label, byte[] value) throws SafeException {
        return Waiting.await(this, startCreate(key, label, value), SafeRecord::take);
    }

    /**
     * Makes version 0 of a record.
     *
     * @param key whose record it is
     * @param label 1 to 255 bytes of UTF-8
     * @param value at most 1 MiB, stored as it is
     * @return the record
     */
    public Operation<SafeRecord> createRecordAsync(Key key, String label, byte[] value) {
        return Operation.of(this, startCreate(key, label, value), SafeRecord::take);
    }

    private long startCreate(Key key, String label, byte[] value) {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(value, "value");
        return key.start(owner -> Ffi.safe_record_create(handle.value(), owner, label, value));
    }

    /**
     * Makes a further version of a record.
     *
     * @param key whose record it is
     * @param label its label
     * @param version the newest version and 1
     * @param value at most 1 MiB, stored as it is
     * @return the record
     * @throws SafeException INVALID_SUCCESSOR, which says the current version; NO_SUCH_DATA
     */
    public SafeRecord setRecord(Key key, String label, long version, byte[] value) throws SafeException {
        return Waiting.await(this, startSet(key, label, version, value), SafeRecord::take);
    }

    /**
     * Makes a further version of a record.
     *
     * @param key whose record it is
     * @param label its label
     * @param version the newest version and 1
     * @param value at most 1 MiB, stored as it is
     * @return the record
     */
    public Operation<SafeRecord> setRecordAsync(Key key, String label, long version, byte[] value) {
        return Operation.of(this, startSet(key, label, version, value), SafeRecord::take);
    }

    private long startSet(Key key, String label, long version, byte[] value) {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(value, "value");
        Numbers.notNegative(version, "version");
        return key.start(owner -> Ffi.safe_record_set(handle.value(), owner, label, version, value));
    }

    /**
     * The newest version of a record.
     *
     * @param address see {@link SafeRecord#addressOf}
     * @return the record
     * @throws SafeException NO_SUCH_DATA; VAULT_LIED if what came fails verification
     */
    public SafeRecord getRecord(byte[] address) throws SafeException {
        return Waiting.await(this, startGetRecord(address, Ffi.SAFE_VERSION_NEWEST), SafeRecord::take);
    }

    /**
     * One version of a record.
     *
     * @param address see {@link SafeRecord#addressOf}
     * @param version which
     * @return the record
     * @throws SafeException as {@link #getRecord(byte[])}
     */
    public SafeRecord getRecord(byte[] address, long version) throws SafeException {
        return Waiting.await(this, startGetRecord(address, Numbers.notNegative(version, "version")), SafeRecord::take);
    }

    /**
     * The newest version of a record.
     *
     * @param address see {@link SafeRecord#addressOf}
     * @return the record
     */
    public Operation<SafeRecord> getRecordAsync(byte[] address) {
        return Operation.of(this, startGetRecord(address, Ffi.SAFE_VERSION_NEWEST), SafeRecord::take);
    }

    /**
     * One version of a record.
     *
     * @param address see {@link SafeRecord#addressOf}
     * @param version which
     * @return the record
     */
    public Operation<SafeRecord> getRecordAsync(byte[] address, long version) {
        return Operation.of(this, startGetRecord(address, Numbers.notNegative(version, "version")), SafeRecord::take);
    }

    private long startGetRecord(byte[] address, long version) {
        return Ffi.safe_record_get(handle.value(), Objects.requireNonNull(address, "address"), version);
    }

    /**
     * All versions of a record, from the newest down, fetched page by page.
     *
     * @param address see {@link SafeRecord#addressOf}
     * @return asks anew each time that it is gone through; a failure meanwhile is an {@link java.io.UncheckedIOException}
     */
    public Iterable<SafeRecord> listRecords(byte[] address) {
        byte[] own = address.clone();
        return () -> new RecordIterator(this, own);
    }

    /**
     * Some versions of a record, from the newest down.
     *
     * @param address see {@link SafeRecord#addressOf}
     * @param before only versions below this one; {@link Long#MAX_VALUE} for all
     * @param limit 1 to 1000
     * @return a page
     * @throws SafeException as {@link #getRecord(byte[])}
     */
    public RecordPage listRecords(byte[] address, long before, int limit) throws SafeException {
        return Waiting.await(this, startList(address, before, limit), RecordPage::take);
    }

    /**
     * Some versions of a record, from the newest down.
     *
     * @param address see {@link SafeRecord#addressOf}
     * @param before only versions below this one; {@link Long#MAX_VALUE} for all
     * @param limit 1 to 1000
     * @return a page
     */
    public Operation<RecordPage> listRecordsAsync(byte[] address, long before, int limit) {
        return Operation.of(this, startList(address, before, limit), RecordPage::take);
    }

    private long startList(byte[] address, long before, int limit) {
        Objects.requireNonNull(address, "address");
        Numbers.notNegative(before, "before");
        Numbers.notNegative(limit, "limit");
        return Ffi.safe_record_list(handle.value(), address, before, limit);
    }

    // --- end ---

    @Override
    public void close() {
        handle.free();
    }

    @Override
    public String toString() {
        return "client of " + url;
    }
}
