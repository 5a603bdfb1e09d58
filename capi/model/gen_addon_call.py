"""One function of the model as a function of the Node addon: how each kind of parameter and result crosses.

What JavaScript gives and gets is the same as in the flat layer over wasm (gen_js_call.py), whose types it has. How it gets
there is another matter: handles are numbers of a table of the addon's, bytes that a call only looks at are not copied, and
callbacks go through a mailbox. What the functions are made of is in bindings/js/addon.
"""

from __future__ import annotations

from typing import Any

from closed import CannotBind, takers

INTO = {"int32_t": "i32", "uint32_t": "u32", "size_t": "u32", "int64_t": "i64", "uint64_t": "u64"}
# How an integer goes to JavaScript.
OUT = {
    "int32_t": "call.number({})",
    "uint32_t": "call.number({})",
    "size_t": "call.number(static_cast<double>({}))",
    "int64_t": "call.bigint(static_cast<int64_t>({}))",
    "uint64_t": "call.bigint(static_cast<uint64_t>({}))",
}


def lends(model: dict[str, Any], handle: str) -> bool:
    """Whether memory of such objects is given out to be written to."""
    return any(
        function["params"][0].get("type") == handle and reserves(function)
        for function in model["functions"]
        if function["params"]
    )


def reserves(function: dict[str, Any]) -> bool:
    return any(param["kind"] == "out_memory" for param in function["params"])


def boolean(value: bool) -> str:
    return "true" if value else "false"


