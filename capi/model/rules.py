"""The law of the interface (safe/types.h, DETAILS D5): what the reader found becomes the model, or a list of breaches.

Every pointer has exactly one meaning ("kind"), which follows from its C type and must be confirmed by its annotations:
KINDS says which of them it must and may carry. What is not in the table cannot be declared.
"""

from __future__ import annotations

import re
from typing import Any

from clang.cindex import TypeKind

import reader

INTEGERS = {"int32_t", "uint32_t", "int64_t", "uint64_t", "size_t"}

# kind of a parameter: the annotations that it must have, and those that it may have.
KINDS: dict[str, tuple[set[str], set[str]]] = {
    "handle": (set(), {"nullable"}),
    "bytes": ({"len"}, {"nullable", "kept"}),
    "fixed_bytes": (set(), set()),
    "str": ({"str"}, {"nullable"}),
    "int": (set(), {"enum"}),
    "callback": ({"callback"}, {"nullable"}),
    "user_data": ({"callback"}, {"nullable"}),
    "out_buffer": ({"out", "len"}, {"nullable", "kept"}),
    "out_fixed_bytes": ({"out"}, set()),
    "out_int": ({"out"}, {"enum"}),
    "out_handle": ({"out"}, {"owned", "borrowed", "nullable"}),
    "out_memory": ({"out", "borrowed", "len"}, set()),
    "error": ({"out", "owned", "nullable"}, set()),
}
# kind of a result.
RESULTS: dict[str, tuple[set[str], set[str]]] = {
    "void": (set(), set()),
    "status": (set(), set()),
    "int": (set(), {"enum"}),
    "op": ({"owned", "async"}, set()),
    "handle": ({"owned"}, {"nullable"}),
    "str": ({"str", "borrowed"}, {"nullable"}),
    "bytes": ({"lenfn", "borrowed"}, {"nullable"}),
}
# kind of a callback's parameter: the annotations that it must have.
OF_CALLBACKS: dict[str, set[str]] = {"user_data": {"callback"}, "str": {"str"}, "handle": {"borrowed"}, "int": set()}
OF_FUNCTIONS = {"api", "since", "blocks"}
KNOWN = OF_FUNCTIONS.union(*(must | may for must, may in [*KINDS.values(), *RESULTS.values()]))

INPUT, FLAGS, OUTPUT, ERROR = 1, 2, 3, 4


class Breach(Exception):
    """A declaration that the law does not allow."""


def facts_of(annotations: list[str], where: str) -> dict[str, str]:
    facts: dict[str, str] = {}
    for annotation in annotations:
        name, _, value = annotation.partition(":")
        if name not in KNOWN:
            raise Breach(f"{where}: unknown annotation '{annotation}'")
        if name in facts:
            raise Breach(f"{where}: '{name}' is said twice")
        facts[name] = value
    return facts


def confirm(kind: str, table: dict[str, tuple[set[str], set[str]]], facts: dict[str, str], where: str) -> None:
    must, may = table[kind]
    for missing in sorted(must - set(facts)):
        raise Breach(f"{where}: needs {macro_of(missing)} (it is a {kind.replace('_', ' ')})")
    for extra in sorted(set(facts) - must - may):
        raise Breach(f"{where}: {macro_of(extra)} means nothing here (it is a {kind.replace('_', ' ')})")


def macro_of(annotation: str) -> str:
    return {"lenfn": "SAFE_LEN_FN", "since": "SAFE_SINCE"}.get(annotation, "SAFE_" + annotation.upper())


