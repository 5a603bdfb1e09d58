"""Stores and transports of a program's own. A store keeps what vaults are made of, values under keys, wherever it likes.

    with libsafe.ports.serve("mine", lambda url, create: MyStore(url)):
        with libsafe.connect("mine:somewhere") as client:
            client.put(b"kept in MyStore")

Content is encrypted before it gets to a store and verified after it comes back, so that a store which lies can lose data, but not
alter it unseen.

A transport moves bytes between a client and a process that serves a vault (vault.serve), by whatever is connected like a socket.
"""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Callable, Dict, Generic, List, NamedTuple, Optional, Protocol, Sequence, Tuple, Type, TypeVar

from . import _safe
from .errors import Closed, SafeError


class Figures(NamedTuple):
    """What is in a store: values with a prefix and their bytes; of all of it, bytes used and free on the disk (0: not known)."""

    objects: int
    bytes: int
    used_bytes: int = 0
    free_bytes: int = 0


class Store(Protocol):
    """What a store promises: of any number of racing calls of `create` for one key, in all processes, exactly one gives True; a
    value is whole or not there; what was answered is durable. Keys are 1 to 200 printable ASCII characters; values have up to
    5 MiB. Methods are called from several threads at a time. To fail, raise a SafeError with a code of stores
    (`_safe.SAFE_STORE_FULL`, ...); all else becomes SAFE_STORE_IO."""

    def create(self, key: str, value: bytes) -> bool:
        """Puts the value there if there is none; whether it did."""

    def replace(self, key: str, value: bytes) -> None:
        """Puts the value there in one step, whatever was there."""

    def get(self, key: str, offset: int, length: int) -> Optional[bytes]:
        """The value's bytes from offset on, at most `length`, fewer only at its end; None if there is no value."""

    def exists(self, key: str) -> bool: ...

    def list(self, prefix: str, after: str, limit: int) -> Tuple[Sequence[Tuple[str, int]], bool]:
        """The first `limit` keys that begin with the prefix and are greater than `after`, ascending, with the sizes of their
        values; and whether there are more."""

    def remove(self, key: str) -> bool:
        """Whether there was one."""

    def figures(self, prefix: str) -> Optional[Figures]:
        """None has the library count by `list`."""

    def close(self) -> None:
        """Nobody is connected any more."""


Open = Callable[[str, bool], Store]


class Socket(Protocol):
    """A connection, as a socket is one."""

    def recv(self, size: int, /) -> bytes:
        """At least one byte, when there are any; none at the end."""

    def sendall(self, data: bytes, /) -> object: ...

    def shutdown(self, how: int, /) -> object:
        """Has a recv that waits end."""

    def close(self) -> object: ...


class Port:
    """Serves the connection URLs of a scheme until it is closed. Made by serve or transport."""

    def __init__(self, handle: _safe.safe_port, scheme: str, requests: "_Requests[Any]") -> None:
        self._handle = handle
        self._requests = requests
        self._thread = threading.Thread(target=self._fetch, name=f"libsafe-port-{scheme}", daemon=True)
        self._thread.start()

    def _fetch(self) -> None:
        with ThreadPoolExecutor(self._requests.threads, thread_name_prefix=self._thread.name) as threads:
            while True:
                try:
                    request = _safe.safe_port_next(self._handle, _safe.SAFE_FOREVER)
                except Closed:
                    break
                threads.submit(self._answer, request)
            self._requests.end()  # whose CLOSE will not come any more

    def _answer(self, request: _safe.safe_request) -> None:
        try:
            self._requests.ask(request)
        except SafeError as error:
            self._fail(request, error.code, error.message)
        except Exception as error:
            self._fail(request, self._requests.failure, f"{type(error).__name__}: {error}")
        finally:
            _safe.safe_request_free(request)

    def _fail(self, request: _safe.safe_request, code: int, message: str) -> None:
        text = message.replace("\0", " ").encode("utf-8", "replace")
        try:
            _safe.safe_request_fail(request, code, text)
        except ValueError:  # no code of ports
            _safe.safe_request_fail(request, self._requests.failure, text)
        except SafeError:
            pass  # it was answered, or the port is gone: nobody waits

    def close(self) -> None:
        """Its scheme is free again; what its clients do from then on raises Closed."""
        _safe.safe_port_free(self._handle)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def __enter__(self) -> "Port":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()


_Kept = TypeVar("_Kept")


class _Requests(Generic[_Kept]):
    """What a port is asked, and how it is answered. By several threads at a time."""

    threads: int
    failure: int

    def __init__(self) -> None:
        self._kept: Dict[int, _Kept] = {}  # by connection
        self._ended = False

    def open(self, request: _safe.safe_request) -> _Kept:
        raise NotImplementedError

    def close(self, kept: _Kept) -> None:
        raise NotImplementedError

    def answer(self, kind: int, request: _safe.safe_request, kept: _Kept) -> None:
        raise NotImplementedError

    def ask(self, request: _safe.safe_request) -> None:
        kind, connection = _safe.safe_request_kind(request), _safe.safe_request_connection(request)
        if kind == _safe.SAFE_REQUEST_OPEN:
            self._keep(connection, self.open(request))
            _safe.safe_request_done(request, 1)
        elif kind == _safe.SAFE_REQUEST_CLOSE:
            self._let_go(connection)
            _safe.safe_request_done(request, 1)
        else:
            self.answer(kind, request, self._kept[connection])

    def end(self) -> None:
        """Closes what is open, whose CLOSE will not come any more."""
        self._ended = True
        for connection in list(self._kept):
            try:
                self._let_go(connection)
            except Exception:
                continue  # nobody waits to be told

    def _keep(self, connection: int, kept: _Kept) -> None:
        if kept is None:
            raise TypeError("nothing was given for the URL")
        self._kept[connection] = kept
        if self._ended:
            self._let_go(connection)

    def _let_go(self, connection: int) -> None:
        try:
            kept = self._kept.pop(connection)
        except KeyError:
            return  # another thread closes it
        self.close(kept)


