#!/usr/bin/env python3
"""Writes what SWIG reads of the C interface: swig/safe.i includes it.

    gen_swig.py model.json --out interface.i

Every function is declared with the typemaps (swig/java.i, swig/csharp.i) that its parameters have by the model. A function
that it cannot declare is an error that names it.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import sys
from typing import Any

import closed
import gen_csharp
import locks
from model import write_if_changed

HEAD = "/* Made by capi/model/gen_swig.py from capi/include/safe. Do not edit. */\n"
PLAIN = ("safe_error",)  # handles that C# frees where it gets them
RESULTS = ("void", "status", "int", "op", "handle", "str", "bytes")
PINNED = ("bytes", "out_buffer", "fixed_bytes", "out_fixed_bytes", "str")


class Function:
    """Its declaration, and the typemaps that hold for it alone."""

    def __init__(self, function: dict[str, Any]) -> None:
        self.function = function
        self.params = function["params"]
        self.apply: list[tuple[str, str]] = []  # typemaps by another name, and what they are for
        self.java: list[tuple[str, str, str]] = []  # typemap, pattern, text
        self.csharp: list[tuple[str, str, str]] = []
        self.unsafe = False  # C# takes the address of an array
        for param in self.params:
            if getattr(self, "take_" + param["kind"], None) is None:
                raise closed.CannotBind(f"parameter '{param['name']}' is of kind '{param['kind']}'")
            getattr(self, "take_" + param["kind"])(param)
        self.give()

    def declared(self, param: dict[str, Any]) -> str:
        return locks.declaration(param["ctype"], param["name"])

    def pair(self, param: dict[str, Any]) -> str:
        length = next(other for other in self.params if other["name"] == param["len"])
        if self.params.index(length) != self.params.index(param) + 1:
            raise closed.CannotBind(f"the length of '{param['name']}' does not follow it")
        return f"({self.declared(param)}, {self.declared(length)})"

    # --- parameters ---

    def take_int(self, param: dict[str, Any]) -> None:
        pass  # for all functions at once

    take_out_int = take_int

    def take_handle(self, param: dict[str, Any]) -> None:
        # In C# a SafeHandle is held for the call, except where the call is there to free it, or lasts until it is freed.
        if "frees" in self.function or self.function.get("blocks"):
            self.csharp.append(("apply", self.declared(param), "void *SAFE_HANDLE"))

    def take_out_handle(self, param: dict[str, Any]) -> None:
        if not param.get("owned"):
            self.csharp.append(("apply", self.declared(param), "void **SAFE_GIVEN"))

    take_error = take_int

    def take_str(self, param: dict[str, Any]) -> None:
        self.apply.append(("const char *SAFE_TEXT", self.declared(param)))

    def take_bytes(self, param: dict[str, Any]) -> None:
        self.take_range(param, "const uint8_t *", "(const uint8_t *SAFE_IN, size_t SAFE_IN_SIZE)")

    def take_out_buffer(self, param: dict[str, Any]) -> None:
        self.take_range(param, "uint8_t *", "(uint8_t *SAFE_ROOM, size_t SAFE_ROOM_SIZE)")

    def take_range(self, param: dict[str, Any], pointer: str, pattern: str) -> None:
        pair = self.pair(param)
        if param.get("kept"):
            self.java.append(("apply", pair, f"({pointer}SAFE_KEPT, size_t SAFE_KEPT_SIZE)"))
            self.csharp.append(("apply", self.declared(param), "void *SAFE_HANDLE"))
            return
        self.apply.append((pattern, pair))
        # One argument of C# is two of C: the second is the one that SWIG knows of.
        first = param["name"] + "_pointer"
        fixed = f'pre="    fixed (byte *{first} = $csinput.Array) {{", terminator="    }}"'
        self.unsafe = True
        self.csharp += [
            ("ctype", pair, f'"{pointer}{first}, size_t"'),
            ("imtype", pair, f'"global::System.IntPtr {first}, global::System.UIntPtr"'),
            (f"csin, {fixed}", pair, f'"$csinput.At({first}), $csinput.Length"'),
            ("in", pair, f"%{{ $1 = ($1_ltype){first}; $2 = $input; %}}"),
            ("freearg", pair, '""'),
        ]

    def take_fixed_bytes(self, param: dict[str, Any]) -> None:
        self.take_fixed(param, "const uint8_t SAFE_FIXED[ANY]")

    def take_out_fixed_bytes(self, param: dict[str, Any]) -> None:
        self.take_fixed(param, "uint8_t SAFE_FIXED_ROOM[ANY]")

    def take_fixed(self, param: dict[str, Any], pattern: str) -> None:
        declared = self.declared(param)
        self.apply.append((pattern, declared))
        checked = f"Crossing.Sized($csinput, {param['size']}, \\\"{param['name']}\\\")"
        self.csharp.append(("csin", declared, f'"{checked}"'))

    def take_callback(self, param: dict[str, Any]) -> None:
        self.apply.append(("void *SAFE_HANDLE", self.declared(param)))

    take_user_data = take_callback

    def take_out_memory(self, param: dict[str, Any]) -> None:
        declared = self.declared(param)
        number = [other["name"] for other in self.params].index(param["len"]) + 1
        self.java.append(("apply", declared, "uint8_t **SAFE_MEMORY"))
        fill = (
            "%{ if ($input && memory$argnum) { jobject given = (*jenv)->NewDirectByteBuffer(jenv, memory$argnum,"
            f" (jlong)arg{number}); if (given) (*jenv)->SetObjectArrayElement(jenv, $input, 0, given); }} %}}"
        )
        self.java.append(("freearg", declared, fill))
        self.csharp.append(("apply", declared, "void **SAFE_GIVEN"))

    # --- results ---

    def give(self) -> None:
        kind = self.function["result"]["kind"]
        if kind not in RESULTS:
            raise closed.CannotBind(f"its result is of kind '{kind}'")
        pins = [param for param in self.params if param["kind"] in PINNED]
        if pins and self.function.get("blocks"):
            raise closed.CannotBind("an array would be pinned while the call waits")
        if [param for param in pins if param["kind"] != "str"] and kind in ("str", "bytes"):
            raise closed.CannotBind("a result would be made while an array is pinned")
        name = self.function["name"]
        owner = self.params[0]["name"] if self.params else ""
        if kind == "str":
            result = f"const char *{name}"
            self.apply.append(("const char *SAFE_TEXT", result))
            if self.params and self.params[0]["kind"] == "handle":
                self.csharp.append(("csout", result, self.held("Crossing.Text($imcall)")))
        if kind == "bytes":
            lenfn = self.function["result"]["lenfn"]
            result = f"const uint8_t *{name}"
            self.apply.append(("const uint8_t *SAFE_BYTES", result))
            self.java.append(("out", result, f"%{{ $result = safe_java_bytes(jenv, $1, {lenfn}(arg1)); %}}"))
            self.csharp.append(("csout", result, self.held(f"Crossing.Bytes($imcall, {lenfn}({owner}))")))

    def held(self, reading: str) -> str:
        """C# that reads memory of the object asked, which must not be freed meanwhile by another thread or the collector."""
        owner = self.params[0]
        if owner["type"] in PLAIN:
            return f"{{ return {reading}; }}"
        held = f"bool held = false; try {{ {owner['name']}.DangerousAddRef(ref held); return {reading}; }}"
        return f"{{ {held} finally {{ if (held) {owner['name']}.DangerousRelease(); }} }}"

    def of_language(self, macro: str, typemaps: list[tuple[str, str, str]]) -> str:
        if not typemaps:
            return ""
        lines = [
            f"%apply {text} {{ {pattern} }};" if kind == "apply" else f"%typemap({kind}) {pattern} {text}"
            for kind, pattern, text in typemaps
        ]
        return f"#ifdef {macro}\n" + "\n".join(lines) + "\n#endif\n"

    def text(self) -> str:
        declaration = locks.declaration(self.function["result"]["ctype"], self.function["name"])
        params = ", ".join(self.declared(param) for param in self.params)
        own = [pattern for _, pattern in self.apply]
        own += [pattern for _, pattern, _ in [*self.java, *self.csharp] if pattern not in own]
        modifiers = f'%csmethodmodifiers {self.function["name"]} "public unsafe";'
        text = f"#ifdef SWIGCSHARP\n{modifiers}\n#endif\n" if self.unsafe else ""
        text += "".join(f"%apply {known} {{ {pattern} }};\n" for known, pattern in self.apply)
        text += self.of_language("SWIGJAVA", self.java) + self.of_language("SWIGCSHARP", self.csharp)
        text += f"{declaration}({params or 'void'});\n"
        return text + "".join(f"%clear {pattern};\n" for pattern in dict.fromkeys(own)) + "\n"


