using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace LibSafe.Tests {
    internal static class MistakeTests {
        [Test]
        private static void NullIsNamed() {
            using (Client client = Client.Connect("mem:")) {
                Link link = client.Put(new byte[1]).Link;
                Named("url", () => Client.Connect(null));
                Named("data", () => client.Put((byte[])null));
                Named("source", () => client.Put((Stream)null));
                Named("path", () => client.PutFile(null));
                Named("link", () => client.Get(null));
                Named("path", () => client.GetFile(link, null));
                Named("text", () => Link.Parse(null));
                Named("address", () => client.GetChunk(null));
                Named("key", () => client.CreateRecord(null, "", new byte[1]));
                Named("url", () => Vault.Info(null));
            }
        }

        private static void Named(string name, Action act) {
            Expect.Equal(name, Expect.Throws<ArgumentNullException>(act, "null for " + name).ParamName, "its name");
        }

        [Test]
        private static void WrongArgumentsAreRefused() {
            using (Client client = Client.Connect("mem:"))
            using (Reader reader = client.Open(client.Put(new byte[10]).Link)) {
                var room = new byte[10];
                Expect.Throws<ArgumentException>(() => client.GetChunk(new byte[31]), "a short address");
                Expect.Throws<ArgumentException>(() => Client.Connect("mem:\0"), "a NUL");
                Expect.Throws<ArgumentException>(() => client.PutFile("half \ud800 pair"), "half a character");
                Expect.Throws<ArgumentException>(() => reader.Read(room, 5, 6), "beyond the array");
                Expect.Throws<ArgumentException>(() => reader.Read(room, 11, 0), "after the array");
                Expect.Throws<ArgumentOutOfRangeException>(() => reader.Read(room, -1, 5), "a negative offset");
                Expect.Throws<ArgumentOutOfRangeException>(() => reader.Read(room, 0, -1), "a negative count");
                Expect.Throws<ArgumentOutOfRangeException>(() => reader.ReadAt(-1, 5), "a negative position");
                Expect.Throws<ArgumentException>(() => client.Put(new WriteOnly()), "a stream that cannot be read");
            }
        }

        private sealed class WriteOnly : MemoryStream {
            public override bool CanRead {
                get { return false; }
            }
        }

        [Test]
        private static void WrongTextsSayWhatIsWrong() {
            Expect.Code(SafeCode.BadUrl, Expect.Throws<BadUrlException>(() => Client.Connect("nonsense"), "no URL"));
            Expect.Code(SafeCode.BadUrl, Expect.Throws<BadUrlException>(() => Client.Connect("ftp://x"), "another scheme"));
            Expect.Code(SafeCode.BadUrl, Expect.Throws<BadUrlException>(() => Client.Connect("ws://localhost:1"), "no key"));
            Expect.Code(SafeCode.BadLink, Expect.Throws<BadLinkException>(() => Link.Parse("safe:public-xyz"), "no link"));
            using (Client client = Client.Connect("mem:")) {
                string text = client.Put(new byte[100]).Link.Text;
                Expect.Code(SafeCode.UrlIsContent, Expect.Throws<BadUrlException>(() => Client.Connect(text), "a link"));
                foreach (int at in new[] { 15, text.Length - 1 }) {
                    string other = text.Substring(0, at) + (text[at] == 'y' ? 'b' : 'y') + text.Substring(at + 1);
                    var problem = Expect.Throws<SafeException>(() => Link.Parse(other), "another letter");
                    Expect.True(problem is BadLinkException && problem.ToString().Contains("SAFE_BAD_LINK -3060"), problem.ToString());
                }
            }
        }

        [Test]
        private static async Task FailuresHaveTypeCodeNameAndDetails() {
            using (var folder = new Folder())
            using (Client client = Client.Connect("mem:")) {
                SafeException problem = await Expect.Throws<LocalFileNotFoundException>(() => client.PutFileAsync(folder["none"]), "none");
                Expect.True(problem is LocalFileException && problem.Code == SafeCode.FileNotFound && !problem.IsRetryable, "its code");
                Expect.Equal("SAFE_FILE_NOT_FOUND", problem.Name, "its name");
                Expect.True(problem.Message.Contains(folder["none"]), "what is missing: " + problem.Message);
                problem = Expect.Throws<StoreException>(() => Client.Connect(folder.Url, false), "no vault");
                Expect.Code(SafeCode.StoreMissing, problem);
                byte[] large = new byte[(4 << 20) + 1];
                problem = Expect.Throws<TooLargeException>(() => client.PutChunk(large), "a large chunk");
                Expect.True(problem.Details.Values.All(value => value is ulong || value is string), "its details");
            }
        }

        [Test]
        private static async Task UseAfterDispose() {
            Client client = Client.Connect("mem:");
            Link link = client.Put(new byte[100]).Link;
            Reader reader = client.Open(link);
            Key key = Key.Generate();
            Writer writer = client.OpenWriter();
            foreach (IDisposable thing in new IDisposable[] { reader, writer, key, link, client }) {
                thing.Dispose();
                thing.Dispose(); // twice is once
            }
            Expect.Throws<ObjectDisposedException>(() => client.Put(new byte[1]), "client");
            await Expect.Throws<ObjectDisposedException>(() => client.PutAsync(new byte[1]), "client, asynchronously");
            Expect.Throws<ObjectDisposedException>(() => Expect.True(client.Url == "", "never"), "its url");
            Expect.Throws<ObjectDisposedException>(() => reader.Read(new byte[1], 0, 1), "reader");
            Expect.Throws<ObjectDisposedException>(() => reader.ReadAt(0, 1), "reader, at");
            Expect.Throws<ObjectDisposedException>(() => Expect.True(reader.Length == 1, "never"), "its length");
            Expect.Throws<ObjectDisposedException>(() => writer.WriteByte(1), "writer");
            Expect.Throws<ObjectDisposedException>(() => key.Sign(new byte[1]), "key");
            Expect.Throws<ObjectDisposedException>(() => Expect.True(link.Text == "", "never"), "link");
            Expect.True((client + "" + link).Contains("disposed"), "they say so");
            using (Client other = Client.Connect("mem:")) {
                Expect.Throws<ObjectDisposedException>(() => other.Get(link), "a link as an argument");
                Expect.Throws<ObjectDisposedException>(() => other.CreateRecord(key, "x", new byte[1]), "a key as an argument");
            }
        }

        [Test]
        private static async Task AsynchronousDispose() {
            Client client = Client.Connect("mem:");
            await client.DisposeAsync();
            await client.DisposeAsync();
            Expect.Throws<ObjectDisposedException>(() => client.Put(new byte[1]), "client");
        }

        [Test]
        private static async Task ChildrenOutliveTheirParent() {
            Client client = Client.Connect("mem:");
            Link link = client.Put(Data.Random(100)).Link;
            Reader reader = client.Open(link);
            Writer writer = client.OpenWriter();
            client.Dispose();
            Expect.Code(SafeCode.Closed, Expect.Throws<ClosedException>(() => reader.ReadAt(0, 10), "reader"));
            await Expect.Throws<ClosedException>(() => reader.ReadAtAsync(0, 10), "reader, asynchronously");
            Expect.Code(SafeCode.Closed, Expect.Throws<ClosedException>(() => writer.Write(new byte[10], 0, 10), "writer"));
            Expect.Code(SafeCode.Closed, Expect.Throws<ClosedException>(() => writer.Finish(), "its end"));
            Expect.Equal((ulong?)100, link.Size, "a link needs no client");
            reader.Dispose();
            writer.Dispose();
        }

        [Test]
        private static void TwoClientsAreTwo() {
            using (var folder = new Folder())
            using (Client one = Client.Connect("mem:"), two = Client.Connect("mem:"), three = Client.Connect(folder.Url),
                          four = Client.Connect(folder.Url)) {
                byte[] data = Data.Random(5000);
                Link link = one.Put(data).Link;
                Expect.Throws<NotFoundException>(() => two.Get(link), "another vault");
                three.Put(data);
                Expect.Same(data, four.Get(link), "the same directory");
                one.Dispose();
                two.Put(data);
                Expect.Same(data, two.Get(link), "it does not mind the other's end");
            }
        }

        [Test]
        private static void VaultsForTheirOwner() {
            using (var folder = new Folder()) {
                byte[] keep = Data.Random(5000), drop = Data.Random(5000);
                Link link;
                using (Client client = Client.Connect(folder.Url)) {
                    link = client.Put(keep).Link;
                    client.Put(drop);
                }
                ulong chunks = Vault.Info(folder.Url).Chunks;
                Expect.Equal(chunks, Vault.Verify(folder.Url).Checked, "all are checked");
                VaultCleaning cleaning = Vault.Clean(folder.Url, new[] { link });
                Expect.Equal(chunks, cleaning.Kept + cleaning.Removed, "all are looked at");
                Expect.Equal(cleaning.Removed, (ulong)cleaning.Items.Count, "all are named");
                Expect.Equal(chunks, Vault.InfoAsync(folder.Url).Result.Chunks, "nothing was removed");
                Vault.Remove(folder.Url, cleaning.Items[0].GetAddress());
                Expect.Throws<NotFoundException>(() => Vault.Remove(folder.Url, cleaning.Items[0].GetAddress()), "gone already");
                Vault.Clean(folder.Url, new[] { link }, true);
                Expect.Equal(cleaning.Kept, Vault.Info(folder.Url).Chunks, "the rest is kept");
                using (Client client = Client.Connect(folder.Url, false)) Expect.Same(keep, client.Get(link), "and whole");
            }
        }

        [Test]
        private static void TheLibrary() {
            Expect.Equal(Library.VersionText, Library.Version.ToString(), "version");
            Expect.Equal(1u, Library.AbiVersion, "ABI");
            Expect.True(Library.HasFeature("mem") && !Library.HasFeature("magic"), "features");
            ulong before = Library.Workers;
            Library.Workers = 1;
            Expect.Equal(1UL, Library.Workers, "workers");
            Library.Workers = 0;
            Expect.Equal(before, Library.Workers, "the default again");
            using (Client.Connect("mem:")) Expect.Throws<BusyException>(() => Library.Workers = 1, "while it is in use");
        }
    }
}
