#!/usr/bin/env python3
"""`make run`: a real file goes into an embedded vault and comes back, through C, the command line and Python.

  demo.py --build DIR [--file PATH]

Without --file the biggest of a few files that every machine has is taken. The vault is in a temporary folder, which is
removed at the end. Exit status 1 if one byte is different.
"""

import argparse
import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USUAL = ["/usr/lib/x86_64-linux-gnu/libstdc++.so.6", "/usr/lib/x86_64-linux-gnu/libcrypto.so.3", "/usr/bin/cmake",
         "/usr/bin/python3", "/bin/bash"]
BOLD, DIM, OFF = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


def title(text):
    print(f"\n{BOLD}{text}{OFF}", flush=True)


def size(count):
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.1f} {unit}" if unit != "bytes" else f"{count} bytes"
        count /= 1024


def fail(message):
    sys.exit(f"\nrun: {message}")


def usual_file():
    files = [Path(path).resolve() for path in USUAL if os.path.isfile(path)]
    if not files:
        return Path(sys.executable).resolve()
    return max(files, key=lambda path: path.stat().st_size)


def run(*command, env=None):
    """Standard output of a program that must succeed, and how long it took."""
    shown = " ".join(Path(str(part)).name if number == 0 else str(part) for number, part in enumerate(command))
    print(f"{DIM}$ {shown if len(shown) <= 150 else shown[:140] + '...'}{OFF}", flush=True)
    began = time.monotonic()
    done = subprocess.run([str(part) for part in command], env=env, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        print(done.stdout, end="")
        fail(f"{command[0]} ended with {done.returncode}")
    return done.stdout, time.monotonic() - began


def identical(source, copy):
    if not filecmp.cmp(source, copy, shallow=False):
        fail(f"{copy} is not {source}")
    os.unlink(copy)


def speed(count, seconds):
    return f"{seconds:.2f} s, {count / 1e6 / max(seconds, 1e-9):.0f} MB/s"


def with_the_tool(safe, env, source, folder):
    title("1. The command line: store, look, read back")
    total = source.stat().st_size
    out, seconds = run(safe, "put", "--json", source, env=env)
    put = json.loads(out.splitlines()[-1])
    chunks = put["chunks"]
    stored = sum(chunk["size"] for chunk in chunks)
    print(f"  encrypted and stored   {size(put['size'])} as {len(chunks)} chunks, {size(stored)} ({stored / max(total, 1):.0%}), "
          f"{speed(total, seconds)}")
    for chunk in chunks[:4]:
        print(f"    {chunk['name']}  {chunk['size']:>8} bytes")
    if len(chunks) > 4:
        print(f"    and {len(chunks) - 4} more; each name is the BLAKE3 hash of what is stored under it")
    print(f"  link                   {put['link']}")
    _, seconds = run(safe, "get", put["link"], "-o", folder / "copy", env=env)
    identical(source, folder / "copy")
    print(f"  read back, identical   {speed(total, seconds)}")
    out, seconds = run(safe, "put", "--json", source, env=env)
    if json.loads(out.splitlines()[-1])["link"] != put["link"]:
        fail("the same file has another link")
    print(f"  put again              the same link, and nothing is stored twice ({seconds:.2f} s)")
    return put["link"]


def with_c(build, env, source, folder):
    title("2. A C program: capi/examples/blocking.c, built as its author would")
    program = folder / "blocking"
    run("cc", ROOT / "capi/examples/blocking.c", f"-I{build}/include", f"-L{build}/lib", "-lsafe",
        f"-Wl,-rpath,{build}/lib", "-o", program)
    out, seconds = run(program, source, env["SAFE_VAULT"])
    for line in out.splitlines():
        print(f"  {line}")
    print(f"  in {seconds:.2f} s")


PYTHON = """
import sys, libsafe
vault, source, copy, link = sys.argv[1:]
with libsafe.connect(vault) as client:
    mine = client.put(source, private=True).link
    print("private link  ", mine)  # a secret, so only its kind is shown
    with client.open(link) as stream, open(copy, "wb") as out:
        while block := stream.read(1 << 20):
            out.write(block)
        stream.seek(-16, 2)
        print("last 16 bytes ", stream.read().hex())
"""


def python_of(build):
    """The Python that the module was built for."""
    cache = (build / "cmake/CMakeCache.txt").read_text()
    return re.search(r"^Python_EXECUTABLE:\w+=(.+)$", cache, re.MULTILINE).group(1)


def with_python(build, env, source, folder, link):
    title("3. Python: a private copy, and the tool's link opened as a stream")
    program = folder / "tour.py"
    program.write_text(PYTHON.lstrip())
    print("".join(f"{DIM}  | {line}{OFF}\n" for line in PYTHON.strip().splitlines()), end="")
    out, seconds = run(python_of(build), program, env["SAFE_VAULT"], source, folder / "copy", link, env=env)
    for line in out.splitlines():
        print(f"  {line}")
    identical(source, folder / "copy")
    print(f"  read back, identical, in {seconds:.2f} s")


def what_the_vault_sees(safe, env, folder, source):
    title("4. What the vault has: chunks under the hashes of what they hold")
    out, _ = run(safe, "vault", "info", env=env)
    print("".join(f"  {line}\n" for line in out.splitlines()), end="")
    run(safe, "vault", "verify", env=env)
    with open(source, "rb") as file:
        first = file.read(64)
    for path in folder.joinpath("vault").rglob("*"):
        if path.is_file() and len(set(first)) > 8 and first in path.read_bytes():
            fail(f"plain text in {path}")
    print("  the file's first bytes are nowhere in the vault's directory")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--file", type=Path)
    args = parser.parse_args()
    source = (args.file or usual_file()).expanduser().absolute()
    if not source.is_file():
        fail(f"{source} is not a file")
    build, safe = args.build.resolve(), args.build.resolve() / "bin" / "safe"
    need = 3 * source.stat().st_size
    if shutil.disk_usage(tempfile.gettempdir()).free < need:
        fail(f"{tempfile.gettempdir()} has less than {size(need)} free; set TMPDIR to a roomier folder")

    sys.stdout.reconfigure(line_buffering=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="safe-run-") as name:
        folder = Path(name)
        env = {**os.environ, "SAFE_VAULT": f"file:{folder}/vault", "PYTHONPATH": str(build / "python")}
        print(f"{BOLD}{source}{OFF}, {size(source.stat().st_size)}, into a vault in {folder}")
        link = with_the_tool(safe, env, source, folder)
        with_c(build, env, source, folder)
        with_python(build, env, source, folder, link)
        what_the_vault_sees(safe, env, folder, source)
    print(f"\n{BOLD}The same file came back three times, byte for byte.{OFF} ({time.monotonic() - began:.1f} s; "
          "make run FILE=path takes another one, README.md has the tour)")


if __name__ == "__main__":
    main()
