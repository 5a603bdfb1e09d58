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
        /// may use at once), one that is served elsewhere ("tcp://host:port#key"), or the URL of a StorePort.
        /// </summary>
        /// <param name="url">The vault.</param>
        /// <param name="create">Whether to make the directory if it does not exist; else that is a StoreException.</param>
        public static Client Connect(string url, bool create = true) {
            return Connecting(url, create ? 0 : Ffi.SAFE_CONNECT_NO_CREATE).Run();
        }

        /// <summary>Connects to a vault, see Connect.</summary>
        public static Task<Client> ConnectAsync(string url, bool create = true,
                                                CancellationToken cancellationToken = default(CancellationToken)) {
            return Connecting(url, create ? 0 : Ffi.SAFE_CONNECT_NO_CREATE).RunAsync(cancellationToken);
        }

        /// <summary>
        /// Connects as whoever has the key, by which a vault elsewhere knows the client again: rates and quota are of one key.
        /// Connect makes a new one for each client.
        /// </summary>
        /// <param name="url">The vault.</param>
        /// <param name="key">The client's.</param>
        public static Client Connect(string url, Key key) {
            return Connecting(url, key).Run();
        }

        /// <summary>Connects as whoever has the key, see Connect.</summary>
        public static Task<Client> ConnectAsync(string url, Key key,
                                                CancellationToken cancellationToken = default(CancellationToken)) {
            return Connecting(url, key).RunAsync(cancellationToken);
        }

        /// <summary>Connects without saying who the client is to a vault elsewhere: it may then read, but not write.</summary>
        /// <param name="url">The vault.</param>
        public static Client ConnectAnonymous(string url) {
            return Connecting(url, Ffi.SAFE_CONNECT_ANONYMOUS).Run();
        }

        /// <summary>Connects without saying who the client is, see ConnectAnonymous.</summary>
        public static Task<Client> ConnectAnonymousAsync(string url,
                                                         CancellationToken cancellationToken = default(CancellationToken)) {
            return Connecting(url, Ffi.SAFE_CONNECT_ANONYMOUS).RunAsync(cancellationToken);
        }

        private static Work<Client> Connecting(string url, int flags) {
            Arguments.NotNull(url, "url");
            return new Work<Client>(null, () => Ffi.safe_connect(url, (uint)flags), Take);
        }

        private static Work<Client> Connecting(string url, Key key) {
            Arguments.NotNull(url, "url");
            KeyHandle own = Arguments.NotNull(key, "key").Handle;
            return new Work<Client>(key, () => Ffi.safe_connect_as(own, url, 0), Take);
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

        /// <summary>Whether there is a connection to the vault now.</summary>
        public ClientState State {
            get { return handle.IsClosed ? ClientState.Closed : (ClientState)Ffi.safe_client_state(handle); }
        }

        /// <summary>Waits until the state is another than the one that was seen last, and gives it.</summary>
        public ClientState NextState(ClientState known) {
            return ChangingState(known).Run();
        }

        /// <summary>Waits until the state is another, see NextState.</summary>
        public Task<ClientState> NextStateAsync(ClientState known, CancellationToken cancellationToken = default(CancellationToken)) {
            return ChangingState(known).RunAsync(cancellationToken);
        }

        private Work<ClientState> ChangingState(ClientState known) {
            return new Work<ClientState>(this, () => Ffi.safe_client_next_state(Handle, (int)known), op => {
                Results.Nothing(op);
                return State;
            });
        }

        /// <summary>
        /// How long operations wait for the network before they fail: 10 seconds unless it is set, to a day at most.
        /// TimeSpan.Zero restores what is usual.
        /// </summary>
        public void SetTimeout(TimeSpan time) {
            ulong milliseconds = (ulong)Arguments.NotNegative((int)Math.Min(time.TotalMilliseconds, int.MaxValue), "time");
            IntPtr error;
            Errors.Check(Ffi.safe_client_set_timeout(Handle, milliseconds, out error), error);
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
