"""What every generator owes the model: it knows all that it is told, and leaves nothing out.

A fact that is added to rules.py stops each generator until somebody has decided what it means there.
"""

from __future__ import annotations

import json
import pathlib
import sys
from typing import Any, Callable, Iterable, TypeVar

Made = TypeVar("Made")

FACTS: dict[str, set[str]] = {
    "function": {"name", "header", "line", "doc", "since", "async", "blocks", "frees", "result", "params"},
    "result": {"ctype", "kind", "type", "enum", "lenfn", "nullable"},
    "param": {
        "name", "ctype", "kind", "type", "const", "size", "enum", "len", "length_of",
        "nullable", "kept", "owned", "borrowed",
    },
    "callback": {"name", "header", "line", "doc", "params"},
}  # fmt: skip


class CannotBind(Exception):
    """A shape that a generator does not know."""


def known(section: str, entry: dict[str, Any], where: str = "") -> None:
    for fact in sorted(set(entry) - FACTS[section]):
        raise CannotBind(f"{where}says '{fact}', which the generator does not understand")


def understood(entry: dict[str, Any]) -> None:
    """A function or callback that says nothing new."""
    known("function" if "result" in entry else "callback", entry)
    if "result" in entry:
        known("result", entry["result"], "its result ")
    for param in entry["params"]:
        known("param", param, f"parameter '{param['name']}' ")


def load(path: pathlib.Path) -> dict[str, Any]:
    model: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return model


def each(model: dict[str, Any], section: str, what: str, bind: Callable[[dict[str, Any]], Made]) -> list[Made]:
    """What `bind` makes of each entry. All that cannot be bound is named before the generator gives up."""
    made, failed = [], False
    for entry in model[section]:
        try:
            understood(entry)
            made.append(bind(entry))
        except CannotBind as problem:
            print(f"{entry['header']}:{entry['line']}: {entry['name']}: no {what}: {problem}", file=sys.stderr)
            failed = True
    if failed:
        sys.exit(1)
    return made


def takers(binding: Any, params: Iterable[dict[str, Any]]) -> Callable[[], list[str]]:
    """Has the binding take each parameter by its method for that kind, and gives the one for the kind of its function's result."""
    for param in params:
        take = getattr(binding, "take_" + param["kind"], None)
        if take is None:
            raise CannotBind(f"parameter '{param['name']}' is of kind '{param['kind']}'")
        take(param)
    kind = binding.function["result"]["kind"]
    give: Callable[[], list[str]] | None = getattr(binding, "give_" + kind, None)
    if give is None:
        raise CannotBind(f"its result is of kind '{kind}'")
    return give


def complete(model: dict[str, Any], what: str, names: Iterable[str]) -> None:
    """Stops unless every function of the model is among the names that were found in what was made."""
    found = set(names)
    missing = [function for function in model["functions"] if function["name"] not in found]
    for function in missing:
        print(f"{function['header']}:{function['line']}: {function['name']}: not in the {what}", file=sys.stderr)
    if missing:
        sys.exit(1)
