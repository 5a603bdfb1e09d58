"""The chunk format of 2018-2019 ("S1"), for content from that time: at most 1 GiB a file. Its chunks are kept by the caller,
under their SHA3-256 name; vaults do not store them."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Optional, Type

from . import _safe
from ._ops import bytes_of

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Chunk(NamedTuple):
    """One chunk: the SHA3-256 of its data, and the data as they are to be stored."""

    name: bytes
    data: bytes


class Encoder:
    """Takes content and gives chunks: call `next` until it gives None after each write, so that memory stays bounded, and
    once more after `finish`."""

    def __init__(self) -> None:
        self._handle = _safe.safe_s1_encoder_create()

    def write(self, data: "ReadableBuffer") -> None:
        """Appends content. Raises TooLarge above 1 GiB, Closed after the end."""
        _safe.safe_s1_encoder_write(self._handle, data)

    def finish(self) -> bytes:
        """No more content follows; gives the data map as 2019's clients serialised it (bincode)."""
        return bytes_of(_safe.safe_s1_encoder_finish(self._handle))

    def next(self) -> Optional[Chunk]:
        """The next chunk that is ready, or None if there is none at the moment."""
        name, data = _safe.safe_s1_encoder_next(self._handle)
        return None if data is None else Chunk(name, bytes_of(data))

    def close(self) -> None:
        _safe.safe_s1_encoder_free(self._handle)

    def __enter__(self) -> "Encoder":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()


class Map:
    """A data map: which chunks there are, and how they are decrypted."""

    def __init__(self, datamap: "ReadableBuffer") -> None:
        """Raises Corrupt for what is no data map."""
        self._handle = _safe.safe_s1_map_parse(datamap)

    @property
    def size(self) -> int:
        """Bytes of content."""
        return _safe.safe_s1_map_size(self._handle)

    @property
    def chunk_count(self) -> int:
        """0 for small content, which the map holds itself (`content`)."""
        return _safe.safe_s1_map_chunk_count(self._handle)

    @property
    def content(self) -> bytes:
        return bytes_of(_safe.safe_s1_map_content(self._handle))

    def chunk_name(self, index: int) -> bytes:
        return _safe.safe_s1_map_chunk_name(self._handle, index)

    def decrypt(self, index: int, chunk: "ReadableBuffer") -> bytes:
        """The content of one chunk from its stored bytes. Raises Corrupt."""
        return bytes_of(_safe.safe_s1_map_decrypt(self._handle, index, chunk))
