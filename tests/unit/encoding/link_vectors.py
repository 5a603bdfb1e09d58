#!/usr/bin/env python3
"""Links as docs/formats.md describes them, written without our code: the texts that link_test.cpp expects.

BLAKE3 is that of the upstream crate (tests/oracle); base32 is Python's. Run it to see the texts again.
"""

import base64
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "oracle"))
import oracle  # noqa: E402

oracle.build()
sys.path.insert(0, str(oracle.site()))
from self_encryption import XorName  # noqa: E402


def blake3(data):
    return bytes(XorName.from_content(data).as_bytes())


def number(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def sized(data):
    return number(len(data)) + data


def link(kind, target, size=None, name="", media_type=""):
    flags = (size is not None) | 2 * bool(name) | 4 * bool(media_type)
    body = bytes([1, flags]) + target
    if size is not None:
        body += number(size)
    for text in filter(None, (name, media_type)):
        body += sized(text.encode())
    body += blake3(b"safe-link-1" + kind.encode() + body)[:4]
    return f"safe:{kind}-" + base64.b32encode(body).decode().rstrip("=").lower()


def chunk(first, size):
    return bytes((first + i) % 256 for i in range(64)) + number(size)


ADDRESS = bytes(range(32))

print(link("public", ADDRESS))
print(link("public", ADDRESS, 13000, "grüße.txt", "text/plain"))
print(link("private", bytes([0]) + sized(b"hi")))
print(link("private", bytes([1, 3]) + chunk(0, 1) + chunk(64, 127) + chunk(128, 4190208), name="a b"))
print(link("private", bytes([2]) + number(1) + bytes([3]) + chunk(0, 110) + chunk(64, 110) + chunk(128, 110), 12570625))
