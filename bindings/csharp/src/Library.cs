using System;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>The library itself, and settings of the process.</summary>
    public static class Library {
        static Library() {
            Loader.Load();
        }

        /// <summary>The version of the native library that runs.</summary>
        public static Version Version {
            get {
                var number = (int)Ffi.safe_version_number();
                return new Version(number / 1000000, number / 1000 % 1000, number % 1000);
            }
        }

        /// <summary>The same as text.</summary>
        public static string VersionText {
            get { return Ffi.safe_version_string(); }
        }

        /// <summary>The version of the C interface that it offers.</summary>
        public static uint AbiVersion {
            get { return Ffi.safe_abi_version(); }
        }

        /// <summary>Whether this build has a feature: "mem", "file", "files", "wait", "s1", or the scheme of a StorePort.</summary>
        public static bool HasFeature(string name) {
            return Ffi.safe_feature(Arguments.NotNull(name, "name")) != 0;
        }

        /// <summary>CPU workers. 0 restores the default. Can be set while nothing is connected (else BusyException).</summary>
        public static ulong Workers {
            get { return Ffi.safe_get(Ffi.SAFE_SETTING_WORKERS); }
            set { Set(Ffi.SAFE_SETTING_WORKERS, value); }
        }

        /// <summary>
        /// Bytes of working memory for all operations of the process. 0 restores the default. Can be set while nothing is
        /// connected (else BusyException).
        /// </summary>
        public static ulong WorkingMemory {
            get { return Ffi.safe_get(Ffi.SAFE_SETTING_MEMORY); }
            set { Set(Ffi.SAFE_SETTING_MEMORY, value); }
        }

        /// <summary>
        /// Native objects that were neither disposed nor collected yet: 0 at the end of a program without leaks. The one queue
        /// that all asynchronous calls share is not counted.
        /// </summary>
        public static ulong LiveHandles {
            get {
                bool queue = Completions.IsRunning; // before the count, which it is in
                return Ffi.safe_debug_live_handles() - (queue ? 1UL : 0UL);
            }
        }

        private static void Set(int setting, ulong value) {
            IntPtr error;
            Errors.Check(Ffi.safe_set(setting, value, out error), error);
        }
    }
}
