"""What is put is what is got, from every kind of source."""

from __future__ import annotations

import array
import io
import mmap
import os
import pathlib
from typing import Any, List, Optional, Tuple, cast

import pytest
from conftest import MIB, content

import libsafe

BORDERS = [0, 1, 2, 3, 4, 1023, MIB, 3 * MIB + 1, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1, 12 * MIB - 1, 12 * MIB + 1]


@pytest.mark.parametrize("size", BORDERS)
def test_bytes_come_back(client: libsafe.Client, size: int) -> None:
    data = content(size)
    receipt = client.put(data)
    assert receipt.size == size
    assert client.get(receipt.link) == data


def test_a_private_put_stores_no_data_map(client: libsafe.Client) -> None:
    data = content(100_000)
    public = client.put(data, dry_run=True)
    private = client.put(data, private=True)
    assert private.link.is_private and not public.link.is_private
    assert len(private.chunks) == len(public.chunks) - 1
    assert not client.chunk_exists(public.link.address)
    assert client.get(private.link) == data


def test_a_dry_run_stores_nothing(client: libsafe.Client) -> None:
    receipt = client.put(content(100_000), dry_run=True)
    assert receipt.chunks
    assert not any(client.chunk_exists(chunk.address) for chunk in receipt.chunks)
    with pytest.raises(libsafe.NotFound):
        client.get(receipt.link)


def test_equal_content_is_stored_once(client: libsafe.Client) -> None:
    first = client.put(content(5 * MIB))
    second = client.put(content(5 * MIB), verify=True)
    assert first.new_chunks == len(first.chunks) and second.new_chunks == 0 and second.new_bytes == 0
    assert first.link == second.link and hash(first.link) == hash(second.link)


def test_the_receipt_names_the_chunks(client: libsafe.Client) -> None:
    receipt = client.put(content(5 * MIB))
    for chunk in receipt.chunks:
        assert len(client.chunk_get(chunk.address)) == chunk.size
    assert receipt.new_bytes == sum(chunk.size for chunk in receipt.chunks)


@pytest.mark.parametrize("name", ["plain.bin", "grün – 写真.bin", "with space", "-dash", "a" * 200])
def test_files_of_any_name(client: libsafe.Client, tmp_path: pathlib.Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content(50_000))
    sources: List[Any] = [path, str(path)]
    for source in sources:
        receipt = client.put(source)
        if len(os.fsencode(name)) <= 128:
            assert receipt.link.name == name
    copy = tmp_path / ("copy of " + name)
    assert client.get_file(receipt.link, copy) == 50_000
    assert copy.read_bytes() == content(50_000)


def test_every_buffer_is_content(client: libsafe.Client) -> None:
    numbers = array.array("I", range(1000))
    memory = mmap.mmap(-1, 4096)
    memory[:4] = b"mmap"
    sources: List[Any] = [bytearray(b"bytearray"), memoryview(b"memoryview"), numbers, memory, memoryview(numbers)]
    for source in sources:
        assert client.get(client.put(source).link) == bytes(memoryview(source))
    memory.close()


def test_a_large_buffer_is_not_copied_whole(client: libsafe.Client) -> None:
    data = bytearray(content(40 * MIB))
    told: List[Tuple[int, Optional[int]]] = []
    receipt = client.put(data, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(data), len(data)) and len(told) == 10
    data.append(1)  # it is the caller's again
    assert client.get(receipt.link) == data[:-1]


def test_a_file_object(client: libsafe.Client, tmp_path: pathlib.Path) -> None:
    data = content(9 * MIB)
    path = tmp_path / "file"
    path.write_bytes(data)
    with path.open("rb") as file:
        by_file = client.put(file)
    assert by_file.chunks == client.put(data, dry_run=True).chunks


def test_a_file_object_without_size_or_end(client: libsafe.Client) -> None:
    class Drip:
        """Gives few bytes at a time, as a pipe does."""

        def __init__(self, data: bytes) -> None:
            self._file = io.BytesIO(data)
            self.reads = 0

        def read(self, size: int, /) -> bytes:
            self.reads += 1
            return self._file.read(min(size, 1 + 7919 * (self.reads % 17)))

    data = content(3 * MIB + 11)
    assert client.put(Drip(data)).chunks == client.put(data, dry_run=True).chunks
    assert client.get(client.put(Drip(b"")).link) == b""


def test_a_file_object_that_fails(client: libsafe.Client) -> None:
    class Broken:
        def read(self, size: int, /) -> bytes:
            raise OSError("the tape is torn")

    with pytest.raises(OSError, match="the tape is torn"):
        client.put(Broken())


