"""Links, keys and records."""

from __future__ import annotations

import copy
import pickle
from typing import Callable, List

import pytest
from conftest import content

import libsafe

# RFC 8032, 7.1, test 3.
SEED = bytes.fromhex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
PUBLIC = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
MESSAGE = bytes.fromhex("af82")
SIGNATURE = bytes.fromhex(
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)


def test_a_public_link_says_everything(client: libsafe.Client) -> None:
    link = client.put(content(5000)).link
    assert libsafe.Link.parse(link.text) == link
    assert str(link) == link.text and repr(link) == f"libsafe.Link.parse({link.text!r})"
    assert link.size == 5000 and link.name is None and link.media_type is None and len(link.address) == 32
    with pytest.raises(libsafe.InvalidArgument):
        link.datamap
    assert client.get(libsafe.Link.from_address(link.address)) == content(5000)
    assert libsafe.Link.from_address(link.address).size is None


def test_a_link_with_a_name(client: libsafe.Client) -> None:
    link = client.put(content(5000)).link.with_name("grün.txt", "text/plain")
    again = libsafe.Link.parse(link.text)
    assert (again.name, again.media_type) == ("grün.txt", "text/plain")
    assert again.with_name().name is None
    assert client.get(again) == content(5000)
    with pytest.raises(libsafe.InvalidArgument):
        link.with_name("x" * 129)


def test_a_private_link_shows_nothing(client: libsafe.Client) -> None:
    receipt = client.put(content(5000), private=True)
    link = receipt.link
    secret = link.text.split("-", 1)[1]
    for shown in (str(link), repr(link), f"{link}", repr(receipt), str(receipt), repr([link])):
        assert "private" in shown
        for begin in range(0, len(secret) - 8, 8):
            assert secret[begin : begin + 8] not in shown
    with pytest.raises(libsafe.InvalidArgument):
        link.address
    assert libsafe.Link.from_datamap(link.datamap).is_private


@pytest.mark.parametrize("text", ["", "safe:", "safe:public-", "safe:public-aaaa", "http://x", "safe:private-0", "ü", "x" * 5000])
def test_what_is_no_link(text: str) -> None:
    with pytest.raises(libsafe.BadLink):
        libsafe.Link.parse(text)


def test_a_mistyped_link(client: libsafe.Client) -> None:
    text = client.put(content(5000)).link.text
    wrong = text[:-3] + ("a" if text[-3] != "a" else "b") + text[-2:]
    with pytest.raises(ValueError):
        libsafe.Link.parse(wrong)


def test_keys_are_ed25519() -> None:
    key = libsafe.Key.from_seed(SEED)
    assert key.public == PUBLIC and key.seed() == SEED
    assert key.sign(MESSAGE) == SIGNATURE
    key.verify(MESSAGE, SIGNATURE)
    libsafe.verify(PUBLIC, MESSAGE, SIGNATURE)
    with pytest.raises(libsafe.BadSignature):
        libsafe.verify(PUBLIC, b"other", SIGNATURE)
    assert key.sign(b"") != key.sign(b"x")


def test_a_key_shows_nothing_secret() -> None:
    key = libsafe.Key.from_seed(SEED)
    assert SEED.hex() not in repr(key) and SEED.hex() not in str(key)
    assert PUBLIC.hex() in repr(key)
    leaks: List[Callable[[object], object]] = [pickle.dumps, copy.copy]
    for leak in leaks:
        with pytest.raises(TypeError):
            leak(key)


def test_keys_differ() -> None:
    assert libsafe.Key.generate().public != libsafe.Key.generate().public


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_seed_of_another_size(size: int) -> None:
    with pytest.raises(ValueError, match=f"seed: 32 bytes are needed, not {size}"):
        libsafe.Key.from_seed(bytes(size))


def test_a_record_and_its_versions(client: libsafe.Client) -> None:
    key = libsafe.Key.generate()
    first = client.create_record(key, "grün/profile", b"zero")
    assert (first.version, first.value, first.label, first.owner) == (0, b"zero", "grün/profile", key.public)
    assert first.address == libsafe.record_address(key.public, "grün/profile")
    second = client.set_record(key, "grün/profile", 1, b"")
    assert second.value == b""
    assert client.get_record(first.address) == second
    assert client.get_record(first.address, 0) == first


def test_a_conflict_carries_the_current_version(client: libsafe.Client) -> None:
    key = libsafe.Key.generate()
    client.create_record(key, "x", b"0")
    client.set_record(key, "x", 1, b"1")
    with pytest.raises(libsafe.Conflict) as exists:
        client.create_record(key, "x", b"again")
    assert (exists.value.name, exists.value.current_version) == ("SAFE_DATA_EXISTS", 1)
    with pytest.raises(libsafe.Conflict) as late:
        client.set_record(key, "x", 1, b"late")
    assert (late.value.name, late.value.current_version) == ("SAFE_INVALID_SUCCESSOR", 1)
    with pytest.raises(libsafe.NotFound):
        client.set_record(key, "y", 1, b"never made")
    with pytest.raises(libsafe.NotFound):
        client.get_record(bytes(32))


def test_all_versions_page_by_page(client: libsafe.Client) -> None:
    key = libsafe.Key.generate()
    address = client.create_record(key, "log", b"0").address
    for version in range(1, 23):
        client.set_record(key, "log", version, str(version).encode())
    for page_size in (1, 7, 23, 100):
        records = list(client.list_records(address, page_size=page_size))
        assert [record.version for record in records] == list(range(22, -1, -1))
        assert [record.value for record in records] == [str(version).encode() for version in range(22, -1, -1)]
    assert [record.version for record in client.list_records(address, before=3)] == [2, 1, 0]
