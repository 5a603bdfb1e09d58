package libsafe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;

/** How a {@link Client} stores content. */
abstract class ClientPuts extends ClientChunks {
    private static final int AT_ONCE = 1 << 20; // more bytes are streamed, so that memory stays bounded

    ClientPuts(long value) {
        super(value);
    }

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
        return Waiting.await(client(), startPut(data, options), Receipt::take);
    }

    /**
     * Encrypts and stores bytes.
     *
     * @param data the content, copied before this returns
     * @param options how
     * @return what was made
     */
    public Operation<Receipt> putAsync(byte[] data, PutOption... options) {
        return Operation.of(client(), startPut(data, options), Receipt::take);
    }

    private long startPut(byte[] data, PutOption... options) {
        return Ffi.safe_put(value(), Objects.requireNonNull(data, "data"), PutOption.flags(options));
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
        return Waiting.await(client(), startPut(file, options), Receipt::take);
    }

    /**
     * Encrypts and stores a file, whose name goes into the link.
     *
     * @param file a path of the default file system
     * @param options how
     * @return what was made
     */
    public Operation<Receipt> putAsync(Path file, PutOption... options) {
        return Operation.of(client(), startPut(file, options), Receipt::take);
    }

    private long startPut(Path file, PutOption... options) {
        return Ffi.safe_put_file(value(), file.toFile().getPath(), PutOption.flags(options));
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
        return Waiting.await(client(), startWriter(Ffi.SAFE_SIZE_UNKNOWN, options), Writer.taker(client()));
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
        return Waiting.await(client(), startWriter(Numbers.notNegative(size, "size"), options), Writer.taker(client()));
    }

    /**
     * Opens a stream to push content into, whose size is not known.
     *
     * @param options how
     * @return a writer
     */
    public Operation<Writer> newWriterAsync(PutOption... options) {
        return Operation.of(client(), startWriter(Ffi.SAFE_SIZE_UNKNOWN, options), Writer.taker(client()));
    }

    private long startWriter(long size, PutOption... options) {
        return Ffi.safe_writer_open(value(), size, PutOption.flags(options));
    }
}
