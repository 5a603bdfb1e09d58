"""What each language costs over C, in the same steps of the same run: an empty call, a handle made and given back, an
operation waited for; content through the streams that its users have; and what a call asks the allocator for.

    languages.py --build DIR [--tree DIR] [--size MIB] [--quick]     by itself

The tree is CMake's, if that is not BUILD/cmake. --quick shows that all of it works, with figures that are worth nothing.
"""

import argparse
import os
import re
import subprocess
import tempfile
from pathlib import Path

from programs import against, must, told

HERE = Path(__file__).resolve().parent / "languages"
CALL_GOAL = 2000  # nanoseconds over C
THROUGHPUT_GOAL = 0.9  # of C's
MiB = 1 << 20


def cached(tree, name):
    found = re.search(rf"^{name}:\w+=(.+)$", (tree / "CMakeCache.txt").read_text(), re.MULTILINE)
    return found and found.group(1)


def compiled(command):
    subprocess.run([str(part) for part in command], check=True)


def programs(build, tree, folder):
    """{language: (command, environment)}, for those that this build has."""
    native = tree / "tests/bench"
    found = {"C": ([native / "c_bench"], {}), "C++": ([native / "cpp_bench"], {})}
    crate = tree / "bindings/rust/native"
    if (crate / "liblibsafe.rlib").exists():
        compiled([cached(tree, "SAFE_RUSTC"), "--edition", "2021", "-O", "-o", folder / "rust_bench", "--extern",
                  f"libsafe={crate / 'liblibsafe.rlib'}", "-L", f"native={build / 'lib'}", "-C",
                  f"link-arg=-Wl,-rpath,{build / 'lib'}", HERE / "bench.rs"])
        found["Rust"] = ([folder / "rust_bench"], {})
    if (build / "python/libsafe").exists():
        found["Python"] = ([cached(tree, "Python_EXECUTABLE"), HERE / "bench.py"], {"PYTHONPATH": str(build / "python")})
    jar = build / "java/libsafe.jar"
    if jar.exists():
        compiled([cached(tree, "SAFE_JAVAC"), "-cp", jar, "-d", folder, HERE / "Bench.java"])
        for kind in ("arrays", "direct"):
            found[f"Java, {kind}"] = ([cached(tree, "SAFE_JAVA"), "-cp", f"{jar}:{folder}", "Bench", kind], {})
    assembly = build / "csharp/LibSafe.dll"
    if assembly.exists():
        compiled([cached(tree, "SAFE_MCS"), "-optimize", f"-r:{assembly}", f"-out:{folder / 'Bench.exe'}", HERE / "Bench.cs"])
        found["C#"] = ([cached(tree, "SAFE_MONO"), folder / "Bench.exe"], {"MONO_PATH": str(assembly.parent)})
    return found


def better(figures, others):
    """The best of two results of one program."""
    return {name: better(value, others[name]) if isinstance(value, dict) else min(value, others[name])
            for name, value in figures.items()}


def measured(build, tree, content, divisor):
    """{language: the best of three rounds}, in turns, so that what else the machine does hits all alike."""
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        found = programs(build, tree, Path(folder))
        # Java takes the file first, and how it is to be read after it.
        lines = {name: [*command[:-1], content, command[-1]] if name.startswith("Java") else [*command, content]
                 for name, (command, _) in found.items()}
        for number in range(3 if divisor == 1 else 1):
            for name, (_, env) in found.items():
                told(f"round {number + 1}, {name}")
                figures = must([*lines[name], divisor], {"SAFE_WORKERS": "1", **env})
                results[name] = better(figures, results.get(name, figures))
        preload = {"LD_PRELOAD": str(tree / "tests/bench/libbench_allocations.so"), "PYTHONMALLOC": "malloc"}
        for name in ("C", "C++", "Rust", "Python"):
            if name in found:
                counted = must([*lines[name], divisor], {"SAFE_WORKERS": "1", **found[name][1], **preload})
                for call in ("empty", "link", "operation"):
                    results[name][call]["allocations"] = counted[call]["allocations"]
    return results


def print_calls(results):
    c = results["C"]
    print(f"\n{'nanoseconds over C':20}{'empty call':>12}{'link':>12}{'operation':>12}   goal")
    print(f"{'C itself':20}" + "".join(f"{c[call]['ns']:12.1f}" for call in ("empty", "link", "operation")))
    for name, figures in results.items():
        if name == "C":
            continue
        over = [figures[call]["ns"] - c[call]["ns"] for call in ("empty", "link", "operation")]
        print(f"{name:20}" + "".join(f"{ns:12.1f}" for ns in over) + f"   {against(max(over), CALL_GOAL)}")


def print_throughput(results, size):
    c = results["C"]
    print(f"\n{'streams, MB/s':20}{'writing':>12}{'of C':>8}{'reading':>12}{'of C':>8}   goal")
    for name, figures in results.items():
        ratios = [c[verb] / figures[verb] for verb in ("write", "read")]
        shown = "".join(f"{size / figures[verb] / 1e6:12.1f}{ratio:8.2f}" for verb, ratio in zip(("write", "read"), ratios))
        print(f"{name:20}{shown}   {against(min(ratios), THROUGHPUT_GOAL, least=True)}")


def print_allocations(results):
    print(f"\n{'allocations a call':20}{'empty call':>12}{'link':>12}{'operation':>12}")
    for name, figures in results.items():
        calls = [figures[call] for call in ("empty", "link", "operation")]
        if "heap" in calls[0]:
            print(f"{name:20}" + "".join(f"{call['heap']:10.0f} B" for call in calls) + "   of the collected heap")
        else:
            print(f"{name:20}" + "".join(f"{call['allocations']:12.1f}" for call in calls))


def run(build, content, divisor=1, tree=None):
    results = measured(build, tree or build / "cmake", content, divisor)
    print_calls(results)
    print_throughput(results, os.path.getsize(content))
    print_allocations(results)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=lambda text: Path(text).resolve(), required=True)
    parser.add_argument("--tree", type=lambda text: Path(text).resolve())
    parser.add_argument("--size", type=int, default=96, help="MiB of content")
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    with tempfile.NamedTemporaryFile() as content:
        content.write(os.urandom((4 if args.quick else args.size) * MiB))
        content.flush()
        run(args.build, content.name, 10 if args.quick else 1, args.tree)


if __name__ == "__main__":
    main()
