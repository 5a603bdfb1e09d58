package libsafe;

import java.io.IOException;
import java.nio.channels.ByteChannel;

/**
 * A way to another process, of one's own, where a vault is served ({@link Vault#serve}). A {@link Port} offers it.
 *
 * <p>It moves bytes and knows nothing of what they mean: one reliable stream each way, in order. The library neither
 * authenticates nor encrypts the connection.
 */
@FunctionalInterface
public interface Transport {
    /**
     * Opens a connection.
     *
     * @param url the URL that was connected to, or is served at
     * @return a channel in blocking mode, {@link java.nio.channels.SocketChannel} for instance: it is read and written by two
     *     threads at a time, and closed in the middle of both when it is not needed any more
     * @throws IOException why there is no connection; CONNECTION_FAILED
     */
    ByteChannel open(String url) throws IOException;
}
