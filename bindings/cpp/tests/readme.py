"""Follows README.md in an empty folder, with the library as it was installed: writes its programs, runs its commands, and compares
what they print.

    readme.py prefix
"""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import tempfile

README = pathlib.Path(__file__).resolve().parents[1] / "README.md"
BLOCK = re.compile(r"^```(cpp|sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"This is `(\w+\.cpp)`:$", re.MULTILINE)


def main() -> None:
    readme = README.read_text(encoding="utf-8")
    blocks, names = BLOCK.findall(readme), iter(NAME.findall(readme))
    assert [kind for kind, _ in blocks] == ["cpp", "sh", "text"] * 2, "the README's tour is gone"
    (described,) = pathlib.Path(sys.argv[1]).rglob("safe.pc")
    env = {
        **os.environ,
        "PKG_CONFIG_PATH": str(described.parent),
        "LD_LIBRARY_PATH": str(described.parent.parent),
    }
    with tempfile.TemporaryDirectory() as folder:
        printed = ""
        for kind, text in blocks:
            if kind == "cpp":
                (pathlib.Path(folder) / next(names)).write_text(text, encoding="utf-8")
            elif kind == "sh":
                done = subprocess.run(["sh", "-eu", "-c", text], cwd=folder, env=env, text=True, stdout=subprocess.PIPE)
                assert done.returncode == 0, f"{text.strip()!r} ended with {done.returncode}"
                printed = done.stdout
            else:
                assert printed == text, f"printed\n{printed}\nbut the README says\n{text}"


if __name__ == "__main__":
    main()
