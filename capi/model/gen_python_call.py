"""One function of the model as a Python binding: how each kind of parameter and result crosses.

    handle                an object of the handle's class; after its free it passes as NULL
    bytes, out_buffer     any object with the buffer protocol; the length is its own
    ... kept              the buffer is held until the operation has ended
    fixed_bytes           a buffer of exactly that size
    str                   str (or bytes, for paths that are no text)
    callback              a callable, called later on Python's main thread
    outputs               results, in order: one value or a tuple
    safe_status           an exception if it is not SAFE_OK
"""

from __future__ import annotations

from typing import Any


class CannotBind(Exception):
    """A shape that this generator does not know."""


class Binding:
    def __init__(self, model: dict[str, Any], function: dict[str, Any]) -> None:
        self.model = model
        self.function = function
        self.name: str = function["name"]
        self.lambda_params: list[str] = []  # C++ parameters of the binding
        self.python_params: list[tuple[str, str]] = []  # name, type in the stub
        self.before: list[str] = []  # statements before the call
        self.call: list[str] = []  # arguments of the call
        self.after: list[str] = []  # statements after a call that succeeded
        self.failed: list[str] = []  # statements after one that did not
        self.outputs: list[tuple[str, str]] = []  # C++ expression, type in the stub
        self.kept: list[str] = []  # buffers to be held by the operation
        self.object = ""  # the handle the function belongs to
        self.has_error = False
        self.locked = False
        for param in function["params"]:
            if "length_of" not in param or self.of_memory(param):
                take = getattr(self, "take_" + param["kind"], None)
                if take is None:
                    raise CannotBind(f"parameter '{param['name']}' is of kind '{param['kind']}'")
                take(param)
        self.place_lengths()
        if getattr(self, "give_" + function["result"]["kind"], None) is None:
            raise CannotBind(f"its result is of kind '{function['result']['kind']}'")
        if self.kept and function["result"]["kind"] != "op":
            raise CannotBind("a kept buffer needs an operation that ends")
        self.locked = self.locked or self.needs_lock()

    # --- parameters ---

    def take_handle(self, param: dict[str, Any]) -> None:
        name, kind = param["name"], param["type"]
        access = "look" if param["const"] else "use"
        if param.get("nullable"):
            self.lambda_params.append(f"Handle<{kind}> *{name}")
            self.before.append(f"auto *{name}_ = {name} ? {name}->{access}() : nullptr;")
            self.python_params.append((name, f"Optional[{kind}]"))
        else:
            self.lambda_params.append(f"Handle<{kind}> &{name}")
            self.before.append(f"auto *{name}_ = {name}.{access}();")
            self.python_params.append((name, kind))
        self.call.append(f"{name}_")
        self.object = self.object or name

    def take_int(self, param: dict[str, Any]) -> None:
        self.lambda_params.append(f"{param['type']} {param['name']}")
        self.python_params.append((param["name"], "int"))
        # safe_op_wait and its like wait in slices; the slice stands where the time-out stood.
        slice_ = self.function.get("blocks") and param["name"] == "timeout_ms"
        self.call.append("slice_" if slice_ else param["name"])

    def take_str(self, param: dict[str, Any]) -> None:
        name, nullable = param["name"], bool(param.get("nullable"))
        self.lambda_params.append(f"py::object {name}")
        self.before.append(f'const Text {name}_({name}, {str(nullable).lower()}, "{name}");')
        self.call.append(f"{name}_.c_str()")
        self.python_params.append((name, "Union[str, bytes, None]" if nullable else "Union[str, bytes]"))

    def take_bytes(self, param: dict[str, Any], writable: bool = False) -> None:
        name = param["name"]
        self.lambda_params.append(f"py::object {name}")
        self.before.append(f"Buffer {name}_({name}, {str(writable).lower()});")
        self.call.append(f"{name}_.data()")
        self.call.append(f"{name}_.size()" if self.length_after(param) else "")
        self.python_params.append((name, "WriteableBuffer" if writable else "ReadableBuffer"))
        if param.get("kept"):
            self.kept.append(f"{name}_")

    def take_out_buffer(self, param: dict[str, Any]) -> None:
        self.take_bytes(param, writable=True)

    def take_fixed_bytes(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.lambda_params.append(f"py::object {name}")
        self.before.append(f'const Buffer {name}_ = fixed_bytes({name}, {param["size"]}, "{name}");')
        self.call.append(f"{name}_.data()")
        self.python_params.append((name, "ReadableBuffer"))

    def take_out_fixed_bytes(self, param: dict[str, Any]) -> None:
        # Straight into the bytes object, so that no copy of a secret is left on the stack.
        name = param["name"]
        self.before.append(f"const py::bytes {name}_(static_cast<const char *>(nullptr), {param['size']});")
        self.call.append(f"reinterpret_cast<uint8_t *>(PyBytes_AS_STRING({name}_.ptr()))")
        self.outputs.append((f"{name}_", "bytes"))

    def take_out_int(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.before.append(f"{param['type']} {name}_ = 0;")
        self.call.append(f"&{name}_")
        self.outputs.append((f"py::int_({name}_)", "int"))

    def take_out_handle(self, param: dict[str, Any]) -> None:
        name, kind = param["name"], param["type"]
        self.before.append(f"{kind} *{name}_ = nullptr;")
        self.call.append(f"&{name}_")
        give = "owned" if param.get("owned") else "borrowed"
        self.outputs.append((f"{give}({name}_)", f"Optional[{kind}]" if param.get("nullable") else kind))

    def take_out_memory(self, param: dict[str, Any]) -> None:
        name = param["name"]
        self.before.append(f"uint8_t *{name}_ = nullptr;")
        self.call.append(f"&{name}_")
        self.outputs.append((f"view_of({self.object}.owner(), {name}_, {param['len']}, true)", "memoryview"))

    def take_error(self, param: dict[str, Any]) -> None:
        self.has_error = True
        self.before.append("safe_error *error_ = nullptr;")
        self.call.append("&error_" if not self.function.get("blocks") else "error_slot_")

    def take_callback(self, param: dict[str, Any]) -> None:
        """A method's callback is called once; that of a function without object stays until the next one is set."""
        name = param["name"]
        callback = next(one for one in self.model["callbacks"] if one["name"] == param["type"])
        once = any(other["kind"] == "handle" for other in self.function["params"])
        self.lambda_params.append(f"py::object {name}")
        none = f"{name}.is_none() ? nullptr : " if param.get("nullable") else ""
        self.before.append(f"Slot *{name}_ = {none}listening({name});")
        self.call.append(f"{name}_ ? {self.trampoline(callback, once)} : nullptr")
        self.python_params.append((name, self.callback_type(callback, bool(param.get("nullable")))))
        if once:
            self.failed.append(f"delete {name}_;")
        else:
            # Under the lock, so that setting is one step. The sink that is called meanwhile does not need the lock.
            self.locked = True
            self.before.append("static Slot *former = nullptr;")
            self.after.append(f"delete std::exchange(former, {name}_);")

    def take_user_data(self, param: dict[str, Any]) -> None:
        index = self.function["params"].index(param)
        self.call.append(f"{self.function['params'][index - 1]['name']}_")

    def of_memory(self, param: dict[str, Any]) -> bool:
        pointer = next(p for p in self.function["params"] if p["name"] == param["length_of"])
        return bool(pointer["kind"] == "out_memory")

    def length_after(self, param: dict[str, Any]) -> bool:
        params = self.function["params"]
        return bool(params[params.index(param) + 1]["name"] == param["len"])

    def place_lengths(self) -> None:
        if "" in self.call:
            raise CannotBind("a length that does not follow its pointer")

    # --- callbacks ---

    def trampoline(self, callback: dict[str, Any], once: bool) -> str:
        declared, captured, passed = [], [], []
        for param in callback["params"]:
            name = "given_" + param["name"]
            declared.append(f"{param['ctype']} {name}".replace("* ", "*"))
            if param["kind"] == "user_data":
                continue
            if param["kind"] == "str":
                captured.append(f"{name} = std::string({name})")
                passed.append(f"text({name}.c_str())")
            elif param["kind"] == "handle":
                captured.append(name)
                passed.append(f"borrowed({name})")
            else:
                captured.append(name)
                passed.append(name)
        data = "given_" + callback["params"][0]["name"]
        slot = f"static_cast<Slot *>({data})"
        message = f"[{', '.join(captured)}](const py::object &function) {{ function({', '.join(passed)}); }}"
        body = f"post({'std::move' if once else ''}(*{slot}), {message});"
        if once:
            body += f" delete {slot};"
        # The unary plus makes it a plain function pointer.
        return f"+[]({', '.join(declared)}) {{ {body} }}"

    def callback_type(self, callback: dict[str, Any], nullable: bool) -> str:
        types = {"str": "str", "int": "int"}
        arguments = [
            types.get(param["kind"], param.get("type", "")) for param in callback["params"] if param["kind"] != "user_data"
        ]
        text = f"Callable[[{', '.join(arguments)}], Any]"
        return f"Optional[{text}]" if nullable else text

    # --- results ---

    def needs_lock(self) -> bool:
        """What gives out a pointer is called and read in one step, so that no other thread frees the object between
        the two; plain getters are too short to be worth leaving the lock."""
        kind = self.function["result"]["kind"]
        return kind in ("str", "bytes") or (kind == "int" and not self.has_error)

    def invoke(self) -> str:
        call = f"{self.name}({', '.join(self.call)})"
        return call if self.locked else f"unlocked([&] {{ return {call}; }})"

    def give_void(self) -> list[str]:
        if "frees" in self.function:
            name = self.function["params"][0]["name"]
            return [f"if ({name})", f"    {name}->free();"]
        return [f"{self.invoke()};", *self.after, *self.returned()]

    def give_status(self) -> list[str]:
        if self.function.get("blocks"):
            lines = self.blocking_call()
        else:
            lines = [f"const safe_status status_ = {self.invoke()};"]
        if self.failed:
            lines += ["if (status_ != SAFE_OK)", *(f"    {statement}" for statement in self.failed)]
        error = "error_" if self.has_error else "nullptr"
        return [*lines, f'check(status_, {error}, "{self.name}");', *self.after, *self.returned()]

    def blocking_call(self) -> list[str]:
        if "slice_" not in self.call or not self.has_error:
            raise CannotBind("a call that blocks needs a timeout_ms and an error")
        ended = "return false;"
        settle = []
        if self.function["params"][0]["type"] == "safe_op":
            settle = [f"{self.object}.look(); // lets its buffers go if it has ended"]
            ended = f"return safe_op_state({self.object}_) != SAFE_OP_PENDING;"
        call = f"{self.name}({', '.join(self.call)})"
        return [
            "const safe_status status_ = sliced(",
            "    timeout_ms, &error_,",
            f"    [&](int64_t slice_, safe_error **error_slot_) {{ return {call}; }},",
            f"    [&] {{ {ended} }});",
            *settle,
        ]

    def give_int(self) -> list[str]:
        return [f"return py::int_({self.invoke()});"]

    def give_str(self) -> list[str]:
        lines = [f"const char *value_ = {self.invoke()};"]
        if not self.function["result"].get("nullable"):
            lines += ["if (!value_)", f'    raise_bad_handle("{self.name}");']
        return [*lines, "return text(value_);"]

    def give_bytes(self) -> list[str]:
        return [
            f"const uint8_t *value_ = {self.invoke()};",
            f"if (!value_ || !{self.object}.owner())",
            f'    raise_bad_handle("{self.name}");',
            f"const size_t size_ = {self.function['result']['lenfn']}({self.object}_);",
            f"return view_of({self.object}.owner(), const_cast<uint8_t *>(value_), size_, false);",
        ]

    def give_op(self) -> list[str]:
        lines = [f"safe_op *op_ = {self.invoke()};", "std::vector<Buffer> kept_;"]
        lines += [f"kept_.push_back(std::move({name}));" for name in self.kept]
        return [*lines, f'return started(op_, std::move(kept_), "{self.name}");']

    def returned(self) -> list[str]:
        if not self.outputs:
            return []
        values = [value for value, _ in self.outputs]
        return [f"return py::object({values[0]});" if len(values) == 1 else f"return py::make_tuple({', '.join(values)});"]

    def stub_result(self) -> str:
        result = self.function["result"]
        plain = {"op": "safe_op", "int": "int", "bytes": "memoryview"}
        if result["kind"] in plain:
            return plain[result["kind"]]
        if result["kind"] == "str":
            return "Optional[str]" if result.get("nullable") else "str"
        types = [kind for _, kind in self.outputs]
        if len(types) > 1:
            return f"Tuple[{', '.join(types)}]"
        return types[0] if types else "None"

    # --- texts ---

    def cpp(self) -> str:
        body = [*self.before, *getattr(self, "give_" + self.function["result"]["kind"])()]
        if "frees" in self.function:
            body = body[1:]  # only the object itself is needed
        lines = "".join(f"            {line}\n" for line in body)
        arguments = "".join(f', py::arg("{name}")' for name, _ in self.python_params)
        doc = f'R"doc({self.function["doc"]})doc"'
        params = ", ".join(self.lambda_params)
        return f'    m.def(\n        "{self.name}",\n        []({params}) {{\n{lines}        }}{arguments},\n        {doc});\n'

    def stub(self) -> str:
        params = ", ".join(f"{name}: {kind}" for name, kind in self.python_params)
        return f"def {self.name}({params}) -> {self.stub_result()}: ...\n"
