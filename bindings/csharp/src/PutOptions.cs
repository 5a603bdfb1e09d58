using System;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>How content is stored.</summary>
    [Flags]
    public enum PutOptions {
        /// <summary>Public, and not read back.</summary>
        None = 0,
        /// <summary>Keep the data map out of the vault: the link is then a secret.</summary>
        Private = Ffi.SAFE_PUT_PRIVATE,
        /// <summary>Compute chunks and link, store nothing.</summary>
        DryRun = Ffi.SAFE_PUT_DRY_RUN,
        /// <summary>Read every chunk back from the vault before the put is done.</summary>
        Verify = Ffi.SAFE_PUT_VERIFY,
        /// <summary>
        /// OpenWriter with a size only: hold none of the content. After the last byte, the first Writer.ReplaySize bytes are to be
        /// written once more.
        /// </summary>
        Replay = Ffi.SAFE_PUT_REPLAY
    }
}
