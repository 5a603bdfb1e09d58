package libsafe.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import libsafe.Client;
import libsafe.ConnectOption;
import libsafe.Key;
import libsafe.Library;
import libsafe.Link;
import libsafe.Port;
import libsafe.SafeCode;
import libsafe.SafeException;
import libsafe.SafeRecord;
import libsafe.Store;
import libsafe.Vault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Vaults on a store of one's own. */
@ExtendWith(NoLeaks.class)
@Timeout(60)
class PortTest {
    private final MemoryStore store = new MemoryStore();

    private Port serve() throws SafeException {
        return Port.serve("test", (url, create) -> store);
    }

    @Test
    void contentAndRecordsOfAStoreOfOnesOwn() throws Exception {
        byte[] data = Content.random(9_000_000);
        assertFalse(Library.hasFeature("test"));
        try (Port port = serve(); Client client = Client.connect("test:any/thing?x=1"); Key key = Key.generate()) {
            assertTrue(Library.hasFeature("test"));
            Link link = client.put(data).link();
            assertArrayEquals(data, client.get(link));
            SafeRecord record = client.createRecord(key, "label", data.length > 0 ? new byte[] {1} : new byte[0]);
            for (int version = 1; version < 5; ++version) client.setRecord(key, "label", version, new byte[] {2});
            List<Long> versions = new ArrayList<>();
            client.listRecords(record.address()).forEach(each -> versions.add(each.version()));
            assertEquals(List.of(4L, 3L, 2L, 1L, 0L), versions);
            assertFalse(store.values.isEmpty());
            assertEquals(0, Vault.verify("test:any/thing?x=1").bad());
            assertTrue(Vault.info("test:any/thing?x=1").records() >= 5);
        }
        while (store.closed.get() == 0) Thread.sleep(5); // soon after its last client is gone
    }

    @Test
    void figuresAreNotNarrowed() throws Exception {
        long large = (1L << 53) + 1;
        store.figures = new Store.Figures(large, large + 2, large + 4, Long.MAX_VALUE);
        try (Port port = serve(); Client client = Client.connect("test:")) {
            client.put(new byte[10]);
            Vault.Info info = Vault.info("test:");
            assertEquals(large, info.chunks());
            assertEquals(large + 2, info.chunkBytes());
            assertEquals(large + 4, info.diskBytes());
            assertEquals(Long.MAX_VALUE, info.freeBytes());
        }
    }

    @Test
    void failuresOfTheStoreReachTheCaller() throws Exception {
        try (Port port = serve(); Client client = Client.connect("test:")) {
            Link link = client.put(Content.random(100_000)).link();
            store.failure = new SafeException(SafeCode.STORE_FULL, "no room; buy some");
            SafeException full = assertThrows(SafeException.class, () -> client.put(Content.random(200_000)));
            assertEquals(SafeCode.STORE_FULL, full.code());
            assertTrue(full.getMessage().contains("no room; buy some"), full.getMessage());
            store.failure = new IOException("the cable is out");
            SafeException io = assertThrows(SafeException.class, () -> client.get(link));
            assertEquals(SafeCode.STORE_IO, io.code());
            assertTrue(io.getMessage().contains("the cable is out"), io.getMessage());
            store.failure = new SafeException(SafeCode.BAD_KEY, "not a code of stores");
            assertEquals(SafeCode.STORE_IO, assertThrows(SafeException.class, () -> client.get(link)).code());
        }
    }

    @Test
    void theKindOfStoreMaySayNo() throws Exception {
        try (Port port = Port.serve("test", (url, create) -> {
            if (!create) throw new SafeException(SafeCode.STORE_MISSING, "there is none at " + url);
            return store;
        })) {
            SafeException missing = assertThrows(
                SafeException.class, () -> Client.connect("test:x", ConnectOption.NO_CREATE));
            assertEquals(SafeCode.STORE_MISSING, missing.code());
            Client.connect("test:x").close();
        }
    }

    @Test
    void oneSchemeHasOnePort() throws Exception {
        try (Port port = serve()) {
            assertEquals(SafeCode.BUSY, assertThrows(SafeException.class, this::serve).code());
        }
        serve().close();
        assertEquals(SafeCode.INVALID_ARGUMENT,
            assertThrows(SafeException.class, () -> Port.serve("file", (url, create) -> store)).code());
        assertThrows(NullPointerException.class, () -> Port.serve(null, (url, create) -> store));
        assertThrows(NullPointerException.class, () -> Port.serve("test", null));
    }

    @Test
    void aClosedPortEndsWhatItsClientsDo() throws Exception {
        Port port = serve();
        try (Client client = Client.connect("test:")) {
            Link link = client.put(Content.random(100_000)).link();
            var gate = store.shut();
            var reading = client.getAsync(link);
            store.awaitWaiting();
            port.close();
            port.close();
            Exception failure = assertThrows(Exception.class, reading::get);
            assertEquals(SafeCode.CLOSED, ((SafeException) failure.getCause()).code());
            gate.countDown();
        }
    }
}
