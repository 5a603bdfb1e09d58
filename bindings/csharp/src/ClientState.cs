using LibSafe.Interop;

namespace LibSafe {
    /// <summary>Whether a client has a connection to its vault.</summary>
    public enum ClientState {
        /// <summary>There is one; always so for a vault in the process itself.</summary>
        Connected = Ffi.SAFE_CLIENT_CONNECTED,
        /// <summary>It broke; the client is making another one by itself.</summary>
        Disconnected = Ffi.SAFE_CLIENT_DISCONNECTED,
        /// <summary>The client was disposed.</summary>
        Closed = Ffi.SAFE_CLIENT_CLOSED
    }
}
