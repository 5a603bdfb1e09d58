using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using LibSafe;

internal sealed partial class Runner {
    private bool Values(Line line, Line.Answer answer) {
        switch (line.Operation) {
        case "link":
            TellLink(Link.Parse(line.Text("text")), answer);
            break;
        case "link_from_address":
            TellLink(Link.FromAddress(line.Address("address")), answer);
            break;
        case "link_from_datamap":
            TellLink(Link.FromDataMap(line.Bytes("datamap")), answer);
            break;
        case "link_with":
            using (Link link = Link.Parse(line.Text("link"))) TellLink(link.With(line.Text("name"), line.Text("media_type")), answer);
            break;
        case "link_address":
            using (Link link = Link.Parse(line.Text("link"))) answer.Put("address", Line.Hex(link.GetAddress()));
            break;
        case "link_datamap":
            using (Link link = Link.Parse(line.Text("link"))) {
                byte[] dataMap = link.GetDataMap();
                if (dataMap == null) throw new ArgumentException("there is none, says GetDataMap");
                answer.Put("datamap", dataMap);
            }
            break;
        case "key":
            Key key = line.Has("seed") ? Key.Import(line.Bytes("seed")) : Key.Generate();
            kept[line.Text("as")] = key;
            answer.Put("public", Line.Hex(key.GetPublicKey()));
            break;
        case "key_seed":
            answer.Put("seed", Kept<Key>(line, "key").Export());
            break;
        case "sign":
            answer.Put("signature", Kept<Key>(line, "key").Sign(line.Bytes("data")));
            break;
        case "verify": // that it is not is a result in C#, not a failure
            if (!Key.Verify(line.Address("public"), line.Bytes("data"), line.Bytes("signature")))
                throw new SafeException(SafeCode.BadSignature, "Key.Verify gives false");
            break;
        case "version":
            answer.Put("text", Library.VersionText).Put("abi", Library.AbiVersion);
            GC.KeepAlive(Library.Version);
            break;
        case "feature":
            answer.Put("value", Library.HasFeature(line.Text("name")));
            break;
        case "setting":
            Setting(line, answer);
            break;
        case "collect":
            GC.Collect();
            break;
        case "live_handles":
            answer.Put("value", Library.LiveHandles);
            break;
        case "s1_encode":
            Encode(line, answer);
            break;
        case "s1_decode":
            Decode(line, answer);
            break;
        case "port":
            kept[line.Text("as")] = new FolderStore(line.Text("scheme"), line.Text("folder"));
            break;
        case "transport":
            kept[line.Text("as")] = new Wire(line.Text("scheme"), line.Text("vault"));
            break;
        case "serve":
            var vault = ServedVault.Open(line.Text("vault"));
            vault.SetLimit(VaultLimit.Connections, 100);
            if (line.Has("quota")) vault.SetLimit(VaultLimit.Quota, long.Parse(line.Text("quota")));
            vault.SetCertificate("no.pem", "no.pem"); // nobody asks for it before wss:
            kept[line.Text("as")] = vault;
            answer.Put("url", vault.Listen("tcp://127.0.0.1:0"));
            answer.Put("key", vault.Key);
            break;
        case "metrics":
            answer.Put("text", Kept<ServedVault>(line, "of").Metrics());
            break;
        case "drain":
            Kept<ServedVault>(line, "of").Drain(TimeSpan.FromSeconds(10));
            break;
        case "port_hold":
        case "port_release":
            Kept<FolderStore>(line, "port").Hold(line.Operation == "port_hold");
            break;
        default:
            return false;
        }
        return true;
    }

    private static void Setting(Line line, Line.Answer answer) {
        bool workers = line.Text("name") == "workers";
        if (line.Has("value") && workers) Library.Workers = line.Whole("value").Value;
        if (line.Has("value") && !workers) Library.WorkingMemory = line.Whole("value").Value;
        answer.Put("value", workers ? Library.Workers : Library.WorkingMemory);
    }

    private static void Encode(Line line, Line.Answer answer) {
        Directory.CreateDirectory(line.Text("folder"));
        using (var encoder = new S1Encoder()) {
            encoder.Write(line.Bytes("data"));
            byte[] dataMap = encoder.Finish();
            int count = 0;
            for (S1Chunk chunk = encoder.Next(); chunk != null; chunk = encoder.Next(), ++count)
                File.WriteAllBytes(Path.Combine(line.Text("folder"), Line.Hex(chunk.Name)), chunk.Data);
            answer.Put("datamap", dataMap).Put("chunks", count);
        }
    }

