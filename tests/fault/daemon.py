"""A vault daemon for tests: the tool's, on ports of its own that it keeps when it is started again. Clients that are made after it trust its
certificate."""

from __future__ import annotations

import os
import pathlib
import re
import signal
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
        self.ports = dict.fromkeys((*SCHEMES, "http"), 0)
        self._process: Optional[subprocess.Popen[str]] = None
        self.start()

    def start(self) -> None:
        listen = [word for scheme, port in self.ports.items() for word in ("--listen", f"{scheme}://127.0.0.1:{port}")]
        self._process = subprocess.Popen([*self.command, *listen], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        for scheme in self.ports:
            line = self._process.stdout.readline().strip()
            found = re.fullmatch(scheme + r"://127\.0\.0\.1:(\d+)/?(?:#\w+)?", line)
            if not found:
                raise RuntimeError(f"the daemon said {line!r} instead of its URL, and ended with {self._process.poll()}")
            if self.urls.setdefault(scheme, line) != line:
                raise RuntimeError(f"the daemon's URL was {self.urls[scheme]}, and is {line} after a restart")
            self.ports[scheme] = int(found[1])

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
        status = self._process.wait(30)
        self._process.stdout.close()
        return status

    def __enter__(self) -> "Daemon":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self._folder.cleanup()
