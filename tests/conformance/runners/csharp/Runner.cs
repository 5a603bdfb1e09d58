using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using LibSafe;

/// <summary>The runner of C#: plays steps with the classes of the assembly (README, "What a runner speaks").</summary>
internal sealed partial class Runner {
    private const string Can = "addresses,behind,children,chunks,closing,datamaps,details,empty_urls,files,identities,limits,links,metrics,named_links,"
        + "own_vaults,pages,ports,progress,record_addresses,replay,rooms,s1,seeds,serving,settings,signing,sizes,sockets,states,streams,transports,u64,"
        + "unsigned,vaults,views";

    /// <summary>What was started.</summary>
    private sealed class Started {
        internal Task Task;
        internal CancellationTokenSource Stop;
        internal Action<Line.Answer> Tell;
        internal Progress Progress;
    }

    /// <summary>At once, on the thread of the library's work: not later, as System.Progress does.</summary>
    private sealed class Told : IProgress<Progress> {
        internal Started Of;

        public void Report(Progress value) {
            Of.Progress = value;
        }
    }

    private readonly Dictionary<string, IDisposable> kept = new Dictionary<string, IDisposable>();
    private readonly Dictionary<string, Started> started = new Dictionary<string, Started>();
    private int turn;

    private T Kept<T>(Line line, string key) where T : class {
        return (T)(object)kept[line.Text(key)];
    }

    private Client ClientOf(Line line) {
        return Kept<Client>(line, "client");
    }

    /// <summary>Started: by the task. Else by the method that blocks and the task, by turns.</summary>
    private void Run<T>(Line line, Line.Answer answer, Func<T> blocking, Func<CancellationToken, Told, Task<T>> task,
                        Action<T, Line.Answer> tell) {
        if (!line.Has("start")) {
            tell(++turn % 2 == 0 ? task(CancellationToken.None, null).GetAwaiter().GetResult() : blocking(), answer);
            return;
        }
        var one = new Started { Stop = new CancellationTokenSource() };
        Task<T> work = task(one.Stop.Token, new Told { Of = one });
        one.Task = work;
        one.Tell = later => tell(work.GetAwaiter().GetResult(), later);
        started[line.Text("start")] = one;
    }

    private static PutOptions Options(Line line) {
        return (line.Flag("private") ? PutOptions.Private : 0) | (line.Flag("verify") ? PutOptions.Verify : 0) |
               (line.Flag("dry_run") ? PutOptions.DryRun : 0) | (line.Flag("replay") ? PutOptions.Replay : 0);
    }

    private static string Chunks<T>(IEnumerable<T> all, Func<T, byte[]> address, Func<T, ulong> size) {
        return string.Join(",", all.Select(one => Line.Hex(address(one)) + ":" + size(one)));
    }

    private static void TellReceipt(Receipt receipt, Line.Answer answer) {
        using (Link link = receipt.Link) answer.Put("link", link.Text).Put("private", link.IsPrivate).Put("name", link.Name);
        answer.Put("size", receipt.Size).Put("chunks", Chunks(receipt.Chunks, chunk => chunk.GetAddress(), chunk => chunk.Size));
        answer.Put("new_chunks", receipt.NewChunks).Put("new_bytes", receipt.NewBytes);
    }

    private static void TellLink(Link given, Line.Answer answer) {
        using (Link link = given) {
            answer.Put("text", link.Text).Put("private", link.IsPrivate).Put("size", link.Size);
            answer.Put("name", link.Name).Put("media_type", link.MediaType);
        }
    }

    private static void TellRecord(Record record, Line.Answer answer) {
        answer.Put("address", Line.Hex(record.GetAddress())).Put("owner", Line.Hex(record.GetOwner())).Put("label", record.Label);
        answer.Put("version", record.Version).Put("value", record.GetValue());
    }

    private static void TellPage(RecordPage page, Line.Answer answer) {
        answer.Put("versions", string.Join(",", page.Records.Select(record => record.Version))).Put("next", page.Next);
    }

    private static void TellData(byte[] data, Line.Answer answer) {
        answer.Put("data", data);
    }

