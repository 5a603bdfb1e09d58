"""What all tests share: vaults, content, and the proof after each test that nothing is left behind."""

from __future__ import annotations

import gc
import pathlib
import random
from typing import Iterator

import pytest

import libsafe

MIB = 1 << 20


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "error")


@pytest.fixture(autouse=True)
def no_handle_is_left() -> Iterator[None]:
    yield
    gc.collect()
    assert libsafe.live_handles() == 0


@pytest.fixture
def client() -> Iterator[libsafe.Client]:
    with libsafe.connect("mem:") as connected:
        yield connected


@pytest.fixture
def vault_url(tmp_path: pathlib.Path) -> str:
    return f"file:{tmp_path}/vault"


def content(size: int, seed: int = 1) -> bytes:
    """Random bytes; the same for the same size and seed."""
    return random.Random(seed * 1_000_003 + size).randbytes(size)
