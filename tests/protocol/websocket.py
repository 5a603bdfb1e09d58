"""A WebSocket client in plain Python by RFC 6455, which looks like a socket to those who use it: docs/protocol.md has
the bytes of the stream in binary messages of any size."""

import base64
import hashlib
import os
import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
FIN = 0x80
LONGEST_MESSAGE = 65536


def accept_of(key):
    """Section 4.2.2, step 5."""
    return base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())


# The example of section 1.3.
assert accept_of(b"dGhlIHNhbXBsZSBub25jZQ==") == b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def frame(opcode, payload=b"", flags=FIN, mask=None):
    """Section 5.2, as clients send it: masked."""
    size = len(payload)
    head = bytes([flags | opcode])
    if size < 126:
        head += bytes([0x80 | size])
    elif size < 65536:
        head += bytes([0x80 | 126]) + struct.pack(">H", size)
    else:
        head += bytes([0x80 | 127]) + struct.pack(">Q", size)
    mask = os.urandom(4) if mask is None else mask
    pad = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return head + mask + (int.from_bytes(payload, "big") ^ pad).to_bytes(size, "big")


def request(host, path, key, *more):
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade",
             f"Sec-WebSocket-Key: {key.decode()}", "Sec-WebSocket-Version: 13", *more]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def response(socket):
    """(status, {name: value}) of an HTTP response without a body."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = socket.recv(1)
        assert byte, "the connection ended before the answer did"
        head += byte
    first, *lines = head.decode().split("\r\n")[:-2]
    return int(first.split()[1]), {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}


class WebSocket:
    def __init__(self, socket, host, path="/", message=LONGEST_MESSAGE):
        self.socket, self.message = socket, message
        key = base64.b64encode(os.urandom(16))
        socket.sendall(request(host, path or "/", key))
        status, fields = response(socket)
        assert status == 101, status
        assert fields["upgrade"].lower() == "websocket" and "upgrade" in fields["connection"].lower()
        assert fields["sec-websocket-accept"].encode() == accept_of(key)
        assert "sec-websocket-extensions" not in fields and "sec-websocket-protocol" not in fields
        self.got = b""
        self.pongs = []
        self.closed = None  # the code of the Close that came

    def exactly(self, size):
        data = b""
        while len(data) < size:
            piece = self.socket.recv(size - len(data))
            if not piece:
                return None
            data += piece
        return data

    def next_frame(self):
        """(opcode, payload), or None at the end. A vault sends messages in one frame, and never masked."""
        head = self.exactly(2)
        if head is None:
            return None
        first, size = head
        assert first & FIN and not first & 0x70 and size < 128
        if size == 126:
            size = struct.unpack(">H", self.exactly(2))[0]
            assert size >= 126
        elif size == 127:
            size = struct.unpack(">Q", self.exactly(8))[0]
            assert 65536 <= size <= LONGEST_MESSAGE
        return first & 0x0F, self.exactly(size)

    # --- as a socket ---

    def sendall(self, data):
        for at in range(0, len(data), self.message):
            self.socket.sendall(frame(BINARY, data[at:at + self.message]))

    def recv(self, size):
        while not self.got:
            came = self.next_frame()
            if came is None:
                return b""
            opcode, payload = came
            if opcode == CLOSE:
                self.closed = struct.unpack(">H", payload[:2])[0]
                return b""
            if opcode == PONG:
                self.pongs.append(payload)
                continue
            assert opcode == BINARY and payload
            self.got = payload
        data, self.got = self.got[:size], self.got[size:]
        return data

    def close(self):
        try:
            self.socket.sendall(frame(CLOSE, struct.pack(">H", 1000)))
        finally:
            self.socket.close()
