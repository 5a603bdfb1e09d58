package libsafe.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import libsafe.Client;
import libsafe.Key;
import libsafe.Link;
import libsafe.RecordPage;
import libsafe.SafeCode;
import libsafe.SafeException;
import libsafe.SafeRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Records, keys, and links as values. */
@ExtendWith(NoLeaks.class)
class RecordsTest {
    private static final String LABEL = "Grüße, 金庫 \uD83D\uDE00";

    @Test
    void versionsFollowEachOther() throws Exception {
        try (Client client = Client.connect("mem:"); Key key = Key.fromSeed(new byte[32])) {
            SafeRecord first = client.createRecord(key, LABEL, "é".getBytes(StandardCharsets.UTF_8));
            assertEquals(0, first.version());
            assertEquals(LABEL, first.label());
            assertEquals("é", first.text());
            assertArrayEquals(key.publicKey(), first.owner());
            assertArrayEquals(SafeRecord.addressOf(key.publicKey(), LABEL), first.address());
            assertEquals(1, client.setRecord(key, LABEL, 1, new byte[0]).version());
            assertEquals(2, client.setRecordAsync(key, LABEL, 2, new byte[] {2}).get().version());
            assertEquals(2, client.getRecord(first.address()).version());
            assertEquals(2, client.getRecordAsync(first.address()).get().version());
            assertEquals(0, client.getRecord(first.address(), 1).value().length);
            assertEquals("é", client.getRecordAsync(first.address(), 0).get().text());
        }
    }

    @Test
    void whoComesTooLateIsToldTheVersion() throws Exception {
        try (Client client = Client.connect("mem:"); Key key = Key.generate()) {
            byte[] address = client.createRecordAsync(key, "label", new byte[0]).get().address();
            SafeException exists = assertThrows(SafeException.class, () -> client.createRecord(key, "label", new byte[0]));
            assertEquals(SafeCode.DATA_EXISTS, exists.code());
            assertEquals(OptionalLong.of(0), exists.currentVersion());
            for (long wrong : new long[] {0, 2, (1L << 53) + 1, Long.MAX_VALUE}) {
                SafeException late = assertThrows(
                    SafeException.class, () -> client.setRecord(key, "label", wrong, new byte[0]));
                assertEquals(SafeCode.INVALID_SUCCESSOR, late.code());
                assertEquals(0L, late.details().get("current_version"));
                assertThrows(UnsupportedOperationException.class, () -> late.details().clear());
            }
            assertEquals(SafeCode.NO_SUCH_DATA,
                assertThrows(SafeException.class, () -> client.getRecord(address, (1L << 53) + 1)).code());
        }
    }

    @Test
    void listsGoFromTheNewestDownInPages() throws Exception {
        try (Client client = Client.connect("mem:"); Key key = Key.generate()) {
            byte[] address = client.createRecord(key, "label", new byte[] {0}).address();
            for (int version = 1; version < 205; ++version) {
                client.setRecord(key, "label", version, new byte[] {(byte) version});
            }
            List<Long> seen = new ArrayList<>();
            for (SafeRecord record : client.listRecords(address)) seen.add(record.version());
            assertEquals(205, seen.size());
            assertEquals(204, seen.get(0));
            assertEquals(0, seen.get(204));
            RecordPage page = client.listRecords(address, 100, 10);
            assertEquals(99, page.records().get(0).version());
            assertEquals(10, page.records().size());
            assertEquals(OptionalLong.of(90), page.before());
            assertEquals(5, client.listRecordsAsync(address, 5, 10).get().records().size());
            assertTrue(client.listRecords(address, 5, 10).before().isEmpty());
            assertFalse(client.listRecords(new byte[32]).iterator().hasNext());
            var iterator = client.listRecords(address).iterator();
            client.close();
            assertThrows(UncheckedIOException.class, iterator::next);
        }
    }

    @Test
    void signatures() throws Exception {
        byte[] data = Content.random(1000);
        try (Key key = Key.generate(); Key same = Key.fromSeed(key.seed())) {
            byte[] signature = key.sign(data);
            assertArrayEquals(signature, same.sign(data));
            Key.verify(key.publicKey(), data, signature);
            Key.verify(key.publicKey(), new byte[0], key.sign(new byte[0]));
            ++signature[5];
            assertEquals(SafeCode.BAD_SIGNATURE,
                assertThrows(SafeException.class, () -> Key.verify(key.publicKey(), data, signature)).code());
            String shown = key.toString();
            assertTrue(shown.contains(java.util.HexFormat.of().formatHex(key.publicKey())));
            assertFalse(shown.contains(java.util.HexFormat.of().formatHex(key.seed())));
        }
    }

    @Test
    void linksAreValues() throws Exception {
        Link link = Link.fromAddress(new byte[32]);
        assertTrue(link.size().isEmpty());
        assertTrue(link.name().isEmpty());
        Link named = link.with(LABEL, "image/png");
        assertEquals(LABEL, named.name().orElseThrow());
        assertEquals("image/png", named.mediaType().orElseThrow());
        assertEquals(named, Link.parse(named.text()));
        assertEquals(named.hashCode(), Link.parse(named.text()).hashCode());
        assertEquals(link, named.with(null, null));
        assertFalse(named.equals(link) || link.equals(null));
        assertEquals(link.text(), link.toString());
        assertArrayEquals(new byte[32], named.address());
    }
}
