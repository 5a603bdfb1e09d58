#!/usr/bin/env python3
"""Writes what the fuzz targets start from, as docs/formats.md describes it and without our code.

  make_corpus.py            writes tests/fuzz/corpus/<target>/<name>
  make_corpus.py --check    says whether the files are what this script writes (files beside them are findings: kept)
"""

import hashlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "protocol"))
import websocket  # noqa: E402
from vectors import vectors  # noqa: E402

CORPUS = Path(__file__).resolve().parent / "corpus"
FILES = {}


def seed(target, name, data):
    FILES[CORPUS / target / name] = data


def hash_of(text):
    return hashlib.sha256(text.encode()).digest()


# --- MessagePack ---------------------------------------------------------------

def uint(value):
    if value < 0x80:
        return bytes([value])
    for kind, size in ((0xCC, 1), (0xCD, 2), (0xCE, 4), (0xCF, 8)):
        if value < 1 << 8 * size:
            return bytes([kind]) + value.to_bytes(size, "big")
    raise ValueError(value)


def array(count):
    return bytes([0x90 | count]) if count < 16 else b"\xdc" + count.to_bytes(2, "big")


def binary(data):
    return (b"\xc4" + bytes([len(data)]) if len(data) < 256 else b"\xc5" + len(data).to_bytes(2, "big")) + data


def string(text):
    data = text.encode()
    return (bytes([0xA0 | len(data)]) if len(data) < 32 else b"\xd9" + bytes([len(data)])) + data


# --- data maps -----------------------------------------------------------------

def chunks_of(count, size):
    return [(i, hash_of(f"address {i}"), hash_of(f"content {i}"), size) for i in range(count)]


def bincode(chunks, child=None):
    data = b"\x01" + len(chunks).to_bytes(8, "little")
    for index, address, content, size in chunks:
        data += index.to_bytes(8, "little") + address + content + size.to_bytes(8, "little")
    return data + (b"\0" if child is None else b"\1" + child.to_bytes(8, "little"))


def msgpack(chunks, child=None, as_binary=False):
    def hash32(data):
        return binary(data) if as_binary else array(32) + b"".join(map(uint, data))

    data = array(3) + uint(1) + array(len(chunks))
    for index, address, content, size in chunks:
        data += array(4) + uint(index) + hash32(address) + hash32(content) + uint(size)
    return data + (b"\xc0" if child is None else uint(child))


MAPS = {
    "one": (chunks_of(1, 1), None),
    "three": (chunks_of(3, 4190208), None),
    "three-of-map": (chunks_of(3, 110), 1),
    "deepest": (chunks_of(3, 110), 100),
    "twenty": (chunks_of(20, 4190208), None),
    "none": ([], None),
    "too-large-chunk": (chunks_of(3, 4194305), None),
    "index-gap": (chunks_of(3, 5)[::2], None),
    "too-deep": (chunks_of(1, 5), 101),
}
for name, (chunks, child) in MAPS.items():
    seed("datamap_bincode", name, bincode(chunks, child))
    seed("datamap_msgpack", name, msgpack(chunks, child))
seed("datamap_bincode", "huge-count", b"\x01" + b"\xff" * 8 + bytes(80))
seed("datamap_bincode", "other-version", b"\x02" + bincode(chunks_of(1, 1))[1:])
seed("datamap_msgpack", "binary-hashes", msgpack(chunks_of(3, 70000), 1, as_binary=True))
seed("datamap_msgpack", "huge-count", b"\x93\x01\xdd\xff\xff\xff\xff" + bytes(80))

seed("content", "empty", b"\x53\x92\x00\xc4\x00")
seed("content", "two-bytes", b"\x53\x92\x00" + binary(b"hi"))
seed("content", "most", b"\x53\x92\x00" + binary(bytes(1024)))
seed("content", "too-long", b"\x53\x92\x00" + binary(bytes(1025)))
seed("content", "future", b"\x53\x92\x07\xc0")
seed("content", "map", msgpack(chunks_of(3, 4190208)))
seed("content", "map-of-map", msgpack(chunks_of(3, 110), 1))
seed("content", "json", b'{"chunk_identifiers":[],"child":null}')


# --- links: texts (those of tests/unit/encoding/link_vectors.py), and fields without a checksum ----------------------

