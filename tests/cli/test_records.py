"""record and key."""
import json
import re
import stat

import pytest
from conftest import noise


@pytest.fixture
def key(safe):
    safe.public = safe.out("key", "generate", "me.key")
    return "me.key"


def test_a_key_file_is_private_and_never_overwritten(safe, key):
    path = safe.work / key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert re.fullmatch(r"[0-9a-f]{64}", safe.public) and safe.out("key", "public", key) == safe.public
    before = path.read_bytes()
    assert safe.public.encode() not in before
    safe.run("key", "generate", key, code=6)
    assert path.read_bytes() == before


def test_a_key_file_that_others_can_read_is_refused(safe, key):
    (safe.work / key).chmod(0o644)
    assert b"chmod 600" in safe.run("key", "public", key, code=6).stderr


def test_a_file_without_a_key_is_refused(safe):
    safe.file("bad", b"# only a comment\nabc\n").chmod(0o600)
    safe.run("key", "public", "bad", code=2)
    safe.run("key", "public", "missing", code=3)


def test_records_have_versions(safe, key):
    of = ["--key", key, "--label", "news"]
    first = safe.json("record", "create", *of, "--value", "one", "--json")
    assert first["version"] == 0 and first["owner"] == safe.public and first["label"] == "news"
    assert safe.json("record", "set", *of, "--value", "two", "--json")["version"] == 1
    content = noise(1000)
    safe.file("value", content)
    assert safe.out("record", "set", *of, "value", "--version", "2") == f"{first['address']}\tversion 2"
    assert safe.run("record", "get", first["address"]).stdout == content
    assert safe.run("record", "get", *of, "--version", "1").stdout == b"two"
    assert safe.run("record", "get", "--owner", safe.public, "--label", "news", "--version", "0").stdout == b"one"
    facts = safe.json("record", "get", first["address"], "--version", "0", "--json")
    assert facts["value"] == "one" and bytes.fromhex(facts["value_hex"]) == b"one"
    assert safe.out("record", "list", first["address"]).splitlines() == ["2\t1000 bytes", "1\t3 bytes", "0\t3 bytes"]
    assert len(safe.out("record", "list", first["address"], "--limit", "2", "--json").splitlines()) == 2


def test_conflicts_name_the_version_that_is_there(safe, key):
    of = ["--key", key, "--label", "news"]
    safe.run("record", "create", *of, "--value", "one")
    safe.run("record", "set", *of, "--value", "two")
    done = safe.run("record", "create", *of, "--value", "x", code=6)
    assert b"DATA_EXISTS" in done.stderr
    done = safe.run("record", "set", *of, "--value", "x", "--version", "5", code=6)
    assert b"INVALID_SUCCESSOR" in done.stderr and b"1" in done.stderr


def test_values_come_from_stdin_and_may_be_empty(safe, key):
    safe.run("record", "create", "--key", key, "--label", "a", "-", input=b"from stdin")
    assert safe.run("record", "get", "--key", key, "--label", "a").stdout == b"from stdin"
    safe.run("record", "create", "--key", key, "--label", "b", "--value", "")
    assert safe.run("record", "get", "--key", key, "--label", "b").stdout == b""


def test_what_is_missing_is_named(safe, key):
    safe.put(b"a vault")
    assert "which record?" in safe.err("record", "get", code=2)
    assert "what value?" in safe.err("record", "create", "--key", key, "--label", "x", code=2)
    assert "NO_SUCH_DATA" in safe.err("record", "get", "--key", key, "--label", "x", code=3)
    assert "NO_SUCH_DATA" in safe.err("record", "set", "--key", key, "--label", "x", "--value", "1", code=3)


def test_all_pages_are_listed(safe, key):
    of = ["--key", key, "--label", "long"]
    address = safe.json("record", "create", *of, "--value", "0", "--json")["address"]
    for i in range(1, 30):
        safe.run("record", "set", *of, "--value", str(i), "--version", str(i))
    lines = [json.loads(line) for line in safe.out("record", "list", address, "--json").splitlines()]
    assert [line["version"] for line in lines] == list(range(29, -1, -1))
