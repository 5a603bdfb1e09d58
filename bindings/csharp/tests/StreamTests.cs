using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace LibSafe.Tests {
    internal static class StreamTests {
        [Test]
        private static void AReaderIsAStreamToSeekIn() {
            using (Client client = Client.Connect("mem:")) {
                byte[] data = Data.Random(9000000), room = new byte[200];
                using (Reader reader = client.Open(client.Put(data).Link)) {
                    Expect.True(reader.CanRead && reader.CanSeek && !reader.CanWrite, "what it can do");
                    Expect.Equal((long)data.Length, reader.Length, "length");
                    Expect.Equal(8999990L, reader.Seek(-10, SeekOrigin.End), "from the end");
                    Expect.Equal(10, reader.Read(room, 50, 150), "what is left");
                    Expect.Same(Data.Part(data, 8999990, 10), room.Skip(50).Take(10), "into the middle of the array");
                    Expect.True(room.Take(50).Concat(room.Skip(60)).All(value => value == 0), "and nowhere else");
                    Expect.Equal(0, reader.Read(room, 0, 200), "the end");
                    Expect.Equal(-1, reader.ReadByte(), "the end of bytes");
                    reader.Position = 4194300;
                    Expect.Equal((int)data[4194300], reader.ReadByte(), "a byte");
                    reader.Seek(3, SeekOrigin.Current);
                    var large = new byte[5000000];
                    Expect.Equal(data.Length - 4194304, reader.Read(large, 0, large.Length), "across chunks, to the end");
                    Expect.Same(Data.Part(data, 4194304, data.Length - 4194304), large.Take(data.Length - 4194304), "its bytes");
                    reader.Position = long.MaxValue;
                    Expect.Equal(0, reader.Read(room, 0, 200), "far beyond the end");
                    Expect.Throws<IOException>(() => reader.Seek(-1, SeekOrigin.Begin), "before the beginning");
                    Expect.Throws<NotSupportedException>(() => reader.Write(room, 0, 1), "a write");
                    Expect.Throws<NotSupportedException>(() => reader.SetLength(1), "another length");
                }
            }
        }

        [Test]
        private static async Task ManyReadsAtATime() {
            using (Client client = Client.Connect("mem:")) {
                byte[] data = Data.Random(6000000);
                using (Reader reader = await client.OpenAsync(client.Put(data).Link)) {
                    var rooms = Enumerable.Range(0, 200).Select(index => new byte[1000]).ToArray();
                    int[] counts = await Task.WhenAll(rooms.Select((room, index) => reader.ReadAtAsync(index * 29999, room, 3, 990)));
                    for (int index = 0; index < rooms.Length; ++index) {
                        Expect.Equal(990, counts[index], "count");
                        Expect.Same(Data.Part(data, index * 29999, 990), rooms[index].Skip(3).Take(990), "read " + index);
                    }
                    Expect.Same(Data.Part(data, 12345, 100), await reader.ReadAtAsync(12345, 100), "a new array");
                    Expect.Same(Data.Part(data, 5999999, 1), reader.ReadAt(5999999, 100), "the last byte");
                    Expect.Equal(0L, reader.Position, "the position stays");
                }
            }
        }

        [Test]
        private static async Task CopiesOfStreams() {
            using (Client client = Client.Connect("mem:")) {
                byte[] data = Data.Random(5000000);
                using (Writer writer = await client.OpenWriterAsync((ulong)data.Length)) {
                    await new MemoryStream(data).CopyToAsync(writer);
                    await writer.FinishAsync();
                    using (Reader reader = client.Open(writer.Receipt.Link)) {
                        var copy = new MemoryStream();
                        await reader.CopyToAsync(copy);
                        Expect.Same(data, copy.ToArray(), "a copy");
                        reader.Position = 0;
                        copy.SetLength(0);
                        reader.CopyTo(copy);
                        Expect.Same(data, copy.ToArray(), "a copy, synchronously");
                    }
                }
            }
        }

        [Test]
        private static void TextWriterAndReader() {
            using (Client client = Client.Connect("mem:"))
            using (Writer writer = client.OpenWriter()) {
                using (var text = new StreamWriter(writer, new UTF8Encoding(false), 1024, true))
                    for (int line = 0; line < 20000; ++line) text.WriteLine("line " + line + " äöü");
                Receipt receipt = writer.Finish();
                using (var text = new StreamReader(client.Open(receipt.Link)))
                    for (int line = 0; line < 20000; ++line) Expect.Equal("line " + line + " äöü", text.ReadLine(), "a line");
            }
        }

        [Test]
        private static async Task WritesOfAllSizes() {
            using (Client client = Client.Connect("mem:"))
            using (var wanted = new MemoryStream())
            using (Writer writer = client.OpenWriter()) {
                foreach (int size in new[] { 0, 1, 65535, 1, 65536, 100, 65537, 4194304, 5000000, 3 }) {
                    byte[] block = Data.Random(size + 20);
                    wanted.Write(block, 10, size);
                    if (size % 2 == 0)
                        writer.Write(block, 10, size);
                    else
                        await writer.WriteAsync(block, 10, size);
                    Array.Clear(block, 0, block.Length); // the writer has it already
                    Expect.Equal(wanted.Length, writer.Position, "written so far");
                }
                Receipt receipt = await writer.FinishAsync();
                Expect.True(ReferenceEquals(receipt, writer.Finish()), "finished twice is the same");
                Expect.Throws<ObjectDisposedException>(() => writer.WriteByte(1), "nothing more");
                Expect.Same(wanted.ToArray(), client.Get(receipt.Link), "what was written");
            }
        }

        [Test]
        private static async Task AWriterThatIsNotFinishedStoresNothing() {
            using (var folder = new Folder()) {
                using (Client client = Client.Connect(folder.Url)) {
                    Writer writer = client.OpenWriter();
                    writer.Write(new byte[100], 0, 100);
                    writer.Dispose();
                    writer.Dispose();
                    Expect.True(writer.Receipt == null && !writer.CanWrite, "there is no receipt");
                    await Expect.Throws<ObjectDisposedException>(() => writer.FinishAsync(), "nor will there be one");
                }
                Expect.Equal(0UL, Vault.Info(folder.Url).Chunks, "chunks");
            }
        }

        [Test]
        private static async Task ReplayedContentIsHeldByNobody() {
            using (Client client = Client.Connect("mem:")) {
                byte[] data = Data.Random(9000000);
                using (Writer writer = client.OpenWriter((ulong)data.Length, PutOptions.Replay)) {
                    Expect.True(writer.ReplaySize > 0, "something is to be written again");
                    await writer.WriteAsync(data, 0, data.Length);
                    await writer.WriteAsync(data, 0, (int)writer.ReplaySize);
                    Expect.Equal(client.Put(data).Link, writer.Finish().Link, "the same content");
                }
                using (Writer writer = client.OpenWriter(10)) Expect.Equal(0UL, writer.ReplaySize, "nothing without it");
            }
        }

        [Test]
        private static void AnotherSizeThanAnnounced() {
            using (Client client = Client.Connect("mem:")) {
                using (Writer writer = client.OpenWriter(10)) {
                    writer.Write(new byte[9], 0, 9);
                    Expect.Code(SafeCode.SizeMismatch, Expect.Throws<SourceException>(() => writer.Finish(), "too few"));
                }
                using (Writer writer = client.OpenWriter(10)) {
                    writer.Write(new byte[11], 0, 11);
                    Expect.Code(SafeCode.SizeMismatch, Expect.Throws<SourceException>(() => writer.Flush(), "too many"));
                    Expect.Throws<SourceException>(() => writer.Finish(), "and again");
                }
            }
        }

        [Test]
        private static void ByItsDataMap() {
            using (Client client = Client.Connect("mem:")) {
                byte[] data = Data.Random(4000);
                Link link = client.Put(data, PutOptions.Private).Link;
                using (Reader reader = client.OpenDataMap(link.GetDataMap()))
                    Expect.Same(data, reader.ReadAt(0, 5000), "content");
                Expect.Throws<CorruptException>(() => client.OpenDataMap(new byte[] { 1, 2, 3 }), "not a map");
            }
        }
    }
}
