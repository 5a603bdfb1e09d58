"""The gateway of the daemon: what curl and its like read from a vault."""
import http.client
import os
import socket
import time
import urllib.error
import urllib.request

import pytest
from conftest import noise
from test_serve import daemon  # noqa: F401


@pytest.fixture
def gateway(safe, daemon):  # noqa: F811
    one = daemon("--listen", "http://127.0.0.1:0", "--limit", "idle-ms=5000")
    one.place = one.url()
    assert one.place.startswith("http://127.0.0.1:") and one.place.endswith("/")
    one.port = int(one.place[:-1].rsplit(":", 1)[1])
    return one


DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever http_proxy says


def ask(url, method="GET", **fields):
    request = urllib.request.Request(url, method=method, headers=fields)
    try:
        with DIRECT.open(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, problem.headers, problem.read()


def test_content_of_links_comes_whole_and_in_ranges(safe, gateway):
    for size in (0, 1, 100_000, 9_000_000):
        content = noise(size)
        for options in ([], ["--private"]):
            link = safe.out("put", "-", *options, input=content)
            status, fields, body = ask(gateway.place + link)
            assert (status, body) == (200, content) and int(fields["Content-Length"]) == size
            status, fields, body = ask(gateway.place + link, "HEAD")
            assert (status, body) == (200, b"") and int(fields["Content-Length"]) == size
            tag = fields["ETag"]
            assert ask(gateway.place + link, **{"If-None-Match": tag})[0] == 304
            if size < 2:
                continue
            for first, last in ((0, 0), (1, 70_000), (size - 1, size - 1), (5, size + 5)):
                status, fields, body = ask(gateway.place + link, Range=f"bytes={first}-{last}")
                assert (status, body) == (206, content[first : last + 1])
                assert fields["Content-Range"] == f"bytes {first}-{min(last, size - 1)}/{size}"
            assert ask(gateway.place + link, Range="bytes=-7")[2] == content[-7:]
            assert ask(gateway.place + link, Range="bytes=0-1", **{"If-Range": '"other"'})[0] == 200
            assert ask(gateway.place + link, Range="bytes=0-1", **{"If-Range": tag})[0] == 206
            status, fields, _ = ask(gateway.place + link, Range=f"bytes={size}-")
            assert (status, fields["Content-Range"]) == (416, f"bytes */{size}")


def test_a_name_and_a_type_go_with_it_and_pages_get_no_rights(safe, gateway, tmp_path):
    page = tmp_path / "a page “x”.html"
    page.write_text("<script>alert(1)</script>")
    link = safe.out("put", page)
    _, fields, _ = ask(gateway.place + link)
    assert "filename*=UTF-8''a%20page%20%e2%80%9cx%e2%80%9d.html" in fields["Content-Disposition"]
    assert "sandbox" in fields["Content-Security-Policy"] and fields["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in fields
    address = safe.json("put", page, "--json")["address"]
    assert ask(gateway.place + address)[2] == page.read_bytes()


def test_what_cannot_be_said_is_told(safe, gateway):
    link = safe.out("put", "-", input=b"content")
    for target, status, said in (("x", 400, b"BAD_LINK"), (link[:-1], 400, b"BAD_LINK"), ("0" * 64, 404, b"NO_SUCH_DATA"), ("%zz", 400, b"BAD_LINK")):
        got, _, body = ask(gateway.place + target)
        assert got == status and said in body, body
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        status, fields, _ = ask(gateway.place + link, method)
        assert status == 405 and fields["Allow"] == "GET, HEAD"
    assert ask(gateway.place + link, Host="example.org")[0] == 421
    assert b"GET /<link>" in ask(gateway.place)[2]
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port)
    connection.request("POST", "/" + link, body=b"some")
    assert connection.getresponse().status == 400
    connection.close()
    for garbage, status in ((b"\x16\x03\x01\x00\x00\r\n\r\n", b"400"), (b"GET / HTTP/1.1\r\nX: " + b"x" * 10_000, b"431")):
        with socket.create_connection(("127.0.0.1", gateway.port), 20) as one:
            one.sendall(garbage)
            said = b"".join(iter(lambda: one.recv(65536), b""))
            assert said.split()[1] == status


def test_a_connection_serves_many_requests_and_is_not_waited_for(safe, gateway):
    content = noise(300_000)
    link = safe.out("put", "-", input=content)
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port)
    for _ in range(20):
        connection.request("GET", "/" + link)
        assert connection.getresponse().read() == content
    used = connection.sock
    began = time.monotonic()
    used.settimeout(50)
    assert used.recv(1) == b"" and time.monotonic() - began < 40  # idle; a gateway without that limit waits for 60 s
    connection.close()


def test_a_request_that_does_not_end_is_not_waited_for(safe, daemon):  # noqa: F811
    one = daemon("--listen", "http://127.0.0.1:0")
    with socket.create_connection(("127.0.0.1", int(one.url()[:-1].rsplit(":", 1)[1])), 30) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert slow.recv(65536).startswith(b"HTTP/1.1 200")
        began = time.monotonic()
        slow.settimeout(0.5)
        with pytest.raises(OSError):
            while time.monotonic() - began < 60:
                slow.sendall(b"G")
                try:
                    if slow.recv(1) == b"":
                        raise OSError
                except socket.timeout:
                    pass
        assert 9 < time.monotonic() - began < 30


def test_prometheus_reads_what_was_counted(safe, gateway):
    link = safe.out("put", "-", input=noise(10))
    ask(gateway.place + link)
    status, fields, body = ask(gateway.place + "metrics")
    assert status == 200 and fields["Content-Type"].startswith("text/plain; version=0.0.4")
    assert b'safe_vault_requests_total{kind="get_chunk",outcome="OK"}' in body


def test_content_that_is_damaged_ends_the_connection_and_is_never_given(safe, gateway):
    content = noise(9_000_000)
    put = safe.json("put", "-", "--json", input=content)
    whole = [path for path in safe.vault.rglob("*") if path.is_file() and path.stat().st_size > 2_000_000]
    last = max(whole, key=lambda path: path.name in put["chunks"][-1]["name"])
    with open(last, "r+b") as file:
        file.seek(1000)
        byte = file.read(1)
        file.seek(1000)
        file.write(bytes([byte[0] ^ 1]))
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=20)
    connection.request("GET", "/" + put["link"])
    answer = connection.getresponse()
    got = b""
    with pytest.raises(http.client.IncompleteRead) as problem:
        got = answer.read()
    got = problem.value.partial
    assert content.startswith(got) and len(got) < len(content)
    connection.close()


def test_it_is_of_this_machine_alone_unless_told_otherwise(safe, daemon):  # noqa: F811
    one = daemon("--listen", "http://0.0.0.0:0")
    one.process.wait(20)
    _, err = one.process.communicate()
    assert one.process.returncode != 0 and "ACCESS_DENIED" in err and "?public" in err
    two = daemon("--listen", "http://0.0.0.0:0/?public")
    place = two.url()
    port = place[:-1].rsplit(":", 1)[1]
    assert ask(f"http://127.0.0.1:{port}/", Host="example.org")[0] == 200
    assert two.end()[0] == 0


def test_a_drain_waits_for_what_is_being_read(safe, gateway):
    content = noise(30_000_000)
    link = safe.out("put", "-", input=content)
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=20)
    connection.request("GET", "/" + link)
    answer = connection.getresponse()
    got = answer.read(1_000_000)
    os.kill(gateway.process.pid, 15)
    time.sleep(0.3)
    got += answer.read()
    assert got == content
    connection.close()
    assert gateway.process.wait(20) == 0
