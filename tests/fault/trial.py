"""What the trials of this folder have in common: which build, a seed that is printed, and an end at which nothing is left."""

from __future__ import annotations

import argparse
import gc
import os
import pathlib
import random

import libsafe

FULL = os.environ.get("SAFE_SCALE") == "full"


def arguments(about: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    return parser


def chance() -> random.Random:
    """Of SAFE_SEED, or another each time."""
    seed = int(os.environ.get("SAFE_SEED") or random.randrange(1 << 32))
    print(f"seed {seed}", flush=True)
    return random.Random(seed)


def ended(said: str, wrong: int) -> int:
    """The exit status."""
    gc.collect()
    handles = libsafe.live_handles()
    print(f"{said}, {handles} handles left")
    return 1 if wrong or handles else 0
