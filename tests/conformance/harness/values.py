"""Values: from a scenario to a runner and back (README, "Values")."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import random
import re
from typing import Any, Dict

from .scenarios import REFERENCE

FULL = os.environ.get("SAFE_SCALE") == "full"
INLINE = 1024  # bytes: what is more crosses in a file


class Unknown(Exception):
    """A reference to what is not there."""


class Values:
    """What the steps of one scenario have made, for one role."""

    def __init__(self, folder: pathlib.Path, made: Dict[str, Dict[str, Any]], given: Dict[str, Any]) -> None:
        self.folder = folder  # for content that crosses in files
        self.made = made
        self.given = given

    # --- a scenario's own values ---

    def look_up(self, reference: str) -> Any:
        reference = self.numbered(reference)
        name, *path = reference.split(".")
        if name in self.given:
            value: Any = self.given[name]
        elif name in self.made:
            value = self.made[name]
        else:
            raise Unknown(f"${name} was not made: its step was left out, or failed")
        for key in path:
            try:
                value = value[int(key)] if isinstance(value, list) else value[key]
            except (KeyError, IndexError, ValueError):
                raise Unknown(f"${reference}: there is no {key!r}") from None
        return value

    def numbered(self, text: str) -> str:
        return text.replace("$n", str(self.given["n"]))

    def resolve(self, value: Any) -> Any:
        if isinstance(value, str):
            whole = REFERENCE.fullmatch(value)
            if whole:
                return self.look_up(whole.group(1) or whole.group(2))
            return REFERENCE.sub(lambda found: str(self.look_up(found.group(1) or found.group(2))), value)
        if isinstance(value, list):
            return [self.resolve(each) for each in value]
        return value

    def number(self, value: Any) -> int:
        if isinstance(value, dict):
            value = value["full" if FULL else "usual"]
        return int(self.resolve(value))

    def bytes(self, value: Any) -> bytes:
        if isinstance(value, dict) and not set(value) & {"hex", "random", "repeat", "of", "join"}:
            return self.one_of(value, "data", "value", "datamap", "seed", "signature")
        if isinstance(value, dict):
            whole = self.generated(value)
            return whole[self.number(value.get("from", 0)) : self.number(value.get("to", len(whole)))]
        found = self.resolve(value)
        if isinstance(found, dict):
            return self.bytes(found)
        return found if isinstance(found, bytes) else str(found).encode("utf-8")

    def generated(self, value: Dict[str, Any]) -> bytes:
        if "hex" in value:
            return bytes.fromhex(value["hex"])
        if "random" in value:
            return random.Random(self.number(value["random"])).randbytes(self.number(value["size"]))
        if "repeat" in value:
            unit, size = self.bytes(value["repeat"]), self.number(value["size"])
            return (unit * (size // max(len(unit), 1) + 1))[:size]
        if "of" in value:
            return self.bytes(value["of"])
        return b"".join(self.bytes(part) for part in value["join"])

    @staticmethod
    def one_of(made: Dict[str, Any], *fields: str) -> Any:
        for name in fields:
            if name in made:
                return made[name]
        raise Unknown(f"what was made has none of {', '.join(fields)}")

    # --- to a runner ---

    def outgoing(self, value: Any, kind: str) -> str:
        if kind == "number":
            return str(self.number(value))
        if kind == "flag":
            return "1" if self.resolve(value) else "0"
        if kind == "bytes":
            return self.crossing(self.bytes(value))
        found = self.bytes(value).decode() if isinstance(value, dict) else self.resolve(value)
        if kind == "link" and isinstance(found, dict):
            found = self.one_of(found, "link", "text")
        if kind in ("texts", "numbers"):
            parts = [self.one_of(each, "link", "text") if isinstance(each, dict) else str(each) for each in found]
            return "\n".join(parts)
        return self.numbered(str(found))

    def crossing(self, data: bytes) -> str:
        if len(data) <= INLINE:
            return "x:" + data.hex()
        path = self.folder / hashlib.sha256(data).hexdigest()[:24]
        if not path.exists():
            path.write_bytes(data)
        return f"f:{path}"


def incoming(text: str, kind: str) -> Any:
    if kind == "number":
        return int(text)
    if kind == "flag":
        return text == "1"
    if kind == "bytes":
        return bytes.fromhex(text[2:]) if text.startswith("x:") else pathlib.Path(text[2:]).read_bytes()
    if kind == "numbers":
        return [int(each) for each in text.split(",") if each]
    if kind == "chunks":
        pairs = (each.split(":") for each in text.split(",") if each)
        return [{"address": address, "size": int(size)} for address, size in pairs]
    return text


def shown(value: Any) -> str:
    if isinstance(value, bytes):
        return f"{value!r}" if len(value) <= 60 else f"{len(value)} bytes that begin with {value[:20]!r}"
    return json.dumps(value, ensure_ascii=False)[:200]


def differs(values: Values, wanted: Any, got: Any, kind: str) -> str:
    """What is wrong with a field, or nothing."""
    if isinstance(wanted, dict) and not set(wanted) & {"hex", "random", "repeat", "of", "join", "usual"}:
        if wanted.get("absent"):
            return "" if got is None else f"there is one: {shown(got)}"
        if got is None:
            return "there is none"
        size = len(got) if isinstance(got, (bytes, list, str)) else got
        checks = {
            "at_least": lambda limit: size >= values.number(limit),
            "at_most": lambda limit: size <= values.number(limit),
            "size": lambda limit: size == values.number(limit),
            "not": lambda other: bool(differs(values, other, got, kind)),
            "one_of": lambda several: any(not differs(values, each, got, kind) for each in several),
            "matches": lambda pattern: re.search(pattern, got if isinstance(got, str) else shown(got)) is not None,
        }
        failed = [name for name in wanted if name in checks and not checks[name](wanted[name])]
        return f"{shown(got)} is not {', '.join(f'{name} {shown(wanted[name])}' for name in failed)}" if failed else ""
    if kind == "bytes":
        expected: Any = values.bytes(wanted)
    elif kind == "number":
        expected = values.number(wanted)
    else:
        expected = values.resolve(wanted)
    if got == expected:
        return ""
    if isinstance(expected, bytes) and isinstance(got, bytes) and len(got) == len(expected):
        at = next(index for index in range(len(got)) if got[index] != expected[index])
        return f"{len(got)} bytes as wanted, but they differ from byte {at} on"
    return f"{shown(got)}, not {shown(expected)}" if got is not None else f"there is none, not {shown(expected)}"
