"""Signing keys: Ed25519. Secret parts stay in the library's guarded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import _safe

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Key:
    """A key that signs. Never printed, never pickled."""

    __slots__ = ("_handle",)

    def __init__(self, handle: _safe.safe_key) -> None:
        self._handle = handle

    @classmethod
    def generate(cls) -> "Key":
        """A new random key."""
        return cls(_safe.safe_key_generate())

    @classmethod
    def from_seed(cls, seed: "ReadableBuffer") -> "Key":
        """The key of a seed (32 bytes)."""
        return cls(_safe.safe_key_import(seed))

    def seed(self) -> bytes:
        """The seed, a secret: whoever has it can sign."""
        return _safe.safe_key_export(self._handle)

    @property
    def public(self) -> bytes:
        """The public key: what others verify signatures with."""
        return _safe.safe_key_public(self._handle)

    def sign(self, data: "ReadableBuffer") -> bytes:
        """The signature of the data (64 bytes)."""
        return _safe.safe_key_sign(self._handle, data)

    def verify(self, data: "ReadableBuffer", signature: "ReadableBuffer") -> None:
        """Raises BadSignature unless this key signed the data."""
        verify(self.public, data, signature)

    def __repr__(self) -> str:
        return f"<libsafe.Key, public {self.public.hex()}>"

    def __reduce__(self) -> str:
        raise TypeError("a key is a secret and is not pickled; move its seed() with care instead")


def verify(public_key: "ReadableBuffer", data: "ReadableBuffer", signature: "ReadableBuffer") -> None:
    """Raises BadSignature unless the holder of the key signed the data."""
    _safe.safe_key_verify(public_key, data, signature)
