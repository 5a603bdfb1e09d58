"""Very many operations at once while the collector is kept busy: each ends once, with its own result. And interpreters that end in
the middle of them."""

from __future__ import annotations

import asyncio
import collections
import gc
import os
import pathlib
import random
import subprocess
import sys
import textwrap
import threading
from typing import Dict, Iterator, List

import pytest
from conftest import content

import libsafe

OPERATIONS = 10_000


def scaled(usual: int, full: int) -> int:
    return full if os.environ.get("SAFE_SCALE") == "full" else usual


@pytest.fixture
def pressure() -> Iterator[None]:
    """Makes garbage in circles, and has it collected."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.02):
            rings: List[List[object]] = [[bytearray(10_000)] for _ in range(200)]
            for ring in rings:
                ring.append(ring)
            del rings
            gc.collect()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()


@pytest.mark.usefixtures("pressure")
def test_ten_thousand_at_once_each_end_once() -> None:
    ends: Dict[int, int] = collections.Counter()

    async def one(client: libsafe.Client, number: int) -> None:
        data = number.to_bytes(8, "big") * (1 + number % 50)
        receipt = await client.aput(data, private=bool(number % 2))
        assert await client.aget(receipt.link) == data
        ends[number] += 1

    async def all_of_them() -> None:
        async with await libsafe.aconnect("mem:") as client:
            await asyncio.gather(*(one(client, number) for number in range(OPERATIONS)))

    asyncio.run(all_of_them())
    assert len(ends) == OPERATIONS and set(ends.values()) == {1}


@pytest.mark.usefixtures("pressure")
def test_cancelled_at_every_moment() -> None:
    async def rounds() -> int:
        done = 0
        async with await libsafe.aconnect("mem:") as client:
            data = content(2000)
            link = (await client.aput(data)).link
            for _ in range(scaled(500, 5000)):
                task = asyncio.ensure_future(client.aget(link))
                for _ in range(random.randrange(4)):
                    await asyncio.sleep(0)
                task.cancel()
                try:
                    assert await task == data
                    done += 1
                except asyncio.CancelledError:
                    pass
        return done

    print(asyncio.run(rounds()), "were done before they were cancelled")


@pytest.mark.usefixtures("pressure")
def test_threads_wait_for_their_own(client: libsafe.Client) -> None:
    good: List[int] = []

    def work(number: int) -> None:
        for call in range(scaled(20, 500)):
            data = content(100 + number, call)
            if client.get(client.put(data).link) != data:
                return
        good.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(good) == list(range(16))


ENDS = {
    "the end of the program": ("", 0),
    "an exit": ("sys.exit(3)", 3),
    "an exit of the process": ("os._exit(4)", 4),
    "an exception": ("raise SystemExit(5)", 5),
}


@pytest.mark.parametrize("end", ENDS)
def test_interpreters_end_with_operations_in_flight(tmp_path: pathlib.Path, end: str) -> None:
    """100 of them at full scale: neither a crash nor one that hangs, with the event loop and threads in the middle of work."""
    how, status = ENDS[end]
    program = """
        import asyncio, os, random, sys, threading, time, libsafe
        client = libsafe.connect(sys.argv[1])
        data = random.Random(1).randbytes(6 << 20)
        def wait():
            while True:
                client.get(client.put(data).link)
        for _ in range(2):
            threading.Thread(target=wait, daemon=True).start()
        loop = asyncio.new_event_loop()
        def run():
            for _ in range(50):
                loop.create_task(client.aput(data[: 1 << 20]))
            loop.run_forever()
        threading.Thread(target=run, daemon=True).start()
        time.sleep(float(sys.argv[2]) / 1000)
    """
    for turn in range(scaled(2, 25)):
        url = "mem:" if turn % 2 else f"file:{tmp_path}/vault"
        command = [sys.executable, "-c", textwrap.dedent(program) + how, url, str(turn * 17 % 200)]
        environment = dict(os.environ, PYTHONFAULTHANDLER="1")
        done = subprocess.run(command, env=environment, text=True, stderr=subprocess.PIPE, timeout=120)
        assert (done.returncode, done.stderr) == (status, ""), f"turn {turn}"
