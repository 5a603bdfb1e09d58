using System;
using System.Collections.Generic;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>Figures of a vault.</summary>
    public sealed class VaultInfo {
        internal VaultInfo(ReportHandle report) {
            Chunks = VaultItem.Figure(report, "chunks");
            ChunkBytes = VaultItem.Figure(report, "chunk_bytes");
            Records = VaultItem.Figure(report, "records");
            RecordBytes = VaultItem.Figure(report, "record_bytes");
            DiskBytes = VaultItem.Figure(report, "disk_bytes");
            FreeBytes = VaultItem.Figure(report, "free_bytes");
            Format = VaultItem.Figure(report, "format");
        }

        /// <summary>How many chunks it has.</summary>
        public ulong Chunks { get; private set; }

        /// <summary>Bytes of chunks.</summary>
        public ulong ChunkBytes { get; private set; }

        /// <summary>Versions of records.</summary>
        public ulong Records { get; private set; }

        /// <summary>Bytes of records.</summary>
        public ulong RecordBytes { get; private set; }

        /// <summary>Bytes used on its disk.</summary>
        public ulong DiskBytes { get; private set; }

        /// <summary>Bytes free on its disk.</summary>
        public ulong FreeBytes { get; private set; }

        /// <summary>The format of its directory.</summary>
        public ulong Format { get; private set; }
    }

    /// <summary>What Vault.Verify has found.</summary>
    public sealed class VaultCheck {
        internal VaultCheck(ReportHandle report) {
            Checked = VaultItem.Figure(report, "checked");
            CheckedBytes = VaultItem.Figure(report, "checked_bytes");
            Bad = VaultItem.Figure(report, "bad");
            Items = VaultItem.All(report);
        }

        /// <summary>Objects looked at.</summary>
        public ulong Checked { get; private set; }

        /// <summary>Their bytes.</summary>
        public ulong CheckedBytes { get; private set; }

        /// <summary>How many of them are damaged.</summary>
        public ulong Bad { get; private set; }

        /// <summary>The damaged ones.</summary>
        public IReadOnlyList<VaultItem> Items { get; private set; }
    }

    /// <summary>What Vault.Clean has found.</summary>
    public sealed class VaultCleaning {
        internal VaultCleaning(ReportHandle report) {
            Kept = VaultItem.Figure(report, "kept");
            KeptBytes = VaultItem.Figure(report, "kept_bytes");
            Removed = VaultItem.Figure(report, "removed");
            RemovedBytes = VaultItem.Figure(report, "removed_bytes");
            InUse = VaultItem.Figure(report, "in_use");
            Items = VaultItem.All(report);
        }

        /// <summary>Chunks that are needed.</summary>
        public ulong Kept { get; private set; }

        /// <summary>Their bytes.</summary>
        public ulong KeptBytes { get; private set; }

        /// <summary>Chunks that were removed, or would be.</summary>
        public ulong Removed { get; private set; }

        /// <summary>Their bytes.</summary>
        public ulong RemovedBytes { get; private set; }

        /// <summary>Chunks that a running put needs.</summary>
        public ulong InUse { get; private set; }

        /// <summary>The chunks that were removed, or would be.</summary>
        public IReadOnlyList<VaultItem> Items { get; private set; }
    }

    /// <summary>One object that a report speaks of: a chunk or a record.</summary>
    public sealed class VaultItem {
        private readonly byte[] address = new byte[32];

        private VaultItem(ReportHandle report, ulong index) {
            ulong size;
            IntPtr error;
            Errors.Check(Ffi.safe_report_item(report, index, address, out size, out error), error);
            Size = size;
            Text = Ffi.safe_report_item_text(report, index);
        }

        /// <summary>Its size in bytes.</summary>
        public ulong Size { get; private set; }

        /// <summary>What is to be said of it, or null.</summary>
        public string Text { get; private set; }

        /// <summary>The 32 bytes that it is found by.</summary>
        public byte[] GetAddress() {
            return (byte[])address.Clone();
        }

        internal static VaultItem[] All(ReportHandle report) {
            var items = new VaultItem[Ffi.safe_report_item_count(report)];
            for (int index = 0; index < items.Length; ++index) items[index] = new VaultItem(report, (ulong)index);
            return items;
        }

        internal static ulong Figure(ReportHandle report, string name) {
            ulong value;
            IntPtr error;
            Errors.Check(Ffi.safe_report_value(report, name, out value, out error), error);
            return value;
        }
    }
}
