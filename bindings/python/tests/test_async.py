"""The asynchronous twins, on one completion queue per event loop."""

from __future__ import annotations

import asyncio
import gc
import io
import pathlib
import threading
import time
from typing import Any, List, Optional

import pytest
from conftest import MIB, content

import libsafe
from libsafe import _safe


def test_put_get_open(tmp_path: pathlib.Path) -> None:
    data = content(6 * MIB)
    (tmp_path / "file").write_bytes(data)

    async def all_of_it() -> None:
        async with libsafe.aconnect("mem:") as client:
            sources: List[Any] = [data, tmp_path / "file", io.BytesIO(data)]
            for source in sources:
                receipt = await client.aput(source, private=True)
                assert await client.aget(receipt.link) == data
            assert await client.aget_file(receipt.link, tmp_path / "copy") == len(data)
            async with await client.aopen(receipt.link) as reader:
                reader.seek(5 * MIB)
                assert await reader.aread(10) == data[5 * MIB : 5 * MIB + 10]
                room = bytearray(1000)
                assert await reader.areadinto(room) == 1000 and room == data[5 * MIB + 10 : 5 * MIB + 1010]
                assert await reader.aread_at(0, 7) == data[:7]
                reader.seek(0)
                assert b"".join([block async for block in reader]) == data
            async with await client.aopen_datamap(receipt.link.datamap) as reader:
                assert await reader.aread() == data

    asyncio.run(all_of_it())


def test_writers() -> None:
    async def write() -> None:
        client = await libsafe.aconnect("mem:")
        async with client:
            async with await client.awriter(3) as writer:
                assert await writer.awrite(b"abc") == 3
            assert writer.receipt and await client.aget(writer.receipt.link) == b"abc"
            with pytest.raises(KeyError):
                async with await client.awriter() as writer:
                    raise KeyError
            assert writer.closed and writer.receipt is None
            receipt = await (await client.awriter()).afinish()
            assert await client.aget(receipt.link) == b""

    asyncio.run(write())


def test_records_and_chunks() -> None:
    async def use() -> None:
        async with libsafe.aconnect("mem:") as client:
            key = libsafe.Key.generate()
            address = (await client.acreate_record(key, "x", b"0")).address
            for version in range(1, 8):
                await client.aset_record(key, "x", version, b"%d" % version)
            with pytest.raises(libsafe.Conflict) as caught:
                await client.aset_record(key, "x", 3, b"late")
            assert caught.value.current_version == 7
            assert (await client.aget_record(address)).version == 7
            versions = [record.version async for record in client.alist_records(address, page_size=3)]
            assert versions == list(range(7, -1, -1))
            chunk = await client.achunk_put(b"chunk")
            assert await client.achunk_exists(chunk) and await client.achunk_get(chunk) == b"chunk"

    asyncio.run(use())


def test_sources_that_are_asynchronous() -> None:
    async def use() -> None:
        stream = asyncio.StreamReader()
        stream.feed_data(content(100_000))
        stream.feed_eof()
        async with libsafe.aconnect("mem:") as client:
            receipt = await client.aput(stream)
            assert await client.aget(receipt.link) == content(100_000)

    asyncio.run(use())


def test_many_at_once() -> None:
    async def use() -> None:
        async with libsafe.aconnect("mem:") as client:
            values = [content(10_000, seed) for seed in range(200)]
            receipts = await asyncio.gather(*(client.aput(value) for value in values))
            assert await asyncio.gather(*(client.aget(receipt.link) for receipt in receipts)) == values

    asyncio.run(use())


def test_the_event_loop_goes_on_meanwhile(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content(96 * MIB))  # one operation, of some 60 ticks: bytes are several, and between them any loop goes on

    async def use() -> int:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.005)
                ticks += 1

        async with libsafe.aconnect("mem:") as client:
            ticking = asyncio.create_task(tick())
            await client.aput(path)
            ticking.cancel()
        return ticks

    assert asyncio.run(use()) >= 5


