"""The daemon: its URLs, its settings and where they come from, its end."""
import json
import os
import re
import signal
import socket

import pytest
from conftest import noise

KEY = r"#\w{56}"


class Daemon:
    def __init__(self, safe, *args, **env):
        self.process = safe.popen("vault", "serve", *args, env={**safe.env, **env}, text=True)

    def url(self):
        line = self.process.stdout.readline()
        assert line, self.process.communicate()
        return line.rstrip("\n")

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=90)  # it waits 30 s itself for what runs
        return self.process.returncode, out, err


@pytest.fixture
def daemon(safe):
    started = []

    def start(*args, **env):
        started.append(Daemon(safe, *args, **env))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


def test_others_put_and_get_over_the_url_that_it_prints(safe, daemon):
    one = daemon("--listen", "tcp://127.0.0.1:0")
    url = one.url()
    assert re.fullmatch(r"tcp://127\.0\.0\.1:\d+" + KEY, url)
    content = noise(3_000_000)
    link = safe.out("--vault", url, "put", "-", input=content)
    assert safe.run("--vault", url, "get", link).stdout == content
    assert safe.run("get", link).stdout == content  # of the directory itself
    code, out, err = one.end()
    assert (code, out) == (0, "")
    assert "listening" in err and "draining" in err and "ended" in err
    secret = url.split("#")[1]
    assert secret not in err and link not in err


def test_an_identity_is_known_again_and_its_quota_is_one(safe, daemon):
    url = daemon("--store", "mem:", "--listen", "tcp://127.0.0.1:0", "--limit", "quota=10000").url()
    for who in ("mine", "theirs"):
        safe.out("key", "generate", f"{who}.key")
    safe.out("--vault", url, "--identity", "mine.key", "put", "-", input=noise(6000, 1))
    again = {"input": noise(6000, 2), "env": {**safe.env, "SAFE_IDENTITY": "mine.key"}}
    assert b"VAULT_REFUSED" in safe.run("--vault", url, "put", "-", code=None, **again).stderr
    safe.out("--vault", url, "--identity", "theirs.key", "put", "-", **again)
    safe.out("--vault", url, "put", "-", input=noise(6000, 3))  # somebody new
    missing = safe.run("--vault", url, "--identity", "no.key", "put", "-", code=None, input=b"x")
    assert missing.returncode and b"no.key" in missing.stderr


def test_the_url_of_a_vault_that_lasts_is_the_same_after_a_restart(safe, daemon):
    first = daemon("--listen", "tcp://127.0.0.1:0")
    url = first.url()
    assert first.end()[0] == 0
    again = daemon("--listen", url.split("#")[0])
    assert again.url() == url
    assert oct((safe.vault / "vault.key").stat().st_mode)[-3:] == "600"


def test_one_line_for_each_listener(safe, daemon):
    one = daemon("--store", "mem:", "--listen", "tcp://127.0.0.1:0", "--listen", "tcp://127.0.0.1:0")
    urls = [one.url(), one.url()]
    assert len(set(urls)) == 2 and len({url.split("#")[1] for url in urls}) == 1
    link = safe.out("--vault", urls[0], "put", "-", input=b"of both")
    assert safe.out("--vault", urls[1], "get", link) == "of both"


def test_flags_come_before_the_environment_and_that_before_the_file(safe, daemon):
    config = safe.file("conf", b"# of the daemon\nstore = mem:\nlisten = tcp://127.0.0.1:1\nlog = json\n"
                               b"limit = request-size=10\nlimit = connections=50\n")
    one = daemon("--config", str(config), "--log", "plain", "--limit", "request-size=100000",
                 SAFE_VAULT_LISTEN="tcp://127.0.0.1:0 tcp://127.0.0.1:0", SAFE_VAULT_LOG="json")
    urls = [one.url(), one.url()]
    safe.out("--vault", urls[0], "put", "-", input=b"more than ten bytes")
    failed = safe.run("--vault", urls[0], "put", "-", input=noise(400_000), code=None)
    assert failed.returncode == 2 and b"DATA_TOO_LARGE" in failed.stderr
    assert not (safe.vault / "vault.key").exists()
    assert "{" not in one.end()[2]


def test_logs_can_be_lines_of_json(daemon):
    one = daemon("--store", "mem:", "--listen", "tcp://127.0.0.1:0", "--log", "json")
    port = one.url().split("#")[0]
    lines = [json.loads(line) for line in one.end()[2].splitlines()]
    assert {"time", "level", "event"} <= set(lines[0])
    assert [line["at"] for line in lines if line["event"] == "listening"] == [port]


@pytest.mark.parametrize("text, said", [
    ("store", "line 1: write name = value"),
    ("\n\nstored = mem:", 'line 3: there is no setting "stored"'),
    ("# x\nstore =", "line 2: the value of store is missing"),
    ("store = mem:\u0085", "line 1: the value of store is no text"),
    ("store = mem:\nlimit = width=1", 'line 2: "width=1" is no limit'),
    ("store = mem:\nlimit = quota=x", 'line 2: "x" is no number'),
    ("store = mem:\nlisten = mem:", "line 2: cannot listen"),
    ("log = loud", 'line 1: "loud" is no form of logs'),
    ("drain = 1h", 'line 1: "1h" is no number'),
])
def test_a_mistake_in_the_file_is_named_with_its_line(safe, text, said):
    config = safe.file("conf", text.encode())
    done = safe.run("vault", "serve", "--config", str(config), code=2)
    assert done.stdout == b"" and f"{config}, {said}" in done.stderr.decode()


def test_a_port_that_is_taken_is_said(safe, daemon):
    url = daemon("--store", "mem:", "--listen", "tcp://127.0.0.1:0").url()
    done = safe.run("vault", "serve", "--store", "mem:", "--listen", url.split("#")[0], code=4)
    assert b"cannot listen" in done.stderr and done.stdout == b""


def test_nothing_is_waited_for_if_nothing_runs(daemon):
    one = daemon("--store", "mem:", "--listen", "tcp://127.0.0.1:0", "--drain", "60")
    one.url()
    one.process.send_signal(signal.SIGINT)
    assert one.process.wait(40) == 0


def test_the_service_manager_is_told(safe, daemon):
    path = str(safe.folder / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(20)
        one = daemon("--store", "mem:", "--listen", "tcp://127.0.0.1:0", NOTIFY_SOCKET=path)
        assert manager.recv(100) == b"READY=1"
        one.end()
        assert manager.recv(100) == b"STOPPING=1"


def test_garbage_and_silence_leave_it_serving_others(safe, daemon):
    url = daemon("--store", "mem:", "--listen", "tcp://127.0.0.1:0").url()
    place = ("127.0.0.1", int(url.split("#")[0].rsplit(":", 1)[1]))
    silent = [socket.create_connection(place) for _ in range(50)]
    for number in range(20):
        with socket.create_connection(place) as garbage:
            try:
                garbage.sendall(b"GET / HTTP/1.1\r\n\r\n" if number % 2 else os.urandom(5000))
            except OSError:
                pass
    link = safe.out("--vault", url, "put", "-", input=b"all the same")
    assert safe.out("--vault", url, "get", link) == "all the same"
    for one in silent:
        one.close()
