using System.Collections.Generic;
using System.Threading.Tasks;

namespace LibSafe {
    /// <summary>
    /// A store that a program brings along itself, for StorePort: values under keys. Methods are called from any thread, many at a
    /// time. Of any number of racing CreateAsync of one key exactly one may say true; a value is whole or not there; what was
    /// answered is durable. Keys are 1 to 200 printable ASCII characters, compared byte by byte; values have up to 5 MiB.
    /// To fail, throw a SafeException with StoreFull, StoreBusy, StoreReadOnly, ...; all else becomes StoreIo.
    /// </summary>
    public interface IStore {
        /// <summary>Puts the value there if there is none: true if it did.</summary>
        Task<bool> CreateAsync(string key, byte[] value);

        /// <summary>Puts the value there in one step, whatever was there.</summary>
        Task ReplaceAsync(string key, byte[] value);

        /// <summary>The value's bytes from `offset` on, at most `length`; null if there is no value.</summary>
        Task<byte[]> GetAsync(string key, ulong offset, int length);

        /// <summary>Whether there is a value.</summary>
        Task<bool> ExistsAsync(string key);

        /// <summary>The first `limit` keys that begin with the prefix and are greater than `after`, ascending.</summary>
        Task<StorePage> ListAsync(string prefix, string after, int limit);

        /// <summary>Removes the value: true if there was one.</summary>
        Task<bool> RemoveAsync(string key);

        /// <summary>What there is with the prefix; null lets the library count.</summary>
        Task<StoreFigures> FiguresAsync(string prefix);

        /// <summary>Nobody is connected any more.</summary>
        Task CloseAsync();
    }

    /// <summary>One key of a store.</summary>
    public sealed class StoreEntry {
        /// <summary>A key and the size of its value in bytes.</summary>
        public StoreEntry(string key, ulong size) {
            Key = Arguments.NotNull(key, "key");
            Size = size;
        }

        /// <summary>The key.</summary>
        public string Key { get; private set; }

        /// <summary>The size of its value in bytes.</summary>
        public ulong Size { get; private set; }
    }

    /// <summary>Some keys of a store.</summary>
    public sealed class StorePage {
        /// <summary>Keys, ascending, and whether there are more.</summary>
        public StorePage(IReadOnlyList<StoreEntry> entries, bool more) {
            Entries = Arguments.NotNull(entries, "entries");
            More = more;
        }

        /// <summary>The keys, ascending.</summary>
        public IReadOnlyList<StoreEntry> Entries { get; private set; }

        /// <summary>Whether there are more.</summary>
        public bool More { get; private set; }
    }

    /// <summary>What is in a store.</summary>
    public sealed class StoreFigures {
        /// <summary>Values and their bytes; of the whole store, 0 if not known.</summary>
        public StoreFigures(ulong objects, ulong bytes, ulong usedBytes = 0, ulong freeBytes = 0) {
            Objects = objects;
            Bytes = bytes;
            UsedBytes = usedBytes;
            FreeBytes = freeBytes;
        }

        /// <summary>How many values.</summary>
        public ulong Objects { get; private set; }

        /// <summary>Their bytes.</summary>
        public ulong Bytes { get; private set; }

        /// <summary>Bytes that the whole store uses on its disk; 0 if not known.</summary>
        public ulong UsedBytes { get; private set; }

        /// <summary>Bytes that are free there; 0 if not known.</summary>
        public ulong FreeBytes { get; private set; }
    }
}
