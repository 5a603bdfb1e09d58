#!/usr/bin/python3
"""Checks that every exported function that takes a handle is tried with bad handles in handles.c."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
names = (root / "capi/abi/exports.txt").read_text().split()
headers = " ".join(p.read_text() for p in sorted((root / "capi/include/safe").glob("*.h")))
headers = re.sub(r"/\*.*?\*/", " ", headers, flags=re.S)
types = re.findall(r"typedef struct \w+ (safe_\w+);", headers)
tried = (root / "tests/capi/handles.c").read_text()
missing = []
for name in names:
    declaration = re.search(r"\b%s\(([^;]*)\) SAFE_SINCE|\b%s\(([^;]*);" % (name, name), headers)
    if not declaration:
        sys.exit(f"{name} is exported, but no header declares it")
    parameters = declaration.group(1) or declaration.group(2) or ""
    takes_handle = any(re.search(r"\b%s \*(?!\*)" % t, parameters) for t in types)
    if takes_handle and not re.search(r"\b%s\(" % name, tried):
        missing.append(name)
if missing:
    sys.exit("not tried with bad handles in tests/capi/handles.c: " + ", ".join(missing))
print(f"{len(names)} exported functions, all that take a handle are tried")
