"""Secure sessions, written from docs/protocol.md alone, without our code. Both sides, as bytes in and bytes out."""

import hashlib
import struct

import msgpack
import sodium
from blake3 import blake3

DIGITS = "ybndrfg8ejkmcpqxot1uwisza345h769"
HELLO, ANSWER, SIGNATURE, HEADER, PROOF = 64, 64, 64, 24, 256
RECORD_HEAD, SEAL = 4, 17
LONGEST_PLAIN = 65536 - RECORD_HEAD - SEAL


def key_text(key):
    body = b"\1" + key
    body += blake3(b"safe-vault-key-1" + body)[:2]
    number = int.from_bytes(body, "big")
    return "".join(DIGITS[number >> shift & 31] for shift in range(275, -1, -5))


def parse_key(text):
    if len(text) != 56:
        raise ValueError("a vault key has 56 characters")
    number = 0
    for digit in text:
        number = number << 5 | DIGITS.index(digit)
    key = number.to_bytes(35, "big")[1:33]
    if key_text(key) != text:
        raise ValueError("not a vault key")
    return key


def filled(value, size):
    return msgpack.pack(value).ljust(size, b"\0")


def transcript(said, vault):
    return hashlib.blake2b(b"safe-session-1" + said + vault).digest()


def mixed(shared, said, label):
    return hashlib.blake2b(said + label, key=shared, digest_size=32).digest()


def record(sealer, plain, tag=sodium.MESSAGE):
    sealed = sealer.push(plain, tag)
    return struct.pack(">HH", len(sealed), len(sealed) ^ 0xFFFF) + sealed


class Side:
    """random: a function that gives so many bytes."""

    def __init__(self, random):
        self.random = random
        self.secret = random(32)
        self.public = sodium.x25519_public(self.secret)

    def take_keys(self, to_server, to_client, said, is_client):
        to_server = mixed(to_server, said, b"client to server")
        to_client = mixed(to_client, said, b"server to client")
        self.out_key, self.in_key = (to_server, to_client) if is_client else (to_client, to_server)

    def proof(self, value):
        header = self.random(HEADER)
        self.sealer = sodium.SecretStream(self.out_key, header)
        return header + record(self.sealer, filled(value, PROOF))

    def other_proof(self, data):
        self.opener = sodium.SecretStream(self.in_key, data[:HEADER])
        plain, tag = self.opener.pull(data[HEADER + RECORD_HEAD:])
        assert tag == sodium.MESSAGE and len(plain) == PROOF
        return msgpack.unpack(plain)[0]


class Client(Side):
    def hello(self):
        self.said = filled([[1], self.public], HELLO)
        return self.said

    def identity(self, answer, vault, me=None):
        said = transcript(self.said + answer[:ANSWER], vault)
        version, theirs = msgpack.unpack(answer)[0]
        assert version == 1
        sodium.verify(vault, b"safe-session-1 server" + said, answer[ANSWER:])
        to_client, to_server = sodium.kx("client", self.public, self.secret, theirs)
        self.take_keys(to_server, to_client, said, True)
        proven = transcript(self.said + answer, vault)
        return self.proof([me.public, me.sign(b"safe-session-1 client" + proven)] if me else [None, None])

    def check(self, verdict):
        code, reason = self.other_proof(verdict)
        if code:
            raise RuntimeError(f"refused with {-code}: {reason}")


class Server(Side):
    def answer(self, hello, vault):
        versions, theirs = msgpack.unpack(hello)[0]
        assert 1 in versions
        answer = filled([1, self.public], ANSWER)
        said = transcript(hello + answer, vault.public)
        to_server, to_client = sodium.kx("server", self.public, self.secret, theirs)
        self.take_keys(to_server, to_client, said, False)
        answer += vault.sign(b"safe-session-1 server" + said)
        self.proven = transcript(hello + answer, vault.public)
        return answer

    def verdict(self, identity, code=0, reason=""):
        self.peer, signature = self.other_proof(identity)
        if self.peer is not None:
            sodium.verify(self.peer, b"safe-session-1 client" + self.proven, signature)
        return self.proof([code, reason])
