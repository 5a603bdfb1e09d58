#!/usr/bin/env python3
"""Has a client ask every question of a vault that lies in every way of lies.txt, and compares what comes of it with what is written there.

  lies.py --build DIR [--only LIE[,LIE]]
"""

from __future__ import annotations

import pathlib
import random
import sys
import tempfile
from typing import Callable, Dict, List, Tuple

import libsafe

import trial
from daemon import Daemon
from liar import Answer, Header, Liar, Lie, vaults

HERE = pathlib.Path(__file__).parent
PATIENCE = 10.0  # seconds that clients wait for the network: no lie here is a silence, a busy machine may be one
BYTES = (vaults.GET_CHUNK, vaults.GET_RECORD, vaults.LIST_RECORDS)  # what is answered with bytes
NO_SUCH_DATA = 103


def changed(change: Callable[[bytes], bytes]) -> Lie:
    """Answers with other bytes, but as many as the header says are there."""

    def lie(asked: Header, payload: bytes, tell: Callable[[], Answer]) -> Answer:
        header, data = tell()
        if asked[0] not in BYTES or not data:
            return header, data
        told = change(data)
        if asked[0] == vaults.LIST_RECORDS:
            header = (header[0], [*header[1][:-1], header[1][-1] + len(told) - len(data)], header[2])
        return header, told

    return lie


class Lies:
    """Each gives a vault's answer to what it was asked."""

    def __init__(self, chunk: bytes, record: bytes, old: bytes) -> None:
        self.chunk, self.record, self.old = chunk, record, old
        self.flip = changed(lambda data: data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :])
        self.cut = changed(lambda data: data[:-1])

    @staticmethod
    def none(asked: Header, payload: bytes, tell: Callable[[], Answer]) -> Answer:
        return tell()

    def other(self, asked: Header, payload: bytes, tell: Callable[[], Answer]) -> Answer:
        if asked[0] == vaults.GET_CHUNK:
            return (0,), self.chunk
        if asked[0] == vaults.GET_RECORD:
            return (0,), self.record
        if asked[0] == vaults.LIST_RECORDS:
            return (3, [len(self.record)], False), self.record
        return tell()

    def first_version(self, asked: Header, payload: bytes, tell: Callable[[], Answer]) -> Answer:
        if asked[0] == vaults.GET_RECORD and asked[2] == vaults.NEWEST:
            return (0,), self.old
        if asked[0] == vaults.LIST_RECORDS:
            return (3, [len(self.old)], False), self.old
        return tell()

    @staticmethod
    def absent(asked: Header, payload: bytes, tell: Callable[[], Answer]) -> Answer:
        if asked[0] == vaults.HAS_CHUNK:
            return (1, False), b""
        return ((4, NO_SUCH_DATA, "there is none", []), b"") if asked[0] in BYTES else tell()

    @staticmethod
    def has_all(asked: Header, payload: bytes, tell: Callable[[], Answer]) -> Answer:
        return ((1, asked[0] == vaults.HAS_CHUNK), b"") if asked[0] in (vaults.HAS_CHUNK, vaults.PUT_CHUNK) else tell()

    @staticmethod
    def forgets(asked: Header, payload: bytes, tell: Callable[[], Answer]) -> Answer:
        return ((1, True), b"") if asked[0] in (vaults.PUT_CHUNK, vaults.PUT_RECORD) else tell()

    @staticmethod
    def wrong_kind(asked: Header, payload: bytes, tell: Callable[[], Answer]) -> Answer:
        header, data = tell()
        return ((1, True), b"") if header[0] in (0, 3) else ((2, 7), b"") if header[0] == 1 else (header, data)

    @staticmethod
    def no_answer(asked: Header, payload: bytes, tell: Callable[[], Answer]) -> Answer:
        return (4, 99_999, "what is that?", []), b""

    @staticmethod
    def garbage(asked: Header, payload: bytes, tell: Callable[[], Answer]) -> Answer:
        return ("what", "is", {}), b""


