using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace Libsafe {
    /// <summary>Connect, put, get, error, free through the generated layer, and every way in which a value crosses.</summary>
    internal static class Smoke {
        private static IntPtr error;

        private static void Expect(bool what, string name) {
            if (!what) throw new Exception(name);
        }

        /// <summary>The call has succeeded.</summary>
        private static void Ok(int status) {
            if (status == Ffi.SAFE_OK) return;
            string message = Ffi.safe_error_message(error);
            Ffi.safe_error_free(error);
            throw new Exception(Ffi.safe_code_name(status) + ": " + message);
        }

        private static IntPtr Done(IntPtr op) {
            Ok(Ffi.safe_op_wait(op, Ffi.SAFE_FOREVER, out error));
            return op;
        }

        private static IntPtr Client(string url) {
            IntPtr op = Done(Ffi.safe_connect(url, 0)), client;
            Ok(Ffi.safe_op_take_client(op, out client, out error));
            Ffi.safe_op_free(op);
            return client;
        }

        private static IntPtr Link(IntPtr op) {
            IntPtr receipt, link;
            Ok(Ffi.safe_op_take_receipt(Done(op), out receipt, out error));
            Ok(Ffi.safe_receipt_link(receipt, out link, out error));
            Ffi.safe_op_free(op);
            Ffi.safe_receipt_free(receipt);
            return link;
        }

        private static byte[] Bytes(IntPtr op) {
            IntPtr bytes;
            Ok(Ffi.safe_op_take_bytes(Done(op), out bytes, out error));
            byte[] data = Ffi.safe_bytes_data(bytes);
            Ffi.safe_op_free(op);
            Ffi.safe_bytes_free(bytes);
            return data;
        }

        private static void PutAndGet(IntPtr client, byte[] data) {
            IntPtr link = Link(Ffi.safe_put(client, data, Ffi.SAFE_PUT_PRIVATE));
            Expect(Ffi.safe_link_is_private(link) == 1 && Ffi.safe_link_size(link) == (ulong)data.Length, "link");
            Expect(Bytes(Ffi.safe_get_bytes(client, link, (ulong)data.Length)).SequenceEqual(data), "what was put comes back");
            Ffi.safe_link_free(link);
        }

        /// <summary>Text is UTF-8, and a NUL is refused instead of cutting it short.</summary>
        private static void Text(IntPtr client, byte[] data) {
            IntPtr link = Link(Ffi.safe_put(client, data, 0)), named;
            const string name = "Grüße \U0001F600.txt";
            Ok(Ffi.safe_link_with(link, name, null, out named, out error));
            Expect(Ffi.safe_link_name(named) == name, "text crosses unchanged");
            Expect(Ffi.safe_link_media_type(named) == null, "no text is null");
            Refused(() => Ffi.safe_link_with(link, "a\0b", null, out named, out error));
            Ffi.safe_link_free(link);
            Ffi.safe_link_free(named);
        }

        private static void Failure() {
            IntPtr link;
            int status = Ffi.safe_link_parse("safe:nothing", out link, out error);
            Expect(status == Ffi.SAFE_BAD_LINK && link == IntPtr.Zero, "a failure gives nothing");
            Expect(Ffi.safe_error_code(error) == status, "its code");
            Expect(Ffi.safe_code_name(status) == "SAFE_BAD_LINK", "its name");
            Expect(Ffi.safe_error_message(error).Contains("link"), "its message");
            Console.WriteLine(Ffi.safe_error_message(error));
            Ffi.safe_error_free(error);
            Expect(Ffi.safe_link_text(link) == null, "no handle has no text");
        }

        private static void Details(IntPtr client) {
            IntPtr key;
            ulong version;
            Ok(Ffi.safe_key_import(new byte[32], out key, out error));
            byte[] label = Encoding.UTF8.GetBytes("text");
            Ffi.safe_op_free(Done(Ffi.safe_record_create(client, key, "profile", label)));
            IntPtr again = Ffi.safe_record_create(client, key, "profile", label);
            Expect(Ffi.safe_op_wait(again, -1, out error) == Ffi.SAFE_DATA_EXISTS, "a record is made once");
            Ok(Ffi.safe_error_detail_u64(error, "current_version", out version));
            Expect(version == 0, "a detail of the error");
            Ffi.safe_error_free(error);
            Ffi.safe_op_free(again);

            byte[] signature = new byte[64], own = new byte[32];
            Ok(Ffi.safe_key_sign(key, label, signature, out error));
            Ok(Ffi.safe_key_public(key, own, out error));
            Ok(Ffi.safe_key_verify(own, label, signature, out error));
            ++signature[0];
            Expect(Ffi.safe_key_verify(own, label, signature, out error) == Ffi.SAFE_BAD_SIGNATURE, "another signature");
            Ffi.safe_error_free(error);
            Refused(() => Ffi.safe_key_public(key, new byte[31], out error));
            Ffi.safe_key_free(key);
        }

        /// <summary>Memory that operations keep is the caller's, pinned; memory that the library lends is its own.</summary>
        private static void Streams(IntPtr client, byte[] data) {
            IntPtr op = Done(Ffi.safe_writer_open(client, Ffi.SAFE_SIZE_UNKNOWN, 0)), writer, memory, reader;
            Ok(Ffi.safe_op_take_writer(op, out writer, out error));
            Ffi.safe_op_free(op);
            Ok(Ffi.safe_writer_reserve(writer, 1000, out memory, out error));
            Marshal.Copy(data, 0, memory, 1000);
            Ffi.safe_op_free(Done(Ffi.safe_writer_commit(writer, 1000)));
            GCHandle kept = GCHandle.Alloc(data, GCHandleType.Pinned);
            IntPtr rest = kept.AddrOfPinnedObject() + 1000;
            Ffi.safe_op_free(Done(Ffi.safe_writer_write(writer, rest, (ulong)data.Length - 1000)));
            kept.Free();
            IntPtr link = Link(Ffi.safe_writer_close(writer));
            Ffi.safe_writer_free(writer);

            op = Done(Ffi.safe_open(client, link));
            Ok(Ffi.safe_op_take_reader(op, out reader, out error));
            Ffi.safe_op_free(op);
            var room = new byte[data.Length];
            GCHandle pinned = GCHandle.Alloc(room, GCHandleType.Pinned);
            IntPtr read = Done(Ffi.safe_reader_read_into(reader, 0, pinned.AddrOfPinnedObject(), (ulong)room.Length));
            pinned.Free();
            ulong size;
            Ok(Ffi.safe_op_take_u64(read, out size, out error));
            Expect(size == (ulong)data.Length && room.SequenceEqual(data), "what was written is read");
            Ffi.safe_op_free(read);
            Ffi.safe_reader_free(reader);
            Ffi.safe_link_free(link);
        }

        private static void Queue(IntPtr client, byte[] data) {
            IntPtr queue, op;
            ulong tag;
            Ok(Ffi.safe_queue_create(out queue, out error));
            IntPtr put = Ffi.safe_put(client, data, 0);
            Ok(Ffi.safe_op_to_queue(put, queue, ulong.MaxValue - 1, out error)); // a u64 of which no bit is lost
            Ok(Ffi.safe_queue_next(queue, Ffi.SAFE_FOREVER, out op, out tag, out error));
            Expect(op == put && tag == ulong.MaxValue - 1, "the operation and its tag");
            Ffi.safe_op_free(put);
            Ffi.safe_queue_free(queue);
        }

        private static void Refused(Action call) {
            try {
                call();
            } catch (ArgumentException) {
                return;
            }
            throw new Exception("was not refused");
        }

        private static int Main() {
            Expect(Ffi.safe_abi_version() == Ffi.SAFE_ABI_VERSION, "the ABI");
            var data = new byte[5000000];
            new Random(1).NextBytes(data);
            IntPtr client = Client("mem:");
            PutAndGet(client, data);
            PutAndGet(client, new byte[0]);
            Text(client, data);
            Failure();
            Details(client);
            Streams(client, data);
            Queue(client, data);
            Ffi.safe_client_free(client);
            Ffi.safe_client_free(client); // a stale handle is nothing
            Console.WriteLine("live handles " + Ffi.safe_debug_live_handles());
            return Ffi.safe_debug_live_handles() == 0 ? 0 : 1;
        }
    }
}
