"""A client of vaults in plain Python, written from docs/protocol.md and docs/formats.md alone, without our code."""

import os
import socket
import struct

import msgpack
import session
import sodium
import websocket
from blake3 import blake3

REQUEST, REPLY, CANCEL, ALIVE, GOING = 1, 2, 3, 4, 5
HEAD = struct.Struct(">BBQIII")
GET_CHUNK, PUT_CHUNK, HAS_CHUNK, PUT_RECORD, GET_RECORD, LIST_RECORDS, HOLD, RELEASE = range(1, 9)
NEWEST = 2**64 - 1


class Failure(Exception):
    def __init__(self, code, message, details):
        super().__init__(f"{code}: {message}")
        self.code, self.details = code, details


class Ended(Exception):
    """The connection ended; `farewell` says whether the other side said so."""

    def __init__(self, farewell):
        super().__init__("with a farewell" if farewell else "without a farewell")
        self.farewell = farewell


def frame(kind, number=0, header=b"", payload=b"", deadline=0, version=2):
    return HEAD.pack(version, kind, number, deadline, len(header), len(payload)) + header + payload


def connect(place, timeout=30):
    scheme, _, rest = place.partition("://")
    host, slash, path = rest.partition("/")
    name, port = host.rsplit(":", 1)
    stream = socket.create_connection((name.strip("[]"), int(port)), timeout)
    return stream if scheme == "tcp" else websocket.WebSocket(stream, host, slash + path)


class Client:
    """url: tcp://host:port#key or ws://host:port/path#key. me: a SigningKey, or None for an anonymous client."""

    def __init__(self, url, me=None, key=None, timeout=30):
        place, text = url.split("#")
        self.socket = connect(place, timeout)
        self.got = b""  # frames, or parts of them
        self.number = 0
        self.replies = {}
        self.others = []  # kinds of frames that came and are no replies
        vault = key or session.parse_key(text)
        side = session.Client(os.urandom)
        self.socket.sendall(side.hello())
        answer = self.exactly(session.ANSWER + session.SIGNATURE)
        self.socket.sendall(side.identity(answer, vault, me))
        side.check(self.exactly(session.HEADER + session.RECORD_HEAD + session.PROOF + session.SEAL))
        self.sealer, self.opener = side.sealer, side.opener

    # --- bytes ---

    def exactly(self, size):
        data = b""
        while len(data) < size:
            piece = self.socket.recv(size - len(data))
            if not piece:
                raise Ended(False)
            data += piece
        return data

    def say(self, data, piece=session.LONGEST_PLAIN):
        for at in range(0, len(data), piece):
            self.socket.sendall(session.record(self.sealer, data[at:at + piece]))

    def hear(self):
        size, turned = struct.unpack(">HH", self.exactly(session.RECORD_HEAD))
        assert size ^ turned == 0xFFFF and size <= 65536 - session.RECORD_HEAD
        plain, tag = self.opener.pull(self.exactly(size))
        if tag == sodium.FINAL:
            assert not plain
            raise Ended(True)
        assert plain
        self.got += plain

    def close(self):
        self.socket.sendall(session.record(self.sealer, b"", sodium.FINAL))
        self.socket.close()

    # --- frames ---

    def next_frame(self):
        """(kind, number, header, payload)"""
        while len(self.got) < HEAD.size:
            self.hear()
        version, kind, number, deadline, header, payload = HEAD.unpack(self.got[:HEAD.size])
        assert version == 2 and deadline == 0
        while len(self.got) < HEAD.size + header + payload:
            self.hear()
        body, self.got = self.got[HEAD.size:HEAD.size + header + payload], self.got[HEAD.size + header + payload:]
        return kind, number, body[:header], body[header:]

    def request(self, *header, payload=b"", deadline=0):
        """(number, frame)"""
        self.number += 1
        return self.number, frame(REQUEST, self.number, msgpack.pack([1, *header]), payload, deadline)

    def ask(self, *header, payload=b"", deadline=0, piece=session.LONGEST_PLAIN):
        number, data = self.request(*header, payload=payload, deadline=deadline)
        self.say(data, piece)
        return self.reply(number)

    def reply(self, wanted):
        """(what the reply says, payload); replies to others are kept."""
        while wanted not in self.replies:
            kind, number, header, payload = self.next_frame()
            if kind != REPLY:
                assert number == 0 and not header and not payload
                self.others.append(kind)
                continue
            assert number not in self.replies
            value, used = msgpack.unpack(header)
            assert used == len(header) and value[0] == 1
            self.replies[number] = value[1:], payload
        (kind, *rest), payload = self.replies.pop(wanted)
        if kind == 4:
            raise Failure(-rest[0], rest[1], rest[2])
        return (kind, *rest), payload

    # --- what a vault does ---

    def put_chunk(self, data, **options):
        address = blake3(data)
        reply, _ = self.ask(PUT_CHUNK, address, payload=data, **options)
        assert reply[0] == 1
        return address, reply[1]

    def get_chunk(self, address):
        reply, data = self.ask(GET_CHUNK, address)
        assert reply == (0,) and blake3(data) == address
        return data

    def has_chunk(self, address):
        return self.ask(HAS_CHUNK, address)[0][1]

    def put_record(self, key, label, version, previous, value):
        stored = b"\1" + msgpack.pack([key.public, label, version, os.urandom(16), previous, value])
        stored += key.sign(b"safe-record-1" + stored)
        assert self.ask(PUT_RECORD, payload=stored)[0] == (1, True)
        return stored

    def get_record(self, address, version=NEWEST):
        return check_record(self.ask(GET_RECORD, address, version)[1], address)

    def list_records(self, address, before=NEWEST, limit=10):
        (kind, sizes, more), data = self.ask(LIST_RECORDS, address, before, limit)
        assert kind == 3 and sum(sizes) == len(data)
        records = []
        for size in sizes:
            records.append(check_record(data[:size], address))
            data = data[size:]
        return records, more


def record_address(owner, label):
    return blake3(b"safe-record-1" + owner + label.encode())


def check_record(stored, address):
    """(version, previous, value)"""
    body, signature = stored[:-64], stored[-64:]
    (owner, label, version, _, previous, value), used = msgpack.unpack(body[1:])
    assert body[0] == 1 and used == len(body) - 1 and record_address(owner, label) == address
    sodium.verify(owner, b"safe-record-1" + body, signature)
    return version, previous, value
