"""A change of the interface fails the check with the difference and with what to type."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import unittest

from support import ROOT, Headers

MODEL = ROOT / "capi" / "model" / "model.py"


def check(include: pathlib.Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(MODEL), "--include", str(include), "--check"]
    return subprocess.run(command, capture_output=True, text=True)


class Locks(unittest.TestCase):
    def refused(self, header: str, old: str, new: str, *expected: str) -> None:
        with Headers() as headers:
            headers.replace(header, old, new)
            result = check(headers.include)
            self.assertEqual(result.returncode, 1)
            for text in [*expected, "capi/model/update_locks.sh"]:
                self.assertIn(text, result.stderr)

    def test_a_changed_number(self) -> None:
        self.refused("error.h", "SAFE_BUSY = -3004", "SAFE_BUSY = -3007", "-SAFE_BUSY = -3004", "+SAFE_BUSY = -3007")

    def test_a_changed_type(self) -> None:
        self.refused("get.h", "uint64_t limit)", "uint32_t limit)", "+safe_op *safe_get_bytes", "uint32_t limit)")

    def test_a_changed_annotation(self) -> None:
        self.refused("get.h", 'SAFE_ASYNC("reader") SAFE_OWNED SAFE_SINCE("1.0");\n\n/* Opens content by',
                     'SAFE_ASYNC("bytes") SAFE_OWNED SAFE_SINCE("1.0");\n\n/* Opens content by', '"async": "bytes"')  # fmt: skip

    def test_a_new_function(self) -> None:
        with Headers() as headers:
            headers.declare('/* A wish. */\nSAFE_API void safe_key_wish(safe_key *key) SAFE_SINCE("1.1");')
            result = check(headers.include)
            self.assertEqual(result.returncode, 1)
            self.assertIn("+void safe_key_wish(safe_key *key); since 1.1", result.stderr)

    def test_prose_may_change(self) -> None:
        with Headers() as headers:
            headers.replace("key.h", "/* The seed: whoever has it can sign.", "/* The seed.\n * Whoever has it can sign.")
            self.assertEqual(check(headers.include).returncode, 0, "a comment is no part of the interface's lock")


if __name__ == "__main__":
    unittest.main()
