"""What goes in comes out: files, streams, ranges, every size at which something changes."""
import hashlib
import subprocess

import pytest
from conftest import CHUNK, MIB, TOOL, noise

SIZES = [0, 1, 2, 3, 4, 1000, 4096, 65536, MIB - 1, MIB, 3 * MIB + 1]
BORDERS = [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK - 1, 3 * CHUNK, 3 * CHUNK + 1, 3 * CHUNK + 2, 5 * CHUNK + 7]


@pytest.mark.parametrize("size", SIZES + BORDERS)
def test_a_file_of_any_size_comes_back(safe, size):
    content = noise(size)
    path = safe.file("f", content)
    link = safe.out("put", path)
    assert link.startswith("safe:public-") and "\n" not in link
    assert safe.run("get", link).stdout == content


@pytest.mark.parametrize("size", SIZES[:7] + BORDERS[-3:])
def test_stdin_gives_the_chunks_of_the_file(safe, size):
    content = noise(size)
    path = safe.file("f", content)
    assert safe.json("put", "--json", "-", input=content)["chunks"] == safe.json("put", "--json", path)["chunks"]


def test_a_private_link_reads_and_is_all_there_is(safe):
    content = noise(2 * MIB)
    done = safe.json("put", "--private", "--json", safe.file("f", content))
    assert done["link"].startswith("safe:private-") and "address" not in done
    assert safe.run("get", done["link"]).stdout == content


def test_the_command_of_the_manual_works_in_a_shell(safe):
    content = noise(300_000)
    safe.file("f", content)
    line = f'"{TOOL}" get $("{TOOL}" put f)'
    assert subprocess.run(["sh", "-c", line], cwd=safe.work, env=safe.env, capture_output=True, check=True).stdout == content


def test_the_address_reads_what_the_link_reads(safe):
    content = noise(50_000)
    done = safe.json("put", "--json", safe.file("f", content))
    assert safe.run("get", done["address"]).stdout == content
    assert safe.run("get", done["address"].upper()).stdout == content


def test_compressible_content_comes_back(safe):
    content = b"all work and no play makes Jack a dull boy\n" * 400_000
    assert safe.run("get", safe.put(content)).stdout == content


def test_links_of_equal_content_are_equal_and_nothing_is_sent_twice(safe):
    path = safe.file("f", noise(3 * MIB))
    first = safe.json("put", "--json", path)
    again = safe.json("put", "--json", path)
    assert first["new_chunks"] > 0 and first["new_bytes"] > 3 * MIB
    assert (again["new_chunks"], again["new_bytes"]) == (0, 0)
    assert first["link"] == again["link"]


SIZE = 3 * CHUNK + 1000
RANGES = [(0, 0), (0, 1), (5, 5), (CHUNK - 3, CHUNK + 3), (CHUNK, CHUNK + 1), (2 * CHUNK - 1, 3 * CHUNK + 1),
          (SIZE - 1, SIZE), (SIZE, SIZE), (0, SIZE), (10, SIZE + 100)]


def test_ranges_are_half_open_and_may_cross_chunks(safe):
    content = noise(SIZE)
    link = safe.put(content)
    for begin, end in RANGES:
        got = safe.run("get", link, "--range", f"{begin}..{end}").stdout
        assert hashlib.sha256(got).digest() == hashlib.sha256(content[begin:end]).digest(), (begin, end)
    assert safe.run("get", link, "--range", f"{SIZE - 7}..").stdout == content[-7:]
    assert safe.run("get", link, "-r", "..7").stdout == content[:7]
    assert safe.run("get", link, "--range", "..").stdout == content


def test_a_range_to_a_file_holds_the_range(safe):
    content = noise(100_000)
    safe.run("get", safe.put(content), "-r", "500..70000", "-o", "part")
    assert (safe.work / "part").read_bytes() == content[500:70000]


@pytest.mark.parametrize("bad", ["5", "a..b", "9..3", "-1..3", "1...3", "1.5..3", "99999999999999999999..", ""])
def test_a_malformed_range_is_wrong_usage(safe, bad):
    link = safe.put(b"content")
    if bad:
        assert b"range" in safe.run("get", link, f"--range={bad}", code=2).stderr


def test_a_range_behind_the_end_says_how_large_the_content_is(safe):
    assert "7 bytes" in safe.err("get", safe.put(b"content"), "--range", "8..9", code=2)


def test_cat_joins_contents_in_order(safe):
    a, b = noise(2 * MIB, "a"), noise(10, "b")
    assert safe.run("cat", safe.put(a), safe.put(b), safe.put(a)).stdout == a + b + a


def test_cat_goes_on_after_a_failure_and_says_so(safe):
    missing = "00" * 32
    done = safe.run("cat", safe.put(b"one"), missing, safe.put(b"two"), code=1)
    assert done.stdout == b"onetwo" and missing.encode() in done.stderr


def test_a_link_can_come_from_stdin_or_a_file(safe):
    link = safe.put(b"content", "--private")
    assert safe.run("get", "-", input=link.encode() + b"\n").stdout == b"content"
    safe.file("link.txt", link.encode() + b"\n")
    assert safe.run("get", "link.txt").stdout == b"content"
