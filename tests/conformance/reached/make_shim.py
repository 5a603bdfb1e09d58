#!/usr/bin/env python3
"""Writes the C source of a library that is loaded before libsafe.so (LD_PRELOAD), notes which functions of the C interface a
program calls, and hands each call on: make_shim.py MODEL.json --out FILE.c

The marks are one byte for each function, in the order of the model, in the file that SAFE_REACHED names: it is mapped, so that
the marks of a process that is killed stay, and several processes add to the same.
"""

import argparse
import json
import pathlib

HEAD = """/* Written by tests/conformance/reached/make_shim.py. */
#define _GNU_SOURCE
#include <safe/safe.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {{ functions = {count} }};
static unsigned char nowhere[functions];
static unsigned char *marks = nowhere;
static void *real[functions];

__attribute__((constructor)) static void begin(void) {{
    const char *path = getenv("SAFE_REACHED");
    const int file = path ? open(path, O_RDWR) : -1;
    void *mapped;
    if (file < 0) return;
    mapped = mmap(NULL, functions, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED) marks = mapped;
    close(file);
}}

static void *reach(int index, const char *name) {{
    marks[index] = 1;
    if (!real[index]) real[index] = dlsym(RTLD_NEXT, name);
    if (!real[index]) abort(); /* not loaded with libsafe.so: it cannot be handed on */
    return real[index];
}}
"""


def function(index, model):
    types = [parameter["ctype"] for parameter in model["params"]]
    names = [f"a{number}" for number in range(len(types))]

    def declared(ctype, name):
        base, bracket, rest = ctype.partition("[")  # uint8_t[32]
        return f"{base} {name}{bracket}{rest}"

    parameters = ", ".join(map(declared, types, names)) or "void"
    result = model["result"]["ctype"]
    pointer = f"{result} (*)({', '.join(types) or 'void'})"
    give = "" if result == "void" else "return "
    return (
        f"\nSAFE_API {result} {model['name']}({parameters}) {{\n"
        f'    {give}(({pointer})reach({index}, "{model["name"]}"))({", ".join(names)});\n}}\n'
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    functions = json.loads(arguments.model.read_text(encoding="utf-8"))["functions"]
    text = HEAD.format(count=len(functions)) + "".join(map(function, range(len(functions)), functions))
    arguments.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
