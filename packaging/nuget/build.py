#!/usr/bin/env python3
"""Makes a NuGet package of the C# assembly that `make build` left.

  build.py --csharp build/csharp --out FOLDER

A package is a zip whose folders say what is for whom: lib/<framework> is referenced, runtimes/<platform>/native goes beside the
program, and build/<framework> does the latter for the projects of .NET Framework and mono, which do not know it. The same input
gives the same bytes.
"""

from __future__ import annotations

import argparse
import re
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[2]
SUMMARY = "Encrypted storage on vaults that need not be trusted: files and records go in, links come out."

NUSPEC = """<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
  <metadata>
    <id>LibSafe</id>
    <version>{version}</version>
    <authors>The libsafe authors</authors>
    <license type="expression">MIT OR Apache-2.0</license>
    <description>{summary}</description>
    <readme>README.md</readme>
    <dependencies>
      <group targetFramework=".NETStandard2.0" />
    </dependencies>
  </metadata>
</package>
"""

TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />
{types}</Types>
"""

RELATIONS = """<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/LibSafe.nuspec" Id="R1" />
</Relationships>
"""

TARGETS = """<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003">
  <ItemGroup>
{natives}  </ItemGroup>
</Project>
"""

# Each by its name: mono's xbuild knows no patterns here.
NATIVE = """    <None Include="$(MSBuildThisFileDirectory)../../{path}">
      <Link>{path}</Link>
      <CopyToOutputDirectory>PreserveNewest</CopyToOutputDirectory>
      <Visible>false</Visible>
    </None>
"""


def version() -> str:
    found = re.search(r"^project\(safe VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else sys.exit("nuget: CMakeLists.txt names no version")


def contents(csharp: Path) -> dict[str, bytes]:
    """What goes into the package, by its path there."""
    files = {f"lib/netstandard2.0/{name}": (csharp / name).read_bytes() for name in ("LibSafe.dll", "LibSafe.xml")}
    natives = sorted(csharp.glob("runtimes/*/native/*.so"))
    if not natives:
        sys.exit(f"nuget: no native library in {csharp}/runtimes: run make build")
    files |= {str(path.relative_to(csharp)): path.read_bytes() for path in natives}
    items = "".join(NATIVE.format(path=path.relative_to(csharp)) for path in natives)
    files["build/net461/LibSafe.targets"] = TARGETS.format(natives=items).encode()
    files["README.md"] = (ROOT / "bindings/csharp/README.md").read_bytes()
    files["LibSafe.nuspec"] = NUSPEC.format(version=version(), summary=escape(SUMMARY)).encode()
    kinds = sorted({Path(name).suffix[1:] for name in files})
    lines = "".join(f'  <Default Extension="{kind}" ContentType="application/octet-stream" />\n' for kind in kinds)
    files["[Content_Types].xml"] = TYPES.format(types=lines).encode()
    files["_rels/.rels"] = RELATIONS.encode()
    return files


def main() -> int:
    arguments = argparse.ArgumentParser(description="The NuGet package.")
    arguments.add_argument("--csharp", type=Path, required=True)
    arguments.add_argument("--out", type=Path, required=True)
    options = arguments.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    made = options.out / f"LibSafe.{version()}.nupkg"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        for name, data in sorted(contents(options.csharp).items()):
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, data)
    print(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
