#!/usr/bin/env python3
"""Writes the flat JS layer: one function per function of the model, as TypeScript with its doc comments.

    gen_js.py model.json --out folder        folder/constants.ts, folder/functions.ts

A function that it cannot bind is an error that names it. What the functions are made of is in bindings/js/src/ffi.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import sys
from typing import Any

import closed
from closed import CannotBind
from gen_js_call import RESULT, SIGNATURE, Binding, typescript_int
from model import write_if_changed

HEAD = "// Made by capi/model/gen_js.py from capi/include/safe. Do not edit.\n"
IMPORTS = """\
import type { Core, Listener } from './core.js';
import { fillInto } from './lent.js';
import { bytesOf, handle, i32, i64, listenerOf, none, u32, u64, type Bytes } from './values.js';

declare const kind: unique symbol;
/** A handle: a number that only the library can read. Freed once, with the function of its type. */
export type Handle<Name extends string> = number & { readonly [kind]: Name };

"""


def comment(text: str, indent: str) -> str:
    lines = text.replace("*/", "* /").splitlines()
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    return f"{indent}/**\n" + "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines) + f"{indent} */\n"


def literal(value: int) -> str:
    """What does not fit into 53 bits is a bigint."""
    return f"{value}n" if abs(value) >= 2**53 else str(value)


def constants(model: dict[str, Any]) -> str:
    numbers = model["constants"] + [value for enum in model["enums"] for value in enum["values"]]
    text = HEAD + "\n"
    for number in numbers:
        text += comment(number["doc"], "") if number["doc"] else ""
        text += f"export const {number['name']} = {literal(number['value'])};\n"
    text += "\n/** The numbers of each enum by their names. */\nexport const enums = {\n"
    for enum in model["enums"]:
        text += f"  {enum['name']}: {{ {', '.join(value['name'] for value in enum['values'])} }},\n"
    return text + "} as const;\n"


def types(model: dict[str, Any]) -> str:
    text = ""
    for handle in model["handles"]:
        text += f"export type {handle['name']} = Handle<'{handle['name']}'>;\n"
    text += "\n"
    for enum in model["enums"]:
        text += f"export type {enum['name']} = number;\n"
    return text + "\n"


def callback_param(param: dict[str, Any]) -> tuple[str, str, str]:
    """Its type for the listener, its type as it comes from wasm, and how it becomes the one from the other."""
    name, kind = param["name"], param["kind"]
    if kind == "int":
        raw = "bigint" if SIGNATURE[param["type"]] == "j" else "number"
        return typescript_int(param), raw, RESULT[param["type"]].format(name)
    if kind == "str":
        return "string", "number", f"heap.text({name}) ?? ''"
    if kind == "handle":
        given = "core.given" if param["type"] == "safe_op" else "core.passed"
        return f"{param['type']} | null", "number", f"{given}({name}) as {param['type']} | null"
    raise CannotBind(f"parameter '{name}' of a callback is of kind '{kind}'")


def callback_types(model: dict[str, Any]) -> str:
    text = ""
    for callback in model["callbacks"]:
        params = [(param["name"], callback_param(param)[0]) for param in callback["params"][1:]]
        text += comment(callback["doc"], "")
        text += f"export type {callback['name']} = ({', '.join(f'{name}: {kind}' for name, kind in params)}) => void;\n\n"
    return text


def signature(callback: dict[str, Any]) -> str:
    """In Emscripten's letters."""
    return "v" + "".join(SIGNATURE.get(param.get("type", ""), "i") for param in callback["params"])


def trampolines(model: dict[str, Any]) -> str:
    text = ""
    for callback in model["callbacks"]:
        name = callback["name"]
        params = [(param["name"], *callback_param(param)[1:]) for param in callback["params"][1:]]
        raw = ", ".join(f"{param}: {kind}" for param, kind, _ in params)
        values = ", ".join(value for _, _, value in params)
        text += f"  const {name} = core.trampoline('{name}', '{signature(callback)}');\n"
        text += f"  const to_{name} = (listener: {name}): Listener => ({raw}) =>\n    listener({values});\n"
    return text


def functions(model: dict[str, Any], bindings: list[Binding]) -> str:
    text = HEAD + IMPORTS + types(model) + callback_types(model)
    text += "/** The C interface, function by function. Every one is described as in its header. */\nexport interface Functions {\n"
    for binding in bindings:
        text += comment(f"{binding.function['doc']}\n\n@since {binding.function['since']}", "  ")
        text += f"  {binding.declared()};\n"
    text += "}\n\n/** The interface over one instance of the library. */\n"
    text += "export function bind(core: Core): Functions {\n  const { heap } = core;\n"
    text += "".join(f"  const _{binding.name} = core.entry('{binding.name}');\n" for binding in bindings)
    text += trampolines(model)
    text += "  return {\n"
    text += "".join(binding.typescript() for binding in bindings)
    return text + "  };\n}\n"


def bound(text: str) -> list[str]:
    """The functions that the text really has."""
    return re.findall(r"^    (safe_\w+)\(.*\{$", text, re.MULTILINE)


def main() -> int:
    arguments = argparse.ArgumentParser(description="The flat JS layer.")
    arguments.add_argument("model", type=pathlib.Path)
    arguments.add_argument("--out", type=pathlib.Path, required=True)
    options = arguments.parse_args()
    model = closed.load(options.model)
    closed.each(model, "callbacks", "JS binding", lambda one: [callback_param(param) for param in one["params"][1:]])
    text = functions(model, closed.each(model, "functions", "JS binding", lambda one: Binding(model, one)))
    closed.complete(model, "flat JS layer", bound(text))
    write_if_changed(options.out / "constants.ts", constants(model))
    write_if_changed(options.out / "functions.ts", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