class Client:
    """One client of the liar, who has told the truth until now, and its questions."""

    def __init__(self, liar: Liar, honest: libsafe.Client, chance: random.Random) -> None:
        self.liar, self.honest, self.chance = liar, honest, chance
        self.one = libsafe.connect(liar.own_url)
        self.one.set_timeout(PATIENCE)
        self.key, self.data = libsafe.Key.generate(), chance.randbytes(5_000)
        self.link = honest.put(self.data).link
        self.chunk = honest.chunk_put(self.data[:1000])
        self.record = honest.create_record(self.key, "r", b"0").address
        honest.set_record(self.key, "r", 1, b"1")

    def exists(self) -> bool:
        return self.one.chunk_exists(self.chunk)

    def get(self) -> bool:
        return self.one.get(self.link) == self.data

    def down(self) -> bool:
        with self.one.open(self.link) as reader:
            return reader.read() == self.data

    def put(self, verify: bool = False) -> bool:
        data = self.chance.randbytes(5_000)
        link = self.one.put(data, verify=verify).link
        try:
            return self.honest.get(link) == data
        except libsafe.SafeError:
            return False

    def verify(self) -> bool:
        return self.put(verify=True)

    def newest(self) -> bool:
        return self.one.get_record(self.record).value == b"1"

    def first(self) -> bool:
        return self.one.get_record(self.record, 0).value == b"0"

    def history(self) -> bool:
        return [record.value for record in self.one.list_records(self.record)] == [b"1", b"0"]

    def set(self) -> bool:
        self.one.set_record(self.key, "r", 2, b"2")
        return self.honest.get_record(self.record).value == b"2"

    def ask(self, question: str) -> str:
        try:
            return "ok" if getattr(self, question)() else "believed"
        except libsafe.SafeError as error:
            return error.name.removeprefix("SAFE_")


def table() -> Tuple[List[str], Dict[str, List[str]]]:
    rows = [line.split() for line in (HERE / "lies.txt").read_text().splitlines() if line and not line.startswith("#")]
    return rows[0][1:], {row[0]: row[1:] for row in rows[1:]}


def tell(liar: Liar, honest: libsafe.Client, truth: vaults.Client, other: bytes, name: str, question: str, seed: int) -> str:
    client = Client(liar, honest, random.Random(seed))
    old = truth.ask(vaults.GET_RECORD, client.record, 0)[1]
    lies = Lies(b"another chunk", other, old)
    try:
        if name == "older":
            client.newest()
        liar.miscount = 1_000 if name == "miscounts" else 0
        liar.lie = None if liar.miscount else getattr(lies, {"old": "first_version", "older": "first_version"}.get(name, name.replace("-", "_")))
        return client.ask(question)
    finally:
        liar.lie, liar.miscount = None, 0
        client.one.close()


def main() -> int:
    parser = trial.arguments(__doc__)
    parser.add_argument("--only", help="lies, separated by commas")
    args = parser.parse_args()
    chance = trial.chance()
    questions, rows = table()
    wrong = tried = 0
    with tempfile.TemporaryDirectory() as folder, Daemon(args.build, f"file:{folder}/vault") as daemon:
        honest = libsafe.connect(daemon.urls["tcp"])
        liar = Liar(daemon.urls["tcp"])
        truth = vaults.Client(daemon.urls["tcp"], liar.me)
        other = truth.put_record(liar.me, "other", 0, None, b"other")
        for name, allowed in rows.items():
            if args.only and name not in args.only.split(","):
                continue
            for question, outcome in zip(questions, allowed):
                got = tell(liar, honest, truth, other, name, question, chance.randrange(1 << 32))
                tried += 1
                if got != outcome:
                    wrong += 1
                    print(f"FAILED {question} of a vault that {name}: {got}, not {outcome}", flush=True)
        honest.close()
        truth.close()
        liar.close()
    return trial.ended(f"{tried} questions asked, {wrong} wrong", wrong)


if __name__ == "__main__":
    sys.exit(main())