def test_a_file_in_text_mode(client: libsafe.Client) -> None:
    with pytest.raises(TypeError, match="open the file in binary mode"):
        client.put(cast(libsafe.BinaryFile, io.StringIO("text")))


def test_what_is_no_source(client: libsafe.Client) -> None:
    with pytest.raises(TypeError, match="put takes a path, bytes, or a file opened in binary mode, not int"):
        client.put(7)  # type: ignore[arg-type]


def test_an_asynchronous_file_needs_aput(client: libsafe.Client) -> None:
    class Async:
        async def read(self, size: int, /) -> bytes:
            return b""

    with pytest.raises(TypeError, match="aput"):
        client.put(Async())


def test_a_missing_file(client: libsafe.Client, tmp_path: pathlib.Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        client.put(tmp_path / "absent")
    assert isinstance(caught.value, libsafe.LocalFileNotFound)
    assert "absent" in str(caught.value) and caught.value.name == "SAFE_FILE_NOT_FOUND"


def test_get_is_limited(client: libsafe.Client) -> None:
    link = client.put(content(100_000)).link
    assert client.get(link, limit=100_000)
    with pytest.raises(libsafe.TooLarge):
        client.get(link, limit=99_999)


def test_links_as_text(client: libsafe.Client) -> None:
    for private in (False, True):
        receipt = client.put(content(1000), private=private)
        assert client.get(receipt.link.text) == content(1000)


def test_progress_of_files(client: libsafe.Client, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content(20 * MIB))
    told: List[Tuple[int, Optional[int]]] = []
    receipt = client.put(path, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (20 * MIB, 20 * MIB)
    assert sorted(done for done, _ in told) == [done for done, _ in told]
    told.clear()
    client.get_file(receipt.link, tmp_path / "copy", progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (20 * MIB, 20 * MIB)


def test_progress_that_fails_cancels(client: libsafe.Client, tmp_path: pathlib.Path) -> None:
    def stop(done: int, total: Optional[int]) -> None:
        raise RuntimeError("enough")

    path = tmp_path / "file"
    path.write_bytes(content(30 * MIB))
    sources: List[Any] = [path, content(30 * MIB), io.BytesIO(content(30 * MIB))]
    for source in sources:
        with pytest.raises(RuntimeError, match="enough"):
            client.put(source, progress=stop)


def test_chunks_as_they_are(client: libsafe.Client) -> None:
    address = client.chunk_put(b"chunk")
    assert len(address) == 32
    assert client.chunk_exists(address) and not client.chunk_exists(bytes(32))
    assert client.chunk_get(address) == b"chunk"
    with pytest.raises(libsafe.NotFound):
        client.chunk_get(bytes(32))
    with pytest.raises(libsafe.TooLarge):
        client.chunk_put(bytes(4 * MIB + 1))
    with pytest.raises(libsafe.InvalidArgument):
        client.chunk_put(b"")


def test_a_vault_in_a_directory(vault_url: str) -> None:
    with pytest.raises(libsafe.StoreError) as caught:
        libsafe.connect(vault_url, create=False)
    assert caught.value.name == "SAFE_STORE_MISSING"
    with libsafe.connect(vault_url) as first:
        receipt = first.put(content(5 * MIB))
        assert first.url == vault_url and "file:" in repr(first)
    with libsafe.connect(vault_url, create=False) as second:
        assert second.get(receipt.link) == content(5 * MIB)


def test_urls_that_do_not_connect() -> None:
    for url in ("", "nonsense", "safe:public-abc", "tcp://localhost:1", "ws://localhost:1"):
        with pytest.raises(libsafe.BadURL):
            libsafe.connect(url)


def test_a_closed_client(client: libsafe.Client) -> None:
    client.close()
    client.close()
    assert client.closed and "closed" in repr(client)
    with pytest.raises(libsafe.Closed):
        client.put(b"late")


def test_a_forgotten_client_is_reported_and_closed() -> None:
    with pytest.warns(ResourceWarning, match="mem:.* was not closed"):
        libsafe.connect("mem:")


def test_after_a_failure_the_buffer_is_the_callers_again(client: libsafe.Client) -> None:
    def stop(done: int, total: Optional[int]) -> None:
        raise RuntimeError("enough")

    data = bytearray(10 * MIB)
    with pytest.raises(RuntimeError) as caught:
        client.put(data, progress=stop)
    data.append(0)  # although the traceback is still there
    assert caught.traceback
