#!/usr/bin/env python3
"""The upstream Rust crate, asked through its Python package.

  oracle.py setup                    build it (once, into the user's cache)
  oracle.py chunks FILE              names and sizes of a file's chunks, as JSON
  oracle.py batch LIST [--jobs N]    the same for each path in LIST, a line each
  oracle.py bench FILE [--threads N] seconds to encrypt and to decrypt, as JSON

Every command builds the oracle first if the cache has none. `batch` remembers
its answers by the SHA-256 of the content, so that a second run is quick.
Exit status 3: the oracle cannot be had on this machine (the message says why).
"""

import argparse
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "libsafe" / "oracle"
OLDEST_CARGO = (1, 87)
UNAVAILABLE = 3
LONGEST_BUILD = 600  # seconds: a network that hangs is as none, and tests have a limit of their own


def unavailable(why):
    print(f"oracle: {why}", file=sys.stderr)
    sys.exit(UNAVAILABLE)


# --- having it ---------------------------------------------------------------

def site():
    """Where the built package is, for this Python and these requirements."""
    key = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    return CACHE / f"site-{sys.implementation.cache_tag}-{key}"


def require_cargo():
    how = "install rustup, or type: packaging/setup.sh oracle-rust"
    cargo = shutil.which("cargo")
    if not cargo:
        unavailable(f"cargo is missing, which builds the upstream crate; {how}")
    said = subprocess.run([cargo, "--version"], capture_output=True, text=True).stdout
    version = re.match(r"cargo (\d+)\.(\d+)", said)
    if not version or tuple(map(int, version.groups())) < OLDEST_CARGO:
        unavailable(f"{said.strip() or cargo} is too old, {'.'.join(map(str, OLDEST_CARGO))} is needed; {how}")


def build():
    target = site()
    if target.is_dir():
        return
    require_cargo()
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.is_dir():
            return
        print("oracle: building self-encryption from source (a minute or two, once)", file=sys.stderr)
        work = Path(tempfile.mkdtemp(prefix=".build.", dir=CACHE))
        try:
            log, end = work / "log", time.monotonic() + LONGEST_BUILD
            with open(log, "w") as out:
                def run(*command):
                    try:
                        left = max(1, end - time.monotonic())
                        return subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, timeout=left).returncode == 0
                    except subprocess.TimeoutExpired:
                        return False
                pip = [str(work / "venv/bin/python"), "-m", "pip", "install", "--disable-pip-version-check",
                       "--target", str(work / "site")]
                built = (run(sys.executable, "-m", "venv", str(work / "venv"))
                         and run(*pip, "--no-deps", "--require-hashes", "-r", str(REQUIREMENTS))
                         and run(*pip, "click"))
            if not built:
                print(log.read_text()[-3000:], file=sys.stderr)
                unavailable("self-encryption could not be installed (see above; is PyPI reachable, and the "
                            "package python3-venv installed?)")
            os.rename(work / "site", target)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def load():
    build()
    sys.path.insert(0, str(site()))
    import self_encryption
    return self_encryption


# --- asking it ---------------------------------------------------------------

def answer(se, data):
    """What upstream makes of these bytes."""
    if len(data) < 3:
        return {"size": len(data), "error": "upstream refuses less than 3 bytes"}
    data_map, chunks = se.encrypt(data)
    named = [{"name": bytes(c.hash()).hex(), "size": c.content_size()} for c in chunks]
    return {"size": len(data), "chunks": sorted(named, key=lambda c: c["name"]),
            "datamap": json.loads(data_map.to_json())}


_se = None


def answer_path(path):
    global _se
    _se = _se or load()
    try:
        return path, answer(_se, Path(path).read_bytes())
    except OSError as error:
        return path, {"error": str(error)}


