#!/usr/bin/env python3
"""The model of the C interface, as read from capi/include/safe: one JSON file, and what follows from it.

    model.py --out model.json [--symbols exports.txt]   write
    model.py --check                                    compare with the locks in capi/abi
    model.py --update-locks                             write the locks

Fails with every breach of the law of the interface (rules.py), as header:line: name: what is wrong.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
from typing import Any

import locks
import reader
import rules

HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = HERE.parent / "include"
LOCKS = HERE.parent / "abi"


class BadHeaders(Exception):
    """The headers break the law; the message lists every breach."""


def build(include: pathlib.Path = INCLUDE) -> dict[str, Any]:
    """The model of the headers in a folder. Raises BadHeaders."""
    headers = reader.read(include)
    problems = list(headers.problems)
    law = rules.Law(headers)

    def judged(found: Any, judge: Any) -> Any:
        try:
            return judge(found)
        except rules.Breach as breach:
            problems.append(f"{found.header}:{found.line}: {found.name}: {breach}")
            return None

    for function in headers.functions:
        model = judged(function, law.function)
        if model:
            law.functions[function.name] = model
    callbacks = [judged(callback, lambda c: rules.callback_model(law, c)) for callback in headers.callbacks]
    constants = []
    for constant in headers.constants:
        value = judged(constant, rules.constant_value)
        if value is not None:
            constants.append(
                {"name": constant.name, "header": constant.header, "doc": constant.doc, "value": value}
            )
    for enum in headers.enums:
        if not enum.name.startswith("safe_"):
            problems.append(f"{enum.header}:{enum.line}: {enum.name}: enums are named safe_...")
    if not problems:
        problems = law.whole()
    if problems:
        raise BadHeaders("\n".join(problems))
    return {
        "abi": next(constant["value"] for constant in constants if constant["name"] == "SAFE_ABI_VERSION"),
        "headers": [{"name": name, "doc": doc} for name, doc in headers.prose.items()],
        "handles": [
            {"name": name, "header": header, "free": name + "_free"} for name, header in headers.handles.items()
        ],
        "enums": [
            {"name": enum.name, "header": enum.header, "doc": enum.doc,
             "values": [{"name": name, "value": value, "doc": doc} for name, value, doc in enum.values]}
            for enum in headers.enums
        ],  # fmt: skip
        "constants": constants,
        "callbacks": callbacks,
        "functions": list(law.functions.values()),
    }


def write_if_changed(path: pathlib.Path, text: str) -> None:
    """So that what depends on the file is rebuilt only when it must be."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main() -> int:
    arguments = argparse.ArgumentParser(description="The model of the C interface.")
    arguments.add_argument("--include", type=pathlib.Path, default=INCLUDE, help="folder that holds safe/safe.h")
    arguments.add_argument("--out", type=pathlib.Path, help="write the model (JSON)")
    arguments.add_argument("--symbols", type=pathlib.Path, help="write the exported names, one a line")
    arguments.add_argument("--locks", type=pathlib.Path, default=LOCKS, help="folder of the locks")
    arguments.add_argument("--check", action="store_true", help="compare with the locks")
    arguments.add_argument("--update-locks", action="store_true", help="write the locks")
    options = arguments.parse_args()
    try:
        model = build(options.include)
    except BadHeaders as bad:
        print(bad, file=sys.stderr)
        return 1
    if options.out:
        write_if_changed(options.out, json.dumps(model, indent=1) + "\n")
    if options.symbols:
        write_if_changed(options.symbols, locks.symbol_list(model))
    if options.update_locks:
        locks.update(model, options.locks)
    if options.check:
        difference = locks.differences(model, options.locks)
        if difference:
            print(difference, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
