"""Every header compiles by itself, and all of them as C++17, 20 and 23 with all compilers that are here, without a warning.

    compile.py include-folder...
"""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Wold-style-cast", "-Wnon-virtual-dtor", "-Werror"]
COMPILERS = ("g++", "clang++-16", "clang++-14")


def compile_as(compiler: str, standard: str, text: str, includes: list[str]) -> None:
    command = [compiler, f"-std=c++{standard}", *WARNINGS, *includes, "-x", "c++", "-", "-fsyntax-only"]
    done = subprocess.run(command, input=text, text=True, capture_output=True)
    if done.returncode:
        sys.exit(f"{compiler}, C++{standard}:\n{text}{done.stderr}")


def main() -> None:
    includes = [f"-I{folder}" for folder in sys.argv[1:]]
    root = HERE.parent / "include"
    headers = [path.relative_to(root) for path in sorted(root.rglob("*.hpp")) if path.name != "asio.hpp"]
    compilers = [name for name in COMPILERS if shutil.which(name)]
    assert "g++" in compilers, "no g++"
    for header in headers:
        compile_as("g++", "17", f"#include <{header}>\n", includes)
    together = "".join(f"#include <{header}>\n" for header in reversed(headers))
    for compiler in compilers:
        for standard in ("17", "20", "2b"):
            compile_as(compiler, standard, together + together + "int main() { return safe::live_handles() != 0; }\n", includes)
    print("compiled by", ", ".join(compilers))


if __name__ == "__main__":
    main()
