#!/usr/bin/env python3
"""Has every operation meet every fault of table.txt, over real sockets, and compares what comes of it with what the table allows.

  faults.py --build DIR [--only FAULT[,FAULT]] [--times N] [--transport tcp|ws|wss]

Without --transport each cell takes one by chance.
"""

from __future__ import annotations

import asyncio
import os
import pathlib
import random
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Dict, List, Optional, Tuple

import libsafe

import trial
from daemon import SCHEMES, Daemon
from proxy import DOWN, UP, Fault, Proxy

HERE = pathlib.Path(__file__).parent
# Seconds that clients wait for the network: more than a busy machine holds a process up, less than the 8 of a handshake.
PATIENCE = 3.0
LONG_PATIENCE = 20.0  # for what has to succeed however long a busy machine takes to start a daemon
AFTERWARDS = 10.0  # seconds that clients wait when the fault is over
DEADLINE = 10.0  # seconds in which each cell has its outcome
# The byte of a handshake at which faults begin: what was meant for its frame has other outcomes, by where it is. In TLS that is one of
# the random bytes with which both sides begin, in a session of ours one of a key.
IN_A_KEY = 20
# A WebSocket has an HTTP message and the head of a frame before it. What garbles those has other outcomes too; what cuts or stops
# a connection has the same there.
HTTP_END = b"\r\n\r\n"
HEAD_OF_A_FRAME = {UP: 6, DOWN: 4}
GARBLES = ("flip", "duplicate", "lose")
HANDSHAKES = ("connect", "again")  # operations whose faults are in one


def table() -> Tuple[List[str], Dict[str, Dict[str, str]]]:
    """The operations, and for each fault what is allowed of each of them."""
    rows = [line.split() for line in (HERE / "table.txt").read_text().splitlines() if line and not line.startswith("#")]
    return rows[0][1:], {row[0]: dict(zip(rows[0][1:], row[1:])) for row in rows[1:]}


class Endless:
    """A file whose put is under way however long it takes until somebody cancels it."""

    def read(self, size: int) -> bytes:
        return os.urandom(min(size, 1 << 20))


class Late(Exception):
    """An outcome came after the deadline."""


class Cell:
    """One client, one operation, one fault."""

    def __init__(self, daemon: Daemon, scheme: str, chance: random.Random) -> None:
        self.daemon, self.scheme, self.chance = daemon, scheme, chance
        port = daemon.ports[scheme]
        self.proxy = Proxy(("127.0.0.1", port), chance.randrange(1 << 32))
        self.url = daemon.urls[scheme].replace(f":{port}", f":{self.proxy.port}")
        self.client: Optional[libsafe.Client] = None
        self.known = chance.randbytes(300_000)
        self.large = chance.randbytes(3_000_000)

    def prepare(self) -> None:
        self.client = libsafe.connect(self.url)
        self.client.set_timeout(PATIENCE)
        self.link = self.client.put(self.known).link
        self.large_link = self.client.put(self.large).link
        self.chunk = self.client.chunk_put(self.known[:1000])
        self.key = libsafe.Key.generate()
        self.record = self.client.create_record(self.key, "r", b"0")

    # --- operations ---

    def connect(self) -> None:
        libsafe.connect(self.url).close()

    def again(self) -> None:
        """Asks when there is no connection: the fault meets the handshake of the next one."""
        self.exists()

    def exists(self) -> None:
        if not self.client.chunk_exists(self.chunk):
            raise AssertionError("a chunk that was put is not there")

    def get(self) -> None:
        if self.client.get(self.link) != self.known:
            raise AssertionError("other bytes than were put")

    def put(self) -> None:
        data = self.chance.randbytes(1_500_000)
        receipt = self.client.put(data)
        self.after = lambda: self.client.get(receipt.link) == data

    def up(self) -> None:
        data = self.chance.randbytes(3_000_000)
        with self.client.writer(len(data)) as writer:
            for at in range(0, len(data), 300_000):
                writer.write(data[at : at + 300_000])
            receipt = writer.finish()
        self.after = lambda: self.client.get(receipt.link) == data

    def down(self) -> None:
        with self.client.open(self.large_link) as reader:
            pieces = []
            while piece := reader.read(200_000):
                pieces.append(piece)
            got = b"".join(pieces)
        if got != self.large:
            raise AssertionError("other bytes than were put")

    def set(self) -> None:
        version = self.client.set_record(self.key, "r", 1, b"1").version
        self.after = lambda: version == 1 and self.client.get_record(self.record.address).value == b"1"

    def cancel(self) -> None:
        async def put_and_stop() -> None:
            putting = asyncio.ensure_future(self.client.aput(Endless()))
            await asyncio.sleep(0.05)
            putting.cancel()
            await putting

        try:
            asyncio.run(put_and_stop())
        except asyncio.CancelledError:
            raise libsafe.Cancelled(-3002, "CANCELLED", "cancelled") from None

    # --- the fault ---

    def begin(self, operation: str, fault: str) -> Callable[[], None]:
        """Gives what ends it."""
        kind, _, way = fault.partition("-")
        if kind == "none":
            return lambda: None
        if kind == "restart":
            return self.restart(operation)
        if kind == "gone":
            self.proxy.arm(Fault("refuse", once=False))
            self.proxy.cut()
        else:
            forever = kind in ("delay", "jitter", "slow", "refuse")
            seconds = 0.1 if kind == "delay" else 0.05
            direction = UP if way != "down" else DOWN
            at = 0 if forever else self.where(operation)
            after = b""
            if self.scheme == "ws" and operation in HANDSHAKES and not forever:
                if kind in GARBLES or self.chance.random() < 0.5:
                    after, at = HTTP_END, at + HEAD_OF_A_FRAME[direction]
            self.proxy.arm(Fault(kind, direction, at, after, once=not forever, seconds=seconds))
            if operation == "again":
                self.proxy.cut()
        return lambda: self.proxy.arm(None)

    def where(self, operation: str) -> int:
        if operation in HANDSHAKES:
            return IN_A_KEY
        return self.chance.choice((0, 1, 2, 3, 17, self.chance.randrange(60), self.chance.randrange(400)))

    def restart(self, operation: str) -> Callable[[], None]:
        if operation == "connect":  # in the middle, since it is not tried again
            self.daemon.kill()
            return self.daemon.start

        self.client.set_timeout(LONG_PATIENCE)

        def later() -> None:
            time.sleep(self.chance.random() * 0.02)
            self.daemon.kill()
            self.daemon.start()

        thread = threading.Thread(target=later)
        thread.start()
        return thread.join

    def run(self, operation: str, fault: str) -> str:
        """The outcome. Raises AssertionError for what no table could allow."""
        self.prepare()
        self.after = lambda: True
        end = self.begin(operation, fault)
        began = time.monotonic()
        try:
            getattr(self, operation)()
            outcome = "ok"
        except libsafe.SafeError as error:
            outcome = error.name.removeprefix("SAFE_")
        took = time.monotonic() - began
        end()
        if took > DEADLINE:
            raise Late(f"{outcome} after {took:.1f} s")
        # Whatever happened, the client is of use again; what it was told to be done is done.
        self.client.set_timeout(AFTERWARDS)
        self.client.chunk_exists(self.chunk)
        if outcome == "ok" and not self.after():
            raise AssertionError("it was told to be done, and is not")
        return outcome

    def close(self) -> None:
        if self.client:
            self.client.close()
        self.proxy.close()


