#!/usr/bin/env python3
"""Writes the numbers of the C interface that users of the Java package see: class SafeCode, the error codes.

    gen_java.py model.json --out SafeCode.java
"""

from __future__ import annotations

import argparse
import html
import pathlib
import sys
from typing import Any

import closed
from model import write_if_changed

HEAD = """\
package libsafe;

/**
 * The codes of {@link SafeException}, as in the C interface ({@code safe/error.h}) without its {@code SAFE_}. They are only
 * ever added to.
 */
public final class SafeCode {
    private SafeCode() {}
"""


def sentence(text: str) -> str:
    """As documentation: escaped, with a capital letter and a full stop."""
    text = html.escape(" ".join(text.split()), quote=False)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")


def constant(value: dict[str, Any]) -> str:
    name = value["name"].removeprefix("SAFE_")
    doc = sentence(value["doc"] or name.replace("_", " ").lower())
    return f"\n    /** {doc} */\n    public static final int {name} = {value['value']};\n"


def codes(model: dict[str, Any]) -> str:
    enum = next(enum for enum in model["enums"] if enum["name"] == "safe_code")
    return HEAD + "".join(constant(value) for value in enum["values"]) + "}\n"


def main() -> int:
    arguments = argparse.ArgumentParser(description="The error codes of the Java package.")
    arguments.add_argument("model", type=pathlib.Path)
    arguments.add_argument("--out", type=pathlib.Path, required=True)
    options = arguments.parse_args()
    write_if_changed(options.out, codes(closed.load(options.model)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
