#!/usr/bin/env python3
"""Compares chunk names and sizes with the upstream implementation's.

  run.py --safe PATH        the `safe` command-line tool
  run.py --reference        reference.c of this folder (checks the dependencies alone)

  --count N --seed S        only N files, chosen by the seed (default: all)
  --corpus LIST             paths, one a line, instead of corpus.txt and the synthetic edges

Prints files equal / files tried and every difference; exit status 1 if any,
3 if the oracle cannot be had. Oracle answers are cached by content.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "oracle"))
import collect  # noqa: E402
import oracle  # noqa: E402
import synthetic  # noqa: E402


def build_reference(folder):
    """Compiles reference.c against the cached dependencies."""
    deps = subprocess.run([HERE.parents[1] / "packaging/deps/build.sh", "--path"],
                          check=True, capture_output=True, text=True).stdout.strip()
    program = Path(folder) / "reference"
    libraries = [f"{deps}/lib/lib{name}.a" for name in ("brotlienc", "brotlicommon", "blake3")]
    subprocess.run([os.environ.get("CC", "cc"), "-O2", f"-I{deps}/include", str(HERE / "reference.c"), *libraries,
                    "-lsodium", "-lm", "-o", str(program)], check=True)
    return program


def ours(command, paths):
    """{path: what our program prints for it}; what it has no line for is an error."""
    with tempfile.NamedTemporaryFile("w", suffix=".list") as listing:
        listing.write("".join(path + "\n" for path in paths))
        listing.flush()
        done = subprocess.run([*command, listing.name], stdout=subprocess.PIPE, text=True,
                              env={**os.environ, "SAFE_VAULT": "mem:"})
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        sys.exit(f"{command[0]}: printed no line of JSON for {len(paths)} files (exit status {done.returncode})")
    if all("file" in line for line in lines):
        found = {line["file"]: line for line in lines}
    else:
        found = dict(zip(paths, lines))
    return {path: found.get(path, {"error": "no line"}) for path in paths}


def chunks(entry):
    return sorted((c["name"], c["size"]) for c in entry.get("chunks", ()))


def size_of(paths):
    return sum(os.path.getsize(path) for path in paths)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--safe", help="path of the safe command-line tool")
    which.add_argument("--reference", action="store_true")
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus")
    args = parser.parse_args()

    if args.corpus:
        paths = Path(args.corpus).read_text().splitlines()
    else:
        paths, missing = collect.resolve()
        if missing:
            print(f"left out, cannot be fetched: {' '.join(missing)}", file=sys.stderr)
        paths += synthetic.write_all(collect.CACHE / f"synthetic-{synthetic.VERSION}")
    if args.count and args.count < len(paths):
        paths = random.Random(args.seed).sample(paths, args.count)

    start = time.monotonic()
    expected = dict(oracle.answers(paths))
    paths = [path for path in paths if "chunks" in expected[path]]
    print(f"oracle: {time.monotonic() - start:.0f} s", file=sys.stderr)

    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        if args.reference:
            command = [str(build_reference(folder))]
        else:
            command = [args.safe, "put", "--dry-run", "--private", "--json", "--files-from"]
        found = ours(command, paths)
    seconds = time.monotonic() - start

    different = 0
    for path, entry in found.items():
        if chunks(entry) != chunks(expected[path]):
            different += 1
            theirs, own = set(chunks(expected[path])), set(chunks(entry))
            print(f"DIFFERENT {path} ({os.path.getsize(path)} bytes): {len(theirs - own)} of {len(theirs)} chunks; "
                  f"sizes upstream {sorted(size for _, size in theirs - own)}, ours {sorted(size for _, size in own - theirs)}"
                  + (f"; {entry['error']}" if entry.get("error") else ""))
    print(f"{len(paths) - different} files equal / {len(paths)} tried, {size_of(paths)} bytes, seed {args.seed}, {seconds:.0f} s")
    sys.exit(1 if different or not paths else 0)


if __name__ == "__main__":
    main()
