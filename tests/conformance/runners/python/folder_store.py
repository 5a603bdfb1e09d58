"""A store of the program's own: values are files of a folder, named by their keys. Any number of processes may use it."""

from __future__ import annotations

import os
import pathlib
import threading
from typing import List, Optional, Tuple
from urllib.parse import quote, unquote

import libsafe


class FolderStore:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.open = threading.Event()  # while it is not set, reads wait
        self.open.set()

    def opened(self, create: bool) -> "FolderStore":
        if not create and not self.folder.is_dir():
            raise libsafe.StoreError(libsafe._safe.SAFE_STORE_MISSING, "SAFE_STORE_MISSING", "there is no such folder")
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def _path(self, key: str) -> pathlib.Path:
        return self.folder / quote(key, safe="")

    def _new(self, key: str, value: bytes) -> pathlib.Path:
        path = self.folder / f".{os.getpid()}-{threading.get_ident()}-{quote(key, safe='')}"
        path.write_bytes(value)
        return path

    def create(self, key: str, value: bytes) -> bool:
        new = self._new(key, value)
        try:
            os.link(new, self._path(key))
            return True
        except FileExistsError:
            return False
        finally:
            new.unlink()

    def replace(self, key: str, value: bytes) -> None:
        self._new(key, value).replace(self._path(key))

    def get(self, key: str, offset: int, length: int) -> Optional[bytes]:
        self.open.wait()
        try:
            return self._path(key).read_bytes()[offset : offset + length]
        except FileNotFoundError:
            return None

    def exists(self, key: str) -> bool:
        return self._path(key).exists()

    def list(self, prefix: str, after: str, limit: int) -> Tuple[List[Tuple[str, int]], bool]:
        keys = sorted(unquote(name) for name in os.listdir(self.folder) if not name.startswith("."))
        found = [key for key in keys if key.startswith(prefix) and key > after]
        return [(key, self._path(key).stat().st_size) for key in found[:limit]], len(found) > limit

    def remove(self, key: str) -> bool:
        try:
            self._path(key).unlink()
            return True
        except FileNotFoundError:
            return False

    def figures(self, prefix: str) -> libsafe.ports.Figures:
        sizes = [os.path.getsize(self.folder / name) for name in os.listdir(self.folder) if unquote(name).startswith(prefix)]
        return libsafe.ports.Figures(len(sizes), sum(sizes))

    def close(self) -> None:
        pass
