using System;
using System.Threading;
using System.Threading.Tasks;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>
    /// A connection to a vault. May be used from any thread. Every method that waits comes twice: by itself, and as ...Async,
    /// which gives a Task that a CancellationToken stops.
    /// </summary>
    public sealed partial class Client : IDisposable
#if NETSTANDARD2_1_OR_GREATER || NETCOREAPP3_0_OR_GREATER
        , IAsyncDisposable
#endif
    {
        static Client() {
            Loader.Load();
        }

        private readonly ClientHandle handle;

        private Client(ClientHandle handle) {
            this.handle = handle;
        }

        internal ClientHandle Handle {
            get { return Arguments.Open(handle, "Client"); }
        }

        /// <summary>
        /// Connects to a vault: "mem:" (a new one in memory), "file:/path/to/dir" (in a directory that any number of programs
        /// may use at once), or the URL of a StorePort.
        /// </summary>
        /// <param name="url">The vault.</param>
        /// <param name="create">Whether to make the directory if it does not exist; else that is a StoreException.</param>
        public static Client Connect(string url, bool create = true) {
            return Connecting(url, create).Run();
        }

        /// <summary>Connects to a vault, see Connect.</summary>
        public static Task<Client> ConnectAsync(string url, bool create = true,
                                                CancellationToken cancellationToken = default(CancellationToken)) {
            return Connecting(url, create).RunAsync(cancellationToken);
        }

        private static Work<Client> Connecting(string url, bool create) {
            Arguments.NotNull(url, "url");
            uint flags = create ? 0u : (uint)Ffi.SAFE_CONNECT_NO_CREATE;
            return new Work<Client>(null, () => Ffi.safe_connect(url, flags), Take);
        }

        private static Client Take(OpHandle op) {
            ClientHandle client;
            IntPtr error;
            Errors.Check(Ffi.safe_op_take_client(op, out client, out error), error);
            return new Client(client);
        }

        /// <summary>The URL that it is connected to.</summary>
        public string Url {
            get { return Ffi.safe_client_url(Handle); }
        }

        /// <summary>Its URL.</summary>
        public override string ToString() {
            return handle.IsClosed ? "LibSafe.Client, disposed" : "LibSafe.Client " + Url;
        }

        /// <summary>
        /// Cancels what the client still does. Its readers and writers fail with ClosedException afterwards. Does not wait.
        /// </summary>
        public void Dispose() {
            handle.Dispose();
        }

        /// <summary>The same, for `await using`.</summary>
#if NETSTANDARD2_1_OR_GREATER || NETCOREAPP3_0_OR_GREATER
        public ValueTask DisposeAsync() {
            Dispose();
            return default(ValueTask);
        }
#else
        public Task DisposeAsync() {
            Dispose();
            return Task.CompletedTask;
        }
#endif
    }
}
