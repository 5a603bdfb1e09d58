#!/usr/bin/env python3
"""Kills the daemon and its clients at random moments, under load: nothing that was acknowledged may be lost, and every client that
survives goes on by itself.

  kills.py --build DIR [--kills N]
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from typing import Dict, List, Tuple

import libsafe

import trial
from daemon import SCHEMES, Daemon

CLIENTS = 4
PATIENCE = 60  # seconds for a client to go on, on a machine that does many other things


def connected(url: str) -> libsafe.Client:
    """The first connection is not tried again by the library."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return libsafe.connect(url)
        except libsafe.SafeError as error:
            if not error.retryable or time.monotonic() > end:
                raise
            time.sleep(0.05)


def work(url: str, log: str, seed: int) -> None:
    """What each client does until it is killed: puts content and records, and notes what was acknowledged."""
    chance = random.Random(seed)
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(*words: object) -> None:
        os.write(out, (" ".join(map(str, words)) + "\n").encode())

    with connected(url) as client:
        key = libsafe.Key.generate()
        version = -1
        while True:
            try:
                if chance.random() < 0.5:
                    data = chance.randbytes(chance.choice((10, 3000, 200_000, 1_500_000)))
                    receipt = client.put(data)
                    note("content", receipt.link, hashlib.sha256(data).hexdigest())
                else:
                    value = str(version + 1).encode()
                    if version < 0:
                        record = client.create_record(key, "counter", value)
                    else:
                        record = client.set_record(key, "counter", version + 1, value)
                    version += 1
                    note("record", record.address.hex(), version)
            except libsafe.SafeError as error:
                if not error.retryable:
                    note("FAILED", error)
                    raise
                note("failed", error)
                while True:  # it may have been done: what is there now counts
                    try:
                        version = client.get_record(libsafe.record_address(key.public, "counter")).version
                        break
                    except libsafe.SafeError as again:
                        note("failed", again)
                        if not again.retryable:
                            break


class Client:
    def __init__(self, number: int, folder: pathlib.Path, url: str, chance: random.Random) -> None:
        self.log = folder / f"client-{number}"
        command = [sys.executable, "-B", __file__, "--work", url, str(self.log), str(chance.randrange(1 << 32))]
        self.process = subprocess.Popen(command)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def acknowledged(self) -> int:
        return sum(line.startswith(("content", "record")) for line in self.log.read_text().splitlines()) if self.log.exists() else 0


def goes_on(client: Client) -> None:
    """Waits until it has had something acknowledged from now on."""
    before, end = client.acknowledged(), time.monotonic() + PATIENCE
    while client.acknowledged() == before:
        if client.process.poll() is not None:
            sys.exit(f"kills: a client ended by itself, status {client.process.returncode}: {client.log.read_text()[-500:]}")
        if time.monotonic() > end:
            sys.exit(f"kills: a client did nothing for {PATIENCE} s: {client.log.read_text()[-500:]}")
        time.sleep(0.02)


def check(url: str, logs: List[pathlib.Path]) -> Tuple[int, int]:
    """Everything that was acknowledged is there."""
    contents = records = 0
    newest: Dict[str, int] = {}
    with libsafe.connect(url) as client:
        for log in logs:
            for line in log.read_text().splitlines():
                words = line.split(" ")
                if words[0] == "content":
                    data = client.get(words[1])
                    if hashlib.sha256(data).hexdigest() != words[2]:
                        sys.exit(f"kills: {words[1]} has other bytes than it was put with")
                    contents += 1
                elif words[0] == "record":
                    newest[words[1]] = max(newest.get(words[1], 0), int(words[2]))
                    records += 1
                elif words[0] == "FAILED":
                    sys.exit(f"kills: {line}")
        for address, version in newest.items():
            for one in {version, version // 2, 0}:
                if client.get_record(bytes.fromhex(address), one).value != str(one).encode():
                    sys.exit(f"kills: version {one} of record {address} is another")
    return contents, records


def main() -> None:
    parser = trial.arguments(__doc__)
    parser.add_argument("--kills", type=int, default=500 if trial.FULL else 25)
    args = parser.parse_args()
    chance = trial.chance()
    daemons = killed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with Daemon(args.build, f"file:{folder}/vault") as daemon:
            clients = [Client(number, folder, daemon.urls[chance.choice(SCHEMES)], chance) for number in range(CLIENTS)]
            logs = [client.log for client in clients]
            try:
                for number in range(args.kills):
                    goes_on(chance.choice(clients))
                    time.sleep(chance.random() * 0.1)
                    if chance.random() < 0.8:
                        daemon.kill()
                        time.sleep(chance.choice((0, 0, 0.2, 1)))
                        daemon.start()
                        daemons += 1
                    else:
                        at = chance.randrange(CLIENTS)
                        clients[at].kill()
                        clients[at] = Client(CLIENTS + number, folder, daemon.urls[chance.choice(SCHEMES)], chance)
                        logs.append(clients[at].log)
                        killed += 1
                for client in clients:
                    goes_on(client)
            finally:
                for client in clients:
                    client.kill()
            contents, records = check(daemon.urls["tcp"], [log for log in logs if log.exists()])
    print(f"{daemons} kills of the daemon, {killed} kills of clients; {contents} contents and {records} records were acknowledged, all are there")


if __name__ == "__main__":
    if "--work" in sys.argv:
        at = sys.argv.index("--work")
        work(sys.argv[at + 1], sys.argv[at + 2], int(sys.argv[at + 3]))
    main()
