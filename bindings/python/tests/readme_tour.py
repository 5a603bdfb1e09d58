"""Runs what README.md shows, block after block, as one program, and compares what it prints with what the README says.

Needs nothing but the package, so that it also runs in a Python without pytest.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import pathlib
import re
import tempfile

README = pathlib.Path(__file__).resolve().parents[1] / "README.md"


def blocks() -> "list[str]":
    return re.findall(r"^```python\n(.*?)^```$", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def main() -> None:
    programs = blocks()
    assert len(programs) >= 5, "the README's tour is gone"
    names: "dict[str, object]" = {"asyncio": asyncio, "__name__": "tour"}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        pathlib.Path("holiday.mov").write_bytes(os.urandom(5_000_000))
        for program in programs:
            expected = re.findall(r"^ *print\(.*\) +# (.*)$", program, re.MULTILINE)
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(program, str(README), "exec"), names)
            lines = printed.getvalue().splitlines()
            assert lines == expected, f"printed {lines}, the README says {expected}"
        os.chdir("/")
        import libsafe

        names.clear()
        assert libsafe.live_handles() == 0


if __name__ == "__main__":
    main()
