"""The wasm build beside the native one with one worker: speed, also step by step, size and start."""

import gzip
import statistics
from pathlib import Path

from programs import against, must, told

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {"writing": 0.4, "reading": 0.3}  # of real files
STEPS = {"writing": "encrypt", "reading": "decrypt"}
MOST_GZIPPED_MB, MOST_START_MS = 1.2, 150


def programs(build):
    """{(build, what): command}"""
    native = build / "cmake/tests/bench"
    return {
        ("native", "whole"): [native / "capi_bench"],
        ("wasm", "whole"): ["node", ROOT / "tests/bench/wasm_bench.mjs", build / "wasm"],
        ("native", "steps"): [native / "stages_bench"],
        ("wasm", "steps"): ["node", build / "cmake-wasm/bench/stages_bench.cjs"],
    }


def measure(build, inputs, rounds):
    """{(input, build, what): [result of each round]}"""
    results = {}
    for number in range(rounds):
        for name, path in inputs.items():
            for (who, what), command in programs(build).items():
                results.setdefault((name, who, what), []).append(must([*command, path]))
            told(f"wasm, round {number + 1} of {rounds}, {name}")
    return results


def print_speed(results, inputs):
    print(f"\n{'one worker':24}{'native':>10}{'wasm':>10}{'ratio':>8}   {'floor':12}{'ratio of processor time':>24}   (MB/s)")
    for name in inputs:
        for verb in FLOORS:
            rate, spent = {}, {}
            for who in ("native", "wasm"):
                rounds = results[name, who, "whole"]
                rate[who] = statistics.median(r["bytes"] / r[verb]["seconds"] / 1e6 for r in rounds)
                spent[who] = statistics.median(r[verb]["cpu"] for r in rounds)
            ratio = rate["wasm"] / rate["native"]
            floor = against(ratio, FLOORS[verb] if name == "real files" else None, least=True)
            print(f"{name + ', ' + verb:24}{rate['native']:10.1f}{rate['wasm']:10.1f}{ratio:8.2f}   {floor:12}"
                  f"{spent['native'] / spent['wasm']:24.2f}")


def print_steps(results, inputs):
    for name in inputs:
        for verb, step in STEPS.items():
            seconds = {who: {stage: statistics.median(r[step][stage] for r in results[name, who, "steps"])
                             for stage in results[name, who, "steps"][0][step]} for who in ("native", "wasm")}
            total = sum(seconds["wasm"].values())
            shown = ", ".join(f"{stage} {seconds['native'][stage] / spent:.2f} ({spent / total:.0%} of the time)"
                              for stage, spent in sorted(seconds["wasm"].items(), key=lambda item: -item[1]) if spent > 0)
            print(f"{name}, {verb}, wasm/native by stage: {shown}")


def print_module(build, results):
    print()
    for what, files in (("glue and module", ("wasm/libsafe.mjs", "wasm/libsafe.wasm")),
                        ("the package's two files", ("npm/libsafe.js", "npm/libsafe.wasm"))):
        size = sum(len(gzip.compress((build / name).read_bytes())) for name in files) / 1e6
        print(f"{what}, gzipped: {size:.2f} MB, limit {against(size, MOST_GZIPPED_MB)}")
    start = statistics.median(r["instantiation_ms"] for (_, who, what), rounds in results.items()
                              if (who, what) == ("wasm", "whole") for r in rounds)
    print(f"instantiation in Node, from bytes to the first call: {start:.0f} ms, limit {against(start, MOST_START_MS)}")


def run(build, inputs, rounds):
    results = measure(build, inputs, rounds)
    print_speed(results, inputs)
    print_steps(results, inputs)
    print_module(build, results)
