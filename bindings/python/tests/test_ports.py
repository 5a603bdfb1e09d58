"""Stores and transports of a program's own, and the chunk format of 2018."""

from __future__ import annotations

import socket
import threading
from typing import Dict, List, Optional, Sequence, Tuple

import pytest
from conftest import MIB, content

import libsafe


class Shelf:
    """A store in memory."""

    def __init__(self) -> None:
        self.values: Dict[str, bytes] = {}
        self.lock = threading.Lock()
        self.closed = 0
        self.full = False

    def create(self, key: str, value: bytes) -> bool:
        if self.full:
            raise libsafe.StoreError(-3101, "SAFE_STORE_FULL", "the shelf is full; buy a larger one")
        with self.lock:
            return self.values.setdefault(key, value) is value

    def replace(self, key: str, value: bytes) -> None:
        self.values[key] = value

    def get(self, key: str, offset: int, length: int) -> Optional[bytes]:
        value = self.values.get(key)
        return None if value is None else value[offset : offset + length]

    def exists(self, key: str) -> bool:
        return key in self.values

    def list(self, prefix: str, after: str, limit: int) -> Tuple[Sequence[Tuple[str, int]], bool]:
        keys = sorted(key for key in self.values if key.startswith(prefix) and key > after)
        return [(key, len(self.values[key])) for key in keys[:limit]], len(keys) > limit

    def remove(self, key: str) -> bool:
        return self.values.pop(key, None) is not None

    def figures(self, prefix: str) -> Optional[libsafe.ports.Figures]:
        return None

    def close(self) -> None:
        self.closed += 1


def test_a_store_keeps_a_vault_and_is_closed_once() -> None:
    shelf = Shelf()
    asked: List[Tuple[str, bool]] = []

    def opened(url: str, create: bool) -> Shelf:
        asked.append((url, create))
        return shelf

    data = content(MIB)
    with libsafe.ports.serve("shelf", opened):
        with pytest.raises(libsafe.Busy):
            libsafe.ports.serve("shelf", opened)
        with libsafe.connect("shelf:one", create=False) as client, libsafe.connect("shelf:one") as other:
            link = client.put(data).link
            assert other.get(link) == data
        assert libsafe.vault.info("shelf:one").chunks == 4
        assert libsafe.vault.verify("shelf:one").bad == 0
    assert asked[0] == ("shelf:one", False) and shelf.closed == len(asked)
    assert all(data[:1000] not in value for value in shelf.values.values())


def test_failures_of_a_store_are_told_with_their_code() -> None:
    shelf = Shelf()
    with libsafe.ports.serve("shelf", lambda url, create: shelf), libsafe.connect("shelf:x") as client:
        shelf.full = True
        with pytest.raises(libsafe.StoreError, match="the shelf is full; buy a larger one") as caught:
            client.put(content(1000))
        assert caught.value.name == "SAFE_STORE_FULL"
        shelf.values = None  # type: ignore[assignment]
        with pytest.raises(libsafe.StoreError, match="TypeError|AttributeError"):
            client.get_record(b"\0" * 32)


def test_clients_fail_when_their_port_is_closed() -> None:
    with libsafe.ports.serve("shelf", lambda url, create: Shelf()):
        client = libsafe.connect("shelf:x")
    with client, pytest.raises(libsafe.Closed):
        client.put(content(1000))


def test_a_vault_is_served_over_sockets() -> None:
    here, there = socket.socketpair()
    ends = {"wire:client": here, "wire:vault": there}
    data = content(3 * MIB)
    with libsafe.ports.transport("wire", lambda url: ends[url]):
        serving = threading.Thread(target=libsafe.vault.serve, args=("mem:", "wire:vault"))
        serving.start()
        with libsafe.connect("wire:client") as client:
            assert client.get(client.put(data).link) == data
        serving.join(60)
        assert not serving.is_alive()


def test_memory_of_the_writers_own(client: libsafe.Client) -> None:
    data = content(MIB)
    with client.writer() as writer:
        with writer.reserve(MIB + 10) as memory:
            memory[:MIB] = data
        writer.commit(MIB)
    assert client.get(writer.finish().link) == data


def test_content_that_is_replayed(client: libsafe.Client) -> None:
    data = content(9 * MIB)
    with client.writer(len(data), replay=True) as writer:
        writer.write(data)
        assert 0 < writer.replay_size < len(data)
        writer.write(data[: writer.replay_size])
    assert client.get(writer.finish().link) == data


def test_the_format_of_2018() -> None:
    data = content(4 * MIB)
    with libsafe.s1.Encoder() as encoder:
        encoder.write(data)
        datamap = encoder.finish()
        chunks = dict(iter(encoder.next, None))
    chart = libsafe.s1.Map(datamap)
    assert chart.size == len(data) and chart.chunk_count == len(chunks)
    parts = [chart.decrypt(index, chunks[chart.chunk_name(index)]) for index in range(chart.chunk_count)]
    assert b"".join(parts) == data
    with pytest.raises(libsafe.Corrupt):
        libsafe.s1.Map(b"nothing")
