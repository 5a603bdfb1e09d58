"""Failures: one exception class for what a program reacts to in the same way, each with the library's code."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Tuple, Type, Union

from . import _safe

Detail = Union[int, str]


class SafeError(Exception):
    """A call failed.

    code: the number, as in the C interface (SAFE_STORE_FULL is -3101).
    name: its name, "SAFE_STORE_FULL".
    message: what failed, on what, why, and what to do next; also str(error).
    details: named facts, for example {"current_version": 7}.
    """

    def __init__(self, code: int, name: str, message: str, details: Optional[Mapping[str, Detail]] = None) -> None:
        super().__init__(code, name, message)
        self.code = code
        self.name = name
        self.message = message
        self.details: Dict[str, Detail] = dict(details or {})

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed later without a change by the caller."""
        return _safe.safe_code_is_retryable(self.code) != 0

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name}, {self.message!r})"

    def __reduce__(self) -> Tuple[Any, ...]:
        return type(self), (self.code, self.name, self.message, self.details)


class NotFound(SafeError):
    """Nothing is stored under that address."""


class Conflict(SafeError):
    """Somebody else was first: the object exists already, or has another version."""

    @property
    def current_version(self) -> Optional[int]:
        """The newest version, if the failure has to do with versions."""
        version = self.details.get("current_version")
        return version if isinstance(version, int) else None


class Cancelled(SafeError):
    """The operation was cancelled before it took effect."""


class TimedOut(SafeError, TimeoutError):
    """Nothing happened in the time given."""


class Busy(SafeError):
    """Others hold a resource for too long."""


class Closed(SafeError):
    """The client, reader or writer was closed."""


class InvalidArgument(SafeError, ValueError):
    """An argument is malformed or out of range; the message names it."""


class BadLink(InvalidArgument):
    """Not a link: wrong form, version or checksum."""


class BadURL(InvalidArgument):
    """Not a URL to connect to."""


class BadKey(InvalidArgument):
    """Not a usable key."""


class BadSignature(SafeError):
    """The signature is not that of the key over the data."""


class TooLarge(SafeError):
    """Above a limit, which the message names."""


class AccessDenied(SafeError):
    """The rules forbid it."""


class Unsupported(SafeError):
    """Not in this build, on this platform or for this format."""


class Corrupt(SafeError):
    """What came does not match its address, its signature or its data map. Wrong bytes are never given out."""


class SourceError(SafeError):
    """The content to be stored changed while it was read, or has another size than announced."""


class LocalFileError(SafeError, OSError):
    """A local file could not be read or written."""


class LocalFileNotFound(LocalFileError, FileNotFoundError):
    """There is no such local file."""


class StoreError(SafeError):
    """The vault's storage failed: full, read-only, damaged, of another format, missing."""


_CLASSES: Dict[int, Type[SafeError]] = {
    _safe.SAFE_NO_SUCH_DATA: NotFound,
    _safe.SAFE_DATA_EXISTS: Conflict,
    _safe.SAFE_INVALID_SUCCESSOR: Conflict,
    _safe.SAFE_CANCELLED: Cancelled,
    _safe.SAFE_TIMEOUT: TimedOut,
    _safe.SAFE_BUSY: Busy,
    _safe.SAFE_CLOSED: Closed,
    _safe.SAFE_INVALID_HANDLE: Closed,
    _safe.SAFE_INVALID_ARGUMENT: InvalidArgument,
    _safe.SAFE_INVALID_RANGE: InvalidArgument,
    _safe.SAFE_BAD_LINK: BadLink,
    _safe.SAFE_BAD_URL: BadURL,
    _safe.SAFE_URL_IS_CONTENT: BadURL,
    _safe.SAFE_BAD_KEY: BadKey,
    _safe.SAFE_BAD_SIGNATURE: BadSignature,
    _safe.SAFE_DATA_TOO_LARGE: TooLarge,
    _safe.SAFE_TOO_LARGE: TooLarge,
    _safe.SAFE_ACCESS_DENIED: AccessDenied,
    _safe.SAFE_OPERATION_FORBIDDEN: AccessDenied,
    _safe.SAFE_UNSUPPORTED: Unsupported,
    _safe.SAFE_UNSUPPORTED_FORMAT: Unsupported,
    _safe.SAFE_BAD_DATA_MAP: Corrupt,
    _safe.SAFE_BAD_MESSAGE: Corrupt,
    _safe.SAFE_CHUNK_CORRUPT: Corrupt,
    _safe.SAFE_VAULT_LIED: Corrupt,
    _safe.SAFE_SOURCE_CHANGED: SourceError,
    _safe.SAFE_SIZE_MISMATCH: SourceError,
    _safe.SAFE_IO: LocalFileError,
    _safe.SAFE_FILE_NOT_FOUND: LocalFileNotFound,
    _safe.SAFE_STORE_IO: StoreError,
    _safe.SAFE_STORE_FULL: StoreError,
    _safe.SAFE_STORE_READ_ONLY: StoreError,
    _safe.SAFE_STORE_CORRUPT: StoreError,
    _safe.SAFE_STORE_VERSION: StoreError,
    _safe.SAFE_STORE_BUSY: StoreError,
    _safe.SAFE_STORE_MISSING: StoreError,
}


def make_error(code: int, name: str, message: str, details: Mapping[str, Detail]) -> SafeError:
    """The exception for a failure of the C interface."""
    return _CLASSES.get(code, SafeError)(code, name, message, details)


_safe.set_error_factory(make_error)
