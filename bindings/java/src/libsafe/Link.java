package libsafe;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;

/**
 * Everything needed to read one piece of content. A plain value: there is nothing to close.
 *
 * <p>A private link is a secret: whoever has it can read, and whoever loses it has lost the content. Its text is therefore in
 * {@link #text} only, never in {@link #toString}. Links are equal if their texts are.
 */
public final class Link {
    private final String text;
    private final boolean isPrivate;
    private final long size;
    private final String name;
    private final String mediaType;

    private Link(long handle) {
        text = Ffi.safe_link_text(handle);
        isPrivate = Ffi.safe_link_is_private(handle) != 0;
        size = Ffi.safe_link_size(handle);
        name = Ffi.safe_link_name(handle);
        mediaType = Ffi.safe_link_media_type(handle);
    }

    /** What a handle says, which is freed. */
    static Link of(long handle) {
        try {
            return new Link(handle);
        } finally {
            Ffi.safe_link_free(handle);
        }
    }

    /**
     * The link that a text says.
     *
     * @param text "safe:public-…" or "safe:private-…"
     * @return the link
     * @throws SafeException BAD_LINK
     */
    public static Link parse(String text) throws SafeException {
        return of(handleOf(text));
    }

    /**
     * The link to content whose public data map has an address.
     *
     * @param address 32 bytes
     * @return a link that does not say the size
     * @throws SafeException if it cannot be made
     */
    public static Link fromAddress(byte[] address) throws SafeException {
        Objects.requireNonNull(address, "address");
        long[] out = new long[1];
        long[] error = new long[1];
        SafeException.check(Ffi.safe_link_from_address(address, out, error), error);
        return of(out[0]);
    }

    /**
     * The private link that holds a data map.
     *
     * @param datamap MessagePack, as in .datamap files
     * @return a private link
     * @throws SafeException BAD_DATA_MAP; DATA_TOO_LARGE for a map of more than three chunks
     */
    public static Link fromDatamap(byte[] datamap) throws SafeException {
        Objects.requireNonNull(datamap, "datamap");
        long[] out = new long[1];
        long[] error = new long[1];
        SafeException.check(Ffi.safe_link_from_datamap(datamap, out, error), error);
        return of(out[0]);
    }

    /**
     * The same link with another name and media type.
     *
     * @param name at most 128 bytes of UTF-8, or null for none
     * @param mediaType at most 64 bytes, for example "image/png", or null for none
     * @return another link
     * @throws SafeException INVALID_ARGUMENT
     */
    public Link with(String name, String mediaType) throws SafeException {
        long handle = handle();
        try {
            long[] out = new long[1];
            long[] error = new long[1];
            SafeException.check(Ffi.safe_link_with(handle, name, mediaType, out, error), error);
            return of(out[0]);
        } finally {
            Ffi.safe_link_free(handle);
        }
    }

    /**
     * The canonical text, which {@link #parse} takes. A secret if the link is private.
     *
     * @return under 700 characters that no shell and no URL changes
     */
    public String text() {
        return text;
    }

    /**
     * Whether the link itself is the secret.
     *
     * @return true for a private link
     */
    public boolean isPrivate() {
        return isPrivate;
    }

    /**
     * The size of the content in bytes.
     *
     * @return empty if the link does not say
     */
    public OptionalLong size() {
        return size == Ffi.SAFE_SIZE_UNKNOWN ? OptionalLong.empty() : OptionalLong.of(size);
    }

    /**
     * The name of the content.
     *
     * @return for example "holiday.mov"
     */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /**
     * The media type of the content.
     *
     * @return for example "video/quicktime"
     */
    public Optional<String> mediaType() {
        return Optional.ofNullable(mediaType);
    }

    /**
     * The address of a public link's data map.
     *
     * @return 32 bytes
     * @throws SafeException INVALID_ARGUMENT for a private link
     */
    public byte[] address() throws SafeException {
        long handle = handle();
        try {
            byte[] address = new byte[32];
            long[] error = new long[1];
            SafeException.check(Ffi.safe_link_address(handle, address, error), error);
            return address;
        } finally {
            Ffi.safe_link_free(handle);
        }
    }

    /**
     * A private link's data map, a secret.
     *
     * @return MessagePack
     * @throws SafeException INVALID_ARGUMENT for a public link, whose map is in the vault
     */
    public byte[] datamap() throws SafeException {
        long handle = handle();
        try {
            long[] out = new long[1];
            long[] error = new long[1];
            SafeException.check(Ffi.safe_link_datamap(handle, out, error), error);
            return Taker.bytesOf(out[0]);
        } finally {
            Ffi.safe_link_free(handle);
        }
    }

    /** Starts an operation that takes a link. */
    long start(LongUnaryOperator function) {
        long handle;
        try {
            handle = handle();
        } catch (SafeException problem) {
            throw new IllegalStateException(problem); // it was a link before
        }
        try {
            return function.applyAsLong(handle);
        } finally {
            Ffi.safe_link_free(handle);
        }
    }

    private long handle() throws SafeException {
        return handleOf(text);
    }

    private static long handleOf(String text) throws SafeException {
        Objects.requireNonNull(text, "text");
        long[] out = new long[1];
        long[] error = new long[1];
        SafeException.check(Ffi.safe_link_parse(text, out, error), error);
        return out[0];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Link link && text.equals(link.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return isPrivate ? "private link to " + size + " bytes, text hidden" : text;
    }
}
