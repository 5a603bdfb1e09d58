using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace LibSafe.Tests {
    internal static class PutGetTests {
        private static readonly int[] Sizes = { 0, 1, 2, 3, 4, 1000, 1 << 16, (1 << 20) + 1, 5000000 };

        [Test]
        private static void WhatWasPutComesBack() {
            using (Client client = Client.Connect("mem:"))
                foreach (int size in Sizes) {
                    byte[] data = Data.Random(size);
                    Receipt receipt = client.Put(data);
                    Expect.Equal((ulong)size, receipt.Size, "size");
                    Expect.Same(data, client.Get(receipt.Link), size + " bytes");
                }
        }

        [Test]
        private static async Task AndAsynchronously() {
            using (Client client = await Client.ConnectAsync("mem:"))
                foreach (int size in Sizes) {
                    byte[] data = Data.Random(size);
                    using (Link link = (await client.PutAsync(data)).Link)
                        Expect.Same(data, await client.GetAsync(link), size + " bytes");
                }
        }

        /// <summary>Large content goes another way than small content, to the same address.</summary>
        [Test]
        private static async Task EqualContentHasEqualLinks() {
            using (Client client = Client.Connect("mem:")) {
                byte[] data = Data.Random(3000000);
                Link link = client.Put(data).Link;
                Expect.Equal(link, (await client.PutAsync(data)).Link, "bytes, asynchronously");
                Expect.Equal(link, client.Put(new MemoryStream(data)).Link, "a stream");
                Expect.Equal(link, (await client.PutAsync(new MemoryStream(data))).Link, "a stream, asynchronously");
                Expect.Equal(0UL, client.Put(data).NewChunks, "nothing is new the second time");
            }
        }

        [Test]
        private static void APartOfAnArray() {
            using (Client client = Client.Connect("mem:")) {
                byte[] data = Data.Random(3000000);
                foreach (var part in new[] { new ArraySegment<byte>(data, 7, 100), new ArraySegment<byte>(data, 7, 2000000),
                                             new ArraySegment<byte>(data, data.Length, 0), new ArraySegment<byte>(data, 9, 0) })
                    Expect.Same(part, client.Get(client.Put(part).Link), part.Count + " bytes from " + part.Offset);
                Expect.Same(new byte[0], client.Get(client.Put(default(ArraySegment<byte>)).Link), "no array");
            }
        }

        [Test]
        private static void FilesWithNamesOfAllKinds() {
            using (var folder = new Folder())
            using (Client client = Client.Connect(folder.Url))
                foreach (string name in new[] { "plain.txt", "Grüße aus Köln.txt", "写真.jpg", "\U0001F600 .bin", "a b%20c#d?.x" }) {
                    byte[] data = Data.Random(100000);
                    File.WriteAllBytes(folder[name], data);
                    Link link = client.PutFile(folder[name]).Link;
                    Expect.Equal(name, link.Name, "the name in the link");
                    Expect.Equal(name, Link.Parse(link.Text).Name, "the name in its text");
                    Expect.Equal((ulong)data.Length, client.GetFile(link, folder["copy of " + name]), "bytes written");
                    Expect.Same(data, File.ReadAllBytes(folder["copy of " + name]), name);
                }
        }

        [Test]
        private static async Task AFileAsynchronously() {
            using (var folder = new Folder())
            using (Client client = await Client.ConnectAsync(folder.Url)) {
                byte[] data = Data.Random(9000000);
                File.WriteAllBytes(folder["a"], data);
                var seen = new Watcher();
                Link link = (await client.PutFileAsync(folder["a"], PutOptions.Verify, seen)).Link;
                Expect.Equal((ulong)data.Length, seen.Last.Done, "the last progress of the put");
                Expect.Equal((ulong?)data.Length, seen.Last.Total, "and of how many");
                await client.GetFileAsync(link, folder["b"]);
                Expect.Same(data, File.ReadAllBytes(folder["b"]), "the copy");
            }
        }

        [Test]
        private static void Options() {
            using (Client client = Client.Connect("mem:")) {
                byte[] data = Data.Random(5000);
                Receipt hidden = client.Put(data, PutOptions.Private);
                Expect.True(hidden.Link.IsPrivate && hidden.Link.GetAddress() == null, "a private link has no address");
                Expect.True(hidden.Link.GetDataMap().Length > 0, "it has the data map");
                Expect.Same(data, client.Get(Link.FromDataMap(hidden.Link.GetDataMap())), "which is all that is needed");
                Receipt open = client.Put(data, PutOptions.Verify);
                Expect.True(!open.Link.IsPrivate && open.Link.GetDataMap() == null, "a public link has no map");
                Expect.Same(data, client.Get(Link.FromAddress(open.Link.GetAddress())), "its address is all that is needed");
                Receipt dry = client.Put(Data.Random(5000), PutOptions.DryRun);
                Expect.Throws<NotFoundException>(() => client.Get(dry.Link), "nothing was stored");
            }
        }

        [Test]
        private static void TheReceiptNamesTheChunks() {
            using (Client client = Client.Connect("mem:")) {
                Receipt receipt = client.Put(Data.Random(5000000));
                Expect.Equal(receipt.NewChunks, (ulong)receipt.Chunks.Count, "all are new");
                Expect.Equal(receipt.NewBytes, (ulong)receipt.Chunks.Sum(chunk => (long)chunk.Size), "so are their bytes");
                foreach (Chunk chunk in receipt.Chunks)
                    Expect.Equal((int)chunk.Size, client.GetChunk(chunk.GetAddress()).Length, "a chunk");
            }
        }

        [Test]
        private static async Task SingleChunks() {
            using (Client client = Client.Connect("mem:")) {
                byte[] data = Encoding.UTF8.GetBytes("raw");
                byte[] address = client.PutChunk(data);
                Expect.True(client.ChunkExists(address) && await client.ChunkExistsAsync(address), "it exists");
                Expect.Same(data, client.GetChunk(address), "what was put");
                Expect.Same(address, await client.PutChunkAsync(data), "the same address");
                Expect.Same(data, await client.GetChunkAsync(address), "what was put, asynchronously");
                Expect.True(!client.ChunkExists(new byte[32]), "another does not");
                Expect.Code(SafeCode.NoSuchData, Expect.Throws<NotFoundException>(() => client.GetChunk(new byte[32]), "none"));
            }
        }

        [Test]
        private static void ALimit() {
            using (Client client = Client.Connect("mem:")) {
                Link link = client.Put(Data.Random(1000)).Link;
                Expect.Code(SafeCode.DataTooLarge, Expect.Throws<TooLargeException>(() => client.Get(link, 999), "a byte too many"));
                Expect.Equal(1000, client.Get(link, 1000).Length, "just so many");
                Expect.Equal(1000, client.Get(link, ulong.MaxValue).Length, "no limit");
            }
        }

        /// <summary>Every value of a ulong crosses as it is.</summary>
        [Test]
        private static void NumbersBeyondDoubles() {
            using (Client client = Client.Connect("mem:"))
            using (Key key = Key.Generate()) {
                client.CreateRecord(key, "n", new byte[1]);
                foreach (ulong version in new[] { (1UL << 53) + 1, (1UL << 63) + 1, ulong.MaxValue - 1 }) {
                    var problem = Expect.Throws<ConflictException>(() => client.SetRecord(key, "n", version, new byte[1]), "a gap");
                    Expect.True(problem.Message.Contains(version.ToString()), version + " in: " + problem.Message);
                    Expect.Equal((ulong?)0, problem.CurrentVersion, "the newest version");
                }
            }
        }

        private sealed class Watcher : IProgress<Progress> {
            internal Progress Last;

            public void Report(Progress progress) {
                Expect.True(progress.Done >= Last.Done, "progress goes forward");
                Last = progress;
            }
        }

        [Test]
        private static async Task ProgressThatThrowsStopsThePut() {
            using (var folder = new Folder())
            using (Client client = await Client.ConnectAsync("mem:")) {
                string large = folder.Large("a");
                var problem = await Expect.Throws<InvalidOperationException>(
                    () => client.PutFileAsync(large, PutOptions.DryRun, new Thrower()), "what it threw");
                Expect.Equal("enough", problem.Message, "the same exception");
            }
        }

        private sealed class Thrower : IProgress<Progress> {
            public void Report(Progress progress) {
                throw new InvalidOperationException("enough");
            }
        }
    }
}
