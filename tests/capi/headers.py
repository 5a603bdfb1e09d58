#!/usr/bin/python3
"""Compiles the public headers as strictly as their users may: each alone, each twice, all together, in every standard
of C and C++ and with every compiler there is. --all tries them all; else the oldest and the newest of each language."""
import argparse
import concurrent.futures
import pathlib
import shutil
import subprocess
import sys
import tempfile

C = ["c89", "c90", "c99", "c11", "c17"]
CXX = ["c++98", "c++03", "c++11", "c++14", "c++17", "c++20"]
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wundef", "-Wshadow", "-Werror", "-fsyntax-only"]
C_ONLY = ["-Wstrict-prototypes", "-Wmissing-prototypes", "-Wc++-compat"]
COMPILERS = {"c": ["gcc", "clang", "clang-14", "clang-16"], "c++": ["g++", "clang++", "clang++-14", "clang++-16"]}


def sources(headers):
    """Text by name: every header alone, twice, and all in two orders. One compilation of all texts is not enough:
    a header must not rest on another that came before."""
    texts = {h.name: f"#include <safe/{h.name}>\n" for h in headers}
    texts.update({h.name + " twice": f"#include <safe/{h.name}>\n" * 2 for h in headers})
    together = [f"#include <safe/{h.name}>\n" for h in headers]
    texts["all"] = "".join(together)
    texts["all, backwards"] = "".join(reversed(together))
    use = "int use_of_headers(void);\nint use_of_headers(void) { return (int)safe_abi_version() + SAFE_OP_DONE; }\n"
    texts["use"] = "#include <safe/safe.h>\n" + use
    return texts


def compile_one(job):
    compiler, language, standard, include, name, text, folder = job
    with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".c" if language == "c" else ".cpp") as file:
        file.write(text)
        file.flush()
        command = [compiler, "-x", language, f"-std={standard}", *STRICT, *(C_ONLY if language == "c" else []),
                   "-I", str(include), file.name]
        result = subprocess.run(command, capture_output=True, text=True)
    return None if result.returncode == 0 else f"{name}: {' '.join(command)}\n{result.stderr}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("include", type=pathlib.Path)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    headers = sorted((options.include / "safe").glob("*.h"))
    assert headers, f"no headers in {options.include}"
    jobs = []
    with tempfile.TemporaryDirectory() as folder:
        for language, standards in (("c", C), ("c++", CXX)):
            if not options.all:
                standards = [standards[0], standards[-1]]
            found = {shutil.which(c): c for c in COMPILERS[language] if shutil.which(c)}
            for compiler in found.values():
                for standard in standards:
                    jobs += [(compiler, language, standard, options.include, name, text, folder)
                             for name, text in sources(headers).items()]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            failures = [f for f in pool.map(compile_one, jobs) if f]
    print("\n".join(failures[:5]))
    print(f"{len(jobs)} compilations of {len(headers)} headers, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