def test_cancelling_the_task_cancels_the_operation(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content(200 * MIB))

    async def use() -> None:
        async with libsafe.aconnect("mem:") as client:
            sources: List[Any] = [path, path.read_bytes(), path.open("rb")]
            for source in sources:
                started = asyncio.Event()

                def tell(done: int, total: Optional[int]) -> None:
                    started.set()

                task = asyncio.create_task(client.aput(source, progress=tell))
                await started.wait()
                begun = time.monotonic()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert time.monotonic() - begun < 20  # seconds; the whole would take longer
                if isinstance(source, io.IOBase):
                    source.close()
            assert await client.aget((await client.aput(b"still works")).link) == b"still works"

    asyncio.run(use())


def test_after_a_cancellation_the_buffer_is_the_callers_again() -> None:
    async def use() -> None:
        async with libsafe.aconnect("mem:") as client:
            data = content(60 * MIB)
            async with await client.aopen((await client.aput(data)).link) as reader:
                for delay in (0, 0, 0.001, 0.01, 0.05):
                    room = bytearray(60 * MIB)
                    task = asyncio.create_task(reader.areadinto(room))
                    await asyncio.sleep(delay)
                    task.cancel()
                    task.cancel()
                    try:
                        await task
                    except asyncio.CancelledError:
                        pass
                    room.append(0)  # BufferError if the library still had it
                    reader.seek(0)
                assert await reader.aread_at(0, 10) == data[:10]

    asyncio.run(use())


def test_a_deadline() -> None:
    async def use() -> None:
        async with libsafe.aconnect("mem:") as client:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.aput(content(200 * MIB)), 0.05)

    asyncio.run(use())


def test_failures_reach_the_task() -> None:
    async def use() -> None:
        with pytest.raises(libsafe.BadURL):
            await libsafe.aconnect("nonsense")
        async with libsafe.aconnect("mem:") as client:
            with pytest.raises(libsafe.NotFound):
                await client.achunk_get(bytes(32))
            with pytest.raises(libsafe.BadLink):
                await client.aget("nonsense")

            def stop(done: int, total: Optional[int]) -> None:
                raise RuntimeError("enough")

            with pytest.raises(RuntimeError, match="enough"):
                await client.aput(content(30 * MIB), progress=stop)

    asyncio.run(use())


def test_closing_the_client_under_an_operation(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content(60 * MIB))  # one operation, which goes on though this thread may be held up before it closes

    async def use() -> None:
        client = await libsafe.aconnect("mem:")
        task = asyncio.create_task(client.aput(path))
        await asyncio.sleep(0)
        client.close()
        with pytest.raises(libsafe.SafeError) as caught:
            await task
        assert caught.value.name in ("SAFE_CLOSED", "SAFE_CANCELLED")

    asyncio.run(use())


def test_one_event_loop_per_thread() -> None:
    failures: List[BaseException] = []

    def work(seed: int) -> None:
        async def use() -> None:
            async with libsafe.aconnect("mem:") as client:
                for turn in range(5):
                    data = content(20_000, seed * 10 + turn)
                    assert await client.aget((await client.aput(data)).link) == data

        try:
            asyncio.run(use())
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_a_loop_that_is_dropped_with_operations_in_flight() -> None:
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda loop, context: None)  # which would say that a task was lost
    client = loop.run_until_complete(libsafe.aconnect("mem:").__aenter__())
    writer = loop.run_until_complete(client.awriter())
    room = bytearray(content(30 * MIB))
    task = loop.create_task(writer.awrite(room))
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert not task.done()
    loop.close()
    writer.abandon()
    client.close()
    del loop, task, writer, client
    deadline = time.monotonic() + 60
    while libsafe.live_handles() != 0 and time.monotonic() < deadline:
        gc.collect()
        # Any call that frees an operation looks after those that were left behind.
        with libsafe.connect("mem:"):
            pass
        time.sleep(0.05)
    room.append(0)


def test_queues_go_with_their_loops() -> None:
    async def use() -> None:
        async with libsafe.aconnect("mem:") as client:
            await client.aput(b"x")

    for _ in range(20):
        asyncio.run(use())
    gc.collect()
    assert _safe.safe_debug_live_handles() == 0
