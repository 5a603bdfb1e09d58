#!/usr/bin/env python3
"""Makes a wheel of the Python module that `make build` left.

  build.py --build DIR --out FOLDER

The module and libsafe.so.1 go in side by side, so that the wheel needs nothing but the C and C++ runtime. It is tagged
for the Python that the module was built for and linux_<machine>: manylinux would promise older systems than the one it was built on.
The same input gives the same bytes.
"""

import argparse
import base64
import hashlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = re.compile(r"^(libc|libm|libstdc\+\+|libgcc_s|libpthread|libdl|librt|ld-linux[\w-]*)\.so")


def fail(message):
    sys.exit(f"wheel: {message}")


def needed(path):
    said = subprocess.run(["readelf", "-d", str(path)], capture_output=True, text=True, check=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", said), re.findall(r"\((?:RUNPATH|RPATH)\).*\[(.*)\]", said)


def gather(build, stage):
    """The module as installed: sources, the extension, and libsafe beside it."""
    module = build / "python" / "libsafe"
    extensions = list(module.glob("*.so"))
    if not extensions:
        fail(f"no extension in {module}: run make build")
    shutil.copytree(module, stage / "libsafe", symlinks=False, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    for extension in extensions:
        libraries, paths = needed(extension)
        if "libsafe.so.1" in libraries and not (stage / "libsafe/libsafe.so.1").exists():
            if not any("$ORIGIN" in path.split(":") for path in paths):
                fail(f"{extension} does not look for libsafe.so.1 beside itself (RUNPATH $ORIGIN)")
            shutil.copy(build / "lib" / "libsafe.so.1", stage / "libsafe/libsafe.so.1")
    for binary in stage.rglob("*.so*"):
        subprocess.run(["strip", "--strip-unneeded", str(binary)], check=True)
        for library in needed(binary)[0]:
            if not RUNTIME.match(library) and not (stage / "libsafe" / library).exists():
                fail(f"{binary.name} needs {library}, which not every machine has")


def python_tag(stage):
    """cp311, from _safe.cpython-311-x86_64-linux-gnu.so."""
    extension = next((stage / "libsafe").glob("_safe.*.so")).name
    found = re.match(r"_safe\.cpython-(\d+)-", extension)
    return f"cp{found[1]}" if found else fail(f"{extension} does not say which Python it is for")


def write(stage, version, out):
    tag = python_tag(stage)
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    name = f"libsafe-{version}"
    info = stage / f"{name}.dist-info"
    (info / "licenses").mkdir(parents=True)
    metadata = (ROOT / "packaging/wheel/METADATA.in").read_text().replace("@VERSION@", version)
    (info / "METADATA").write_text(metadata + (ROOT / "README.md").read_text())
    (info / "WHEEL").write_text("Wheel-Version: 1.0\nGenerator: libsafe\nRoot-Is-Purelib: false\n"
                                f"Tag: {tag}-{tag}-{platform}\n")
    for licence in ("LICENSE", "LICENSE-MIT", "LICENSE-APACHE", "packaging/debian/copyright"):
        shutil.copy(ROOT / licence, info / "licenses" / Path(licence).name)
    wheel = out / f"{name}-{tag}-{tag}-{platform}.whl"
    record = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        def add(path, data):
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = (0o755 if ".so" in path else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
        for path in sorted(p for p in stage.rglob("*") if p.is_file()):
            data = path.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            relative = path.relative_to(stage).as_posix()
            record.append(f"{relative},sha256={digest},{len(data)}\n")
            add(relative, data)
        add(f"{name}.dist-info/RECORD", "".join(record) + f"{name}.dist-info/RECORD,,\n")
    return wheel


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    version = re.search(r"^project\(safe VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE).group(1)
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        gather(args.build, Path(folder))
        print(write(Path(folder), version, args.out))


if __name__ == "__main__":
    main()
