/**
 * Encrypted storage on vaults that need not be trusted.
 *
 * <p>{@link libsafe.Client#connect} opens a vault; {@link libsafe.Client} puts and gets content and records. Whatever takes
 * time comes twice: a method that blocks, and one whose name ends in {@code Async} and gives an {@link libsafe.Operation}, a
 * {@link java.util.concurrent.CompletableFuture} whose cancellation stops the work.
 *
 * <p>What has to be closed is {@link java.lang.AutoCloseable}: clients, readers, writers, keys. What was forgotten is freed
 * when the garbage collector finds it. Links, receipts, records and reports are plain values.
 *
 * <p>Every failure is a {@link libsafe.SafeException}. Arguments that are wrong on their face (null where something is
 * needed, negative sizes, arrays of another length than a key or an address has) are {@link NullPointerException} and
 * {@link IllegalArgumentException} as everywhere in Java. All classes may be used from any thread.
 */
package libsafe;
