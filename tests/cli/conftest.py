"""What the tests of the safe tool share: the binary, a vault and a working directory of their own, content by seed."""
import json
import os
import pathlib
import random
import subprocess

import pytest

SEED = int(os.environ.get("SAFE_SEED") or random.SystemRandom().randrange(2**32))
TOOL = os.environ.get("SAFE_CLI", "safe")


def pytest_report_header(config):
    return f"SAFE_SEED={SEED}"


def noise(size, salt=0):
    """Bytes that do not compress, the same for the same SAFE_SEED."""
    return random.Random(f"{SEED}/{salt}/{size}").randbytes(size)


class Tool:
    """Runs the tool in a directory of its own, on a vault of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.vault = folder / "vault"
        self.work = folder / "work"
        self.work.mkdir()
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "SAFE_VAULT": f"file:{self.vault}",
            "LC_ALL": "C.UTF-8",
            "TERM": "xterm",
            **{name: os.environ[name] for name in ("LD_LIBRARY_PATH", "ASAN_OPTIONS") if name in os.environ},
        }

    def popen(self, *args, **options):
        options.setdefault("env", self.env)
        options.setdefault("cwd", self.work)
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        return subprocess.Popen([TOOL, *args], **options)

    def run(self, *args, code=0, **options):
        """Runs it to its end, which must be the exit code given (None: any); stdout and stderr are bytes."""
        options.setdefault("env", self.env)
        options.setdefault("cwd", self.work)
        options.setdefault("capture_output", True)
        if "input" not in options and "stdin" not in options:
            options["stdin"] = subprocess.DEVNULL
        done = subprocess.run([TOOL, *args], timeout=300, **options)
        if code is not None:
            assert done.returncode == code, f"{args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def out(self, *args, **options):
        """stdout as text, without the line end."""
        return self.run(*args, **options).stdout.decode().rstrip("\n")

    def err(self, *args, **options):
        return self.run(*args, **options).stderr.decode()

    def json(self, *args, **options):
        lines = self.out(*args, **options).splitlines()
        assert len(lines) == 1, lines
        return json.loads(lines[0])

    def file(self, name, content):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def put(self, content, *args):
        """The link of the content."""
        return self.out("put", "-", *args, input=content)

    def chunk_files(self):
        """The vault's files that hold single chunks, the largest first."""
        files = [each for each in self.vault.rglob("*") if each.is_file() and each.stat().st_size > 500_000]
        return sorted((each for each in files if "sqlite" not in each.name and "db" not in each.suffix),
                      key=lambda each: -each.stat().st_size)

    def listing(self):
        return sorted(str(each.relative_to(self.work)) for each in self.work.rglob("*"))


@pytest.fixture
def safe(tmp_path):
    return Tool(tmp_path)


CHUNK = 4 * 1024 * 1024 - 4096  # the largest plain chunk of format C2, 4,190,208 bytes
MIB = 1 << 20


def flip(path: pathlib.Path, offset=1000):
    """Damages one byte of a file."""
    mode = path.stat().st_mode
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[offset % len(data)] ^= 0x40
    path.write_bytes(data)
    path.chmod(mode)
