"""The client: a connection to a vault."""

from __future__ import annotations

import contextlib
import enum
import os
from types import TracebackType
from typing import (
    TYPE_CHECKING, Any, AsyncIterator, Awaitable, Generator, Iterator, Optional, Protocol, Type, Union,
)  # fmt: skip

from . import _safe
from ._ops import Call, Flow, Progress, Step, arun, run, take_bytes, take_nothing
from .keys import Key
from .links import LinkLike, Receipt, link_handle, take_receipt
from .records import Page, Record, take_page, take_record
from .streams import Reader, Writer, take_reader, take_writer, warn_if_open

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

# Bytes up to this size are handed over at once (the library copies them); larger ones are streamed without a copy.
_COPIED = 1 << 20
_BLOCK = 4 << 20
_READ = 1 << 20

DEFAULT_LIMIT = 1 << 28


class BinaryFile(Protocol):
    """What put takes as a file: something with read(size) that gives bytes, b"" at the end."""

    def read(self, size: int, /) -> Any: ...


class ClientState(enum.IntEnum):
    """Whether a client has a connection to its vault."""

    CONNECTED = _safe.SAFE_CLIENT_CONNECTED
    DISCONNECTED = _safe.SAFE_CLIENT_DISCONNECTED  # it is making another one by itself
    CLOSED = _safe.SAFE_CLIENT_CLOSED


Source = Union[str, "os.PathLike[str]", "ReadableBuffer", BinaryFile]


def _flags(private: bool, verify: bool, dry_run: bool, replay: bool = False) -> int:
    return (
        (_safe.SAFE_PUT_PRIVATE if private else 0)
        | (_safe.SAFE_PUT_VERIFY if verify else 0)
        | (_safe.SAFE_PUT_DRY_RUN if dry_run else 0)
        | (_safe.SAFE_PUT_REPLAY if replay else 0)
    )


@contextlib.contextmanager
def _lent(view: memoryview) -> Iterator[memoryview]:
    """Gives the memory back at the end, also if the traceback of a failure lives on."""
    try:
        yield view
    finally:
        try:
            view.release()
        except BufferError:
            pass  # an operation that was left behind by its event loop still has it


