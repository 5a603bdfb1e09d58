#!/usr/bin/env python3
"""Lays out the jars that `make build` left as a Maven repository.

  build.py --java build/java --out FOLDER        FOLDER/maven

Any tool that knows Maven's repositories takes it from there, by a file: URL or as files on a web server.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import sys
from pathlib import Path

PARTS = {"libsafe.jar": ".jar", "libsafe-sources.jar": "-sources.jar", "libsafe-javadoc.jar": "-javadoc.jar", "libsafe.pom": ".pom"}
METADATA = """<?xml version="1.0" encoding="UTF-8"?>
<metadata>
  <groupId>libsafe</groupId>
  <artifactId>libsafe</artifactId>
  <versioning>
    <latest>{version}</latest>
    <release>{version}</release>
    <versions>
      <version>{version}</version>
    </versions>
  </versioning>
</metadata>
"""


def version_of(pom: Path) -> str:
    found = re.search(r"<artifactId>libsafe</artifactId>\s*<version>(.+)</version>", pom.read_text(encoding="utf-8"))
    return found[1] if found else sys.exit(f"maven: {pom} names no version")


def put(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    for name in ("sha1", "sha256"):
        Path(f"{path}.{name}").write_text(hashlib.new(name, data).hexdigest(), encoding="ascii")


def main() -> int:
    arguments = argparse.ArgumentParser(description="The Maven repository.")
    arguments.add_argument("--java", type=Path, required=True)
    arguments.add_argument("--out", type=Path, required=True)
    options = arguments.parse_args()
    missing = [name for name in PARTS if not (options.java / name).exists()]
    if missing:
        sys.exit(f"maven: {', '.join(missing)} missing in {options.java}: run make build")
    version = version_of(options.java / "libsafe.pom")
    artifact = options.out / "maven/libsafe/libsafe"
    shutil.rmtree(artifact, ignore_errors=True)
    (artifact / version).mkdir(parents=True)
    for name, ending in PARTS.items():
        put(artifact / version / f"libsafe-{version}{ending}", (options.java / name).read_bytes())
    put(artifact / "maven-metadata.xml", METADATA.format(version=version).encode())
    print(options.out / "maven")
    return 0


if __name__ == "__main__":
    sys.exit(main())
