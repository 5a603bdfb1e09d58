#!/usr/bin/env python3
"""The Python module:  bench.py FILE [DIVISOR]

With allocations.c preloaded and PYTHONMALLOC=malloc it says how often memory was asked for.
"""

import ctypes
import json
import sys
import time
from pathlib import Path

import libsafe
from libsafe import _safe

PIECE = 1 << 20


def counter():
    try:
        count = ctypes.CDLL(None).safe_bench_allocations
    except AttributeError:
        return lambda: 0
    count.restype = ctypes.c_uint64
    return count


def measured(calls, call, allocations):
    best, asked = float("inf"), 0
    for _ in range(200):
        before = allocations()
        begun = time.perf_counter()
        for _ in range(calls):
            call()
        best = min(best, time.perf_counter() - begun)
        asked = allocations() - before
    return {"ns": best / calls * 1e9, "allocations": asked / calls}


def fastest(work, *arguments):
    rounds = []
    for _ in range(3):
        begun = time.perf_counter()
        work(*arguments)
        rounds.append(time.perf_counter() - begun)
    return min(rounds)


def write(client, content, **how):
    with client.writer(**how) as writer:
        for at in range(0, len(content), PIECE):
            writer.write(content[at : at + PIECE])
    return writer.receipt.link


def read(client, link, room):
    with client.open(link) as reader:
        while reader.readinto(room):
            pass


def main():
    content = memoryview(Path(sys.argv[1]).read_bytes())
    by = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    allocations = counter()
    with libsafe.connect("mem:") as client:
        link = write(client, content, private=True)
        text, address = link.text, bytes(32)
        result = {
            "empty": measured(20_000 // by, _safe.safe_version_number, allocations),
            "link": measured(250 // by, lambda: libsafe.Link.parse(text), allocations),
            "operation": measured(50 // by, lambda: client.chunk_exists(address), allocations),
            "write": fastest(lambda: write(client, content, private=True, dry_run=True)),
            "read": fastest(read, client, link, bytearray(PIECE)),
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
