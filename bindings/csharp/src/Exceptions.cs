using System.Collections.Generic;

namespace LibSafe {
    /// <summary>Nothing is stored under that address.</summary>
    public sealed class NotFoundException : SafeException {
        internal NotFoundException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>Somebody else was first: the object exists already, or has another version.</summary>
    public sealed class ConflictException : SafeException {
        internal ConflictException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }

        /// <summary>The newest version, if the failure has to do with versions.</summary>
        public ulong? CurrentVersion {
            get {
                object version;
                return Details.TryGetValue("current_version", out version) ? version as ulong? : null;
            }
        }
    }

    /// <summary>The operation was stopped before it took effect, other than by its token: its client was disposed, say.</summary>
    public sealed class CancelledException : SafeException {
        internal CancelledException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>Nothing happened in the time given.</summary>
    public sealed class TimedOutException : SafeException {
        internal TimedOutException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>Others hold a resource for too long.</summary>
    public sealed class BusyException : SafeException {
        internal BusyException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>What the object belongs to was closed: the client of a reader, say.</summary>
    public sealed class ClosedException : SafeException {
        internal ClosedException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>An argument is malformed or out of range; the message names it.</summary>
    public class InvalidArgumentException : SafeException {
        internal InvalidArgumentException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>Not a link: wrong form, version or checksum.</summary>
    public sealed class BadLinkException : InvalidArgumentException {
        internal BadLinkException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>Not a URL to connect to.</summary>
    public sealed class BadUrlException : InvalidArgumentException {
        internal BadUrlException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>Not a usable key.</summary>
    public sealed class BadKeyException : InvalidArgumentException {
        internal BadKeyException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>The signature is not that of the key over the data.</summary>
    public sealed class BadSignatureException : SafeException {
        internal BadSignatureException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>Above a limit, which the message names.</summary>
    public sealed class TooLargeException : SafeException {
        internal TooLargeException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>The rules forbid it.</summary>
    public sealed class AccessDeniedException : SafeException {
        internal AccessDeniedException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>Not in this build, on this platform or for this format.</summary>
    public sealed class UnsupportedException : SafeException {
        internal UnsupportedException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>What came does not match its address, its signature or its data map. Wrong bytes are never given out.</summary>
    public sealed class CorruptException : SafeException {
        internal CorruptException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>The content to be stored changed while it was read, or has another size than announced.</summary>
    public sealed class SourceException : SafeException {
        internal SourceException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>A local file could not be read or written.</summary>
    public class LocalFileException : SafeException {
        internal LocalFileException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>There is no such local file.</summary>
    public sealed class LocalFileNotFoundException : LocalFileException {
        internal LocalFileNotFoundException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>A connection could not be made, broke, or was closed by the other side.</summary>
    public sealed class ConnectionException : SafeException {
        internal ConnectionException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }

    /// <summary>The vault's storage failed: full, read-only, damaged, of another format, missing.</summary>
    public sealed class StoreException : SafeException {
        internal StoreException(SafeCode code, string message, IReadOnlyDictionary<string, object> details)
            : base(code, message, details) {
        }
    }
}
