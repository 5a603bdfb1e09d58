#!/usr/bin/env python3
"""The vectors of docs/protocol.md, "Secure session", made by the client of this folder.

  vectors.py           prints them
  vectors.py --check   says whether the document has them
"""

import sys
import textwrap
from pathlib import Path

import session
import sodium

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/protocol.md"


def counting(first):
    """What stands for random bytes: first, first + 1, ..."""
    def take(size):
        nonlocal first
        first += size
        return bytes((first - size + i) % 256 for i in range(size))
    return take


def conversation(me):
    vault = sodium.SigningKey(bytes(range(0x40, 0x60)))
    client, server = session.Client(counting(0)), session.Server(counting(0x80))
    hello = client.hello()
    answer = server.answer(hello, vault)
    identity = client.identity(answer, vault.public, me)
    verdict = server.verdict(identity)
    client.check(verdict)
    assert server.peer == (me.public if me else None)
    return vault, client, server, hello, answer, identity, verdict


def vectors():
    me = sodium.SigningKey(bytes(range(0x60, 0x80)))
    vault, client, server, hello, answer, identity, verdict = conversation(me)
    anonymous = conversation(None)[5]
    yield "vault key", session.key_text(vault.public)
    yield "hello", hello
    yield "answer", answer
    yield "identity", identity
    yield "identity of an anonymous client", anonymous
    yield "verdict", verdict
    yield "record", session.record(client.sealer, b"hello")
    yield "farewell", session.record(server.sealer, b"", sodium.FINAL)


def text():
    lines = []
    for name, value in vectors():
        lines.append(name + ":")
        lines += textwrap.wrap(value if isinstance(value, str) else value.hex(), 120)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] != ["--check"]:
        print(text(), end="")
    elif text() not in DOCUMENT.read_text():
        sys.exit(f"{DOCUMENT} does not have the vectors that {sys.argv[0]} prints")
