#!/usr/bin/env python3
"""Writes the guest bridge: the imports `safe_ffi` of a wasm module of somebody else, over libsafe.wasm.

    gen_guest.py model.json --out folder        folder/bridge.ts

A guest calls the C interface as C declares it for wasm32; its pointers are into its own memory. Each function here moves
what they point to from one memory to the other:

    handle              only the guest's own; any other becomes a number that the library refuses
    bytes, strings      checked against the guest's memory and copied; what is not inside becomes NULL (or no text)
    outputs             written to the guest's memory when the call has succeeded; handles become the guest's own
    ... kept            copied; what an operation has written is in the guest before it can see that it has ended
    given-out texts,    copied into memory that the guest allocates (safe_guest_alloc), and that lives as long as the
    bytes, memory       handle they belong to
    callback            an index of the guest's table, with its user data

A function that it cannot bind is an error that names it. What the functions are made of is in bindings/js/src/guest.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import sys
from typing import Any

import closed
from closed import CannotBind, takers
from gen_js import signature
from gen_js_call import SIGNATURE, renamed, width_of
from model import write_if_changed

HEAD = """\
// Made by capi/model/gen_guest.py from capi/include/safe. Do not edit.
import type { Core } from '../ffi/core.js';
import type { Guest } from './guest.js';

/** A function as a guest imports it. */
export type Import = (...values: never[]) => number | bigint | void;

export type Result = 'status' | 'number' | 'bigint' | 'void';

