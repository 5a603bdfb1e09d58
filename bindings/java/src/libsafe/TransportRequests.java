package libsafe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Arrays;

/** What is asked of the channels of a port. */
final class TransportRequests extends Requests<ByteChannel> {
    private final Transport transport;

    TransportRequests(Transport transport) {
        super(Ffi.SAFE_CONNECTION_FAILED);
        this.transport = transport;
    }

    @Override
    ByteChannel open(String url, boolean create) throws IOException {
        return transport.open(url);
    }

    @Override
    void answer(ByteChannel channel, int what, long request) throws IOException {
        switch (what) {
            case Ffi.SAFE_REQUEST_SEND -> {
                ByteBuffer bytes = ByteBuffer.wrap(Ffi.safe_request_data(request));
                while (bytes.hasRemaining()) {
                    if (channel.write(bytes) == 0) throw notBlocking();
                }
                done(request, true);
            }
            case Ffi.SAFE_REQUEST_RECEIVE -> {
                byte[] bytes = new byte[(int) Ffi.safe_request_length(request)];
                int count = channel.read(ByteBuffer.wrap(bytes));
                if (count == 0) throw notBlocking();
                give(request, count < 0 ? null : Arrays.copyOf(bytes, count));
            }
            default -> throw unknown(what);
        }
    }

    private static IOException notBlocking() {
        return new IOException("the channel does not wait for bytes; open it in blocking mode");
    }
}
