#!/usr/bin/env python3
"""Writes the functions of the Node addon: one per function of the model, over Node-API.

    gen_addon.py model.json --out functions.cpp

A function that it cannot bind is an error that names it. What the functions are made of is in bindings/js/addon.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import sys
from typing import Any

import closed
from closed import CannotBind
from gen_addon_call import OUT, Binding, boolean
from model import write_if_changed

HEAD = """\
// Made by capi/model/gen_addon.py from capi/include/safe. Do not edit.
#include "call.hpp"
#include "functions.hpp"

#include <string>
#include <utility>

namespace safe_addon {

"""


def told(model: dict[str, Any]) -> set[str]:
    """The types of handles that the library gives out once more: JavaScript is to see the number that it knows."""
    params = [param for section in ("functions", "callbacks") for entry in model[section] for param in entry["params"]]
    return {param["type"] for param in params if param["kind"] in ("out_handle", "handle") and param.get("borrowed")} | {
        param["type"] for entry in model["callbacks"] for param in entry["params"] if param["kind"] == "handle"
    }


def types(model: dict[str, Any]) -> str:
    known, text = told(model), ""
    for handle in model["handles"]:
        name = handle["name"]
        text += f"template <>\nstruct Type<{name}> {{\n    static constexpr bool told = {boolean(name in known)};\n"
        text += f"    static void free(void *handle) {{ {handle['free']}(static_cast<{name} *>(handle)); }}\n}};\n"
    return text + "\n"


def callback_param(param: dict[str, Any]) -> tuple[str, str, str]:
    """Its type in C, what of it goes into the letter, and how it becomes JavaScript's on the other side."""
    name, kind = param["name"], param["kind"]
    if kind == "int":
        return f"{param['type']} {name}", f"{name}", OUT[param["type"]].format(name)
    if kind == "str":
        return f"const char *{name}", f"{name} = std::string({name})", f"call.text({name}.c_str(), \"\")"
    if kind == "handle":
        return f"{param['type']} *{name}", f"{name}", f"call.told({name})"
    raise CannotBind(f"parameter '{name}' of a callback is of kind '{kind}'")


def callback(entry: dict[str, Any]) -> str:
    params = [callback_param(param) for param in entry["params"][1:]]
    declared = ", ".join(["void *user_data", *(declared for declared, _, _ in params)])
    held = ", ".join(held for _, held, _ in params)
    values = ", ".join(value for _, _, value in params)
    text = f"void told_{entry['name']}({declared}) noexcept {{\n"
    text += f"    post(user_data, [{held}](Call &call) {{ return Arguments{{{values}}}; }});\n}}\n\n"
    return text


def functions(callbacks: list[str], bindings: list[Binding], head: str) -> str:
    text = HEAD + head + "namespace {\n\n" + "".join(callbacks) + "".join(binding.cpp() for binding in bindings)
    text += "} // namespace\n\nconst Function functions[] = {\n"
    text += "".join(f'    {{"{binding.name}", guarded<js_{binding.name}>}},\n' for binding in bindings)
    text += "};\nconst size_t function_count = sizeof functions / sizeof *functions;\n\n"
    most = max(binding.count for binding in bindings)
    return text + f"static_assert({most} <= Call::most);\n\n}} // namespace safe_addon\n"


def bound(text: str) -> list[str]:
    """The functions that the text really has."""
    called = set(re.findall(r"\bguarded<js_(safe_\w+)>", text))
    return [name for name in re.findall(r"^napi_value js_(safe_\w+)\(Call &call\) \{$", text, re.MULTILINE) if name in called]


def main() -> int:
    arguments = argparse.ArgumentParser(description="The functions of the Node addon.")
    arguments.add_argument("model", type=pathlib.Path)
    arguments.add_argument("--out", type=pathlib.Path, required=True)
    options = arguments.parse_args()
    model = closed.load(options.model)
    callbacks = closed.each(model, "callbacks", "callback of the Node addon", callback)
    bindings = closed.each(model, "functions", "function of the Node addon", lambda one: Binding(model, one))
    text = functions(callbacks, bindings, types(model))
    closed.complete(model, "Node addon", bound(text))
    write_if_changed(options.out, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