    private bool Content(Line line, Line.Answer answer) {
        string name = line.Text("as");
        Action<Reader, Line.Answer> opened = (reader, told) => {
            kept[name] = reader;
            told.Put("size", (ulong)reader.Length);
        };
        switch (line.Operation) {
        case "connect":
            string url = line.Text("url");
            bool create = line.Text("create") != "0";
            Action<Client, Line.Answer> connected = (client, later) => {
                kept[name] = client;
                later.Put("url", client.Url);
            };
            if (line.Has("key")) {
                Key key = Kept<Key>(line, "key");
                Run(line, answer, () => Client.Connect(url, key), (stop, told) => Client.ConnectAsync(url, key, stop), connected);
            } else if (line.Flag("anonymous")) {
                Run(line, answer, () => Client.ConnectAnonymous(url), (stop, told) => Client.ConnectAnonymousAsync(url, stop), connected);
            } else {
                Run(line, answer, () => Client.Connect(url, create), (stop, told) => Client.ConnectAsync(url, create, stop), connected);
            }
            break;
        case "put":
            ArraySegment<byte> data = line.View("data");
            Run(line, answer, () => ClientOf(line).Put(data, Options(line)),
                (stop, told) => ClientOf(line).PutAsync(data, Options(line), told, stop), TellReceipt);
            break;
        case "put_file":
            Run(line, answer, () => ClientOf(line).PutFile(line.Text("path"), Options(line)),
                (stop, told) => ClientOf(line).PutFileAsync(line.Text("path"), Options(line), told, stop), TellReceipt);
            break;
        case "get":
            using (Link link = Link.Parse(line.Text("link"))) {
                ulong limit = line.Whole("limit") ?? Client.DefaultLimit;
                Run(line, answer, () => ClientOf(line).Get(link, limit), (stop, told) => ClientOf(line).GetAsync(link, limit, stop), TellData);
            }
            break;
        case "get_file":
            using (Link link = Link.Parse(line.Text("link"))) {
                Run(line, answer, () => ClientOf(line).GetFile(link, line.Text("path")),
                    (stop, told) => ClientOf(line).GetFileAsync(link, line.Text("path"), told, stop), (size, told) => told.Put("size", size));
            }
            break;
        case "open":
            using (Link link = Link.Parse(line.Text("link"))) {
                Run(line, answer, () => ClientOf(line).Open(link), (stop, told) => ClientOf(line).OpenAsync(link, stop), opened);
            }
            break;
        case "open_datamap":
            byte[] map = line.Bytes("datamap");
            Run(line, answer, () => ClientOf(line).OpenDataMap(map), (stop, told) => ClientOf(line).OpenDataMapAsync(map, stop), opened);
            break;
        case "chunk_put":
            byte[] bytes = line.Bytes("data");
            Run(line, answer, () => ClientOf(line).PutChunk(bytes), (stop, told) => ClientOf(line).PutChunkAsync(bytes, stop),
                (address, told) => told.Put("address", Line.Hex(address)));
            break;
        case "chunk_get":
            Run(line, answer, () => ClientOf(line).GetChunk(line.Address("address")),
                (stop, told) => ClientOf(line).GetChunkAsync(line.Address("address"), stop), TellData);
            break;
        case "state":
            answer.Put("value", (long)ClientOf(line).State);
            break;
        case "next_state":
            var known = (ClientState)(line.Whole("known") ?? 0);
            Run(line, answer, () => ClientOf(line).NextState(known), (stop, told) => ClientOf(line).NextStateAsync(known, stop), (state, told) => {});
            break;
        case "timeout":
            ClientOf(line).SetTimeout(TimeSpan.FromMilliseconds(line.Whole("milliseconds") ?? 0));
            break;
        case "chunk_exists":
            Run(line, answer, () => ClientOf(line).ChunkExists(line.Address("address")),
                (stop, told) => ClientOf(line).ChunkExistsAsync(line.Address("address"), stop), (there, told) => told.Put("value", there));
            break;
        default:
            return false;
        }
        return true;
    }

