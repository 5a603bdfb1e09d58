"""put: what it prints, many files, directories, lists, dry runs, data maps."""
import hashlib
import json
import os
import re
import socket
import subprocess
import time

import pytest
from conftest import CHUNK, MIB, noise

HEX64 = re.compile(r"[0-9a-f]{64}")


def test_json_has_exactly_the_documented_fields(safe):
    content = noise(3 * MIB)
    public = safe.json("put", "--json", safe.file("f", content))
    assert list(public) == ["file", "link", "address", "chunks", "size", "new_chunks", "new_bytes"]
    assert public["file"].endswith("/f") and public["size"] == len(content)
    assert HEX64.fullmatch(public["address"]) and len(public["link"]) < 700
    assert len(public["chunks"]) == 4 and public["new_chunks"] == 4
    for chunk in public["chunks"]:
        assert list(chunk) == ["name", "size"] and HEX64.fullmatch(chunk["name"]) and 0 < chunk["size"] < CHUNK + 4096
    assert public["chunks"][-1]["name"] == public["address"], "a public data map is the last chunk"
    assert sum(chunk["size"] for chunk in public["chunks"]) == public["new_bytes"]
    private = safe.json("put", "--json", "--private", "f")
    assert list(private) == ["file", "link", "chunks", "size", "new_chunks", "new_bytes"]
    assert private["chunks"] == public["chunks"][:-1]


def test_several_files_print_link_tab_path_in_the_order_given(safe):
    safe.file("big", noise(8 * MIB))
    safe.file("a", b"aa")
    safe.file("b", b"bbb")
    lines = safe.out("put", "big", "b", "a", "b").splitlines()
    assert [line.split("\t")[1] for line in lines] == ["big", "b", "a", "b"]
    assert safe.run("get", lines[2].split("\t")[0]).stdout == b"aa"


def test_a_directory_gives_one_link_for_each_file_below(safe):
    for name in ["d/x", "d/.hidden", "d/sub/y", "d/sub/sub/z"]:
        safe.file(name, name.encode())
    os.symlink("../d/x", safe.work / "d/link-to-file")
    os.symlink("../d", safe.work / "d/link-to-folder")
    os.symlink("nowhere", safe.work / "d/link-to-nothing")
    os.mkfifo(safe.work / "d/fifo")
    done = safe.run("put", "d")
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    assert [path for _, path in rows] == ["d/.hidden", "d/link-to-file", "d/sub/sub/z", "d/sub/y", "d/x"]
    for link, path in rows:
        assert safe.run("get", link).stdout == (b"d/x" if "link" in path else path.encode())
    for name in ["link-to-folder", "link-to-nothing", "fifo"]:
        assert f"d/{name}: it is".encode() in done.stderr


def test_a_directory_with_one_file_still_names_it(safe):
    safe.file("d/x", b"content")
    assert safe.out("put", "d/").split("\t")[1] == "d/x"


def test_an_empty_directory_is_no_failure(safe):
    (safe.work / "d").mkdir()
    done = safe.run("put", "d")
    assert done.stdout == b"" and b"no file" in done.stderr


def test_the_vault_itself_is_not_stored_in_the_vault(safe):
    safe.put(noise(2 * MIB))
    (safe.folder / "work" / "f").write_bytes(b"content")
    done = safe.run("put", safe.folder)
    assert done.stdout.count(b"\n") == 1 and b"the vault itself" in done.stderr


