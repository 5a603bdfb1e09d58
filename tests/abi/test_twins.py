"""Numbers that are written twice, in the public headers and inside, are the same.

    test_twins.py <source folder> <project version>
"""

from __future__ import annotations

import pathlib
import re
import sys
import unittest

from support import model


def numbers() -> dict[str, int]:
    made = model.build()
    pairs = {constant["name"]: constant["value"] for constant in made["constants"]}
    for enum in made["enums"]:
        pairs.update({value["name"]: value["value"] for value in enum["values"]})
    return pairs


class Twins(unittest.TestCase):
    source: pathlib.Path
    version: str

    def core(self, header: str, pattern: str) -> str:
        text = (self.source / "core" / header).read_text(encoding="utf-8")
        found = re.search(pattern, text)
        self.assertIsNotNone(found, f"core/{header} has no {pattern}")
        assert found
        return found.group(1)

    def test_error_codes(self) -> None:
        body = self.core("base/error.hpp", r"enum class Errc[^{]*\{([^}]*)\}")
        inside = {
            "SAFE_" + name.upper(): int(value) for name, value in re.findall(r"^\s*(\w+) = (-?\d+),", body, re.MULTILINE)
        }
        codes = next(enum for enum in model.build()["enums"] if enum["name"] == "safe_code")
        outside = {value["name"]: value["value"] for value in codes["values"]}
        self.assertGreater(len(outside), 40)
        self.assertEqual(inside, outside)

    def test_error_codes_are_told_apart(self) -> None:
        codes = next(enum for enum in model.build()["enums"] if enum["name"] == "safe_code")
        values = [value["value"] for value in codes["values"]]
        self.assertEqual(len(values), len(set(values)))

    def test_version(self) -> None:
        made = numbers()
        parts = [made[f"SAFE_VERSION_{part}"] for part in ("MAJOR", "MINOR", "PATCH")]
        self.assertEqual(".".join(map(str, parts)), self.version)
        self.assertEqual(made["SAFE_ABI_VERSION"], made["SAFE_VERSION_MAJOR"])

    def test_newest_version(self) -> None:
        self.assertEqual(self.core("protocol/messages.hpp", r"newest_version = (\w+);"), "UINT64_MAX")
        self.assertEqual(numbers()["SAFE_VERSION_NEWEST"], 2**64 - 1)

    def test_unknown_size(self) -> None:
        self.assertEqual(self.core("base/cancel.hpp", r"unknown = (\w+);"), "UINT64_MAX")
        self.assertEqual(numbers()["SAFE_SIZE_UNKNOWN"], 2**64 - 1)

    def test_flags_are_bits_of_their_own(self) -> None:
        for enum in model.build()["enums"]:
            if not enum["name"].endswith("_flag"):
                continue
            seen = 0
            for value in enum["values"]:
                self.assertEqual(value["value"] & (value["value"] - 1), 0, value["name"])
                self.assertEqual(value["value"] & seen, 0, value["name"])
                seen |= value["value"]


if __name__ == "__main__":
    Twins.version = sys.argv.pop()
    Twins.source = pathlib.Path(sys.argv.pop())
    unittest.main()