class Binding:
    def __init__(self, model: dict[str, Any], function: dict[str, Any]) -> None:
        self.model = model
        self.function = function
        self.name: str = function["name"]
        self.count = 0  # arguments that JavaScript gives
        self.before: list[str] = []  # statements before the call
        self.call: list[str] = []  # arguments of the call
        self.after: list[str] = []  # statements after a call that succeeded
        self.outputs: list[tuple[str, str]] = []  # parameter, expression
        self.ops: list[str] = []  # operations that the call can show to have ended
        self.kept = ""  # the buffer that the operation keeps
        self.listener: dict[str, Any] | None = None
        self.has_error = False
        self.waits = False
        give = takers(self, (one for one in function["params"] if "length_of" not in one or self.of_memory(one)))
        kind = function["result"]["kind"]
        if self.outputs and kind not in ("status", "void"):
            raise CannotBind("outputs beside a result")
        if self.kept and kind != "op":
            raise CannotBind("a kept buffer needs an operation that ends")
        if self.listener and kind not in ("status", "void"):
            raise CannotBind("a callback beside a result")
        if bool(function.get("blocks")) != self.waits or (self.waits and not self.has_error):
            raise CannotBind("a call that blocks needs one time-out (int64_t) and an error, to say SAFE_TIMEOUT")
        self.body: list[str] = give()

    def next(self) -> int:
        self.count += 1
        return self.count - 1

    # --- parameters ---

    def take_handle(self, param: dict[str, Any]) -> None:
        name, kind = param["name"], param["type"]
        self.before.append(f"const auto in_{name} = call.handle<{kind}>({self.next()});")
        self.call.append(f"in_{name}.native")
        if kind == "safe_op":
            self.ops.append(f"in_{name}")
        if not param["const"] and lends(self.model, kind) and not self.function.get("frees"):
            self.before.append(f"call.hand_in(in_{name});")

    def take_int(self, param: dict[str, Any]) -> None:
        name, kind = param["name"], param["type"]
        into = f'call.{INTO[kind]}({self.next()}, "{name}")'
        if self.function.get("blocks") and kind == "int64_t":
            if self.waits:
                raise CannotBind("a call that blocks has more than one int64_t")
            self.waits = True
            self.before.append(f"{into}; // checked, but nothing waits on JavaScript's thread")
            self.call.append("0")
            return
        self.before.append(f"const {kind} in_{name} = {into};")
        self.call.append(f"in_{name}")

    def take_str(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.before.append(f'const Text in_{name}(call, {self.next()}, "{name}", {boolean("nullable" in param)});')
        self.call.append(f"in_{name}.get()")

    def take_bytes(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.view(param)
        if param.get("kept"):
            self.keep(f"Lent::copy_of(in_{name})")
        else:
            self.call += [f"in_{name}.data", f"in_{name}.size"]

    def take_out_buffer(self, param: dict[str, Any]) -> None:
        name, index = param["name"], self.count
        self.view(param)
        if param.get("kept"):
            self.keep(f"Lent::room_for(call, {index}, in_{name})")
        else:
            self.call += [f"in_{name}.data", f"in_{name}.size"]

    def view(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.before.append(f'const View in_{name} = call.view({self.next()}, "{name}", {boolean("nullable" in param)});')

    def keep(self, made: str) -> None:
        if self.kept:
            raise CannotBind("more than one kept buffer")
        self.kept = "lent"
        self.before.append(f"auto lent = {made};")
        self.call += ["lent->data()", "lent->size()"]

    def take_fixed_bytes(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.before.append(f'const uint8_t *const in_{name} = call.fixed({self.next()}, "{name}", {param["size"]});')
        self.call.append(f"in_{name}")

    def take_out_fixed_bytes(self, param: dict[str, Any]) -> None:
        name, size = param["name"], param["size"]
        self.output(param, f"Wiped<{size}> out_{name};", f"out_{name}.bytes", f"call.bytes(out_{name}.bytes, {size})")

    def take_out_int(self, param: dict[str, Any]) -> None:
        name, kind = param["name"], param["type"]
        self.output(param, f"{kind} out_{name} = 0;", f"&out_{name}", OUT[kind].format(f"out_{name}"))

    def take_out_handle(self, param: dict[str, Any]) -> None:
        name, kind = param["name"], param["type"]
        give = "told" if param.get("borrowed") else "owned_or_null" if param.get("nullable") else "owned"
        self.output(param, f"{kind} *out_{name} = nullptr;", f"&out_{name}", f"call.{give}(out_{name})")

    def take_out_memory(self, param: dict[str, Any]) -> None:
        name, handle = param["name"], self.function["params"][0]["name"]
        give = f"call.reserved(in_{handle}, out_{name}, in_{param['len']})"
        self.output(param, f"uint8_t *out_{name} = nullptr;", f"&out_{name}", give)

    def take_error(self, param: dict[str, Any]) -> None:
        self.has_error = True
        self.before.append("safe_error *error = nullptr;")
        self.call.append("&error")

    def take_callback(self, param: dict[str, Any]) -> None:
        if self.listener:
            raise CannotBind("more than one callback")
        self.listener = {**param, "index": self.next()}
        self.call.append(f"listener ? told_{param['type']} : nullptr")

    def take_user_data(self, param: dict[str, Any]) -> None:
        self.call.append("listener")

    def of_memory(self, param: dict[str, Any]) -> bool:
        pointer = next(p for p in self.function["params"] if p["name"] == param["length_of"])
        return bool(pointer["kind"] == "out_memory")

    def output(self, param: dict[str, Any], declared: str, argument: str, given: str) -> None:
        self.before.append(declared)
        self.call.append(argument)
        self.outputs.append((param["name"], given))

    # --- results ---

    def invoke(self) -> str:
        return f"{self.name}({', '.join(self.call)})"

    def settled(self) -> list[str]:
        return [f"call.settle({op});" for op in self.ops]

    def listening(self, statement: str) -> list[str]:
        """A method's callback is called once; that of a function without object stays until the next one is set."""
        assert self.listener
        objects = [param for param in self.function["params"] if param["kind"] == "handle"]
        index, name = self.listener["index"], self.listener["name"]
        nullable = boolean("nullable" in self.listener)
        call = f"[&](void *listener) {{ {statement} }}"
        if not objects:
            return [f'call.listening_at("{self.name}", clear_{self.name}, {index}, "{name}", {nullable}, {call});']
        if nullable == "true":
            raise CannotBind("a callback of an object that may be left out")
        start = "listening_to" if objects[0]["type"] == "safe_op" else "listening"
        given = f"in_{objects[0]['name']}, " if start == "listening_to" else ""
        return [f'call.{start}({given}{index}, "{name}", {call});']

    def give_void(self) -> list[str]:
        if self.function.get("frees"):
            return [f"call.free(in_{self.function['params'][0]['name']});", "return call.undefined();"]
        statement = f"{self.invoke()};"
        lines = self.listening(statement) if self.listener else [statement]
        return [*lines, *self.settled(), *self.returned()]

    def give_status(self) -> list[str]:
        error = "error" if self.has_error else "nullptr"
        called = f"const safe_status status = {self.invoke()};"  # by itself: it sets the error
        if self.waits:
            op = f", {self.ops[0]}" if self.ops else ""
            waited = f'if (!call.waited(status, error, "{self.name}"{op})) return call.null();'
            return [called, *self.settled(), waited, *self.returned()]
        checked = f'call.check(status, {error}, "{self.name}");'
        lines = self.listening(f"{called} {checked}") if self.listener else [called, checked]
        return [*lines, *self.settled(), *self.returned()]

    def give_int(self) -> list[str]:
        result = self.function["result"]["type"]
        return [f"const {result} value = {self.invoke()};", *self.settled(), f"return {OUT[result].format('value')};"]

    def give_str(self) -> list[str]:
        if self.function["result"].get("nullable"):
            return [f"return call.text_or_null({self.invoke()});"]
        return [f'return call.text({self.invoke()}, "{self.name}");']

    def give_bytes(self) -> list[str]:
        length = f"{self.function['result']['lenfn']}({self.call[0]})"
        none = "return call.null();" if self.function["result"].get("nullable") else f'call.bad_handle("{self.name}");'
        return [
            f"const uint8_t *const value = {self.invoke()};",
            f"if (!value) {none}",
            f"return call.bytes(value, {length});",
        ]

    def give_op(self) -> list[str]:
        lent = f", std::move({self.kept})" if self.kept else ""
        return [f"safe_op *const op = {self.invoke()};", f'return call.started(op, "{self.name}"{lent});']

    def give_handle(self) -> list[str]:
        if self.function["result"].get("nullable"):
            return [f"return call.owned_or_null({self.invoke()});"]
        return [f"const auto value = {self.invoke()};", f'if (!value) call.bad_handle("{self.name}");', "return call.owned(value);"]

    def returned(self) -> list[str]:
        if not self.outputs:
            return ["return call.undefined();"]
        if len(self.outputs) == 1:
            return [f"return {self.outputs[0][1]};"]
        values = ", ".join(f'{{"{name}", {value}}}' for name, value in self.outputs)
        return [f"return call.object({{{values}}});"]

    # --- text ---

    def clearing(self) -> str:
        """What takes the callback of a function without object back: NULL for all."""
        if not self.listener or any(param["kind"] == "handle" for param in self.function["params"]):
            return ""
        nothing = ["0" if param["kind"] == "int" else "nullptr" for param in self.function["params"]]
        return f"void clear_{self.name}() {{ {self.name}({', '.join(nothing)}); }}\n\n"

    def cpp(self) -> str:
        body = "".join(f"    {line}\n" for line in [*self.before, *self.body])
        return f"{self.clearing()}napi_value js_{self.name}(Call &call) {{\n{body}}}\n\n"
