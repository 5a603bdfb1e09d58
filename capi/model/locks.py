"""The locks: committed texts that follow from the model, so that every change of the interface is a reviewed line.

    symbols.lock    every function as C declares it, and since when
    constants.lock  every name that has a number
    model.lock      what the generators are told about each function, callback and handle
    exports.txt     the names of all functions, one a line: what libsafe.so and libsafe.a may show (tests/capi/elf.py)
"""

from __future__ import annotations

import difflib
import json
import pathlib
from typing import Any

UPDATE = "capi/model/update_locks.sh"


def signature(function: dict[str, Any]) -> str:
    params = ", ".join(declaration(param["ctype"], param["name"]) for param in function["params"])
    return f"{declaration(function['result']['ctype'], function['name'])}({params or 'void'}); since {function['since']}"


def declaration(ctype: str, name: str) -> str:
    element, bracket, size = ctype.partition("[")
    if bracket:
        return f"{element} {name}[{size}"
    return f"{ctype}{name}" if ctype.endswith("*") else f"{ctype} {name}"


def symbols_lock(model: dict[str, Any]) -> str:
    return "".join(signature(function) + "\n" for function in by_name(model["functions"]))


def constants_lock(model: dict[str, Any]) -> str:
    pairs = [(constant["name"], constant["value"]) for constant in model["constants"]]
    for enum in model["enums"]:
        pairs += [(value["name"], value["value"]) for value in enum["values"]]
    # The version of the library is not a promise of the interface.
    return "".join(f"{name} = {value}\n" for name, value in sorted(pairs) if not name.startswith("SAFE_VERSION_M")
                   and name != "SAFE_VERSION_PATCH")  # fmt: skip


def model_lock(model: dict[str, Any]) -> str:
    """One line per declaration, without what may change freely: comments and positions."""
    lines = []
    for section in ("handles", "enums", "callbacks", "functions"):
        for entry in by_name(model[section]):
            facts = {name: value for name, value in entry.items() if name not in ("doc", "line", "header", "values")}
            lines.append(f"{section[:-1]} {json.dumps(facts, separators=(', ', ': '))}\n")
    return "".join(lines)


def symbol_list(model: dict[str, Any]) -> str:
    return "".join(function["name"] + "\n" for function in by_name(model["functions"]))


def by_name(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: str(entry["name"]))


LOCKS = {
    "symbols.lock": symbols_lock,
    "constants.lock": constants_lock,
    "model.lock": model_lock,
    "exports.txt": symbol_list,
}


def update(model: dict[str, Any], folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text_of in LOCKS.items():
        (folder / name).write_text(text_of(model), encoding="utf-8")


def differences(model: dict[str, Any], folder: pathlib.Path) -> str:
    """What the headers say and the locks do not; empty if they agree."""
    found = []
    for name, text_of in LOCKS.items():
        path = folder / name
        locked = path.read_text(encoding="utf-8") if path.exists() else ""
        lines = difflib.unified_diff(
            locked.splitlines(), text_of(model).splitlines(), f"capi/abi/{name}", "capi/include/safe", "", "", 0, ""
        )
        found += list(lines)
    if not found:
        return ""
    return "\n".join([*found, "", f"The interface differs from its locks. If that is meant, type: {UPDATE}"])
