"""What a vault does with a WebSocket that a browser would not send, and with one that it might."""

import os
import socket
import struct
import time

import client
import session
import sodium
import websocket
from blake3 import blake3

ME = sodium.SigningKey(bytes(range(32)))
HELLO = session.Client(os.urandom).hello()
AT_ONCE = 8  # seconds, on a busy machine: before the 10 s of a handshake are over


def place_of(url):
    host, _, path = url.split("#")[0][len("ws://"):].partition("/")
    return host, "/" + path


def dial(url):
    host, _ = place_of(url)
    name, port = host.rsplit(":", 1)
    return socket.create_connection((name, int(port)), 15)


def open_socket(url):
    return websocket.WebSocket(dial(url), *place_of(url))


def status_of(url, data):
    with dial(url) as stream:
        stream.sendall(data)
        status, _ = websocket.response(stream)
        return status


def ends(stream, within=AT_ONCE):
    """Without another message; whether the vault said why."""
    began = time.monotonic()
    stream.socket.settimeout(within)
    try:
        assert stream.recv(1) == b""
    except ConnectionResetError:
        pass
    assert time.monotonic() - began < within
    return stream.closed


def requests_that_are_none(url):
    host, path = place_of(url)
    key = b"dGhlIHNhbXBsZSBub25jZQ=="
    good = websocket.request(host, path, key)
    assert status_of(url, good) == 101
    assert status_of(url, good.replace(b" /vault ", b" /vault?a=b ")) == 101
    assert status_of(url, good.replace(b" /vault ", b" /other ")) == 404
    assert status_of(url, good.replace(b"Upgrade: websocket\r\n", b"")) == 400
    assert status_of(url, good.replace(b"Version: 13", b"Version: 8")) == 426
    assert status_of(url, b"GET /vault HTTP/1.1\r\nHost: a\r\n\r\n") == 400
    assert status_of(url, good.replace(b"\r\n\r\n", b"\r\nCookie: " + b"c" * 7000 + b"\r\n\r\n")) == 101


def the_example_of_the_rfc(url):
    host, path = place_of(url)
    with dial(url) as stream:
        stream.sendall(websocket.request(host, path, b"dGhlIHNhbXBsZSBub25jZQ=="))
        status, fields = websocket.response(stream)
        assert status == 101 and fields["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def garbage_ends_at_once(url):
    for garbage in (b"\x92\x91\x01", b"POST / HTTP/1.1\r\n", b"GET / NONSENSE\r\n", b"GET /" + b"a" * 10_000):
        with dial(url) as stream:
            stream.sendall(garbage)
            began = time.monotonic()
            try:
                assert stream.recv(1) == b""
            except ConnectionResetError:
                pass
            assert time.monotonic() - began < AT_ONCE


def a_slow_request_has_ten_seconds_and_holds_up_nobody(url):
    with dial(url) as slow:
        began = time.monotonic()
        slow.sendall(b"GET /")
        slow.settimeout(0.5)
        while time.monotonic() - began < 60:
            try:
                slow.sendall(b"a")
                if slow.recv(1) == b"":
                    break
            except TimeoutError:
                client.Client(url, ME).close()
            except (ConnectionResetError, BrokenPipeError):
                break
        assert time.monotonic() - began < 25  # what is merely slow has 30


def messages_in_pieces_and_fragments(url):
    data = os.urandom(100_000)
    for size in (1000, 65536):
        one = client.Client(url, ME)
        one.socket.message = size
        address, _ = one.put_chunk(data)
        assert one.get_chunk(address) == data
        one.close()
    one = client.Client(url, ME)
    number, asked = one.request(client.HAS_CHUNK, blake3(data))
    said = session.record(one.sealer, asked)
    stream = one.socket.socket
    stream.sendall(websocket.frame(websocket.BINARY, said[:3], flags=0))
    stream.sendall(websocket.frame(websocket.PING, b"are you there"))
    stream.sendall(websocket.frame(websocket.CONTINUATION, b"", flags=0))
    stream.sendall(websocket.frame(websocket.BINARY & 0, said[3:]))
    assert one.reply(number)[0] == (1, True)
    assert one.socket.pongs == [b"are you there"]
    one.close()


def frames_that_are_none_end_the_connection(url):
    binary = websocket.BINARY
    for wrong in (websocket.frame(websocket.TEXT, b"text"), websocket.frame(3), websocket.frame(11),
                  websocket.frame(binary, HELLO, flags=websocket.FIN | 0x40),  # nothing was agreed on
                  websocket.frame(websocket.CONTINUATION, HELLO), websocket.frame(websocket.PING, bytes(126)),
                  websocket.frame(websocket.PING, flags=0), websocket.frame(websocket.CLOSE, b"x"),
                  bytes([0x82, 5]) + b"plain",  # not masked
                  websocket.frame(binary, bytes(65537)), bytes([0x82, 0xFF]) + struct.pack(">Q", 2**63) + bytes(4),
                  websocket.frame(binary, bytes(60_000), flags=0) + websocket.frame(0, bytes(10_000))):
        stream = open_socket(url)
        stream.socket.sendall(wrong)
        ends(stream)
        stream.socket.close()
    stream = open_socket(url)
    stream.socket.sendall(websocket.frame(binary, bytes(65537)))
    assert ends(stream) == 1009  # section 7.4.1: too big


def a_close_is_answered(url):
    stream = open_socket(url)
    stream.socket.sendall(websocket.frame(websocket.CLOSE, struct.pack(">H", 1000)))
    assert ends(stream) == 1000
    one = client.Client(url, ME)
    one.socket.socket.sendall(websocket.frame(websocket.BINARY, session.record(one.sealer, b"", sodium.FINAL)))
    try:
        one.next_frame()
    except client.Ended:
        assert one.socket.closed == 1000


all_of_them = (requests_that_are_none, the_example_of_the_rfc, garbage_ends_at_once,
               a_slow_request_has_ten_seconds_and_holds_up_nobody, messages_in_pieces_and_fragments,
               frames_that_are_none_end_the_connection, a_close_is_answered)
