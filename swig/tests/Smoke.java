package libsafe;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Connect, put, get, error, free through the generated layer, and every way in which a value crosses. */
final class Smoke {
    private static final long[] error = new long[1];

    private static void expect(boolean what, String name) {
        if (!what) throw new AssertionError(name);
    }

    /** The call has succeeded. */
    private static void ok(int status) {
        if (status == Ffi.SAFE_OK) return;
        String message = Ffi.safe_error_message(error[0]);
        Ffi.safe_error_free(error[0]);
        throw new AssertionError(Ffi.safe_code_name(status) + ": " + message);
    }

    private static long done(long op) {
        ok(Ffi.safe_op_wait(op, Ffi.SAFE_FOREVER, error));
        return op;
    }

    private static long client(String url) {
        long op = done(Ffi.safe_connect(url, 0));
        long[] client = new long[1];
        ok(Ffi.safe_op_take_client(op, client, error));
        Ffi.safe_op_free(op);
        return client[0];
    }

    private static long link(long op) {
        long[] receipt = new long[1];
        long[] link = new long[1];
        ok(Ffi.safe_op_take_receipt(done(op), receipt, error));
        ok(Ffi.safe_receipt_link(receipt[0], link, error));
        Ffi.safe_op_free(op);
        Ffi.safe_receipt_free(receipt[0]);
        return link[0];
    }

    private static byte[] bytes(long op) {
        long[] bytes = new long[1];
        ok(Ffi.safe_op_take_bytes(done(op), bytes, error));
        byte[] data = Ffi.safe_bytes_data(bytes[0]);
        Ffi.safe_op_free(op);
        Ffi.safe_bytes_free(bytes[0]);
        return data;
    }

    private static void putAndGet(long client, byte[] data) {
        long link = link(Ffi.safe_put(client, data, Ffi.SAFE_PUT_PRIVATE));
        expect(Ffi.safe_link_is_private(link) == 1 && Ffi.safe_link_size(link) == data.length, "link");
        expect(Arrays.equals(bytes(Ffi.safe_get_bytes(client, link, data.length)), data), "what was put comes back");
        Ffi.safe_link_free(link);
    }

    /** Text is UTF-8, also where Java has two characters for one, and a NUL is refused instead of cutting it short. */
    private static void text(long client, byte[] data) {
        long link = link(Ffi.safe_put(client, data, 0));
        long[] named = new long[1];
        String name = "Grüße \uD83D\uDE00.txt";
        ok(Ffi.safe_link_with(link, name, null, named, error));
        expect(name.equals(Ffi.safe_link_name(named[0])), "text crosses unchanged");
        expect(Ffi.safe_link_media_type(named[0]) == null, "no text is null");
        refused(() -> Ffi.safe_link_with(link, "a\0b", null, named, error));
        Ffi.safe_link_free(link);
        Ffi.safe_link_free(named[0]);
    }

    private static void failure() {
        long[] link = new long[1];
        int status = Ffi.safe_link_parse("safe:nothing", link, error);
        expect(status == Ffi.SAFE_BAD_LINK && link[0] == 0, "a failure gives nothing");
        expect(Ffi.safe_error_code(error[0]) == status, "its code");
        expect(Ffi.safe_code_name(status).equals("SAFE_BAD_LINK"), "its name");
        expect(Ffi.safe_error_message(error[0]).contains("link"), "its message");
        System.out.println(Ffi.safe_error_message(error[0]));
        Ffi.safe_error_free(error[0]);
        expect(Ffi.safe_link_text(link[0]) == null, "no handle has no text");
        expect(Ffi.safe_link_parse(null, link, null) == Ffi.SAFE_INVALID_ARGUMENT, "the error may be left out");
    }

