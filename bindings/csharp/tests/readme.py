"""Follows README.md in an empty folder.

    readme.py build build/csharp      with what make build leaves
    readme.py package build/csharp    with the NuGet package of it, unpacked as NuGet does, as a project of xbuild's

Exit status 77: there is no xbuild.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/support"))

import readme_tour  # noqa: E402

README = "bindings/csharp/README.md"


def build(tour: readme_tour.Tour, csharp: pathlib.Path) -> None:
    shutil.copy(csharp / "LibSafe.dll", tour.folder)
    shutil.copytree(csharp / "runtimes", tour.folder / "runtimes")
    tour.follow("Five minutes")


def package(tour: readme_tour.Tour, csharp: pathlib.Path) -> None:
    if not shutil.which("xbuild"):
        print("no xbuild: packaging/setup.sh projects")
        sys.exit(77)
    script = ROOT / "packaging/nuget/build.py"
    subprocess.run([sys.executable, script, "--csharp", csharp, "--out", tour.folder], check=True, stdout=subprocess.DEVNULL)
    (made,) = tour.folder.glob("*.nupkg")
    unpacked = tour.folder / "packages" / made.stem
    with zipfile.ZipFile(made) as archive:
        archive.extractall(unpacked)
    made.unlink()
    # The programs are written by the first section, compiled there with the assembly where it is.
    library = unpacked / "lib/netstandard2.0"
    tour.env["MONO_PATH"] = str(library)
    tour.follow("Five minutes", lambda command: command.replace("mcs ", f"mcs -lib:{library} "))
    del tour.env["MONO_PATH"]
    tour.env["NoCompilerStandardLib"] = "false"  # Debian's xbuild comes without reference assemblies
    tour.follow("With NuGet")


def main() -> None:
    with readme_tour.Tour(README, os.environ) as tour:
        {"build": build, "package": package}[sys.argv[1]](tour, pathlib.Path(sys.argv[2]))


if __name__ == "__main__":
    main()
