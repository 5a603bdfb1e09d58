"""A vault that lies: it has a key of its own and speaks the protocol as it should, but what it says of what another vault holds is not so.

Written from docs/protocol.md with the parts of tests/protocol, without our code.
"""

from __future__ import annotations

import os
import pathlib
import socket
import struct
import sys
import threading
from typing import Callable, List, Optional, Tuple

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "protocol"))
import client as vaults  # noqa: E402
import msgpack  # noqa: E402
import session  # noqa: E402
import sodium  # noqa: E402
import websocket  # noqa: E402,F401

Header = Tuple[object, ...]
Answer = Tuple[Header, bytes]
# The question's header, its payload, what asks the other vault; gives what this one says.
Lie = Callable[[Header, bytes, Callable[[], Answer]], Answer]


class Conversation:
    """With one client."""

    def __init__(self, liar: "Liar", connection: socket.socket) -> None:
        self.liar, self.connection = liar, connection
        self.truth = vaults.Client(liar.url, liar.me)

    def exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = self.connection.recv(size - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def shake_hands(self) -> None:
        side = session.Server(os.urandom)
        self.connection.sendall(side.answer(self.exactly(session.HELLO), self.liar.key))
        identity = self.exactly(session.HEADER + session.RECORD_HEAD + session.PROOF + session.SEAL)
        self.connection.sendall(side.verdict(identity))
        self.sealer, self.opener = side.sealer, side.opener

    def frames(self):
        got = b""
        while True:
            size, _ = struct.unpack(">HH", self.exactly(session.RECORD_HEAD))
            plain, tag = self.opener.pull(self.exactly(size))
            if tag == sodium.FINAL:
                return
            got += plain
            while len(got) >= vaults.HEAD.size:
                _, kind, number, _, header, payload = vaults.HEAD.unpack(got[: vaults.HEAD.size])
                end = vaults.HEAD.size + header + payload
                if len(got) < end:
                    break
                body, got = got[vaults.HEAD.size : end], got[end:]
                yield kind, number, body[:header], body[header:]

    def true_answer(self, header: Header, payload: bytes) -> Answer:
        try:
            return self.truth.ask(*header, payload=payload)
        except vaults.Failure as failure:
            return (4, -failure.code, str(failure), []), b""

    def answer(self, asked: Header, payload: bytes) -> Answer:
        if not self.liar.lie:
            return self.true_answer(asked, payload)
        return self.liar.lie(asked, payload, lambda: self.true_answer(asked, payload))

    def say(self, number: int, answer: Answer) -> None:
        header, payload = answer
        data = vaults.frame(vaults.REPLY, number, msgpack.pack([1, *header]), payload)
        for at in range(0, len(data), session.LONGEST_PLAIN):
            self.connection.sendall(session.record(self.sealer, data[at : at + session.LONGEST_PLAIN]))

    def run(self) -> None:
        try:
            self.shake_hands()
            for kind, number, header, payload in self.frames():
                if kind != vaults.REQUEST:
                    continue
                asked = tuple(msgpack.unpack(header)[0][1:])
                self.say(number + self.liar.miscount, self.answer(asked, payload))
        except (EOFError, OSError, sodium.Failed, AssertionError):
            pass  # whoever was lied to may go
        finally:
            self.connection.close()
            self.truth.socket.close()


class Liar:
    def __init__(self, url: str) -> None:
        self.url = url  # of the vault that has what this one lies about
        self.key = sodium.SigningKey(os.urandom(32))
        self.me = sodium.SigningKey(os.urandom(32))
        self.lie: Optional[Lie] = None
        self.miscount = 0  # added to the numbers of calls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._conversations: List[Conversation] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def own_url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}#{session.key_text(self.key.public)}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            conversation = Conversation(self, connection)
            self._conversations.append(conversation)
            threading.Thread(target=conversation.run, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        for conversation in self._conversations:
            try:
                conversation.connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