class Client:
    """A connection to a vault. Made by connect or aconnect; may be used from any thread.

    Every method that waits has an asynchronous twin, whose name begins with `a`.
    """

    def __init__(self, handle: _safe.safe_client) -> None:
        self._handle = handle
        self._closed = False

    # --- put ---

    def _put(
        self, source: Source, private: bool, verify: bool, dry_run: bool, progress: Optional[Progress]
    ) -> Flow[Receipt]:
        flags = _flags(private, verify, dry_run)
        if isinstance(source, (str, os.PathLike)):
            path = os.fsencode(source)
            receipt = yield from Step(_safe.safe_put_file(self._handle, path, flags), take_receipt, progress)
            return receipt
        read: Any = getattr(source, "read", None)
        if read is not None:
            receipt = yield from self._put_file(read, flags, progress)
            return receipt
        try:
            view = memoryview(source).cast("B")  # type: ignore[arg-type]
        except TypeError:
            kind = type(source).__name__
            raise TypeError(f"put takes a path, bytes, or a file opened in binary mode, not {kind}") from None
        with _lent(view):
            if view.nbytes <= _COPIED:
                receipt = yield from Step(_safe.safe_put(self._handle, view, flags), take_receipt, progress)
            else:
                receipt = yield from self._put_buffer(view, flags, progress)
        return receipt

    def _put_buffer(self, view: memoryview, flags: int, progress: Optional[Progress]) -> Flow[Receipt]:
        writer = yield from self._writer(view.nbytes, flags)
        try:
            for begin in range(0, view.nbytes, _BLOCK):
                with _lent(view[begin : begin + _BLOCK]) as block:
                    yield from writer.step(block)
                if progress is not None:
                    progress(min(begin + _BLOCK, view.nbytes), view.nbytes)
            receipt = yield from writer.finishing()
            return receipt
        finally:
            writer.abandon()

    def _put_file(self, read: Any, flags: int, progress: Optional[Progress]) -> Flow[Receipt]:
        writer = yield from self._writer(None, flags)
        done = 0
        try:
            while True:
                block = yield from Call(read, _READ)
                if not isinstance(block, (bytes, bytearray, memoryview)):
                    kind = type(block).__name__
                    raise TypeError(f"read() gave {kind}, not bytes: open the file in binary mode, blocking")
                if not block:
                    break
                yield from writer.step(block)
                done += memoryview(block).nbytes
                if progress is not None:
                    progress(done, None)
            receipt = yield from writer.finishing()
            return receipt
        finally:
            writer.abandon()

    def put(
        self,
        source: Source,
        *,
        private: bool = False,
        verify: bool = False,
        dry_run: bool = False,
        progress: Optional[Progress] = None,
    ) -> Receipt:
        """Encrypts and stores content: a path (str, PathLike), bytes, or a file opened in binary mode.

        private: keep the data map out of the vault; the receipt's link is then a secret.
        verify: read every chunk back before returning.
        dry_run: compute chunks and link, store nothing.
        progress: called now and then with (bytes done, bytes in all or None); what it raises cancels the put.
        """
        return run(self._put(source, private, verify, dry_run, progress))

    async def aput(
        self,
        source: Source,
        *,
        private: bool = False,
        verify: bool = False,
        dry_run: bool = False,
        progress: Optional[Progress] = None,
    ) -> Receipt:
        """Like put. The file's read may be a coroutine function; a plain one runs in the loop's thread pool."""
        return await arun(self._put(source, private, verify, dry_run, progress))

    def _writer(self, size: Optional[int], flags: int) -> Step[Writer]:
        known = _safe.SAFE_SIZE_UNKNOWN if size is None else size
        op = _safe.safe_writer_open(self._handle, known, flags)
        return Step(op, lambda op: take_writer(self, op))

    def writer(
        self,
        size: Optional[int] = None,
        *,
        private: bool = False,
        verify: bool = False,
        dry_run: bool = False,
        replay: bool = False,
    ) -> Writer:
        """Opens a stream to push content into. size: how many bytes will be written, if that is known.

        replay: the stream, of a known size, keeps nothing; after the last byte write the first `replay_size` once more.
        """
        return self._writer(size, _flags(private, verify, dry_run, replay)).run()

    async def awriter(
        self,
        size: Optional[int] = None,
        *,
        private: bool = False,
        verify: bool = False,
        dry_run: bool = False,
        replay: bool = False,
    ) -> Writer:
        return await self._writer(size, _flags(private, verify, dry_run, replay)).arun()

    # --- get ---

    def _get(self, link: LinkLike, limit: int) -> Step[bytes]:
        return Step(_safe.safe_get_bytes(self._handle, link_handle(link), limit), take_bytes)

    def get(self, link: LinkLike, limit: int = DEFAULT_LIMIT) -> bytes:
        """The whole content. Raises TooLarge if it has more than `limit` bytes (256 MiB): use open or get_file."""
        return self._get(link, limit).run()

    async def aget(self, link: LinkLike, limit: int = DEFAULT_LIMIT) -> bytes:
        return await self._get(link, limit).arun()

    def _get_file(self, link: LinkLike, path: "Path", progress: Optional[Progress]) -> Step[int]:
        op = _safe.safe_get_file(self._handle, link_handle(link), os.fsencode(path))
        return Step(op, _safe.safe_op_take_u64, progress)

    def get_file(self, link: LinkLike, path: "Path", *, progress: Optional[Progress] = None) -> int:
        """Writes the whole content to a file, which takes its name only when it is complete. Gives its size."""
        return self._get_file(link, path, progress).run()

    async def aget_file(self, link: LinkLike, path: "Path", *, progress: Optional[Progress] = None) -> int:
        return await self._get_file(link, path, progress).arun()

    def _open(self, link: LinkLike) -> Step[Reader]:
        return Step(_safe.safe_open(self._handle, link_handle(link)), lambda op: take_reader(self, op))

    def open(self, link: LinkLike) -> Reader:
        """Opens content for reading at random, as a raw binary file."""
        return self._open(link).run()

    async def aopen(self, link: LinkLike) -> Reader:
        return await self._open(link).arun()

    def _open_datamap(self, datamap: "ReadableBuffer") -> Step[Reader]:
        return Step(_safe.safe_open_datamap(self._handle, datamap), lambda op: take_reader(self, op))

    def open_datamap(self, datamap: "ReadableBuffer") -> Reader:
        """Opens content by its data map (MessagePack; what a .datamap file holds)."""
        return self._open_datamap(datamap).run()

    async def aopen_datamap(self, datamap: "ReadableBuffer") -> Reader:
        return await self._open_datamap(datamap).arun()

    # --- chunks ---

    def chunk_get(self, address: "ReadableBuffer") -> bytes:
        """One chunk as it is stored."""
        return Step(_safe.safe_chunk_get(self._handle, address), take_bytes).run()

    async def achunk_get(self, address: "ReadableBuffer") -> bytes:
        return await Step(_safe.safe_chunk_get(self._handle, address), take_bytes).arun()

    def chunk_put(self, data: "ReadableBuffer") -> bytes:
        """Stores bytes as they are, unencrypted, as one chunk. Gives its address."""
        return Step(_safe.safe_chunk_put(self._handle, data), take_bytes).run()

    async def achunk_put(self, data: "ReadableBuffer") -> bytes:
        return await Step(_safe.safe_chunk_put(self._handle, data), take_bytes).arun()

    def chunk_exists(self, address: "ReadableBuffer") -> bool:
        """Whether the vault says that it has the chunk."""
        return Step(_safe.safe_chunk_exists(self._handle, address), _take_bool).run()

    async def achunk_exists(self, address: "ReadableBuffer") -> bool:
        return await Step(_safe.safe_chunk_exists(self._handle, address), _take_bool).arun()

    # --- records ---

    def _create_record(self, key: Key, label: str, value: "ReadableBuffer") -> Step[Record]:
        return Step(_safe.safe_record_create(self._handle, key._handle, label, value), take_record)

    def create_record(self, key: Key, label: str, value: "ReadableBuffer") -> Record:
        """Makes version 0 of a record. Raises Conflict if there is one."""
        return self._create_record(key, label, value).run()

    async def acreate_record(self, key: Key, label: str, value: "ReadableBuffer") -> Record:
        return await self._create_record(key, label, value).arun()

    def _set_record(self, key: Key, label: str, version: int, value: "ReadableBuffer") -> Step[Record]:
        return Step(_safe.safe_record_set(self._handle, key._handle, label, version, value), take_record)

    def set_record(self, key: Key, label: str, version: int, value: "ReadableBuffer") -> Record:
        """Makes the version given, which must follow the newest. Raises Conflict, whose current_version is that."""
        return self._set_record(key, label, version, value).run()

    async def aset_record(self, key: Key, label: str, version: int, value: "ReadableBuffer") -> Record:
        return await self._set_record(key, label, version, value).arun()

    def _get_record(self, address: "ReadableBuffer", version: Optional[int]) -> Step[Record]:
        wanted = _safe.SAFE_VERSION_NEWEST if version is None else version
        return Step(_safe.safe_record_get(self._handle, address, wanted), take_record)

    def get_record(self, address: "ReadableBuffer", version: Optional[int] = None) -> Record:
        """One version of the record at an address (see record_address); the newest without one."""
        return self._get_record(address, version).run()

    async def aget_record(self, address: "ReadableBuffer", version: Optional[int] = None) -> Record:
        return await self._get_record(address, version).arun()

    def _list_records(self, address: "ReadableBuffer", before: Optional[int], limit: int) -> Step[Page]:
        below = _safe.SAFE_VERSION_NEWEST if before is None else before
        return Step(_safe.safe_record_list(self._handle, address, below, limit), take_page)

    def list_records(
        self, address: "ReadableBuffer", *, before: Optional[int] = None, page_size: int = 100
    ) -> Iterator[Record]:
        """All versions from the newest down, or from below `before`; fetched page by page."""
        page = self._list_records(address, before, page_size).run()
        yield from page.records
        while page.before is not None:
            page = self._list_records(address, page.before, page_size).run()
            yield from page.records

    async def alist_records(
        self, address: "ReadableBuffer", *, before: Optional[int] = None, page_size: int = 100
    ) -> AsyncIterator[Record]:
        page = await self._list_records(address, before, page_size).arun()
        for record in page.records:
            yield record
        while page.before is not None:
            page = await self._list_records(address, page.before, page_size).arun()
            for record in page.records:
                yield record

    # --- end ---

    @property
    def url(self) -> str:
        """The URL it is connected to."""
        return _safe.safe_client_url(self._handle)

    @property
    def state(self) -> ClientState:
        """Whether there is a connection to the vault now."""
        return ClientState(_safe.safe_client_state(self._handle)) if not self._closed else ClientState.CLOSED

    def next_state(self, known: ClientState) -> ClientState:
        """Waits until the state is another than `known`, and gives it."""
        Step(_safe.safe_client_next_state(self._handle, known), take_nothing).run()
        return self.state

    async def anext_state(self, known: ClientState) -> ClientState:
        await Step(_safe.safe_client_next_state(self._handle, known), take_nothing).arun()
        return self.state

    def set_timeout(self, seconds: Optional[float]) -> None:
        """How long operations wait for the network before they fail; None restores what is usual (10 s)."""
        _safe.safe_client_set_timeout(self._handle, max(1, round(seconds * 1000)) if seconds is not None else 0)

    @property
    def closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        """Cancels what is still being done; its readers and writers fail afterwards."""
        if not self._closed:
            self._closed = True
            _safe.safe_client_free(self._handle)

    async def aclose(self) -> None:
        self.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> "Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        warn_if_open(self)
        self.close()

    def __repr__(self) -> str:
        return "<libsafe.Client, closed>" if self._closed else f"<libsafe.Client {self.url!r}>"


Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]


