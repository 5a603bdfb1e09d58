"""Threads, signals, the global lock, and the end of the interpreter."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import textwrap
import threading
import time
from typing import List

import pytest
from conftest import MIB, content

import libsafe


def test_threads_share_a_client(client: libsafe.Client) -> None:
    failures: List[BaseException] = []

    def work(seed: int) -> None:
        try:
            for turn in range(10):
                data = content(30_000, seed * 100 + turn)
                link = client.put(data, private=bool(turn % 2)).link
                assert client.get(link) == data
                with client.open(link) as reader:
                    assert reader.read_at(29_000) == data[29_000:]
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_other_threads_run_during_the_librarys_work(client: libsafe.Client, tmp_path: pathlib.Path) -> None:
    ticks = 0
    stop = threading.Event()
    path = tmp_path / "file"
    path.write_bytes(content(96 * MIB))  # one operation, for some 140 ticks

    def tick() -> None:
        nonlocal ticks
        while not stop.is_set():
            time.sleep(0.002)
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    before, begun = ticks, time.monotonic()
    client.put(path)
    during, seconds = ticks - before, time.monotonic() - begun
    stop.set()
    thread.join()
    # One or two if the lock were held. Not so many a second: a busy machine holds the process up.
    assert during >= 5, f"{during} ticks in {seconds:.2f} s"


def test_closing_a_client_in_another_thread(client: libsafe.Client) -> None:
    closer = threading.Timer(0.2, client.close)
    closer.start()
    with pytest.raises(libsafe.SafeError) as caught:
        while True:
            client.put(content(8 * MIB))
    assert caught.value.name in ("SAFE_CLOSED", "SAFE_CANCELLED", "SAFE_INVALID_HANDLE")
    closer.join()


def child(program: str, *arguments: str) -> "subprocess.Popen[str]":
    environment = dict(os.environ, PYTHONFAULTHANDLER="1")
    command = [sys.executable, "-c", textwrap.dedent(program), *arguments]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ends_well(process: "subprocess.Popen[str]", stderr: str = "") -> str:
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, stderr)
    return out


@pytest.mark.parametrize("kind", ["path", "bytes", "file"])
def test_ctrl_c_stops_a_put(tmp_path: pathlib.Path, kind: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content(200 * MIB))
    program = """
        import os, signal, sys, threading, time, libsafe
        client = libsafe.connect("mem:")
        path, kind = sys.argv[1:]
        source = {"path": lambda: path, "bytes": lambda: open(path, "rb").read(), "file": lambda: open(path, "rb")}[kind]()
        said = []
        def told(done, total):
            if done > 0 and not said:
                said.append(done)
                # From within: another process may be held up until the put is over.
                threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
        begun = time.monotonic()
        try:
            client.put(source, progress=told)
            print("not stopped")
        except KeyboardInterrupt:
            print("stopped", time.monotonic() - begun < 30)
        if kind == "file":
            source.close()
        assert client.get(client.put(b"still works").link) == b"still works"
        client.close()
        print(libsafe.live_handles())
    """
    assert ends_well(child(program, str(path), kind)) == "stopped True\n0\n"


EXITS = {
    "daemon threads that wait": """
        def work():
            while True:
                client.put(data)
        for _ in range(4):
            threading.Thread(target=work, daemon=True).start()
        time.sleep(0.3)
    """,
    "daemon threads that read into their buffers": """
        link = client.put(data).link
        reader = client.open(link)
        def work():
            room = bytearray(len(data))
            while True:
                reader.seek(0)
                reader.readinto(room)
        for _ in range(4):
            threading.Thread(target=work, daemon=True).start()
        time.sleep(0.3)
    """,
    "operations that nobody waits for": """
        from libsafe import _safe
        ops = [_safe.safe_put(client._handle, data, 0) for _ in range(10)]
    """,
    "buffers lent to operations": """
        from libsafe import _safe
        writer = client.writer()
        room = bytearray(data)
        op = _safe.safe_writer_write(writer._handle, room)
        reader = client.open(client.put(data[:1000000]).link)
        room2 = bytearray(1000000)
        op2 = _safe.safe_reader_read_into(reader._handle, 0, room2)
    """,
    "an event loop that was stopped": """
        import asyncio
        loop = asyncio.new_event_loop()
        loop.create_task(client.aput(data))
        loop.call_later(0.2, loop.stop)
        loop.run_forever()
        loop._ready.clear()
        import logging
        logging.disable()
    """,
    "sys.exit in the middle": """
        def work():
            client.put(data)
        threading.Thread(target=work, daemon=True).start()
        time.sleep(0.1)
        sys.exit(0)
    """,
    "a log sink": """
        lines = []
        libsafe.log_to(lambda level, line: lines.append(line), libsafe.LogLevel.DEBUG)
        threading.Thread(target=lambda: client.put(data), daemon=True).start()
        time.sleep(0.1)
    """,
}


@pytest.mark.parametrize("case", EXITS)
def test_the_interpreter_ends_with_operations_in_flight(case: str) -> None:
    # asyncio itself may complain of the task that its stopped loop leaves behind; that is not what is tested.
    program = """
        import logging, random, sys, threading, time, libsafe
        logging.getLogger("asyncio").disabled = True
        client = libsafe.connect("mem:")
        data = random.Random(1).randbytes(30 << 20)
    """
    for _ in range(2):
        process = child(program + EXITS[case])
        ends_well(process)


def test_a_child_made_by_fork_is_told(client: libsafe.Client) -> None:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            client.put(b"x")
        except libsafe.SafeError as error:
            code = 0 if error.name == "SAFE_FORKED" else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert client.get(client.put(b"parent").link) == b"parent"
