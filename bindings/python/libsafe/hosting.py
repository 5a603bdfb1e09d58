"""A vault of this process that is served to others."""

from __future__ import annotations

import enum
from typing import Any, List, Optional

from . import _safe
from ._ops import Step, take_bytes, take_nothing
from .keys import Key


class VaultLimit(enum.IntEnum):
    """What clients may do. The last three are for one client: one key, or one address without a key; 0: no limit."""

    CONNECTIONS = _safe.SAFE_VAULT_LIMIT_CONNECTIONS
    HANDSHAKES = _safe.SAFE_VAULT_LIMIT_HANDSHAKES
    BYTES_IN_FLIGHT = _safe.SAFE_VAULT_LIMIT_BYTES_IN_FLIGHT
    REQUEST_SIZE = _safe.SAFE_VAULT_LIMIT_REQUEST_SIZE
    IDLE_MS = _safe.SAFE_VAULT_LIMIT_IDLE_MS
    REQUESTS_PER_SECOND = _safe.SAFE_VAULT_LIMIT_REQUESTS_PER_SECOND
    BYTES_PER_SECOND = _safe.SAFE_VAULT_LIMIT_BYTES_PER_SECOND
    QUOTA = _safe.SAFE_VAULT_LIMIT_QUOTA


class Vault:
    """A vault that others connect to, by its URLs.

    with libsafe.Vault.open("file:/srv/vault") as vault:
        url = vault.listen("tcp://127.0.0.1:0")
    """

    __slots__ = ("_handle",)

    def __init__(self, handle: _safe.safe_vault) -> None:
        self._handle = handle

    @classmethod
    def open(cls, url: str, *, key: Optional[Key] = None, create: bool = True) -> "Vault":
        """Opens a vault. key: part of the URLs that clients connect to; None is the one that file:DIR keeps, or a new one."""
        return cls(_open(url, key, create).run())

    @classmethod
    async def aopen(cls, url: str, *, key: Optional[Key] = None, create: bool = True) -> "Vault":
        return cls(await _open(url, key, create).arun())

    @property
    def key(self) -> str:
        """The vault's key, as it stands behind the # of its URLs."""
        return _safe.safe_vault_key(self._handle) or ""

    @property
    def urls(self) -> List[str]:
        """What clients connect to: one for each listener."""
        return [_safe.safe_vault_url(self._handle, at) or "" for at in range(_safe.safe_vault_url_count(self._handle))]

    def set_limit(self, limit: VaultLimit, value: int) -> None:
        """From now on. 0 only where it means that there is no limit."""
        _safe.safe_vault_set_limit(self._handle, limit, value)

    def set_certificate(self, certificate_file: str, key_file: str) -> None:
        """For listeners of wss: that follow: files in PEM form."""
        _safe.safe_vault_set_certificate(self._handle, certificate_file, key_file)

    def listen(self, url: str) -> str:
        """Listens at tcp://host:port (port 0: any), and gives the URL to connect to."""
        Step(_safe.safe_vault_listen(self._handle, url), take_nothing).run()
        return self.urls[-1]

    async def alisten(self, url: str) -> str:
        await Step(_safe.safe_vault_listen(self._handle, url), take_nothing).arun()
        return self.urls[-1]

    def accept(self, transport_url: str) -> None:
        """Serves one connection over a transport (ports.transport), until it ends."""
        Step(_safe.safe_vault_accept(self._handle, transport_url), take_nothing).run()

    async def aaccept(self, transport_url: str) -> None:
        await Step(_safe.safe_vault_accept(self._handle, transport_url), take_nothing).arun()

    def metrics(self) -> str:
        """What was counted, as Prometheus reads it."""
        return Step(_safe.safe_vault_metrics(self._handle), take_bytes).run().decode()

    async def ametrics(self) -> str:
        return (await Step(_safe.safe_vault_metrics(self._handle), take_bytes).arun()).decode()

    def drain(self, seconds: float = 30) -> None:
        """Takes nothing new, waits for what runs, and closes all connections."""
        Step(_safe.safe_vault_drain(self._handle, round(seconds * 1000)), take_nothing).run()

    async def adrain(self, seconds: float = 30) -> None:
        await Step(_safe.safe_vault_drain(self._handle, round(seconds * 1000)), take_nothing).arun()

    def close(self) -> None:
        """Ends all listeners and connections at once."""
        _safe.safe_vault_free(self._handle)

    def __enter__(self) -> "Vault":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def _open(url: str, key: Optional[Key], create: bool) -> Step[_safe.safe_vault]:
    flags = 0 if create else _safe.SAFE_CONNECT_NO_CREATE
    return Step(_safe.safe_vault_open(key._handle if key else None, url, flags), _safe.safe_op_take_vault)
