"""The Node addon beside C, and beside koffi, a generic foreign function interface of npm's: what a call costs, how fast a
file is stored and read, and what is allocated for a call.
"""

import os
import statistics
import subprocess
import tempfile
from pathlib import Path

from programs import against, last_json, must, told

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "tests/bench"
OVERHEAD_US = 2
RATIO = 0.9
ONE_WORKER = {"SAFE_WORKERS": "1"}


def koffi():
    """The folder of node_modules that has it, or None."""
    done = subprocess.run([ROOT / "bindings/js/tools/install.sh", BENCH / "koffi"], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        told("npm has no koffi here: the addon is measured beside C alone")
        return None
    return Path(done.stdout.strip()) / "node_modules"


def measure(build, content, rounds):
    """{who: [figures of each round]}, measured in turns."""
    modules = koffi()
    commands = {
        "C": [build / "cmake/tests/bench/capi_bench", content],
        "addon": ["node", "--expose-gc", BENCH / "addon_bench.mjs", build / "npm", content],
    }
    if modules:
        commands["koffi"] = ["node", BENCH / "koffi_bench.mjs", modules, build / "lib/libsafe.so", content]
    results = {who: [] for who in commands}
    for number in range(rounds):
        for who, command in commands.items():
            status, figures = last_json(command, ONE_WORKER)
            if status == 0:
                results[who].append(figures)
            else:
                told(f"{who} failed with {status}: left out")
        told(f"addon, round {number + 1} of {rounds}")
    return {who: figures for who, figures in results.items() if figures}


def median(figures, *names):
    def of(one):
        for name in names:
            one = one.get(name) if one else None
        return one
    values = [of(one) for one in figures]
    return statistics.median(values) if all(value is not None for value in values) else None


def cell(value, scale=1, digits=2):
    return f"{value * scale:10.{digits}f}" if value is not None else f"{'-':>10}"


def print_calls(results):
    c = results["C"]
    empty = median(c, "empty_call_ns")
    print(f"\n{'overhead over C in us':38}{'addon':>10}{'koffi':>10}   goal")
    rows = [("a call that does nothing", ("calls_ns", "empty"), empty), ("a number of a handle", ("calls_ns", "getter"), 0),
            ("a text", ("calls_ns", "text"), 0), ("32 bytes", ("calls_ns", "bytes"), 0),
            ("an object made and freed, two calls", ("calls_ns", "object"), 0),
            ("an operation that is awaited", ("operation_ns",), median(c, "operation_ns"))]
    for name, path, base in rows:  # the last one goes through two event loops and back: no call, and no goal
        figures = [median(results.get(who, []) or [{}], *path) for who in ("addon", "koffi")]
        over = [None if figure is None else figure - base for figure in figures]
        print(f"{name:38}{''.join(cell(figure, 1e-3) for figure in over)}   "
              f"{against(over[0] / 1e3, OVERHEAD_US if path[0] == 'calls_ns' else None)}")
    print(f"{'an operation, a hundred at a time':38}{cell(median(results['addon'], 'operation_of_100_ns'), 1e-3)}{'-':>10}   "
          f"(in all; in C one after the other takes {median(c, 'operation_ns') / 1e3:.1f})")


def print_speed(results):
    print(f"\n{'MB/s, one worker':38}{'C':>10}{'addon':>10}{'ratio':>10}{'koffi':>10}   goal")
    for name, verb in (("bytes to nowhere", "writing"), ("a file to nowhere", "file"), ("from a vault in memory", "reading")):
        rates = {who: median(figures, "bytes") / median(figures, verb, "seconds") / 1e6 for who, figures in results.items()}
        ratio = rates["addon"] / rates["C"]
        print(f"{name:38}{cell(rates['C'], 1, 1)}{cell(rates['addon'], 1, 1)}{cell(ratio)}{cell(rates.get('koffi'), 1, 1)}"
              f"   {against(ratio, RATIO, least=True)}")


def allocated(build, what, count):
    """How often malloc and its like are called in a process that makes so many calls."""
    with tempfile.NamedTemporaryFile() as report:
        env = {**os.environ, **ONE_WORKER, "SAFE_BENCH_ALLOCATIONS": report.name,
               "LD_PRELOAD": str(build / "cmake/tests/bench/libbench_allocations.so")}
        subprocess.run(["node", str(BENCH / "addon_bench.mjs"), str(build / "npm"), what, str(count)], env=env, check=True)
        return int(Path(report.name).read_text())


def print_allocations(build, results):
    print(f"\n{'allocations for a call':38}{'native':>10}{'bytes of JavaScript':>22}")
    for what in ("empty", "getter", "text", "bytes", "object", "operation"):
        few, many = (allocated(build, what, count) for count in (2000, 12000))
        heap = median(results["addon"], "heap_bytes", what)
        print(f"{what:38}{cell((many - few) / 10000)}{cell(heap, 1, 0):>22}")


def run(build, content, rounds):
    results = measure(build, content, rounds)
    if "addon" not in results:
        must(["node", "--expose-gc", BENCH / "addon_bench.mjs", build / "npm", content], ONE_WORKER)
    print_calls(results)
    print_speed(results)
    print_allocations(build, results)
