#!/usr/bin/env python3
"""The format itself: good files are read, bad ones are refused with the step that is wrong, and the README has the tables.

    test_format.py BUILD            check
    test_format.py BUILD --update   write the README's tables
"""

import json
import pathlib
import re
import sys
import tempfile

sys.dont_write_bytecode = True

from harness import tables
from harness.runners import Model
from harness.scenarios import Wrong, load
from harness.values import Values, differs

HERE = pathlib.Path(__file__).resolve().parent
README = HERE / "README.md"
GOOD = {"do": "connect", "url": "mem:", "as": "client"}


def marked(text):
    """The README with its tables as they have to be."""
    for option, table in (("operations", tables.operations()), ("capabilities", tables.capabilities())):
        begin, end = f"<!-- run.py --{option} -->\n", "<!-- end -->"
        text = re.sub(re.escape(begin) + ".*?" + end, lambda _: begin + table + end, text, flags=re.DOTALL)
    return text


def said_of(codes, *steps, **more):
    """What is said of a file with one scenario."""
    return said_of_file(codes, {"format": 1, "scenarios": [{"title": "T", "steps": list(steps), **more}]})


def said_of_file(codes, document):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "file.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        try:
            load(path, codes)
        except Wrong as wrong:
            return str(wrong)
    return ""


def test_mistakes(codes):
    mistakes = [
        ([{"do": "fly"}], 'scenario "T", step 1 (fly): "do" is to be an operation'),
        ([{}], "step 1 (None)"),
        ([GOOD, {"do": "put", "client": "client"}], 'step 2 (put): "data" is missing: put takes client (client), data (bytes)'),
        ([GOOD, {"do": "put", "client": "client", "data": "x", "colour": 1}], '"colour" is not known; put takes'),
        ([{"do": "put", "client": "client", "data": "x"}], '"client" is the name of a client that a step before has made'),
        ([GOOD, {"do": "read", "reader": "client", "offset": 0, "length": 1}], '"client" is a client'),
        ([GOOD, {"do": "get", "client": "client", "link": "$no"}], "no step before has made $no"),
        ([GOOD, {"do": "put", "client": "client", "data": "x", "as": "r"},
          {"do": "get", "client": "client", "link": "$r.lnk"}], 'step 3 (get): "link": $r has no "lnk"'),
        ([{**GOOD, "fails": "SAFE_NONSENSE"}], '"fails" is the name of a code'),
        ([{**GOOD, "expect": {"colour": 1}}], 'there is no "colour"; connect gives url (text)'),
        ([{**GOOD, "create": "yes"}], '"create" is true or false'),
        ([{**GOOD, "times": -1}], '"times" is a number'),
        ([{**GOOD, "needs": ["wings"]}], '"needs" is a list of'),
        ([GOOD, {"do": "put", "client": "client", "data": {"random": 1}}], '"size" is missing'),
        ([GOOD, {"do": "put", "client": "client", "data": {"hex": "0"}}], '"hex" has two digits'),
        ([GOOD, {"do": "get", "client": "client", "link": "l", "limit": 2**64}], "is a number from 0 to"),
        ([{"do": "connect", "url": "mem:"}], '"as" names it'),
        ([GOOD, {"do": "put", "client": "client", "data": "x", "start": "p", "expect": {"size": 1}}], 'ends in a "wait"'),
        ([{"do": "feature", "name": "mem", "start": "f"}], "cannot be started"),
        ([{**GOOD, "as": "Client"}], '"as" is a name'),
        ([{**GOOD, "as": "vault"}], "is given; choose another name"),
    ]
    for steps, wanted in mistakes:
        said = said_of(codes, *steps)
        assert wanted in said, f"{steps}: {said!r} does not say {wanted!r}"
    assert "every step is" in said_of(codes, GOOD, cross=True)
    assert "is not known here" in said_of(codes, GOOD, colour="blue")
    assert said_of(codes, GOOD) == ""


def test_files(codes):
    assert "not JSON" in said_of_file(codes, "{")
    assert "said twice" in said_of_file(codes, '{"format": 1, "format": 1}')
    assert '"format": 1 is needed, not 2' in said_of_file(codes, {"format": 2})
    assert "not null" in said_of_file(codes, [])
    assert "at least one" in said_of_file(codes, {"format": 1, "scenarios": []})
    both = [{"title": "T", "steps": [GOOD]}] * 2
    assert "another one has this title" in said_of_file(codes, {"format": 1, "scenarios": both})


def test_values():
    values = Values(HERE, {"r": {"link": "L", "chunks": [{"size": 7}]}, "d": {"data": b"abc"}}, {"n": 3, "folder": "/x"})
    assert values.bytes({"random": 1, "size": 10, "from": 2, "to": 4}) == values.bytes({"random": 1, "size": 10})[2:4]
    assert values.bytes({"join": ["a", {"repeat": "bc", "size": 3}, "$d"]}) == b"abcbabc"
    assert values.resolve("${folder}/${r.link}") == "/x/L" and values.number("$r.chunks.0.size") == 7
    assert values.outgoing("put$n", "text") == "put3" and values.outgoing("$r", "link") == "L"
    assert not differs(values, {"at_least": 5, "not": 7}, 6, "number")
    assert "not at_least" in differs(values, {"at_least": 5}, 4, "number")
    assert "differ from byte 1" in differs(values, "abc", b"aXc", "bytes")
    assert differs(values, {"absent": True}, 1, "number") and not differs(values, {"absent": True}, None, "number")


def main():
    build = pathlib.Path(sys.argv[1])
    if "--update" in sys.argv:
        README.write_text(marked(README.read_text(encoding="utf-8")), encoding="utf-8")
        return
    codes = Model.read(build).codes
    load(HERE / "scenarios.json", codes)
    test_mistakes(codes)
    test_files(codes)
    test_values()
    text = README.read_text(encoding="utf-8")
    assert marked(text) == text, "the tables of README.md are not those of the operations: test_format.py BUILD --update"


main()
