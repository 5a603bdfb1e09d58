"""One runner: a process that does what it is told, one line each (README, "What a runner speaks")."""

from __future__ import annotations

import pathlib
import queue
import subprocess
import threading
from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional
from urllib.parse import quote, unquote

DEADLINE = 180  # seconds for one answer, on a machine that does many other things
_PLAIN = "/:.,-_~"


class Broken(Exception):
    """A runner that ended, hung, or said what nobody understands."""


@dataclass
class Answer:
    ok: bool
    fields: Dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Of the code that it failed with."""
        return "SAFE_OK" if self.ok else self.fields.get("name", "")

    def __str__(self) -> str:
        return "success" if self.ok else f"{self.name}: {self.fields.get('message', '')}"


class Session:
    def __init__(self, language: str, command: List[str], environment: Mapping[str, str], folder: pathlib.Path) -> None:
        self.language = language
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._errors = open(folder / "stderr", "ab")
        self._process = subprocess.Popen(
            [*command, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
            env=dict(environment), cwd=folder,
        )  # fmt: skip
        self._lines: "queue.Queue[Optional[str]]" = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self._count = 0
        words = self._line("its greeting").split(" ")
        if words[0] != "hello":
            raise self._broken(f"it began with {' '.join(words)!r}, not with hello")
        said = self._fields(words[1:])
        self.can = set(filter(None, said.get("can", "").split(",")))
        self.store = said.get("store", "native")

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line.decode("utf-8", "replace").rstrip("\n"))
        self._lines.put(None)

    def _broken(self, what: str) -> Broken:
        self.kill()
        tail = (self.folder / "stderr").read_text(encoding="utf-8", errors="replace")[-3000:]
        return Broken(f"the runner of {self.language}: {what}{': ' + tail if tail else ''}")

    def _line(self, awaited: str) -> str:
        try:
            line = self._lines.get(timeout=DEADLINE)
        except queue.Empty:
            raise self._broken(f"no answer within {DEADLINE} seconds to {awaited}") from None
        if line is None:
            raise self._broken(f"it ended with status {self._process.wait()} at {awaited}")
        return line

    @staticmethod
    def _fields(words: List[str]) -> Dict[str, str]:
        return {key: unquote(value) for key, _, value in (word.partition("=") for word in words)}

    def _send(self, operation: str, arguments: Mapping[str, str]) -> str:
        self._count += 1
        words = [str(self._count), operation, *(f"{key}={quote(value, safe=_PLAIN)}" for key, value in arguments.items())]
        assert self._process.stdin
        try:
            self._process.stdin.write((" ".join(words) + "\n").encode())
            self._process.stdin.flush()
        except OSError:
            pass  # it has ended, as the next line will tell
        return " ".join(words)[:300]

    def ask(self, operation: str, arguments: Mapping[str, str]) -> Answer:
        sent = self._send(operation, arguments)
        words = self._line(sent).split(" ")
        if len(words) < 2 or words[0] != str(self._count) or words[1] not in ("ok", "error"):
            raise self._broken(f"{' '.join(words)!r} is no answer to {sent}")
        return Answer(words[1] == "ok", self._fields(words[2:]))

    def exit(self) -> None:
        """Has the process end as programs end. Raises Broken if it does not, or not well."""
        sent = self._send("exit", {})
        try:
            status = self._process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            raise self._broken(f"it did not end within {DEADLINE} seconds after {sent}") from None
        if status != 0:
            raise self._broken(f"it ended with status {status}")
        self._close()

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._close()

    def _close(self) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.close()
        except OSError:
            pass  # what was still to be written goes nowhere
        self._errors.close()
