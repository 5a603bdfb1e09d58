"""The runner of the `safe` tool: each step is a command line (README, "What a runner speaks").

A vault in memory would end with its command, so `mem:` is a directory of the runner's; a client is the URL that it was connected to, a
reader the link that was opened. What is started is a process that runs, and cancelling is Ctrl-C.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from typing import Any, Callable, Dict, List, Optional
from urllib.parse import quote

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from line import Fields, Lines, data_of  # noqa: E402

FOLDER = pathlib.Path(sys.argv[1])
BUILD = pathlib.Path(os.environ["CONFORMANCE_BUILD"])
TOOL = str(BUILD / "bin/safe")
CAN = "addresses files log named_links record_addresses s1 serving sockets streams u64 unsigned vaults"
# The codes that the tool's exit statuses stand for where its message has no name (bindings/cli/README.md).
UNNAMED = {2: "SAFE_INVALID_ARGUMENT", 130: "SAFE_CANCELLED", -signal.SIGINT: "SAFE_CANCELLED"}
LOGGED = re.compile(r"^safe: (?:error|warning|info|debug): ", re.MULTILINE)


class Failure(Exception):
    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Command:
    """One command line that runs, and what its output means."""

    def __init__(self, runner: "Runner", words: List[str], given: Optional[bytes], meaning: Callable[[bytes], Fields]) -> None:
        self.runner = runner
        self.meaning = meaning
        self.given = given
        self.cancelled = False
        self.out = tempfile.TemporaryFile(dir=FOLDER)
        self.err = tempfile.TemporaryFile(dir=FOLDER)
        source: Any = subprocess.PIPE
        if given is not None:
            source = tempfile.TemporaryFile(dir=FOLDER)
            source.write(given)
            source.seek(0)
        self.source = source
        # The tool handles Ctrl-C itself; it is not of the terminal's group, which the driver may be in.
        self.process = subprocess.Popen([TOOL, *words], stdin=source, stdout=self.out, stderr=self.err, start_new_session=True)

    def end(self) -> Fields:
        if self.process.stdin:
            self.process.stdin.close()
        status = self.process.wait()
        for stream in (self.out, self.err):
            stream.seek(0)
        out, err = self.out.read(), self.err.read().decode("utf-8", "replace")
        if self.runner.verbose:
            self.runner.log_lines += len(LOGGED.findall(err))
        if status != 0:
            raise Failure(self.runner.code_of(status, err), err.strip() or f"exit status {status}")
        return self.meaning(out)

    def cancel(self) -> None:
        """Once: at a second Ctrl-C the tool ends on the spot. And not before it listens, has read all that it was given, and has
        gone from reading to waiting for the library."""
        while not self.cancelled and self.process.poll() is None:
            if self.listens() and (not self.given or self.source.tell() == len(self.given)):
                time.sleep(0.02)
                self.process.send_signal(signal.SIGINT)
                self.cancelled = True
            else:
                time.sleep(0.001)

    def listens(self) -> bool:
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as status:
            caught = next((int(line.split()[1], 16) for line in status if line.startswith("SigCgt:")), 0)
        return bool(caught >> (signal.SIGINT - 1) & 1)


class Runner:
    def __init__(self) -> None:
        model = json.loads((BUILD / "cmake/model/model.json").read_text(encoding="utf-8"))
        codes = next(enum["values"] for enum in model["enums"] if enum["name"] == "safe_code")
        self.codes = {code["name"] for code in codes}
        self.kept: Dict[str, str] = {}  # clients: URLs; readers: links; keys: files
        self.vault_of: Dict[str, str] = {}  # readers
        self.writers: Dict[str, Command] = {}
        self.served: Dict[str, "subprocess.Popen[bytes]"] = {}
        self.started: Dict[str, Command] = {}
        self.vault = "mem:"  # the last one that was used
        self.verbose = False
        self.log_lines = 0
        self.count = 0
        self.room = pathlib.Path(tempfile.mkdtemp(dir=FOLDER))

    def code_of(self, status: int, said: str) -> str:
        first = next((line for line in said.splitlines() if line.startswith("safe: ") and not LOGGED.match(line)), "")
        named = [f"SAFE_{word}" for word in re.findall(r"\b[A-Z][A-Z0-9_]+\b", first) if f"SAFE_{word}" in self.codes]
        return named[-1] if named else UNNAMED.get(status, "")

    def command(self, url: str, words: List[str], given: Optional[bytes], meaning: Callable[[bytes], Fields]) -> Command:
        options = ["--vault", url] if url else []
        self.vault = url or self.vault
        return Command(self, [*options, *(["--verbose"] if self.verbose else []), *words], given, meaning)

    def new_path(self, name: str) -> pathlib.Path:
        self.count += 1
        return self.room / f"{name}-{self.count}"

    # --- commands that can be started ---

    def put_options(self, a: Fields) -> List[str]:
        words = {"private": "--private", "verify": "--verify", "dry_run": "--dry-run"}
        datamap = [] if a.get("dry_run") == "1" else ["--datamap", str(self.new_path("map"))]
        return ["put", "--json", *datamap, *(word for name, word in words.items() if a.get(name) == "1")]

    def about(self, link: str) -> Fields:
        """What info says of a link, in the vault that was used last."""
        return self.command(self.vault, ["info", "--json", link], b"", json.loads).end()

    def receipt(self, out: bytes) -> Fields:
        said = json.loads(out)
        try:
            about = self.about(said["link"])
        except Failure:
            about = {}  # a dry run has stored nothing to be spoken of
        chunks = [(chunk["name"], chunk["size"]) for chunk in said["chunks"]]
        return {
            "link": said["link"], "private": said["link"].startswith("safe:private-"), "name": about.get("name"), "chunks": chunks,
            "size": said["size"], "new_chunks": said["new_chunks"], "new_bytes": said["new_bytes"],
        }  # fmt: skip

    def put(self, a: Fields) -> Command:
        return self.command(self.kept[a["client"]], [*self.put_options(a), "-"], data_of(a["data"]), self.receipt)

    def put_file(self, a: Fields) -> Command:
        return self.command(self.kept[a["client"]], [*self.put_options(a), "--", a["path"]], b"", self.receipt)

    def get(self, a: Fields) -> Command:
        return self.command(self.kept[a["client"]], ["get", a["link"]], b"", lambda out: {"data": out})

    def get_file(self, a: Fields) -> Command:
        path = pathlib.Path(a["path"])
        words = ["get", a["link"], "--force", "-o", a["path"]]
        return self.command(self.kept[a["client"]], words, b"", lambda _: {"size": path.stat().st_size})

    def read(self, a: Fields) -> Command:
        begin = int(a["offset"])
        words = ["get", self.kept[a["reader"]], "--range", f"{begin}..{begin + int(a['length'])}"]
        return self.command(self.vault_of[a["reader"]], words, b"", lambda out: {"data": out})

    def stream(self, a: Fields) -> Command:
        link, begin = self.kept[a["reader"]], a.get("offset", "0")
        words = ["cat", link] if begin == "0" else ["get", link, "--range", f"{begin}.."]
        return self.command(self.vault_of[a["reader"]], words, b"", lambda out: {"data": out})

    def open(self, a: Fields) -> Command:
        def opened(out: bytes) -> Fields:
            self.kept[a["as"]], self.vault_of[a["as"]] = a["link"], self.kept[a["client"]]
            return {"size": json.loads(out)["size"]}

        return self.command(self.kept[a["client"]], ["info", "--json", a["link"]], b"", opened)

    def record(self, out: bytes) -> Fields:
        said = json.loads(out)
        return {**said, "value": bytes.fromhex(said["value_hex"])} if "value_hex" in said else said

    def written(self, a: Fields, words: List[str]) -> Command:
        value = data_of(a["value"])
        words = ["record", *words, "--json", "--key", self.kept[a["key"]], "--label", a["label"], "-"]
        return self.command(self.kept[a["client"]], words, value, lambda out: {**self.record(out), "value": value})

    def record_create(self, a: Fields) -> Command:
        return self.written(a, ["create"])

    def record_set(self, a: Fields) -> Command:
        return self.written(a, ["set", "--version", a["version"]])

    def record_get(self, a: Fields) -> Command:
        version = ["--version", a["version"]] if "version" in a else []
        return self.command(self.kept[a["client"]], ["record", "get", "--json", a["address"], *version], b"", self.record)

    def record_list(self, a: Fields) -> Command:
        limit = ["--limit", a["limit"]] if "limit" in a else []
        words = ["record", "list", "--json", a["address"], *limit]
        return self.command(
            self.kept[a["client"]], words, b"",
            lambda out: {"versions": [json.loads(line)["version"] for line in out.decode().splitlines()]},
        )  # fmt: skip

    def report(self, out: bytes) -> Fields:
        said = json.loads(out)
        items = [(item.get("address") or item["name"], item["size"]) for item in said.get("items", [])]
        return {**said, "items": items}

    def vault_info(self, a: Fields) -> Command:
        return self.command(a["url"], ["vault", "info", "--json"], b"", self.report)

    def vault_verify(self, a: Fields) -> Command:
        return self.command(a["url"], ["vault", "verify", "--json"], b"", self.report)

    def vault_gc(self, a: Fields) -> Command:
        remove = ["--remove"] if a.get("remove") == "1" else []
        return self.command(a["url"], ["vault", "gc", "--json", "--keep", "-", *remove], a["keep"].encode(), self.report)

    def vault_remove(self, a: Fields) -> Command:
        return self.command(a["url"], ["vault", "rm", a["address"]], b"", lambda _: {})

    def s1_encode(self, a: Fields) -> Command:
        source, datamap, folder = self.new_path("content"), self.new_path("map"), pathlib.Path(a["folder"])
        source.write_bytes(data_of(a["data"]))
        folder.mkdir(parents=True, exist_ok=True)
        words = ["put", "--format", "s1", "--chunks", str(folder), "--datamap", str(datamap), str(source)]
        return self.command("", words, b"", lambda _: {"datamap": datamap.read_bytes(), "chunks": len(os.listdir(folder))})

    def s1_decode(self, a: Fields) -> Command:
        datamap = self.new_path("map")
        datamap.write_bytes(data_of(a["datamap"]))
        words = ["get", "--format", "s1", "--chunks", a["folder"], str(datamap)]
        return self.command("", words, b"", lambda out: {"size": len(out), "data": out})

    def link_said(self, text: str) -> Fields:
        said = self.about(text)
        return {"text": text, "private": said["kind"] == "private link", **{
            key: said.get(key) for key in ("size", "name", "media_type")}}  # fmt: skip

    def link_address(self, a: Fields) -> Fields:
        said = self.about(a["link"])
        if "address" not in said:
            raise Failure("SAFE_INVALID_ARGUMENT", "info names no address")
        return {"address": said["address"]}

    def link_from_address(self, a: Fields) -> Fields:
        return self.link_said(self.about(a["address"])["link"])

    def link_with(self, a: Fields) -> Fields:
        """The tool names content when it stores it: so it is stored once more."""
        content = self.command(self.vault, ["get", a["link"]], b"", lambda out: {"data": out}).end()["data"]
        words = [word for key, option in (("name", "--name"), ("media_type", "--type")) if key in a for word in (option, a[key])]
        private = ["--private"] if a["link"].startswith("safe:private-") else []
        again = self.command(self.vault, ["put", *private, *words, "-"], content, lambda out: {"text": out.decode().strip()})
        return self.link_said(again.end()["text"])

    def record_address(self, a: Fields) -> Command:
        words = ["record", "get", "--json", "--owner", a["owner"], "--label", a["label"]]
        return self.command(self.vault, words, b"", lambda out: {"address": json.loads(out)["address"]})

    def version(self, a: Fields) -> Command:
        return self.command("mem:", ["doctor", "--json"], b"", lambda out: {
            "text": json.loads(out)["version"], "abi": json.loads(out)["abi"]})  # fmt: skip

    def feature(self, a: Fields) -> Command:
        def listed(out: bytes) -> Fields:
            finding = next(each for each in json.loads(out)["findings"] if each["subject"] == "features")
            return {"value": a["name"] in finding["text"].split(", ")}

        return self.command("mem:", ["doctor", "--json"], b"", listed)

    def connect(self, a: Fields) -> Command:
        """The tool connects for each command; whether it could is seen by asking for the vault's figures."""
        name, url = a["as"], a["url"]
        if url == "mem:":
            self.kept[name] = f"file:{quote(str(self.new_path('memory')))}"
            return self.command(self.kept[name], ["put", "-"], b"", lambda _: {"url": url})
        self.kept[name] = url
        if url.startswith("tcp:"):
            return self.command(url, ["put", "-"], b"", lambda _: {"url": url})
        return self.command(url, ["vault", "info"], b"", lambda _: {"url": url})

    # --- the rest ---

    def connected(self, a: Fields) -> Fields:
        """The first put makes a vault that is missing."""
        try:
            return self.connect(a).end()
        except Failure as failure:
            if failure.name == "SAFE_STORE_MISSING" and a.get("create", "1") == "1":
                return {"url": a["url"]}
            raise

    def writer(self, a: Fields) -> Fields:
        self.writers[a["as"]] = self.command(self.kept[a["client"]], [*self.put_options(a), "-"], None, self.receipt)
        return {}

    def write(self, a: Fields) -> Fields:
        stdin = self.writers[a["writer"]].process.stdin
        assert stdin
        stdin.write(data_of(a["data"]))
        stdin.flush()
        return {}

    def finish(self, a: Fields) -> Command:
        return self.writers.pop(a["writer"])

    def close(self, a: Fields) -> Fields:
        if a["of"] in self.writers:
            self.writers.pop(a["of"]).process.kill()
        if a["of"] in self.served:
            self.drain(a)
            self.served.pop(a["of"])
        return {}

    def serve(self, a: Fields) -> Fields:
        words = ["vault", "serve", "--store", a["vault"], "--listen", "tcp://127.0.0.1:0", "--limit", "connections=100",
                 "--cert", "no.pem", "--key-file", "no.pem"]
        daemon = subprocess.Popen([TOOL, *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.served[a["as"]] = daemon
        assert daemon.stdout
        url = daemon.stdout.readline().decode().strip()
        return {"key": url.partition("#")[2], "url": url}

    def drain(self, a: Fields) -> Fields:
        daemon = self.served[a["of"]]
        if daemon.poll() is None:
            daemon.terminate()
        daemon.wait()
        assert daemon.stdout
        daemon.stdout.close()
        return {}

    def key(self, a: Fields) -> Fields:
        path = self.kept[a["as"]] = str(self.new_path("key"))
        self.command("", ["key", "generate", path], b"", lambda _: {}).end()
        return self.command("", ["key", "public", path], b"", lambda out: {"public": out.decode().strip()}).end()

    def log(self, a: Fields) -> Fields:
        self.verbose = a["level"] != "0"
        lines, self.log_lines = self.log_lines, 0
        return {"lines": lines}

    def collect(self, a: Fields) -> Fields:
        return {}

    def live_handles(self, a: Fields) -> Fields:
        return {"value": 0}  # what a command held has ended with it

    def wait(self, a: Fields) -> Fields:
        return self.started.pop(a["op"]).end()

    def cancel(self, a: Fields) -> Fields:
        self.started[a["op"]].cancel()
        return {}

    def pending(self, a: Fields) -> Fields:
        return {"value": self.started[a["op"]].process.poll() is None}

    def drop(self, a: Fields) -> Fields:
        self.started[a["op"]].cancel()
        return {}

    def end(self, a: Fields) -> Fields:
        for command in [*self.started.values(), *self.writers.values()]:
            command.cancel()
            command.process.wait()
        for name in self.served:
            self.drain({"of": name})
        self.served = {}
        self.started, self.writers, self.kept, self.verbose = {}, {}, {}, False
        shutil.rmtree(self.room)
        self.room.mkdir()
        return {"live": 0}

    # --- the protocol ---

    def do(self, operation: str, a: Fields) -> Fields:
        if operation == "connect" and "start" not in a:
            return self.connected(a)
        done = getattr(self, operation)(a)
        if not isinstance(done, Command):
            return {**done, "ended": True} if "start" in a else done
        if "start" not in a:
            return done.end()
        self.started[a["start"]] = done
        return {}

    @staticmethod
    def failure(problem: BaseException) -> Optional[Fields]:
        return {"name": problem.name, "message": str(problem)} if isinstance(problem, Failure) else None


# Shells have what runs in the background ignore Ctrl-C, which would go on to the tool.
signal.signal(signal.SIGINT, signal.default_int_handler)
Lines(FOLDER).answer("cli", CAN, Runner())
