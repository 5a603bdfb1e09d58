#!/usr/bin/env python3
"""Makes a .crate file of the Rust crate that `make build` left, as `cargo package` would. Needs no cargo.

  build.py --rust build/rust --out FOLDER

The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import io
import re
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("Cargo.toml", "README.md", "build.rs", "src/lib.rs", "src/ffi.rs")


def contents(crate: Path) -> dict[str, Path]:
    """What goes into the package, by its path there."""
    missing = [name for name in NEEDED if not (crate / name).exists()]
    if missing:
        sys.exit(f"crate: {', '.join(missing)} missing in {crate}: run make build")
    files = {name: crate / name for name in ("Cargo.toml", "README.md", "build.rs")}
    # What stands there from before and is not ours any more stays out: the sources say what there is.
    ours = {path.name for path in (ROOT / "bindings/rust/src").glob("*.rs")} | {"ffi.rs"}
    files |= {f"src/{name}": crate / "src" / name for name in ours}
    return files | {path.name: path for path in ROOT.glob("LICENSE*")}


def main() -> int:
    arguments = argparse.ArgumentParser(description="The crate.")
    arguments.add_argument("--rust", type=Path, required=True)
    arguments.add_argument("--out", type=Path, required=True)
    options = arguments.parse_args()
    files = contents(options.rust)
    found = re.search(r'^version = "(.+)"', files["Cargo.toml"].read_text(encoding="utf-8"), re.MULTILINE)
    name = f"libsafe-{found[1] if found else sys.exit('crate: Cargo.toml names no version')}"
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as package:
        for path in sorted(files):
            data = files[path].read_bytes()
            entry = tarfile.TarInfo(f"{name}/{path}")
            entry.size, entry.mode, entry.mtime = len(data), 0o644, 1577836800
            package.addfile(entry, io.BytesIO(data))
    options.out.mkdir(parents=True, exist_ok=True)
    made = options.out / f"{name}.crate"
    made.write_bytes(gzip.compress(archive.getvalue(), 9, mtime=0))
    print(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
