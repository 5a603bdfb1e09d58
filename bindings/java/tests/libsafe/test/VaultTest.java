package libsafe.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import libsafe.Client;
import libsafe.Library;
import libsafe.Link;
import libsafe.PutOption;
import libsafe.Receipt;
import libsafe.S1Encoder;
import libsafe.S1Map;
import libsafe.SafeCode;
import libsafe.SafeException;
import libsafe.Vault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a vault's owner does, the settings of the process, and content of 2018. */
@ExtendWith(NoLeaks.class)
class VaultTest {
    @TempDir
    Path folder;

    @Test
    void aVaultIsLookedAfter() throws Exception {
        String url = "file:" + folder.resolve("vault");
        Receipt kept;
        Receipt dropped;
        try (Client client = Client.connect(url)) {
            kept = client.put(Content.random(5_000_000));
            dropped = client.put(Content.random(4_000_000), PutOption.PRIVATE);
        }
        Vault.Info info = Vault.info(url);
        assertEquals(info.chunks(), Vault.infoAsync(url).get().chunks());
        assertEquals(kept.newChunks() + dropped.newChunks(), info.chunks());
        assertEquals(kept.newBytes() + dropped.newBytes(), info.chunkBytes());
        assertTrue(info.diskBytes() > 0 && info.freeBytes() > 0 && info.format() > 0);
        Vault.Verification sound = Vault.verify(url);
        assertEquals(info.chunks(), sound.checked());
        assertEquals(0, sound.bad());
        assertEquals(List.of(), sound.items());

        Vault.Collected would = Vault.collect(url, List.of(kept.link()), false);
        assertEquals(dropped.newChunks(), would.removed());
        assertEquals(info.chunks(), Vault.info(url).chunks(), "nothing was removed");
        Vault.Collected did = Vault.collectAsync(url, List.of(kept.link()), true).get();
        assertEquals(would.removedBytes(), did.removedBytes());
        assertEquals(dropped.newChunks(), did.items().size());
        assertEquals(kept.newChunks(), Vault.info(url).chunks());

        byte[] address = kept.chunks().get(0).address();
        Vault.remove(url, address);
        assertEquals(SafeCode.NO_SUCH_DATA, assertThrows(SafeException.class, () -> Vault.remove(url, address)).code());
        Vault.removeAsync(url, kept.chunks().get(1).address()).get();
        assertEquals(kept.newChunks() - 2, Vault.verifyAsync(url).get().checked());
    }

    @Test
    void settingsAreNotNarrowed() throws Exception {
        long memory = Library.memory();
        long large = (1L << 53) + 1;
        SafeException refused = assertThrows(SafeException.class, () -> Library.setMemory(large));
        assertTrue(refused.getMessage().contains(Long.toString(large)), refused.getMessage());
        Library.setMemory((1L << 40) + 1);
        assertEquals((1L << 40) + 1, Library.memory());
        Library.setMemory(0);
        assertEquals(memory, Library.memory());
        Library.setWorkers(1);
        assertEquals(1, Library.workers());
        Library.setWorkers(0);
        try (Client client = Client.connect("mem:")) {
            assertEquals(SafeCode.BUSY, assertThrows(SafeException.class, () -> Library.setWorkers(1)).code());
        }
        assertTrue(Library.hasFeature("mem") && Library.hasFeature("file") && Library.hasFeature("s1"));
        String[] parts = Library.version().split("\\.");
        assertEquals(Library.versionNumber(),
            Long.parseLong(parts[0]) * 1_000_000 + Long.parseLong(parts[1]) * 1000 + Long.parseLong(parts[2]));
    }

    @Test
    void contentOf2018() throws Exception {
        byte[] data = Content.random(5_000_000);
        List<S1Encoder.Chunk> chunks = new ArrayList<>();
        byte[] datamap;
        try (S1Encoder encoder = new S1Encoder()) {
            assertNull(encoder.next());
            encoder.write(data);
            datamap = encoder.finish();
            for (S1Encoder.Chunk chunk = encoder.next(); chunk != null; chunk = encoder.next()) chunks.add(chunk);
            assertEquals(SafeCode.CLOSED, assertThrows(SafeException.class, () -> encoder.write(data)).code());
        }
        try (S1Map map = S1Map.parse(datamap)) {
            assertEquals(data.length, map.size());
            assertEquals(chunks.size(), map.chunkCount());
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            for (long index = 0; index < map.chunkCount(); ++index) {
                byte[] name = map.chunkName(index);
                byte[] stored = chunks.stream().filter(chunk -> java.util.Arrays.equals(chunk.name(), name))
                    .findFirst().orElseThrow().data();
                content.write(map.decrypt(index, stored));
            }
            assertArrayEquals(data, content.toByteArray());
            assertEquals(SafeCode.CHUNK_CORRUPT,
                assertThrows(SafeException.class, () -> map.decrypt(0, new byte[100])).code());
            assertEquals(SafeCode.INVALID_RANGE, assertThrows(SafeException.class, () -> map.chunkName(99)).code());
            assertEquals(0, map.content().length);
        }
    }

    @Test
    void linksOfOtherVaultsAreNotMistaken() throws Exception {
        String url = "file:" + folder.resolve("other");
        try (Client client = Client.connect(url)) {
            client.put(new byte[1000]);
        }
        Link foreign = Link.fromAddress(new byte[32]);
        assertThrows(SafeException.class, () -> Vault.collect(url, List.of(foreign), true));
        assertTrue(Vault.info(url).chunks() > 0, "nothing was removed");
    }
}
