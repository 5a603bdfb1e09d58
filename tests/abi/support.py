"""What the tests of the interface share: capi/model on the path, and headers made up for a test."""

from __future__ import annotations

import pathlib
import re
import shutil
import sys
import tempfile
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "capi" / "model"))

import model as model  # noqa: E402


class Headers:
    """A copy of the public headers that a test may change."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.include = pathlib.Path(self._folder.name)
        shutil.copytree(model.INCLUDE / "safe", self.include / "safe")

    def __enter__(self) -> "Headers":
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def path(self, header: str) -> pathlib.Path:
        return self.include / "safe" / header

    def replace(self, header: str, old: str, new: str) -> None:
        text = self.path(header).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{header} has {text.count(old)} times: {old}"
        self.path(header).write_text(text.replace(old, new), encoding="utf-8")

    def declare(self, text: str, header: str = "key.h") -> int:
        """Adds a declaration; gives the line at which it begins."""
        lines = self.path(header).read_text(encoding="utf-8").splitlines()
        at = max(index for index, line in enumerate(lines) if re.match("#ifdef __cplusplus", line))
        lines[at:at] = [*text.splitlines(), ""]
        self.path(header).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return at + 1

    def model(self) -> dict[str, Any]:
        return model.build(self.include)
