#!/usr/bin/env python3
"""The table of README's section "Memory", from what run.py --report wrote:  table.py FILE"""

import json
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


def main():
    entries = {}
    for line in Path(sys.argv[1]).read_text().splitlines():
        entry = json.loads(line)
        entries[entry["case"]] = entry
    print("| MiB above the idle process | content | workers | allocator | put | get | allowed | 5 s later |")
    print("|---|---:|---:|---|---:|---:|---:|---:|")
    for entry in entries.values():
        print(f"| {describe(entry)} | {mib(entry['bytes'])} | {entry['workers']} | {entry['allocator']} | {mib(entry['put'])} | "
              f"{mib(entry['get'])} | {mib(entry['allowed'])} | {mib(entry.get('after'))} |")


if __name__ == "__main__":
    main()
