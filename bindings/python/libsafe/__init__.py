"""libsafe: encrypted storage on vaults that need not be trusted.

    import libsafe

    with libsafe.connect("file:/path/to/vault") as client:
        receipt = client.put("holiday.mov")
        client.get_file(receipt.link, "copy.mov")
"""

from __future__ import annotations

from . import _safe

if _safe.safe_abi_version() != _safe.SAFE_ABI_VERSION:
    raise ImportError(
        f"the package libsafe was built for ABI {_safe.SAFE_ABI_VERSION} of libsafe.so, but the one that was loaded"
        f" ({_safe.safe_version_string()}) has ABI {_safe.safe_abi_version()}; reinstall the package, or remove the other"
        " library from LD_LIBRARY_PATH"
    )

from . import ports, s1, vault
from .client import DEFAULT_LIMIT, BinaryFile, Client, ClientState, aconnect, connect
from .errors import (
    AccessDenied, BadKey, BadLink, BadSignature, BadURL, Busy, Cancelled, Closed, Conflict, Corrupt, InvalidArgument,
    LocalFileError, LocalFileNotFound, NotFound, SafeError, SourceError, StoreError, TimedOut, TooLarge, Unsupported,
)  # fmt: skip
from .hosting import Vault, VaultLimit
from .keys import Key, verify
from .library import LogLevel, configure, feature, live_handles, log_to, memory, workers
from .links import Chunk, Link, Receipt
from .records import Record, record_address
from .streams import Reader, Writer

__version__ = _safe.safe_version_string()

__all__ = [
    "AccessDenied", "BadKey", "BadLink", "BadSignature", "BadURL", "BinaryFile", "Busy", "Cancelled", "Chunk", "Client",
    "ClientState", "Closed", "Conflict", "Corrupt", "DEFAULT_LIMIT", "InvalidArgument", "Key", "Link", "LocalFileError",
    "LocalFileNotFound", "LogLevel", "NotFound", "Reader", "Receipt", "Record", "SafeError", "SourceError", "StoreError",
    "TimedOut", "TooLarge", "Unsupported", "Vault", "VaultLimit", "Writer", "__version__", "aconnect", "configure", "connect", "feature",
    "live_handles", "log_to", "memory", "ports", "record_address", "s1", "vault", "verify", "workers",
]  # fmt: skip