def _take_bool(op: _safe.safe_op) -> bool:
    return _safe.safe_op_take_u64(op) != 0


def _connect(url: str, create: bool, key: Optional[Key], anonymous: bool) -> Step[Client]:
    flags = (0 if create else _safe.SAFE_CONNECT_NO_CREATE) | (_safe.SAFE_CONNECT_ANONYMOUS if anonymous else 0)
    op = _safe.safe_connect_as(key._handle, url, flags) if key else _safe.safe_connect(url, flags)
    return Step(op, lambda op: Client(_safe.safe_op_take_client(op)))


def connect(url: str, *, create: bool = True, key: Optional[Key] = None, anonymous: bool = False) -> Client:
    """Connects to a vault: "mem:" (a new one in memory), "file:/path/to/dir" (made if missing, if `create`), or one that is served
    elsewhere ("tcp://host:port#key"). That one knows the client again by its `key`, a new one if none is given; to `anonymous`
    clients it gives what they ask for, and stores nothing."""
    return _connect(url, create, key, anonymous).run()


class Connecting(Awaitable[Client]):
    """What aconnect gives: `await` it, or use it in `async with`."""

    def __init__(self, url: str, create: bool, key: Optional[Key], anonymous: bool) -> None:
        self._url = url
        self._create = create
        self._key = key
        self._anonymous = anonymous
        self._client: Optional[Client] = None

    def __await__(self) -> Generator[Any, None, Client]:
        return _connect(self._url, self._create, self._key, self._anonymous).arun().__await__()

    async def __aenter__(self) -> Client:
        self._client = await self
        return self._client

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if self._client is not None:
            self._client.close()


def aconnect(url: str, *, create: bool = True, key: Optional[Key] = None, anonymous: bool = False) -> Connecting:
    """`async with libsafe.aconnect(url) as client:` or `client = await libsafe.aconnect(url)`."""
    return Connecting(url, create, key, anonymous)