class Memory:
    """Answers by SHA-256, one JSON line each, shared by all processes."""

    def __init__(self):
        self.path = CACHE / "answers.jsonl"
        self.known = {}
        if self.path.is_file():
            for line in self.path.read_text().splitlines():
                try:
                    entry = json.loads(line)
                    self.known[entry.pop("sha256")] = entry
                except (ValueError, KeyError):
                    pass  # a line cut short by a kill

    def add(self, sha256, entry):
        self.known[sha256] = entry
        line = json.dumps({"sha256": sha256, **entry}, separators=(",", ":")) + "\n"
        with open(self.path, "a") as out:
            fcntl.flock(out, fcntl.LOCK_EX)
            out.write(line)


def sha256_of(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def answers(paths, jobs=None):
    """Yields (path, answer) for each path, in order."""
    import multiprocessing
    build()
    CACHE.mkdir(parents=True, exist_ok=True)
    memory = Memory()
    digests = {}
    for path in paths:
        try:
            digests[path] = sha256_of(path)
        except OSError as error:
            digests[path] = None
            print(f"oracle: {path}: {error.strerror}", file=sys.stderr)
    todo, seen = [], set(memory.known)
    for path in paths:
        if digests[path] and digests[path] not in seen:
            seen.add(digests[path])
            todo.append(path)
    if todo:
        with multiprocessing.Pool(jobs or os.cpu_count()) as pool:
            for path, entry in pool.imap_unordered(answer_path, todo, chunksize=4):
                memory.add(digests[path], entry)
    for path in paths:
        yield path, memory.known[digests[path]] if digests[path] else {"error": "unreadable"}


# --- timing it ---------------------------------------------------------------

def bench(se, path):
    """Seconds for one encryption in memory, and for one streaming decryption:
    of the clock, and of processor time (all threads).

    The decryption writes to a file because the package has no other streaming
    reader: the file is on /dev/shm, and the chunks come from memory.
    """
    data = Path(path).read_bytes()
    start, cpu = time.perf_counter(), time.process_time()
    se.encrypt(data)
    encrypt, encrypt_cpu = time.perf_counter() - start, time.process_time() - cpu

    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        stored = Path(folder) / "chunks"
        stored.mkdir()
        data_map, names = se.encrypt_from_file(str(path), str(stored))
        chunks = {name: (stored / name).read_bytes() for name in names}
        shutil.rmtree(stored)
        out = Path(folder) / "out"
        start, cpu = time.perf_counter(), time.process_time()
        se.streaming_decrypt_from_storage(
            data_map, str(out), lambda wanted: [(i, chunks[name]) for i, name in wanted])
        decrypt, decrypt_cpu = time.perf_counter() - start, time.process_time() - cpu
        if out.stat().st_size != len(data):
            sys.exit("oracle: streaming decryption returned another size")
    return {"bytes": len(data), "encrypt_seconds": encrypt, "decrypt_seconds": decrypt,
            "encrypt_cpu_seconds": encrypt_cpu, "decrypt_cpu_seconds": decrypt_cpu}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup")
    commands.add_parser("chunks").add_argument("file")
    batch = commands.add_parser("batch")
    batch.add_argument("list")
    batch.add_argument("--jobs", type=int)
    timing = commands.add_parser("bench")
    timing.add_argument("file")
    timing.add_argument("--threads", type=int, help="threads for decryption (rayon); encryption has one")
    args = parser.parse_args()

    if args.command == "setup":
        build()
        print(site())
    elif args.command == "chunks":
        print(json.dumps(answer(load(), Path(args.file).read_bytes())))
    elif args.command == "batch":
        paths = Path(args.list).read_text().splitlines()
        for path, entry in answers(paths, args.jobs):
            print(json.dumps({"file": path, **entry}, separators=(",", ":")))
    elif args.command == "bench":
        if args.threads:
            os.environ["RAYON_NUM_THREADS"] = str(args.threads)
        print(json.dumps(bench(load(), args.file)))


if __name__ == "__main__":
    main()