def handles(model: dict[str, Any]) -> str:
    text = ""
    for handle in model["handles"]:
        name = handle["name"]
        text += f"typedef struct {name}_s {name};\n%apply void *SAFE_HANDLE {{ {name} *, const {name} * }};\n"
        text += f"%apply void **SAFE_GIVEN {{ {name} ** }};\n"
        if name not in PLAIN:
            text += f"#ifdef SWIGCSHARP\nSAFE_HELD({name}, {gen_csharp.handle_class(name)})\n#endif\n"
    return text + "\n"


def callbacks(model: dict[str, Any]) -> str:
    """Functions of native code only: what a callback says, managed code hears from a queue."""
    return "".join(f"typedef void (*{callback['name']})(void);\n" for callback in model["callbacks"]) + "\n"


def constants(model: dict[str, Any]) -> str:
    pairs = [(constant["name"], constant["value"]) for constant in model["constants"]]
    for enum in model["enums"]:
        pairs += [(value["name"], value["value"]) for value in enum["values"]]
    java, csharp = "", ""
    for name, value in pairs:
        small = -(2**31) <= value < 2**31
        unsigned = f"{value - 2**64 if value >= 2**63 else value}L"
        java += f"  public static final {'int' if small else 'long'} {name} = {value if small else unsigned};\n"
        csharp += f"  public const {'int' if small else 'ulong' if value > 0 else 'long'} {name} = {value};\n"
    return (
        f"#ifdef SWIGJAVA\n%pragma(java) modulecode=%{{\n{java}%}}\n#endif\n"
        f"#ifdef SWIGCSHARP\n%pragma(csharp) modulecode=%{{\n{csharp}%}}\n#endif\n\n"
    )


