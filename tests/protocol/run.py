#!/usr/bin/env python3
"""A client that was written from docs/protocol.md alone does what a client does, with a daemon of ours.

  run.py SAFE    the tool
"""

import os
import re
import signal
import subprocess
import sys
import time

import client
import msgpack
import session
import sodium
import websocket_scenes
from blake3 import blake3

ME = sodium.SigningKey(bytes(range(32)))
NO_SUCH_DATA, ACCESS_DENIED, VAULT_REFUSED, BAD_MESSAGE = -103, -100, -3120, -3062


def failure_of(work):
    try:
        work()
    except client.Failure as failure:
        return failure.code
    return 0


def ending_of(url, say):
    """How the connection ends when that is said on it: whether with a farewell."""
    one = client.Client(url, ME)
    say(one)
    try:
        while True:
            one.next_frame()
    except client.Ended as ended:
        return ended.farewell
    except ConnectionResetError:  # the vault had not read all of it when it closed
        return False


def chunks(url):
    one = client.Client(url, ME)
    for data in (b"\0", os.urandom(2000), os.urandom(70_000)):
        address, new = one.put_chunk(data)
        assert new or len(data) == 1  # the single byte is there from the second time on that this is played
        assert one.has_chunk(address)
        assert one.get_chunk(address) == data
        assert one.put_chunk(data) == (address, False)
    assert failure_of(lambda: one.get_chunk(bytes(32))) == NO_SUCH_DATA
    assert not one.has_chunk(bytes(32))
    assert failure_of(lambda: one.ask(client.PUT_CHUNK, bytes(32), payload=b"other bytes")) == VAULT_REFUSED
    assert failure_of(lambda: one.ask(99)) == BAD_MESSAGE  # and the connection goes on
    one.close()


def records(url):
    one, key = client.Client(url, ME), sodium.SigningKey(os.urandom(32))
    address = client.record_address(key.public, "name")
    assert failure_of(lambda: one.get_record(address)) == NO_SUCH_DATA
    first = one.put_record(key, "name", 0, None, b"value")
    one.put_record(key, "name", 1, blake3(first), b"other")
    assert one.get_record(address) == (1, blake3(first), b"other")
    assert one.get_record(address, 0) == (0, None, b"value")
    assert [record[0] for record in one.list_records(address)[0]] == [1, 0]
    assert one.list_records(address, limit=1)[1] is True
    one.close()


def anonymous(url):
    owner, one = client.Client(url, ME), client.Client(url)
    address, _ = owner.put_chunk(b"for everybody who knows where it is")
    assert one.get_chunk(address) == b"for everybody who knows where it is"
    assert failure_of(lambda: one.put_chunk(b"something")) == ACCESS_DENIED
    one.close()
    owner.close()


def many_at_once_in_pieces(url):
    for piece in (1, 100, session.LONGEST_PLAIN):
        one = client.Client(url, ME)
        data = [os.urandom(50) for _ in range(30)]
        asked = [one.request(client.PUT_CHUNK, blake3(each), payload=each) for each in data]
        one.say(b"".join(frame for _, frame in asked), piece)
        for number, _ in reversed(asked):
            assert one.reply(number)[0] == (1, True)
        one.close()


def a_cancelled_request_has_one_reply(url):
    one = client.Client(url, ME)
    asked = [one.request(client.HAS_CHUNK, bytes(32), deadline=10_000) for _ in range(50)]
    one.say(b"".join(frame + client.frame(client.CANCEL, number) for number, frame in asked))
    one.say(client.frame(client.CANCEL, 12345) + client.frame(client.ALIVE))
    for number, _ in asked:
        failure_of(lambda: one.reply(number))
    assert not one.replies and not one.has_chunk(bytes(32))
    one.close()


def another_key_is_refused(url):
    try:
        client.Client(url, ME, key=bytes(range(32)))
    except sodium.Failed:
        return
    raise AssertionError("a vault that does not have the key was taken for the one that has")


def what_is_wrong_ends_the_connection(url):
    header = msgpack.pack([1, client.HAS_CHUNK, bytes(32)])
    for wrong in (client.frame(client.REQUEST, 1, header, version=1), client.frame(client.REPLY, 1, header),
                  client.frame(client.GOING), client.frame(client.REQUEST, 0, header), client.frame(client.REQUEST, 1),
                  client.HEAD.pack(2, client.REQUEST, 1, 0, 131_073, 0), client.HEAD.pack(2, client.REQUEST, 1, 0, 1, 5_242_881)):
        ending_of(url, lambda one: one.say(wrong))
    ending_of(url, lambda one: one.socket.sendall(bytes(1000)))
    chunks(url)  # others go on


def a_quiet_connection_says_that_it_is_alive(url):
    # From before the handshake on: this process may be held up behind it. After 30 s of silence a connection has ended.
    before, one = time.monotonic(), client.Client(url, ME, timeout=60)
    kind, *rest = one.next_frame()
    assert kind == client.ALIVE and rest == [0, b"", b""]
    assert 8 < time.monotonic() - before < 30
    one.close()


def play(url, scene):
    began = time.monotonic()
    scene(url)
    print(f"{url.split(':')[0]}: {scene.__name__}: {time.monotonic() - began:.1f} s", flush=True)


def main():
    tool = sys.argv[1]
    daemon = subprocess.Popen([tool, "vault", "serve", "--store", "mem:", "--listen", "tcp://127.0.0.1:0",
                               "--listen", "ws://127.0.0.1:0/vault"],
                              stdout=subprocess.PIPE, text=True)
    try:
        urls = [daemon.stdout.readline().strip() for _ in range(2)]
        assert re.fullmatch(r"tcp://127\.0\.0\.1:\d+/?#\w{56}", urls[0]), urls
        assert re.fullmatch(r"ws://127\.0\.0\.1:\d+/vault#\w{56}", urls[1]), urls
        for url in urls:
            for scene in (chunks, records, anonymous, many_at_once_in_pieces, a_cancelled_request_has_one_reply,
                          another_key_is_refused, what_is_wrong_ends_the_connection,
                          a_quiet_connection_says_that_it_is_alive):
                play(url, scene)
        for scene in websocket_scenes.all_of_them:
            play(urls[1], scene)
    finally:
        daemon.send_signal(signal.SIGTERM)
        status = daemon.wait(90)  # it waits 30 s itself for what runs
    assert status == 0, status


main()
