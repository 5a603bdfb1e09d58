using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using LibSafe;

/// <summary>The lines that a runner reads and writes (README, "What a runner speaks").</summary>
internal sealed class Line {
    internal static string Folder;
    private static int files;
    private readonly Dictionary<string, string> arguments = new Dictionary<string, string>();

    internal Line(string line) {
        string[] words = line.Split(' ');
        Number = words[0];
        Operation = words[1];
        foreach (string word in words.Skip(2)) {
            int at = word.IndexOf('=');
            arguments[word.Substring(0, at)] = Uri.UnescapeDataString(word.Substring(at + 1));
        }
    }

    internal string Number { get; private set; }
    internal string Operation { get; private set; }

    internal string Text(string key) {
        string value;
        return arguments.TryGetValue(key, out value) ? value : null;
    }

    internal bool Has(string key) {
        return arguments.ContainsKey(key);
    }

    internal bool Flag(string key) {
        return Text(key) == "1";
    }

    internal ulong? Whole(string key) {
        return Has(key) ? ulong.Parse(Text(key)) : (ulong?)null;
    }

    internal int Count(string key) {
        return (int)(Whole(key) ?? 0);
    }

    internal byte[] Address(string key) {
        return FromHex(Text(key));
    }

    internal byte[] Bytes(string key) {
        string given = Text(key);
        return given.StartsWith("x:", StringComparison.Ordinal) ? FromHex(given.Substring(2)) : File.ReadAllBytes(given.Substring(2));
    }

    /// <summary>Bytes in the middle of a larger array.</summary>
    internal ArraySegment<byte> View(string key) {
        byte[] data = Bytes(key);
        var whole = new byte[Count("before") + data.Length + Count("after")];
        for (int at = 0; at < whole.Length; ++at) whole[at] = 0xaa;
        Array.Copy(data, 0, whole, Count("before"), data.Length);
        return new ArraySegment<byte>(whole, Count("before"), data.Length);
    }

    internal static byte[] FromHex(string text) {
        var bytes = new byte[text.Length / 2];
        for (int at = 0; at < bytes.Length; ++at) bytes[at] = Convert.ToByte(text.Substring(2 * at, 2), 16);
        return bytes;
    }

    internal static string Hex(byte[] bytes) {
        return BitConverter.ToString(bytes).Replace("-", "").ToLowerInvariant();
    }

    /// <summary>What is answered.</summary>
    internal sealed class Answer {
        private readonly StringBuilder said = new StringBuilder();
        private bool failed;

        internal Answer Put(string key, object value) {
            if (value == null) return this;
            var bytes = value as byte[];
            string text = bytes != null ? Crossing(bytes) : value is bool ? ((bool)value ? "1" : "0") : value.ToString();
            said.Append(' ').Append(key).Append('=').Append(Uri.EscapeDataString(text));
            return this;
        }

        private static string Crossing(byte[] bytes) {
            if (bytes.Length <= 1024) return "x:" + Hex(bytes);
            string path = Path.Combine(Folder, "out-" + Interlocked.Increment(ref files));
            File.WriteAllBytes(path, bytes);
            return "f:" + path;
        }

        /// <summary>A failure of the assembly as it is; one of C# as what it stands for.</summary>
        internal void Failure(Exception problem) {
            failed = true;
            said.Clear();
            var error = problem as SafeException;
            if (error != null) {
                Put("name", error.Name).Put("message", error.Message).Put("retryable", error.IsRetryable);
                foreach (KeyValuePair<string, object> detail in error.Details) Put("detail." + detail.Key, detail.Value);
            } else {
                string name = problem is ObjectDisposedException ? "SAFE_CLOSED"
                    : problem is OperationCanceledException ? "SAFE_CANCELLED"
                    : problem is ArgumentException || problem is FormatException || problem is OverflowException ? "SAFE_INVALID_ARGUMENT"
                    : null;
                if (name == null) throw new InvalidOperationException("the runner's own mistake", problem);
                Put("name", name).Put("message", problem.GetType().Name + ": " + problem.Message);
            }
        }

        internal string For(Line line) {
            return line.Number + (failed ? " error" : " ok") + said;
        }
    }
}
