"""What runners in Python say of the protocol: requests are read, and answered, a line each (README.md)."""
from __future__ import annotations

import pathlib
import sys
from typing import Any, Dict
from urllib.parse import quote, unquote

Fields = Dict[str, Any]


class Lines:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.files = 0

    def fields(self, given: Fields) -> str:
        return "".join(f" {key}={self.crossing(value)}" for key, value in given.items() if value is not None)

    def crossing(self, value: Any) -> str:
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, bytes):
            if len(value) <= 1024:
                return "x:" + value.hex()
            self.files += 1
            path = self.folder / f"out-{self.files}"
            path.write_bytes(value)
            return f"f:{path}"
        if isinstance(value, (list, tuple)):
            return ",".join(f"{self.address(each[0])}:{each[1]}" if isinstance(each, tuple) else str(each) for each in value)
        return quote(str(value), safe="/:.,-_~")

    @staticmethod
    def address(given: Any) -> str:
        return given.hex() if isinstance(given, bytes) else str(given)

    def answer(self, name: str, can: str, runner: Any) -> None:
        """Until there is nothing more, or "exit". runner.do(operation, arguments) gives fields; runner.failure(exception) those
        of what it means, or nothing if it is the runner's own."""
        print(f"hello {name} can={can.replace(' ', ',')} store=native", flush=True)
        for line in sys.stdin:
            number, operation, *words = line.split()
            a = {key: unquote(value) for key, _, value in (word.partition("=") for word in words)}
            if operation == "exit":
                break
            try:
                answer = f"{number} ok{self.fields(runner.do(operation, a))}"
            except BaseException as problem:
                said = runner.failure(problem)
                if said is None:
                    raise
                answer = f"{number} error{self.fields(said)}"
            print(answer, flush=True)


def data_of(text: str) -> bytes:
    return bytes.fromhex(text[2:]) if text.startswith("x:") else pathlib.Path(text[2:]).read_bytes()