    private static void details(long client) {
        byte[] seed = new byte[32];
        long[] key = new long[1];
        ok(Ffi.safe_key_import(seed, key, error));
        byte[] label = "text".getBytes(StandardCharsets.UTF_8);
        Ffi.safe_op_free(done(Ffi.safe_record_create(client, key[0], "profile", label)));
        long again = Ffi.safe_record_create(client, key[0], "profile", label);
        expect(Ffi.safe_op_wait(again, -1, error) == Ffi.SAFE_DATA_EXISTS, "a record is made once");
        long[] version = {7};
        ok(Ffi.safe_error_detail_u64(error[0], "current_version", version));
        expect(version[0] == 0, "a detail of the error");
        Ffi.safe_error_free(error[0]);
        Ffi.safe_op_free(again);

        byte[] signature = new byte[64];
        byte[] own = new byte[32];
        ok(Ffi.safe_key_sign(key[0], label, signature, error));
        ok(Ffi.safe_key_public(key[0], own, error));
        ok(Ffi.safe_key_verify(own, label, signature, error));
        ++signature[0];
        expect(Ffi.safe_key_verify(own, label, signature, null) == Ffi.SAFE_BAD_SIGNATURE, "another signature");
        refused(() -> Ffi.safe_key_public(key[0], new byte[31], error));
        Ffi.safe_key_free(key[0]);
    }

    /** Memory that operations keep, or that the library lends, is not copied on the way. */
    private static void streams(long client, byte[] data) {
        long op = done(Ffi.safe_writer_open(client, Ffi.SAFE_SIZE_UNKNOWN, 0));
        long[] writer = new long[1];
        ok(Ffi.safe_op_take_writer(op, writer, error));
        Ffi.safe_op_free(op);
        ByteBuffer[] memory = new ByteBuffer[1];
        ok(Ffi.safe_writer_reserve(writer[0], 1000, memory, error));
        expect(memory[0].isDirect() && memory[0].capacity() == 1000, "memory of the library");
        memory[0].put(data, 0, 1000);
        Ffi.safe_op_free(done(Ffi.safe_writer_commit(writer[0], 1000)));
        ByteBuffer kept = ByteBuffer.allocateDirect(data.length);
        kept.put(data).position(1000);
        Ffi.safe_op_free(done(Ffi.safe_writer_write(writer[0], kept)));
        refused(() -> Ffi.safe_writer_write(writer[0], ByteBuffer.allocate(1)));
        long link = link(Ffi.safe_writer_close(writer[0]));
        Ffi.safe_writer_free(writer[0]);

        op = done(Ffi.safe_open(client, link));
        long[] reader = new long[1];
        ok(Ffi.safe_op_take_reader(op, reader, error));
        Ffi.safe_op_free(op);
        ByteBuffer room = ByteBuffer.allocateDirect(data.length);
        long read = done(Ffi.safe_reader_read_into(reader[0], 0, room));
        long[] size = new long[1];
        ok(Ffi.safe_op_take_u64(read, size, error));
        byte[] back = new byte[data.length];
        room.get(back);
        expect(size[0] == data.length && Arrays.equals(back, data), "what was written is read");
        Ffi.safe_op_free(read);
        Ffi.safe_reader_free(reader[0]);
        Ffi.safe_link_free(link);
    }

    private static void queue(long client, byte[] data) {
        long[] queue = new long[1];
        ok(Ffi.safe_queue_create(queue, error));
        long put = Ffi.safe_put(client, data, 0);
        ok(Ffi.safe_op_to_queue(put, queue[0], -2, error)); // a u64 of which no bit is lost
        long[] op = new long[1];
        long[] tag = new long[1];
        ok(Ffi.safe_queue_next(queue[0], Ffi.SAFE_FOREVER, op, tag, error));
        expect(op[0] == put && tag[0] == -2, "the operation and its tag");
        Ffi.safe_op_free(put);
        Ffi.safe_queue_free(queue[0]);
    }

    private static void refused(Runnable call) {
        try {
            call.run();
        } catch (IllegalArgumentException expected) {
            return;
        }
        throw new AssertionError("was not refused");
    }

    public static void main(String[] arguments) {
        expect(Ffi.safe_abi_version() == Ffi.SAFE_ABI_VERSION, "the ABI");
        byte[] data = new byte[5_000_000];
        new java.util.Random(1).nextBytes(data);
        long client = client("mem:");
        putAndGet(client, data);
        putAndGet(client, new byte[0]);
        text(client, data);
        failure();
        details(client);
        streams(client, data);
        queue(client, data);
        Ffi.safe_client_free(client);
        Ffi.safe_client_free(client); // a stale handle is nothing
        refused(() -> Ffi.safe_connect("mem:", 1L << 32));
        System.out.println("live handles " + Ffi.safe_debug_live_handles());
        expect(Ffi.safe_debug_live_handles() == 0, "nothing is left");
    }
}
