"""The arrows of ARCHITECTURE.md: who may include whom, and where Asio stops."""

import re

import tree

# Each folder of core/ and those that it may include directly; what those may include comes with them.
ARROWS = {
    "base": [],
    "crypto": ["base"],
    "encoding": ["crypto"],
    "data": ["encoding"],
    "protocol": ["data"],
    "selfencrypt": ["encoding"],
    "store": ["base"],
    "net": ["encoding"],
    "vault": ["data", "protocol", "store", "net"],
    "client": ["protocol", "selfencrypt", "net"],
    "auth": ["client"],
    "host": ["vault", "net", "client"],
}
WITHOUT_ASIO = ("crypto", "encoding", "data", "protocol")
FOR_ASIO = "bindings/cpp/include/safe/asio.hpp"  # the users' Asio, of their choice
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)


def reach(folder):
    seen, todo = set(), [folder]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += ARROWS[name]
    return seen


def includes(text):
    return INCLUDE.findall(text)


def wrong_arrows(path, text):
    """Complaints about one file of core/<folder>."""
    folder = path.parts[1]
    for _, name in includes(text):
        other = name.split("/")[0]
        if other in ARROWS and "/" in name and other not in reach(folder):
            yield f"{path}: {folder} must not include {name}"
        if name.startswith("safe/"):
            yield f"{path}: the core knows no C ABI, but includes {name}"


def needs_asio(path, texts):
    """Whether a header brings Asio in, by whatever way; `texts` holds all of core/."""
    seen, todo = set(), [path]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for _, target in includes(texts.get(name, "")):
            if target.startswith("boost/asio"):
                return True
            todo.append(target)
    return False


def check():
    files = {path: tree.text_of(path) for path in tree.sources("core", "capi", "bindings")}
    core = {"/".join(path.parts[1:]): text for path, text in files.items() if path.parts[0] == "core"}
    for path, text in files.items():
        if path.parts[0] == "core":
            if path.parts[1] not in ARROWS:
                yield f"{path}: the folder is not in the table of tests/lint/arrows.py"
                continue
            yield from wrong_arrows(path, text)
            if path.parts[1] in WITHOUT_ASIO and needs_asio("/".join(path.parts[1:]), core):
                yield f"{path}: {path.parts[1]} is free of Asio, but an include brings it in"
        elif path.parts[0] == "bindings" or path.parts[:2] == ("capi", "include"):
            for _, name in includes(text):
                if name.split("/")[0] in ARROWS or (name.startswith("boost/asio") and str(path) != FOR_ASIO):
                    yield f"{path}: only safe/*.h may be included from the project, not {name}"


def selftest():
    from pathlib import Path
    assert list(wrong_arrows(Path("core/store/x.cpp"), '#include "client/client.hpp"\n'))
    assert not list(wrong_arrows(Path("core/client/x.cpp"), '#include "encoding/link.hpp"\n'))
    assert needs_asio("data/a.hpp", {"data/a.hpp": '#include "base/b.hpp"\n', "base/b.hpp": "#include <boost/asio/post.hpp>\n"})
    assert reach("encoding") == {"encoding", "crypto", "base"}
