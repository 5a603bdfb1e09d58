#!/usr/bin/env python3
"""What the Python module costs, on one file: an empty call, and, with copies.c preloaded, the bytes that are copied on the
way in and out.

  python_bench.py FILE
"""

import ctypes
import json
import sys
import timeit
from pathlib import Path

import libsafe
from libsafe import _safe

PIECE = 1 << 20
CALLS = 2_000_000


def copied():
    try:
        count = ctypes.CDLL(None).safe_bench_copied
    except AttributeError:
        return 0
    count.restype = ctypes.c_uint64
    return count()


def copies_of(work, *arguments):
    before = copied()
    work(*arguments)
    return copied() - before


def read_into(client, link, buffer):
    with client.open(link) as reader:
        while reader.readinto(buffer):
            pass


def read(client, link):
    with client.open(link) as reader:
        while reader.read(PIECE):
            pass


def main():
    content = Path(sys.argv[1]).read_bytes()
    with libsafe.connect("mem:") as client:
        writing = copies_of(lambda: client.put(content, private=True, dry_run=True))
        link = client.put(content, private=True).link
        reading_into = copies_of(read_into, client, link, bytearray(PIECE))
        reading = copies_of(read, client, link)
    empty = min(timeit.repeat(_safe.safe_abi_version, number=CALLS, repeat=3)) / CALLS * 1e9
    print(json.dumps({"bytes": len(content), "writing": {"copied": writing}, "reading": {"copied": reading},
                      "reading_into": {"copied": reading_into}, "empty_call_ns": empty}))


if __name__ == "__main__":
    main()
