package libsafe.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import libsafe.Client;
import libsafe.Key;
import libsafe.Library;
import libsafe.Link;
import libsafe.PutOption;
import libsafe.Reader;
import libsafe.S1Map;
import libsafe.SafeCode;
import libsafe.SafeException;
import libsafe.SafeRecord;
import libsafe.Vault;
import libsafe.Writer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/** Wrong input is refused, with the code and the words that help. */
@ExtendWith(NoLeaks.class)
class MistakesTest {
    private static SafeException fails(int code, String name, Executable call) {
        SafeException problem = assertThrows(SafeException.class, call);
        assertEquals(code, problem.code(), problem.toString());
        assertEquals(name, problem.codeName());
        assertFalse(problem.getMessage().isBlank());
        assertTrue(problem.toString().contains(name + ": " + problem.getMessage()));
        return problem;
    }

    private static void isNull(Executable call) {
        assertThrows(NullPointerException.class, call);
    }

    private static void isWrong(Executable call) {
        assertThrows(IllegalArgumentException.class, call);
    }

    @Test
    void urls() {
        fails(SafeCode.BAD_URL, "SAFE_BAD_URL", () -> Client.connect("not a url"));
        fails(SafeCode.BAD_URL, "SAFE_BAD_URL", () -> Client.connect("ws://nowhere:1"));
        fails(SafeCode.URL_IS_CONTENT, "SAFE_URL_IS_CONTENT", () -> Client.connect("safe:public-x"));
        isNull(() -> Client.connect(null));
        isNull(() -> Client.connectAsync(null));
        isWrong(() -> Client.connect("mem:\0x"));
    }

    @Test
    void links() {
        SafeException bad = fails(SafeCode.BAD_LINK, "SAFE_BAD_LINK", () -> Link.parse("safe:nothing"));
        assertFalse(bad.isRetryable());
        assertTrue(bad.details().isEmpty());
        assertTrue(bad.currentVersion().isEmpty());
        isNull(() -> Link.parse(null));
        isNull(() -> Link.fromAddress(null));
        isWrong(() -> Link.fromAddress(new byte[31]));
        fails(SafeCode.BAD_DATA_MAP, "SAFE_BAD_DATA_MAP", () -> Link.fromDatamap(new byte[10]));
        fails(SafeCode.INVALID_ARGUMENT, "SAFE_INVALID_ARGUMENT", () -> Link.fromAddress(new byte[32]).datamap());
        fails(SafeCode.INVALID_ARGUMENT, "SAFE_INVALID_ARGUMENT",
            () -> Link.fromAddress(new byte[32]).with("x".repeat(129), null));
    }

