use crate::error::Error;
use crate::ffi::*;
use std::io;

/// What programs react to in the same way, whatever the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing is stored under that address.
    NotFound,
    /// Somebody else was first: it exists already, or has another version.
    Conflict,
    /// The operation was cancelled before it took effect.
    Cancelled,
    /// Nothing happened in the time given.
    TimedOut,
    /// Others hold a resource for too long.
    Busy,
    /// The client, reader or writer was closed.
    Closed,
    /// An argument is malformed or out of range; the message names it.
    InvalidArgument,
    /// Not a link: wrong form, version or checksum.
    BadLink,
    /// Not a URL to connect to.
    BadUrl,
    /// Not a usable key.
    BadKey,
    /// The signature is not that of the key over the data.
    BadSignature,
    /// Above a limit, which the message names.
    TooLarge,
    /// The rules forbid it.
    AccessDenied,
    /// Not in this build, on this platform or for this format.
    Unsupported,
    /// What came does not match its address, its signature or its data map. Wrong bytes are never given out.
    Corrupt,
    /// The content to be stored changed while it was read, or has another size than announced.
    Source,
    /// A local file could not be read or written.
    LocalFile,
    /// There is no such local file.
    LocalFileNotFound,
    /// The vault's storage failed: full, read-only, damaged, of another format, missing.
    Store,
    /// Nobody answers at the other end.
    Connection,
    /// Everything else.
    Other,
}

impl Error {
    /// What the code means for a program.
    pub fn kind(&self) -> ErrorKind {
        match self.code {
            SAFE_NO_SUCH_DATA => ErrorKind::NotFound,
            SAFE_DATA_EXISTS | SAFE_INVALID_SUCCESSOR => ErrorKind::Conflict,
            SAFE_CANCELLED => ErrorKind::Cancelled,
            SAFE_TIMEOUT => ErrorKind::TimedOut,
            SAFE_BUSY => ErrorKind::Busy,
            SAFE_CLOSED | SAFE_INVALID_HANDLE => ErrorKind::Closed,
            SAFE_INVALID_ARGUMENT | SAFE_INVALID_RANGE => ErrorKind::InvalidArgument,
            SAFE_BAD_LINK => ErrorKind::BadLink,
            SAFE_BAD_URL | SAFE_URL_IS_CONTENT => ErrorKind::BadUrl,
            SAFE_BAD_KEY => ErrorKind::BadKey,
            SAFE_BAD_SIGNATURE => ErrorKind::BadSignature,
            SAFE_DATA_TOO_LARGE | SAFE_TOO_LARGE => ErrorKind::TooLarge,
            SAFE_ACCESS_DENIED | SAFE_OPERATION_FORBIDDEN => ErrorKind::AccessDenied,
            SAFE_UNSUPPORTED | SAFE_UNSUPPORTED_FORMAT => ErrorKind::Unsupported,
            SAFE_BAD_DATA_MAP | SAFE_BAD_MESSAGE | SAFE_CHUNK_CORRUPT | SAFE_VAULT_LIED => ErrorKind::Corrupt,
            SAFE_SOURCE_CHANGED | SAFE_SIZE_MISMATCH => ErrorKind::Source,
            SAFE_IO => ErrorKind::LocalFile,
            SAFE_FILE_NOT_FOUND => ErrorKind::LocalFileNotFound,
            SAFE_STORE_IO | SAFE_STORE_FULL | SAFE_STORE_READ_ONLY | SAFE_STORE_CORRUPT | SAFE_STORE_VERSION
            | SAFE_STORE_BUSY | SAFE_STORE_MISSING => ErrorKind::Store,
            SAFE_CONNECTION_FAILED => ErrorKind::Connection,
            _ => ErrorKind::Other,
        }
    }
}

/// For streams: [`io::Error::get_ref`] gives the error itself back.
impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        let kind = match error.kind() {
            ErrorKind::NotFound | ErrorKind::LocalFileNotFound => io::ErrorKind::NotFound,
            ErrorKind::Conflict => io::ErrorKind::AlreadyExists,
            ErrorKind::Cancelled => io::ErrorKind::ConnectionAborted, // Interrupted would be tried again
            ErrorKind::TimedOut => io::ErrorKind::TimedOut,
            ErrorKind::Closed => io::ErrorKind::BrokenPipe,
            ErrorKind::InvalidArgument | ErrorKind::BadLink | ErrorKind::BadUrl | ErrorKind::BadKey => {
                io::ErrorKind::InvalidInput
            }
            ErrorKind::AccessDenied => io::ErrorKind::PermissionDenied,
            ErrorKind::Unsupported => io::ErrorKind::Unsupported,
            ErrorKind::Corrupt | ErrorKind::BadSignature => io::ErrorKind::InvalidData,
            ErrorKind::Connection => io::ErrorKind::NotConnected,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}
