"""What each language costs over C, in the same steps of the same run: an empty call, a handle made and given back, an
operation waited for; content through the streams that its users have; and what a call asks the allocator for.

    languages.py --build DIR [--tree DIR] [--quick]     by itself: --quick shows that all of it works, with figures of no worth

The tree is CMake's, if that is not BUILD/cmake.
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
        env = {"PYTHONPATH": str(build / "python"), "PYTHONMALLOC": "malloc"}
        found["Python"] = ([cached(tree, "Python_EXECUTABLE"), HERE / "bench.py"], env)
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


def measured(build, tree, content, divisor):
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        found = programs(build, tree, Path(folder))
        preload = {"LD_PRELOAD": str(tree / "tests/bench/libbench_allocations.so")}
        for name, (command, env) in found.items():
            told(f"language {name}")
            # Java takes the file first, and how it is to be read after it.
            line = [*command[:-1], content, command[-1]] if name.startswith("Java") else [*command, content]
            results[name] = must([*line, divisor], {"SAFE_WORKERS": "1", **env, "PYTHONMALLOC": "pymalloc"})
            if name in ("C", "C++", "Rust", "Python"):
                counted = must([*line, divisor * 10], {"SAFE_WORKERS": "1", **env, **preload})
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
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    with tempfile.NamedTemporaryFile() as content:
        content.write(os.urandom((4 if args.quick else 96) * MiB))
        content.flush()
        run(args.build, content.name, 100 if args.quick else 1, args.tree)


if __name__ == "__main__":
    main()
