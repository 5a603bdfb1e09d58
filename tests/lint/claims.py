"""Every test that SECURITY.md names exists."""

import re

import tree

NAMED = re.compile(r"`([A-Za-z]\w*)\.([A-Za-z]\w*)`")
GOOGLE = re.compile(r"^(?:TYPED_)?TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)", re.MULTILINE)
DOCUMENT = "SECURITY.md"


def tests_of(texts):
    """Names of GoogleTests, and below tests/<folder> `folder.program` and `folder.function` for what is written in Python."""
    names = set()
    for path, text in texts.items():
        names |= {f"{suite}.{name}" for suite, name in GOOGLE.findall(text)}
        if path.suffix == ".py":
            names.add(f"{path.parts[1]}.{path.stem}")
            names |= {f"{path.parts[1]}.{name}" for name in re.findall(r"^def (\w+)\(", text, re.MULTILINE)}
    return names


def missing(document, names):
    return [f"{suite}.{name}" for suite, name in NAMED.findall(document)
            if f"{suite}.{name}" not in names and suite not in ("lint", "safe")]


def check():
    if not (tree.ROOT / DOCUMENT).is_file():
        yield f"{DOCUMENT} is missing"
        return
    texts = {path: tree.text_of(path) for path in tree.tracked() if path.parts[0] == "tests" and path.suffix in (".cpp", ".py")}
    for name in missing(tree.text_of(DOCUMENT), tests_of(texts)):
        yield f"{DOCUMENT} names the test {name}, which does not exist"


def selftest():
    assert missing("by `Store.IsThere` and `Store.IsGone`", {"Store.IsThere"}) == ["Store.IsGone"]
