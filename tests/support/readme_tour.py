"""Follows a README in an empty folder: writes its files, runs its commands, and compares what they print.

A file is a block whose paragraph before it ends in "is `NAME`:"; a block of sh is run; a block of text is what the last one
printed. Other blocks are not looked at.
"""

from __future__ import annotations

import pathlib
import re
import subprocess
import tempfile
from typing import Callable, Mapping

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"is\s`([\w./]+)`:\s*$")


class Tour:
    """What is done in one folder, which is gone in the end."""

    def __init__(self, readme: str, env: Mapping[str, str]) -> None:
        self.readme = readme
        self.text = (ROOT / readme).read_text(encoding="utf-8")
        self.env = dict(env)
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)

    def __enter__(self) -> "Tour":
        return self

    def __exit__(self, *_: object) -> None:
        self.temporary.cleanup()

    def section(self, title: str) -> str:
        parts = re.split(r"^## (.*)$", self.text, flags=re.MULTILINE)
        return dict(zip(parts[1::2], parts[2::2]))[title]

    def follow(self, title: str, change: Callable[[str], str] = lambda command: command) -> None:
        """Does what a section says. change: of commands, where this machine is not as the reader's."""
        section, printed, compared = self.section(title), None, 0
        for block in BLOCK.finditer(section):
            kind, text = block.groups()
            named = NAME.search(section[: block.start()])
            if named:
                path = self.folder / named.group(1)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            elif kind == "sh":
                printed = self.run(change(text))
            elif kind == "text":
                compared += 1
                assert printed == text, f"printed\n{printed}\nbut {self.readme} says\n{text}"
        assert compared, f"{self.readme}, {title}: nothing is printed and compared"

    def run(self, command: str) -> str:
        done = subprocess.run(["sh", "-eu", "-c", command], cwd=self.folder, env=self.env, text=True, stdout=subprocess.PIPE)
        assert done.returncode == 0, f"{command.strip()!r} ended with {done.returncode}, having printed\n{done.stdout}"
        return done.stdout
