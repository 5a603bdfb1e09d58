package libsafe.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import libsafe.Client;
import libsafe.ConnectOption;
import libsafe.Link;
import libsafe.PutOption;
import libsafe.Reader;
import libsafe.Receipt;
import libsafe.SafeCode;
import libsafe.SafeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is put comes back, whatever it is put from. */
@ExtendWith(NoLeaks.class)
class PutGetTest {
    @TempDir
    Path folder;

    @Test
    void bytesOfManySizes() throws Exception {
        try (Client client = Client.connect("mem:")) {
            for (int size : new int[] {0, 1, 2, 3, 4, 1000, 1 << 20, (1 << 20) + 1, 5_000_000, 9_000_001}) {
                byte[] data = Content.random(size);
                Receipt receipt = client.put(data);
                assertEquals(size, receipt.size());
                assertEquals(size, receipt.link().size().orElseThrow());
                assertArrayEquals(data, client.get(receipt.link()), size + " bytes");
            }
        }
    }

    @Test
    void equalContentHasOneLinkWhereverItComesFrom() throws Exception {
        byte[] data = Content.random(9_000_001);
        Path file = Files.write(folder.resolve("content"), data);
        ByteBuffer direct = ByteBuffer.allocateDirect(data.length).put(data).flip();
        try (Client client = Client.connect("mem:")) {
            byte[] address = client.put(data).link().address();
            assertArrayEquals(address, client.put(ByteBuffer.wrap(data)).link().address());
            assertArrayEquals(address, client.put(direct).link().address());
            assertArrayEquals(address, client.put(new ByteArrayInputStream(data)).link().address());
            assertArrayEquals(address, client.put(file).link().address());
            assertArrayEquals(address, client.putAsync(data).get().link().address());
            assertArrayEquals(address, client.putAsync(file).get().link().address());
        }
    }

    @Test
    void buffersGoFromPositionToLimit() throws Exception {
        byte[] data = Content.random(3_000_000);
        byte[] middle = Arrays.copyOfRange(data, 1001, 2_000_003);
        ByteBuffer direct = ByteBuffer.allocateDirect(data.length).put(data).position(1001).limit(2_000_003);
        ByteBuffer slice = ByteBuffer.wrap(data, 1000, 2_000_000).slice().position(1).limit(1_999_003);
        ByteBuffer readOnly = ByteBuffer.wrap(data).asReadOnlyBuffer().position(1001).limit(2_000_003);
        try (Client client = Client.connect("mem:")) {
            for (ByteBuffer buffer : new ByteBuffer[] {direct, slice, readOnly}) {
                Link link = client.put(buffer).link();
                assertFalse(buffer.hasRemaining(), "the position has moved");
                assertArrayEquals(middle, client.get(link));
            }
        }
    }

    @Test
    void filesKeepTheirNamesInEveryScript() throws Exception {
        byte[] data = Content.random(100_000);
        try (Client client = Client.connect("file:" + folder.resolve("Tresor für 金庫 \uD83D\uDE00"))) {
            for (String name : new String[] {"plain.txt", "Grüße.txt", "файл", "金庫", "\uD83D\uDE00 x.bin"}) {
                Path file = Files.write(folder.resolve(name), data);
                Receipt receipt = client.put(file);
                assertEquals(name, receipt.link().name().orElseThrow());
                Path copy = folder.resolve("copy of " + name);
                assertEquals(data.length, client.getFile(receipt.link(), copy));
                assertArrayEquals(data, Files.readAllBytes(copy));
                assertEquals(data.length, client.getFileAsync(receipt.link(), copy).get());
            }
        }
    }

    @Test
    void privateLinksHideThemselves() throws Exception {
        try (Client client = Client.connect("mem:")) {
            Receipt receipt = client.put(Content.random(10_000), PutOption.PRIVATE);
            Link link = receipt.link();
            assertTrue(link.isPrivate());
            for (String shown : new String[] {link.toString(), receipt.toString(), "" + link}) {
                assertFalse(shown.contains("safe:private-"), shown);
            }
            assertTrue(link.text().startsWith("safe:private-"));
            assertArrayEquals(Content.random(10_000), client.get(Link.parse(link.text())));
            assertEquals(link, Link.fromDatamap(link.datamap()).with(link.name().orElse(null), null));
            try (Reader reader = client.openDatamap(link.datamap())) {
                assertArrayEquals(Content.random(10_000), reader.newInputStream().readAllBytes());
            }
        }
    }

