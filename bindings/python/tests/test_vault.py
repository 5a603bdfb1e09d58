"""Maintenance of a vault directory."""

from __future__ import annotations

import asyncio
import pathlib
from typing import List, Union

import pytest
from conftest import content

import libsafe


def test_figures(vault_url: str) -> None:
    with pytest.raises(libsafe.StoreError):
        libsafe.vault.info(vault_url)
    with libsafe.connect(vault_url) as client:
        receipt = client.put(content(100_000))
        client.create_record(libsafe.Key.generate(), "x", b"value")
    info = libsafe.vault.info(vault_url)
    assert info.chunks == len(receipt.chunks) and info.records == 1
    assert info.chunk_bytes >= receipt.new_bytes and info.free_bytes > 0 and info.format >= 1


def test_verify_finds_nothing_in_a_sound_vault(vault_url: str) -> None:
    with libsafe.connect(vault_url) as client:
        receipt = client.put(content(100_000))
    told: List[int] = []
    found = libsafe.vault.verify(vault_url, progress=lambda done, total: told.append(done))
    assert (found.checked, found.bad, found.items) == (len(receipt.chunks), 0, ())
    assert told[-1] == found.checked


def test_verify_names_what_is_damaged(vault_url: str, tmp_path: pathlib.Path) -> None:
    with libsafe.connect(vault_url) as client:
        receipt = client.put(content(9_000_000), private=True)
        chunk = receipt.chunks[0]
        stored = client.chunk_get(chunk.address)
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == stored)
    file.chmod(0o600)
    file.write_bytes(stored[:-1] + bytes([stored[-1] ^ 1]))
    found = libsafe.vault.verify(vault_url)
    assert found.bad == 1 and [item.address for item in found.items] == [chunk.address]
    assert found.items[0].text
    with libsafe.connect(vault_url) as client:
        with pytest.raises(libsafe.Corrupt):
            client.get(receipt.link)
        client.put(content(9_000_000), private=True)
        assert client.get(receipt.link) == content(9_000_000)


def test_gc_removes_only_when_told_and_keeps_what_links_need(vault_url: str) -> None:
    with libsafe.connect(vault_url) as client:
        wanted = client.put(content(100_000, 1))
        secret = client.put(content(100_000, 2), private=True)
        lost = client.put(content(100_000, 3))
        keep: List[Union[libsafe.Link, str]] = [wanted.link, secret.link.text]
        dry = libsafe.vault.gc(vault_url, keep)
        assert {item.address for item in dry.items} == {chunk.address for chunk in lost.chunks}
        assert client.get(lost.link)
    assert libsafe.vault.gc(vault_url, keep, remove=True).removed == dry.removed
    with libsafe.connect(vault_url) as client:
        assert client.get(wanted.link) == content(100_000, 1) and client.get(secret.link) == content(100_000, 2)
        with pytest.raises(libsafe.NotFound):
            client.get(lost.link)


def test_removing_one_chunk(vault_url: str) -> None:
    with libsafe.connect(vault_url) as client:
        address = client.chunk_put(b"chunk")
    libsafe.vault.remove(vault_url, address)
    with pytest.raises(libsafe.NotFound):
        libsafe.vault.remove(vault_url, address)


def test_asynchronous_twins(vault_url: str) -> None:
    async def maintain() -> None:
        async with libsafe.aconnect(vault_url) as client:
            address = await client.achunk_put(b"chunk")
        assert (await libsafe.vault.ainfo(vault_url)).chunks == 1
        assert (await libsafe.vault.averify(vault_url)).bad == 0
        assert (await libsafe.vault.agc(vault_url, [])).removed == 1
        await libsafe.vault.aremove(vault_url, address)
        assert (await libsafe.vault.ainfo(vault_url)).chunks == 0

    asyncio.run(maintain())
