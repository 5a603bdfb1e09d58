using System;
using System.IO;
using System.Runtime.InteropServices;

namespace LibSafe.Interop {
    // Finds the native library beside this assembly, or where NuGet puts it. .NET looks there itself, mono does not. If it is
    // in neither place the runtime's own search goes on (LD_LIBRARY_PATH, the system's folders).
    //
    // mono looks for a native function when it compiles the first method that calls it, which is before the static constructor
    // of that method's class. So each public class through which a program can begin loads the library in its own.
    internal static class Loader {
        private const string Name = "libsafe_csharp.so";
        private const int Now = 2; // RTLD_NOW: a library that does not fit is refused here, not in the middle of a call

        [DllImport("libdl.so.2", EntryPoint = "dlopen")]
        private static extern IntPtr Open(string path, int flags);

        [DllImport("libdl.so.2", EntryPoint = "dlerror")]
        private static extern IntPtr Problem();

        private static readonly Lazy<bool> Loaded = new Lazy<bool>(Find);

        internal static void Load() {
            GC.KeepAlive(Loaded.Value);
        }

        // Whether it was there. Once it is loaded, the runtime finds it by its name alone.
        private static bool Find() {
            string place = typeof(Loader).Assembly.Location;
            string folder = string.IsNullOrEmpty(place) ? AppContext.BaseDirectory : Path.GetDirectoryName(place);
            string native = Path.Combine("runtimes", Platform(), "native", Name);
            // Beside the program; in an unpacked package, where this assembly is in lib/<framework>.
            foreach (string candidate in new[] { Name, native, Path.Combine("..", "..", native) }) {
                string path = Path.Combine(folder, candidate);
                if (!File.Exists(path)) continue;
                if (Open(path, Now) == IntPtr.Zero)
                    throw new DllNotFoundException("cannot load " + path + ": " + Marshal.PtrToStringAnsi(Problem()));
                return true;
            }
            return false;
        }

        private static string Platform() {
            return RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        }
    }
}
