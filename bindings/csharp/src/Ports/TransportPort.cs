using System;
using System.IO;
using System.Threading.Tasks;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>
    /// Serves the connection URLs of one scheme over streams of the program's own, say of sockets, to vaults that other processes
    /// serve (Vault.ServeAsync). Both sides need one. The library neither authenticates nor encrypts such a stream.
    /// </summary>
    public sealed class TransportPort : IDisposable {
        private readonly Server server;

        static TransportPort() {
            Loader.Load();
        }

        private TransportPort(Server server) {
            this.server = server;
        }

        /// <summary>Begins to serve a scheme, until it is disposed.</summary>
        /// <param name="scheme">Such as "mine", for the URLs that begin with "mine:".</param>
        /// <param name="open">
        /// Gives the stream of a URL, to be read and written at the same time. Each client has one of its own; it is disposed with it.
        /// </param>
        public static TransportPort Serve(string scheme, Func<string, Task<Stream>> open) {
            var server = new Server(scheme, Arguments.NotNull(open, "open"));
            server.Begin();
            return new TransportPort(server);
        }

        /// <summary>Its scheme is free again. What goes over it fails with ClosedException.</summary>
        public void Dispose() {
            server.Dispose();
        }

        private sealed class Server : PortServer<Stream> {
            private readonly Func<string, Task<Stream>> open;

            internal Server(string scheme, Func<string, Task<Stream>> open)
                : base(Ffi.SAFE_PORT_TRANSPORT, scheme, SafeCode.ConnectionFailed) {
                this.open = open;
            }

            protected override Task<Stream> Open(string url, bool create) {
                return open(url) ?? Task.FromResult<Stream>(null);
            }

            protected override Task Close(Stream stream) {
                stream.Dispose();
                return Task.CompletedTask;
            }

            protected override async Task Answer(Stream stream, int kind, RequestHandle request) {
                if (kind == Ffi.SAFE_REQUEST_SEND) {
                    byte[] data = Ffi.safe_request_data(request);
                    await stream.WriteAsync(data, 0, data.Length).ConfigureAwait(false);
                    await stream.FlushAsync().ConfigureAwait(false);
                    Done(request, true);
                } else if (kind == Ffi.SAFE_REQUEST_RECEIVE) {
                    var room = new byte[Ffi.safe_request_length(request)];
                    int count = await stream.ReadAsync(room, 0, room.Length).ConfigureAwait(false);
                    Give(request, new ArraySegment<byte>(room, 0, count), count == 0);
                } else {
                    throw new SafeException(SafeCode.Unsupported, "a request of kind " + kind);
                }
            }
        }
    }
}
