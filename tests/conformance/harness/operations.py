"""What a scenario can ask of a runner: the operations, their arguments and what they answer. The README's table, the
checks of scenario files and what crosses to a runner all follow from this file.

Kinds of values
    text      UTF-8
    bytes     see README, "Values"
    number    0 to 2^64-1
    flag      true or false
    address   32 bytes, as 64 hex digits
    link      the text of a link; where a receipt or a link is named, its text
    texts, numbers, chunks     lists; a chunk is an address and a size
    file      where content is kept, see README
Names of what a runner keeps: client, reader, writer, key, port, vault, op (what was started), thing (any of them).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict

KEPT = ("client", "reader", "writer", "key", "port", "vault", "op", "thing")


@dataclass(frozen=True)
class Operation:
    about: str
    takes: Dict[str, str]  # argument -> kind; a ? behind the kind: may be left out
    gives: Dict[str, str]  # field -> kind; a ? behind the kind: not always there
    makes: str = ""  # what `as` names in the runner
    starts: bool = False  # whether `start` may be said: then it goes on while further steps run
    needs: str = ""  # what a runner must be able to do, see capabilities.py


_PUT = {"private": "flag?", "verify": "flag?", "dry_run": "flag?"}
_LINK = {
    "text": "text", "private": "flag", "size": "number?", "name": "text?", "media_type": "text?",
}  # fmt: skip
_RECEIPT = {
    "link": "text", "private": "flag", "size": "number", "name": "text?", "chunks": "chunks", "new_chunks": "number",
    "new_bytes": "number",
}  # fmt: skip
_RECORD = {"address": "address", "owner": "address", "label": "text", "version": "number", "value": "bytes"}
_VIEW = {"before": "number?", "after": "number?"}

OPERATIONS: Dict[str, Operation] = {
    # the library
    "version": Operation("The library's version.", {}, {"text": "text", "number": "number?", "abi": "number?"}),
    "feature": Operation("Whether this build has a feature.", {"name": "text"}, {"value": "flag"}),
    "setting": Operation(
        "Changes a setting of the process (`workers`, `memory`) if a value is given, and tells it.",
        {"name": "text", "value": "number?"}, {"value": "number"}, needs="settings",
    ),
    "log": Operation(
        "Has the library's log lines up to a level (1 to 4) counted from now on; 0 ends that.",
        {"level": "number"}, {"lines": "number"}, needs="log",
    ),
    "collect": Operation("Has the garbage collector run, where there is one.", {}, {}),
    "live_handles": Operation("How many objects of the library are not freed.", {}, {"value": "number"}),
    # connections
    "connect": Operation(
        "Connects to a vault; `create` is true unless it says otherwise. To one that is served, as whoever has the key, or as nobody.",
        {"url": "text", "create": "flag?", "key": "key?", "anonymous": "flag?"}, {"url": "text"}, makes="client", starts=True,
    ),
    "state": Operation("1: connected, 2: disconnected, 3: closed.", {"client": "client"}, {"value": "number"}, needs="states"),
    "next_state": Operation(
        "Ends when the state of a client is another.", {"client": "client", "known": "number"}, {}, starts=True, needs="states"
    ),
    "timeout": Operation(
        "How long a client waits for the network.", {"client": "client", "milliseconds": "number"}, {}, needs="states"
    ),
    "close": Operation("Closes a client, reader, writer, key or port; once more does nothing.", {"of": "thing"}, {}),
    # content
    "put": Operation(
        "Stores bytes. They lie in the middle of a larger buffer if `before` and `after` say so.",
        {"client": "client", "data": "bytes", **_VIEW, **_PUT}, _RECEIPT, starts=True,
    ),
    "put_file": Operation(
        "Stores a local file.", {"client": "client", "path": "text", **_PUT}, _RECEIPT, starts=True, needs="files"
    ),
    "get": Operation(
        "The whole content.", {"client": "client", "link": "link", "limit": "number?"}, {"data": "bytes"}, starts=True
    ),
    "get_file": Operation(
        "Writes the whole content to a local file.",
        {"client": "client", "link": "link", "path": "text"}, {"size": "number"}, starts=True, needs="files",
    ),
    "open": Operation(
        "Opens content for reading.", {"client": "client", "link": "link"}, {"size": "number"}, makes="reader", starts=True
    ),
    "open_datamap": Operation(
        "Opens content by its data map.",
        {"client": "client", "datamap": "bytes"}, {"size": "number"}, makes="reader", starts=True, needs="datamaps",
    ),
    "read": Operation(
        "Up to `length` bytes from `offset` on.",
        {"reader": "reader", "offset": "number", "length": "number"}, {"data": "bytes"}, starts=True,
    ),
    "read_into": Operation(
        "Reads into the middle of a buffer of the program's own. `clean`: nothing around it was touched.",
        {"reader": "reader", "offset": "number", "size": "number", **_VIEW}, {"data": "bytes", "clean": "flag"},
        starts=True, needs="rooms",
    ),
    "stream": Operation(
        "Reads all from `offset` on, in order, by what the language has for streams.",
        {"reader": "reader", "offset": "number?"}, {"data": "bytes"}, starts=True,
    ),
    "writer": Operation(
        "Opens content to push in.",
        {"client": "client", "size": "number?", "replay": "flag?", **_PUT}, {}, makes="writer", starts=True,
        needs="streams",
    ),
    "write": Operation(
        "Pushes bytes in. `reserved`: by memory of the writer's own.",
        {"writer": "writer", "data": "bytes", "reserved": "flag?", **_VIEW}, {}, starts=True, needs="streams",
    ),
    "replay_size": Operation(
        "How many of the first bytes are wanted again.", {"writer": "writer"}, {"value": "number"}, needs="replay"
    ),
    "finish": Operation("Ends pushed content.", {"writer": "writer"}, _RECEIPT, starts=True, needs="streams"),
    "chunk_put": Operation(
        "Stores bytes as one chunk, as they are.",
        {"client": "client", "data": "bytes"}, {"address": "address"}, starts=True, needs="chunks",
    ),
    "chunk_get": Operation(
        "One chunk as it is stored.",
        {"client": "client", "address": "address"}, {"data": "bytes"}, starts=True, needs="chunks",
    ),
    "chunk_exists": Operation(
        "Whether the vault has a chunk.",
        {"client": "client", "address": "address"}, {"value": "flag"}, starts=True, needs="chunks",
    ),
    # links
    "link": Operation("What a link says.", {"text": "link"}, _LINK, needs="links"),
    "link_from_address": Operation("The link to a public data map.", {"address": "address"}, _LINK, needs="addresses"),
    "link_from_datamap": Operation("The private link that holds a data map.", {"datamap": "bytes"}, _LINK, needs="links"),
    "link_with": Operation(
        "The same link with another name and media type, or none.",
        {"link": "link", "name": "text?", "media_type": "text?"}, _LINK, needs="named_links",
    ),
    "link_address": Operation(
        "The address of a public link's data map.", {"link": "link"}, {"address": "address"}, needs="addresses"
    ),
    "link_datamap": Operation(
        "The data map of a private link.", {"link": "link"}, {"datamap": "bytes"}, needs="links"
    ),
    # keys
    "key": Operation("A new key, or that of a seed.", {"seed": "bytes?"}, {"public": "address"}, makes="key"),
    "key_seed": Operation("The seed of a key.", {"key": "key"}, {"seed": "bytes"}, needs="seeds"),
    "sign": Operation("The signature of bytes.", {"key": "key", "data": "bytes"}, {"signature": "bytes"}, needs="signing"),
    "verify": Operation(
        "Fails with SAFE_BAD_SIGNATURE unless the holder of the key signed the bytes.",
        {"public": "address", "data": "bytes", "signature": "bytes"}, {}, needs="signing",
    ),
    # records
    "record_address": Operation(
        "The address of the owner's record of a label.", {"owner": "address", "label": "text"}, {"address": "address"},
        needs="record_addresses",
    ),
    "record_create": Operation(
        "Makes version 0 of a record.",
        {"client": "client", "key": "key", "label": "text", "value": "bytes"}, _RECORD, starts=True,
    ),
    "record_set": Operation(
        "Makes a further version.",
        {"client": "client", "key": "key", "label": "text", "version": "number", "value": "bytes"}, _RECORD, starts=True,
    ),
    "record_get": Operation(
        "One version of a record, or the newest.",
        {"client": "client", "address": "address", "version": "number?"}, _RECORD, starts=True,
    ),
    "record_list": Operation(
        "Versions from the newest down, or from below `before`; `next` is where more begin.",
        {"client": "client", "address": "address", "before": "number?", "limit": "number?"},
        {"versions": "numbers", "next": "number?"}, starts=True,
    ),
    # for the owner of a vault
    "vault_info": Operation(
        "Figures of a vault.", {"url": "text"},
        {"chunks": "number", "chunk_bytes": "number", "records": "number", "record_bytes": "number", "format": "number?"},
        starts=True, needs="vaults",
    ),
    "vault_verify": Operation(
        "Checks all that is in a vault; `items` are the damaged ones.", {"url": "text"},
        {"checked": "number", "bad": "number", "items": "chunks"}, starts=True, needs="vaults",
    ),
    "vault_gc": Operation(
        "Finds, and removes if told so, the chunks that no link needs.", {"url": "text", "keep": "texts", "remove": "flag?"},
        {"kept": "number", "removed": "number", "items": "chunks"}, starts=True, needs="vaults",
    ),
    "vault_remove": Operation(
        "Removes one chunk.", {"url": "text", "address": "address"}, {}, starts=True, needs="vaults"
    ),
    # the chunk format of 2018
    "s1_encode": Operation(
        "Encodes content; its chunks become files of the folder, named by their names.",
        {"data": "bytes", "folder": "text"}, {"datamap": "bytes", "chunks": "number"}, needs="s1",
    ),
    "s1_decode": Operation(
        "Content from its data map and the folder with its chunks.",
        {"datamap": "bytes", "folder": "text"}, {"size": "number", "chunks": "number?", "data": "bytes"}, needs="s1",
    ),
    # ports
    "port": Operation(
        "Serves a store of the runner's own, which keeps values as files of a folder, under a scheme.",
        {"scheme": "text", "folder": "text"}, {}, makes="port", needs="ports",
    ),
    "port_hold": Operation("From now on the store leaves requests for values without an answer.", {"port": "port"}, {}, needs="ports"),
    "port_release": Operation("Answers them, and goes on.", {"port": "port"}, {}, needs="ports"),
    "transport": Operation(
        "Serves the vault at a URL to whoever connects to the scheme, over pipes of the runner's own.",
        {"scheme": "text", "vault": "text"}, {}, makes="port", needs="transports",
    ),
    # vaults that are served
    "serve": Operation(
        "Serves the vault at a URL to others; `url` is where it is reached, where there are sockets. `quota`: of each client, in bytes.",
        {"vault": "text", "quota": "number?"}, {"key": "text", "url": "text?"}, makes="vault", needs="serving",
    ),
    "metrics": Operation("What a served vault has counted.", {"of": "vault"}, {"text": "text"}, needs="metrics"),
    "drain": Operation("Has it end what it does, and close its connections.", {"of": "vault"}, {}, needs="serving"),
    # what was started
    "wait": Operation("The end of what was started: answers, or fails, as that.", {"op": "op"}, {}),
    "cancel": Operation("Asks it to stop.", {"op": "op"}, {}),
    "pending": Operation("Whether it goes on.", {"op": "op"}, {"value": "flag"}),
    "progress": Operation("How far it is.", {"op": "op"}, {"done": "number", "total": "number?"}, needs="progress"),
    "drop": Operation("Lets go of it without waiting for its end.", {"op": "op"}, {}),
    # mistakes, and ends
    "misuse": Operation(
        "Uses a kept thing where one of another kind belongs.", {"of": "thing", "where": "text"}, {}, needs="untyped"
    ),
    "fork": Operation(
        "Forks, and uses the client in the child: `code` is what it fails with there.",
        {"client": "client"}, {"code": "text"}, needs="fork",
    ),
    "exit": Operation(
        "Ends the runner's process as programs end, whatever it still does; a new one takes its place.", {}, {}
    ),
}

# The driver's own.
DRIVER = {
    "write_file": Operation("Writes a local file.", {"path": "text", "data": "bytes"}, {}),
    "read_file": Operation("A local file.", {"path": "text"}, {"data": "bytes"}),
    "damage": Operation(
        "Changes one byte of every file of a folder whose name contains a text.", {"folder": "text", "name": "text"},
        {"files": "number"},
    ),
    "carry": Operation(
        "Copies chunks from one vault into another, where writer and reader cannot use the same one: between native "
        "stores and those of JavaScript.",
        {"chunks": "chunks", "from": "client", "to": "client"}, {},
    ),
}  # fmt: skip


def kind_of(spec: str) -> str:
    return spec.rstrip("?")


def optional(spec: str) -> bool:
    return spec.endswith("?")
