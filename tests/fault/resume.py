#!/usr/bin/env python3
"""Kills a client in the middle of an upload, again and again: each time that the same file is put, what has arrived is not sent again.

  resume.py --build DIR
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request

import trial
from daemon import Daemon

SIZE = (1 << 30) if trial.FULL else 80_000_000
KILLS = 12 if trial.FULL else 4
SPARE = 12_000_000  # bytes that may be on their way when a client is killed: chunks of an upload are sent side by side


def sent(daemon: Daemon) -> int:
    """Bytes that the daemon has had from clients."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever http_proxy says
    with direct.open(daemon.urls["http"] + "metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("safe_vault_received_bytes_total")))


def main() -> int:
    args = trial.arguments(__doc__).parse_args()
    chance = trial.chance()
    safe = str(args.build / "bin/safe")
    with tempfile.TemporaryDirectory() as name, Daemon(args.build, f"file:{name}/vault") as daemon:
        folder = pathlib.Path(name)
        source = folder / "source"
        with source.open("wb") as file:
            for _ in range(0, SIZE, 1_000_000):
                file.write(chance.randbytes(1_000_000))
        for number in range(KILLS):
            before, target = sent(daemon), chance.randrange(SIZE // KILLS // 2, SIZE // KILLS)
            client = subprocess.Popen([safe, "--vault", daemon.urls["tcp"], "-q", "put", source], stdout=subprocess.DEVNULL)
            while sent(daemon) - before < target and client.poll() is None:
                time.sleep(0.005)
            client.kill()
            client.wait()
            print(f"killed after {(sent(daemon) - before) / 1e6:.1f} MB", flush=True)
        done = subprocess.run([safe, "--vault", daemon.urls["tcp"], "-q", "put", "--json", source], check=True, stdout=subprocess.PIPE)
        receipt, total = json.loads(done.stdout), sent(daemon)
        subprocess.run([safe, "--vault", daemon.urls["tcp"], "-q", "get", receipt["link"], "-o", folder / "copy"], check=True)
        same = subprocess.run(["cmp", source, folder / "copy"]).returncode == 0
        most = SIZE * 1.01 + KILLS * SPARE
        print(f"{receipt['new_chunks']} of {len(receipt['chunks'])} chunks were new at the end; {total / 1e6:.1f} MB sent in all, for {SIZE / 1e6:.1f}")
        good = same and receipt["new_chunks"] < len(receipt["chunks"]) and total < most
        print("all well" if good else "FAILED: it was not the same, or was sent again")
        return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