    @Test
    void optionsDoWhatTheySay() throws Exception {
        byte[] data = Content.random(5_000_000);
        try (Client client = Client.connect("mem:")) {
            Receipt dry = client.put(data, PutOption.DRY_RUN);
            assertEquals(SafeCode.NO_SUCH_DATA, assertThrows(SafeException.class, () -> client.get(dry.link())).code());
            Receipt first = client.put(data, PutOption.VERIFY);
            assertEquals(dry.link(), first.link());
            assertEquals(first.chunks().size(), first.newChunks());
            assertEquals(first.chunks().stream().mapToLong(Receipt.Chunk::size).sum(), first.newBytes());
            assertEquals(0, client.put(data, PutOption.VERIFY).newChunks());
            assertNotEquals(first.link(), client.put(data, PutOption.PRIVATE, PutOption.VERIFY).link());
        }
    }

    @Test
    void getHasALimit() throws Exception {
        try (Client client = Client.connect("mem:")) {
            Link link = client.put(new byte[100]).link();
            assertEquals(100, client.get(link, 100).length);
            SafeException problem = assertThrows(SafeException.class, () -> client.get(link, 99));
            assertEquals(SafeCode.DATA_TOO_LARGE, problem.code());
            assertEquals("SAFE_DATA_TOO_LARGE", problem.codeName());
            assertEquals(99L, problem.details().get("limit"));
        }
    }

    @Test
    void twoClientsOfOneVaultAndOneOfAnother() throws Exception {
        String url = "file:" + folder.resolve("vault");
        byte[] data = Content.random(1_000_000);
        try (Client first = Client.connect(url); Client second = Client.connectAsync(url).get();
             Client stranger = Client.connect("mem:")) {
            Link link = first.put(data).link();
            assertArrayEquals(data, second.get(link));
            assertEquals(SafeCode.NO_SUCH_DATA, assertThrows(SafeException.class, () -> stranger.get(link)).code());
            first.close();
            assertArrayEquals(data, second.get(link), "the other one goes on");
            assertEquals(url, second.url());
        }
    }

    @Test
    void chunks() throws Exception {
        byte[] data = Content.random(1000);
        try (Client client = Client.connect("mem:")) {
            byte[] address = client.chunkPut(data);
            assertEquals(32, address.length);
            assertArrayEquals(address, client.chunkPutAsync(data).get());
            assertTrue(client.chunkExists(address));
            assertFalse(client.chunkExistsAsync(new byte[32]).get());
            assertArrayEquals(data, client.chunkGet(address));
            assertArrayEquals(data, client.chunkGetAsync(address).get());
        }
    }

    @Test
    void aStreamThatFailsLeavesItsOwnFailure() throws Exception {
        try (Client client = Client.connect("mem:")) {
            IOException mine = new IOException("mine");
            IOException seen = assertThrows(IOException.class, () -> client.put(new ByteArrayInputStream(new byte[10]) {
                @Override
                public synchronized int read(byte[] into, int from, int length) {
                    throw new java.io.UncheckedIOException(mine);
                }

                @Override
                public long transferTo(java.io.OutputStream out) throws IOException {
                    throw mine;
                }
            }));
            assertEquals(mine, seen);
        }
    }

    @Test
    void aVaultIsNotMadeAgainstOnesWish() {
        String url = "file:" + folder.resolve("nothing");
        SafeException problem = assertThrows(SafeException.class, () -> Client.connect(url, ConnectOption.NO_CREATE));
        assertEquals(SafeCode.STORE_MISSING, problem.code());
        assertFalse(Files.exists(folder.resolve("nothing")));
    }
}
