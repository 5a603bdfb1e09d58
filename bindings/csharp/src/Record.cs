using System;
using System.Collections.Generic;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>One version of a record: a small value, signed by its owner.</summary>
    public sealed class Record {
        static Record() {
            Loader.Load();
        }

        private readonly byte[] address = new byte[32];
        private readonly byte[] owner = new byte[32];
        private readonly byte[] value;

        internal Record(RecordHandle record) {
            IntPtr error;
            BytesHandle bytes;
            Errors.Check(Ffi.safe_record_address(record, address, out error), error);
            Errors.Check(Ffi.safe_record_owner(record, owner, out error), error);
            Errors.Check(Ffi.safe_record_value(record, out bytes, out error), error);
            using (bytes) value = Ffi.safe_bytes_data(bytes);
            Label = Ffi.safe_record_label(record);
            Version = Ffi.safe_record_version(record);
        }

        /// <summary>What its owner calls it.</summary>
        public string Label { get; private set; }

        /// <summary>0 for the first.</summary>
        public ulong Version { get; private set; }

        /// <summary>The 32 bytes that it is found by.</summary>
        public byte[] GetAddress() {
            return (byte[])address.Clone();
        }

        /// <summary>The public key of its owner.</summary>
        public byte[] GetOwner() {
            return (byte[])owner.Clone();
        }

        /// <summary>The value.</summary>
        public byte[] GetValue() {
            return (byte[])value.Clone();
        }

        /// <summary>The address of an owner's record of that label (1 to 255 bytes).</summary>
        public static byte[] AddressOf(byte[] owner, string label) {
            Arguments.NotNull(owner, "owner");
            Arguments.NotNull(label, "label");
            var address = new byte[32];
            IntPtr error;
            Errors.Check(Ffi.safe_record_address_of(owner, label, address, out error), error);
            return address;
        }

        internal static Record Take(OpHandle op) {
            RecordHandle record;
            IntPtr error;
            Errors.Check(Ffi.safe_op_take_record(op, out record, out error), error);
            using (record) return new Record(record);
        }
    }

    /// <summary>Some versions of a record, from the newest down.</summary>
    public sealed class RecordPage {
        private RecordPage(RecordPageHandle page) {
            IntPtr error;
            var records = new Record[Ffi.safe_record_page_count(page)];
            for (int index = 0; index < records.Length; ++index) {
                RecordHandle record;
                Errors.Check(Ffi.safe_record_page_get(page, (ulong)index, out record, out error), error);
                using (record) records[index] = new Record(record);
            }
            Records = records;
            int more;
            ulong before;
            Errors.Check(Ffi.safe_record_page_next(page, out more, out before, out error), error);
            if (more != 0) Next = before;
        }

        /// <summary>The versions of this page.</summary>
        public IReadOnlyList<Record> Records { get; private set; }

        /// <summary>What to give as `before` for the next page; null on the last.</summary>
        public ulong? Next { get; private set; }

        internal static RecordPage Take(OpHandle op) {
            RecordPageHandle page;
            IntPtr error;
            Errors.Check(Ffi.safe_op_take_record_page(op, out page, out error), error);
            using (page) return new RecordPage(page);
        }
    }
}