def tell(daemon: Daemon, scheme: str, operation: str, fault: str, chance: random.Random) -> str:
    told = ""
    for _ in range(1 if trial.FULL else 3):  # the gate's machine is busy: it may make one late, the library makes each of them
        cell = Cell(daemon, scheme, chance)
        try:
            return cell.run(operation, fault)
        except Late as problem:
            told = str(problem)
        except AssertionError as problem:
            return str(problem)
        except libsafe.SafeError as problem:
            return f"afterwards: {problem}"
        finally:
            cell.close()
    return told


def main() -> int:
    parser = trial.arguments(__doc__)
    parser.add_argument("--only", help="faults, separated by commas")
    parser.add_argument("--times", type=int, default=25 if trial.FULL else 1, help="how often each cell is tried")
    parser.add_argument("--transport", choices=SCHEMES, help="what all cells go over")
    args = parser.parse_args()
    chance = trial.chance()
    operations, rows = table()
    wrong = tried = 0
    with tempfile.TemporaryDirectory() as folder, Daemon(args.build, f"file:{folder}/vault") as daemon:
        for fault in args.only.split(",") if args.only else [name for name in rows if "@" not in name]:
            cells = []
            for operation in [operation for operation in operations for _ in range(args.times)]:
                scheme = args.transport or chance.choice(SCHEMES)
                cells.append((operation, scheme, rows[f"{fault}@{scheme}" if f"{fault}@{scheme}" in rows else fault][operation]))
            seeds = [chance.randrange(1 << 32) for _ in cells]
            # All have the daemon in common, which a restart is for.
            with ThreadPoolExecutor(1 if fault == "restart" else 8) as pool:
                gots = list(pool.map(lambda cell, seed: tell(daemon, cell[1], cell[0], fault, random.Random(seed)), cells, seeds))
            for (operation, scheme, outcome), got in zip(cells, gots):
                tried += 1
                if got != outcome:
                    wrong += 1
                    print(f"FAILED {operation} over {scheme} under {fault}: {got}, not {outcome}", flush=True)
    return trial.ended(f"{tried} cells tried, {wrong} wrong", wrong)


if __name__ == "__main__":
    sys.exit(main())
