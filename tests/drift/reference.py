"""The function reference has everything of the interface, each with all of its slots, and no link leads nowhere.

    reference.py model.json folder
"""

from __future__ import annotations

import json
import pathlib
import re
import sys
import unittest

LINK = re.compile(r"\]\(([\w.]*)(?:#([\w-]+))?\)")
HREF = re.compile(r'href="([\w.]*)(?:#([\w-]+))?"')


class Reference(unittest.TestCase):
    model: pathlib.Path
    folder: pathlib.Path

    def setUp(self) -> None:
        self.interface = json.loads(self.model.read_text(encoding="utf-8"))

    def sections(self, header: str) -> "dict[str, str]":
        text = (self.folder / header.replace(".h", ".md")).read_text(encoding="utf-8")
        return {part.split("\n", 1)[0]: part for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]}

    def test_every_function_with_all_its_slots(self) -> None:
        index = (self.folder / "index.md").read_text(encoding="utf-8")
        self.assertGreater(len(self.interface["functions"]), 100)
        for function in self.interface["functions"]:
            section = self.sections(function["header"]).get(function["name"], "")
            for slot in ("Returns", "Errors", "Threads", "Since"):
                self.assertIn(f"- **{slot}**: ", section, function["name"])
            for param in function["params"]:
                self.assertIn(f"| `{param['name']}` |", section, function["name"])
            self.assertIn(f"[`{function['name']}`]", index)

    def test_every_type_and_number(self) -> None:
        for section in ("handles", "callbacks", "enums"):
            for entry in self.interface[section]:
                self.assertIn(entry["name"], self.sections(entry["header"]))
        for enum in self.interface["enums"]:
            text = self.sections(enum["header"])[enum["name"]]
            for value in enum["values"]:
                self.assertIn(f"`{value['name']}`", text)
                self.assertIn(f" {value['value']} ", text)
        for constant in self.interface["constants"]:
            self.assertIn(f"`{constant['name']}`", (self.folder / constant["header"].replace(".h", ".md")).read_text("utf-8"))

    def test_the_prose_of_the_headers(self) -> None:
        put = self.sections("put.h")["safe_put"]
        self.assertIn("Stores `size` bytes", put)
        self.assertIn("- **Progress in**: bytes.", put)
        self.assertIn("SAFE_BUSY", put.split("- **Errors**: ")[1].split("\n")[0])
        self.assertIn("safe_op_take_receipt", put)

    def links(self, suffix: str, pattern: "re.Pattern[str]", anchors: "re.Pattern[str]") -> None:
        pages = {path.name: path.read_text(encoding="utf-8") for path in self.folder.rglob("*" + suffix)}
        self.assertGreater(len(pages), 10)
        known = {name: {re.sub(r"[^\w-]", "", mark.lower().replace(" ", "-")) for mark in anchors.findall(text)}
                 for name, text in pages.items()}  # fmt: skip
        for name, text in pages.items():
            for page, mark in pattern.findall(text):
                self.assertIn(page or name, pages, f"{name} links to {page}")
                if mark:
                    self.assertIn(mark, known[page or name], f"{name} links to {page}#{mark}")

    def test_no_link_leads_nowhere(self) -> None:
        self.links(".md", LINK, re.compile(r"^## (.*)$", re.MULTILINE))
        self.links(".html", HREF, re.compile(r'id="([^"]*)"'))


if __name__ == "__main__":
    Reference.model, Reference.folder = (pathlib.Path(argument) for argument in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1])
