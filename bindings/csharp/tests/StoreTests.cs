using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace LibSafe.Tests {
    /// <summary>A store in a dictionary, as the smallest that keeps the promises.</summary>
    internal sealed class Shelf : IStore {
        private readonly SortedDictionary<string, byte[]> values = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        internal int Closed;
        internal Exception Problem;
        internal StoreFigures Figures;

        private Task<T> Locked<T>(Func<T> act) {
            if (Problem != null) throw Problem;
            lock (values) return Task.FromResult(act());
        }

        public Task<bool> CreateAsync(string key, byte[] value) {
            return Locked(() => {
                if (values.ContainsKey(key)) return false;
                values[key] = value;
                return true;
            });
        }

        public Task ReplaceAsync(string key, byte[] value) {
            return Locked(() => values[key] = value);
        }

        public Task<byte[]> GetAsync(string key, ulong offset, int length) {
            return Locked(() => values.ContainsKey(key) ? values[key].Skip((int)offset).Take(length).ToArray() : null);
        }

        public Task<bool> ExistsAsync(string key) {
            return Locked(() => values.ContainsKey(key));
        }

        public Task<StorePage> ListAsync(string prefix, string after, int limit) {
            return Locked(() => {
                var found = values.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) &&
                                                 string.CompareOrdinal(pair.Key, after) > 0).ToList();
                var entries = found.Take(limit).Select(pair => new StoreEntry(pair.Key, (ulong)pair.Value.Length)).ToList();
                return new StorePage(entries, found.Count > limit);
            });
        }

        public Task<bool> RemoveAsync(string key) {
            return Locked(() => values.Remove(key));
        }

        public Task<StoreFigures> FiguresAsync(string prefix) {
            return Locked(() => Figures);
        }

        public Task CloseAsync() {
            ++Closed;
            return Task.CompletedTask;
        }
    }

    internal static class StoreTests {
        [Test]
        private static async Task APortServesAStoreOfThePrograms() {
            var shelf = new Shelf();
            string opened = null;
            byte[] data = Data.Random(3000000);
            Link link;
            using (StorePort.Serve("shelf", (url, create) => {
                opened = url + " " + create;
                return Task.FromResult<IStore>(shelf);
            })) {
                Expect.True(Library.HasFeature("shelf"), "the scheme is a feature");
                using (Client client = await Client.ConnectAsync("shelf:a/b"))
                using (Key key = Key.Generate()) {
                    Expect.Equal("shelf:a/b True", opened, "what was opened");
                    link = (await client.PutAsync(data)).Link;
                    Expect.Same(data, client.Get(link), "content");
                    client.CreateRecord(key, "r", new byte[] { 1 });
                    client.SetRecord(key, "r", 1, new byte[] { 2 });
                    Expect.Equal(2, client.ListRecords(Record.AddressOf(key.GetPublicKey(), "r")).Count(), "versions");
                }
                using (Client client = Client.Connect("shelf:a/b", false)) {
                    Expect.Equal("shelf:a/b False", opened, "not to be made");
                    Expect.Same(data, client.Get(link), "content, later");
                }
                for (int wait = 0; wait < 6000 && shelf.Closed < 2; ++wait) await Task.Delay(10);
                Expect.Equal(2, shelf.Closed, "closed as often as opened");
            }
            link.Dispose();
            Expect.Throws<BadUrlException>(() => Client.Connect("shelf:a"), "nobody serves it any more");
        }

        [Test]
        private static void WhatAStoreThrowsIsTold() {
            var shelf = new Shelf();
            using (StorePort.Serve("shelf", (url, create) => {
                if (url == "shelf:locked") throw new SafeException(SafeCode.StoreBusy, "somebody else has it; wait");
                return Task.FromResult<IStore>(shelf);
            })) {
                var problem = Expect.Throws<SafeException>(() => Client.Connect("shelf:locked"), "an open");
                Expect.True(problem.Code == SafeCode.StoreBusy && problem.Message.Contains("somebody else has it; wait"), problem.Message);
                using (Client client = Client.Connect("shelf:")) {
                    foreach (var pair in new Dictionary<Exception, SafeCode> {
                        { new SafeException(SafeCode.StoreFull, "no room; buy a larger shelf"), SafeCode.StoreFull },
                        { new SafeException(SafeCode.BadLink, "no room; as no store says it"), SafeCode.StoreIo },
                        { new InvalidOperationException("no room; by accident"), SafeCode.StoreIo },
                    }) {
                        shelf.Problem = pair.Key;
                        problem = Expect.Throws<StoreException>(() => client.Put(Data.Random(5000)), "a put");
                        Expect.Code(pair.Value, problem);
                        Expect.True(problem.Message.Contains(pair.Key.Message), problem.Message);
                    }
                }
                shelf.Problem = null;
            }
        }

        /// <summary>Every value of a ulong crosses as it is.</summary>
        [Test]
        private static void FiguresBeyondDoubles() {
            var shelf = new Shelf { Figures = new StoreFigures(7, (1UL << 53) + 1, (1UL << 63) + 1, ulong.MaxValue - 1) };
            using (StorePort.Serve("shelf", (url, create) => Task.FromResult<IStore>(shelf))) {
                VaultInfo info = Vault.Info("shelf:");
                Expect.Equal((1UL << 53) + 1, info.ChunkBytes, "bytes of chunks");
                Expect.Equal((1UL << 63) + 1, info.DiskBytes, "bytes used");
                Expect.Equal(ulong.MaxValue - 1, info.FreeBytes, "bytes free");
            }
        }

        [Test]
        private static void OneOwnerForAScheme() {
            using (StorePort.Serve("shelf", (url, create) => null)) {
                Expect.Throws<BusyException>(() => StorePort.Serve("shelf", (url, create) => null), "a second one");
                Expect.Throws<InvalidArgumentException>(() => StorePort.Serve("mem", (url, create) => null), "the library's own");
                Expect.Throws<SafeException>(() => Client.Connect("shelf:"), "no store");
            }
        }

        [Test]
        private static void TheFormatOf2018() {
            foreach (int size in new[] { 10, 4000000 }) {
                byte[] data = Data.Random(size), map;
                var chunks = new Dictionary<string, byte[]>();
                using (var encoder = new S1Encoder()) {
                    encoder.Write(new ArraySegment<byte>(data, 0, size / 2));
                    encoder.Write(Data.Part(data, size / 2, size - size / 2));
                    map = encoder.Finish();
                    for (S1Chunk chunk = encoder.Next(); chunk != null; chunk = encoder.Next())
                        chunks[Convert.ToBase64String(chunk.Name)] = chunk.Data;
                }
                using (var parsed = new S1Map(map)) {
                    Expect.Equal((ulong)size, parsed.Size, "size");
                    Expect.Equal((ulong)chunks.Count, parsed.ChunkCount, "chunks");
                    IEnumerable<byte> content = chunks.Count == 0 ? parsed.GetContent() : new byte[0];
                    for (ulong index = 0; index < parsed.ChunkCount; ++index)
                        content = content.Concat(parsed.Decrypt(index, chunks[Convert.ToBase64String(parsed.GetChunkName(index))]));
                    Expect.Same(data, content, "content");
                }
            }
            Expect.Throws<CorruptException>(() => new S1Map(Encoding.UTF8.GetBytes("nothing of the kind")), "not a map");
        }
    }
}
