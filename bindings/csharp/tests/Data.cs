using System;
using System.IO;

namespace LibSafe.Tests {
    /// <summary>What the tests store.</summary>
    internal static class Data {
        /// <summary>SAFE_SEED has 32 bits, of which a generator of .NET takes them all, as a number with a sign.</summary>
        internal static readonly int Seed = unchecked((int)long.Parse(Environment.GetEnvironmentVariable("SAFE_SEED") ?? Environment.TickCount.ToString()));

        /// <summary>Bytes that no compression makes smaller, and no other test has.</summary>
        internal static byte[] Random(int size) {
            var bytes = new byte[size];
            lock (Source) Source.NextBytes(bytes);
            return bytes;
        }

        private static readonly Random Source = new Random(Seed);

        /// <summary>The part of an array.</summary>
        internal static byte[] Part(byte[] bytes, long offset, long count) {
            var part = new byte[count];
            Array.Copy(bytes, offset, part, 0, count);
            return part;
        }
    }

    /// <summary>A new folder that goes away with its contents.</summary>
    internal sealed class Folder : IDisposable {
        private readonly string path = Path.Combine(Path.GetTempPath(), "libsafe-csharp-" + Guid.NewGuid().ToString("N"));

        internal Folder() {
            Directory.CreateDirectory(path);
        }

        internal string this[string name] {
            get { return Path.Combine(path, name); }
        }

        internal string Url {
            get { return "file:" + this["vault"]; }
        }

        /// <summary>A file that takes no room, and seconds to be put: whoever wants to end that comes in time.</summary>
        internal string Large(string name) {
            using (FileStream file = File.Create(this[name])) file.SetLength(4L << 30);
            return this[name];
        }

        public void Dispose() {
            Directory.Delete(path, true);
        }
    }
}
