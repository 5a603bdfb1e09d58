"""Records: small signed values with versions, which only the holder of their key can write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, List, NamedTuple, Optional

from . import _safe
from ._ops import bytes_of

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


@dataclass(frozen=True)
class Record:
    """One version of a record, as read from the vault and verified."""

    address: bytes
    owner: bytes
    label: str
    version: int
    value: bytes


class Page(NamedTuple):
    records: List[Record]
    before: Optional[int]  # where the next page begins, if there is one


def record_address(owner: "ReadableBuffer", label: str) -> bytes:
    """The address of the record of that label under the owner's public key."""
    return _safe.safe_record_address_of(owner, label)


def record_of(handle: _safe.safe_record) -> Record:
    return Record(
        _safe.safe_record_address(handle),
        _safe.safe_record_owner(handle),
        _safe.safe_record_label(handle),
        _safe.safe_record_version(handle),
        bytes_of(_safe.safe_record_value(handle)),
    )


def take_record(op: _safe.safe_op) -> Record:
    return record_of(_safe.safe_op_take_record(op))


def take_page(op: _safe.safe_op) -> Page:
    handle = _safe.safe_op_take_record_page(op)
    count = _safe.safe_record_page_count(handle)
    records = [record_of(_safe.safe_record_page_get(handle, index)) for index in range(count)]
    more, before = _safe.safe_record_page_next(handle)
    return Page(records, before if more else None)
