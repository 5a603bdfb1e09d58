#!/usr/bin/env python3
"""Builds and runs the blocking C example as the library's users would, outside of the tree.

  run.py install --tree BUILD-TREE --prefix DIR                     what the other cases use
  run.py CASE --tree BUILD-TREE --prefix DIR [--work DIR]           a case of CASES

Exit status 77: something that the case needs is not on this machine.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
EXAMPLE = ROOT / "capi/examples/blocking.c"
# Only what a C program may need of the system.
RUNTIME = ("linux-vdso", "libc.so", "libm.so", "libstdc++.so", "libgcc_s.so", "ld-linux", "libsafe.so.1")


def run(*command, env=None, cwd=None):
    done = subprocess.run([str(part) for part in command], env={**os.environ, **(env or {})}, cwd=cwd, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        sys.exit(f"consumers: {' '.join(str(part) for part in command)}\n{done.stdout}\n(exit status {done.returncode})")
    return done.stdout


def install(args):
    shutil.rmtree(args.prefix, ignore_errors=True)
    run("cmake", "--install", args.tree, "--prefix", args.prefix)


def works(program, work, library_path=None):
    """Runs the example on a file of its own; it must be the same file that comes back."""
    source = Path(work) / "source"
    source.write_bytes(os.urandom(3_000_000))
    env = {"LD_LIBRARY_PATH": str(library_path or "")}
    vault = Path(work) / f"vault-{program.name}"
    out = run(program, source, f"file:{vault}", env=env)
    if "safe:" not in out or "identical" not in out:
        sys.exit(f"consumers: {program} did not say that it read its file back:\n{out}")


def linked_with(program, library_path=None):
    said = run("ldd", program, env={"LD_LIBRARY_PATH": str(library_path or "")})
    return [line.split()[0] for line in said.splitlines() if line.strip()]


def pc_folder(prefix):
    found = list(prefix.rglob("safe.pc"))
    if len(found) != 1:
        sys.exit(f"consumers: {len(found)} files safe.pc below {prefix}")
    return found[0].parent


def pkg_config(prefix, *arguments):
    # As on a machine where only this safe.pc exists.
    return run("pkg-config", *arguments, "safe", env={"PKG_CONFIG_LIBDIR": str(pc_folder(prefix)), "PKG_CONFIG_PATH": ""}).split()


def by_pkg_config(prefix, work):
    program = Path(work) / "app"
    flags = pkg_config(prefix, "--cflags", "--libs")
    if any(not flag.startswith(("-I", "-L", "-lsafe")) for flag in flags):
        sys.exit(f"consumers: more flags than a dynamic link needs: {flags}")
    run("cc", "-Wall", "-Wextra", "-Werror", EXAMPLE, *flags, "-o", program, cwd=work)
    library_path = next(flag[2:] for flag in flags if flag.startswith("-L"))
    assert "libsafe.so.1" in linked_with(program, library_path)
    works(program, work, library_path)
    # The other examples need no file.
    for example in sorted(EXAMPLE.parent.glob("*.c")):
        if example == EXAMPLE:
            continue
        run("cc", "-Wall", "-Wextra", "-Werror", example, *flags, "-o", program, cwd=work)
        out = run(program, env={"LD_LIBRARY_PATH": library_path}, cwd=work)
        if "live handles 0" not in out:
            sys.exit(f"consumers: {example.name} left handles:\n{out}")


def static_by_pkg_config(prefix, work):
    """Two ways: libsafe.a alone with the system's shared libraries, and everything static."""
    flags = pkg_config(prefix, "--static", "--cflags", "--libs")
    for name, extra in (("app_archive", ["-Wl,-Bstatic", "-lsafe", "-Wl,-Bdynamic"]), ("app_static", ["-static"])):
        program = Path(work) / name
        these = [part for flag in flags for part in (extra if flag == "-lsafe" and name == "app_archive" else [flag])]
        run("cc", EXAMPLE, *these, *(extra if name == "app_static" else []), "-o", program, cwd=work)
        if name == "app_archive":
            assert "libsafe.so.1" not in linked_with(program)
        works(program, work)


def by_cmake(source, work, *definitions):
    """Configures and builds a consumer's project and runs both of its programs."""
    tree = Path(work) / "tree"
    run("cmake", "-S", source, "-B", tree, "-G", "Ninja", f"-DEXAMPLE={EXAMPLE}", *definitions)
    run("ninja", "-C", tree, "-j", os.environ.get("SAFE_TEST_JOBS", "2"))
    assert "libsafe.so.1" in linked_with(tree / "app_shared") and "libsafe.so.1" not in linked_with(tree / "app_static")
    for name in ("app_shared", "app_static"):
        works(tree / name, work)


def find_package(args, work):
    by_cmake(HERE / "find_package", work, f"-DCMAKE_PREFIX_PATH={args.prefix}")


def add_subdirectory(args, work):
    # Unoptimised, since nothing but the building is tried here; kept, since it is the whole library.
    by_cmake(HERE / "add_subdirectory", args.work or work, f"-DSAFE_SOURCE_TREE={ROOT}", "-DCMAKE_BUILD_TYPE=None",
             *[f"-DCMAKE_{language}_COMPILER_LAUNCHER=ccache" for language in ("C", "CXX") if shutil.which("ccache")])


