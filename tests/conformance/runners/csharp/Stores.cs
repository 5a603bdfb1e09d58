using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using LibSafe;

/// <summary>A store of the runner's own: values are files of a folder, named by their keys.</summary>
internal sealed class FolderStore : IStore, IDisposable {
    private readonly string folder;
    private readonly StorePort port;
    private TaskCompletionSource<bool> gate = Open();
    private static int count;

    internal FolderStore(string scheme, string folder) {
        this.folder = folder;
        port = StorePort.Serve(scheme, (url, create) => {
            if (!create && !Directory.Exists(folder)) throw new SafeException(SafeCode.StoreMissing, "there is no such folder");
            Directory.CreateDirectory(folder);
            return Task.FromResult<IStore>(this);
        });
    }

    private static TaskCompletionSource<bool> Open() {
        var open = new TaskCompletionSource<bool>();
        open.SetResult(true);
        return open;
    }

    internal void Hold(bool hold) {
        if (hold)
            gate = new TaskCompletionSource<bool>();
        else
            gate.TrySetResult(true);
    }

    public void Dispose() {
        Hold(false);
        port.Dispose();
    }

    [DllImport("libc", EntryPoint = "link")]
    private static extern int Link(string from, string to);

    private string Place(string key) {
        return Path.Combine(folder, Uri.EscapeDataString(key));
    }

    private string Written(byte[] value) {
        string path = Path.Combine(folder, ".csharp-" + System.Diagnostics.Process.GetCurrentProcess().Id + "-" + Interlocked.Increment(ref count));
        File.WriteAllBytes(path, value);
        return path;
    }

    public Task<bool> CreateAsync(string key, byte[] value) {
        string made = Written(value);
        bool first = Link(made, Place(key)) == 0;
        File.Delete(made);
        return Task.FromResult(first);
    }

    public Task ReplaceAsync(string key, byte[] value) {
        string made = Written(value);
        File.Delete(Place(key));
        File.Move(made, Place(key));
        return Task.FromResult(true);
    }

    public async Task<byte[]> GetAsync(string key, ulong offset, int length) {
        await gate.Task;
        if (!File.Exists(Place(key))) return null;
        return File.ReadAllBytes(Place(key)).Skip((int)offset).Take(length).ToArray();
    }

    public Task<bool> ExistsAsync(string key) {
        return Task.FromResult(File.Exists(Place(key)));
    }

    private List<StoreEntry> Keys(string prefix) {
        return new DirectoryInfo(folder).GetFiles()
            .Select(file => new StoreEntry(Uri.UnescapeDataString(file.Name), (ulong)file.Length))
            .Where(entry => !entry.Key.StartsWith(".", StringComparison.Ordinal) && entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList();
    }

    public Task<StorePage> ListAsync(string prefix, string after, int limit) {
        List<StoreEntry> found = Keys(prefix).Where(entry => string.CompareOrdinal(entry.Key, after) > 0).ToList();
        return Task.FromResult(new StorePage(found.Take(limit).ToList(), found.Count > limit));
    }

    public Task<bool> RemoveAsync(string key) {
        bool there = File.Exists(Place(key));
        File.Delete(Place(key));
        return Task.FromResult(there);
    }

    public Task<StoreFigures> FiguresAsync(string prefix) {
        List<StoreEntry> found = Keys(prefix);
        return Task.FromResult(new StoreFigures((ulong)found.Count, found.Aggregate(0UL, (sum, entry) => sum + entry.Size)));
    }

    public Task CloseAsync() {
        return Task.FromResult(true);
    }
}

/// <summary>Whoever connects gets one end of a pair of sockets; at the other the vault is served.</summary>
internal sealed class Wire : IDisposable {
    private readonly ConcurrentDictionary<string, Stream> others = new ConcurrentDictionary<string, Stream>();
    private readonly TransportPort port;
    private int count;

    internal Wire(string scheme, string vault) {
        port = TransportPort.Serve(scheme, async url => {
            Stream other;
            if (others.TryRemove(url, out other)) return other;
            string served = scheme + ":served-" + Interlocked.Increment(ref count);
            Stream[] ends = await Pair();
            others[served] = ends[1];
            Ignore(Vault.ServeAsync(vault, served));
            return ends[0];
        });
    }

    // How it ends is told to its client.
    private static async void Ignore(Task serving) {
        try {
            await serving;
        } catch (SafeException) {
            return;
        }
    }

    private static async Task<Stream[]> Pair() {
        var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var here = new TcpClient();
        Task<TcpClient> accepting = listener.AcceptTcpClientAsync();
        await here.ConnectAsync("127.0.0.1", ((System.Net.IPEndPoint)listener.LocalEndpoint).Port);
        TcpClient there = await accepting;
        listener.Stop();
        return new Stream[] { here.GetStream(), there.GetStream() };
    }

    public void Dispose() {
        port.Dispose();
    }
}
