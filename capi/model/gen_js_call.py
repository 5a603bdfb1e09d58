"""One function of the model as a function of the flat JS layer: how each kind of parameter and result crosses.

    handle                   a number of its own type (unsigned, 32 bit); null and undefined are 0
    int                      number, or bigint for 64 bits (a number will do going in)
    str                      string, as UTF-8 in the library's memory for the time of the call
    bytes, fixed_bytes       an ArrayBuffer or any view of one, copied for the time of the call
    out_buffer               the same; what the call wrote is copied back
    ... kept                 the copy lives until the operation has ended; an out_buffer is copied back then
    callback                 a function; what it throws is reported
    outputs                  results: one value, or an object of several by the parameters' names
    safe_status              a SafeError if it is not SAFE_OK; null for SAFE_TIMEOUT of a function that may block

What the functions are made of is in bindings/js/src/ffi.
"""

from __future__ import annotations

from typing import Any

from closed import CannotBind, takers

# How an integer goes in, and how it comes out of a call or out of memory.
INTO = {"int32_t": "i32", "uint32_t": "u32", "size_t": "u32", "int64_t": "i64", "uint64_t": "u64"}
RESULT = {
    "int32_t": "{}",
    "uint32_t": "{} >>> 0",
    "size_t": "{} >>> 0",
    "int64_t": "{}",
    "uint64_t": "BigInt.asUintN(64, {})",
}
SIGNATURE = {"int32_t": "i", "uint32_t": "i", "size_t": "i", "int64_t": "j", "uint64_t": "j"}


def width_of(integer: str) -> int:
    """Bytes of an integer type in wasm32."""
    return 8 if integer in ("int64_t", "uint64_t") else 4


# Words that a C parameter may be called by and a parameter here may not: those of the language, and those in its scope.
TAKEN = set(
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false"
    " finally for function if implements import in instanceof interface let new null package private protected public"
    " return static super switch this throw true try typeof var void while with yield"
    " BigInt bytesOf core fillInto guest handle heap i32 i64 lent listener listenerOf none u32 u64".split()
)


def renamed(function: dict[str, Any]) -> dict[str, Any]:
    """The function with parameters whose names mean nothing else: the variables of a binding end in $, which C has not."""

    def new(name: str) -> str:
        return name + "_" if name in TAKEN else name

    params = []
    for param in function["params"]:
        params.append({**param, "name": new(param["name"])})
        params[-1].update({fact: new(param[fact]) for fact in ("len", "length_of") if fact in param})
    return {**function, "params": params}


def typescript_int(param: dict[str, Any], going_in: bool = False) -> str:
    if "enum" in param:
        return str(param["enum"])
    if width_of(param["type"]) == 8:
        return "bigint | number" if going_in else "bigint"
    return "number"


