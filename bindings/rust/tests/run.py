#!/usr/bin/env python3
"""The notebook of examples/, in all the forms in which it must work.

    run.py notebook PROGRAM              natively: its transcript, and no handle left
    run.py imports MODULE.wasm MODEL     as a guest: imports from safe_ffi alone, and what the host needs of it
    run.py cargo CRATE WORK              built by cargo from the crate in the build folder

Exit status 77: there is no cargo.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NOTEBOOK = Path(__file__).resolve().parents[1] / "examples" / "notebook"
TRANSCRIPT = (NOTEBOOK / "transcript.txt").read_text(encoding="utf-8")


def check_transcript(command, **how):
    done = subprocess.run(command, capture_output=True, text=True, **how)
    assert done.returncode == 0, done.stderr
    assert done.stdout == TRANSCRIPT, f"told otherwise:\n{done.stdout}"


def notebook(program):
    check_transcript([program])
    with tempfile.TemporaryDirectory() as folder:
        check_transcript([program, f"file:{folder}/vault"])
        again = subprocess.run([program, f"file:{folder}/vault"], capture_output=True, text=True)
        assert again.returncode == 1 and "failed: " in again.stdout and "SAFE_DATA_EXISTS" in again.stdout, again


def number(data, at):
    """An unsigned LEB128, and where it ends."""
    value, shift = 0, 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at


def sections(module):
    at = 8
    while at < len(module):
        kind = module[at]
        size, at = number(module, at + 1)
        yield kind, module[at : at + size]
        at += size


def text(data, at):
    size, at = number(data, at)
    return data[at : at + size].decode(), at + size


def imports_of(data):
    count, at = number(data, 0)
    for _ in range(count):
        module, at = text(data, at)
        name, at = text(data, at)
        assert data[at] == 0, f"{module}.{name} is no function"
        _, at = number(data, at + 1)
        yield module, name


def exports_of(data):
    count, at = number(data, 0)
    for _ in range(count):
        name, at = text(data, at)
        _, at = number(data, at + 1)
        yield name


def imports(path, model):
    parts = dict(sections(Path(path).read_bytes()))
    known = {function["name"] for function in json.loads(Path(model).read_text(encoding="utf-8"))["functions"]}
    wanted = list(imports_of(parts[2]))
    assert wanted, "it imports nothing"
    foreign = [f"{module}.{name}" for module, name in wanted if module != "safe_ffi" or name not in known]
    assert not foreign, f"imports that no host has: {foreign}"
    missing = {"memory", "__indirect_function_table", "safe_guest_alloc", "safe_guest_free", "demo_start"}
    missing -= set(exports_of(parts[7]))
    assert not missing, f"not exported: {missing}"


def cargo(crate, work):
    program = shutil.which("cargo")
    if not program:
        print("cargo is not installed; the crate was built by plain rustc")
        sys.exit(77)
    copy = Path(work) / "notebook"
    shutil.copytree(NOTEBOOK, copy, dirs_exist_ok=True)
    manifest = copy / "Cargo.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("../../../../build/rust", crate), encoding="utf-8")
    check_transcript([program, "run", "--quiet", "--offline", "--manifest-path", manifest, "--target-dir", f"{work}/target"])


if __name__ == "__main__":
    {"notebook": notebook, "imports": imports, "cargo": cargo}[sys.argv[1]](*sys.argv[2:])
