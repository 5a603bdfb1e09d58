"""Runs the programs of the benchmarks."""

import json
import os
import subprocess
import sys


def last_json(command, env=None):
    """(exit status, what the last line of its output says)"""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})})
    if done.returncode != 0:
        return done.returncode, None
    return 0, json.loads(done.stdout.strip().splitlines()[-1])


def must(command, env=None):
    status, result = last_json(command, env)
    if status != 0:
        sys.exit(f"bench: {command[0]} failed with {status}")
    return result


def told(line):
    print(f"bench: {line}", file=sys.stderr)


def against(value, limit, least=False):
    """The limit, and whether it holds."""
    if limit is None:
        return "-"
    return f"{limit:g}" if (value >= limit if least else value <= limit) else f"{limit:g} MISSED"
