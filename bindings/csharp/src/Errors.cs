using System;
using System.Collections.Generic;
using LibSafe.Interop;

namespace LibSafe {
    // Turns the failures of the C interface into exceptions.
    internal static class Errors {
        // Throws unless the call went well.
        internal static void Check(int status, IntPtr error) {
            if (status != Ffi.SAFE_OK) throw Take(status, error);
        }

        // The exception for a failure; frees the error.
        internal static SafeException Take(int status, IntPtr error) {
            if (error != IntPtr.Zero) status = Ffi.safe_error_code(error);
            string message = Ffi.safe_error_message(error) ?? Ffi.safe_code_name(status);
            var details = new Dictionary<string, object>();
            for (ulong index = 0; index < Ffi.safe_error_detail_count(error); ++index) {
                string name = Ffi.safe_error_detail_name(error, index);
                ulong number;
                if (Ffi.safe_error_detail_u64(error, name, out number) == Ffi.SAFE_OK)
                    details[name] = number;
                else
                    details[name] = Ffi.safe_error_detail_text(error, name);
            }
            Ffi.safe_error_free(error);
            return Make((SafeCode)status, message, details);
        }

        private static SafeException Make(SafeCode code, string message, IReadOnlyDictionary<string, object> details) {
            switch (code) {
            case SafeCode.NoSuchData:
                return new NotFoundException(code, message, details);
            case SafeCode.DataExists:
            case SafeCode.InvalidSuccessor:
                return new ConflictException(code, message, details);
            case SafeCode.Cancelled:
                return new CancelledException(code, message, details);
            case SafeCode.Timeout:
                return new TimedOutException(code, message, details);
            case SafeCode.Busy:
                return new BusyException(code, message, details);
            case SafeCode.Closed:
            case SafeCode.InvalidHandle:
                return new ClosedException(code, message, details);
            case SafeCode.InvalidArgument:
            case SafeCode.InvalidRange:
                return new InvalidArgumentException(code, message, details);
            case SafeCode.BadLink:
                return new BadLinkException(code, message, details);
            case SafeCode.BadUrl:
            case SafeCode.UrlIsContent:
                return new BadUrlException(code, message, details);
            case SafeCode.BadKey:
                return new BadKeyException(code, message, details);
            case SafeCode.BadSignature:
                return new BadSignatureException(code, message, details);
            case SafeCode.DataTooLarge:
            case SafeCode.TooLarge:
                return new TooLargeException(code, message, details);
            case SafeCode.AccessDenied:
            case SafeCode.OperationForbidden:
                return new AccessDeniedException(code, message, details);
            case SafeCode.Unsupported:
            case SafeCode.UnsupportedFormat:
                return new UnsupportedException(code, message, details);
            case SafeCode.BadDataMap:
            case SafeCode.BadMessage:
            case SafeCode.ChunkCorrupt:
            case SafeCode.VaultLied:
                return new CorruptException(code, message, details);
            case SafeCode.SourceChanged:
            case SafeCode.SizeMismatch:
                return new SourceException(code, message, details);
            case SafeCode.Io:
                return new LocalFileException(code, message, details);
            case SafeCode.FileNotFound:
                return new LocalFileNotFoundException(code, message, details);
            case SafeCode.ConnectionFailed:
                return new ConnectionException(code, message, details);
            case SafeCode.StoreIo:
            case SafeCode.StoreFull:
            case SafeCode.StoreReadOnly:
            case SafeCode.StoreCorrupt:
            case SafeCode.StoreVersion:
            case SafeCode.StoreBusy:
            case SafeCode.StoreMissing:
                return new StoreException(code, message, details);
            default:
                return new SafeException(code, message, details);
            }
        }
    }
}
