"""What the checks look at: the files that git tracks, and C++ text without comments and strings."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (".c", ".cpp", ".h", ".hpp")


def tracked():
    """Paths relative to ROOT. Only a git checkout knows what is tracked."""
    done = subprocess.run(["git", "-C", str(ROOT), "-c", f"safe.directory={ROOT}", "ls-files", "-z"], capture_output=True)
    if done.returncode != 0:
        print("lint: not a git checkout, so nothing says which files are the project's")
        sys.exit(77)
    return [Path(name) for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def sources(*tops):
    return [path for path in tracked() if path.suffix in SOURCE and path.parts[0] in tops]


def text_of(path):
    return (ROOT / path).read_text(errors="replace")


_NOISE = re.compile(r"""//[^\n]*|/\*.*?\*/|R"\((?:.*?)\)"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'""", re.DOTALL)


def blank(text):
    """The same text, as long and with the same lines, but comments and literals are spaces."""
    return _NOISE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def closing(text, at):
    """Where the bracket that opens at `at` closes; the end of the text if it does not."""
    pairs, depth = {"(": ")", "[": "]", "{": "}"}, 0
    opening, end = text[at], pairs[text[at]]
    for i in range(at, len(text)):
        if text[i] == opening:
            depth += 1
        elif text[i] == end:
            depth -= 1
            if depth == 0:
                return i
    return len(text)
