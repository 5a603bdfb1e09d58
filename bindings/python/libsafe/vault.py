"""For the owner of a vault directory: what is in it, is it sound, and clearing up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterable, Optional, Tuple

from . import _safe
from ._ops import Progress, Step, take_nothing
from .links import Link, LinkLike

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


@dataclass(frozen=True)
class Info:
    """Figures of a vault."""

    chunks: int
    chunk_bytes: int
    records: int  # versions of records
    record_bytes: int
    disk_bytes: int
    free_bytes: int
    format: int


@dataclass(frozen=True)
class Item:
    """One object that a report speaks of: a chunk or a record."""

    address: bytes
    size: int
    text: Optional[str]


@dataclass(frozen=True)
class Verification:
    """What verify has found. `items` are the damaged objects."""

    checked: int
    checked_bytes: int
    bad: int
    items: Tuple[Item, ...]


@dataclass(frozen=True)
class Collection:
    """What gc has found: chunks that are needed, and those that were (or would be) removed."""

    kept: int
    kept_bytes: int
    removed: int
    removed_bytes: int
    in_use: int
    items: Tuple[Item, ...]


def _items(report: _safe.safe_report) -> Tuple[Item, ...]:
    return tuple(
        Item(*_safe.safe_report_item(report, index), _safe.safe_report_item_text(report, index))
        for index in range(_safe.safe_report_item_count(report))
    )


def _figures(report: _safe.safe_report, *names: str) -> Tuple[int, ...]:
    return tuple(_safe.safe_report_value(report, name) for name in names)


def _take_info(op: _safe.safe_op) -> Info:
    report = _safe.safe_op_take_report(op)
    return Info(
        *_figures(
            report, "chunks", "chunk_bytes", "records", "record_bytes", "disk_bytes", "free_bytes", "format"
        )
    )


def _take_verification(op: _safe.safe_op) -> Verification:
    report = _safe.safe_op_take_report(op)
    checked, checked_bytes, bad = _figures(report, "checked", "checked_bytes", "bad")
    return Verification(checked, checked_bytes, bad, _items(report))


def _take_collection(op: _safe.safe_op) -> Collection:
    report = _safe.safe_op_take_report(op)
    kept, kept_bytes, removed, removed_bytes, in_use = _figures(
        report, "kept", "kept_bytes", "removed", "removed_bytes", "in_use"
    )
    return Collection(kept, kept_bytes, removed, removed_bytes, in_use, _items(report))


def info(url: str) -> Info:
    """Figures of the vault at a URL, which must exist."""
    return Step(_safe.safe_vault_info(url), _take_info).run()


async def ainfo(url: str) -> Info:
    return await Step(_safe.safe_vault_info(url), _take_info).arun()


def verify(url: str, *, progress: Optional[Progress] = None) -> Verification:
    """Reads and checks everything. progress: called with (objects done, objects in all or None)."""
    return Step(_safe.safe_vault_verify(url), _take_verification, progress).run()


async def averify(url: str, *, progress: Optional[Progress] = None) -> Verification:
    return await Step(_safe.safe_vault_verify(url), _take_verification, progress).arun()


def _gc(url: str, keep: Iterable[LinkLike], remove: bool) -> Step[Collection]:
    links = "\n".join(link.text if isinstance(link, Link) else link for link in keep)
    return Step(_safe.safe_vault_gc(url, links, _safe.SAFE_GC_REMOVE if remove else 0), _take_collection)


def gc(url: str, keep: Iterable[LinkLike], *, remove: bool = False) -> Collection:
    """Finds the chunks that none of the links needs; removes them only if `remove` says so."""
    return _gc(url, keep, remove).run()


async def agc(url: str, keep: Iterable[LinkLike], *, remove: bool = False) -> Collection:
    return await _gc(url, keep, remove).arun()


def remove(url: str, address: "ReadableBuffer") -> None:
    """Removes one chunk. Raises NotFound."""
    Step(_safe.safe_vault_remove(url, address), take_nothing).run()


async def aremove(url: str, address: "ReadableBuffer") -> None:
    await Step(_safe.safe_vault_remove(url, address), take_nothing).arun()


def _serve(vault_url: str, transport_url: str, create: bool) -> Step[None]:
    flags = 0 if create else _safe.SAFE_CONNECT_NO_CREATE
    return Step(_safe.safe_vault_serve(vault_url, transport_url, flags), take_nothing)


def serve(vault_url: str, transport_url: str, *, create: bool = True) -> None:
    """Answers what the client at the other end of a transport (ports.transport) asks of a vault, until that closes.

    Whoever is there may do everything that a client of the vault may do: the connection is neither authenticated nor encrypted
    by the library.
    """
    _serve(vault_url, transport_url, create).run()


async def aserve(vault_url: str, transport_url: str, *, create: bool = True) -> None:
    await _serve(vault_url, transport_url, create).arun()
