#!/usr/bin/env python3
"""Writes the Python low-level layer: one binding per function of the model, and its type stubs.

    gen_python.py model.json --cpp module.cpp --stub _safe.pyi

A function that it cannot bind is an error that names it. What the bindings are made of is in bindings/python/src.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
from typing import Any

from gen_python_call import Binding, CannotBind
from model import write_if_changed

CPP_HEAD = '''\
// Made by capi/model/gen_python.py from capi/include/safe. Do not edit.
#include "mailbox.hpp"

#include <array>

namespace py = pybind11;

namespace safe_python {
'''
STUB_HEAD = '''\
# Made by capi/model/gen_python.py from capi/include/safe. Do not edit.
from _typeshed import ReadableBuffer, WriteableBuffer
from typing import Any, Callable, Final, Mapping, Optional, Tuple, Union, final
'''


def handle_types(model: dict[str, Any]) -> str:
    lending = {
        function["params"][0]["type"]
        for function in model["functions"]
        if any(param["kind"] == "out_memory" for param in function["params"])
    }
    text = ""
    for handle in model["handles"]:
        name = handle["name"]
        text += f"template <>\nstruct Type<{name}> {{\n"
        text += f'    static constexpr const char *name = "{name}";\n'
        text += f"    static constexpr bool lends = {'true' if name in lending else 'false'};\n"
        text += f"    static void free({name} *value) {{ {handle['free']}(value); }}\n}};\n\n"
    return text


def numbers(model: dict[str, Any]) -> list[tuple[str, int]]:
    pairs = [(constant["name"], constant["value"]) for constant in model["constants"]]
    for enum in model["enums"]:
        pairs += [(value["name"], value["value"]) for value in enum["values"]]
    return pairs


def module(model: dict[str, Any], bindings: list[Binding]) -> str:
    text = CPP_HEAD + handle_types(model)
    text += "} // namespace safe_python\n\nusing namespace safe_python;\n\n"
    headers = list(dict.fromkeys(binding.function["header"] for binding in bindings))
    for header in headers:
        text += f"static void bind_{header.removesuffix('.h')}(py::module_ &m) {{\n"
        text += "".join(binding.cpp() for binding in bindings if binding.function["header"] == header)
        text += "}\n\n"
    text += "PYBIND11_MODULE(_safe, m) {\n"
    text += '    m.doc() = "The C interface of libsafe, one function each. Applications use the package libsafe.";\n'
    text += "    register_memory(m);\n"
    text += '    m.def("set_error_factory", [](py::object factory) { set_error_factory(std::move(factory)); });\n'
    text += "    close_mailbox_at_exit();\n"
    text += "".join(f"    register_handle<{handle['name']}>(m);\n" for handle in model["handles"])
    for name, _ in numbers(model):
        text += f'    m.attr("{name}") = py::int_(+{name});\n'
    text += "".join(f"    bind_{header.removesuffix('.h')}(m);\n" for header in headers)
    return text + "}\n"


def stub(model: dict[str, Any], bindings: list[Binding]) -> str:
    text = STUB_HEAD + "\n"
    text += "def set_error_factory(\n"
    text += "    factory: Callable[[int, str, str, Mapping[str, Union[int, str]]], BaseException]\n) -> None: ...\n\n"
    for handle in model["handles"]:
        text += f"@final\nclass {handle['name']}:\n"
        text += "    def __int__(self) -> int: ...\n    def __bool__(self) -> bool: ...\n\n"
    text += "".join(f"{name}: Final[int]\n" for name, _ in numbers(model)) + "\n"
    return text + "".join(binding.stub() for binding in bindings)


def main() -> int:
    arguments = argparse.ArgumentParser(description="The Python low-level layer.")
    arguments.add_argument("model", type=pathlib.Path)
    arguments.add_argument("--cpp", type=pathlib.Path, required=True)
    arguments.add_argument("--stub", type=pathlib.Path, required=True)
    options = arguments.parse_args()
    model = json.loads(options.model.read_text(encoding="utf-8"))
    bindings = []
    failed = False
    for function in model["functions"]:
        try:
            bindings.append(Binding(model, function))
        except CannotBind as problem:
            print(f"{function['header']}: {function['name']}: no Python binding: {problem}", file=sys.stderr)
            failed = True
    if failed:
        return 1
    write_if_changed(options.cpp, module(model, bindings))
    write_if_changed(options.stub, stub(model, bindings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