def test_a_thousand_small_files_from_a_list(safe):
    names = [f"files/{i:04}" for i in range(1000)]
    for i, name in enumerate(names):
        safe.file(name, b"content %d" % (i // 2))
    names.reverse()
    safe.file("list", "\n".join(names).encode() + b"\n")
    begun = time.monotonic()
    lines = [json.loads(line) for line in safe.out("put", "--json", "--files-from", "list").splitlines()]
    print(f"1,000 files in {time.monotonic() - begun:.1f} s")
    assert [line["file"] for line in lines] == names
    assert lines[0]["chunks"] == lines[1]["chunks"] != lines[2]["chunks"]
    assert safe.run("get", lines[0]["link"]).stdout == b"content 499"
    again = [json.loads(line) for line in safe.out("put", "--json", "--files-from", "list").splitlines()]
    assert [line["link"] for line in again] == [line["link"] for line in lines]
    assert sum(line["new_chunks"] for line in again) == 0


def test_a_list_can_end_names_with_nul_and_come_from_stdin(safe):
    odd = "new\nline"
    safe.file(odd, b"odd")
    safe.file("plain", b"plain")
    done = safe.run("put", "--files-from", "-", "-0", "--json", input=f"{odd}\0plain\0".encode())
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [line["file"] for line in lines] == [odd, "plain"]
    lines = safe.out("put", "--files-from", "-", "plain", input=b"plain\n\nplain").splitlines()
    assert len(lines) == 3, "arguments and list together, blank lines skipped"


def test_failures_come_last_and_do_not_stop_the_rest(safe):
    safe.file("good", b"good")
    safe.file("also", b"also")
    done = safe.run("put", "missing", "good", "gone/too", "also", code=1)
    assert [line.split(b"\t")[1] for line in done.stdout.splitlines()] == [b"good", b"also"]
    err = done.stderr.decode()
    assert "missing" in err and "gone/too" in err and "2 of 4 not stored" in err
    assert err.index("missing") < err.index("gone/too")


def test_one_missing_file_is_not_found(safe):
    done = safe.run("put", "missing", code=3)
    assert done.stdout == b"" and b"missing" in done.stderr and b"FILE_NOT_FOUND" in done.stderr


def test_a_name_that_begins_with_a_dash_goes_after_two_dashes(safe):
    safe.file("-f", b"dash")
    safe.file("--json", b"dashes")
    assert safe.run("get", safe.out("put", "--", "-f")).stdout == b"dash"
    assert safe.run("get", safe.out("put", "--", "--json")).stdout == b"dashes"
    assert safe.out("put", "./-f").startswith("safe:")


def test_files_named_like_commands_are_files(safe):
    for name in ["get", "put", "vault", "help"]:
        safe.file(name, name.encode())
        assert safe.run("get", safe.out("put", name)).stdout == name.encode()


def test_a_name_that_is_no_utf8_is_stored_and_reported_exactly(safe):
    path = os.fsencode(safe.work) + b"/n\xff\xfe.bin"
    with open(path, "wb") as file:
        file.write(b"odd")
    line = safe.json("put", "--json", path)
    assert line["file"].endswith("n\ufffd\ufffd.bin") and bytes.fromhex(line["file_hex"]) == path
    assert safe.run("get", line["link"]).stdout == b"odd"
    done = safe.run("put", safe.work)
    assert b"n\xff\xfe.bin\n" in done.stdout


def test_unicode_names_stand_in_the_link(safe):
    safe.file("gr\u00fc\u00dfe \U0001F600.txt", b"x")
    link = safe.out("put", "gr\u00fc\u00dfe \U0001F600.txt")
    assert safe.json("info", "--json", link)["name"] == "gr\u00fc\u00dfe \U0001F600.txt"


def test_an_empty_file_has_its_name_and_a_fifo_has_none(safe):
    assert safe.json("info", "--json", safe.out("put", safe.file("empty", b"")))["name"] == "empty"
    assert "name" not in safe.json("info", "--json", safe.put(b"stream"))


def test_name_and_type_go_into_the_link(safe):
    link = safe.put(b"x", "--name", "n.txt", "--type", "text/plain")
    facts = safe.json("info", "--json", link)
    assert (facts["name"], facts["media_type"], facts["size"]) == ("n.txt", "text/plain", 1)
    safe.file("f", b"x")
    assert safe.json("info", "--json", safe.out("put", "f"))["name"] == "f"
    assert "media_type" not in safe.json("info", "--json", safe.out("put", "f"))


@pytest.mark.parametrize("name", ["n" * 255, "tab\there", "new\nline"])
def test_a_file_whose_name_no_link_can_hold_is_stored_without(safe, name):
    for content in (b"", b"content"):
        link = safe.out("put", safe.file(name, content))
        assert "name" not in safe.json("info", "--json", link)
        assert safe.run("get", link).stdout == content


def test_the_name_is_kept_when_only_the_type_is_given(safe):
    safe.file("f.txt", b"content")
    facts = safe.json("info", "--json", safe.out("put", "f.txt", "--type", "text/plain"))
    assert (facts["name"], facts["media_type"]) == ("f.txt", "text/plain")


def test_a_dry_run_computes_the_same_and_stores_nothing(safe):
    safe.file("f", noise(9 * MIB))
    dry = safe.json("put", "--dry-run", "--json", "f")
    assert not safe.vault.exists(), "not even a vault is made"
    wet = safe.json("put", "--json", "f")
    assert (dry.pop("new_chunks"), dry.pop("new_bytes")) == (0, 0)
    assert dry == {name: wet[name] for name in dry} and len(wet) == len(dry) + 2
    other = safe.json("put", "--dry-run", "--private", "--json", safe.file("g", noise(MIB, "other")))
    safe.run("get", other["link"], code=3)


def test_verify_reads_back(safe):
    content = noise(5 * MIB)
    assert safe.run("get", safe.put(content, "--verify")).stdout == content


def test_the_data_map_reads_the_content(safe):
    content = noise(2 * MIB)
    safe.file("f", content)
    safe.run("put", "f", "--datamap", "public.datamap")
    safe.run("put", "f", "--private", "--datamap", "private.datamap")
    safe.run("put", "f", "--private", "--dry-run", "--datamap", "dry.datamap")
    safe.run("put", "f", "--dry-run", "--datamap", "dry-public.datamap")
    maps = {(safe.work / name).read_bytes() for name in ["public.datamap", "private.datamap", "dry.datamap", "dry-public.datamap"]}
    assert len(maps) == 1
    data = maps.pop()
    assert data[:3] == b"\x93\x01\x93", "upstream's version 1 with three chunks, reference B.5"
    assert safe.run("get", "public.datamap").stdout == content
    assert safe.run("info", "public.datamap").returncode == 0


def test_the_data_map_of_tiny_content_is_ours_and_says_so(safe):
    done = safe.run("put", "-", "--datamap", "m", input=b"ab")
    assert (safe.work / "m").read_bytes()[0] == 0x53 and b"no upstream data map" in done.stderr
    assert safe.run("get", "m").stdout == b"ab"


def test_a_data_map_file_is_not_overwritten_unless_equal_or_forced(safe):
    safe.file("f", noise(1000))
    safe.file("g", noise(1001))
    safe.run("put", "f", "--datamap", "m")
    safe.run("put", "f", "--datamap", "m")
    before = (safe.work / "m").read_bytes()
    assert b"--force" in safe.run("put", "g", "--datamap", "m", code=2).stderr
    assert (safe.work / "m").read_bytes() == before
    safe.run("put", "g", "--datamap", "m", "--force")
    assert (safe.work / "m").read_bytes() != before


def test_a_fifo_is_a_stream_and_a_socket_or_device_is_refused(safe):
    done = subprocess.run(["bash", "-c", f'"{os.environ["SAFE_CLI"]}" put <(printf hello)'], env=safe.env, cwd=safe.work,
                          capture_output=True, check=True)
    assert safe.run("get", done.stdout.decode().strip()).stdout == b"hello"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(safe.work / "sock"))
        assert b"socket" in safe.run("put", "sock", code=2).stderr
    assert b"safe put - < /dev/zero" in safe.run("put", "/dev/zero", code=2).stderr


def test_files_that_claim_to_be_empty_are_read(safe):
    content = safe.run("get", safe.out("put", "/proc/version")).stdout
    assert content.startswith(b"Linux version")


def test_a_sparse_file_is_stored(safe):
    path = safe.work / "sparse"
    with open(path, "wb") as file:
        file.truncate(64 * MIB)
        file.seek(40 * MIB)
        file.write(b"island")
    done = safe.json("put", "--json", path)
    assert sum(chunk["size"] for chunk in done["chunks"]) < MIB
    safe.run("get", done["link"], "-o", "copy")
    assert hashlib.sha256((safe.work / "copy").read_bytes()).digest() == hashlib.sha256(path.read_bytes()).digest()


@pytest.mark.parametrize("args, words", [
    (["put"], "nothing to put"),
    (["put", "a", "b", "--name", "x"], "--name is for one file"),
    (["put", "d", "--datamap", "x"], "--datamap is for one file"),
    (["put", "-", "-"], "can be used once"),
    (["put", "a", "-0"], "no LIST"),
    (["put", "a", "--chunks", "d"], "--format s1"),
    (["put", "-", "--dry-run", "--datamap", "x"], "--private"),
    (["put", "a", "--at-once", "0"], "--at-once"),
])
def test_options_that_do_not_go_together_are_explained(safe, args, words):
    safe.file("a", b"a")
    safe.file("b", b"b")
    safe.file("d/e", b"e")
    assert words in safe.err(*args, code=2)


def test_quiet_is_silent(safe):
    safe.file("f", b"content")
    assert safe.run("put", "-q", "f").stderr == b""
    assert safe.run("-q", "put", "f").stderr == b""
