using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using LibSafe.Interop;

namespace LibSafe {
    public sealed partial class Client {
        private const uint PageSize = 100;

        /// <summary>Makes version 0 of a record (at most 1 MiB). Fails with ConflictException if there is one.</summary>
        public Record CreateRecord(Key key, string label, byte[] value) {
            return Creating(key, label, value).Run();
        }

        /// <summary>Makes version 0 of a record, see CreateRecord.</summary>
        public Task<Record> CreateRecordAsync(Key key, string label, byte[] value,
                                              CancellationToken cancellationToken = default(CancellationToken)) {
            return Creating(key, label, value).RunAsync(cancellationToken);
        }

        /// <summary>
        /// Makes the version given, which must follow the newest. Fails with ConflictException, whose CurrentVersion is that.
        /// </summary>
        public Record SetRecord(Key key, string label, ulong version, byte[] value) {
            return Setting(key, label, version, value).Run();
        }

        /// <summary>Makes the version given, see SetRecord.</summary>
        public Task<Record> SetRecordAsync(Key key, string label, ulong version, byte[] value,
                                           CancellationToken cancellationToken = default(CancellationToken)) {
            return Setting(key, label, version, value).RunAsync(cancellationToken);
        }

        /// <summary>One version of the record at an address (Record.AddressOf); the newest without one.</summary>
        public Record GetRecord(byte[] address, ulong? version = null) {
            return GettingRecord(address, version).Run();
        }

        /// <summary>One version of the record at an address, see GetRecord.</summary>
        public Task<Record> GetRecordAsync(byte[] address, ulong? version = null,
                                           CancellationToken cancellationToken = default(CancellationToken)) {
            return GettingRecord(address, version).RunAsync(cancellationToken);
        }

        /// <summary>All versions from the newest down, fetched page by page as they are asked for.</summary>
        public IEnumerable<Record> ListRecords(byte[] address) {
            Arguments.NotNull(address, "address");
            return AllRecords(address);
        }

        /// <summary>One page of versions from the newest down.</summary>
        /// <param name="address">The record's.</param>
        /// <param name="before">Only versions below that; null for all.</param>
        /// <param name="limit">At most so many, 1 to 1000.</param>
        /// <param name="cancellationToken">Stops it.</param>
        public Task<RecordPage> ListRecordsAsync(byte[] address, ulong? before = null, int limit = (int)PageSize,
                                                 CancellationToken cancellationToken = default(CancellationToken)) {
            return Listing(address, before, (uint)Arguments.NotNegative(limit, "limit")).RunAsync(cancellationToken);
        }

        private IEnumerable<Record> AllRecords(byte[] address) {
            ulong? before = null;
            do {
                RecordPage page = Listing(address, before, PageSize).Run();
                foreach (Record record in page.Records) yield return record;
                before = page.Next;
            } while (before != null);
        }

        private Work<Record> Creating(Key key, string label, byte[] value) {
            Arguments.NotNull(key, "key");
            Arguments.NotNull(label, "label");
            Arguments.NotNull(value, "value");
            return new Work<Record>(this, () => Ffi.safe_record_create(Handle, key.Handle, label, value), Record.Take);
        }

        private Work<Record> Setting(Key key, string label, ulong version, byte[] value) {
            Arguments.NotNull(key, "key");
            Arguments.NotNull(label, "label");
            Arguments.NotNull(value, "value");
            return new Work<Record>(this, () => Ffi.safe_record_set(Handle, key.Handle, label, version, value), Record.Take);
        }

        private Work<Record> GettingRecord(byte[] address, ulong? version) {
            Arguments.NotNull(address, "address");
            ulong wanted = version ?? Ffi.SAFE_VERSION_NEWEST;
            return new Work<Record>(this, () => Ffi.safe_record_get(Handle, address, wanted), Record.Take);
        }

        private Work<RecordPage> Listing(byte[] address, ulong? before, uint limit) {
            Arguments.NotNull(address, "address");
            ulong below = before ?? Ffi.SAFE_VERSION_NEWEST;
            return new Work<RecordPage>(this, () => Ffi.safe_record_list(Handle, address, below, limit), RecordPage.Take);
        }
    }
}
