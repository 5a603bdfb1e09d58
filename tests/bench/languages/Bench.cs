using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Reflection;
using LibSafe;

/// <summary>The C# assembly: Bench FILE [DIVISOR]. Instead of allocations it says how many bytes of the heap a call takes.</summary>
internal static class Bench {
    private const int Piece = 1 << 20;

    // .NET has had it from 3.0 on; mono keeps it to itself.
    private static readonly Func<long> Allocated = (Func<long>)Delegate.CreateDelegate(
        typeof(Func<long>),
        typeof(GC).GetMethod("GetAllocatedBytesForCurrentThread", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic));

    private static string Measured(string name, int calls, Action call) {
        double best = double.MaxValue;
        for (int round = 0; round < 200; ++round) {
            Stopwatch watch = Stopwatch.StartNew();
            for (int number = 0; number < calls; ++number) call();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }
        long before = Allocated();
        for (int number = 0; number < 1000; ++number) call();
        double heap = (Allocated() - before) / 1000.0;
        return string.Format(CultureInfo.InvariantCulture, "\"{0}\": {{\"ns\": {1:F1}, \"heap\": {2:F0} }}", name, best / calls * 1e9, heap);
    }

    private static double Fastest(Action work) {
        double best = double.MaxValue;
        for (int round = 0; round < 3; ++round) {
            Stopwatch watch = Stopwatch.StartNew();
            work();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }
        return best;
    }

    private static Link Write(Client client, byte[] content, PutOptions how) {
        using (Writer writer = client.OpenWriter(null, how)) {
            for (int at = 0; at < content.Length; at += Piece) writer.Write(content, at, Math.Min(Piece, content.Length - at));
            return writer.Finish().Link;
        }
    }

    private static void Read(Client client, Link link, byte[] room) {
        using (Reader reader = client.Open(link))
            while (reader.Read(room, 0, room.Length) > 0) {
            }
    }

    private static void Main(string[] arguments) {
        byte[] content = File.ReadAllBytes(arguments[0]);
        int by = arguments.Length > 1 ? int.Parse(arguments[1]) : 1;
        using (Client client = Client.Connect("mem:"))
        using (Link link = Write(client, content, PutOptions.Private)) {
            string text = link.Text;
            var address = new byte[32];
            string calls = string.Join(", ", Measured("empty", 20000 / by, () => { uint number = Library.AbiVersion; }),
                                       Measured("link", 250 / by, () => Link.Parse(text).Dispose()),
                                       Measured("operation", 50 / by, () => client.ChunkExists(address)));
            double writing = Fastest(() => Write(client, content, PutOptions.Private | PutOptions.DryRun).Dispose());
            var room = new byte[Piece];
            double reading = Fastest(() => Read(client, link, room));
            Console.WriteLine(string.Format(CultureInfo.InvariantCulture, "{{{0}, \"write\": {1:F6}, \"read\": {2:F6} }}", calls, writing, reading));
        }
    }
}
