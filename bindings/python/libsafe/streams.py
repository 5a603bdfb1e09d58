"""Streams: content read at random, and content pushed in. Both are raw files of Python's io."""

from __future__ import annotations

import io
import os
import warnings
from types import TracebackType
from typing import TYPE_CHECKING, Any, AsyncIterator, Optional, Type

from . import _safe
from ._ops import Progress, Step, take_nothing
from .links import Receipt, take_receipt

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class _Room:
    """Memory to be read into that becomes bytes as it is: a BytesIO gives its bytes away without copying them."""

    def __init__(self, size: int) -> None:
        self._memory = io.BytesIO()
        if size:
            self._memory.seek(size - 1)
            self._memory.write(b"\0")
        self.buffer = self._memory.getbuffer()

    def first(self, size: int) -> bytes:
        self.buffer.release()
        self._memory.truncate(size)
        return self._memory.getvalue()


class Reader(io.RawIOBase):
    """Content opened for reading: seekable, unbuffered, and every byte verified.

    read, readinto, seek, tell and the rest are those of io.RawIOBase; `size` is that of the content. aread, areadinto
    and `async for block in reader` are their asynchronous twins. read_at and aread_at do not move the position and may
    run any number at a time.
    """

    def __init__(self, client: object, handle: _safe.safe_reader) -> None:
        self._client = client  # kept open as long as the reader is used
        self._handle = handle
        self._position = 0
        self.size = _safe.safe_reader_size(handle)

    # --- position ---

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        self._check_open()
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._check_open()
        bases = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}
        if whence not in bases:
            raise ValueError(f"seek: whence is 0, 1 or 2, not {whence}")
        position = bases[whence] + offset
        if position < 0:
            raise ValueError(f"seek: position {position} is before the beginning")
        self._position = position
        return position

    # --- reading ---

    def _into(self, offset: int, buffer: "WriteableBuffer") -> Step[int]:
        self._check_open()
        return Step(_safe.safe_reader_read_into(self._handle, offset, buffer), _safe.safe_op_take_u64)

    def _room(self, offset: int, size: Optional[int]) -> "_Room":
        left = max(self.size - offset, 0)
        return _Room(left if size is None or size < 0 else min(size, left))

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fills the buffer from the position; fewer bytes only at the end. The library writes straight into it."""
        count = self._into(self._position, buffer).run()
        self._position += count
        return count

    def readall(self) -> bytes:
        return self.read(-1)

    def read(self, size: Optional[int] = -1) -> bytes:
        """Up to `size` bytes from the position; all of the rest without one."""
        room = self._room(self._position, size)
        return room.first(self.readinto(room.buffer))

    def read_at(self, offset: int, size: Optional[int] = None) -> bytes:
        """Up to `size` bytes from `offset`."""
        room = self._room(offset, size)
        return room.first(self._into(offset, room.buffer).run())

    async def areadinto(self, buffer: "WriteableBuffer") -> int:
        count = await self._into(self._position, buffer).arun()
        self._position += count
        return count

    async def aread(self, size: Optional[int] = -1) -> bytes:
        room = self._room(self._position, size)
        return room.first(await self.areadinto(room.buffer))

    async def aread_at(self, offset: int, size: Optional[int] = None) -> bytes:
        room = self._room(offset, size)
        return room.first(await self._into(offset, room.buffer).arun())

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Blocks of up to 1 MiB to the end."""
        while block := await self.aread(1 << 20):
            yield block

    # --- end ---

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on a closed reader")

    def close(self) -> None:
        if not self.closed:
            _safe.safe_reader_free(self._handle)
        super().close()

    async def aclose(self) -> None:
        self.close()

    async def __aenter__(self) -> "Reader":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        warn_if_open(self)
        self.close()

    def __repr__(self) -> str:
        return f"<libsafe.Reader {self.size} bytes{', closed' if self.closed else ''}>"


def take_reader(client: object, op: _safe.safe_op) -> Reader:
    return Reader(client, _safe.safe_op_take_reader(op))


