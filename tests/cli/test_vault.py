"""vault, doctor, and vaults in trouble: each has its message and its exit code."""
import json
import os
import subprocess

import pytest
from conftest import MIB, TOOL, flip, noise


def as_somebody_else(command, env, cwd):
    """Root may do everything; the tests of permissions need a user that may not."""
    if os.getuid() == 0:
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", *command]
    return subprocess.run(command, env=env, cwd=cwd, capture_output=True, stdin=subprocess.DEVNULL)


def open_to_all(path):
    while path != path.parent and path.name != "tmp":
        if path.stat().st_uid == os.getuid() and not path.stat().st_mode & 0o001:
            path.chmod(0o755)
        path = path.parent


def test_info_counts(safe):
    safe.put(noise(3 * MIB))
    facts = safe.json("vault", "info", "--json")
    assert list(facts) == ["url", "chunks", "chunk_bytes", "records", "record_bytes", "disk_bytes", "free_bytes", "format"]
    assert facts["chunks"] == 4 and facts["chunk_bytes"] > 3 * MIB and facts["records"] == 0
    text = safe.out("vault", "info")
    assert "chunks      4, " in text and str(safe.vault) in text


def test_a_missing_vault_is_not_made_by_looking(safe):
    for command in (["info"], ["verify"], ["gc", "--keep", "/dev/null"], ["rm", "00" * 32]):
        done = safe.run("vault", *command, code=4)
        assert b"STORE_MISSING" in done.stderr and b"hint" in done.stderr
    assert not safe.vault.exists()


def test_verify_finds_the_damaged_chunk(safe):
    content = noise(3 * MIB)
    link = safe.put(content)
    assert safe.json("vault", "verify", "--json")["bad"] == 0
    flip(safe.chunk_files()[0])
    done = safe.run("vault", "verify", "--json", code=5)
    facts = json.loads(done.stdout)
    assert facts["bad"] == 1 and len(facts["items"]) == 1
    address = facts["items"][0]["address"]
    assert address in safe.out("vault", "verify", code=5)
    assert address in [chunk["name"] for chunk in safe.json("put", "--json", "-", input=content)["chunks"]]
    safe.run("vault", "verify")
    assert safe.run("get", link).stdout == content


def test_gc_shows_first_and_removes_when_told(safe):
    keep, drop = noise(3 * MIB, "keep"), noise(3 * MIB, "drop")
    kept, dropped = safe.put(keep), safe.json("put", "--json", "-", input=drop)
    safe.file("links", f"# what I need\n\n{kept}\n".encode())
    before = safe.json("vault", "info", "--json")["chunks"]
    dry = safe.json("vault", "gc", "--keep", "links", "--json")
    assert dry["dry_run"] and dry["removed"] == 4 and dry["kept"] == 4
    assert safe.json("vault", "info", "--json")["chunks"] == before
    assert "--remove" in safe.err("vault", "gc", "--keep", "links")
    done = safe.json("vault", "gc", "--keep", "-", "--remove", "--json", input=kept.encode())
    assert {each["address"] for each in done["items"]} == {chunk["name"] for chunk in dropped["chunks"]}
    assert safe.run("get", kept).stdout == keep
    safe.run("get", dropped["link"], code=3)


def test_gc_with_a_broken_list_removes_nothing(safe):
    link = safe.put(noise(1000))
    safe.run("vault", "gc", "--keep", "-", "--remove", code=2, input=b"safe:public-broken\n")
    safe.run("vault", "gc", "--keep", "missing", "--remove", code=3)
    safe.run("vault", "gc", "--remove", code=2)
    safe.run("get", link)


def test_rm_removes_one_chunk(safe):
    done = safe.json("put", "--json", "-", input=noise(2 * MIB))
    safe.run("vault", "rm", done["chunks"][0]["name"])
    assert b"NO_SUCH_DATA" in safe.run("get", done["link"], code=3).stderr
    safe.run("vault", "rm", done["chunks"][0]["name"], code=3)
    assert b"64 hex digits" in safe.run("vault", "rm", "abc", code=2).stderr


