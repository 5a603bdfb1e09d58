#!/usr/bin/env python3
"""The table of README's section "Memory", from what run.py --report wrote.

  table.py FILE              prints it
  table.py FILE --readme     puts it into README.md, between its marks
"""

import json
import re
import sys
from pathlib import Path

MiB = 1 << 20
WHAT = {
    "cli": "`safe`, one file, {content}",
    "stream": "C program, one file, {content}",
    "at_once": "C program, {count} files at once",
    "small": "C program, {count:,} small values",
}


def describe(entry):
    kind, _, rest = entry["case"].partition(".")
    return WHAT[kind].format(content=rest.split(".")[0], count=entry.get("count", 0))


def mib(value):
    return "-" if value is None else f"{value / MiB:.1f}"


def table(lines):
    """The newest figures of each case, in the order in which the cases came first."""
    entries = {entry["case"]: entry for entry in map(json.loads, lines)}
    yield "| MiB above the idle process | content, MiB | workers | allocator | put | get | allowed | 5 s later |"
    yield "|---|---:|---:|---|---:|---:|---:|---:|"
    for entry in entries.values():
        yield (f"| {describe(entry)} | {mib(entry['bytes'])} | {entry['workers']} | {entry['allocator']} | {mib(entry['put'])} | "
               f"{mib(entry['get'])} | {mib(entry['allowed'])} | {mib(entry.get('after'))} |")


def main():
    text = "\n".join(table(Path(sys.argv[1]).read_text().splitlines()))
    if sys.argv[2:] != ["--readme"]:
        print(text)
        return
    readme = Path(__file__).resolve().parents[2] / "README.md"
    begin, end = "<!-- memory table: tests/memory/table.py -->\n", "<!-- end of memory table -->"
    readme.write_text(re.sub(f"{begin}.*?{end}", lambda _: f"{begin}\n{text}\n\n{end}", readme.read_text(), flags=re.DOTALL))


if __name__ == "__main__":
    main()