class Law:
    def __init__(self, headers: reader.Headers) -> None:
        self.headers = headers
        self.handles = headers.handles
        self.enums = {enum.name: enum for enum in headers.enums}
        self.callbacks = {callback.name for callback in headers.callbacks}
        self.functions: dict[str, dict[str, Any]] = {}

    # --- types ---

    def handle_of(self, kind: Any) -> str:
        name = re.sub(r"^const ", "", kind.spelling)
        return name if name in self.handles else ""

    def kind_of(self, param: reader.Declared, where: str) -> dict[str, Any]:
        """The kind of a parameter by its C type."""
        declared = param.type
        if declared.kind == TypeKind.CONSTANTARRAY:
            element = declared.element_type
            if element.spelling not in ("uint8_t", "const uint8_t"):
                raise Breach(f"{where}: an array of {element.spelling}; only bytes are passed in arrays")
            kind = "fixed_bytes" if element.is_const_qualified() else "out_fixed_bytes"
            return {"kind": kind, "size": declared.element_count}
        if declared.kind == TypeKind.POINTER:
            return self.kind_of_pointer(declared.get_pointee(), where)
        if declared.spelling in INTEGERS:
            return {"kind": "int", "type": declared.spelling}
        if declared.spelling in self.callbacks:
            return {"kind": "callback", "type": declared.spelling}
        if declared.get_canonical().kind == TypeKind.RECORD:
            raise Breach(f"{where}: a struct by value ({declared.spelling})")
        raise Breach(f"{where}: a parameter of type '{declared.spelling}' is not part of the model")

    def kind_of_pointer(self, target: Any, where: str) -> dict[str, Any]:
        if target.kind == TypeKind.POINTER:
            inner = target.get_pointee()
            if inner.spelling == "uint8_t":
                return {"kind": "out_memory"}
            handle = self.handle_of(inner)
            if handle and not inner.is_const_qualified():
                return {"kind": "error" if handle == "safe_error" else "out_handle", "type": handle}
        elif target.spelling == "const char":
            return {"kind": "str"}
        elif target.spelling == "const uint8_t":
            return {"kind": "bytes"}
        elif target.spelling == "uint8_t":
            return {"kind": "out_buffer"}
        elif target.spelling == "void":
            return {"kind": "user_data"}
        elif target.spelling in INTEGERS:
            return {"kind": "out_int", "type": target.spelling}
        elif self.handle_of(target):
            return {"kind": "handle", "type": self.handle_of(target), "const": target.is_const_qualified()}
        raise Breach(f"{where}: a pointer to '{target.spelling}' is not part of the model")

    # --- parameters ---

    def parameter(self, param: reader.Declared) -> dict[str, Any]:
        where = f"parameter '{param.name}'"
        if not param.name:
            raise Breach("a parameter without a name")
        model: dict[str, Any] = {"name": param.name, "ctype": param.ctype, **self.kind_of(param, where)}
        facts = facts_of(param.annotations, where)
        confirm(model["kind"], KINDS, facts, where)
        if model["kind"] == "out_handle" and ("owned" in facts) == ("borrowed" in facts):
            raise Breach(f"{where}: needs SAFE_OWNED or SAFE_BORROWED")
        if "enum" in facts:
            self.enum_named(facts["enum"], where)
            model["enum"] = facts["enum"]
        if "len" in facts:
            model["len"] = facts["len"]
        for flag in ("nullable", "kept", "owned", "borrowed"):
            if flag in facts:
                model[flag] = True
        return model

    def enum_named(self, name: str, where: str) -> None:
        if name not in self.enums:
            raise Breach(f"{where}: there is no enum '{name}'")

    def lengths(self, params: list[dict[str, Any]]) -> None:
        """A pointer and its length stand side by side; a length serves one pointer."""
        names = [param["name"] for param in params]
        for index, param in enumerate(params):
            if "len" not in param:
                continue
            where = f"parameter '{param['name']}'"
            if param["len"] not in names:
                raise Breach(f"{where}: SAFE_LEN names '{param['len']}', which is no parameter")
            at = names.index(param["len"])
            beside = [index + 1, index - 1] if param["kind"] == "out_memory" else [index + 1]
            if at not in beside:
                raise Breach(f"{where}: its length '{param['len']}' is not beside it")
            length = params[at]
            if length.get("type") != "size_t" or "enum" in length:
                raise Breach(f"{where}: its length '{param['len']}' is not a size_t")
            if "length_of" in length:
                raise Breach(f"{where}: '{param['len']}' is the length of '{length['length_of']}' already")
            length["length_of"] = param["name"]

    def order(self, params: list[dict[str, Any]]) -> None:
        """Object first, then inputs, flags, outputs, the error last."""
        by_name = {param["name"]: param for param in params}
        if any(param["kind"] == "handle" for param in params) and params[0]["kind"] != "handle":
            raise Breach("order: the object comes first")

        def rank(param: dict[str, Any]) -> int:
            if param["kind"] == "error":
                return ERROR
            if "length_of" in param and by_name[param["length_of"]]["kind"] == "out_buffer":
                return OUTPUT
            if param["kind"].startswith("out_"):
                return OUTPUT
            return FLAGS if param.get("enum", "").endswith("_flag") else INPUT

        before = INPUT
        for param in params:
            if rank(param) < before:
                raise Breach(
                    f"order: parameter '{param['name']}' comes too late"
                    " (object, inputs, flags, outputs, error)"
                )
            before = rank(param)

    def callbacks_in(self, params: list[dict[str, Any]]) -> None:
        for index, param in enumerate(params):
            after = params[index + 1]["kind"] if index + 1 < len(params) else ""
            if param["kind"] == "callback" and after != "user_data":
                raise Breach(f"parameter '{param['name']}': a callback is followed by its user data")
            if param["kind"] == "user_data" and (index == 0 or params[index - 1]["kind"] != "callback"):
                raise Breach(f"parameter '{param['name']}': user data without a callback before it")

    # --- results ---

    def result(self, declared: reader.Declared, facts: dict[str, str]) -> dict[str, Any]:
        where = "result"
        model: dict[str, Any] = {"ctype": declared.ctype, **self.result_kind(declared.type, declared.ctype)}
        confirm(model["kind"], RESULTS, {k: v for k, v in facts.items() if k not in OF_FUNCTIONS}, where)
        if "enum" in facts:
            self.enum_named(facts["enum"], where)
            model["enum"] = facts["enum"]
        if "lenfn" in facts:
            model["lenfn"] = facts["lenfn"]
        if "nullable" in facts:
            model["nullable"] = True
        return model

    def result_kind(self, declared: Any, ctype: str) -> dict[str, Any]:
        if ctype == "void":
            return {"kind": "void"}
        if ctype == "safe_status":
            return {"kind": "status"}
        if ctype in INTEGERS:
            return {"kind": "int", "type": ctype}
        if declared.kind == TypeKind.POINTER:
            target = declared.get_pointee()
            if target.spelling == "const char":
                return {"kind": "str"}
            if target.spelling == "const uint8_t":
                return {"kind": "bytes"}
            handle = self.handle_of(target)
            if handle and not target.is_const_qualified():
                return {"kind": "op" if handle == "safe_op" else "handle", "type": handle}
        if declared.get_canonical().kind == TypeKind.RECORD:
            raise Breach(f"result: a struct by value ({ctype})")
        raise Breach(f"result: '{ctype}' is not part of the model")

    # --- functions ---

    def function(self, found: reader.Function) -> dict[str, Any]:
        if not found.name.startswith("safe_"):
            raise Breach("its name does not begin with safe_")
        facts = facts_of(found.result.annotations, "function")
        if "api" not in facts or not found.text.startswith("SAFE_API "):
            raise Breach("does not begin with SAFE_API at the start of a line")
        if not re.fullmatch(r"[0-9]+\.[0-9]+", facts.get("since", "")):
            raise Breach("needs SAFE_SINCE(\"<major>.<minor>\")")
        result = self.result(found.result, facts)
        params = [self.parameter(param) for param in found.params]
        self.lengths(params)
        self.order(params)
        self.callbacks_in(params)
        self.failure(result, params)
        frees = self.is_free(found.name, result, params)
        if not found.doc and not frees:
            raise Breach("no comment above it (nor above a neighbour without an empty line between)")
        model: dict[str, Any] = {"name": found.name, "header": found.header, "line": found.line}
        model["doc"] = found.doc or f"Frees the {params[0]['type'].removeprefix('safe_')}; NULL does nothing."
        model["since"] = facts["since"]
        if "async" in facts:
            model["async"] = self.async_type(facts["async"])
        if "blocks" in facts:
            model["blocks"] = True
        if frees:
            model["frees"] = params[0]["type"]
        return {**model, "result": result, "params": params}

    def failure(self, result: dict[str, Any], params: list[dict[str, Any]]) -> None:
        has_error = bool(params) and params[-1]["kind"] == "error"
        about_errors = bool(params) and params[0].get("type") == "safe_error"
        if has_error and result["kind"] != "status":
            raise Breach("has an error parameter but does not return safe_status")
        if result["kind"] == "status" and not has_error and not about_errors:
            raise Breach("returns safe_status but has no error parameter at the end")

    def async_type(self, result: str) -> str:
        if result not in ("none", "u64") and "safe_" + result not in self.handles:
            raise Breach(f"SAFE_ASYNC names '{result}', which is neither none, u64 nor a handle type")
        return result

    def is_free(self, name: str, result: dict[str, Any], params: list[dict[str, Any]]) -> bool:
        if not name.endswith("_free"):
            return False
        only = params[0] if len(params) == 1 else {}
        if result["kind"] != "void" or only.get("type", "") + "_free" != name or not only.get("nullable"):
            raise Breach("a free function is 'void safe_<type>_free(safe_<type> *x SAFE_NULLABLE)'")
        return True

    # --- what concerns several declarations ---

    def whole(self) -> list[str]:
        """Breaches that one declaration alone cannot show."""
        problems = []
        for handle, header in sorted(self.handles.items()):
            if handle + "_free" not in self.functions:
                problems.append(f"{header}: {handle}: a handle type without {handle}_free")
        for function in self.functions.values():
            where = f"{function['header']}:{function['line']}: {function['name']}"
            wanted = function.get("async", "none")
            if wanted != "none" and f"safe_op_take_{wanted}" not in self.functions:
                problems.append(f"{where}: there is no safe_op_take_{wanted} for its result")
            lenfn = function["result"].get("lenfn")
            if lenfn and not self.gives_length(lenfn, function):
                problems.append(f"{where}: SAFE_LEN_FN names '{lenfn}', which is no such function of the same object")
        return problems

    def gives_length(self, name: str, function: dict[str, Any]) -> bool:
        other = self.functions.get(name)
        if other is None or other["result"].get("type") != "size_t" or len(other["params"]) != 1:
            return False
        return [p.get("type") for p in other["params"]] == [p.get("type") for p in function["params"]]


