"""A daemon of the tool's, for what measures or watches it."""

import subprocess

SCHEMES = ["tcp", "ws"]


class Served:
    """`urls`: by scheme."""

    def __init__(self, safe, store="mem:"):
        listen = [word for scheme in SCHEMES for word in ("--listen", f"{scheme}://127.0.0.1:0")]
        self.process = subprocess.Popen([str(safe), "vault", "serve", "--store", store, *listen],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.urls = {scheme: self.process.stdout.readline().strip() for scheme in SCHEMES}

    @property
    def pid(self):
        return self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(90)  # it waits 30 s itself for what runs
        self.process.stdout.close()
