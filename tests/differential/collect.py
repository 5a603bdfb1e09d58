#!/usr/bin/env python3
"""Resolves corpus.txt on this machine and makes the synthetic edges.

  collect.py [OUTPUT]     writes one path per line (default: standard output)

Needs Debian; packages that are not installed are fetched with apt-get, into
the user's cache. What cannot be had is named on standard error and left out.
"""

import fnmatch
import glob
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import synthetic

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "libsafe" / "corpus"


def recipe():
    for line in (HERE / "corpus.txt").read_text().splitlines():
        words = line.split("#")[0].split()
        if words:
            yield words[0], int(words[1]), words[2:]


def installed_files(package):
    """(root, paths) of an installed package, or None."""
    said = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status}\n", package],
                          capture_output=True, text=True)
    if said.returncode or "installed" not in said.stdout.split():
        return None
    listed = subprocess.run(["dpkg-query", "-L", package], capture_output=True, text=True).stdout
    return "", [path for path in listed.splitlines() if path.startswith("/")]


def unpacked_files(package):
    """The same for a package unpacked into the cache; fetches it at need."""
    root = CACHE / package
    if not root.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".fetch.", dir=CACHE))
        try:
            fetched = subprocess.run(["apt-get", "-q", "download", package], cwd=work, capture_output=True)
            debs = glob.glob(str(work / "*.deb"))
            if fetched.returncode or not debs:
                return None
            subprocess.run(["dpkg-deb", "-x", debs[0], str(work / "root")], check=True)
            try:
                os.rename(work / "root", root)
            except OSError:
                pass  # another run was quicker
        finally:
            shutil.rmtree(work, ignore_errors=True)
    paths = ["/" + str(path.relative_to(root)) for path in root.rglob("*")]
    return str(root), paths


def chosen(root, paths, limit, patterns):
    matching = []
    for path in sorted(set(paths)):
        real = root + path
        if any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns) \
                and os.path.isfile(real) and not os.path.islink(real) \
                and os.access(real, os.R_OK) and os.path.getsize(real) >= 3:
            matching.append(real)
    if len(matching) <= limit:
        return matching
    return [matching[i * len(matching) // limit] for i in range(limit)]


def resolve():
    """(paths, packages that could not be had)"""
    lines = list(recipe())
    packages = sorted({package for package, _, _ in lines})
    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(packages, pool.map(lambda p: installed_files(p) or unpacked_files(p), packages)))
    paths = []
    for package, limit, patterns in lines:
        if found[package]:
            paths += chosen(*found[package], limit, patterns)
    return list(dict.fromkeys(paths)), [p for p in packages if not found[p]]


def main():
    paths, missing = resolve()
    edges = synthetic.write_all(CACHE / f"synthetic-{synthetic.VERSION}")
    if missing:
        print(f"collect: cannot fetch (offline, or apt-get update needed): {' '.join(missing)}", file=sys.stderr)
    print(f"collect: {len(paths)} files of Debian packages, {len(edges)} synthetic", file=sys.stderr)
    text = "".join(path + "\n" for path in paths + edges)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text)
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
