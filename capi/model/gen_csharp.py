#!/usr/bin/env python3
"""Writes what C# has of the model beside SWIG's methods: a SafeHandle for each type of handle, which users do not see, and
the error codes, which they do.

    gen_csharp.py model.json --handles Handles.cs --codes SafeCode.cs
"""

from __future__ import annotations

import argparse
import pathlib
import sys
from typing import Any
from xml.sax.saxutils import escape

import closed
from model import write_if_changed

HEAD = "// Made by capi/model/gen_csharp.py from capi/include/safe. Do not edit.\n"


def pascal(name: str) -> str:
    """SAFE_STORE_FULL, safe_record_page: StoreFull, RecordPage."""
    return "".join(word.capitalize() for word in name.split("_")[1:])


def handle_class(name: str) -> str:
    return pascal(name) + "Handle"


def handle(entry: dict[str, Any]) -> str:
    name = handle_class(entry["name"])
    return f"""
    internal sealed class {name} : NativeHandle {{
        protected override bool ReleaseHandle() {{
            Ffi.{entry["free"]}(handle);
            return true;
        }}
    }}
"""


def handles(model: dict[str, Any]) -> str:
    return f"{HEAD}namespace LibSafe.Interop {{{''.join(handle(entry) for entry in model['handles'])}}}\n"


def code(value: dict[str, Any]) -> str:
    doc = " ".join(value.get("doc", "").split()) or value["name"]
    return f"        /// <summary>{escape(doc[:1].upper() + doc[1:])}.</summary>\n        {pascal(value['name'])} = {value['value']},\n"


def codes(model: dict[str, Any]) -> str:
    values = next((enum["values"] for enum in model["enums"] if enum["name"] == "safe_code"), None)
    if values is None:
        sys.exit("the model has no enum safe_code")
    return f"""{HEAD}namespace LibSafe {{
    /// <summary>Why a call failed: the numbers of the C interface.</summary>
    public enum SafeCode {{
{"".join(code(value) for value in values)}    }}
}}
"""


def main() -> int:
    arguments = argparse.ArgumentParser(description="The C# handles and codes.")
    arguments.add_argument("model", type=pathlib.Path)
    arguments.add_argument("--handles", type=pathlib.Path, required=True)
    arguments.add_argument("--codes", type=pathlib.Path, required=True)
    options = arguments.parse_args()
    model = closed.load(options.model)
    write_if_changed(options.handles, handles(model))
    write_if_changed(options.codes, codes(model))
    return 0


if __name__ == "__main__":
    sys.exit(main())