def test_a_read_only_vault_can_be_read_and_says_so_when_written(safe):
    link = safe.put(noise(1000))
    open_to_all(safe.work)
    for path in [safe.vault, *safe.vault.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = as_somebody_else([TOOL, "put", "/etc/hostname"], safe.env, "/")
    assert done.returncode == 4 and b"STORE_READ_ONLY" in done.stderr, done.stderr
    done = as_somebody_else([TOOL, "get", link], safe.env, "/")
    assert done.returncode == 0 and done.stdout == noise(1000), done.stderr
    done = as_somebody_else([TOOL, "doctor"], safe.env, "/")
    assert b"not written" in done.stdout


def test_a_directory_that_is_something_else_is_refused(safe):
    safe.vault.mkdir()
    (safe.vault / "important.doc").write_bytes(b"mine")
    done = safe.run("put", "-", input=b"x", code=None)
    assert done.returncode in (2, 4) and str(safe.vault).encode() in done.stderr
    assert [each.name for each in safe.vault.iterdir()] == ["important.doc"]


def test_vaults_are_named_by_option_environment_or_default(safe):
    safe.run("put", "-", "--vault", f"file:{safe.folder}/other", input=b"x")
    assert (safe.folder / "other").exists() and not safe.vault.exists()
    safe.run("--vault", f"file:{safe.folder}/third", "put", "-", input=b"x")
    assert (safe.folder / "third").exists()
    del safe.env["SAFE_VAULT"]
    link = safe.put(b"in the default vault")
    default = safe.folder / "home/.local/share/safe/vault"
    assert default.is_dir() and (default.parent.stat().st_mode & 0o777) == 0o700
    assert safe.run("get", link).stdout == b"in the default vault"
    safe.env["XDG_DATA_HOME"] = str(safe.folder / "xdg")
    safe.put(b"x")
    assert (safe.folder / "xdg/safe/vault").is_dir()


@pytest.mark.parametrize("url, words", [
    ("/some/path", "file:/some/path"),
    ("gopher:x", "gopher"),
    ("safe:public-x", "safe get LINK"),
    ("tcp://host:1", "tcp"),
])
def test_wrong_vault_urls_say_what_was_meant(safe, url, words):
    assert words in safe.err("put", "-", "--vault", url, code=2, input=b"x")


def test_a_vault_in_memory_lives_as_long_as_the_command(safe):
    assert safe.out("put", "-", "--vault", "mem:", input=b"x").startswith("safe:public-")


def test_a_vault_path_may_hold_anything(safe):
    safe.env.pop("SAFE_VAULT")
    safe.env["XDG_DATA_HOME"] = str(safe.folder / "a b%20c#d?\u00fc")
    link = safe.put(noise(MIB))
    assert safe.run("get", link).stdout == noise(MIB)
    assert (safe.folder / "a b%20c#d?\u00fc/safe/vault").is_dir()
    assert "All is well" in safe.err("doctor")


def test_doctor_of_a_healthy_vault(safe):
    safe.put(b"x")
    facts = safe.json("doctor", "--json")
    assert facts["well"] and {each["subject"] for each in facts["findings"]} >= {"library", "features", "vault", "access", "space", "contents", "locks"}
    assert str(safe.vault) in safe.out("doctor")


def test_doctor_changes_nothing_where_nothing_is(safe):
    assert "not made yet" in safe.out("doctor") and not safe.vault.exists()


def test_doctor_finds_what_is_wrong(safe):
    safe.vault.write_bytes(b"a file")
    assert "not a directory" in safe.out("doctor", code=4)
    assert "to mend" in safe.out("doctor", "--vault", "/plain/path", code=4)
    safe.env["SAFE_VAULT"] = f"file:{safe.vault}/below/a/file"
    assert "none can be made" in safe.out("doctor", code=4)


def test_many_processes_put_into_one_vault(safe):
    contents = [noise(500_000, i) for i in range(6)]
    running = []
    for content in contents:
        process = safe.popen("put", "-", stdin=subprocess.PIPE)
        process.stdin.write(content)
        process.stdin.close()
        process.stdin = None
        running.append(process)
    for process, content in zip(running, contents):
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert safe.run("get", out.decode().strip()).stdout == content
