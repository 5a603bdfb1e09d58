"""What may be in the repository: our own sources, in small files, without traces of a machine."""

import re

import tree

LONGEST = 600  # lines: ARCHITECTURE.md, "Taste"
LONGEST_PUBLIC_HEADER = 300
COUNTED = tree.SOURCE + (".py", ".sh", ".cmake", ".i", ".ts", ".js", ".java", ".cs", ".rs")
BIGGEST = 1 << 20
DATA = re.compile(r"^(tests/(golden|fuzz/corpus|fuzz/corpora)/|docs/images/|LICENSE)")
GENERATED = re.compile(r"(\.(o|a|so|so\..*|whl|deb|pyc|pyd|wasm|class|jar|dll|exe|log|orig|rej)|_wrap\.(c|cxx|cpp))$"
                       r"|(^|/)(node_modules|third_party|vendor|external|build|dist|__pycache__)/")
# Homes and work folders of machines, private networks, hosts with a port: none of them means anything elsewhere.
MACHINE = re.compile(r"(?<![\w.])/(?:wo" r"rk|ro" r"ot|home/\w+|Users/\w+)/\w|/tm" r"p/w/"
                     r"|\b(?:10\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+\.\d+\b"
                     r"|https?://[\w.-]+\.(?:internal|local|corp|lan)\b|https?://(?!127\.|0\.0\.0\.0|localhost|\[::1\])[\w.-]+:\d+")
FOREIGN = re.compile(r"Copyright\b(?!.*libsafe)|\(c\) \d{4}(?!.*libsafe)|SPDX-License-Identifier: (?!MIT OR Apache-2\.0)")


def check_size():
    for path in tree.tracked():
        if path.suffix not in COUNTED:
            continue
        lines = tree.text_of(path).count("\n")
        most = LONGEST_PUBLIC_HEADER if path.parts[:2] == ("capi", "include") else LONGEST
        if lines > most:
            yield f"{path}: {lines} lines; more than {most} is more than one idea"


def check_machine():
    for path in tree.tracked():
        if DATA.match(str(path)):
            continue
        for number, line in enumerate(tree.text_of(path).splitlines(), 1):
            found = MACHINE.search(line)
            if found:
                yield f"{path}:{number}: names a machine or a folder of one: {found.group()}"


def check_content():
    for path in tree.tracked():
        name, full = str(path), tree.ROOT / path
        if GENERATED.search(name):
            yield f"{path}: is generated or comes from somebody else"
        if full.stat().st_size > BIGGEST:
            yield f"{path}: {full.stat().st_size} bytes"
        if DATA.match(name):
            continue
        if b"\0" in full.read_bytes()[:8192]:
            yield f"{path}: is binary"
        elif path.suffix in COUNTED and name != "tests/lint/tracked.py" and FOREIGN.search(tree.text_of(path)):
            yield f"{path}: carries somebody's copyright notice; third-party code is not committed"


def check_headers():
    for path in tree.tracked():
        if path.suffix not in (".h", ".hpp"):
            continue
        text = tree.text_of(path)
        if path.suffix == ".hpp":
            if "#pragma once" not in text:
                yield f"{path}: no #pragma once"
        elif not re.search(r"^#ifndef (\w+)\n#define \1\b", text, re.MULTILINE):
            yield f"{path}: no include guard"
        if not text.startswith(("//", "/*")):
            yield f"{path}: does not begin with a comment that says what it is for"
        if path.suffix == ".hpp" and re.search(r"^using namespace", text, re.MULTILINE):
            yield f"{path}: using namespace in a header"
        if path.parts[:2] == ("capi", "include") and not text.isascii():
            yield f"{path}: public headers are ASCII"


def selftest():
    assert MACHINE.search("see /wo" + "rk/x") and MACHINE.search("at 192.168" + ".1.7") and MACHINE.search("http://pypi" + ".corp/x")
    assert not MACHINE.search("build/work/x") and not MACHINE.search("http://127.0.0.1:80/") and not MACHINE.search("1.10.2.3")
    assert GENERATED.search("a/libsafe.so.1") and GENERATED.search("swig/safe_wrap.cxx") and not GENERATED.search("docs/build.md")
    assert FOREIGN.search("Copyright (c) 2009 Somebody") and not FOREIGN.search("Copyright (c) 2026 The libsafe authors")
