package runner;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Pipe;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import libsafe.Port;
import libsafe.SafeException;
import libsafe.Vault;

/** A transport of the runner's own: whoever connects gets one end of two pipes; at the other the vault is served. */
final class Wire implements AutoCloseable {
    private final Map<String, ByteChannel> others = new ConcurrentHashMap<>();
    private final Port port;

    Wire(String scheme, String vault) throws SafeException {
        port = Port.transport(scheme, url -> {
            ByteChannel other = others.remove(url);
            if (other != null) return other;
            Pipe there = Pipe.open();
            Pipe back = Pipe.open();
            String served = scheme + ":served-" + System.identityHashCode(there);
            others.put(served, new End(there.source(), back.sink()));
            Vault.serveAsync(vault, served);
            return new End(back.source(), there.sink());
        });
    }

    @Override
    public void close() {
        port.close();
    }

    private record End(Pipe.SourceChannel in, Pipe.SinkChannel out) implements ByteChannel {
        @Override
        public int read(ByteBuffer into) throws IOException {
            return in.read(into);
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return out.write(from);
        }

        @Override
        public boolean isOpen() {
            return in.isOpen() && out.isOpen();
        }

        @Override
        public void close() throws IOException {
            in.close();
            out.close();
        }
    }
}
