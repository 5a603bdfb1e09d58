"""The runner of Python: plays steps with the classes of libsafe (README, "What a runner speaks").

What waits is written once, for both forms that the package has: steps use the plain methods, and what is started uses their
asynchronous twins, in an event loop of its own thread.
"""

from __future__ import annotations

import asyncio
import gc
import os
import pathlib
import socket
import sys
import threading
import time
from concurrent.futures import Future
from typing import Any, Awaitable, Callable, Dict

import libsafe
from folder_store import FolderStore

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from line import Fields, Lines, data_of  # noqa: E402

FOLDER = pathlib.Path(sys.argv[1])
CAN = ("addresses behind children chunks closing datamaps details empty_urls files fork identities limits links log metrics named_links own_vaults pages ports progress record_addresses replay rooms s1 seeds serving settings signing sizes sockets states streams transports"
       " u64 unsigned untyped vaults views")  # fmt: skip

Invoke = Callable[..., Awaitable[Any]]


async def plain(thing: Any, name: str, *arguments: Any, **named: Any) -> Any:
    return getattr(thing, name)(*arguments, **named)


async def twin(thing: Any, name: str, *arguments: Any, **named: Any) -> Any:
    return await getattr(thing, "a" + name)(*arguments, **named)


def finished(coroutine: Any) -> Any:
    """The result of a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waited")


def flags(a: Fields) -> Dict[str, bool]:
    return {name: a[name] == "1" for name in ("private", "verify", "dry_run", "replay") if name in a}


def view_of(a: Fields, data: bytes) -> Any:
    """The data in the middle of a larger buffer, if that is asked for."""
    if "before" not in a and "after" not in a:
        return data
    before = int(a.get("before", 0))
    return memoryview(b"\xaa" * before + data + b"\xbb" * int(a.get("after", 0)))[before : before + len(data)]


def receipt_of(receipt: libsafe.Receipt) -> Fields:
    link = receipt.link
    return {
        "link": link.text, "private": link.is_private, "size": receipt.size, "name": link.name, "new_bytes": receipt.new_bytes,
        "chunks": receipt.chunks, "new_chunks": receipt.new_chunks,
    }  # fmt: skip


def link_of(link: libsafe.Link) -> Fields:
    return {
        "text": link.text, "private": link.is_private, "size": link.size, "name": link.name, "media_type": link.media_type
    }  # fmt: skip


def record_of(record: libsafe.Record) -> Fields:
    return {
        "address": record.address.hex(), "owner": record.owner.hex(), "label": record.label, "version": record.version,
        "value": record.value,
    }  # fmt: skip


class Runner:
    def __init__(self) -> None:
        self.kept: Dict[str, Any] = {}
        self.started: Dict[str, "Future[Fields]"] = {}
        self.progress: Dict[str, Fields] = {}
        self.ports: Dict[str, FolderStore] = {}
        self.log_lines = 0
        self.begin_loop()

    def begin_loop(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def end_loop(self) -> None:
        """What was started ends as cancelled; the loop's queue goes with it."""
        for future in self.started.values():
            future.cancel()
        while any(not task.done() for task in asyncio.all_tasks(self.loop)):
            time.sleep(0.001)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    # --- what takes time: async, with `call` for either form ---

    async def connect(self, a: Fields, call: Invoke) -> Fields:
        make = libsafe.connect if call is plain else libsafe.aconnect
        key = self.kept[a["key"]] if "key" in a else None
        made = make(a["url"], create=a.get("create", "1") == "1", key=key, anonymous=a.get("anonymous") == "1")
        client = made if call is plain else await made  # type: ignore[misc]
        self.kept[a["as"]] = client
        return {"url": client.url}

    async def put(self, a: Fields, call: Invoke) -> Fields:
        data = view_of(a, data_of(a["data"]))
        told = self.told(a)
        return receipt_of(await call(self.kept[a["client"]], "put", data, progress=told, **flags(a)))

    def told(self, a: Fields) -> Any:
        """Keeps what is told of the progress of what was started."""
        name = a.get("start")
        if name is None:
            return None
        self.progress[name] = {"done": 0, "total": None}
        return lambda done, total: self.progress[name].update(done=done, total=total)

    async def put_file(self, a: Fields, call: Invoke) -> Fields:
        return receipt_of(await call(self.kept[a["client"]], "put", a["path"], progress=self.told(a), **flags(a)))

    async def get(self, a: Fields, call: Invoke) -> Fields:
        limit = {"limit": int(a["limit"])} if "limit" in a else {}
        return {"data": await call(self.kept[a["client"]], "get", a["link"], **limit)}

    async def get_file(self, a: Fields, call: Invoke) -> Fields:
        return {"size": await call(self.kept[a["client"]], "get_file", a["link"], a["path"])}

    async def open(self, a: Fields, call: Invoke) -> Fields:
        reader = self.kept[a["as"]] = await call(self.kept[a["client"]], "open", a["link"])
        return {"size": reader.size}

    async def open_datamap(self, a: Fields, call: Invoke) -> Fields:
        reader = self.kept[a["as"]] = await call(self.kept[a["client"]], "open_datamap", data_of(a["datamap"]))
        return {"size": reader.size}

    async def read(self, a: Fields, call: Invoke) -> Fields:
        return {"data": await call(self.kept[a["reader"]], "read_at", int(a["offset"]), int(a["length"]))}

    async def read_into(self, a: Fields, call: Invoke) -> Fields:
        before, size, after = int(a.get("before", 0)), int(a["size"]), int(a.get("after", 0))
        memory = bytearray(b"\xaa" * (before + size + after))
        reader = self.kept[a["reader"]]
        reader.seek(int(a["offset"]))
        with memoryview(memory) as whole, whole[before : before + size] as room:
            count = await call(reader, "readinto", room)
        untouched = memory[:before] + memory[before + count :]
        return {"data": bytes(memory[before : before + count]), "clean": untouched == b"\xaa" * len(untouched)}

    async def stream(self, a: Fields, call: Invoke) -> Fields:
        reader = self.kept[a["reader"]]
        reader.seek(int(a.get("offset", 0)))
        if call is plain:
            return {"data": reader.readall()}
        return {"data": b"".join([block async for block in reader])}

    async def writer(self, a: Fields, call: Invoke) -> Fields:
        size = int(a["size"]) if "size" in a else None
        self.kept[a["as"]] = await call(self.kept[a["client"]], "writer", size, **flags(a))
        return {}

    async def write(self, a: Fields, call: Invoke) -> Fields:
        writer, data = self.kept[a["writer"]], view_of(a, data_of(a["data"]))
        if a.get("reserved") == "1":
            with writer.reserve(len(data)) as memory:
                memory[:] = data
            await call(writer, "commit", len(data))
        else:
            await call(writer, "write", data)
        return {}

    async def finish(self, a: Fields, call: Invoke) -> Fields:
        return receipt_of(await call(self.kept[a["writer"]], "finish"))

    async def chunk_put(self, a: Fields, call: Invoke) -> Fields:
        return {"address": (await call(self.kept[a["client"]], "chunk_put", data_of(a["data"]))).hex()}

    async def chunk_get(self, a: Fields, call: Invoke) -> Fields:
        return {"data": await call(self.kept[a["client"]], "chunk_get", bytes.fromhex(a["address"]))}

    async def state(self, a: Fields, call: Invoke) -> Fields:
        return {"value": int(self.kept[a["client"]].state)}

    async def next_state(self, a: Fields, call: Invoke) -> Fields:
        await call(self.kept[a["client"]], "next_state", libsafe.ClientState(int(a["known"])))
        return {}

    async def timeout(self, a: Fields, call: Invoke) -> Fields:
        self.kept[a["client"]].set_timeout(int(a["milliseconds"]) / 1000 or None)
        return {}

    async def chunk_exists(self, a: Fields, call: Invoke) -> Fields:
        return {"value": await call(self.kept[a["client"]], "chunk_exists", bytes.fromhex(a["address"]))}

    async def record_create(self, a: Fields, call: Invoke) -> Fields:
        key = self.kept[a["key"]]
        return record_of(await call(self.kept[a["client"]], "create_record", key, a["label"], data_of(a["value"])))

    async def record_set(self, a: Fields, call: Invoke) -> Fields:
        key, version = self.kept[a["key"]], int(a["version"])
        return record_of(await call(self.kept[a["client"]], "set_record", key, a["label"], version, data_of(a["value"])))

    async def record_get(self, a: Fields, call: Invoke) -> Fields:
        version = int(a["version"]) if "version" in a else None
        return record_of(await call(self.kept[a["client"]], "get_record", bytes.fromhex(a["address"]), version))

    async def record_list(self, a: Fields, call: Invoke) -> Fields:
        client, address, limit = self.kept[a["client"]], bytes.fromhex(a["address"]), int(a.get("limit", 1000))
        named = {"before": int(a["before"])} if "before" in a else {}
        versions = []
        if call is plain:
            for record in client.list_records(address, page_size=limit, **named):
                versions.append(record.version)
        else:
            async for record in client.alist_records(address, page_size=limit, **named):
                versions.append(record.version)
        more = versions[limit - 1] if len(versions) > limit else None
        return {"versions": versions[:limit], "next": more}

    async def vault_info(self, a: Fields, call: Invoke) -> Fields:
        return dict(vars(await call(libsafe.vault, "info", a["url"])))

    async def vault_verify(self, a: Fields, call: Invoke) -> Fields:
        found = await call(libsafe.vault, "verify", a["url"])
        return {"checked": found.checked, "bad": found.bad, "items": [(item.address, item.size) for item in found.items]}

    async def vault_gc(self, a: Fields, call: Invoke) -> Fields:
        keep = filter(None, a["keep"].split("\n"))
        found = await call(libsafe.vault, "gc", a["url"], list(keep), remove=a.get("remove") == "1")
        return {"kept": found.kept, "removed": found.removed, "items": [(item.address, item.size) for item in found.items]}

    async def vault_remove(self, a: Fields, call: Invoke) -> Fields:
        await call(libsafe.vault, "remove", a["url"], bytes.fromhex(a["address"]))
        return {}

    # --- what does not ---

    def version(self, a: Fields) -> Fields:
        return {"text": libsafe.__version__, "abi": libsafe._safe.safe_abi_version(), "number": libsafe._safe.safe_version_number()}

    def feature(self, a: Fields) -> Fields:
        return {"value": libsafe.feature(a["name"])}

    def setting(self, a: Fields) -> Fields:
        if "value" in a:
            libsafe.configure(**{a["name"]: int(a["value"])})
        return {"value": {"workers": libsafe.workers, "memory": libsafe.memory}[a["name"]]()}

    def log(self, a: Fields) -> Fields:
        def heard(level: libsafe.LogLevel, line: str) -> None:
            self.log_lines += 1

        time.sleep(0.02)  # lines are told on the main thread a little later
        lines, self.log_lines = self.log_lines, 0
        libsafe.log_to(heard if a["level"] != "0" else None, libsafe.LogLevel(max(int(a["level"]), 1)))
        return {"lines": lines}

    def collect(self, a: Fields) -> Fields:
        gc.collect()
        return {}

    def live_handles(self, a: Fields) -> Fields:
        return {"value": libsafe.live_handles()}

    def close(self, a: Fields) -> Fields:
        thing = self.kept[a["of"]]
        if isinstance(thing, libsafe.Writer):
            thing.abandon()
        elif not isinstance(thing, libsafe.Key):  # keys go with their last reference
            thing.close()
        return {}

    def replay_size(self, a: Fields) -> Fields:
        return {"value": self.kept[a["writer"]].replay_size}

    def link(self, a: Fields) -> Fields:
        return link_of(libsafe.Link.parse(a["text"]))

    def link_from_address(self, a: Fields) -> Fields:
        return link_of(libsafe.Link.from_address(bytes.fromhex(a["address"])))

    def link_from_datamap(self, a: Fields) -> Fields:
        return link_of(libsafe.Link.from_datamap(data_of(a["datamap"])))

    def link_with(self, a: Fields) -> Fields:
        return link_of(libsafe.Link.parse(a["link"]).with_name(a.get("name"), a.get("media_type")))

    def link_address(self, a: Fields) -> Fields:
        return {"address": libsafe.Link.parse(a["link"]).address.hex()}

    def link_datamap(self, a: Fields) -> Fields:
        return {"datamap": libsafe.Link.parse(a["link"]).datamap}

    def key(self, a: Fields) -> Fields:
        key = libsafe.Key.from_seed(data_of(a["seed"])) if "seed" in a else libsafe.Key.generate()
        self.kept[a["as"]] = key
        return {"public": key.public.hex()}

    def key_seed(self, a: Fields) -> Fields:
        return {"seed": self.kept[a["key"]].seed()}

    def sign(self, a: Fields) -> Fields:
        return {"signature": self.kept[a["key"]].sign(data_of(a["data"]))}

    def verify(self, a: Fields) -> Fields:
        libsafe.verify(bytes.fromhex(a["public"]), data_of(a["data"]), data_of(a["signature"]))
        return {}

    def record_address(self, a: Fields) -> Fields:
        return {"address": libsafe.record_address(bytes.fromhex(a["owner"]), a["label"]).hex()}

    def s1_encode(self, a: Fields) -> Fields:
        count = 0
        with libsafe.s1.Encoder() as encoder:
            encoder.write(data_of(a["data"]))
            datamap = encoder.finish()
            while chunk := encoder.next():
                pathlib.Path(a["folder"]).mkdir(parents=True, exist_ok=True)
                (pathlib.Path(a["folder"]) / chunk.name.hex()).write_bytes(chunk.data)
                count += 1
        return {"datamap": datamap, "chunks": count}

    def s1_decode(self, a: Fields) -> Fields:
        chart = libsafe.s1.Map(data_of(a["datamap"]))
        chunks = [(pathlib.Path(a["folder"]) / chart.chunk_name(index).hex()).read_bytes() for index in range(chart.chunk_count)]
        data = b"".join(chart.decrypt(index, chunk) for index, chunk in enumerate(chunks)) if chunks else chart.content
        return {"size": chart.size, "chunks": len(chunks), "data": data}

    def port(self, a: Fields) -> Fields:
        store = self.ports[a["as"]] = FolderStore(pathlib.Path(a["folder"]))
        self.kept[a["as"]] = libsafe.ports.serve(a["scheme"], lambda url, create: store.opened(create))
        return {}

    def port_hold(self, a: Fields) -> Fields:
        self.ports[a["port"]].open.clear()
        return {}

    def port_release(self, a: Fields) -> Fields:
        self.ports[a["port"]].open.set()
        return {}

    def transport(self, a: Fields) -> Fields:
        """Whoever connects gets one end of a pair; at the other the vault is served."""
        ends: Dict[str, socket.socket] = {}

        def opened(url: str) -> socket.socket:
            if url in ends:
                return ends.pop(url)
            mine, served = socket.socketpair()
            other = f"{a['scheme']}:served-{served.fileno()}"
            ends[other] = served
            threading.Thread(target=serve, args=(other,), daemon=True).start()
            return mine

        def serve(other: str) -> None:
            try:
                libsafe.vault.serve(a["vault"], other)
            except libsafe.SafeError:
                pass  # the port, or its client, was closed

        self.kept[a["as"]] = libsafe.ports.transport(a["scheme"], opened)
        return {}

    async def serve(self, a: Fields, call: Invoke) -> Fields:
        vault = libsafe.Vault.open(a["vault"])
        vault.set_limit(libsafe.VaultLimit.CONNECTIONS, 100)
        vault.set_limit(libsafe.VaultLimit.QUOTA, int(a.get("quota", 0)))
        vault.set_certificate("no.pem", "no.pem")  # nobody asks for it before wss:
        self.kept[a["as"]] = vault
        return {"key": vault.key, "url": await call(vault, "listen", "ws://127.0.0.1:0/vault")}

    async def metrics(self, a: Fields, call: Invoke) -> Fields:
        return {"text": await call(self.kept[a["of"]], "metrics")}

    async def drain(self, a: Fields, call: Invoke) -> Fields:
        await call(self.kept[a["of"]], "drain", 10)
        return {}

    def misuse(self, a: Fields) -> Fields:
        thing = self.kept[a["of"]]
        with libsafe.connect("mem:") as client:
            if a["where"] == "key":
                client.create_record(thing, "label", b"")
            else:
                client.get(thing)
        return {}

    def fork(self, a: Fields) -> Fields:
        client = self.kept[a["client"]]
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                client.put(b"from a child")
                name = "SAFE_OK"
            except libsafe.SafeError as error:
                name = error.name
            os.write(writing, name.encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as answer:
            code = answer.read()
        os.waitpid(child, 0)
        return {"code": code}

    # --- what was started ---

    def wait(self, a: Fields) -> Fields:
        try:
            return self.started[a["op"]].result()
        finally:
            del self.started[a["op"]]

    def cancel(self, a: Fields) -> Fields:
        self.loop.call_soon_threadsafe(self.started[a["op"]].cancel)
        return {}

    def pending(self, a: Fields) -> Fields:
        return {"value": not self.started[a["op"]].done()}

    def progress_of(self, a: Fields) -> Fields:
        return self.progress[a["op"]]

    def drop(self, a: Fields) -> Fields:
        return self.cancel({"op": a["op"]})

    def end(self, a: Fields) -> Fields:
        for store in self.ports.values():
            store.open.set()
        self.end_loop()
        for name in list(self.kept):
            if a["how"] == "close" or isinstance(self.kept[name], libsafe.ports.Port):
                self.close({"of": name})
        self.kept, self.started, self.ports, self.progress = {}, {}, {}, {}
        self.begin_loop()
        deadline = time.monotonic() + 60
        while True:
            gc.collect()
            live = libsafe.live_handles()
            if live == 0 or time.monotonic() > deadline:
                return {"live": live}
            time.sleep(0.01)

    # --- the protocol ---

    def do(self, operation: str, a: Fields) -> Fields:
        method = getattr(self, "progress_of" if operation == "progress" else operation)
        if not asyncio.iscoroutinefunction(method):
            return method(a)
        if "start" not in a:
            return finished(method(a, plain))
        work = asyncio.run_coroutine_threadsafe(method(a, twin), self.loop)
        self.started[a["start"]] = work
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self.loop).result()  # it has begun
        return {}

    @staticmethod
    def failure(problem: BaseException) -> Fields:
        if isinstance(problem, libsafe.SafeError):
            said = {"code": problem.code, "name": problem.name, "message": problem.message}
            said.update({f"detail.{name}": value for name, value in problem.details.items()}, retryable=problem.retryable)
            return said
        # What Python itself has an exception for.
        if isinstance(problem, (asyncio.CancelledError,)) or "CancelledError" in type(problem).__name__:
            name = "SAFE_CANCELLED"
        elif isinstance(problem, ValueError) and "closed" in str(problem):
            name = "SAFE_CLOSED"
        elif isinstance(problem, TypeError):
            name = "SAFE_WRONG_HANDLE_TYPE" if "safe_" in str(problem) or "str is needed" in str(problem) else "SAFE_INVALID_ARGUMENT"
        elif isinstance(problem, (ValueError, OverflowError)):
            name = "SAFE_INVALID_ARGUMENT"
        else:
            raise problem
        return {"name": name, "message": f"{type(problem).__name__}: {problem}"}


Lines(FOLDER).answer("python", CAN, Runner())
