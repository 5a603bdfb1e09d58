package libsafe.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import libsafe.Client;
import libsafe.Key;
import libsafe.Link;
import libsafe.Operation;
import libsafe.Port;
import libsafe.SafeCode;
import libsafe.SafeException;
import libsafe.Transport;
import libsafe.Vault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Vaults that are reached over a transport of one's own. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class TransportTest {
    /** Both ends of sockets: "wire:accept" waits for a "wire:connect". */
    private static Transport sockets(ServerSocketChannel listener) {
        return url -> url.endsWith("accept") ? listener.accept() : SocketChannel.open(listener.getLocalAddress());
    }

    private static ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @Test
    void aVaultIsReachedOverSockets() throws Exception {
        byte[] data = Content.random(9_000_000);
        try (ServerSocketChannel listener = listen(); Port port = Port.transport("wire", sockets(listener));
             Key key = Key.generate()) {
            List<Operation<Void>> serving = new ArrayList<>();
            for (int round = 0; round < 3; ++round) {
                serving.add(Vault.serveAsync("mem:", "wire:accept"));
                try (Client client = Client.connect("wire:connect")) {
                    Link link = client.put(data).link();
                    assertArrayEquals(data, client.get(link));
                    client.createRecord(key, "r", new byte[] {1});
                    SafeException late = assertThrows(SafeException.class, () -> client.createRecord(key, "r", new byte[1]));
                    assertEquals(SafeCode.DATA_EXISTS, late.code());
                }
            }
            for (Operation<Void> each : serving) each.join(); // the client has closed
        }
    }

    @Test
    void aBrokenTransportIsTold() throws Exception {
        try (Port port = Port.transport("wire", url -> {
            if (url.endsWith("refused")) throw new IOException("nobody is there; start the vault");
            return url.endsWith("nothing") ? null : new Ended();
        })) {
            for (String end : List.of("refused", "nothing", "ended")) {
                SafeException problem = assertThrows(SafeException.class, () -> {
                    try (Client client = Client.connect("wire:" + end)) {
                        client.put(new byte[1000]);
                    }
                });
                assertEquals(SafeCode.CONNECTION_FAILED, problem.code(), end);
                assertTrue(!end.equals("refused") || problem.getMessage().contains("nobody is there"), problem.getMessage());
            }
        }
        SafeException none = assertThrows(SafeException.class, () -> Vault.serve("mem:", "wire:gone"));
        assertEquals(SafeCode.BAD_URL, none.code());
    }

    @Test
    void servingIsCancelled() throws Exception {
        try (ServerSocketChannel listener = listen(); Port port = Port.transport("wire", sockets(listener));
             SocketChannel silent = SocketChannel.open(listener.getLocalAddress())) {
            Operation<Void> serving = Vault.serveAsync("mem:", "wire:accept");
            assertTrue(silent.isConnected());
            Thread.sleep(20);
            serving.cancel(true);
            assertThrows(CancellationException.class, serving::join);
        }
    }

    @Test
    void whoeverWaitsIsToldWhenThePortIsClosed() throws Exception {
        try (ServerSocketChannel listener = listen(); Port port = Port.transport("wire", sockets(listener))) {
            Operation<Void> serving = Vault.serveAsync("mem:", "wire:accept");
            try (Client client = Client.connect("wire:connect")) {
                client.put(new byte[10]);
                port.close();
                assertEquals(SafeCode.CLOSED, assertThrows(SafeException.class, () -> client.put(new byte[10])).code());
            }
            assertThrows(Exception.class, serving::join);
        }
    }

    /** The other side has gone away before anything was said. */
    private static final class Ended implements ByteChannel {
        @Override
        public int read(ByteBuffer into) {
            return -1;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            throw new IOException("nobody listens any more");
        }

        @Override
        public boolean isOpen() {
            return false;
        }

        @Override
        public void close() {}
    }
}
