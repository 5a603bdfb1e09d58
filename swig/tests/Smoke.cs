using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace LibSafe.Interop {
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

        private static OpHandle Done(OpHandle op) {
            Ok(Ffi.safe_op_wait(op.DangerousGetHandle(), Ffi.SAFE_FOREVER, out error));
            return op;
        }

        private static ClientHandle Client(string url) {
            ClientHandle client;
            using (OpHandle op = Done(Ffi.safe_connect(url, 0))) Ok(Ffi.safe_op_take_client(op, out client, out error));
            return client;
        }

        private static LinkHandle Link(OpHandle op) {
            ReceiptHandle receipt;
            LinkHandle link;
            using (op) Ok(Ffi.safe_op_take_receipt(Done(op), out receipt, out error));
            using (receipt) Ok(Ffi.safe_receipt_link(receipt, out link, out error));
            return link;
        }

        private static byte[] Bytes(OpHandle op) {
            BytesHandle bytes;
            using (op) Ok(Ffi.safe_op_take_bytes(Done(op), out bytes, out error));
            using (bytes) return Ffi.safe_bytes_data(bytes);
        }

        private static void PutAndGet(ClientHandle client, byte[] data) {
            LinkHandle link = Link(Ffi.safe_put(client, data, Ffi.SAFE_PUT_PRIVATE));
            Expect(Ffi.safe_link_is_private(link) == 1 && Ffi.safe_link_size(link) == (ulong)data.Length, "link");
            Expect(Bytes(Ffi.safe_get_bytes(client, link, (ulong)data.Length)).SequenceEqual(data), "what was put comes back");
            link.Dispose();
        }

        /// <summary>Text is UTF-8, and a NUL is refused instead of cutting it short.</summary>
        private static void Text(ClientHandle client, byte[] data) {
            LinkHandle link = Link(Ffi.safe_put(client, data, 0)), named;
            const string name = "Grüße \U0001F600.txt";
            Ok(Ffi.safe_link_with(link, name, null, out named, out error));
            Expect(Ffi.safe_link_name(named) == name, "text crosses unchanged");
            Expect(Ffi.safe_link_media_type(named) == null, "no text is null");
            Refused(() => Ffi.safe_link_with(link, "a\0b", null, out named, out error));
            link.Dispose();
            named.Dispose();
        }

        private static void Failure() {
            LinkHandle link;
            int status = Ffi.safe_link_parse("safe:nothing", out link, out error);
            Expect(status == Ffi.SAFE_BAD_LINK && link.IsInvalid, "a failure gives nothing");
            Expect(Ffi.safe_error_code(error) == status, "its code");
            Expect(Ffi.safe_code_name(status) == "SAFE_BAD_LINK", "its name");
            Expect(Ffi.safe_error_message(error).Contains("link"), "its message");
            Console.WriteLine(Ffi.safe_error_message(error));
            Ffi.safe_error_free(error);
            Expect(Ffi.safe_link_text(link) == null, "no handle has no text");
        }

        private static void Details(ClientHandle client) {
            KeyHandle key;
            ulong version;
            Ok(Ffi.safe_key_import(new byte[32], out key, out error));
            byte[] label = Encoding.UTF8.GetBytes("text");
            Done(Ffi.safe_record_create(client, key, "profile", label)).Dispose();
            OpHandle again = Ffi.safe_record_create(client, key, "profile", label);
            Expect(Ffi.safe_op_wait(again.DangerousGetHandle(), -1, out error) == Ffi.SAFE_DATA_EXISTS, "a record is made once");
            Ok(Ffi.safe_error_detail_u64(error, "current_version", out version));
            Expect(version == 0, "a detail of the error");
            Ffi.safe_error_free(error);
            again.Dispose();

            byte[] signature = new byte[64], own = new byte[32];
            Ok(Ffi.safe_key_sign(key, label, signature, out error));
            Ok(Ffi.safe_key_public(key, own, out error));
            Ok(Ffi.safe_key_verify(own, label, signature, out error));
            ++signature[0];
            Expect(Ffi.safe_key_verify(own, label, signature, out error) == Ffi.SAFE_BAD_SIGNATURE, "another signature");
            Ffi.safe_error_free(error);
            Refused(() => Ffi.safe_key_public(key, new byte[31], out error));
            key.Dispose();
        }

        /// <summary>Memory that operations keep is the caller's, pinned; memory that the library lends is its own.</summary>
        private static void Streams(ClientHandle client, byte[] data) {
            WriterHandle writer;
            ReaderHandle reader;
            IntPtr memory;
            using (OpHandle op = Done(Ffi.safe_writer_open(client, Ffi.SAFE_SIZE_UNKNOWN, 0)))
                Ok(Ffi.safe_op_take_writer(op, out writer, out error));
            Ok(Ffi.safe_writer_reserve(writer, 1000, out memory, out error));
            Marshal.Copy(data, 0, memory, 1000);
            Done(Ffi.safe_writer_commit(writer, 1000)).Dispose();
            GCHandle kept = GCHandle.Alloc(data, GCHandleType.Pinned);
            IntPtr rest = kept.AddrOfPinnedObject() + 1000;
            Done(Ffi.safe_writer_write(writer, rest, (ulong)data.Length - 1000)).Dispose();
            kept.Free();
            LinkHandle link = Link(Ffi.safe_writer_close(writer));
            writer.Dispose();

            using (OpHandle op = Done(Ffi.safe_open(client, link))) Ok(Ffi.safe_op_take_reader(op, out reader, out error));
            var room = new byte[data.Length];
            GCHandle pinned = GCHandle.Alloc(room, GCHandleType.Pinned);
            OpHandle read = Done(Ffi.safe_reader_read_into(reader, 0, pinned.AddrOfPinnedObject(), (ulong)room.Length));
            pinned.Free();
            ulong size;
            Ok(Ffi.safe_op_take_u64(read, out size, out error));
            Expect(size == (ulong)data.Length && room.SequenceEqual(data), "what was written is read");
            read.Dispose();
            reader.Dispose();
            link.Dispose();
        }

        /// <summary>A part of an array: what is around it stays as it is.</summary>
        private static void Pieces(ClientHandle client, byte[] data) {
            BytesHandle bytes;
            LinkHandle link = Link(Ffi.safe_put(client, data, Ffi.SAFE_PUT_PRIVATE));
            Ok(Ffi.safe_link_datamap(link, out bytes, out error));
            byte[] whole = Ffi.safe_bytes_data(bytes), room = data.Take(10).ToArray();
            Ok(Ffi.safe_bytes_copy(bytes, 1, new Piece(room, 3, 4), out error));
            Expect(room.SequenceEqual(data.Take(3).Concat(whole.Skip(1).Take(4)).Concat(data.Skip(7).Take(3))), "a piece");
            bytes.Dispose();
            link.Dispose();
        }

        private static void Queue(ClientHandle client, byte[] data) {
            QueueHandle queue;
            IntPtr op;
            ulong tag;
            Ok(Ffi.safe_queue_create(out queue, out error));
            OpHandle put = Ffi.safe_put(client, data, 0);
            Ok(Ffi.safe_op_to_queue(put, queue, ulong.MaxValue - 1, out error)); // a u64 of which no bit is lost
            Ok(Ffi.safe_queue_next(queue.DangerousGetHandle(), Ffi.SAFE_FOREVER, out op, out tag, out error));
            Expect(op == put.DangerousGetHandle() && tag == ulong.MaxValue - 1, "the operation and its tag");
            put.Dispose();
            queue.Dispose();
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
            ClientHandle client = Client("mem:");
            PutAndGet(client, data);
            PutAndGet(client, new byte[0]);
            Text(client, data);
            Failure();
            Details(client);
            Streams(client, data);
            Pieces(client, data);
            Queue(client, data);
            IntPtr stale = client.DangerousGetHandle();
            client.Dispose();
            Ffi.safe_client_free(stale); // is nothing
            Console.WriteLine("live handles " + Ffi.safe_debug_live_handles());
            return Ffi.safe_debug_live_handles() == 0 ? 0 : 1;
        }
    }
}
