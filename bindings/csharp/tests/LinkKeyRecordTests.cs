using System;
using System.Linq;
using System.Text;
using System.Threading.Tasks;

namespace LibSafe.Tests {
    internal static class LinkKeyRecordTests {
        [Test]
        private static void LinksSayWhatTheyKnow() {
            using (Client client = Client.Connect("mem:")) {
                Link link = client.Put(Data.Random(10)).Link;
                Expect.Equal((ulong?)10, link.Size, "size");
                Expect.True(link.Name == null && link.MediaType == null, "no name, no type");
                Link named = link.With("Übung.txt", "text/plain");
                Expect.Equal("Übung.txt", named.Name, "name");
                Expect.Equal("text/plain", named.MediaType, "type");
                Expect.Equal(named, Link.Parse(named.Text), "from its text");
                Expect.Equal(named.GetHashCode(), Link.Parse(named.Text).GetHashCode(), "and its hash");
                Expect.True(!named.Equals(link) && !named.Equals(null) && !named.Equals("x"), "others differ");
                Expect.True(Link.FromAddress(link.GetAddress()).Size == null, "an address says no size");
                Expect.Equal(link.Text, link.ToString(), "a public link shows itself");
            }
        }

        [Test]
        private static void APrivateLinkDoesNotShowItself() {
            using (Client client = Client.Connect("mem:"))
            using (Link link = client.Put(Data.Random(1000), PutOptions.Private).Link) {
                string shown = link + " " + string.Format("{0}", link);
                Expect.True(!shown.Contains(link.Text.Substring(20, 20)) && shown.Contains("private"), shown);
            }
        }

        [Test]
        private static void KeysSign() {
            byte[] data = Encoding.UTF8.GetBytes("what is signed");
            using (Key key = Key.Generate())
            using (Key again = Key.Import(key.Export())) {
                byte[] signature = again.Sign(data), own = key.GetPublicKey();
                Expect.True(Key.Verify(own, data, signature), "its signature");
                Expect.Same(signature, key.Sign(new ArraySegment<byte>(data.Concat(data).ToArray(), data.Length, data.Length)), "of a part");
                Expect.True(Key.Verify(own, new ArraySegment<byte>(data, 0, 0), key.Sign(new byte[0])), "of nothing");
                ++signature[5];
                Expect.True(!Key.Verify(own, data, signature), "another signature");
                Expect.Throws<ArgumentException>(() => Key.Verify(new byte[31], data, signature), "a short key");
                Expect.Throws<ArgumentException>(() => Key.Import(new byte[33]), "a long seed");
                Expect.True(!(key + "").Contains(Convert.ToBase64String(own)), "a key does not show itself");
            }
        }

        [Test]
        private static async Task RecordsHaveVersions() {
            using (Client client = Client.Connect("mem:"))
            using (Key key = Key.Generate()) {
                Record first = client.CreateRecord(key, "Profil ☺", new byte[] { 1 });
                Expect.Same(Record.AddressOf(key.GetPublicKey(), "Profil ☺"), first.GetAddress(), "address");
                Expect.Same(key.GetPublicKey(), first.GetOwner(), "owner");
                Expect.Equal("Profil ☺", first.Label, "label");
                Expect.Equal(0UL, first.Version, "version");
                Record second = await client.SetRecordAsync(key, "Profil ☺", 1, new byte[0]);
                Expect.Equal(1UL, second.Version, "the next version");
                Expect.Equal(0, client.GetRecord(first.GetAddress()).GetValue().Length, "the newest has no bytes");
                Expect.Same(new byte[] { 1 }, (await client.GetRecordAsync(first.GetAddress(), 0)).GetValue(), "the first stays");
                Expect.Throws<NotFoundException>(() => client.GetRecord(first.GetAddress(), 7), "no such version");
                Expect.Throws<NotFoundException>(() => client.GetRecord(new byte[32]), "no such record");
            }
        }

        [Test]
        private static async Task ConflictsTellTheNewestVersion() {
            using (Client client = Client.Connect("mem:"))
            using (Key key = Key.Generate()) {
                await client.CreateRecordAsync(key, "c", new byte[1]);
                client.SetRecord(key, "c", 1, new byte[2]);
                var again = await Expect.Throws<ConflictException>(() => client.CreateRecordAsync(key, "c", new byte[1]), "made before");
                Expect.Code(SafeCode.DataExists, again);
                Expect.Equal((ulong?)1, again.CurrentVersion, "its newest version");
                Expect.True(again.Details["current_version"] is ulong && again.Name == "SAFE_DATA_EXISTS", "details and name");
                var late = Expect.Throws<ConflictException>(() => client.SetRecord(key, "c", 1, new byte[3]), "too late");
                Expect.Code(SafeCode.InvalidSuccessor, late);
                Expect.Equal((ulong?)1, late.CurrentVersion, "its newest version");
            }
        }

        [Test]
        private static async Task ListsArePaged() {
            using (Client client = Client.Connect("mem:"))
            using (Key key = Key.Generate()) {
                byte[] address = client.CreateRecord(key, "l", new byte[1]).GetAddress();
                for (ulong version = 1; version < 130; ++version) client.SetRecord(key, "l", version, new byte[1]);
                ulong[] versions = client.ListRecords(address).Select(record => record.Version).ToArray();
                Expect.True(versions.SequenceEqual(Enumerable.Range(0, 130).Reverse().Select(n => (ulong)n)), "all, newest first");
                RecordPage page = await client.ListRecordsAsync(address, 100, 30);
                Expect.Equal(99UL, page.Records[0].Version, "below 100");
                Expect.Equal(30, page.Records.Count, "a page");
                Expect.Equal(69UL, (await client.ListRecordsAsync(address, page.Next, 1)).Records[0].Version, "the next page");
                Expect.True((await client.ListRecordsAsync(address, 1, 10)).Next == null, "the last page");
                await Expect.Throws<ArgumentOutOfRangeException>(() => client.ListRecordsAsync(address, null, -1), "a negative limit");
            }
        }
    }
}
