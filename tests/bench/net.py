#!/usr/bin/env python3
"""The network: a client of ours and a daemon of ours, beside programs without any of it, in turns, on loopback; what is
printed is the median of the rounds.

  net.py --build DIR [--rounds N] [--quick]

Over tcp:// and ws://. Chunks of 4 MiB beside plain TCP with the same sealed records and BLAKE3 (goal 0.7, of tcp); small
requests, 64 under way, beside Asio's echo of messages of their size (goal 0.3, of tcp), one that takes and sends each by itself and one that
gathers, and beside redis-server without persistence, if there is one. --quick: that it works; its figures are worth nothing.
"""

import argparse
import csv
import shutil
import socket
import statistics
import subprocess
import time
from pathlib import Path

from programs import against, must, told
from served import SCHEMES, Served

FLIGHT = 64
CHUNKS_AT_ONCE = 4
GOAL_CHUNKS, GOAL_SMALL = 0.7, 0.3
FULL = {"chunks": 64, "small": 50_000, "echo": 100_000, "echo_all": 500_000, "redis": 100_000}
QUICK = {"chunks": 4, "small": 1_000, "echo": 1_000, "echo_all": 1_000, "redis": 1_000}


class Redis:
    """redis-server that keeps nothing on the disk, and its own client."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        self.server = subprocess.Popen(["redis-server", "--port", self.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
                                       stdout=subprocess.DEVNULL)
        for _ in range(1200):
            if subprocess.run(["redis-cli", "-p", self.port, "ping"], capture_output=True).returncode == 0:
                break
            time.sleep(0.05)

    def measure(self, count):
        """{"set" or "get": (requests a second, p50 and p99 in microseconds)}"""
        done = subprocess.run(["redis-benchmark", "-p", self.port, "-t", "set,get", "-d", "200", "-c", "1", "-P", str(FLIGHT), "-n", str(count),
                               "-r", str(count), "--csv"], stdout=subprocess.PIPE, text=True, check=True)
        rows = list(csv.DictReader(done.stdout.splitlines()))
        return {row["test"].lower(): (float(row["rps"]), float(row["p50_latency_ms"]) * 1000, float(row["p99_latency_ms"]) * 1000) for row in rows}

    def end(self):
        self.server.terminate()
        self.server.wait()


def speed(result):
    """(requests a second, p50, p99)"""
    return result["count"] / result["seconds"], result["p50_us"], result["p99_us"]


def medians(rounds):
    return [statistics.median(figures) for figures in zip(*rounds)]


def measure_chunks(build, programs, counts, rounds):
    rates = {}
    for number in range(rounds):
        with Served(build / "bin/safe") as daemon:
            commands = {"plain TCP": [programs / "net_peers", "chunks", counts["chunks"]]}
            for scheme in SCHEMES:
                commands[scheme] = [programs / "net_ours", daemon.urls[scheme], "chunks", counts["chunks"], CHUNKS_AT_ONCE]
            for who, command in commands.items():
                result = must(command)
                for verb in ("put", "get"):
                    rates.setdefault((who, verb), []).append(result["bytes"] / result[f"{verb}_seconds"] / 1e6)
        told(f"chunks, round {number + 1} of {rounds}")
    print(f"\n{'chunks of 4 MiB':24}{'MB/s':>12}{'of plain':>10}{'goal':>12}")
    for (who, verb), rates_of in rates.items():
        mine, plain = statistics.median(rates_of), statistics.median(rates["plain TCP", verb])
        goal = against(mine / plain, GOAL_CHUNKS, True) if who == "tcp" else "-"
        print(f"{who + ' ' + verb:24}{mine:12.1f}{mine / plain:10.2f}{goal:>12}")


def measure_small(build, programs, counts, rounds):
    results = {}
    redis = Redis() if shutil.which("redis-server") and shutil.which("redis-benchmark") else None
    for number in range(rounds):
        with Served(build / "bin/safe") as daemon:
            for scheme in SCHEMES:
                ours = must([programs / "net_ours", daemon.urls[scheme], "small", counts["small"], FLIGHT])
                for verb in ("put", "get"):
                    results.setdefault(f"{scheme} {verb}", []).append(speed(ours[verb]))
            results.setdefault("echo", []).append(speed(must([programs / "net_peers", "echo", counts["echo"], FLIGHT, "each"])))
            results.setdefault("echo, gathered", []).append(speed(must([programs / "net_peers", "echo", counts["echo_all"], FLIGHT, "all"])))
            for verb, figures in (redis.measure(counts["redis"]) if redis else {}).items():
                results.setdefault(f"redis {verb}", []).append(figures)
        told(f"small requests, round {number + 1} of {rounds}")
    if redis:
        redis.end()
    else:
        told("no redis-server here")
    print(f"\n{'200 bytes, 64 under way':24}{'a second':>12}{'of echo':>10}{'goal':>12}{'p50 us':>10}{'p99 us':>10}")
    echo = medians(results["echo"])[0]
    for who, rounds_of in results.items():
        rate, p50, p99 = medians(rounds_of)
        goal = against(rate / echo, GOAL_SMALL, True) if who.startswith("tcp ") else "-"
        print(f"{who:24}{rate:12.0f}{rate / echo:10.2f}{goal:>12}{p50:10.0f}{p99:10.0f}")


def run(build, rounds, quick=False):
    programs = build / "cmake/tests/bench"
    counts = QUICK if quick else FULL
    measure_chunks(build, programs, counts, rounds)
    measure_small(build, programs, counts, rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=lambda text: Path(text).resolve(), required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    run(args.build, 1 if args.quick else args.rounds, args.quick)


if __name__ == "__main__":
    main()
