"""Follows README.md in an empty folder: writes its programs, runs its commands, and compares what they print.

    readme.py libsafe.jar javac
"""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import tempfile

README = pathlib.Path(__file__).resolve().parents[1] / "README.md"
BLOCK = re.compile(r"^```(java|sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def main() -> None:
    jar, javac = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    blocks = BLOCK.findall(README.read_text(encoding="utf-8"))
    assert [kind for kind, _ in blocks] == ["java", "sh", "text"] * 2, "the README's tour is gone"
    env = {**os.environ, "PATH": f"{javac.parent}:{os.environ['PATH']}"}
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "libsafe.jar").symlink_to(jar)
        printed = ""
        for kind, text in blocks:
            if kind == "java":
                name = re.search(r"^public class (\w+)", text, re.MULTILINE)
                assert name, "a program without a public class"
                (pathlib.Path(folder) / f"{name.group(1)}.java").write_text(text, encoding="utf-8")
            elif kind == "sh":
                done = subprocess.run(["sh", "-eu", "-c", text], cwd=folder, env=env, text=True, stdout=subprocess.PIPE)
                assert done.returncode == 0, f"{text.strip()!r} ended with {done.returncode}"
                printed = done.stdout
            else:
                assert printed == text, f"printed\n{printed}\nbut the README says\n{text}"


if __name__ == "__main__":
    main()
