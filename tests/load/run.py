#!/usr/bin/env python3
"""What a daemon holds out: crowds of connections, and a million requests over changing ones.

  run.py crowd|changing --build DIR --tools DIR [--scheme tcp|ws]

Daemon and clients run on two cores, and begin with a soft limit of descriptors that is too low. SAFE_SCALE=full takes the counts that
are promised: 5,000 idle and 500 active connections for longer than silence is borne; a million requests.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/bench"))
from served import SCHEMES, Served  # noqa: E402

FULL = os.environ.get("SAFE_SCALE") == "full"
IDLE, ACTIVE, CROWD_REQUESTS, SECONDS = (5000, 500, 500_000, 40) if FULL else (300, 50, 10_000, 0)
REQUESTS = 1_000_000 if FULL else 20_000
MOST_BYTES = 32 * 1024  # of the daemon's memory, for an idle connection
SKIP = 77


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["crowd", "changing"])
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--tools", type=Path, required=True)
    parser.add_argument("--scheme", choices=SCHEMES, default="tcp")
    args = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < IDLE + ACTIVE + 200:
        print(f"skipped: a process may have {hard} descriptors here")
        return SKIP
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with Served(args.build / "bin/safe") as daemon:
        words = [IDLE, ACTIVE, CROWD_REQUESTS, SECONDS] if args.what == "crowd" else [REQUESTS]
        command = [args.tools / f"load_{args.what}", daemon.urls[args.scheme], daemon.pid, *words]
        done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True)
    print(done.stdout, end="")
    if done.returncode != 0:
        return f"load_{args.what} ended with {done.returncode}"
    if args.what == "crowd":
        each = json.loads(done.stdout)["bytes_per_idle_connection"]
        print(f"{each / 1024:.1f} KiB of the daemon's memory for an idle {args.scheme}:// connection")
        if each > MOST_BYTES:
            return f"at most {MOST_BYTES // 1024} KiB are promised"
    return 0


if __name__ == "__main__":
    sys.exit(main())
