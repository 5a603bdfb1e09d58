"""clang-format, where it is installed in the version whose output was committed."""

import shutil
import subprocess
import sys

import tree


def check():
    tool = shutil.which("clang-format-14")
    if not tool:
        print("lint: clang-format-14 is not installed")
        sys.exit(77)
    # The public headers keep one declaration on one line, whatever its length: the model reads them, people search them.
    files = [path for path in tree.sources("core", "capi", "bindings", "tests") if path.parts[:2] != ("capi", "include")]
    done = subprocess.run([tool, "--dry-run", "-Werror", *map(str, files)], cwd=tree.ROOT, capture_output=True, text=True)
    if done.returncode:
        yield from [line for line in done.stderr.splitlines() if "error:" in line][:50]


def selftest():
    text = 'a "x" /* y */ b'
    assert tree.blank(text).split() == ["a", "b"] and len(tree.blank(text)) == len(text)