def callback_model(law: Law, callback: reader.Callback) -> dict[str, Any]:
    """A callback's first parameter is the user data; the rest are values, or borrowed for the call."""
    if not callback.doc:
        raise Breach("no comment above it")
    if callback.result != "void":
        raise Breach(f"a callback returns nothing, not '{callback.result}'")
    params = []
    for index, param in enumerate(callback.params):
        where = f"parameter '{param.name}'"
        model = {"name": param.name, "ctype": param.ctype, **law.kind_of(param, where)}
        facts = facts_of(param.annotations, where)
        kind = model["kind"]
        must = OF_CALLBACKS.get(kind, set())
        if kind not in OF_CALLBACKS or (kind == "user_data") != (index == 0):
            raise Breach(f"{where}: a callback takes its user data, then integers, texts and borrowed handles")
        if not must <= set(facts) or not set(facts) <= must | {"enum"}:
            raise Breach(f"{where}: annotations {sorted(facts)}; {[macro_of(m) for m in sorted(must)]} expected")
        if "enum" in facts:
            law.enum_named(facts["enum"], where)
            model["enum"] = facts["enum"]
        params.append(model)
    return {"name": callback.name, "header": callback.header, "line": callback.line, "doc": callback.doc, "params": params}


def constant_value(constant: reader.Constant) -> int | None:
    """The value of an integer constant; None for what is no constant (guards, annotations)."""
    tokens = [token for token in constant.tokens if token not in "()"]
    if not tokens or "SAFE_ANNOTATE_" in tokens or constant.name == "SAFE_ANNOTATE_":
        return None
    sign = -1 if tokens[0] == "-" else 1
    tokens = tokens[1:] if sign < 0 else tokens
    known = {"UINT64_MAX": 2**64 - 1, "UINT32_MAX": 2**32 - 1, "INT64_MAX": 2**63 - 1}
    if len(tokens) == 1 and tokens[0] in known:
        return sign * known[tokens[0]]
    if len(tokens) == 1 and re.fullmatch(r"0[xX][0-9a-fA-F]+[uUlL]*|[0-9]+[uUlL]*", tokens[0]):
        return sign * int(tokens[0].rstrip("uUlL"), 0)
    raise Breach(f"a constant must be one integer, not '{' '.join(constant.tokens)}'")
