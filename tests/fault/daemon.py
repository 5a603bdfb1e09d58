"""A vault daemon for tests: the tool's, on ports of its own that it keeps when it is started again. Clients that are made after it trust its
certificate."""

from __future__ import annotations

import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
from typing import Dict, Optional


PLAIN = ("tcp", "ws")
SCHEMES = (*PLAIN, "wss")  # of sessions; and there is a gateway


class Daemon:
    def __init__(self, build: pathlib.Path, store: str, *options: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        certificate, key = (str(pathlib.Path(self._folder.name) / name) for name in ("own.crt", "own.key"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=own", "-addext", "subjectAltName=IP:127.0.0.1", "-out", certificate, "-keyout", key],
                       check=True, stderr=subprocess.DEVNULL)
        os.environ["SSL_CERT_FILE"] = certificate
        tls = ("--cert", certificate, "--key-file", key)
        self.command = [str(build / "bin" / "safe"), "vault", "serve", "--store", store, *tls, *options]
        self.urls: Dict[str, str] = {}
        # Bound here too, where nobody listens: while the daemon is down no other process is given one of its ports.
        self._kept = {scheme: socket.socket() for scheme in (*SCHEMES, "http")}
        for one in self._kept.values():
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind(("127.0.0.1", 0))
        self.ports: Dict[str, int] = {scheme: one.getsockname()[1] for scheme, one in self._kept.items()}
        self._process: Optional[subprocess.Popen[str]] = None
        self.start()

    def start(self) -> None:
        listen = [word for scheme, port in self.ports.items() for word in ("--listen", f"{scheme}://127.0.0.1:{port}")]
        self._process = subprocess.Popen([*self.command, *listen], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        for scheme in self.ports:
            line = self._process.stdout.readline().strip()
            if not re.fullmatch(rf"{scheme}://127\.0\.0\.1:{self.ports[scheme]}/?(?:#\w+)?", line):
                raise RuntimeError(f"the daemon said {line!r} instead of its URL, and ended with {self._process.poll()}")
            if self.urls.setdefault(scheme, line) != line:
                raise RuntimeError(f"the daemon's URL was {self.urls[scheme]}, and is {line} after a restart")

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def kill(self) -> None:
        self.end(signal.SIGKILL)

    def end(self, number: int = signal.SIGTERM) -> int:
        assert self._process and self._process.stdout
        if self._process.poll() is None:
            os.kill(self._process.pid, number)
        status = self._process.wait(90)  # it waits 30 s itself for what runs
        self._process.stdout.close()
        return status

    def __enter__(self) -> "Daemon":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        for one in self._kept.values():
            one.close()
        self._folder.cleanup()
