"""Follows README.md in an empty folder, with the crate that packaging/crate makes, and builds a project that takes the crate from a
registry.

    readme.py build/rust build/lib

The library is not installed: the environment says where it is. Exit status 77: there is no cargo.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/support"))

import readme_tour  # noqa: E402

CONFIGURATION = """[source.crates-io]
replace-with = "vendored"

[source.vendored]
directory = "vendor"
"""


def package(crate: str, folder: pathlib.Path) -> pathlib.Path:
    script = ROOT / "packaging/crate/build.py"
    subprocess.run([sys.executable, script, "--rust", crate, "--out", folder], check=True, stdout=subprocess.DEVNULL)
    (made,) = folder.glob("*.crate")
    return made


def from_registry(tour: readme_tour.Tour, made: pathlib.Path) -> None:
    """The same program, in a project that names the crate by its version, as cargo vendor lays registries out."""
    project = tour.folder / "project"
    (project / ".cargo").mkdir(parents=True)
    (project / ".cargo/config.toml").write_text(CONFIGURATION, encoding="utf-8")
    with tarfile.open(made) as archive:
        archive.extractall(project / "vendor")
    checksums = {"package": hashlib.sha256(made.read_bytes()).hexdigest(), "files": {}}
    (project / "vendor" / made.stem / ".cargo-checksum.json").write_text(json.dumps(checksums), encoding="utf-8")
    manifest = (tour.folder / "Cargo.toml").read_text(encoding="utf-8")
    named = manifest.replace('{ path = "libsafe-1.0.0" }', '"1"')
    assert named != manifest
    (project / "Cargo.toml").write_text(named, encoding="utf-8")
    shutil.copytree(tour.folder / "src", project / "src")
    printed = tour.run("cd project && cargo run --quiet --offline")
    assert printed.startswith("Hello, vault\n"), printed


def main() -> None:
    crate, libraries = sys.argv[1:3]
    if not shutil.which("cargo"):
        print("no cargo: packaging/setup.sh projects")
        sys.exit(77)
    env = {**os.environ, "SAFE_LIB_DIR": libraries, "LD_LIBRARY_PATH": libraries, "CARGO_NET_OFFLINE": "true"}
    with readme_tour.Tour("bindings/rust/README.md", env) as tour:
        made = package(crate, tour.folder)
        tour.follow("Five minutes")
        from_registry(tour, made)


if __name__ == "__main__":
    main()
