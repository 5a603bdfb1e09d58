"""Follows README.md in an empty folder: writes its programs, runs its commands, and compares what they print.

    readme.py build build/csharp      with what make build leaves
    readme.py package build/csharp    with the NuGet package of it, unpacked as NuGet does
"""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
README = ROOT / "bindings/csharp/README.md"
BLOCK = re.compile(r"^```(csharp|sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def place(kind: str, csharp: pathlib.Path, folder: pathlib.Path) -> "dict[str, str]":
    """Brings the assembly into the folder. The environment in which compiler and runtime find it."""
    if kind == "build":
        shutil.copy(csharp / "LibSafe.dll", folder)
        shutil.copytree(csharp / "runtimes", folder / "runtimes")
        return dict(os.environ)
    script = ROOT / "packaging/nuget/build.py"
    subprocess.run([sys.executable, script, "--csharp", csharp, "--out", folder], check=True, stdout=subprocess.DEVNULL)
    (package,) = folder.glob("*.nupkg")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder / "packages")
    package.unlink()
    library = folder / "packages/lib/netstandard2.0"
    return {**os.environ, "MONO_PATH": str(library)}


def main() -> None:
    blocks = BLOCK.findall(README.read_text(encoding="utf-8"))
    assert [kind for kind, _ in blocks] == ["csharp", "sh", "text"] * 2, "the README's tour is gone"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        environment = place(sys.argv[1], pathlib.Path(sys.argv[2]), folder)
        printed = ""
        for kind, text in blocks:
            if kind == "csharp":
                program = re.search(r"^static class (\w+)", text, re.MULTILINE)
                assert program, "a program without a class"
                (folder / f"{program.group(1)}.cs").write_text(text, encoding="utf-8")
            elif kind == "sh":
                if sys.argv[1] == "package":
                    text = text.replace("mcs ", "mcs -lib:packages/lib/netstandard2.0 ")
                done = subprocess.run(["sh", "-eu", "-c", text], cwd=folder, env=environment, text=True, stdout=subprocess.PIPE)
                assert done.returncode == 0, f"{text.strip()!r} ended with {done.returncode}"
                printed = done.stdout
            else:
                assert printed == text, f"printed\n{printed}\nbut the README says\n{text}"


if __name__ == "__main__":
    main()
