"""A proxy between client and vault on real loopback sockets that does to their bytes what networks do, or worse.

It knows nothing of what it carries. A fault is armed for one direction and begins at a byte that is counted from then on; all connections are
subject to it, those that are open already too. A fault that is `once` is over with the first connection that it has hit.
"""

from __future__ import annotations

import random
import selectors
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Deque, Dict, List, Optional, Tuple
from collections import deque

UP, DOWN = "up", "down"  # from client to vault, and back
PIECE = 64 * 1024


@dataclass
class Fault:
    kind: str  # see _Way.forward, and _accept for "refuse"
    way: str = UP
    at: int = 0  # the byte at which it begins
    after: bytes = b""  # those are counted from behind the first of these
    once: bool = True
    seconds: float = 0.1  # of "delay"; of "jitter" the most
    per_second: int = 1  # of "slow"


@dataclass
class _Way:
    """One direction of one connection."""

    name: str
    source: socket.socket
    target: socket.socket
    waiting: Deque[Tuple[float, bytes]] = field(default_factory=deque)  # when it is to go on, and what
    seen: int = 0  # since the fault was armed
    begun: bool = False  # what it is counted from has come
    ended: bool = False
    stalled: bool = False


class Proxy:
    def __init__(self, target: Tuple[str, int], seed: int = 0) -> None:
        self.target = target
        self.random = random.Random(seed)
        self.hits = 0  # connections that a fault has hit
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._fault: Optional[Fault] = None
        self._lock = threading.Lock()
        self._pairs: List[Tuple[_Way, _Way]] = []
        self._over = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def arm(self, fault: Optional[Fault]) -> None:
        with self._lock:
            self._fault = fault
            self.hits = 0
            for pair in self._pairs:
                for way in pair:
                    way.seen, way.begun = 0, False  # what has stalled stays so

    def cut(self) -> None:
        """Resets all connections that there are."""
        with self._lock:
            for pair in list(self._pairs):
                self._reset(pair)

    def close(self) -> None:
        self._over = True
        self._thread.join()
        self._listener.close()
        for pair in self._pairs:
            for way in pair:
                way.source.close()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- the thread ---

    def _run(self) -> None:
        while not self._over:
            with self._lock:
                ready = self._ready()
                for source in ready:
                    if source is self._listener:
                        self._accept()
                for pair in list(self._pairs):
                    self._serve(pair, ready)
            if not ready:
                time.sleep(0.001)

    def _ready(self) -> List[socket.socket]:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            for pair in self._pairs:
                for way in pair:
                    if not way.ended and not way.stalled and sum(len(data) for _, data in way.waiting) < 4 * PIECE:
                        selector.register(way.source, selectors.EVENT_READ)
            return [key.fileobj for key, _ in selector.select(0)]  # type: ignore[misc]

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        if self._fault and self._fault.kind == "refuse":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            return self._hit()
        try:
            vault = socket.create_connection(self.target, 2)
        except OSError:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            return
        for end in (client, vault):
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pairs.append((_Way(UP, client, vault), _Way(DOWN, vault, client)))

    def _hit(self) -> None:
        self.hits += 1
        if self._fault and self._fault.once:
            self._fault = None

    def _serve(self, pair: Tuple[_Way, _Way], ready: List[socket.socket]) -> None:
        for way in pair:
            if way.source in ready and not self._read(pair, way):
                return
            if not self._write(pair, way):
                return
        if all(way.ended and not way.waiting for way in pair):
            self._drop(pair)

    def _read(self, pair: Tuple[_Way, _Way], way: _Way) -> bool:
        try:
            data = way.source.recv(PIECE)
        except BlockingIOError:
            return True
        except OSError:
            return self._reset(pair)
        if not data:
            way.ended = True
            return True
        return self._pass(pair, way, data)

    def _pass(self, pair: Tuple[_Way, _Way], way: _Way, data: bytes) -> bool:
        """Has the data go on, as the fault has it. False: the connection is no more."""
        fault = self._fault
        if fault and fault.after and not way.begun and fault.way == way.name:
            found = data.find(fault.after)
            if found < 0:
                way.waiting.append((0, data))
                return True
            way.begun, way.seen = True, -(found + len(fault.after))
        begin = way.seen
        way.seen += len(data)
        if not fault or fault.kind == "refuse" or fault.way != way.name or way.seen <= fault.at:
            way.waiting.append((0, data))
            return True
        cut = max(0, fault.at - begin)
        now = time.monotonic()
        if fault.kind in ("delay", "jitter"):
            after = fault.seconds if fault.kind == "delay" else self.random.uniform(0, fault.seconds)
            last = way.waiting[-1][0] if way.waiting else 0
            way.waiting.append((max(now + after, last), data))
            self.hits += 1
            return True
        if fault.kind == "slow":
            last = max(now, way.waiting[-1][0] if way.waiting else 0)
            for i in range(len(data)):
                way.waiting.append((last + (i + 1) / fault.per_second, data[i : i + 1]))
            self.hits += 1
            return True
        head, tail = data[:cut], data[cut:]
        if fault.kind == "flip":
            bit = 1 << self.random.randrange(8)
            way.waiting.append((0, head + bytes([tail[0] ^ bit]) + tail[1:]))
        elif fault.kind == "duplicate":
            way.waiting.append((0, head + tail[:64] + tail))
        elif fault.kind == "lose":
            way.waiting.append((0, head + tail[1:]))
        elif fault.kind == "stall":  # nothing more in this direction; the other one goes on
            way.waiting.append((0, head))
            way.stalled = True
        elif fault.kind == "halfopen":  # the vault's side is gone, and the client is not told
            way.waiting.clear()
            for one in pair:
                one.stalled = True
            pair[1].source.close()
        elif fault.kind in ("reset", "truncate"):
            self._send(way.target, head)
            self._hit()
            return self._reset(pair) if fault.kind == "reset" else self._drop(pair)
        else:
            raise ValueError(fault.kind)
        self._hit()
        return True

    def _write(self, pair: Tuple[_Way, _Way], way: _Way) -> bool:
        now = time.monotonic()
        while way.waiting and way.waiting[0][0] <= now and not (way.stalled and way.target.fileno() < 0):
            when, data = way.waiting.popleft()
            sent = self._send(way.target, data)
            if sent < 0:
                return self._reset(pair)
            if sent < len(data):
                way.waiting.appendleft((when, data[sent:]))
                return True
        if way.ended and not way.waiting:
            try:
                way.target.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        return True

    @staticmethod
    def _send(target: socket.socket, data: bytes) -> int:
        try:
            return target.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            return -1

    def _reset(self, pair: Tuple[_Way, _Way]) -> bool:
        for way in pair:
            try:
                way.source.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            except OSError:
                pass
        return self._drop(pair)

    def _drop(self, pair: Tuple[_Way, _Way]) -> bool:
        for way in pair:
            way.source.close()
        if pair in self._pairs:
            self._pairs.remove(pair)
        return False
