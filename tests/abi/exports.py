"""What the libraries export is the model, exactly: nothing missing, nothing more.

    exports.py <nm> <libsafe.so> [<libsafe.a>]
"""

from __future__ import annotations

import pathlib
import subprocess
import sys

from support import model


def defined(nm: str, *arguments: str) -> set[str]:
    command = [nm, "--defined-only", "--extern-only", *arguments]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    fields = [line.split() for line in output.splitlines()]
    # The version of the symbols ("SAFE_1") is a symbol too, of type A.
    return {line[2].split("@")[0] for line in fields if len(line) == 3 and line[1] != "A"}


def main() -> int:
    nm, library, *archives = sys.argv[1:]
    declared = {function["name"] for function in model.build()["functions"]}
    found = {library: defined(nm, "--dynamic", library)}
    for archive in archives:
        if pathlib.Path(archive).exists():
            found[archive] = defined(nm, archive)
    failed = False
    for name, symbols in found.items():
        for symbol in sorted(declared - symbols):
            print(f"{name} lacks {symbol}, which the headers declare")
            failed = True
        for symbol in sorted(symbols - declared):
            print(f"{name} exports {symbol}, which no header declares")
            failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
