"""One version: of CMake, of the C headers, of the Python package, and on top of the change log."""

import re

import tree


def find(path, pattern, what):
    if not (tree.ROOT / path).is_file():
        return f"{path} is missing"
    found = re.search(pattern, tree.text_of(path), re.MULTILINE)
    return ".".join(found.groups()) if found else f"{path} names no {what}"


def check():
    versions = {
        "CMakeLists.txt": find("CMakeLists.txt", r"^project\(safe VERSION (\d+\.\d+\.\d+)", "version"),
        "safe/library.h": find("capi/include/safe/library.h", r"VERSION_MAJOR (\d+)\n.*VERSION_MINOR (\d+)\n.*VERSION_PATCH (\d+)", "version"),
        "CHANGELOG.md": find("CHANGELOG.md", r"^## (\d+\.\d+\.\d+)", "version"),
    }
    for path in tree.tracked():
        if path.parts[:2] == ("bindings", "python") and path.suffix in (".py", ".toml", ".cfg"):
            found = re.search(r"""^(?:__version__|version) *= *["'](\d+\.\d+\.\d+)""", tree.text_of(path), re.MULTILINE)
            if found:
                versions[str(path)] = found.group(1)
    if len(set(versions.values())) != 1:
        yield "not one version: " + ", ".join(f"{where}: {version}" for where, version in versions.items())


def selftest():
    assert find("CMakeLists.txt", r"(cmake)_minimum", "x") == "cmake"
