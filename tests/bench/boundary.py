"""What each boundary between a program and the library costs: an empty call, and the bytes that are copied for each byte
that is moved.

Copies are counted, not estimated: natively by a memcpy of our own (copies.c), in JavaScript by TypedArray.prototype. What
the steps of encryption themselves copy, brotli above all, is measured alone and left out.
"""

import re
from pathlib import Path

from programs import against, must

ROOT = Path(__file__).resolve().parents[2]
GOAL = 1
ROUGHLY = 0.02  # the data map and other small things


def python_of(build):
    """The Python that the module was built for."""
    cache = (build / "cmake/CMakeCache.txt").read_text()
    return re.search(r"^Python_EXECUTABLE:\w+=(.+)$", cache, re.MULTILINE).group(1)


def counted(build):
    return {"LD_PRELOAD": str(build / "cmake/tests/bench/libbench_copies.so"), "SAFE_WORKERS": "1",
            "PYTHONPATH": str(build / "python")}


def copies(build, python, content):
    """{boundary: (writing, reading)}"""
    native = build / "cmake/tests/bench"
    env = counted(build)
    steps = must([native / "selfencrypt_bench", content, 1], env)
    inside = {verb: steps[f"{step}_copied"] / steps["stages_bytes"] for verb, step in (("writing", "encrypt"), ("reading", "decrypt"))}
    c = must([native / "capi_bench", content], env)
    py = must([*python, ROOT / "tests/bench/python_bench.py", content], env)
    js = must(["node", ROOT / "tests/bench/js_copies.mjs", build / "npm", content], {"SAFE_ENGINE": "wasm"})

    def outside(result, field, verb):
        return result[field]["copied"] / result["bytes"] - inside[verb]

    return {
        "C, writer and reader": (outside(c, "writing", "writing"), outside(c, "reading", "reading")),
        "Python, put and readinto": (outside(py, "writing", "writing"), outside(py, "reading_into", "reading")),
        "Python, read": (None, outside(py, "reading", "reading")),
        "JavaScript to the memory of wasm": tuple(js[verb]["copied"] / js["bytes"] for verb in ("writing", "reading")),
    }


def print_empty_calls(build, python, content):
    native = must([build / "cmake/tests/bench/capi_bench", content])["empty_call_ns"]
    py = must([*python, ROOT / "tests/bench/python_bench.py", content], {"PYTHONPATH": str(build / "python")})["empty_call_ns"]
    js = must(["node", ROOT / "tests/bench/wasm_bench.mjs", build / "wasm", content])["empty_call_ns"]
    print(f"\nan empty call: C {native:.1f} ns, Python {py:.0f} ns, wasm (from JavaScript) {js:.1f} ns")


def run(build, content):
    python = [python_of(build)]
    print(f"\n{'bytes copied per byte':36}{'writing':>10}{'reading':>10}   goal")
    for name, figures in copies(build, python, content).items():
        shown = "".join(f"{'-' if figure is None else f'{figure:.2f}':>10}" for figure in figures)
        worst = max(figure for figure in figures if figure is not None)
        print(f"{name:36}{shown}   {against(worst - ROUGHLY, GOAL)}")
    print_empty_calls(build, python, content)
