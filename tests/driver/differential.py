#!/usr/bin/env python3
"""The differential test over files of this machine that nobody has chosen: other ones at each seed.

  differential.py --safe PROGRAM [--count N]

Exit status 3 where the oracle cannot be had (tests/oracle).
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

RUN = Path(__file__).resolve().parents[1] / "differential" / "run.py"
FOLDERS = ("/usr/bin", "/usr/lib", "/usr/include", "/usr/share")
BIGGEST = 12 << 20


def candidates():
    for folder in FOLDERS:
        for name, _, files in os.walk(folder):
            for file in files:
                path = os.path.join(name, file)
                if "\n" not in path and os.path.isfile(path) and not os.path.islink(path) and 3 <= os.path.getsize(path) <= BIGGEST:
                    yield path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--safe", required=True)
    parser.add_argument("--count", type=int, default=60)
    args = parser.parse_args()
    seed = int(os.environ.get("SAFE_SEED") or int.from_bytes(os.urandom(4), "little"))
    rng = random.Random(seed)
    # Most files are small, and most of what can go wrong takes size: half of them by chance, half by chance weighted by it.
    files = sorted(candidates())
    chosen = rng.sample(files, min(args.count // 2, len(files)))
    chosen += rng.choices(files, weights=[os.path.getsize(path) for path in files], k=args.count - len(chosen))
    print(f"seed {seed}, {len(set(chosen))} of {len(files)} files")
    with tempfile.NamedTemporaryFile("w", suffix=".list") as listing:
        listing.write("".join(path + "\n" for path in dict.fromkeys(chosen)))
        listing.flush()
        sys.exit(subprocess.run([sys.executable, RUN, "--safe", args.safe, "--corpus", listing.name]).returncode)


if __name__ == "__main__":
    main()
