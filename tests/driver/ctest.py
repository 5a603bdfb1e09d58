#!/usr/bin/env python3
"""Runs CTest with a seed that is fresh, printed and repeatable.

  ctest.py --build DIR [--jobs N] [--full] [--summary FILE] [-- CTEST-ARGUMENTS]

All tests that draw random numbers take SAFE_SEED. --full sets SAFE_SCALE=full, and takes the tests of CTest's configuration Full in: the counts
and sizes that the project promises instead of those that fit into minutes. --summary writes one paragraph for each test that says what it counted.
The last lines are CTest's own.
"""

import argparse
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

# A line of a test's output that is worth a place in the summary: it has a figure of what was done.
TELLING = re.compile(r"\b(seed|rounds?|cut points?|kills?|files equal|MiB|MB/s|tried|executions)\b", re.IGNORECASE)

STATUS = {"run": "passed", "fail": "FAILED", "notrun": "skipped"}


def write_summary(junit, path, seed, scale):
    with open(path, "w") as out:
        out.write(f"seed {seed}, scale {scale}\n")
        for case in xml.parse(junit).getroot().iter("testcase"):
            out.write(f"\n{STATUS.get(case.get('status'), case.get('status')):8} {float(case.get('time')):8.1f} s  {case.get('name')}\n")
            said = (case.findtext("system-out") or "").splitlines()
            for line in [line.strip() for line in said if TELLING.search(line)][:40]:
                out.write(f"             {line}\n")
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=lambda text: Path(text).resolve(), required=True)
    parser.add_argument("--jobs", default=str(os.cpu_count()))
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--summary", type=Path)
    parser.add_argument("rest", nargs="*")
    args = parser.parse_args()

    seed = os.environ.get("SAFE_SEED") or str(int.from_bytes(os.urandom(4), "little"))
    env = {**os.environ, "SAFE_SEED": seed}
    if args.full:
        env["SAFE_SCALE"] = "full"
    scale = env.get("SAFE_SCALE", "quick")
    # A broken test must not hold the others up for ever; the long ones of --full set a limit of their own.
    limit = "14400" if args.full else "600"
    junit = args.build / "junit.xml"
    print(f"seed {seed}, scale {scale} (SAFE_SEED={seed} repeats this run)", flush=True)
    status = subprocess.run(["ctest", "--test-dir", str(args.build), "-j", args.jobs, "--output-on-failure",
                             "--no-tests=error", "--timeout", limit, "--output-junit", str(junit),
                             "--test-output-size-passed", "200000", "--test-output-size-failed", "200000",
                             *(["-C", "Full"] if args.full else []), *args.rest],
                            env=env).returncode
    if args.summary and junit.is_file():
        print(f"counts, seeds and results: {write_summary(junit, args.summary, seed, scale)}", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
