#!/usr/bin/env python3
"""`make bench`: speed beside the upstream crate and in wasm, where the time goes, the cost of boundaries, each language and
the Node addon beside C, the network, and memory.

  run.py --build DIR [--rounds N] [--size MIB] [--json FILE] [--only PART...]

For real files and for random bytes: MB/s of self-encryption with one and two workers, and of the oracle, measured in turns
in the same run; what is printed is the median of the rounds, and the ratio of medians. Encrypting is from memory to
nowhere, decrypting from chunks in memory to /dev/shm, for all alike, since that is what the oracle can be asked for; the
line after that is the whole way, through the tool into a vault on the disk. Parts: speed, wasm, boundaries, languages, addon, net, memory.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import addon
import boundary
import languages
import net
import wasm
from programs import last_json, told

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/differential"))
ORACLE = ROOT / "tests/oracle/oracle.py"
FLOORS = {("encrypt", 1): 1.2, ("encrypt", 2): 2.2, ("decrypt", 1): 1.3, ("decrypt", 2): 1.3}
PARTS = ["speed", "wasm", "boundaries", "languages", "addon", "net", "memory"]
MiB = 1 << 20


def real_files():
    """The corpus of the differential test, or this machine's own files where it cannot be fetched."""
    try:
        import collect
        paths, _ = collect.resolve()
    except (Exception, SystemExit) as why:  # no network: still a benchmark, of other files
        told(f"the corpus cannot be had ({why}); taking files of this machine")
        paths = [str(path) for folder in ("/usr/bin", "/usr/lib", "/usr/share/doc") for path in Path(folder).rglob("*")
                 if path.is_file() and not path.is_symlink()]
    return sorted(paths)