class Writer(io.RawIOBase):
    """Content being pushed in.

    `write` returns when the writer can take more. `finish` ends the content and gives the receipt, which is then also
    in `receipt`; leaving a `with` block or `close` does the same. Leaving it by an exception abandons the content, and
    so does `abandon`. awrite, afinish and `async with` are the asynchronous twins.
    """

    def __init__(self, client: object, handle: _safe.safe_writer) -> None:
        self._client = client
        self._handle = handle
        self.receipt: Optional[Receipt] = None

    def writable(self) -> bool:
        return True

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on a closed writer")

    @property
    def replay_size(self) -> int:
        """How many of the first bytes are to be written again after the last one; 0 without `replay`."""
        return _safe.safe_writer_replay_size(self._handle)

    def step(self, data: "ReadableBuffer") -> Step[None]:
        self._check_open()
        return Step(_safe.safe_writer_write(self._handle, data), take_nothing)

    def finishing(self, progress: Optional[Progress] = None) -> Step[Receipt]:
        self._check_open()
        return Step(_safe.safe_writer_close(self._handle), take_receipt, progress)

    def finished(self, receipt: Optional[Receipt]) -> None:
        """Nothing can be written any more."""
        self.receipt = receipt
        _safe.safe_writer_free(self._handle)
        super().close()

    def reserve(self, size: int) -> memoryview:
        """Memory of the writer's own (4 MiB at most) to be filled in, by `file.readinto` for instance, and handed in by commit.
        Release it before."""
        self._check_open()
        return _safe.safe_writer_reserve(self._handle, size)

    def commit(self, size: int) -> None:
        """Appends the first bytes of what was reserved."""
        self._check_open()
        Step(_safe.safe_writer_commit(self._handle, size), take_nothing).run()

    async def acommit(self, size: int) -> None:
        self._check_open()
        await Step(_safe.safe_writer_commit(self._handle, size), take_nothing).arun()

    def write(self, data: "ReadableBuffer") -> int:
        """Appends the bytes, all of them."""
        self.step(data).run()
        return memoryview(data).nbytes

    async def awrite(self, data: "ReadableBuffer") -> int:
        await self.step(data).arun()
        return memoryview(data).nbytes

    def finish(self) -> Receipt:
        """Ends the content. May be called again for the same receipt."""
        if self.receipt is None:
            receipt: Optional[Receipt] = None
            try:
                receipt = self.finishing().run()
            finally:
                self.finished(receipt)
        assert self.receipt is not None
        return self.receipt

    async def afinish(self) -> Receipt:
        if self.receipt is None:
            receipt: Optional[Receipt] = None
            try:
                receipt = await self.finishing().arun()
            finally:
                self.finished(receipt)
        assert self.receipt is not None
        return self.receipt

    def abandon(self) -> None:
        """Gives the content up. Chunks that were sent stay in the vault; nothing refers to them."""
        if not self.closed:
            self.finished(None)

    def close(self) -> None:
        if not self.closed:
            self.finish()

    async def aclose(self) -> None:
        if not self.closed:
            await self.afinish()

    def __enter__(self) -> "Writer":
        self._check_open()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], *_: Any) -> None:
        self.abandon() if kind is not None else self.close()

    async def __aenter__(self) -> "Writer":
        self._check_open()
        return self

    async def __aexit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if kind is not None:
            self.abandon()
        else:
            await self.aclose()

    def __del__(self) -> None:
        warn_if_open(self)
        self.abandon()

    def __repr__(self) -> str:
        return f"<libsafe.Writer{', closed' if self.closed else ''}>"


def take_writer(client: object, op: _safe.safe_op) -> Writer:
    return Writer(client, _safe.safe_op_take_writer(op))


def warn_if_open(thing: Any) -> None:
    if not thing.closed:
        warnings.warn(f"{thing!r} was not closed", ResourceWarning, stacklevel=2, source=thing)
