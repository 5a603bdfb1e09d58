"""info: what a link holds, and nothing that is secret."""
from conftest import CHUNK, MIB, flip, noise


def test_a_public_link(safe):
    safe.file("f.bin", noise(3 * MIB))
    done = safe.json("put", "--json", "f.bin")
    facts = safe.json("info", "--json", done["link"])
    assert facts["kind"] == "public link" and facts["address"] == done["address"] and facts["link"] == done["link"]
    assert (facts["name"], facts["size"], facts["chunks"], facts["present"]) == ("f.bin", 3 * MIB, 3, 3)
    text = safe.out("info", done["link"])
    assert done["address"] in text and "3,145,728 bytes (3.0 MiB)" in text and "all in the vault" in text


def test_a_private_link_is_never_shown(safe):
    link = safe.put(noise(3 * MIB), "--private")
    for options in ([], ["--json"]):
        done = safe.run("info", link, *options)
        assert b"private link" in done.stdout
        assert link[20:40].encode() not in done.stdout + done.stderr
    flip(safe.chunk_files()[0])
    done = safe.run("get", link, code=5)
    assert link[20:40].encode() not in done.stderr


def test_verify_reads_everything(safe):
    link = safe.put(noise(3 * MIB))
    assert safe.json("info", "--json", "--verify", link)["verified"] is True
    flip(safe.chunk_files()[0])
    assert "error" not in safe.json("info", "--json", link), "without --verify the content is not read"
    done = safe.run("info", "--json", "--verify", link, code=5)
    assert b"SAFE_CHUNK_CORRUPT" in done.stdout


def test_an_address_and_a_data_map_of_a_data_map(safe):
    done = safe.json("put", "--json", "-", input=noise(5 * CHUNK))
    facts = safe.json("info", "--json", done["address"])
    assert facts["size"] == 5 * CHUNK and facts["data_map"] == "chunks of a larger map" and facts["chunks"] == 3


def test_content_that_is_not_there_still_says_what_the_link_says(safe):
    safe.put(b"a vault")
    dry = safe.out("put", "--dry-run", "-", "--name", "n", input=noise(1000))
    done = safe.run("info", dry, code=3)
    assert b"n\n" in done.stdout and b"1,000 bytes" in done.stdout and b"NO_SUCH_DATA" in done.stderr


def test_several_links_and_one_failure(safe):
    done = safe.run("info", "--json", safe.put(b"content"), "nonsense", safe.put(b"other"), code=1)
    assert done.stdout.count(b"\n") == 2


def test_control_characters_of_a_name_do_not_reach_the_terminal(safe):
    link = safe.put(b"x", "--name", "plain")
    assert "\x1b" not in safe.out("info", link)
