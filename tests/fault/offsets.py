#!/usr/bin/env python3
"""Resets the connection at every byte of a handshake, of a put, and of a record's next version, in both directions.

  offsets.py --build DIR [--step N]

Whoever connects is told at once (CONNECTION_FAILED); what is asked over a connection is asked again over the next one and succeeds,
once: no version is skipped or made twice.
"""

from __future__ import annotations

import random
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Iterator, List, Tuple

import libsafe

import trial
from daemon import Daemon
from proxy import DOWN, UP, Fault, Proxy

THREADS = 8
LEAST = 140  # bytes that each sends
MOST = 2_000  # bytes: more than anything here sends
HANDSHAKE = {UP: 64 + 24 + 277, DOWN: 128 + 24 + 277}  # docs/protocol.md


class Place:
    """A proxy and a client of its own, for offsets of one operation and direction."""

    def __init__(self, daemon: Daemon, seed: int) -> None:
        self.chance = random.Random(seed)
        self.proxy = Proxy(("127.0.0.1", daemon.ports["tcp"]), seed)
        self.url = daemon.urls["tcp"].replace(f":{daemon.ports['tcp']}", f":{self.proxy.port}")
        self.client = libsafe.connect(self.url)
        self.key = libsafe.Key.generate()
        self.version = self.client.create_record(self.key, "r", b"0").version

    def connect(self) -> None:
        libsafe.connect(self.url).close()

    def put(self) -> None:
        data = self.chance.randbytes(100)
        if self.client.chunk_get(self.client.chunk_put(data)) != data:
            raise AssertionError("other bytes than were put")

    def set(self) -> None:
        self.version += 1
        made = self.client.set_record(self.key, "r", self.version, str(self.version).encode())
        seen = self.client.get_record(made.address)
        if (seen.version, seen.value) != (self.version, str(self.version).encode()):
            raise AssertionError(f"version {seen.version}, not {self.version}")

    def close(self) -> None:
        self.client.close()
        self.proxy.close()


def resets(place: Place, operation: str, way: str, offsets: Iterator[int]) -> Tuple[int, List[str]]:
    """How often something was reset, and what went wrong."""
    done, wrong = 0, []
    for at in offsets:
        place.proxy.arm(Fault("reset", way, at))
        try:
            getattr(place, operation)()
            outcome = "ok"
        except (libsafe.SafeError, AssertionError) as problem:
            outcome = problem.name if isinstance(problem, libsafe.SafeError) else str(problem)
        hit = place.proxy.hits > 0
        place.proxy.arm(None)
        if not hit:
            break  # it does not send so many bytes
        done += 1
        allowed = "SAFE_CONNECTION_FAILED" if operation == "connect" and at < HANDSHAKE[way] else "ok"
        if outcome != allowed:
            wrong.append(f"{operation}, reset at byte {at} {way}: {outcome}, not {allowed}")
    return done, wrong


def share(daemon: Daemon, operation: str, way: str, start: int, step: int, seed: int) -> Tuple[int, List[str]]:
    place = Place(daemon, seed)
    try:
        return resets(place, operation, way, iter(range(start, HANDSHAKE[way] if operation == "connect" else MOST, step)))
    finally:
        place.close()


def main() -> int:
    parser = trial.arguments(__doc__)
    parser.add_argument("--step", type=int, default=1 if trial.FULL else 7, help="every so many bytes")
    args = parser.parse_args()
    chance = trial.chance()
    first = chance.randrange(args.step)
    bad = 0
    with tempfile.TemporaryDirectory() as folder, Daemon(args.build, f"file:{folder}/vault") as daemon:
        for operation in ("connect", "put", "set"):
            for way in (UP, DOWN):
                parts = [(first + n * args.step, THREADS * args.step, chance.randrange(1 << 32)) for n in range(THREADS)]
                work: Callable[..., Tuple[int, List[str]]] = lambda part: share(daemon, operation, way, *part)  # noqa: B023
                with ThreadPoolExecutor(THREADS) as pool:
                    results = list(pool.map(work, parts))
                done = sum(done for done, _ in results)
                wrong = [problem for _, problems in results for problem in problems]
                if done < LEAST // args.step:
                    wrong.append(f"{operation} {way} was hardly ever hit")
                for problem in wrong:
                    print(f"FAILED {problem}")
                bad += len(wrong)
                print(f"{operation} {way}: {done} resets, {len(wrong)} wrong", flush=True)
    return trial.ended(f"{bad} wrong", bad)


if __name__ == "__main__":
    sys.exit(main())
