using System;
using System.IO;
using System.Threading;

namespace LibSafe.Tests {
    /// <summary>What ProcessTests start in processes of their own.</summary>
    internal static class Child {
        /// <summary>Every way in which a program can come to the native library first.</summary>
        internal static readonly Action[] Firsts = {
            () => Client.Connect("mem:").Dispose(), () => Client.ConnectAsync("mem:").Result.Dispose(), () => Key.Generate().Dispose(),
            () => Key.Import(new byte[32]).Dispose(), () => Key.Verify(new byte[32], new byte[1], new byte[64]),
            () => Link.FromAddress(new byte[32]).Dispose(), () => Fails(() => Link.Parse("x")),
            () => Fails(() => Link.FromDataMap(new byte[1])), () => Record.AddressOf(new byte[32], "x"),
            () => GC.KeepAlive(Library.Version), () => GC.KeepAlive(Library.LiveHandles), () => Library.HasFeature("mem"),
            () => Library.Workers = 0, () => GC.KeepAlive(new SafeException(SafeCode.Io, "x").Name),
            () => Fails(() => Vault.Info("x")), () => Fails(() => Vault.InfoAsync("mem:").GetAwaiter().GetResult()),
            () => new S1Encoder().Dispose(), () => Fails(() => new S1Map(new byte[1])),
            () => StorePort.Serve("shelf", (url, create) => null).Dispose(),
            () => TransportPort.Serve("wire", url => null).Dispose(),
        };

        private static void Fails(Action act) {
            Expect.Throws<SafeException>(act, "a failure");
        }

        internal static int Run(string what, string argument) {
            if (what == "first") {
                Firsts[int.Parse(argument)]();
                return 0;
            }
            Client client = Client.Connect("mem:");
            StorePort.Serve("shelf", (url, create) => null);
            for (int index = 0; index < 50; ++index) client.PutAsync(Data.Random(300000 + index));
            client.OpenWriter().WriteAsync(new byte[5000000], 0, 5000000);
            var blocked = new Thread(() => client.Put(new MemoryStream(Data.Random(8000000)))) { IsBackground = true };
            blocked.Start();
            Thread.Sleep(int.Parse(argument));
            if (what == "exit") Environment.Exit(3);
            if (what == "throw") throw new InvalidOperationException("as it is to be");
            return 0;
        }
    }
}
