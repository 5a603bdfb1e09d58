using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>For the owner of a vault directory: what is in it, is it sound, clearing up, and serving it.</summary>
    public static class Vault {
        static Vault() {
            Loader.Load();
        }

        /// <summary>Figures of a vault, which must exist.</summary>
        public static VaultInfo Info(string url) {
            return Asking(url).Run();
        }

        /// <summary>Figures of a vault, which must exist.</summary>
        public static Task<VaultInfo> InfoAsync(string url, CancellationToken cancellationToken = default(CancellationToken)) {
            return Asking(url).RunAsync(cancellationToken);
        }

        /// <summary>Reads and checks everything.</summary>
        public static VaultCheck Verify(string url) {
            return Verifying(url).Run();
        }

        /// <summary>Reads and checks everything. Progress is in objects.</summary>
        public static Task<VaultCheck> VerifyAsync(string url, IProgress<Progress> progress = null,
                                                   CancellationToken cancellationToken = default(CancellationToken)) {
            return Verifying(url).RunAsync(cancellationToken, progress);
        }

        /// <summary>Finds the chunks that none of the links needs; removes them only if `remove` says so.</summary>
        public static VaultCleaning Clean(string url, IEnumerable<Link> keep, bool remove = false) {
            return Cleaning(url, keep, remove).Run();
        }

        /// <summary>Finds the chunks that none of the links needs; removes them only if `remove` says so.</summary>
        public static Task<VaultCleaning> CleanAsync(string url, IEnumerable<Link> keep, bool remove = false,
                                                     CancellationToken cancellationToken = default(CancellationToken)) {
            return Cleaning(url, keep, remove).RunAsync(cancellationToken);
        }

        /// <summary>Removes one chunk. Fails with NotFoundException.</summary>
        public static void Remove(string url, byte[] address) {
            Removing(url, address).Run();
        }

        /// <summary>Removes one chunk. Fails with NotFoundException.</summary>
        public static Task RemoveAsync(string url, byte[] address,
                                       CancellationToken cancellationToken = default(CancellationToken)) {
            return Removing(url, address).RunAsync(cancellationToken);
        }

        /// <summary>
        /// Serves a vault to one client on the other side of a connection (TransportPort), until that closes it or the token stops
        /// it. Whoever is there may do everything that a client of the vault may do.
        /// </summary>
        public static Task ServeAsync(string vaultUrl, string transportUrl, bool create = true,
                                      CancellationToken cancellationToken = default(CancellationToken)) {
            Arguments.NotNull(vaultUrl, "vaultUrl");
            Arguments.NotNull(transportUrl, "transportUrl");
            uint flags = create ? 0u : (uint)Ffi.SAFE_CONNECT_NO_CREATE;
            return new Work<bool>(null, () => Ffi.safe_vault_serve(vaultUrl, transportUrl, flags), Results.Nothing)
                .RunAsync(cancellationToken);
        }

        private static Work<VaultInfo> Asking(string url) {
            Arguments.NotNull(url, "url");
            return new Work<VaultInfo>(null, () => Ffi.safe_vault_info(url), op => {
                using (ReportHandle report = Take(op)) return new VaultInfo(report);
            });
        }

        private static Work<VaultCheck> Verifying(string url) {
            Arguments.NotNull(url, "url");
            return new Work<VaultCheck>(null, () => Ffi.safe_vault_verify(url), op => {
                using (ReportHandle report = Take(op)) return new VaultCheck(report);
            });
        }

        private static Work<VaultCleaning> Cleaning(string url, IEnumerable<Link> keep, bool remove) {
            Arguments.NotNull(url, "url");
            string links = string.Join("\n", Arguments.NotNull(keep, "keep").Select(link => link.Text));
            uint flags = remove ? (uint)Ffi.SAFE_GC_REMOVE : 0;
            return new Work<VaultCleaning>(null, () => Ffi.safe_vault_gc(url, links, flags), op => {
                using (ReportHandle report = Take(op)) return new VaultCleaning(report);
            });
        }

        private static Work<bool> Removing(string url, byte[] address) {
            Arguments.NotNull(url, "url");
            Arguments.NotNull(address, "address");
            return new Work<bool>(null, () => Ffi.safe_vault_remove(url, address), Results.Nothing);
        }

        private static ReportHandle Take(OpHandle op) {
            ReportHandle report;
            IntPtr error;
            Errors.Check(Ffi.safe_op_take_report(op, out report, out error), error);
            return report;
        }
    }
}