    private bool Streams(Line line, Line.Answer answer) {
        switch (line.Operation) {
        case "read":
            var reader = Kept<Reader>(line, "reader");
            long offset = (long)(line.Whole("offset") ?? 0), length = (long)(line.Whole("length") ?? 0);
            Run(line, answer, () => reader.ReadAt(offset, length), (stop, told) => reader.ReadAtAsync(offset, length, stop), TellData);
            break;
        case "read_into":
            ReadInto(line, answer);
            break;
        case "stream":
            var stream = Kept<Reader>(line, "reader");
            stream.Position = (long)(line.Whole("offset") ?? 0);
            Run(line, answer, () => {
                var memory = new MemoryStream();
                stream.CopyTo(memory);
                return memory.ToArray();
            }, async (stop, told) => {
                var memory = new MemoryStream();
                await stream.CopyToAsync(memory, 81920, stop);
                return memory.ToArray();
            }, TellData);
            break;
        case "writer":
            ulong? size = line.Whole("size");
            Run(line, answer, () => ClientOf(line).OpenWriter(size, Options(line)),
                (stop, told) => ClientOf(line).OpenWriterAsync(size, Options(line), stop), (made, told) => kept[line.Text("as")] = made);
            break;
        case "write":
            var writer = Kept<Writer>(line, "writer");
            ArraySegment<byte> data = line.View("data");
            Run(line, answer, () => {
                writer.Write(data.Array, data.Offset, data.Count);
                return true;
            }, async (stop, told) => {
                await writer.WriteAsync(data.Array, data.Offset, data.Count, stop);
                return true;
            }, (done, told) => { });
            break;
        case "replay_size":
            answer.Put("value", Kept<Writer>(line, "writer").ReplaySize);
            break;
        case "finish":
            var finished = Kept<Writer>(line, "writer");
            Run(line, answer, finished.Finish, (stop, told) => finished.FinishAsync(stop), TellReceipt);
            break;
        default:
            return false;
        }
        return true;
    }

    private void ReadInto(Line line, Line.Answer answer) {
        var reader = Kept<Reader>(line, "reader");
        int before = line.Count("before"), size = line.Count("size");
        byte[] room = Enumerable.Repeat((byte)0xaa, before + size + line.Count("after")).ToArray();
        long offset = (long)(line.Whole("offset") ?? 0);
        Run(line, answer, () => reader.ReadAt(offset, room, before, size), (stop, told) => reader.ReadAtAsync(offset, room, before, size, stop),
            (count, told) => {
                bool clean = room.Take(before).Concat(room.Skip(before + count)).All(one => one == 0xaa);
                told.Put("data", room.Skip(before).Take(count).ToArray()).Put("clean", clean);
            });
    }

    private bool Records(Line line, Line.Answer answer) {
        Key key = line.Has("key") ? Kept<Key>(line, "key") : null;
        string label = line.Text("label");
        switch (line.Operation) {
        case "record_create":
            byte[] first = line.Bytes("value");
            Run(line, answer, () => ClientOf(line).CreateRecord(key, label, first),
                (stop, told) => ClientOf(line).CreateRecordAsync(key, label, first, stop), TellRecord);
            break;
        case "record_set":
            byte[] next = line.Bytes("value");
            ulong version = line.Whole("version") ?? 0;
            Run(line, answer, () => ClientOf(line).SetRecord(key, label, version, next),
                (stop, told) => ClientOf(line).SetRecordAsync(key, label, version, next, stop), TellRecord);
            break;
        case "record_get":
            Run(line, answer, () => ClientOf(line).GetRecord(line.Address("address"), line.Whole("version")),
                (stop, told) => ClientOf(line).GetRecordAsync(line.Address("address"), line.Whole("version"), stop), TellRecord);
            break;
        case "record_list":
            int limit = line.Has("limit") ? line.Count("limit") : 1000;
            Func<CancellationToken, Task<RecordPage>> list = stop =>
                ClientOf(line).ListRecordsAsync(line.Address("address"), line.Whole("before"), limit, stop);
            Run(line, answer, () => list(CancellationToken.None).GetAwaiter().GetResult(), (stop, told) => list(stop), TellPage);
            break;
        case "record_address":
            answer.Put("address", Line.Hex(Record.AddressOf(line.Address("owner"), label)));
            break;
        default:
            return false;
        }
        return true;
    }

    private void Play(Line line, Line.Answer answer) {
        try {
            bool known = Content(line, answer) || Streams(line, answer) || Records(line, answer) || Values(line, answer)
                || Vaults(line, answer) || Ends(line, answer);
            if (!known) throw new NotSupportedException("there is no operation " + line.Operation + " here");
        } catch (Exception problem) {
            answer.Failure(problem);
        }
    }

    private static int Main(string[] arguments) {
        Line.Folder = arguments[0];
        var runner = new Runner();
        Console.Out.NewLine = "\n";
        Console.WriteLine("hello csharp can=" + Can + " store=native");
        using (var lines = new StreamReader(Console.OpenStandardInput())) {
            for (string text = lines.ReadLine(); text != null; text = lines.ReadLine()) {
                var line = new Line(text);
                if (line.Operation == "exit") return 0;
                var answer = new Line.Answer();
                // mono's collector takes what stands on a stack for references: the steps' stacks are gone when it comes.
                var step = new Thread(() => runner.Play(line, answer));
                step.Start();
                step.Join();
                Console.WriteLine(answer.For(line));
            }
        }
        return 0;
    }
}