    @Test
    void callsOfAClient() throws Exception {
        try (Client client = Client.connect("mem:"); Key key = Key.generate()) {
            Link link = client.put(new byte[10]).link();
            isNull(() -> client.put((byte[]) null));
            isNull(() -> client.putAsync((byte[]) null));
            isNull(() -> client.put((Path) null));
            isNull(() -> client.put((ByteBuffer) null));
            isNull(() -> client.put((InputStream) null));
            isNull(() -> client.put(new byte[1], (PutOption) null));
            isNull(() -> client.get(null));
            isNull(() -> client.open(null));
            isNull(() -> client.openDatamap(null));
            isNull(() -> client.createRecord(null, "label", new byte[0]));
            isNull(() -> client.createRecord(key, null, new byte[0]));
            isNull(() -> client.createRecord(key, "label", null));
            isNull(() -> client.chunkGet(null));
            isWrong(() -> client.get(link, -1));
            isWrong(() -> client.newWriter(-1));
            isWrong(() -> client.chunkGet(new byte[33]));
            isWrong(() -> client.getRecord(new byte[0]));
            isWrong(() -> client.setRecord(key, "label", -1, new byte[0]));
            isWrong(() -> client.listRecords(new byte[32], 0, -1));
            fails(SafeCode.INVALID_ARGUMENT, "SAFE_INVALID_ARGUMENT", () -> client.listRecords(new byte[32], 5, 0));
            fails(SafeCode.INVALID_ARGUMENT, "SAFE_INVALID_ARGUMENT", () -> client.createRecord(key, "", new byte[0]));
            fails(SafeCode.INVALID_ARGUMENT, "SAFE_INVALID_ARGUMENT", () -> client.chunkPut(new byte[0]));
            fails(SafeCode.DATA_TOO_LARGE, "SAFE_DATA_TOO_LARGE", () -> client.chunkPut(new byte[(4 << 20) + 1]));
            fails(SafeCode.BAD_DATA_MAP, "SAFE_BAD_DATA_MAP", () -> client.openDatamap(new byte[0]));
            fails(SafeCode.FILE_NOT_FOUND, "SAFE_FILE_NOT_FOUND", () -> client.put(Path.of("no such file")));
            fails(SafeCode.FILE_NOT_FOUND, "SAFE_FILE_NOT_FOUND", () -> client.getFile(link, Path.of("no/such/folder/file")));
            fails(SafeCode.NO_SUCH_DATA, "SAFE_NO_SUCH_DATA", () -> client.getRecord(new byte[32]));
        }
    }

    @Test
    void readersAndWriters() throws Exception {
        try (Client client = Client.connect("mem:"); Reader reader = client.open(client.put(new byte[10]).link());
             Writer writer = client.newWriter()) {
            isWrong(() -> reader.read(-1, 1));
            isWrong(() -> reader.read(0, -1));
            isWrong(() -> reader.readAsync(0, (16 << 20) + 1));
            isWrong(() -> reader.read(-1, ByteBuffer.allocate(1)));
            isNull(() -> reader.read(0, null));
            isNull(() -> writer.write((byte[]) null));
            isNull(() -> writer.write((ByteBuffer) null));
            assertThrows(IndexOutOfBoundsException.class, () -> writer.write(new byte[3], 2, 2));
            fails(SafeCode.INVALID_ARGUMENT, "SAFE_INVALID_ARGUMENT",
                () -> writer.writeAsync(ByteBuffer.allocate((4 << 20) + 1)));
        }
    }

    @Test
    void keysVaultsAndTheRest() throws Exception {
        isNull(() -> Key.fromSeed(null));
        isWrong(() -> Key.fromSeed(new byte[31]));
        isWrong(() -> Key.verify(new byte[32], new byte[1], new byte[63]));
        isNull(() -> Key.verify(null, new byte[1], new byte[64]));
        isWrong(() -> SafeRecord.addressOf(new byte[31], "label"));
        isNull(() -> Vault.info(null));
        isNull(() -> Vault.collect("mem:", null, false));
        fails(SafeCode.STORE_MISSING, "SAFE_STORE_MISSING", () -> Vault.info("file:no/such/vault"));
        fails(SafeCode.BAD_DATA_MAP, "SAFE_BAD_DATA_MAP", () -> S1Map.parse(new byte[0]));
        isWrong(() -> Library.setMemory(-1));
        isNull(() -> Library.hasFeature(null));
        assertFalse(Library.hasFeature("teleport"));
    }

    @Test
    void anExceptionTravels() throws Exception {
        SafeException problem = assertThrows(SafeException.class, () -> {
            try (Client client = Client.connect("mem:"); Key key = Key.generate()) {
                client.createRecord(key, "label", new byte[0]);
                client.createRecord(key, "label", new byte[0]);
            }
        });
        assertTrue(IOException.class.isInstance(problem));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(problem);
        SafeException copy = (SafeException) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
        assertEquals(SafeCode.DATA_EXISTS, copy.code());
        assertEquals(0, copy.currentVersion().getAsLong());
        assertEquals(problem.getMessage(), copy.getMessage());
    }
}