/** What guests import from safe_ffi, for one guest. */
export function bridge(core: Core, guest: Guest): Record<string, Import> {
  const { heap } = core;
"""


def free_of(handle: str) -> str:
    """What frees it: an operation may have to wait for the buffer that it keeps."""
    return "freeOp" if handle == "safe_op" else f"_{handle}_free"


class Binding:
    def __init__(self, model: dict[str, Any], function: dict[str, Any]) -> None:
        self.model = model
        self.function = function = renamed(function)
        self.name: str = function["name"]
        self.params: list[str] = []  # as the guest passes them
        self.before: list[str] = []
        self.call: list[str] = []
        self.after: list[str] = []  # after success
        self.always: list[str] = []  # after success and failure
        self.kept = ""
        self.listener = ""
        self.once = False
        self.memory = False
        give = takers(self, function["params"])
        if self.kept and function["result"]["kind"] != "op":
            raise CannotBind("a kept buffer needs an operation that ends")
        if (self.after or self.always) and function["result"]["kind"] != "status":
            raise CannotBind("outputs of a function that does not return safe_status")
        self.body: list[str] = give()

    def where(self, param: dict[str, Any]) -> str:
        return f"'{self.name}: {param['name']}'"

    def number(self, name: str) -> None:
        self.params.append(f"{name}: number")

    def use_memory(self, statement: str) -> None:
        self.memory = True
        self.before.append(statement)

    # --- parameters ---

    def take_handle(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.number(name)
        owned = f"guest.own({name}, {self.where(param)})"
        self.call.append(f"core.op({owned})" if param["type"] == "safe_op" else owned)
        if not param["const"] and self.lends(param["type"]) and not self.reserves():
            self.before.append(f"guest.handIn({name});")

    def lends(self, handle: str) -> bool:
        """Whether memory of such objects is given out to be written to."""
        return any(
            other["params"][0].get("type") == handle and any(param["kind"] == "out_memory" for param in other["params"])
            for other in self.model["functions"]
            if other["params"]
        )

    def reserves(self) -> bool:
        return any(param["kind"] == "out_memory" for param in self.function["params"])

    def take_int(self, param: dict[str, Any]) -> None:
        wide = SIGNATURE[param["type"]] == "j"
        self.params.append(f"{param['name']}: {'bigint' if wide else 'number'}")
        self.call.append(param["name"])

    def take_str(self, param: dict[str, Any]) -> None:
        self.number(param["name"])
        self.use_memory(f"const {param['name']}$ = guest.string({param['name']}, {self.where(param)});")
        self.call.append(f"{param['name']}$")

    def take_bytes(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.number(name)
        if param.get("kept"):
            self.keep(param)
        else:
            self.use_memory(f"const {name}$ = guest.bytes({name}, {param['len']}, {self.where(param)});")
            self.call.append(f"{name}$")

    def take_out_buffer(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.number(name)
        if param.get("kept"):
            self.keep(param)
            return
        self.use_memory(f"const {name}$ = guest.room({name}, {param['len']}, {self.where(param)});")
        self.call.append(f"{name}$")
        self.after.append(f"guest.give({name}, {name}$, {param['len']});")

    def keep(self, param: dict[str, Any]) -> None:
        if self.kept:
            raise CannotBind("more than one kept buffer")
        fills = "true" if param["kind"] == "out_buffer" else "false"
        self.kept = f"{param['name']}, {param['len']}, {fills}, {self.where(param)}"
        self.call.append("lent")

    def take_fixed_bytes(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.number(name)
        self.use_memory(f"const {name}$ = guest.bytes({name}, {param['size']}, {self.where(param)});")
        self.call.append(f"{name}$")

    def take_out_fixed_bytes(self, param: dict[str, Any]) -> None:
        self.output(param, param["size"])

    def take_out_int(self, param: dict[str, Any]) -> None:
        self.output(param, width_of(param["type"]))

    def output(self, param: dict[str, Any], size: int) -> None:
        name = param["name"]
        self.number(name)
        self.use_memory(f"const {name}$ = guest.room({name}, {size}, {self.where(param)});")
        self.call.append(f"{name}$")
        self.after.append(f"guest.give({name}, {name}$, {size});")

    def take_out_handle(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.number(name)
        self.use_memory(f"const {name}$ = guest.room({name}, 4, {self.where(param)});")
        self.call.append(f"{name}$")
        if param.get("owned"):
            self.always.append(f"guest.giveHandle({name}, {name}$, {free_of(param['type'])});")
        else:
            self.always.append(f"guest.give({name}, {name}$, 4);")

    def take_out_memory(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.number(name)
        self.use_memory(f"const {name}$ = guest.room({name}, 4, {self.where(param)});")
        self.call.append(f"{name}$")
        handle = self.function["params"][0]["name"]
        self.after.append(
            f"if (!guest.giveMemory({handle}, {name}, {name}$, {param['len']})) return guest.outOfMemory;"
        )

    def take_error(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.number(name)
        self.use_memory(f"const {name}$ = guest.room({name}, 4, {self.where(param)});")
        self.before.append(f"if ({name} !== 0 && {name}$ === 0) return guest.invalidArgument;")
        self.call.append(f"{name}$")
        self.always.append(f"guest.giveHandle({name}, {name}$, {free_of(param['type'])});")

    def take_callback(self, param: dict[str, Any]) -> None:
        if self.listener:
            raise CannotBind("more than one callback")
        self.number(param["name"])
        self.listener = param["name"]
        self.once = any(other["kind"] == "handle" for other in self.function["params"])
        callback = next(one for one in self.model["callbacks"] if one["name"] == param["type"])
        kinds = ", ".join(f"'{one['kind']}'" for one in callback["params"][1:])
        self.before.append(f"const {param['name']}$ = guest.callback({param['name']}, user_data$, [{kinds}], {self.where(param)});")
        self.call.append(f"listener && {param['type']}")
        if self.function["result"]["kind"] == "void":  # nothing else can say that the index is none
            self.before.append(f"if ({param['name']} !== 0 && {param['name']}$ === null) return;")

    def take_user_data(self, param: dict[str, Any]) -> None:
        self.number(param["name"])
        self.before[:] = [line.replace("user_data$", param["name"]) for line in self.before]
        self.call.append("listener")

    # --- results ---

    def invoke(self) -> str:
        call = f"_{self.name}({', '.join(self.call)})"
        if not self.listener:
            return call
        place = "null" if self.once else f"'{self.name}'"
        return f"guest.listening({self.listener}$, {place}, (listener) => {call})"

    def settled(self) -> list[str]:
        about_ops = any(p.get("type") == "safe_op" and p["kind"] in ("handle", "out_handle") for p in self.function["params"])
        return ["core.settle();"] if about_ops else []

    def give_void(self) -> list[str]:
        if "frees" not in self.function:
            return [f"{self.invoke()};", *self.settled()]
        name = self.function["params"][0]["name"]
        self.before.clear()
        return [f"guest.free({name}, {free_of(self.function['frees'])}, {self.where(self.function['params'][0])});"]

    def give_status(self) -> list[str]:
        lines = [f"const status$ = {self.invoke()};", *self.settled(), *self.always]
        if self.after:
            lines += ["if (status$ === 0) {", *(f"  {line}" for line in self.after), "}"]
        return [*lines, "return status$;"]

    def give_int(self) -> list[str]:
        if not self.settled():
            return [f"return {self.invoke()};"]
        return [f"const value$ = {self.invoke()};", "core.settle();", "return value$;"]

    def give_str(self) -> list[str]:
        owner = next((param["name"] for param in self.function["params"] if param["kind"] == "handle"), "0")
        return [f"return guest.giveText({owner}, {self.invoke()});"]

    def give_bytes(self) -> list[str]:
        size = f"_{self.function['result']['lenfn']}({self.call[0]})"
        owner = self.function["params"][0]["name"]
        return [f"return guest.giveBytes({owner}, '{self.name}', () => {size}, () => {self.invoke()});"]

    def give_op(self) -> list[str]:
        free = free_of("safe_op")
        if self.kept:
            return [f"return guest.lending({self.kept}, '{self.name}', {free}, (lent) => {self.invoke()});"]
        return [f"return guest.started({self.invoke()}, '{self.name}', {free});"]

    def give_handle(self) -> list[str]:
        return [f"return guest.added({self.invoke()}, {free_of(self.function['result']['type'])});"]

    def result(self) -> str:
        result = self.function["result"]
        if result["kind"] in ("status", "void"):
            return str(result["kind"])
        return "bigint" if SIGNATURE.get(result.get("type", "")) == "j" else "number"

    def typescript(self) -> str:
        lines = [*self.before, *self.body]
        if self.memory:
            lines = ["heap.enter();", "try {", *(f"  {line}" for line in lines), "} finally {", "  heap.leave();", "}"]
        body = "".join(f"      {line}\n" for line in lines)
        return f"    {self.name}({', '.join(self.params)}) {{\n{body}    }},\n"


def bridge(model: dict[str, Any], bindings: list[Binding]) -> str:
    text = HEAD
    text += "".join(f"  const _{binding.name} = core.entry('{binding.name}');\n" for binding in bindings)
    for callback in model["callbacks"]:
        text += f"  const {callback['name']} = core.trampoline('{callback['name']}', '{signature(callback)}');\n"
    text += "  const freeOp = (op: number) => core.freeOp(op, _safe_op_free);\n"
    text += "  return {\n" + "".join(binding.typescript() for binding in bindings) + "  };\n}\n"
    text += "\n/** What each returns. */\nexport const results: Record<string, Result> = {\n"
    text += "".join(f"  {binding.name}: '{binding.result()}',\n" for binding in bindings) + "};\n"
    return text


def bound(text: str) -> list[str]:
    """The functions that the text really has."""
    return re.findall(r"^    (safe_\w+)\(.*\{$", text, re.MULTILINE)


def main() -> int:
    arguments = argparse.ArgumentParser(description="The guest bridge.")
    arguments.add_argument("model", type=pathlib.Path)
    arguments.add_argument("--out", type=pathlib.Path, required=True)
    options = arguments.parse_args()
    model = closed.load(options.model)
    text = bridge(model, closed.each(model, "functions", "guest binding", lambda one: Binding(model, one)))
    closed.complete(model, "guest bridge", bound(text))
    write_if_changed(options.out / "bridge.ts", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