def interface(model: dict[str, Any]) -> str:
    closed.each(model, "callbacks", "SWIG declaration", lambda callback: str(callback["name"]))
    functions = closed.each(model, "functions", "SWIG declaration", lambda function: Function(function).text())
    text = HEAD + handles(model) + callbacks(model) + constants(model) + "".join(functions)
    closed.complete(model, "SWIG interface", re.findall(r"^[^%#/\n][^(\n]*?\b(\w+)\(.*\);$", text, re.MULTILINE))
    return text


def made_by_swig(model: dict[str, Any], source: pathlib.Path) -> None:
    """Stops unless SWIG has made a method of every function."""
    found = re.findall(r"public (?:unsafe )?static (?:\w|\.|:|\[|\])+ (\w+)\(", source.read_text(encoding="utf-8"))
    closed.complete(model, source.name, found)


def main() -> int:
    arguments = argparse.ArgumentParser(description="The SWIG interface.")
    arguments.add_argument("model", type=pathlib.Path)
    what = arguments.add_mutually_exclusive_group(required=True)
    what.add_argument("--out", type=pathlib.Path)
    what.add_argument("--check", type=pathlib.Path, help="what SWIG has made: Ffi.java or Ffi.cs")
    options = arguments.parse_args()
    model = closed.load(options.model)
    if options.check:
        made_by_swig(model, options.check)
    else:
        write_if_changed(options.out, interface(model))
    return 0


if __name__ == "__main__":
    sys.exit(main())
