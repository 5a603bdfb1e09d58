"""One name, one type: two classes of one name in one namespace are linked into one library, and the linker silently takes
the members of either for both (the One Definition Rule). Nothing else would tell."""

import re

import tree

SCOPE = re.compile(r"\bnamespace\b\s*([\w:]*)\s*(\{)|\b(?:class|struct|union|enum\s+class|enum\s+struct)\s+(?:\[\[\w+\]\]\s*)?"
                   r"([A-Za-z_]\w*)\b(?!\s*::)(?:\s+final)?\s*(?::[^;{]*)?(\{)|([{}])")


def types_of(text):
    """Full names of the types that a file defines at namespace level; those of unnamed namespaces are its own."""
    text, scopes = tree.blank(text), []
    for found in SCOPE.finditer(text):
        if found.group(2):
            scopes.append(("namespace", found.group(1) or None))
        elif found.group(4):
            if all(kind == "namespace" for kind, _ in scopes) and all(name for _, name in scopes):
                yield "::".join([name for _, name in scopes] + [found.group(3)])
            scopes.append(("type", found.group(3)))
        elif found.group(5) == "{":
            scopes.append(("block", ""))
        elif scopes:
            scopes.pop()


def doubles(files):
    seen = {}
    for path, text in files:
        for name in set(types_of(text)):
            if name in seen:
                yield f"{name} is defined in {seen[name]} and in {path}: rename one, or put it into an unnamed namespace"
            seen.setdefault(name, path)


def check():
    yield from doubles((path, tree.text_of(path)) for path in tree.sources("core", "capi") if path.suffix in (".hpp", ".cpp"))


def selftest():
    one = "namespace safe { class Writer : Base { int x; }; namespace { struct Own {}; } }"
    other = "namespace safe {\nclass Writer;\nstruct Writer { void f() { if (x) { } } };\nnamespace { struct Own {}; }\n}"
    assert [line.split()[0] for line in doubles([("a", one), ("b", other)])] == ["safe::Writer"]
    assert not list(doubles([("a", one), ("b", "namespace safe { struct Writer::Inner { int y; }; }")]))
    assert not list(doubles([("a", one), ("b", "namespace safe::net { struct Writer {}; }")]))
