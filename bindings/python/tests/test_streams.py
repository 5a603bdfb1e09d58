"""Readers and writers are files as Python knows them."""

from __future__ import annotations

import array
import hashlib
import io
import os
import random
import shutil
from typing import Callable, List

import pytest
from conftest import MIB, content

import libsafe

SIZE = 13 * MIB + 77  # four chunks, the last a part


def test_seeks_and_reads_as_a_file_does(client: libsafe.Client) -> None:
    data = content(SIZE)
    model = io.BytesIO(data)
    seed = int.from_bytes(os.urandom(4), "big")
    print("seed", seed)  # shown if it fails
    rng = random.Random(seed)
    borders = [0, SIZE, SIZE + 5, *(index * SIZE // 4 + d for index in range(1, 4) for d in (-1, 0, 1))]
    with client.open(client.put(data).link) as reader:
        assert reader.size == SIZE and reader.readable() and reader.seekable() and not reader.writable()
        for _ in range(120):
            choice = rng.randrange(4)
            if choice == 0:
                place = rng.choice([*borders, rng.randrange(SIZE)])
                assert reader.seek(place) == model.seek(place)
            elif choice == 1:
                delta = -rng.randrange(min(model.tell(), MIB) + 1)
                assert reader.seek(delta, os.SEEK_CUR) == model.seek(delta, os.SEEK_CUR)
            elif choice == 2:
                length = rng.choice([0, 1, 100, 70_000, 5 * MIB])
                assert reader.read(length) == model.read(length)
            else:
                room = bytearray(rng.randrange(100_000))
                expected = bytearray(len(room))
                assert reader.readinto(room) == model.readinto(expected)
                assert room == expected
            assert reader.tell() == model.tell()
        reader.seek(-100, os.SEEK_END)
        assert reader.readall() == data[-100:]
        reader.seek(0)
        assert reader.read() == data
        assert reader.read(10) == b""


def test_bad_seeks(client: libsafe.Client) -> None:
    with client.open(client.put(b"abc").link) as reader:
        with pytest.raises(ValueError):
            reader.seek(-1)
        with pytest.raises(ValueError):
            reader.seek(0, 9)
        assert reader.tell() == 0


def test_readinto_fills_the_callers_own_memory(client: libsafe.Client) -> None:
    data = content(100_000)
    with client.open(client.put(data).link) as reader:
        room = bytearray(b"\xee" * 300)
        assert reader.readinto(memoryview(room)[100:200]) == 100
        assert room == b"\xee" * 100 + data[:100] + b"\xee" * 100
        numbers = array.array("I", bytes(400))
        assert reader.readinto(numbers) == 400
        assert numbers.tobytes() == data[100:500]
        assert reader.readinto(bytearray()) == 0
        with pytest.raises((TypeError, BufferError)):
            reader.readinto(b"not writable")  # type: ignore[arg-type]


def test_reads_at_a_place_leave_the_position(client: libsafe.Client) -> None:
    data = content(5 * MIB)
    with client.open(client.put(data).link) as reader:
        reader.seek(7)
        assert reader.read_at(3 * MIB, 1000) == data[3 * MIB : 3 * MIB + 1000]
        assert reader.read_at(5 * MIB - 10) == data[-10:]
        assert reader.read_at(6 * MIB, 10) == b""
        assert reader.tell() == 7


def test_the_rest_of_pythons_io_works_on_it(client: libsafe.Client) -> None:
    text = "".join(f"line {number} – grün\n" for number in range(50_000))
    with client.open(client.put(text.encode()).link) as reader:
        lines = list(io.TextIOWrapper(io.BufferedReader(reader), encoding="utf-8"))
    assert "".join(lines) == text
    sink = io.BytesIO()
    with client.open(client.put(content(SIZE)).link) as reader:
        shutil.copyfileobj(reader, sink, 300_000)
    assert sink.getvalue() == content(SIZE)


def test_a_data_map_opens_content(client: libsafe.Client) -> None:
    receipt = client.put(content(SIZE), private=True)
    with client.open_datamap(receipt.link.datamap) as reader:
        assert hashlib.sha256(reader.read()).digest() == hashlib.sha256(content(SIZE)).digest()


def test_a_closed_reader(client: libsafe.Client) -> None:
    reader = client.open(client.put(b"abc").link)
    reader.close()
    reader.close()
    assert "closed" in repr(reader)
    uses: List[Callable[[], object]] = [reader.read, reader.tell, lambda: reader.seek(0), lambda: reader.read_at(0)]
    for use in uses:
        with pytest.raises(ValueError):
            use()


def test_a_reader_outlives_no_client(client: libsafe.Client) -> None:
    with client.open(client.put(content(SIZE)).link) as reader:
        client.close()
        with pytest.raises(libsafe.Closed):
            reader.read(10)


def test_a_forgotten_reader_is_reported(client: libsafe.Client) -> None:
    link = client.put(b"abc").link
    with pytest.warns(ResourceWarning, match="Reader 3 bytes.* was not closed"):
        client.open(link)


@pytest.mark.parametrize("known", [True, False])
def test_a_writer_takes_pieces_of_any_size(client: libsafe.Client, known: bool) -> None:
    data = content(SIZE)
    rng = random.Random(5)
    with client.writer(SIZE if known else None) as writer:
        assert writer.writable() and not writer.readable()
        at = 0
        while at < SIZE:
            step = rng.choice([0, 1, 1000, 3 * MIB])
            assert writer.write(data[at : at + step]) == len(data[at : at + step])
            at += step
    assert writer.receipt is not None
    assert writer.receipt.chunks == client.put(data, dry_run=True).chunks
    assert client.get(writer.receipt.link) == data


def test_a_writer_is_a_sink_of_pythons_io(client: libsafe.Client) -> None:
    with client.writer(private=True) as writer:
        shutil.copyfileobj(io.BytesIO(content(2 * MIB)), writer)
    receipt = writer.finish()
    assert receipt is writer.finish() and receipt.link.is_private
    assert client.get(receipt.link) == content(2 * MIB)


def test_a_writer_left_by_an_exception_is_abandoned(client: libsafe.Client) -> None:
    with pytest.raises(RuntimeError):
        with client.writer() as writer:
            writer.write(b"half")
            raise RuntimeError
    assert writer.closed and writer.receipt is None
    with pytest.raises(ValueError):
        writer.write(b"more")


def test_a_writer_holds_to_its_size(client: libsafe.Client) -> None:
    with pytest.raises(libsafe.SourceError) as caught:
        with client.writer(10) as writer:
            writer.write(b"short")
    assert caught.value.name == "SAFE_SIZE_MISMATCH" and writer.closed
    with pytest.raises(libsafe.SourceError):
        with client.writer(3) as writer:
            writer.write(b"long")


def test_a_forgotten_writer_is_reported_and_abandoned(client: libsafe.Client) -> None:
    with pytest.warns(ResourceWarning, match="Writer.* was not closed"):
        client.writer().write(b"lost")
