#!/usr/bin/env python3
"""Holds the library to its memory law (DETAILS D7): how much a process may grow while it puts and gets, and what it
gives back afterwards.

  run.py CASE --tools DIR --safe PROGRAM [--report FILE]
  run.py --list

SAFE_SCALE=full takes the sizes that the law is stated for (gigabytes, and as much free disk); without it they are
scaled to seconds: what is asserted is the same. --report appends the figures as a line of JSON.
"""

import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

MiB = 1 << 20
LIMIT = {1: 64 * MiB, 2: 112 * MiB}
AFTER = 8 * MiB
FULL = os.environ.get("SAFE_SCALE") == "full"
SEED = int(os.environ.get("SAFE_SEED") or int.from_bytes(os.urandom(4), "little"))

# name: (kind of test, workers, content, allocator, size or count scaled down, at full scale)
CASES = {
    **{f"cli.{content}.workers{workers}": ("cli", workers, [content], "glibc", small, 4096 * MiB)
       for workers in (1, 2) for content, small in (("random", 96 * MiB), ("text", 48 * MiB), ("sparse", 256 * MiB))},
    "stream.text.workers1": ("stream", 1, ["text"], "glibc", 64 * MiB, 4096 * MiB),
    "stream.text.workers2": ("stream", 2, ["text"], "glibc", 64 * MiB, 4096 * MiB),
    "stream.random.jemalloc": ("stream", 2, ["random"], "jemalloc", 96 * MiB, 4096 * MiB),
    "at_once.workers1": ("at_once", 1, ["text", "random", "sparse"], "glibc", (12, 20 * MiB), (64, 1024 * MiB)),
    "at_once.workers2": ("at_once", 2, ["text", "random", "sparse"], "glibc", (24, 20 * MiB), (64, 1024 * MiB)),
    "at_once.jemalloc": ("at_once", 2, ["text", "random", "sparse"], "jemalloc", (24, 12 * MiB), (64, 1024 * MiB)),
    "small.glibc": ("small", 1, [], "glibc", 1000, 100_000),
    "small.jemalloc": ("small", 1, [], "jemalloc", 1000, 100_000),
}


def allowed_growth(kind, workers):
    """Small values must not make a process grow at all once its caches are full."""
    return AFTER if kind == "small" else LIMIT[workers]


def fail(message):
    sys.exit(f"memory: {message}")


def environment(workers, allocator):
    env = {**os.environ, "SAFE_WORKERS": str(workers)}
    env.pop("SAFE_MEMORY", None)
    if allocator == "jemalloc":
        found = glob.glob("/usr/lib/*/libjemalloc.so.2")
        if not found:
            print("memory: libjemalloc.so.2 is missing (package libjemalloc2)")
            sys.exit(77)
        env["LD_PRELOAD"] = found[0]
    return env


def make(tools, folder, content, size, number=0):
    path = Path(folder) / f"{content}{number}"
    subprocess.run([tools / "memory_make", path, content, str(size), str(SEED + number)], check=True)
    return path


def status_of(pid):
    """VmHWM in bytes, or 0 when the process is gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def peak_of(command, env, stdout=subprocess.PIPE):
    """Runs a program; gives its output and the most memory that was resident in it."""
    process = subprocess.Popen(command, env=env, stdout=stdout, stderr=subprocess.PIPE, text=True)
    peak, over = 0, threading.Event()

    def watch():
        nonlocal peak
        while not over.is_set():
            peak = max(peak, status_of(process.pid))
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, err = process.communicate()
    over.set()
    watcher.join()
    if process.returncode != 0:
        fail(f"{' '.join(map(str, command))} ended with {process.returncode}: {err.strip()}")
    return (out or "").strip(), peak


def run_cli(args, folder, workers, content, size, env):
    """One file through the tool; idle is the same tool with three bytes."""
    vault = ["--vault", f"file:{folder}/vault"]
    tiny = Path(folder) / "tiny"
    tiny.write_bytes(b"abc")
    tiny_link, idle = peak_of([args.safe, *vault, "put", tiny], env)
    _, idle_get = peak_of([args.safe, *vault, "get", tiny_link, "-o", f"{folder}/tiny.out"], env)
    source = make(args.tools, folder, content[0], size)
    link, put = peak_of([args.safe, *vault, "put", source], env)
    _, get = peak_of([args.safe, *vault, "get", link, "-o", f"{folder}/out"], env)
    if subprocess.run(["cmp", "--", str(source), f"{folder}/out"]).returncode != 0:
        fail("what was read is not what was put")
    return {"start": idle, "put": put - idle, "get": get - idle_get, "bytes": size}


def probe(args, env, *arguments):
    out, _ = peak_of([args.tools / "memory_probe", *map(str, arguments)], env)
    figures = {key: value if key.endswith("_bytes") else value * 1024 for key, value in json.loads(out).items()}
    start = figures["start"]
    return {"start": start, "put": figures["put"] - start, "get": figures["get"] - start,
            "after": figures["end"] - start, "bytes": figures["put_bytes"]}


def run_stream(args, folder, workers, content, size, env):
    return probe(args, env, "files", f"file:{folder}/vault", 1, make(args.tools, folder, content[0], size))


def run_at_once(args, folder, workers, content, size, env):
    count, each = size
    sources = [make(args.tools, folder, kind, each, number) for number, kind in enumerate(content)]
    return probe(args, env, "files", f"file:{folder}/vault", count, *sources)


def run_small(args, folder, workers, content, count, env):
    return probe(args, env, "small", f"file:{folder}/vault", count)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", nargs="?", choices=CASES)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--tools", type=Path, help="where memory_probe and memory_make are")
    parser.add_argument("--safe", type=lambda text: Path(text).absolute())
    parser.add_argument("--report", type=Path)
    args = parser.parse_args()
    if args.list:
        print("\n".join(CASES))
        return
    kind, workers, content, allocator, scaled, full = CASES[args.case]
    size = full if FULL else scaled
    env = environment(workers, allocator)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=os.environ.get("SAFE_TEST_DIR")) as folder:
        got = globals()[f"run_{kind}"](args, folder, workers, content, size, env)
    got.update(case=args.case, workers=workers, allocator=allocator, allowed=allowed_growth(kind, workers),
               count=size[0] if kind == "at_once" else size if kind == "small" else 1, seconds=round(time.monotonic() - began, 1), seed=SEED)
    shown = ", ".join(f"{key} {got[key] / MiB:+.1f} MiB" for key in ("put", "get", "after") if key in got)
    print(f"memory {args.case}: {got['bytes'] / MiB:.0f} MiB of content, at the start {got['start'] / MiB:.1f} MiB, {shown} "
          f"(allowed {got['allowed'] // MiB} and {AFTER // MiB}), {got['seconds']} s, seed {SEED}")
    if args.report:
        with open(args.report, "a") as out:
            out.write(json.dumps(got) + "\n")
    over = [key for key in ("put", "get") if got[key] > got["allowed"]]
    if got.get("after", 0) > AFTER:
        over.append("after")
    if over:
        fail(f"{args.case}: too much memory: {', '.join(over)}")


if __name__ == "__main__":
    main()
