#!/usr/bin/python3
"""What libsafe.so is to the dynamic loader. The project began with one that could not be linked (R_X86_64_TPOFF32,
"recompile with -fPIC"): no text relocations, no static thread-local storage, nothing needed but the C and C++ runtime,
nothing exported but what capi/abi/exports.txt names. And what libsafe.a shows to a linker: the same."""
import argparse
import pathlib
import re
import subprocess
import sys

NEEDED = {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
          "libpthread.so.0", "libdl.so.2"}


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def check(ok, what):
    if not ok:
        print("FAILED: " + what)
        check.failed = True


check.failed = False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("shared", type=pathlib.Path)
    parser.add_argument("exports", type=pathlib.Path)
    parser.add_argument("--static", type=pathlib.Path)
    parser.add_argument("--system-libs", action="store_true")
    options = parser.parse_args()
    exports = set(options.exports.read_text().split())
    needed = NEEDED | ({"libsodium.so.23", "libsqlite3.so.0"} if options.system_libs else set())

    dynamic = run("readelf", "-dW", options.shared)
    check("TEXTREL" not in dynamic, "text relocations")
    check("STATIC_TLS" not in dynamic, "static thread-local storage: dlopen may fail")
    check("NODELETE" in dynamic, "not marked nodelete: its threads would run into unmapped code")
    check(re.search(r"SONAME.*\[libsafe\.so\.1\]", dynamic), "the soname is not libsafe.so.1")
    check(not re.search(r"RPATH|RUNPATH", dynamic), "a search path of the build machine")
    found = set(re.findall(r"NEEDED.*\[(.*)\]", dynamic))
    check(found <= needed, f"needs {found - needed}")

    # R_X86_64_TPOFF64 in the shared object is what STATIC_TLS would come from; DTPMOD and TLSDESC are fine.
    relocations = run("readelf", "-rW", options.shared)
    check("TPOFF" not in relocations.replace("DTPOFF", ""), "initial-exec thread-local storage")

    defined = {line.split()[-1].split("@")[0] for line in run("nm", "-D", "--defined-only", options.shared).splitlines()}
    defined.discard("SAFE_1")
    check(defined == exports, f"exports differ from the list: {sorted(defined ^ exports)[:10]}")
    versions = {line.split("@")[-1] for line in run("nm", "-D", "--defined-only", options.shared).splitlines()
                if "@" in line}
    check(versions == {"SAFE_1"}, f"symbol versions {versions}")

    # By default every undefined symbol has an owner; unversioned ones are weak hooks of the toolchain.
    undefined = run("nm", "-D", "--undefined-only", options.shared)
    strays = [line.split()[-1] for line in undefined.splitlines() if "@" not in line and line.split()[0] == "U"]
    check(not strays, f"undefined without a version: {strays}")

    stack = run("readelf", "-lW", options.shared)
    check(re.search(r"GNU_STACK.* RW ", stack), "an executable stack")

    if options.static:
        shown = {line.split()[-1] for line in run("nm", "-g", "--defined-only", options.static).splitlines()
                 if len(line.split()) == 3}
        check(shown == exports, f"libsafe.a shows other symbols than the exports: {sorted(shown ^ exports)[:10]}")
    print(f"{len(exports)} exports, needs {', '.join(sorted(found))}")
    sys.exit(1 if check.failed else 0)


if __name__ == "__main__":
    main()
