#!/usr/bin/python3
"""Compares what mistakes.c prints with mistakes.txt. --write takes the present messages as right: read the difference
before you commit it."""
import difflib
import pathlib
import subprocess
import sys
import tempfile

wanted = pathlib.Path(__file__).with_name("mistakes.txt")
with tempfile.TemporaryDirectory() as room:
    result = subprocess.run([sys.argv[1], room], capture_output=True, text=True, timeout=100)
if result.returncode:
    sys.exit(f"exit status {result.returncode}\n{result.stdout}{result.stderr}")
printed = result.stdout.replace(str(pathlib.Path(room).resolve()), "ROOM")
if "--write" in sys.argv:
    wanted.write_text(printed)
difference = list(difflib.unified_diff(wanted.read_text().splitlines(), printed.splitlines(), "wanted", "printed",
                                       lineterm="", n=0))
if difference:
    sys.exit("\n".join(difference))
print(f"{len(result.stdout.splitlines())} messages")
