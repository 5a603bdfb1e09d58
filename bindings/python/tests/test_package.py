"""The package as such: version, errors, settings, types, documentation."""

from __future__ import annotations

import importlib.util
import inspect
import os
import pathlib
import pickle
import re
import subprocess
import sys

import pytest

import libsafe
from libsafe import _safe

HERE = pathlib.Path(__file__).resolve().parent


def test_version() -> None:
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", libsafe.__version__)
    major, minor, patch = map(int, libsafe.__version__.split("."))
    assert _safe.safe_version_number() == major * 1_000_000 + minor * 1000 + patch


def test_all_that_is_promised_is_there_and_described() -> None:
    for name in libsafe.__all__:
        thing = getattr(libsafe, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert thing.__doc__, f"libsafe.{name} is not described"


def test_what_waits_has_an_asynchronous_twin() -> None:
    waiting = ["put", "writer", "get", "get_file", "open", "open_datamap", "chunk_get", "chunk_put", "chunk_exists",
               "create_record", "set_record", "get_record", "list_records", "next_state", "close"]  # fmt: skip
    at_once = ["url", "closed", "state", "set_timeout"]
    public = [name for name in vars(libsafe.Client) if not name.startswith("_")]
    assert sorted([*waiting, *("a" + name for name in waiting), *at_once]) == sorted(public)
    for name in waiting:
        plain, twin = (list(inspect.signature(getattr(libsafe.Client, n)).parameters) for n in (name, "a" + name))
        assert plain == twin, name


def test_another_abi_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_safe, "safe_abi_version", lambda: 99)
    spec = importlib.util.spec_from_file_location("libsafe", libsafe.__file__)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    with pytest.raises(ImportError, match="built for ABI 1 of libsafe.so, but the one that was loaded .* has ABI 99"):
        spec.loader.exec_module(module)


def test_errors_survive_pickling_and_hold_their_facts() -> None:
    error = libsafe.Conflict(-111, "SAFE_INVALID_SUCCESSOR", "version 3 does not follow 7", {"current_version": 7})
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.current_version) == (libsafe.Conflict, str(error), 7)
    assert repr(error) == "Conflict(SAFE_INVALID_SUCCESSOR, 'version 3 does not follow 7')"
    missing = libsafe.LocalFileNotFound(-301, "SAFE_FILE_NOT_FOUND", "no file x", {})
    assert isinstance(missing, OSError) and str(pickle.loads(pickle.dumps(missing))) == "no file x"


def test_settings() -> None:
    before = libsafe.workers(), libsafe.memory()
    libsafe.configure(workers=1, memory=96 << 20)
    assert (libsafe.workers(), libsafe.memory()) == (1, 96 << 20)
    with libsafe.connect("mem:"):
        with pytest.raises(libsafe.Busy):
            libsafe.configure(workers=2)
    libsafe.configure(workers=0, memory=0)
    assert (libsafe.workers(), libsafe.memory()) == before


def test_features() -> None:
    assert libsafe.feature("mem") and libsafe.feature("file") and not libsafe.feature("nonsense")


def test_types(tmp_path: pathlib.Path) -> None:
    """mypy --strict over the package, its generated stub and these tests."""
    pytest.importorskip("mypy")
    package = pathlib.Path(libsafe.__file__).parent
    files = [str(path) for path in HERE.glob("*.py")]
    environment = dict(os.environ, MYPYPATH=str(package.parent))
    command = [sys.executable, "-m", "mypy", "--strict", f"--cache-dir={tmp_path}", "-p", "libsafe"]
    checked = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert checked.returncode == 0, checked.stdout
    command[-2:] = files
    checked = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert checked.returncode == 0, checked.stdout


def test_the_readmes_tour() -> None:
    tour = subprocess.run([sys.executable, str(HERE / "readme_tour.py")], capture_output=True, text=True)
    assert tour.returncode == 0, tour.stderr
