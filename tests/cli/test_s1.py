"""The format of 2018-2019, with chunks in a directory."""
import hashlib
import json

import pytest
from conftest import MIB, flip, noise


@pytest.mark.parametrize("size", [0, 1, 3071, 3072, 100_000, 3 * MIB, 3 * MIB + 1, 5 * MIB + 77])
def test_content_comes_back_from_map_and_chunks(safe, size):
    content = noise(size)
    safe.file("f", content)
    (safe.work / "chunks").mkdir()
    common = ["--format", "s1", "--chunks", "chunks"]
    assert safe.out("put", *common, "--datamap", "m", "f") == "m"
    for chunk in (safe.work / "chunks").iterdir():
        assert hashlib.sha3_256(chunk.read_bytes()).hexdigest() == chunk.name
    assert safe.run("get", *common, "m").stdout == content
    assert safe.run("get", *common, "m", "--range", f"{size // 3}..{size // 2}").stdout == content[size // 3:size // 2]
    safe.run("get", *common, "m", "-o", "copy")
    assert (safe.work / "copy").read_bytes() == content
    assert not safe.vault.exists()


def test_it_can_be_run_again_and_computed_without_storing(safe):
    safe.file("f", noise(4 * MIB))
    dry = safe.json("put", "--format", "s1", "--dry-run", "--json", "f")
    (safe.work / "chunks").mkdir()
    put = ["put", "--format", "s1", "--chunks", "chunks", "--datamap", "m", "--json", "f"]
    first, again = safe.json(*put), safe.json(*put)
    assert first == again and dry["chunks"] == first["chunks"]
    assert sorted(chunk["name"] for chunk in first["chunks"]) == sorted(each.name for each in (safe.work / "chunks").iterdir())


def test_a_damaged_or_missing_chunk_is_noticed_and_mended(safe):
    safe.file("f", noise(4 * MIB))
    (safe.work / "chunks").mkdir()
    put = ["put", "--format", "s1", "--chunks", "chunks", "--datamap", "m", "f"]
    get = ["get", "--format", "s1", "--chunks", "chunks", "m", "-o"]
    safe.run(*put)
    chunk = next((safe.work / "chunks").iterdir())
    flip(chunk)
    safe.run(*get, "copy", code=5)
    safe.run(*put)
    safe.run(*get, "copy")
    chunk.unlink()
    assert chunk.name.encode() in safe.run(*get, "copy2", code=3).stderr
    assert not (safe.work / "copy2").exists()


def test_what_is_missing_is_named(safe):
    safe.file("f", b"x")
    assert "--chunks DIR" in safe.err("put", "--format", "s1", "f", code=2)
    (safe.work / "chunks").mkdir()
    assert "--datamap FILE" in safe.err("put", "--format", "s1", "--chunks", "chunks", "f", code=2)
    assert "no such directory" in safe.err("get", "--format", "s1", "--chunks", "none", "m", code=3)
    assert "one of" in safe.err("put", "--format", "s7", "f", code=2) or "s7" in safe.err("put", "--format", "s7", "f", code=2)
