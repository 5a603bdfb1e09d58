using System;
using System.Collections.Generic;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>What a put has made.</summary>
    public sealed class Receipt {
        private Receipt(ReceiptHandle receipt) {
            LinkHandle link;
            IntPtr error;
            Errors.Check(Ffi.safe_receipt_link(receipt, out link, out error), error);
            Link = new Link(link);
            Size = Ffi.safe_receipt_size(receipt);
            NewChunks = Ffi.safe_receipt_new_chunks(receipt);
            NewBytes = Ffi.safe_receipt_new_bytes(receipt);
            var chunks = new Chunk[Ffi.safe_receipt_chunk_count(receipt)];
            for (int index = 0; index < chunks.Length; ++index) {
                var address = new byte[32];
                ulong size;
                Errors.Check(Ffi.safe_receipt_chunk(receipt, (ulong)index, address, out size, out error), error);
                chunks[index] = new Chunk(address, size);
            }
            Chunks = chunks;
        }

        /// <summary>What reads the content again.</summary>
        public Link Link { get; private set; }

        /// <summary>Bytes of content.</summary>
        public ulong Size { get; private set; }

        /// <summary>The chunks, in the order in which they were made.</summary>
        public IReadOnlyList<Chunk> Chunks { get; private set; }

        /// <summary>How many chunks the vault did not have yet.</summary>
        public ulong NewChunks { get; private set; }

        /// <summary>How many bytes of them the vault did not have yet.</summary>
        public ulong NewBytes { get; private set; }

        internal static Receipt Take(OpHandle op) {
            ReceiptHandle receipt;
            IntPtr error;
            Errors.Check(Ffi.safe_op_take_receipt(op, out receipt, out error), error);
            using (receipt) return new Receipt(receipt);
        }
    }

    /// <summary>One stored chunk.</summary>
    public sealed class Chunk {
        private readonly byte[] address;

        internal Chunk(byte[] address, ulong size) {
            this.address = address;
            Size = size;
        }

        /// <summary>Its size as it is stored.</summary>
        public ulong Size { get; private set; }

        /// <summary>The 32 bytes that it is found by.</summary>
        public byte[] GetAddress() {
            return (byte[])address.Clone();
        }
    }
}
