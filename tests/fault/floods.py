#!/usr/bin/env python3
"""Strangers do to a daemon what strangers on networks do, many at a time, while others go on being served by it.

  floods.py --build DIR

Slow-lorises, connections that say nothing, port scans, garbage, sizes that are announced, frames that are too large, handshakes that are
given up, clients that do not read, over TCP, WebSocket and TLS by chance. A client stores and reads during each of them, in a time that is
printed, and afterwards the daemon has as many file descriptors as before, and has taken no more memory than its limits say.
"""

from __future__ import annotations

import os
import pathlib
import random
import re
import socket
import struct
import sys
import tempfile
import threading
import time
from typing import Callable, List, Tuple

import libsafe

import trial
from daemon import PLAIN, SCHEMES, Daemon
from liar import session, sodium, vaults, websocket

FULL = trial.FULL
SECONDS = 20 if FULL else 3  # that each flood lasts
AT_ONCE = 200 if FULL else 60  # connections of each
DEADLINE = 10.0  # seconds in which each round of the one who is served is done
MEMORY = 160 << 20  # what the daemon may have taken: its budget, and room for connections
SPARE = 4  # descriptors that it opens when it first needs them: a database for each thread that reads
REQUEST = websocket.request("h", "/", b"dGhlIHNhbXBsZSBub25jZQ==")
TLS_HELLO = b"\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03" + bytes(249)  # RFC 8446, 4.1.2, and no more than that
HALF_OPEN = 100  # what the daemon may have of these, below