def relocated(args, work):
    moved = Path(work) / "elsewhere" / "deeper" / "prefix"
    shutil.copytree(args.prefix, moved, symlinks=True)
    for path in [*moved.rglob("*.pc"), *moved.rglob("*.cmake")]:
        if str(args.prefix) in path.read_text():
            sys.exit(f"consumers: {path.relative_to(moved)} names the prefix that it was installed to")
    by_pkg_config(moved, work)
    by_cmake(HERE / "find_package", work, f"-DCMAKE_PREFIX_PATH={moved}")


def multiarch(args):
    said = subprocess.run(["dpkg-architecture", "-qDEB_HOST_MULTIARCH"], capture_output=True, text=True)
    cache = (args.tree / "CMakeCache.txt").read_text()
    if said.returncode != 0 or f"CMAKE_INSTALL_LIBDIR:PATH=lib/{said.stdout.strip()}" not in cache:
        print("consumers: the build tree was not configured with Debian's library folder (make does it)")
        sys.exit(77)
    return said.stdout.strip()


def deb(args, work):
    triplet = multiarch(args)
    run(ROOT / "packaging/debian/build.sh", args.tree, Path(work) / "debs")
    root = Path(work) / "root"
    packages = {path.name.split("_")[0]: path for path in (Path(work) / "debs").glob("*.deb")}
    assert sorted(packages) == ["libsafe-dev", "libsafe1", "safe-tools"], packages
    for name, path in packages.items():
        run("dpkg-deb", "-x", path, root)
        fields = run("dpkg-deb", "-f", path, "Version", "Architecture", "Depends", "Installed-Size")
        assert len(fields.splitlines()) == 4 and "@" not in fields, fields
        assert (root / "usr/share/doc" / name / "copyright").is_file()
    library = root / "usr/lib" / triplet
    assert sorted(p.name for p in library.glob("libsafe*")) == sorted(
        ["libsafe.a", "libsafe.so", "libsafe.so.1", next(library.glob("libsafe.so.1.*")).name])
    assert "libsafe1 (>= 1" in run("dpkg-deb", "-f", packages["safe-tools"], "Depends") or \
        "libsafe.so.1" not in linked_with(root / "usr/bin/safe", library)
    assert (root / "usr/share/man/man1/safe.1.gz").is_file()
    symbols = run("dpkg-deb", "-I", packages["libsafe1"], "symbols")
    assert "libsafe.so.1 libsafe1" in symbols and "safe_connect@" in symbols, symbols
    assert all(line.split("@")[0].strip().startswith("safe_") or "SAFE_" in line for line in symbols.splitlines()[1:]), symbols
    prefix = root / "usr"
    by_pkg_config(prefix, work)
    version = run(root / "usr/bin/safe", "--version", env={"LD_LIBRARY_PATH": str(library)})
    assert "1.0" in version, version


def wheel(args, work):
    output = cached(args.tree, "SAFE_OUTPUT_DIR")
    if not output or not list((Path(output) / "python" / "libsafe").glob("*.so")):
        print("consumers: the tree has no Python module")
        sys.exit(77)
    built = run("/usr/bin/python3", ROOT / "packaging/wheel/build.py", "--build", output, "--out", Path(work) / "dist")
    environment = Path(work) / "venv"
    run(cached(args.tree, "Python_EXECUTABLE"), "-m", "venv", environment)
    python = environment / "bin/python"
    clean = {"PYTHONPATH": "", "LD_LIBRARY_PATH": "", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    run(python, "-m", "pip", "install", "--no-index", built.strip().splitlines()[-1], env=clean)
    said = run(python, "-c", "import libsafe, os, sys\n"
               "data = os.urandom(200000)\n"
               "with libsafe.connect('mem:') as c:\n"
               "    link = c.put(data).link\n"
               "    assert c.open(link).read() == data\n"
               "print(libsafe.__file__, libsafe.__version__)\n", env=clean, cwd=work)
    assert str(environment) in said, said


def cached(tree, name):
    for line in (tree / "CMakeCache.txt").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return line.split("=", 1)[1]
    return None


CASES = {
    "pkg_config": lambda args, work: by_pkg_config(args.prefix, work),
    "static": lambda args, work: static_by_pkg_config(args.prefix, work),
    "find_package": find_package,
    "add_subdirectory": add_subdirectory,
    "relocated": relocated,
    "deb": deb,
    "wheel": wheel,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", choices=["install", *CASES])
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--prefix", type=Path, required=True)
    parser.add_argument("--work", type=Path, help="keeps what was built (add_subdirectory)")
    args = parser.parse_args()
    if args.case == "install":
        install(args)
        return
    if not EXAMPLE.is_file():
        sys.exit(f"consumers: {EXAMPLE} is missing")
    with tempfile.TemporaryDirectory() as work:
        CASES[args.case](args, work)
    print(f"consumers: {args.case}: built outside of the tree, ran, and got its file back")


if __name__ == "__main__":
    main()
