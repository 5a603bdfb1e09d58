#!/usr/bin/python3
"""The export list of the wasm module, for emcc's -sEXPORTED_FUNCTIONS: every function of the interface, and what a host
needs besides: memory, and the call that does the work.

    gen_wasm_exports.py MODEL.json OUT
"""

import json
import pathlib
import sys
from typing import Any

import model

HOST = ["malloc", "free", "safe_wasm_take", "safe_wasm_give", "safe_wasm_pump"]


def exports(interface: dict[str, Any]) -> str:
    names = [function["name"] for function in interface["functions"]] + HOST
    return "".join(f"_{name}\n" for name in sorted(names))


if __name__ == "__main__":
    source, out = map(pathlib.Path, sys.argv[1:])
    model.write_if_changed(out, exports(json.loads(source.read_text(encoding="utf-8"))))
