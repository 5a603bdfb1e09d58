#!/usr/bin/env python3
"""Writes the function reference: a page per header and an index, as Markdown and as HTML.

    gen_docs.py model.json --out folder

A function that it cannot describe is an error that names it. What it says of a parameter follows from the model alone;
prose and slots (Errors, Returns, Result) are those of the comments in the headers.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import sys
from typing import Any

import closed
import docs_page
import locks
from docs_page import Page
from model import write_if_changed

SLOT = re.compile(r"(?<!\S)(Errors:|Returns:|Result:|Progress in)\s+")
SENTENCE = re.compile(r"(?<=\.)(?:\n|\s+(?=[A-Z0-9`]))")
INPUTS = {
    "handle": "a {type}; borrowed for the call, and kept alive by what it starts",
    "bytes": "input, {len} bytes; copied before the call returns",
    "fixed_bytes": "input, {size} bytes; copied before the call returns",
    "str": "input, UTF-8 ending in NUL; copied before the call returns",
    "int": "input",
    "callback": "function to be called, see {type}",
    "user_data": "handed to the function as it is",
}
OUTPUTS = {
    "out_buffer": "output, up to {len} bytes, written to the caller's memory",
    "out_fixed_bytes": "output, {size} bytes, written on success",
    "out_int": "output, written on success",
    "out_handle": "output, NULL after a failure",
    "out_memory": "output, {len} bytes of the object's own memory, to be written to",
    "error": "output, an error object where the call failed; the caller frees it with safe_error_free",
}
GIVEN = {"handle": "borrowed for the call", "str": "borrowed for the call", "int": "a value"}
RESULTS = {
    "void": "nothing",
    "status": "SAFE_OK or a negative code of safe_code",
    "int": "a number",
    "op": "a safe_op, never NULL for bad arguments; the caller frees it with safe_op_free",
    "handle": "a {type}; the caller frees it with {type}_free",
    "str": "UTF-8 ending in NUL; belongs to the object asked and lives as long as its handle",
    "bytes": "{lenfn} bytes; they belong to the object asked and live as long as its handle",
}


def slots(doc: str) -> tuple[str, dict[str, str]]:
    """The prose of a comment, and the slots in it. Result and Progress are one sentence; the others go on to the next."""
    prose, *pieces = SLOT.split(doc)
    found: dict[str, str] = {}
    for name, text in zip(pieces[0::2], pieces[1::2]):
        if name.rstrip(":") in ("Result", "Progress in"):
            text, *rest = SENTENCE.split(text, maxsplit=1)
            prose += "\n".join(["", *rest])
        found[name.rstrip(":")] = text.strip()
    return prose.strip(), found


def about_parameters(prose: str, names: list[str]) -> tuple[str, dict[str, str]]:
    """What the comment says of single parameters (a line "name: ...", and the indented lines after it)."""
    left, said, current = [], {}, ""
    for line in prose.splitlines():
        name, colon, text = line.partition(": ")
        if colon and name in names:
            current = name
            said[name] = text.strip()
        elif current and line.startswith(" "):
            said[current] += " " + line.strip()
        else:
            current = ""
            left.append(line)
    return "\n".join(left).strip(), said


def unit(param: dict[str, Any]) -> str:
    if param["name"].endswith("_ms"):
        return "milliseconds"
    if "length_of" in param:
        return f"bytes of {param['length_of']}"
    if param["kind"] in ("int", "out_int") and param["name"] in ("size", "offset", "length"):
        return "bytes"
    return ""


def described(kinds: dict[str, str], entry: dict[str, Any], what: str) -> str:
    if entry["kind"] not in kinds:
        raise closed.CannotBind(f"{what} is of kind '{entry['kind']}'")
    return kinds[entry["kind"]].format(**entry)


def meaning(param: dict[str, Any], freed: bool) -> str:
    words = [described({**INPUTS, **OUTPUTS}, param, f"parameter '{param['name']}'")]
    if param["kind"] == "handle" and freed:
        words = [f"the {param['type']} to be freed"]
    if param.get("kept"):
        words = [words[0].replace("; copied before the call returns", "")]
        words.append("not copied: it belongs to the operation until that has ended")
    if param.get("owned") and param["kind"] == "out_handle":
        words.append(f"the caller frees it with {param['type']}_free")
    if param.get("borrowed") and param["kind"] == "out_handle":
        words.append("stays its owner's")
    if unit(param):
        words.append(unit(param))
    if "enum" in param:
        words.append(("flags of " if param["enum"].endswith("_flag") else "one of ") + param["enum"])
    if param.get("nullable"):
        words.append("may be NULL")
    return "; ".join(words)


def result_of(function: dict[str, Any]) -> str:
    words = [described(RESULTS, function["result"], "its result")]
    if "enum" in function["result"]:
        words.append(f"of {function['result']['enum']}")
    if function["result"].get("nullable"):
        words.append("NULL if there is none")
    if "async" in function:
        kind = function["async"]
        words.append("its result is nothing" if kind == "none" else f"its result is taken with safe_op_take_{kind}")
    return "; ".join(words)


def threads(function: dict[str, Any]) -> str:
    if function.get("blocks"):
        return "any but the library's own; waits. On wasm it returns SAFE_TIMEOUT at once."
    return "any; does not wait."


def declaration(entry: dict[str, Any], opening: str) -> str:
    params = [locks.declaration(param["ctype"], param["name"]) for param in entry["params"]]
    whole = f"{opening}({', '.join(params) or 'void'});"
    if len(whole) <= 100:
        return whole
    return opening + "(\n" + ",\n".join("    " + param for param in params) + ");"


def describe_function(page: Page, function: dict[str, Any]) -> None:
    closed.understood(function)
    prose, slot = slots(function["doc"])
    prose, said = about_parameters(prose, [param["name"] for param in function["params"]])
    page.heading(function["name"])
    page.code(declaration(function, locks.declaration(function["result"]["ctype"], function["name"])))
    page.paragraphs(prose)
    if function["params"]:
        rows = [(param["name"], ": ".join(filter(None, [meaning(param, "frees" in function), said.get(param["name"])])))
                for param in function["params"]]  # fmt: skip
        page.table(("parameter", "meaning"), rows)
    rows = [("Returns", slot.get("Returns") or result_of(function) + ".")]
    rows += [(name, slot[name]) for name in ("Result", "Progress in") if name in slot]
    rows.append(("Errors", slot.get("Errors") or closest_errors(function)))
    rows += [("Threads", threads(function)), ("Since", function["since"])]
    page.facts(rows)


def closest_errors(function: dict[str, Any]) -> str:
    kind = function["result"]["kind"]
    if kind in ("status", "op"):
        return "those of bad arguments and handles: SAFE_INVALID_ARGUMENT, SAFE_INVALID_HANDLE, SAFE_WRONG_HANDLE_TYPE."
    return "none."


def describe_callback(page: Page, callback: dict[str, Any]) -> None:
    closed.understood(callback)
    page.heading(callback["name"])
    page.code(declaration(callback, f"typedef void (*{callback['name']})"))
    page.paragraphs(callback["doc"])
    rows = []
    for param in callback["params"]:
        kinds = {**GIVEN, "user_data": "as it was given with the function"}
        words = described(kinds, param, f"parameter '{param['name']}'")
        rows.append((param["name"], words + (f"; one of {param['enum']}" if "enum" in param else "")))
    page.table(("parameter", "meaning"), rows)


def describe_numbers(page: Page, enum: dict[str, Any]) -> None:
    page.heading(enum["name"])
    page.paragraphs(enum["doc"])
    rows = [(value["name"], f"{value['value']}", value["doc"]) for value in enum["values"]]
    page.table(("name", "value", "meaning"), rows)


def page_of(model: dict[str, Any], header: dict[str, Any], where: dict[str, str]) -> Page:
    """Everything that one header declares: handles, numbers, callbacks, functions."""
    name = header["name"]
    page = Page(f"safe/{name}", where, name.removesuffix(".h"))
    page.paragraphs(header["doc"], verbatim=name == "types.h")

    def of(section: str) -> list[dict[str, Any]]:
        return [entry for entry in model[section] if entry["header"] == name]

    for handle in of("handles"):
        page.heading(handle["name"])
        page.code(f"typedef struct {handle['name']}_s {handle['name']};")
        page.paragraphs(f"A handle; freed once with {handle['free']}.")
    if of("constants"):
        page.heading(f"Constants of safe/{name}")
        page.table(
            ("name", "value", "meaning"),
            [(constant["name"], f"{constant['value']}", constant["doc"]) for constant in of("constants")],
        )
    for enum in of("enums"):
        describe_numbers(page, enum)
    for callback in of("callbacks"):
        describe_callback(page, callback)
    for function in of("functions"):
        describe_function(page, function)
    return page


def places(model: dict[str, Any]) -> dict[str, str]:
    """Name -> page and anchor, for links. Constants and enum values are where their table is."""
    where = {}
    for section in ("functions", "callbacks", "enums", "handles"):
        for entry in model[section]:
            where[entry["name"]] = f"{entry['header'].removesuffix('.h')}#{entry['name']}"
    for enum in model["enums"]:
        for value in enum["values"]:
            where[value["name"]] = where[enum["name"]]
    for constant in model["constants"]:
        page = constant["header"].removesuffix(".h")
        where[constant["name"]] = f"{page}#{docs_page.anchor('Constants of safe/' + constant['header'])}"
    for header in subjects(model):
        where[f"safe/{header['name']}"] = header["name"].removesuffix(".h")
    return where


def subjects(model: dict[str, Any]) -> list[dict[str, Any]]:
    """All headers but the one that includes the others."""
    return [header for header in model["headers"] if header["name"] != "safe.h"]


def index_of(model: dict[str, Any], where: dict[str, str]) -> Page:
    page = Page("The C interface of libsafe", where, "index")
    page.paragraphs("Every function, type and number of capi/include, from the headers themselves. Start with safe/types.h.")
    headers = [(f"safe/{header['name']}", header["doc"].split("\n\n")[0]) for header in subjects(model)]
    page.table(("header", "subject"), headers)
    for section in ("functions", "callbacks", "handles", "enums"):
        page.heading(section.capitalize())
        page.table(
            ("name", "what"), [(entry["name"], first_sentence(entry)) for entry in locks.by_name(model[section])]
        )
    return page


def first_sentence(entry: dict[str, Any]) -> str:
    doc = entry.get("doc", "")
    prose = about_parameters(slots(doc)[0], [param["name"] for param in entry.get("params", [])])[0]
    return SENTENCE.split((prose or doc).replace("\n", " "))[0]


def main() -> int:
    arguments = argparse.ArgumentParser(description="The function reference.")
    arguments.add_argument("model", type=pathlib.Path)
    arguments.add_argument("--out", type=pathlib.Path, required=True)
    options = arguments.parse_args()
    model = closed.load(options.model)
    for section in ("functions", "callbacks"):
        closed.each(model, section, "reference", checked)
    where = places(model)
    described_at = [page_of(model, header, where) for header in subjects(model)]
    closed.complete(model, "function reference", (name for page in described_at for name in page.headings))
    for page in [index_of(model, where), *described_at]:
        write_if_changed(options.out / f"{page.name}.md", page.markdown())
        write_if_changed(options.out / "html" / f"{page.name}.html", page.html())
    return 0


def checked(entry: dict[str, Any]) -> str:
    """Raises CannotBind, so that all that cannot be described is named before the first page is written."""
    page = Page("", {}, "")
    (describe_function if "result" in entry else describe_callback)(page, entry)
    return page.headings[0]


if __name__ == "__main__":
    sys.exit(main())
