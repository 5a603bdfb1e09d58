#!/usr/bin/env python3
"""Writes the Rust declarations of the C interface: module ffi of the crate in bindings/rust.

    gen_rust.py model.json --out ffi.rs

A function that it cannot declare is an error that names it. Natively the functions come from libsafe.so; in a wasm guest
they are imports of the module "safe_ffi".
"""

from __future__ import annotations

import argparse
import pathlib
import re
import sys
from typing import Any

import closed
from model import write_if_changed

HEAD = '''\
// Made by capi/model/gen_rust.py from capi/include/safe. Do not edit.
//! The C interface of libsafe, declaration for declaration. The rest of the crate is what applications use.
#![allow(non_camel_case_types)]

use std::os::raw::{c_char, c_void};

/// A handle type, and how its handles are given back.
pub trait Handle {
    /// Frees the handle; null does nothing.
    ///
    /// # Safety
    /// Any value is safe in the sense that the library checks it; it must not be used afterwards.
    unsafe fn free(handle: *mut Self);
}

'''
EXTERN = """\
#[cfg_attr(target_arch = "wasm32", link(wasm_import_module = "safe_ffi"))]
#[cfg_attr(not(target_arch = "wasm32"), link(name = "safe"))]
extern "C" {
"""
INTEGERS = {"int32_t": "i32", "uint32_t": "u32", "int64_t": "i64", "uint64_t": "u64", "size_t": "usize"}
KEYWORDS = {"as", "box", "fn", "final", "for", "in", "loop", "match", "mod", "move", "ref", "self", "type", "use", "where"}


def integer(name: str) -> str:
    if name not in INTEGERS:
        raise closed.CannotBind(f"there is no Rust integer for '{name}'")
    return INTEGERS[name]


def handle_pointer(param: dict[str, Any]) -> str:
    return f"*{'const' if param.get('const') else 'mut'} {param['type']}"


PARAMS = {
    "handle": handle_pointer,
    "bytes": lambda param: "*const u8",
    "fixed_bytes": lambda param: f"*const [u8; {param['size']}]",
    "str": lambda param: "*const c_char",
    "int": lambda param: integer(param["type"]),
    "callback": lambda param: f"Option<{param['type']}>",
    "user_data": lambda param: "*mut c_void",
    "out_buffer": lambda param: "*mut u8",
    "out_fixed_bytes": lambda param: f"*mut [u8; {param['size']}]",
    "out_int": lambda param: f"*mut {integer(param['type'])}",
    "out_handle": lambda param: f"*mut *mut {param['type']}",
    "out_memory": lambda param: "*mut *mut u8",
    "error": lambda param: "*mut *mut safe_error",
}
RESULTS = {
    "void": lambda result: "",
    "status": lambda result: " -> i32",
    "int": lambda result: f" -> {integer(result['type'])}",
    "op": lambda result: " -> *mut safe_op",
    "handle": lambda result: f" -> *mut {result['type']}",
    "str": lambda result: " -> *const c_char",
    "bytes": lambda result: " -> *const u8",
}
GIVEN = {kind: PARAMS[kind] for kind in ("user_data", "str", "handle", "int")}


def typed(kinds: dict[str, Any], entry: dict[str, Any], what: str) -> str:
    if entry["kind"] not in kinds:
        raise closed.CannotBind(f"{what} is of kind '{entry['kind']}'")
    text: str = kinds[entry["kind"]](entry)
    return text


def arguments(kinds: dict[str, Any], params: list[dict[str, Any]]) -> str:
    return ", ".join(
        f"{'r#' if param['name'] in KEYWORDS else ''}{param['name']}: "
        + typed(kinds, param, f"parameter '{param['name']}'")
        for param in params
    )


def doc(text: str, indent: str) -> str:
    # An address in brackets or angles would be taken for a link or for HTML.
    lines = re.sub(r"([\[\]<>])", r"\\\1", text).splitlines()
    return "".join(f"{indent}/// {line.strip()}".rstrip() + "\n" for line in lines)


def function(entry: dict[str, Any]) -> str:
    result = typed(RESULTS, entry["result"], "its result")
    params = arguments(PARAMS, entry["params"])
    return doc(entry["doc"], "    ") + f"    pub fn {entry['name']}({params}){result};\n"


def callback(entry: dict[str, Any]) -> str:
    return doc(entry["doc"], "") + f"pub type {entry['name']} = unsafe extern \"C\" fn({arguments(GIVEN, entry['params'])});\n"


def handle(entry: dict[str, str]) -> str:
    name, free = entry["name"], entry["free"]
    return (
        f"/// Opaque; given back with {free}.\n#[repr(C)]\npub struct {name} {{\n    _opaque: [u8; 0],\n}}\n\n"
        f"impl Handle for {name} {{\n    unsafe fn free(handle: *mut {name}) {{\n        {free}(handle)\n    }}\n}}\n\n"
    )


def type_of_enum(model: dict[str, Any], name: str) -> str:
    """The type in which the interface passes the enum's values; that of flags is unsigned."""
    used = {
        INTEGERS[entry["type"]]
        for function in model["functions"]
        for entry in [function["result"], *function["params"]]
        if entry.get("enum") == name and "type" in entry
    }
    return used.pop() if len(used) == 1 else "i32"


def constant(name: str, kind: str, value: int, text: str) -> str:
    return (doc(text, "") if text else "") + f"pub const {name}: {kind} = {'u64::MAX' if value == 2**64 - 1 else value};\n"


def numbers(model: dict[str, Any]) -> str:
    text = ""
    for entry in model["constants"]:
        value = entry["value"]
        kind = "i64" if value < 0 else "u32" if value < 2**32 else "u64"
        text += constant(entry["name"], kind, value, entry["doc"])
    for enum in model["enums"]:
        kind = type_of_enum(model, enum["name"])
        text += "\n" + "".join(constant(value["name"], kind, value["value"], value["doc"]) for value in enum["values"])
    return text


def declarations(model: dict[str, Any]) -> str:
    callbacks = closed.each(model, "callbacks", "Rust declaration", callback)
    functions = closed.each(model, "functions", "Rust declaration", function)
    text = HEAD + "".join(handle(entry) for entry in model["handles"])
    text += numbers(model) + "\n" + "\n".join(callbacks) + "\n"
    text += EXTERN + "\n".join(functions) + "}\n\n" + addresses(model)
    closed.complete(model, "Rust declarations", re.findall(r"^    pub fn (\w+)", text, re.MULTILINE))
    return text


def addresses(model: dict[str, Any]) -> str:
    """Every function by its address: a program that asks for them is linked with all of them."""
    entries = "".join(f'        ("{entry["name"]}", {entry["name"]} as *const ()),\n' for entry in model["functions"])
    return (
        "/// Each function of the interface and its address.\n"
        f"pub fn functions() -> [(&'static str, *const ()); {len(model['functions'])}] {{\n    [\n{entries}    ]\n}}\n"
    )


def main() -> int:
    options = argparse.ArgumentParser(description="The Rust declarations.")
    options.add_argument("model", type=pathlib.Path)
    options.add_argument("--out", type=pathlib.Path, required=True)
    given = options.parse_args()
    write_if_changed(given.out, declarations(closed.load(given.model)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
