#!/usr/bin/env python3
"""clang-format, where it is installed in the version whose output was committed.

  style.py        formats all files in place
"""

import shutil
import subprocess
import sys

import tree


def run(*options):
    tool = shutil.which("clang-format-14")
    if not tool:
        print("lint: clang-format-14 is not installed (packaging/setup.sh test)")
        sys.exit(77)
    # The public headers keep one declaration on one line, whatever its length: the model reads them, people search them.
    files = [path for path in tree.sources("core", "capi", "bindings", "swig", "tests", "wasm")
             if path.parts[:2] != ("capi", "include")]
    return subprocess.run([tool, *options, *map(str, files)], cwd=tree.ROOT, capture_output=True, text=True)


def check():
    done = run("--dry-run", "-Werror")
    if done.returncode:
        yield from [line for line in done.stderr.splitlines() if "error:" in line][:50]


def selftest():
    text = 'a "x" /* y */ b'
    assert tree.blank(text).split() == ["a", "b"] and len(tree.blank(text)) == len(text)


if __name__ == "__main__":
    sys.exit(run("-i").returncode)
