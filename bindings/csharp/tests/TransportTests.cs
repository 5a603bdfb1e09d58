using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace LibSafe.Tests {
    internal static class TransportTests {
        /// <summary>A vault of one side of a socket, used from the other.</summary>
        [Test]
        private static async Task AVaultIsReachedOverASocket() {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            try {
                int port = ((IPEndPoint)listener.LocalEndpoint).Port;
                using (TransportPort.Serve("wire", async url => {
                    if (url == "wire:accept") return (await listener.AcceptTcpClientAsync()).GetStream();
                    var socket = new TcpClient();
                    await socket.ConnectAsync(IPAddress.Loopback, port);
                    return socket.GetStream();
                })) {
                    Task serving = Vault.ServeAsync("mem:", "wire:accept");
                    using (Client client = await Client.ConnectAsync("wire:connect"))
                    using (Key key = Key.Generate()) {
                        byte[] data = Data.Random(2000000);
                        using (Link link = (await client.PutAsync(data)).Link) Expect.Same(data, client.Get(link), "content");
                        client.CreateRecord(key, "r", new byte[] { 1 });
                        Expect.Throws<ConflictException>(() => client.CreateRecord(key, "r", new byte[1]), "a conflict");
                    }
                    await serving; // the client has closed
                }
            } finally {
                listener.Stop();
            }
        }

        [Test]
        private static async Task ABrokenTransportIsTold() {
            using (TransportPort.Serve("wire", url => {
                if (url == "wire:refused") throw new IOException("nobody is there; start the vault");
                return Task.FromResult<Stream>(new MemoryStream()); // closed from the beginning
            })) {
                var problem = Expect.Throws<ConnectionException>(() => Client.Connect("wire:refused"), "refused");
                Expect.True(problem.Code == SafeCode.ConnectionFailed && problem.Message.Contains("nobody is there"), problem.Message);
                using (Client client = Client.Connect("wire:ended"))
                    Expect.Throws<ConnectionException>(() => client.Put(new byte[1000]), "ended");
                using (var source = new CancellationTokenSource(60000))
                    await Expect.Throws<BadUrlException>(() => Vault.ServeAsync("mem:", "other:x", true, source.Token), "no transport");
            }
        }

        [Test]
        private static async Task ServingIsStoppedByItsToken() {
            var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var ends = new[] { new TcpClient(), null };
            try {
                await ends[0].ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndpoint).Port);
                ends[1] = await listener.AcceptTcpClientAsync();
                using (TransportPort.Serve("wire", url => Task.FromResult<Stream>(ends[0].GetStream())))
                using (var source = new CancellationTokenSource(50))
                    await Expect.Throws<OperationCanceledException>(() => Vault.ServeAsync("mem:", "wire:", true, source.Token), "stopped");
            } finally {
                foreach (TcpClient end in ends.Where(end => end != null)) end.Close();
                listener.Stop();
            }
        }
    }
}
