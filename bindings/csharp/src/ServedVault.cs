using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>What clients of a served vault may do; the last three are for one client, and 0 means any.</summary>
    public enum VaultLimit {
        /// <summary>At a time.</summary>
        Connections = Ffi.SAFE_VAULT_LIMIT_CONNECTIONS,
        /// <summary>Connections that have not said yet who they are.</summary>
        Handshakes = Ffi.SAFE_VAULT_LIMIT_HANDSHAKES,
        /// <summary>Of requests being answered and replies being sent.</summary>
        BytesInFlight = Ffi.SAFE_VAULT_LIMIT_BYTES_IN_FLIGHT,
        /// <summary>Bytes in one request.</summary>
        RequestSize = Ffi.SAFE_VAULT_LIMIT_REQUEST_SIZE,
        /// <summary>After so many milliseconds without anything a connection is closed; 0 means never.</summary>
        IdleMilliseconds = Ffi.SAFE_VAULT_LIMIT_IDLE_MS,
        /// <summary>Requests of one client.</summary>
        RequestsPerSecond = Ffi.SAFE_VAULT_LIMIT_REQUESTS_PER_SECOND,
        /// <summary>Bytes of one client, in both directions.</summary>
        BytesPerSecond = Ffi.SAFE_VAULT_LIMIT_BYTES_PER_SECOND,
        /// <summary>New bytes that one client may store.</summary>
        Quota = Ffi.SAFE_VAULT_LIMIT_QUOTA
    }

    /// <summary>A vault of this process that is served to others. Disposing ends all listeners and connections at once.</summary>
    public sealed class ServedVault : IDisposable {
        static ServedVault() {
            Loader.Load();
        }

        private readonly VaultHandle handle;

        private ServedVault(VaultHandle handle) {
            this.handle = handle;
        }

        private VaultHandle Handle {
            get { return Arguments.Open(handle, "ServedVault"); }
        }

        /// <summary>Opens a vault to serve it.</summary>
        /// <param name="url">As for Client.Connect.</param>
        /// <param name="key">A part of the URLs that clients connect to; null: the one that file:DIR keeps, or a new one.</param>
        /// <param name="create">Whether to make the directory if it does not exist.</param>
        public static ServedVault Open(string url, Key key = null, bool create = true) {
            Arguments.NotNull(url, "url");
            uint flags = create ? 0u : (uint)Ffi.SAFE_CONNECT_NO_CREATE;
            KeyHandle own = key == null ? new KeyHandle() : key.Handle;
            return new Work<ServedVault>(key, () => Ffi.safe_vault_open(own, url, flags), Take).Run();
        }

        private static ServedVault Take(OpHandle op) {
            VaultHandle vault;
            IntPtr error;
            Errors.Check(Ffi.safe_op_take_vault(op, out vault, out error), error);
            return new ServedVault(vault);
        }

        /// <summary>The vault's key, as it stands behind the # of its URLs.</summary>
        public string Key {
            get { return Ffi.safe_vault_key(Handle); }
        }

        /// <summary>What clients connect to: one for each listener.</summary>
        public IList<string> Urls {
            get {
                var urls = new List<string>();
                ulong count = Ffi.safe_vault_url_count(Handle);
                for (ulong index = 0; index < count; ++index) urls.Add(Ffi.safe_vault_url(Handle, index));
                return urls;
            }
        }

        /// <summary>Changes a limit from now on.</summary>
        public void SetLimit(VaultLimit limit, long value) {
            IntPtr error;
            Errors.Check(Ffi.safe_vault_set_limit(Handle, (int)limit, checked((ulong)value), out error), error);
        }

        /// <summary>For listeners of wss: that follow: files in PEM form.</summary>
        public void SetCertificate(string certificateFile, string keyFile) {
            Arguments.NotNull(certificateFile, "certificateFile");
            Arguments.NotNull(keyFile, "keyFile");
            IntPtr error;
            Errors.Check(Ffi.safe_vault_set_certificate(Handle, certificateFile, keyFile, out error), error);
        }

        /// <summary>Listens at tcp://host:port (port 0: any), and gives the URL to connect to.</summary>
        public string Listen(string url) {
            Arguments.NotNull(url, "url");
            VaultHandle own = Handle;
            new Work<bool>(this, () => Ffi.safe_vault_listen(own, url), Results.Nothing).Run();
            IList<string> urls = Urls;
            return urls[urls.Count - 1];
        }

        /// <summary>Serves one connection over a transport (TransportPort), until it ends or the token stops it.</summary>
        public Task AcceptAsync(string transportUrl, CancellationToken cancellationToken = default(CancellationToken)) {
            Arguments.NotNull(transportUrl, "transportUrl");
            VaultHandle own = Handle;
            return new Work<bool>(this, () => Ffi.safe_vault_accept(own, transportUrl), Results.Nothing).RunAsync(cancellationToken);
        }

        /// <summary>What was counted, as Prometheus reads it.</summary>
        public string Metrics() {
            VaultHandle own = Handle;
            return Encoding.UTF8.GetString(new Work<byte[]>(this, () => Ffi.safe_vault_metrics(own), Results.Bytes).Run());
        }

        /// <summary>Takes nothing new, waits for what runs, and closes all connections.</summary>
        public void Drain(TimeSpan time) {
            VaultHandle own = Handle;
            new Work<bool>(this, () => Ffi.safe_vault_drain(own, (long)time.TotalMilliseconds), Results.Nothing).Run();
        }

        /// <summary>Ends all listeners and connections at once.</summary>
        public void Dispose() {
            handle.Dispose();
        }
    }
}