    private static void Decode(Line line, Line.Answer answer) {
        using (var map = new S1Map(line.Bytes("datamap"))) {
            var content = new List<byte>();
            for (ulong at = 0; at < map.ChunkCount; ++at) {
                string path = Path.Combine(line.Text("folder"), Line.Hex(map.GetChunkName(at)));
                content.AddRange(map.Decrypt(at, File.ReadAllBytes(path)));
            }
            if (map.ChunkCount == 0) content.AddRange(map.GetContent());
            answer.Put("size", map.Size).Put("chunks", map.ChunkCount).Put("data", content.ToArray());
        }
    }

    private static void TellItems(IEnumerable<VaultItem> items, Line.Answer answer) {
        answer.Put("items", Chunks(items, item => item.GetAddress(), item => item.Size));
    }

    private bool Vaults(Line line, Line.Answer answer) {
        string url = line.Text("url");
        switch (line.Operation) {
        case "vault_info":
            Run(line, answer, () => Vault.Info(url), (stop, told) => Vault.InfoAsync(url, stop), (info, told) => {
                told.Put("chunks", info.Chunks).Put("chunk_bytes", info.ChunkBytes).Put("records", info.Records);
                told.Put("record_bytes", info.RecordBytes).Put("format", info.Format);
            });
            break;
        case "vault_verify":
            Run(line, answer, () => Vault.Verify(url), (stop, told) => Vault.VerifyAsync(url, told, stop), (check, told) => {
                told.Put("checked", check.Checked).Put("bad", check.Bad);
                TellItems(check.Items, told);
            });
            break;
        case "vault_gc":
            List<Link> keep = line.Text("keep").Split('\n').Where(text => text.Length > 0).Select(Link.Parse).ToList();
            Run(line, answer, () => Vault.Clean(url, keep, line.Flag("remove")),
                (stop, told) => Vault.CleanAsync(url, keep, line.Flag("remove"), stop), (cleaning, told) => {
                    told.Put("kept", cleaning.Kept).Put("removed", cleaning.Removed);
                    TellItems(cleaning.Items, told);
                    keep.ForEach(link => link.Dispose());
                });
            break;
        case "vault_remove":
            Run(line, answer, () => {
                Vault.Remove(url, line.Address("address"));
                return true;
            }, async (stop, told) => {
                await Vault.RemoveAsync(url, line.Address("address"), stop);
                return true;
            }, (done, told) => { });
            break;
        default:
            return false;
        }
        return true;
    }

    private bool Ends(Line line, Line.Answer answer) {
        Started one = null;
        if (line.Has("op")) started.TryGetValue(line.Text("op"), out one);
        switch (line.Operation) {
        case "close":
            kept[line.Text("of")].Dispose();
            break;
        case "end":
            End(line.Text("how") == "close", answer);
            break;
        case "wait":
            started.Remove(line.Text("op"));
            one.Tell(answer);
            break;
        case "cancel":
            one.Stop.Cancel();
            break;
        case "drop":
            started.Remove(line.Text("op"));
            one.Stop.Cancel();
            break;
        case "pending":
            answer.Put("value", !one.Task.IsCompleted);
            break;
        case "progress":
            answer.Put("done", one.Progress.Done).Put("total", one.Progress.Total);
            break;
        default:
            return false;
        }
        return true;
    }

    /// <summary>Ports are closed in any case: they serve until they are.</summary>
    private void End(bool closing, Line.Answer answer) {
        Release(closing);
        for (int tries = 0; Library.LiveHandles != 0 && tries < 400; ++tries) {
            Task.WaitAll(Enumerable.Range(0, 16).Select(number => Task.Run(() => Overwrite(100))).ToArray());
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(tries < 20 ? 2 : 25);
        }
        answer.Put("live", Library.LiveHandles);
    }

    /// <summary>What mono's collector finds on stacks of the pool is not of steps that are over.</summary>
    private static int Overwrite(int depth) {
        if (depth == 0) Thread.Sleep(1); // so that all threads of the pool take part
        return depth == 0 ? 0 : 1 + Overwrite(depth - 1);
    }

    private void Release(bool closing) {
        foreach (FolderStore store in kept.Values.OfType<FolderStore>()) store.Hold(false);
        foreach (Started one in started.Values) one.Stop.Cancel();
        foreach (Started one in started.Values) one.Task.ContinueWith(ended => GC.KeepAlive(ended.Exception)).Wait();
        started.Clear();
        // In a thread of its own, too, for the collector.
        var release = new Thread(() => {
            foreach (IDisposable one in kept.Values)
                if (closing || one is FolderStore || one is Wire) one.Dispose();
            kept.Clear();
        });
        release.Start();
        release.Join();
    }
}