def number(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def sized(data):
    return number(len(data)) + data


ADDRESS = hash_of("address")
CHUNK = hash_of("address 0") + hash_of("content 0")
seed("link", "text-public", b"safe:public-aeaaaaicamcakbqhbaequcymbuha6earcijrifiwc4mbsgq3dqor4hylmfgrm")
seed("link", "text-private", b"safe:private-aeaaaatinfj2i627")
seed("link", "text-named", b"safe:public-aedqaaicamcakbqhbaequcymbuha6earcijrifiwc4mbsgq3dqor4h6imufwo4wdxtbz6zjoor4h"
     b"ictumv4hil3qnrqws3utkn5i2")
seed("link", "text-site", b"safe://example/index.html")
seed("link", "fields-bare", b"\1\0" + ADDRESS)
seed("link", "fields-full", b"\1\7" + ADDRESS + number(13000) + sized("grüße.txt".encode()) + sized(b"text/plain"))
seed("link", "fields-inline", b"\1\0\0" + sized(b"hi"))
seed("link", "fields-map", b"\1\2\1\3" + (CHUNK + number(4190208)) * 3 + sized(b"name"))
seed("link", "fields-map-of-map", b"\1\1\2" + number(1) + b"\3" + (CHUNK + number(110)) * 3 + number(12570625))
seed("link", "fields-longer-number", b"\1\1" + ADDRESS + b"\x80\0")
seed("link", "fields-four-chunks", b"\1\0\1\4" + (CHUNK + number(5)) * 4)


# --- secure sessions: the vectors of docs/protocol.md, made by tests/protocol; the first byte is the target's ------------

VECTORS = dict(vectors())
for first, name in ((b"\1", "in-one-piece"), (b"\x83", "in-small-pieces")):
    seed("handshake", f"client-{name}", first + VECTORS["hello"] + VECTORS["identity"] + VECTORS["record"])
    first = bytes([first[0] - 1])
    seed("handshake", f"vault-{name}", first + VECTORS["answer"] + VECTORS["verdict"] + VECTORS["farewell"])
seed("handshake", "client-anonymous", b"\1" + VECTORS["hello"] + VECTORS["identity of an anonymous client"])
seed("handshake", "http", b"\1GET / HTTP/1.1\r\n\r\n")

# --- WebSocket ---------------------------------------------------------------------------------------------------------

REQUEST = websocket.request("h:1", "/", b"dGhlIHNhbXBsZSBub25jZQ==")
ZERO = bytes(4)


def framed(opcode, payload=b"", flags=websocket.FIN):
    return websocket.frame(opcode, payload, flags, ZERO)


def unmasked(opcode, payload=b"", flags=websocket.FIN):
    return bytes([flags | opcode, len(payload)]) + payload


for name, first in (("in-one-piece", b"\1"), ("in-small-pieces", b"\x8b")):
    seed("websocket", f"client-{name}", first + b"\0" + REQUEST + framed(2, VECTORS["hello"]) + framed(2, bytes(1000)) +
         framed(9, b"ping") + framed(2, b"a", 0) + framed(10) + framed(0, b"", 0) + framed(0, b"b") + framed(8, b"\3\xe8"))
    first = bytes([first[0] - 1])
    seed("websocket", f"vault-{name}", first + b"\1" + unmasked(2, VECTORS["hello"]) + unmasked(9) + unmasked(2, b"a", 0) +
         unmasked(0, b"b") + unmasked(8, b"\3\xe8"))
seed("websocket", "client-text", b"\1\0" + REQUEST + framed(1, b"text"))
seed("websocket", "client-large", b"\1\0" + REQUEST + b"\x82\xff" + (65537).to_bytes(8, "big") + ZERO)
seed("websocket", "client-with-a-body", b"\1\0" + REQUEST.replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\nhello"))
seed("websocket", "client-that-expects", b"\1\0" + REQUEST.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
seed("websocket", "client-elsewhere", b"\1\0" + REQUEST.replace(b"/ ", b"/x?y "))
seed("websocket", "client-plain", b"\1\0GET / HTTP/1.1\r\nHost: h\r\n\r\n")
seed("websocket", "vault-other-key", b"\0\0HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
     b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
seed("websocket", "vault-none", b"\0\0HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello")
seed("websocket", "vault-chunked", b"\0\0HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")

seed("vault_key", "vector", VECTORS["vault key"].encode())
seed("vault_key", "zero", b"y" * 56)

# --- settings of the daemon --------------------------------------------------------------------------------------------

seed("settings", "all", b"# a remark\n\nlisten = tcp://127.0.0.1:0\nlisten=tcp://[::1]:0\r\n  store = file:/srv/safe \n"
     b"limit = quota=1000\ncert = a\nkey-file = b\ndrain = 5\nlog = json")
seed("settings", "no-value", b"store =")
seed("settings", "no-name", b"= x\n")
seed("settings", "no-text", b"store = \xff\x00")
seed("settings", "control", "store = mem:\u0083\n".encode())

# --- URLs of vaults ----------------------------------------------------------------------------------------------------

KEY_TEXT = VECTORS["vault key"]
for name, text in (("tcp", f"tcp://127.0.0.1:5483#{KEY_TEXT}"), ("ws", f"ws://[::1]:80/vault#{KEY_TEXT}"),
                   ("several", f"tcp://a.example:1#{KEY_TEXT}  wss://b.example:443/x#{KEY_TEXT}"), ("file", "file:/srv/safe"),
                   ("mem", "mem:"), ("link", "safe:public-aeb5gw7k"), ("gateway", "http://0.0.0.0:8080/?public"),
                   ("no-port", "tcp://127.0.0.1"), ("percent", "file:/a%20b%2fc%zz")):  # fmt: skip
    seed("url", name, text.encode())

# --- requests to a gateway ---------------------------------------------------------------------------------------------

seed("http_request", "get", b"GET /safe:public-aeb5gw7k HTTP/1.1\r\nHost: localhost:80\r\nRange: bytes=5-9\r\n\r\n")
seed("http_request", "head-twice", 2 * (b"HEAD /" + b"0" * 64 + b" HTTP/1.1\r\nHost: [::1]\r\nIf-None-Match: \"x\"\r\nRange: bytes=-3\r\n\r\n"))
seed("http_request", "percent", b"GET /safe%3Apublic-%zz HTTP/1.0\r\nRange: bytes=900-\r\n\r\n")
seed("http_request", "body", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nIf-Range: x\r\n\r\n1\r\nx\r\n")

# --- records: stored bytes (those of tests/unit/data/record_vectors.py), and bodies without a signature ----------------

STORED = """0196c42003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8a56e6f74657300c410aaaaaaaaaaaaaaaaaaaaaaaa
aaaaaaaac0c40568656c6c6f9299cfdfe6c92d9a2c974acecffb5b0803e4c6ecc598a5ddc78aeeba103981537530975970485d91c25104f7bda225
917082d7416b7aa0ee6e46997e0715ff0e"""


def body(label, version, previous, value, count=6):
    return (b"\1" + array(count) + binary(bytes(32)) + string(label) + uint(version) + binary(b"\xaa" * 16)
            + (binary(previous) if previous else b"\xc0") + binary(value))


seed("record", "stored", bytes.fromhex(STORED.replace("\n", "")))
seed("record", "first", body("notes", 0, None, b"hello"))
seed("record", "second", body("notes", 1, ADDRESS, b""))
seed("record", "last", body("l" * 255, 2**64 - 2, ADDRESS, bytes(1000)))
seed("record", "past-the-last", body("notes", 2**64 - 1, ADDRESS, b"x"))
seed("record", "first-with-predecessor", body("notes", 0, ADDRESS, b"x"))
seed("record", "second-without", body("notes", 1, None, b"x"))
seed("record", "no-label", body("", 0, None, b"x"))
seed("record", "long-label", body("", 0, None, b"x").replace(b"\xa0", b"\xda\x01\0" + b"l" * 256, 1))
seed("record", "line-break", body("a\nb", 0, None, b"x"))
seed("record", "seven-fields", body("notes", 0, None, b"x", 7) + b"\xc0")

# --- frames on a stream (docs/protocol.md) ---------------------------------------------------------------------------------

def frame(kind, number, header=b"", payload=b"", version=2, deadline=0):
    return (bytes([version, kind]) + number.to_bytes(8, "big") + deadline.to_bytes(4, "big")
            + len(header).to_bytes(4, "big") + len(payload).to_bytes(4, "big") + header + payload)


seed("frames", "request", frame(1, 7, b"\x92\x01\x04", b"hello", deadline=10000))
seed("frames", "reply", frame(2, 7, b"\x93\x01\x01\xc3"))
seed("frames", "two", frame(1, 1, b"a", b"b" * 300) + frame(1, 2**64 - 1, b"c" * 300))
seed("frames", "one-and-a-half", frame(2, 1, b"a", b"b") + frame(2, 2, b"c", b"d" * 100)[:50])
seed("frames", "of-a-client", frame(4, 0) + frame(1, 1, b"a") + frame(3, 1) + frame(4, 0))
seed("frames", "of-a-vault", frame(4, 0) + frame(2, 1, b"a") + frame(5, 0) + frame(2, 2, b"b"))
seed("frames", "version", frame(1, 1, b"a", version=1))
seed("frames", "kind", frame(6, 1, b"a"))
seed("frames", "number-zero", frame(1, 0, b"a"))
seed("frames", "no-header", frame(1, 1, b"", b"payload"))
seed("frames", "longest-header", frame(1, 1, b"a")[:14] + bytes([0, 2, 0, 0, 0, 0, 0, 1]) + b"a")
seed("frames", "header-above", frame(1, 1, b"a")[:14] + bytes([0, 2, 0, 1, 0, 0, 0, 1]) + b"a")
seed("frames", "largest-payload", frame(1, 1, b"a")[:18] + bytes([0, 0x50, 0, 0]) + b"ab")
seed("frames", "payload-above", frame(1, 1, b"a")[:18] + bytes([0, 0x50, 0, 1]) + b"ab")


def main():
    if sys.argv[1:] == ["--check"]:
        wrong = [path for path, data in FILES.items() if not path.is_file() or path.read_bytes() != data]
        for path in wrong:
            print(f"{path.relative_to(CORPUS)} is not what make_corpus.py writes")
        return 1 if wrong else 0
    for path, data in FILES.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    print(f"{len(FILES)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