class Flood:
    """Many connections at a time, each of which does the same over and over."""

    def __init__(self, daemon: Daemon, seed: int) -> None:
        self.urls, self.ports, self.chance = daemon.urls, daemon.ports, random.Random(seed)
        self.over = False
        self.made = 0

    def scheme(self) -> str:
        return self.chance.choice(SCHEMES)

    def connect(self, scheme: str = "", timeout: float = 2) -> socket.socket:
        one = socket.create_connection(("127.0.0.1", self.ports[scheme or self.scheme()]), timeout)
        self.made += 1
        return one

    def run(self, one: Callable[[], None]) -> None:
        while not self.over:
            try:
                one()
            except (OSError, AssertionError, sodium.Failed, vaults.Ended, RuntimeError):
                time.sleep(0.01)  # the daemon has had enough of this one

    def start(self, one: Callable[[], None]) -> List[threading.Thread]:
        threads = [threading.Thread(target=self.run, args=(one,), daemon=True) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        return threads


    def enter(self) -> vaults.Client:
        self.made += 1
        return vaults.Client(self.urls[self.chance.choice(PLAIN)], None, timeout=3)


class Floods(Flood):
    def lorises(self) -> None:
        """What a connection begins with, a byte every now and then."""
        scheme = self.scheme()
        hellos = {"tcp": session.filled([[1], os.urandom(32)], session.HELLO), "ws": REQUEST, "wss": TLS_HELLO}
        with self.connect(scheme) as one:
            for byte in hellos[scheme]:
                if self.over:
                    return
                one.sendall(bytes([byte]))
                time.sleep(0.3)

    def silence(self) -> None:
        with self.connect() as one:
            for _ in range(20):
                if not self.over:
                    time.sleep(0.1)

    def scans(self) -> None:
        self.connect().close()
        time.sleep(0.002)

    def resets(self) -> None:
        one = self.connect()
        one.sendall(b"\x92")
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.close()
        time.sleep(0.002)

    def garbage(self) -> None:
        with self.connect() as one:
            one.sendall(self.chance.choice((b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00", b"\x92", b"", REQUEST)) + os.urandom(5_000))
            while one.recv(65536):
                pass

    def handshakes(self) -> None:
        """Each costs the daemon its share of one, and is given up."""
        one = vaults.connect(self.urls[self.chance.choice(PLAIN)].split("#")[0], 2)
        self.made += 1
        try:
            one.sendall(session.Client(os.urandom).hello())
            one.recv(session.ANSWER + session.SIGNATURE)
            one.sendall(os.urandom(session.HEADER + session.RECORD_HEAD + session.PROOF + session.SEAL))
            while one.recv(65536):
                pass
        finally:
            one.close()

    def sizes(self) -> None:
        """Frames that announce more than there may be, or as much as there may be and no more than a byte of it."""
        one = self.enter()
        try:
            header, payload = self.chance.choice(((2**32 - 1, 0), (10, 2**32 - 1), (131_073, 0), (100, 5_242_881), (100, 5_242_880)))
            one.say(vaults.HEAD.pack(2, vaults.REQUEST, 1, 0, header, payload) + b"x")
            for _ in range(10):
                if not self.over:
                    time.sleep(0.1)
        finally:
            one.socket.close()

    def requests(self) -> None:
        """Half of a request of HTTP, a byte every now and then."""
        with socket.create_connection(("127.0.0.1", self.gateway), 2) as one:
            self.made += 1
            for byte in b"GET / HTTP/1.1\r\nHost: x":
                if self.over:
                    return
                one.sendall(bytes([byte]))
                time.sleep(0.3)

    def deaf(self) -> None:
        """Asks for what is large, and does not read it."""
        one = self.enter()
        try:
            one.say(b"".join(one.request(vaults.GET_CHUNK, self.large)[1] for _ in range(20)))
            for _ in range(20):
                if not self.over:
                    time.sleep(0.1)
        finally:
            one.socket.close()


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def memory(pid: int) -> int:
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) << 10


def serve(client: libsafe.Client, chance: random.Random) -> float:
    """Stores something and reads it. Gives the seconds that took."""
    began = time.monotonic()
    data = chance.randbytes(200_000)
    if client.get(client.put(data).link) != data:
        raise AssertionError("other bytes than were put")
    return time.monotonic() - began


def newcomer(url: str, chance: random.Random) -> float:
    """Whoever connects during a flood may be refused for now, but not for long."""
    began = time.monotonic()
    while True:
        try:
            with libsafe.connect(url) as client:
                serve(client, chance)
            return time.monotonic() - began
        except libsafe.SafeError:
            if time.monotonic() - began > DEADLINE:
                raise


def settle(daemon: Daemon, before: int) -> int:
    end = time.monotonic() + 90  # a connection that is slow is given up in 30 s
    while descriptors(daemon.pid) > before + SPARE and time.monotonic() < end:
        time.sleep(0.1)
    return descriptors(daemon.pid)


def one_flood(daemon: Daemon, name: str, client: libsafe.Client, large: bytes, chance: random.Random) -> Tuple[str, bool]:
    before = descriptors(daemon.pid)
    flood = Floods(daemon, chance.randrange(1 << 32))
    flood.large, flood.gateway = large, daemon.ports["http"]
    threads = flood.start(getattr(flood, name))
    time.sleep(0.3)
    took: List[float] = []
    came: List[float] = []
    most = 0
    try:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            took.append(serve(client, chance))
            came.append(newcomer(daemon.urls[flood.scheme()], chance))
            most = max(most, memory(daemon.pid))
    finally:
        flood.over = True
        for thread in threads:
            thread.join(10)
    left = settle(daemon, before)
    good = max(took) < DEADLINE and max(came) < DEADLINE and left <= before + SPARE and most <= MEMORY
    return (f"{name}: {flood.made} connections; served {len(took)} times in {max(took):.2f} s at most, "
            f"newcomers in {max(came):.2f} s at most; {most >> 20} MiB at most; {left} descriptors of {before}"), good


def main() -> int:
    parser = trial.arguments(__doc__)
    parser.add_argument("--only", help="floods, separated by commas")
    args = parser.parse_args()
    chance = trial.chance()
    names = args.only.split(",") if args.only else ["lorises", "silence", "scans", "resets", "garbage", "handshakes", "sizes", "requests", "deaf"]
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        options = ("--limit", f"handshakes={HALF_OPEN}", "--quiet")
        with Daemon(args.build, f"file:{folder}/vault", *options) as daemon, libsafe.connect(daemon.urls["tcp"]) as client:
            large = client.chunk_put(chance.randbytes(4 << 20))
            for _ in range(30):  # what the daemon opens when it first needs it is open then
                serve(client, chance)
            for name in names:
                said, good = one_flood(daemon, name, client, large, chance)
                print(said if good else f"FAILED {said}", flush=True)
                bad += not good
    return trial.ended(f"{len(names)} floods, {bad} bad", bad)


if __name__ == "__main__":
    sys.exit(main())