class _Stores(_Requests[Store]):
    threads = 8
    failure = _safe.SAFE_STORE_IO

    def __init__(self, open_store: Open) -> None:
        super().__init__()
        self._open = open_store

    def open(self, request: _safe.safe_request) -> Store:
        create = not _safe.safe_request_flags(request) & _safe.SAFE_CONNECT_NO_CREATE
        return self._open(_safe.safe_request_url(request), create)

    def close(self, kept: Store) -> None:
        kept.close()

    def answer(self, kind: int, request: _safe.safe_request, kept: Store) -> None:
        if kind not in _ANSWERS:
            raise _unknown(kind)
        _ANSWERS[kind](request, kept, _safe.safe_request_key(request))


class _Sockets(_Requests[Socket]):
    threads = 256  # two for each connection: those that receive wait
    failure = _safe.SAFE_CONNECTION_FAILED

    def __init__(self, open_socket: Callable[[str], Socket]) -> None:
        super().__init__()
        self._open = open_socket

    def open(self, request: _safe.safe_request) -> Socket:
        return self._open(_safe.safe_request_url(request))

    def close(self, kept: Socket) -> None:
        try:
            kept.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other side was first
        kept.close()

    def answer(self, kind: int, request: _safe.safe_request, kept: Socket) -> None:
        if kind == _safe.SAFE_REQUEST_SEND:
            kept.sendall(_value(request))
            _safe.safe_request_done(request, 1)
        elif kind == _safe.SAFE_REQUEST_RECEIVE:
            data = kept.recv(_safe.safe_request_length(request))
            if data:
                _safe.safe_request_give(request, data)
            else:
                _safe.safe_request_none(request)
        else:
            raise _unknown(kind)


def _unknown(kind: int) -> SafeError:
    return SafeError(_safe.SAFE_UNSUPPORTED, "SAFE_UNSUPPORTED", f"this package does not know requests of kind {kind}")


def serve(scheme: str, open_store: Open) -> Port:
    """Serves a scheme ("mine" serves "mine:anything"); `open_store` gets the URL that was connected to, and whether a store that is
    missing is to be made. Clients of one URL share a store. Raises Busy if another port has the scheme."""
    return Port(_safe.safe_port_create(_safe.SAFE_PORT_STORE, scheme), scheme, _Stores(open_store))


def transport(scheme: str, open_socket: Callable[[str], Socket]) -> Port:
    """Serves a scheme by connections: `open_socket` gets the URL that was connected to, or that vault.serve was given. Raises Busy
    if another port has the scheme."""
    return Port(_safe.safe_port_create(_safe.SAFE_PORT_TRANSPORT, scheme), scheme, _Sockets(open_socket))


def _value(request: _safe.safe_request) -> bytes:
    if _safe.safe_request_size(request) == 0:
        return b""
    with _safe.safe_request_data(request) as view:
        return bytes(view)


def _create(request: _safe.safe_request, store: Store, key: str) -> None:
    _safe.safe_request_done(request, int(store.create(key, _value(request))))


def _replace(request: _safe.safe_request, store: Store, key: str) -> None:
    store.replace(key, _value(request))
    _safe.safe_request_done(request, 1)


def _get(request: _safe.safe_request, store: Store, key: str) -> None:
    data = store.get(key, _safe.safe_request_offset(request), _safe.safe_request_length(request))
    if data is None:
        _safe.safe_request_none(request)
    else:
        _safe.safe_request_give(request, data)


def _exists(request: _safe.safe_request, store: Store, key: str) -> None:
    _safe.safe_request_done(request, int(store.exists(key)))


def _list(request: _safe.safe_request, store: Store, prefix: str) -> None:
    entries, more = store.list(prefix, _safe.safe_request_after(request), _safe.safe_request_limit(request))
    for key, size in entries:
        _safe.safe_request_add(request, key, size)
    _safe.safe_request_done(request, int(more))


def _remove(request: _safe.safe_request, store: Store, key: str) -> None:
    _safe.safe_request_done(request, int(store.remove(key)))


def _figures(request: _safe.safe_request, store: Store, prefix: str) -> None:
    figures = store.figures(prefix)
    if figures is None:
        raise SafeError(_safe.SAFE_UNSUPPORTED, "SAFE_UNSUPPORTED", "this store has no figures")
    _safe.safe_request_figures(request, *figures)


_ANSWERS: Dict[int, Callable[[_safe.safe_request, Store, str], None]] = {
    _safe.SAFE_REQUEST_CREATE: _create,
    _safe.SAFE_REQUEST_REPLACE: _replace,
    _safe.SAFE_REQUEST_GET: _get,
    _safe.SAFE_REQUEST_EXISTS: _exists,
    _safe.SAFE_REQUEST_LIST: _list,
    _safe.SAFE_REQUEST_REMOVE: _remove,
    _safe.SAFE_REQUEST_FIGURES: _figures,
}

__all__: List[str] = ["Figures", "Port", "Socket", "Store", "serve", "transport"]