def write_mixed(path, size):
    """A piece of every so many real files, in a fixed order, one after the other."""
    paths = [p for p in real_files() if os.path.isfile(p)]
    total = sum(os.path.getsize(p) for p in paths)
    keep = max(total // size, 1)
    with open(path, "wb") as out:
        for number, name in enumerate(paths):
            if number % keep == 0 and out.tell() < size:
                with open(name, "rb") as piece:
                    out.write(piece.read(min(size - out.tell(), 16 * MiB)))
    return path


def write_random(path, size):
    with open(path, "wb") as out:
        for _ in range(size // MiB):
            out.write(os.urandom(MiB))
    return path


def measure(build, inputs, rounds):
    """{(input, who): [result of each round]}; who is "oracle" or a number of workers."""
    bench = build / "cmake/tests/bench/selfencrypt_bench"
    results, oracle = {}, True
    for number in range(rounds):
        for name, path in inputs.items():
            for who in ("oracle", 1, 2):
                if who == "oracle":
                    if not oracle:
                        continue
                    status, result = last_json(["/usr/bin/python3", ORACLE, "bench", path])
                    if status == 3:
                        told("no oracle on this machine: no ratios")
                        oracle = False
                        continue
                else:
                    status, result = last_json([bench, path, who])
                if status != 0:
                    sys.exit(f"bench: {who} failed on {name} with {status}")
                results.setdefault((name, who), []).append(result)
            told(f"round {number + 1} of {rounds}, {name}")
    return results


def rate(results, name, who, verb):
    """Median MB/s, or None."""
    rounds = results.get((name, who))
    return rounds and statistics.median(r["bytes"] / r[f"{verb}_seconds"] / 1e6 for r in rounds)


def print_processor_time(results, inputs):
    """What the clock says depends on what else the machine does; processor time hardly does."""
    for name in inputs:
        for verb in ("encrypt", "decrypt"):
            spent = {who: statistics.median(r[f"{verb}_cpu_seconds"] / r["bytes"] * 1e9 for r in results[name, who])
                     for who in ("oracle", 1, 2) if (name, who) in results}
            shown = ", ".join(f"{'oracle' if who == 'oracle' else f'{who} worker' + 's' * (who > 1)} {ns:.1f}"
                              for who, ns in spent.items())
            ratio = f"; the oracle takes {spent['oracle'] / spent[1]:.2f} times as much as one worker" if "oracle" in spent else ""
            print(f"{name}, {verb}, processor time in ns a byte: {shown}{ratio}")


def print_speed(results, inputs):
    print(f"\n{'':24}{'oracle':>10}{'1 worker':>12}{'ratio':>8}{'floor':>7}{'2 workers':>12}{'ratio':>8}{'floor':>7}   (MB/s)")
    for name in inputs:
        for verb in ("encrypt", "decrypt"):
            oracle = rate(results, name, "oracle", verb)
            line = f"{name + ', ' + verb:24}" + (f"{oracle:10.1f}" if oracle else f"{'-':>10}")
            for workers in (1, 2):
                ours = rate(results, name, workers, verb)
                ratio = f"{ours / oracle:.2f}" if oracle else "-"
                line += f"{ours:12.1f}{ratio:>8}{FLOORS[verb, workers]:>7}"
            print(line)


def print_stages(results, inputs):
    for name in inputs:
        for verb in ("encrypt", "decrypt"):
            stages = results[name, 1][-1].get(f"{verb}_stages")
            if stages:
                total = sum(stages.values())
                shares = ", ".join(f"{stage} {seconds / total:.1%}" for stage, seconds in
                                   sorted(stages.items(), key=lambda item: -item[1]))
                print(f"{name}, {verb}, share of one worker's time: {shares}")


def print_whole_way(build, inputs):
    print(f"\n{'through the tool':24}{'put':>10}{'put again':>12}{'get':>8}   (MB/s, two workers, vault on the disk)")
    for name, path in inputs.items():
        with tempfile.TemporaryDirectory() as folder:
            tool = [str(build / "bin/safe"), "--vault", f"file:{folder}/vault"]
            speeds = []
            link = None
            for command in (["put", str(path)], ["put", str(path)], ["get", "LINK", "-o", f"{folder}/out"]):
                began = time.monotonic()
                done = subprocess.run([*tool, *[link if part == "LINK" else part for part in command]], text=True,
                                      stdout=subprocess.PIPE, check=True, env={**os.environ, "SAFE_WORKERS": "2"})
                speeds.append(os.path.getsize(path) / (time.monotonic() - began) / 1e6)
                link = link or done.stdout.strip()
            print(f"{name:24}{speeds[0]:10.1f}{speeds[1]:12.1f}{speeds[2]:8.1f}")


def print_memory(build):
    report = build / "bench-memory.jsonl"
    report.unlink(missing_ok=True)
    tools = build / "cmake/tests/memory"
    run = ROOT / "tests/memory/run.py"
    for case in subprocess.run([run, "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout.split():
        told(f"memory {case}")
        subprocess.run([run, case, "--tools", tools, "--safe", build / "bin/safe", "--report", report],
                       stdout=subprocess.DEVNULL)
    print()
    subprocess.run([ROOT / "tests/memory/table.py", report], check=True)


def run_speed(build, inputs, rounds, report):
    for name, path in inputs.items():
        print(f"{name}: {os.path.getsize(path) / MiB:.0f} MiB; median of {rounds} rounds")
    results = measure(build, inputs, rounds)
    print_speed(results, inputs)
    print_processor_time(results, inputs)
    print_stages(results, inputs)
    print_whole_way(build, inputs)
    if report:
        report.write_text(json.dumps([{"input": name, "who": who, "rounds": rounds} for (name, who), rounds in results.items()]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=lambda text: Path(text).resolve(), required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=96, help="MiB of each input")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        inputs = {"real files": write_mixed(Path(folder) / "mixed", args.size * MiB),
                  "random bytes": write_random(Path(folder) / "random", args.size * MiB)}
        if "speed" in args.only:
            run_speed(args.build, inputs, args.rounds, args.json)
        if "wasm" in args.only:
            wasm.run(args.build, inputs, min(args.rounds, 3))
        if "boundaries" in args.only:
            boundary.run(args.build, inputs["random bytes"])
        if "languages" in args.only:
            languages.run(args.build, inputs["random bytes"])
        if "addon" in args.only:
            addon.run(args.build, inputs["random bytes"], args.rounds)
    if "net" in args.only:
        net.run(args.build, args.rounds)
    if "memory" in args.only:
        print_memory(args.build)


if __name__ == "__main__":
    main()
