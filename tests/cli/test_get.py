"""get: where the content goes, and what never happens to files that are there."""
import os
import resource
import stat
import subprocess

import pytest
from conftest import MIB, TOOL, flip, noise


def test_an_output_file_appears_whole_with_usual_permissions(safe):
    content = noise(3 * MIB)
    link = safe.put(content)
    safe.run("get", link, "-o", "copy", preexec_fn=lambda: os.umask(0o027))
    path = safe.work / "copy"
    assert path.read_bytes() == content and stat.S_IMODE(path.stat().st_mode) == 0o640
    assert safe.listing() == ["copy"]


def test_an_existing_file_is_refused_before_anything_is_fetched(safe):
    safe.file("copy", b"mine")
    done = safe.run("get", "00" * 32, "-o", "copy", code=2)
    assert b"--force" in done.stderr and (safe.work / "copy").read_bytes() == b"mine"


def test_force_replaces_at_once_and_keeps_the_permissions(safe):
    safe.file("copy", b"mine").chmod(0o600)
    safe.run("get", safe.put(b"theirs"), "-o", "copy", "--force")
    path = safe.work / "copy"
    assert path.read_bytes() == b"theirs" and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert safe.listing() == ["copy"]


def test_force_follows_a_symbolic_link_to_its_file(safe):
    safe.file("real", b"mine")
    os.symlink("real", safe.work / "link")
    safe.run("get", safe.put(b"theirs"), "-o", "link", "-f")
    assert (safe.work / "link").is_symlink() and (safe.work / "real").read_bytes() == b"theirs"


def test_a_failure_leaves_the_old_file_and_nothing_else(safe):
    safe.file("copy", b"mine")
    link = safe.put(noise(4 * MIB))
    flip(safe.chunk_files()[0])
    done = safe.run("get", link, "-o", "copy", "-f", code=5)
    assert b"CHUNK_CORRUPT" in done.stderr and b"hint" in done.stderr
    assert (safe.work / "copy").read_bytes() == b"mine" and safe.listing() == ["copy"]


def test_a_damaged_chunk_never_reaches_stdout_and_is_mended_by_a_put(safe):
    content = noise(4 * MIB)
    link = safe.put(content)
    flip(safe.chunk_files()[0])
    done = safe.run("get", link, code=5)
    assert content.startswith(done.stdout), "what came out before is right"
    safe.put(content)
    assert safe.run("get", link).stdout == content


def test_the_own_name_of_the_content(safe):
    safe.file("d/f.txt", b"content")
    link = safe.out("put", "d/f.txt")
    safe.run("get", link, "-O")
    assert (safe.work / "f.txt").read_bytes() == b"content"
    (safe.work / "e").mkdir()
    safe.run("get", link, "-o", "e")
    assert (safe.work / "e/f.txt").read_bytes() == b"content"
    assert b"-o FILE" in safe.run("get", safe.put(b"x"), "-O", code=2).stderr


@pytest.mark.parametrize("name", ["../escape", "/tmp/escape", "a/../../escape"])
def test_a_name_in_a_link_cannot_leave_the_directory(safe, name):
    link = safe.put(b"content", "--name", name)
    safe.run("get", link, "-O")
    assert safe.listing() == ["escape"]


@pytest.mark.parametrize("name", ["..", "."])
def test_a_name_that_is_no_file_name_is_refused(safe, name):
    safe.run("get", safe.put(b"content", "--name", name), "-O", code=2)


def test_a_device_is_written_to_and_a_full_one_is_reported(safe):
    link = safe.put(noise(MIB))
    safe.run("get", link, "-o", "/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    done = safe.run("get", link, "-o", "/dev/full", code=7)
    assert b"No space left on device" in done.stderr and b"/dev/full" in done.stderr
    with open("/dev/full", "wb") as full:
        done = subprocess.run([TOOL, "get", link], env=safe.env, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 7 and b"standard output" in done.stderr


def test_running_out_of_room_leaves_nothing(safe):
    link = safe.put(noise(3 * MIB))
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, MIB))
    done = safe.run("get", link, "-o", "copy", code=7, preexec_fn=limit)
    assert b"File too large" in done.stderr and safe.listing() == []


def test_a_directory_that_is_missing_or_closed_is_reported(safe):
    link = safe.put(b"content")
    assert b"nowhere/copy" in safe.run("get", link, "-o", "nowhere/copy", code=7).stderr


def test_a_reader_that_goes_away_is_no_news(safe):
    link = safe.put(noise(3 * MIB))
    line = f'set -o pipefail; "{TOOL}" get "{link}" | head -c 10 | wc -c'
    done = subprocess.run(["bash", "-c", line], env=safe.env, capture_output=True)
    assert done.stdout.strip() == b"10" and done.stderr == b"" and done.returncode == 141


def test_what_is_neither_link_nor_address_nor_file_is_explained(safe):
    safe.put(b"x")
    err = safe.err("get", "nonsense", code=3)
    assert "link" in err and "64 hex digits" in err and "nonsense" in err
    assert "BAD_LINK" in safe.err("get", "safe:public-oops", code=2)
    assert "NO_SUCH_DATA" in safe.err("get", "00" * 32, code=3)
    assert "hint" in safe.err("get", "00" * 32, code=3)


def test_a_link_with_one_letter_changed_is_refused(safe):
    link = safe.put(noise(100))
    broken = link[:-5] + ("a" if link[-5] != "a" else "b") + link[-4:]
    assert "BAD_LINK" in safe.err("get", broken, code=2)


def test_a_file_that_is_no_data_map_is_refused(safe):
    safe.put(b"x")
    safe.file("noise", noise(500))
    safe.run("get", "noise", code=5)
    safe.file("empty", b"")
    safe.run("get", "empty", code=5)
    assert b"directory" in safe.run("get", ".", code=2).stderr


def test_reading_makes_no_vault(safe):
    done = safe.run("get", "00" * 32, code=4)
    assert b"STORE_MISSING" in done.stderr and not safe.vault.exists()