class Binding:
    def __init__(self, model: dict[str, Any], function: dict[str, Any]) -> None:
        self.model = model
        self.function = function = renamed(function)
        self.name: str = function["name"]
        self.params: list[tuple[str, str]] = []  # name and type in TypeScript
        self.before: list[str] = []  # statements before the call
        self.call: list[str] = []  # arguments of the call
        self.after: list[str] = []  # statements after a call that succeeded
        self.outputs: list[tuple[str, str, str]] = []  # parameter, expression, type
        self.kept = ""  # the buffer that the operation keeps, and whether it is written to
        self.kept_out = False
        self.listener = ""  # the parameter that is a callback
        self.has_error = False
        self.memory = False  # needs memory of the library for the time of the call
        give = takers(self, (one for one in function["params"] if "length_of" not in one or self.of_memory(one)))
        if self.outputs and function["result"]["kind"] not in ("status", "void"):
            raise CannotBind("outputs beside a result")
        if self.kept and function["result"]["kind"] != "op":
            raise CannotBind("a kept buffer needs an operation that ends")
        if function.get("blocks") and not self.has_error:
            raise CannotBind("a call that blocks needs an error, to say SAFE_TIMEOUT")
        if self.listener and function["result"]["kind"] not in ("status", "void"):
            raise CannotBind("a callback beside a result")
        self.body: list[str] = give()

    # --- parameters ---

    def take_handle(self, param: dict[str, Any]) -> None:
        self.params.append((param["name"], param["type"] + (" | null" if param.get("nullable") else "")))
        self.call.append(f"{'core.op' if param['type'] == 'safe_op' else 'handle'}({param['name']})")

    def take_int(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.params.append((name, typescript_int(param, going_in=True)))
        self.call.append(f"{INTO[param['type']]}({name}, '{name}')")

    def take_str(self, param: dict[str, Any]) -> None:
        name, nullable = param["name"], bool(param.get("nullable"))
        self.params.append((name, "string | null" if nullable else "string"))
        self.use_memory(f"const {name}$ = heap.string({self.optional(name, nullable)}, '{name}');")
        self.call.append(f"{name}$")

    def take_bytes(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.view_of(param)
        if param.get("kept"):
            self.keep(param)
            self.call += ["lent", f"{name}$.length"]
        else:
            self.use_memory(f"const {name}$at = heap.copy({name}$);")
            self.call += [f"{name}$at", f"{name}$.length"]

    def take_out_buffer(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.view_of(param)
        if param.get("kept"):
            self.keep(param)
            self.kept_out = True
            self.call += ["lent", f"{name}$.length"]
        else:
            self.use_memory(f"const {name}$at = heap.take({name}$.length);")
            self.after.append(f"heap.read({name}$at, {name}$);")
            self.call += [f"{name}$at", f"{name}$.length"]

    def take_fixed_bytes(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.params.append((name, "Bytes"))
        self.use_memory(f"const {name}$ = heap.copy(bytesOf({name}, '{name}', {param['size']}));")
        self.call.append(f"{name}$")

    def take_out_fixed_bytes(self, param: dict[str, Any]) -> None:
        self.output(param, param["size"], f"heap.bytes({{}}, {param['size']})", "Uint8Array")

    def take_out_int(self, param: dict[str, Any]) -> None:
        read = {"int32_t": "heap.i32({})", "int64_t": "heap.i64({})", "uint64_t": "heap.u64({})"}
        width = width_of(param["type"])
        self.output(param, width, read.get(param["type"], "heap.u32({})"), typescript_int(param))

    def take_out_handle(self, param: dict[str, Any]) -> None:
        nullable = bool(param.get("nullable"))
        read = f"{'(heap.u32({}) || null)' if nullable else 'heap.u32({})'} as {param['type']}"
        self.output(param, 4, read + (" | null" if nullable else ""), param["type"] + (" | null" if nullable else ""))

    def take_out_memory(self, param: dict[str, Any]) -> None:
        self.output(param, 4, f"heap.view(heap.u32({{}}), {param['len']})", "Uint8Array")

    def take_error(self, param: dict[str, Any]) -> None:
        self.has_error = True
        self.use_memory("const error$ = heap.take(4);")
        self.call.append("error$")

    def take_callback(self, param: dict[str, Any]) -> None:
        if self.listener:
            raise CannotBind("more than one callback")
        name, nullable = param["name"], bool(param.get("nullable"))
        kind = param["type"]
        self.listener = name
        self.params.append((name, f"{kind} | null" if nullable else kind))
        self.call.append(f"listener && {kind}")

    def take_user_data(self, param: dict[str, Any]) -> None:
        self.call.append("listener")

    def of_memory(self, param: dict[str, Any]) -> bool:
        pointer = next(p for p in self.function["params"] if p["name"] == param["length_of"])
        return bool(pointer["kind"] == "out_memory")

    def view_of(self, param: dict[str, Any]) -> None:
        name, nullable = param["name"], bool(param.get("nullable"))
        self.params.append((name, "Bytes | null" if nullable else "Bytes"))
        self.before.append(f"const {name}$ = bytesOf({self.optional(name, nullable, 'none')}, '{name}');")

    def keep(self, param: dict[str, Any]) -> None:
        if self.kept:
            raise CannotBind("more than one kept buffer")
        self.kept = param["name"] + "$"

    def optional(self, name: str, nullable: bool, otherwise: str = "null") -> str:
        if not nullable:
            return name
        return f"{name} ?? {otherwise}"

    def output(self, param: dict[str, Any], size: int, read: str, kind: str) -> None:
        name = param["name"]
        self.use_memory(f"const {name}$ = heap.take({size});")
        self.call.append(f"{name}$")
        self.outputs.append((name, read.format(f"{name}$"), kind))

    def use_memory(self, statement: str) -> None:
        self.memory = True
        self.before.append(statement)

    # --- results ---

    def invoke(self) -> str:
        return f"_{self.name}({', '.join(self.call)})"

    def about_ops(self) -> bool:
        """Whether the call can show that an operation has ended: what was lent to it is then given back first."""
        return any(p.get("type") == "safe_op" and p["kind"] in ("handle", "out_handle") for p in self.function["params"])

    def give_void(self) -> list[str]:
        if self.function.get("frees") == "safe_op":
            return [f"core.freeOp({self.params[0][0]}, _{self.name});"]
        lines = [f"{self.invoke()};"]
        if self.listener:
            lines = [self.listening(lines[0])]
        return [*lines, *self.settled(), *self.after, *self.returned()]

    def give_status(self) -> list[str]:
        if self.function.get("blocks"):
            op = self.params[0][0] if self.function["params"][0].get("type") == "safe_op" else "null"
            lines = [
                f"const status$ = {self.invoke()};",
                *self.settled(),
                f"if (!core.waited(status$, error$, '{self.name}', {op})) return null;",
            ]
            return [*lines, *self.after, *(self.returned() or ["return undefined;"])]
        error = "error$" if self.has_error else "0"
        lines = [f"core.check({self.invoke()}, {error}, '{self.name}');"]
        if self.listener:
            lines = [self.listening(lines[0])]
        return [*lines, *self.settled(), *self.after, *self.returned()]

    def listening(self, statement: str) -> str:
        """A method's callback is called once; that of a function without object stays until the next one is set."""
        name = self.listener
        param = next(param for param in self.function["params"] if param["name"] == name)
        once = any(param["kind"] == "handle" for param in self.function["params"])
        place = "null" if once else f"'{self.name}'"
        given = f"to_{param['type']}(listenerOf({name}, '{name}'))"
        if param.get("nullable"):
            given = f"{name} && {given}"
        return f"core.listening({given}, {place}, (listener) => {statement.removesuffix(';')});"

    def give_int(self) -> list[str]:
        result = self.function["result"]
        value = RESULT[result["type"]].format(self.invoke())
        if self.about_ops():
            return [f"const value$ = {value};", "core.settle();", "return value$;"]
        return [f"return {value};"]

    def give_str(self) -> list[str]:
        if self.function["result"].get("nullable"):
            return [f"return heap.text({self.invoke()});"]
        return [f"return heap.text({self.invoke()}) ?? core.badHandle('{self.name}');"]

    def give_bytes(self) -> list[str]:
        none = "null" if self.function["result"].get("nullable") else f"core.badHandle('{self.name}')"
        length = f"_{self.function['result']['lenfn']}({self.call[0]})"
        return [
            f"const value$ = {self.invoke()};",
            f"return value$ ? heap.bytes(value$, {length}) : {none};",
        ]

    def give_op(self) -> list[str]:
        if self.kept:
            what = f"{self.kept}.length, fillInto({self.kept})" if self.kept_out else f"{self.kept}, null"
            return [f"return core.lending({what}, '{self.name}', (lent) => {self.invoke()});"]
        return [f"return core.started({self.invoke()}, '{self.name}');"]

    def give_handle(self) -> list[str]:
        kind = self.function["result"]["type"]
        if self.function["result"].get("nullable"):
            return [f"return ({self.invoke()} >>> 0 || null) as {kind} | null;"]
        return [f"return ({self.invoke()} >>> 0 || core.badHandle('{self.name}')) as {kind};"]

    def settled(self) -> list[str]:
        return ["core.settle();"] if self.about_ops() else []

    def returned(self) -> list[str]:
        if not self.outputs:
            return []
        if len(self.outputs) == 1:
            return [f"return {self.outputs[0][1]};"]
        return [f"return {{ {', '.join(f'{name}: {value}' for name, value, _ in self.outputs)} }};"]

    def type_of_result(self) -> str:
        result = self.function["result"]
        kind = result["kind"]
        if kind in ("status", "void"):
            types = [kind for _, _, kind in self.outputs]
            if len(types) > 1:
                text = "{ " + "; ".join(f"{name}: {kind}" for name, _, kind in self.outputs) + " }"
            else:
                text = types[0] if types else "void"
            if self.function.get("blocks"):
                return ("undefined" if text == "void" else text) + " | null"
            return text
        text = {"op": "safe_op", "str": "string", "bytes": "Uint8Array"}.get(kind) or result["type"]
        if kind == "int":
            text = typescript_int(result)
        return f"{text} | null" if result.get("nullable") else text

    # --- texts ---

    def declared(self) -> str:
        return f"{self.name}({', '.join(f'{name}: {kind}' for name, kind in self.params)}): {self.type_of_result()}"

    def typescript(self) -> str:
        lines = [*self.before, *self.body]
        if self.memory:
            lines = ["heap.enter();", "try {", *(f"  {line}" for line in lines), "} finally {", "  heap.leave();", "}"]
        body = "".join(f"      {line}\n" for line in lines)
        return f"    {self.declared()} {{\n{body}    }},\n"
