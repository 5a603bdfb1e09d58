"""Links and receipts: what a put gives back, and what everything that reads takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Optional, Tuple, Union

from . import _safe
from ._ops import bytes_of

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Link:
    """Everything needed to read one piece of content.

    A private link is a secret: whoever has it can read, and whoever loses it has lost the content. Its text is
    therefore in `text` only, never in str() or repr(). Links are equal if their texts are.
    """

    __slots__ = ("_handle",)

    def __init__(self, handle: _safe.safe_link) -> None:
        self._handle = handle

    @classmethod
    def parse(cls, text: str) -> "Link":
        """The link that the text says. Raises BadLink."""
        return cls(_safe.safe_link_parse(text))

    @classmethod
    def from_address(cls, address: "ReadableBuffer") -> "Link":
        """The link to content whose public data map has this address (32 bytes)."""
        return cls(_safe.safe_link_from_address(address))

    @classmethod
    def from_datamap(cls, datamap: "ReadableBuffer") -> "Link":
        """The private link that holds this data map (MessagePack, as in .datamap files)."""
        return cls(_safe.safe_link_from_datamap(datamap))

    def with_name(self, name: Optional[str] = None, media_type: Optional[str] = None) -> "Link":
        """The same link with another name and media type, or without."""
        return Link(_safe.safe_link_with(self._handle, name, media_type))

    @property
    def text(self) -> str:
        """The canonical text, which Link.parse takes. A secret if the link is private."""
        return _safe.safe_link_text(self._handle)

    @property
    def is_private(self) -> bool:
        return _safe.safe_link_is_private(self._handle) != 0

    @property
    def size(self) -> Optional[int]:
        """The size of the content in bytes, if the link says it."""
        size = _safe.safe_link_size(self._handle)
        return None if size == _safe.SAFE_SIZE_UNKNOWN else size

    @property
    def name(self) -> Optional[str]:
        return _safe.safe_link_name(self._handle)

    @property
    def media_type(self) -> Optional[str]:
        return _safe.safe_link_media_type(self._handle)

    @property
    def address(self) -> bytes:
        """The address of a public link's data map. Raises InvalidArgument for a private link."""
        return _safe.safe_link_address(self._handle)

    @property
    def datamap(self) -> bytes:
        """A private link's data map, a secret. Raises InvalidArgument for a public link."""
        return bytes_of(_safe.safe_link_datamap(self._handle))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Link) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return repr(self) if self.is_private else self.text

    def __repr__(self) -> str:
        if self.is_private:
            return f"<libsafe.Link private, {self.size} bytes, text hidden>"
        return f"libsafe.Link.parse({self.text!r})"


LinkLike = Union[Link, str]


def link_handle(link: LinkLike) -> _safe.safe_link:
    return link._handle if isinstance(link, Link) else _safe.safe_link_parse(link)


class Chunk(NamedTuple):
    """One stored chunk."""

    address: bytes
    size: int


class Receipt:
    """What a put has made."""

    def __init__(self, handle: _safe.safe_receipt) -> None:
        self._handle = handle
        self._chunks: Optional[Tuple[Chunk, ...]] = None
        self.link = Link(_safe.safe_receipt_link(handle))
        self.size = _safe.safe_receipt_size(handle)
        #: Chunks, and bytes of them, that the vault did not have yet.
        self.new_chunks = _safe.safe_receipt_new_chunks(handle)
        self.new_bytes = _safe.safe_receipt_new_bytes(handle)

    @property
    def chunks(self) -> Tuple[Chunk, ...]:
        """All chunks in the order in which they were made."""
        if self._chunks is None:
            count = _safe.safe_receipt_chunk_count(self._handle)
            self._chunks = tuple(Chunk(*_safe.safe_receipt_chunk(self._handle, index)) for index in range(count))
        return self._chunks

    def __repr__(self) -> str:
        return f"<libsafe.Receipt {self.size} bytes, {self.new_chunks} new chunks, {self.link!r}>"


def take_receipt(op: _safe.safe_op) -> Receipt:
    return Receipt(_safe.safe_op_take_receipt(op))
