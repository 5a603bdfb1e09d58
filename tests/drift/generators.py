"""What is made from the headers follows them with no other edit, and nothing is left out in silence.

    generators.py capi/model tests/abi
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
from typing import Any, Callable

MODEL, SUPPORT = (pathlib.Path(argument) for argument in sys.argv[1:3])
sys.path[:0] = [str(MODEL), str(SUPPORT)]

from support import Headers  # noqa: E402

WISH = (
    "/* A wish comes true. */\n"
    'SAFE_API safe_status safe_key_wish(const safe_key *key, const uint8_t *data SAFE_LEN("size"), size_t size,'
    ' const char *label SAFE_STR, uint64_t *out SAFE_OUT, safe_error **error SAFE_OUT SAFE_OWNED SAFE_NULLABLE) SAFE_SINCE("1.0");'
)
# Generators and their arguments; {out} is an empty folder.
GENERATORS = {
    "gen_rust.py": ["--out", "{out}/ffi.rs"],
    "gen_docs.py": ["--out", "{out}"],
    "gen_swig.py": ["--out", "{out}/interface.i"],
    "gen_js.py": ["--out", "{out}"],
    "gen_addon.py": ["--out", "{out}/functions.cpp"],
}


class Generators(unittest.TestCase):
    def run_with(self, script: str, model: dict[str, Any], before: str = "") -> "tuple[int, str, str]":
        """Exit status, what it says, and all that it wrote; `before` is Python that changes the generator first."""
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder) / "model.json"
            source.write_text(json.dumps(model), encoding="utf-8")
            out = pathlib.Path(folder) / "out"
            out.mkdir()
            module = script.removesuffix(".py")
            program = f"import sys; sys.path.insert(0, {str(MODEL)!r}); import {module}\n{before}\nsys.exit({module}.main())"
            arguments = [argument.format(out=out) for argument in GENERATORS[script]]
            done = subprocess.run(
                [sys.executable, "-c", program, str(source), *arguments], capture_output=True, text=True
            )
            written = "".join(path.read_text(encoding="utf-8") for path in sorted(out.rglob("*")) if path.is_file())
            return done.returncode, done.stderr, written

    def model(self) -> dict[str, Any]:
        with Headers() as headers:
            headers.declare(WISH)
            return headers.model()

    def test_a_function_added_to_a_header_is_everywhere(self) -> None:
        model = self.model()
        for script in GENERATORS:
            with self.subTest(script):
                status, said, written = self.run_with(script, model)
                self.assertEqual(status, 0, said)
                self.assertIn("safe_key_wish", written)

    def refused(self, change: "Callable[[dict[str, Any]], object]", *expected: str) -> None:
        """Each generator stops, and names the function and what it does not know."""
        model = self.model()
        change(next(function for function in model["functions"] if function["name"] == "safe_key_wish"))
        for script in GENERATORS:
            with self.subTest(script):
                status, said, _ = self.run_with(script, model)
                self.assertEqual(status, 1, said)
                for text in ("key.h:", "safe_key_wish", *expected):
                    self.assertIn(text, said)

    def test_a_kind_that_nobody_knows(self) -> None:
        self.refused(lambda wish: wish["params"][0].update(kind="riddle"), "'key'", "riddle")

    def test_a_result_that_nobody_knows(self) -> None:
        self.refused(lambda wish: wish["result"].update(kind="riddle"), "riddle")

    def test_an_annotation_that_nobody_knows(self) -> None:
        self.refused(lambda wish: wish["params"][0].update(secret=True), "'key'", "secret")
        self.refused(lambda wish: wish.update(experimental=True), "experimental")

    def test_a_binding_that_is_lost_stops_the_build(self) -> None:
        losses = {
            "gen_rust.py": "made = gen_rust.function\n"
            "gen_rust.function = lambda entry: '' if entry['name'] == 'safe_key_wish' else made(entry)",
            "gen_docs.py": "made = gen_docs.describe_function\n"
            "def describe(page, function):\n    page.headings.append('') if function['name'] == 'safe_key_wish' else made(page, function)\n"
            "gen_docs.describe_function = describe",
            "gen_swig.py": "made = gen_swig.Function.text\n"
            "gen_swig.Function.text = lambda self: '' if self.function['name'] == 'safe_key_wish' else made(self)",
            "gen_js.py": "made = gen_js.Binding.typescript\n"
            "gen_js.Binding.typescript = lambda self: '' if self.name == 'safe_key_wish' else made(self)",
            "gen_addon.py": "made = gen_addon.Binding.cpp\n"
            "gen_addon.Binding.cpp = lambda self: '' if self.name == 'safe_key_wish' else made(self)",
        }
        model = self.model()
        for script, loss in losses.items():
            with self.subTest(script):
                status, said, _ = self.run_with(script, model, loss)
                self.assertEqual(status, 1, said)
                self.assertRegex(said, r"key\.h:\d+: safe_key_wish: not in the ")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
