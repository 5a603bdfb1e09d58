"""One vault daemon that all languages reach over the network, each by a transport that it has."""

from __future__ import annotations

import pathlib
import subprocess
from typing import Dict


class Daemon:
    def __init__(self, build: pathlib.Path, vault: pathlib.Path) -> None:
        command = [str(build / "bin/safe"), "vault", "serve", "--store", f"file:{vault}", "--listen", "tcp://127.0.0.1:0",
                   "--listen", "ws://127.0.0.1:0/"]  # fmt: skip
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout
        self.urls: Dict[str, str] = {}
        for _ in range(2):
            url = self._process.stdout.readline().strip()
            self.urls[url.split(":")[0]] = url
        if sorted(self.urls) != ["tcp", "ws"]:
            raise RuntimeError(f"the daemon listens at {self.urls}, and ended with {self._process.poll()}")

    def close(self) -> None:
        self._process.terminate()
        status = self._process.wait(60)
        assert self._process.stdout
        self._process.stdout.close()
        if status:
            raise RuntimeError(f"the daemon ended with {status}")
