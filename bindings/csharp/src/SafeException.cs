using System;
using System.Collections.Generic;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>
    /// A call of the library failed. The message says what failed, on what, why, and what to do next. Subclasses are for what a
    /// program reacts to in the same way.
    /// </summary>
    public class SafeException : Exception {
        static SafeException() {
            Loader.Load();
        }

        private static readonly IReadOnlyDictionary<string, object> None = new Dictionary<string, object>();

        /// <summary>A failure that a program reports itself, for example from an IStore.</summary>
        public SafeException(SafeCode code, string message) : this(code, message, None) {
        }

        internal SafeException(SafeCode code, string message, IReadOnlyDictionary<string, object> details) : base(message) {
            Code = code;
            Details = details;
        }

        /// <summary>The number that all languages have for it.</summary>
        public SafeCode Code { get; private set; }

        /// <summary>Its name in the C interface, such as SAFE_STORE_FULL.</summary>
        public string Name {
            get { return Ffi.safe_code_name((int)Code); }
        }

        /// <summary>Named facts, each an ulong or a string; for example current_version.</summary>
        public IReadOnlyDictionary<string, object> Details { get; private set; }

        /// <summary>Whether the same call may succeed later without a change by the caller.</summary>
        public bool IsRetryable {
            get { return Ffi.safe_code_is_retryable((int)Code) != 0; }
        }

        /// <summary>With the code's name.</summary>
        public override string ToString() {
            return GetType().FullName + " (" + Name + " " + (int)Code + "): " + Message + Environment.NewLine + StackTrace;
        }
    }
}
