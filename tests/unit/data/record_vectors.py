#!/usr/bin/env python3
"""Records as docs/formats.md describes them, written without our code: the bytes that record_test.cpp expects.

Ed25519 is that of Debian's python3-cryptography, BLAKE3 that of the upstream crate (tests/oracle).
"""

import sys
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracle"))
import oracle  # noqa: E402

oracle.build()
sys.path.insert(0, str(oracle.site()))
from self_encryption import XorName  # noqa: E402


def blake3(data):
    return bytes(XorName.from_content(data).as_bytes())


def binary(data):
    return bytes([0xC4, len(data)]) + data


KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OWNER = KEY.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
LABEL = b"notes"


def record(version, mutation, previous, value):
    body = bytes([1, 0x96]) + binary(OWNER) + bytes([0xA0 | len(LABEL)]) + LABEL + bytes([version])
    body += binary(bytes([mutation]) * 16) + (binary(previous) if previous else b"\xc0") + binary(value)
    return body + KEY.sign(b"safe-record-1" + body)


first = record(0, 0xAA, None, b"hello")
second = record(1, 0xBB, blake3(first), b"")
for name, data in (
    ("owner", OWNER),
    ("address", blake3(b"safe-record-1" + OWNER + LABEL)),
    ("first", first),
    ("second", second),
    ("hash of second", blake3(second)),
):
    print(name, data.hex())
