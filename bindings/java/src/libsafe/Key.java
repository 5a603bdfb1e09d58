package libsafe;

import java.util.HexFormat;
import java.util.Objects;
import java.util.function.LongUnaryOperator;

/** A key that signs: Ed25519. The secret part stays in guarded memory of the library, and is wiped when the key is closed. */
public final class Key implements AutoCloseable {
    private final Handle handle;

    private Key(long value) {
        handle = new Handle(value, Ffi::safe_key_free);
    }

    /**
     * A new random key.
     *
     * @return a key
     * @throws SafeException RANDOM_FAILED
     */
    public static Key generate() throws SafeException {
        long[] out = new long[1];
        long[] error = new long[1];
        SafeException.check(Ffi.safe_key_generate(out, error), error);
        return new Key(out[0]);
    }

    /**
     * The key of a seed.
     *
     * @param seed the 32 bytes that {@link #seed} gave
     * @return a key
     * @throws SafeException if it cannot be made
     */
    public static Key fromSeed(byte[] seed) throws SafeException {
        Objects.requireNonNull(seed, "seed");
        long[] out = new long[1];
        long[] error = new long[1];
        SafeException.check(Ffi.safe_key_import(seed, out, error), error);
        return new Key(out[0]);
    }

    /**
     * The seed, a secret: whoever has it can sign.
     *
     * @return 32 bytes, to be wiped by the caller
     * @throws SafeException INVALID_HANDLE if the key was closed
     */
    public byte[] seed() throws SafeException {
        byte[] seed = new byte[32];
        handle.check((key, error) -> Ffi.safe_key_export(key, seed, error));
        return seed;
    }

    /**
     * The public key: what others verify signatures with.
     *
     * @return 32 bytes
     * @throws SafeException INVALID_HANDLE if the key was closed
     */
    public byte[] publicKey() throws SafeException {
        byte[] own = new byte[32];
        handle.check((key, error) -> Ffi.safe_key_public(key, own, error));
        return own;
    }

    /**
     * Signs data.
     *
     * @param data any bytes
     * @return the signature, 64 bytes
     * @throws SafeException INVALID_HANDLE if the key was closed
     */
    public byte[] sign(byte[] data) throws SafeException {
        Objects.requireNonNull(data, "data");
        byte[] signature = new byte[64];
        handle.check((key, error) -> Ffi.safe_key_sign(key, data, signature, error));
        return signature;
    }

    /**
     * Returns only if the holder of a key has signed the data.
     *
     * @param publicKey 32 bytes
     * @param data what was signed
     * @param signature 64 bytes
     * @throws SafeException BAD_SIGNATURE
     */
    public static void verify(byte[] publicKey, byte[] data, byte[] signature) throws SafeException {
        Objects.requireNonNull(publicKey, "publicKey");
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(signature, "signature");
        long[] error = new long[1];
        SafeException.check(Ffi.safe_key_verify(publicKey, data, signature, error), error);
    }

    /** Starts an operation that takes a key. */
    long start(LongUnaryOperator call) {
        return handle.start(call);
    }

    @Override
    public void close() {
        handle.free();
    }

    @Override
    public String toString() {
        try {
            return "key, public " + HexFormat.of().formatHex(publicKey());
        } catch (SafeException closed) {
            return "key, closed";
        }
    }
}
