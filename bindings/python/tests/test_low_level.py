"""The generated layer: complete, strict about what it is given, and careful with lent memory."""

from __future__ import annotations

import gc
import json
import os
import pathlib
import time
from typing import Any, List, Tuple

import pytest
from conftest import MIB, content

import libsafe
from libsafe import _safe

MODEL = os.environ.get("SAFE_MODEL_JSON", "")


@pytest.mark.skipif(not MODEL, reason="SAFE_MODEL_JSON does not name the model")
def test_every_function_and_number_of_the_interface_is_there() -> None:
    model = json.loads(pathlib.Path(MODEL).read_text(encoding="utf-8"))
    functions = {function["name"] for function in model["functions"]}
    bound = {name for name in dir(_safe) if name.startswith("safe_") and not isinstance(getattr(_safe, name), type)}
    assert bound == functions
    numbers = {constant["name"]: constant["value"] for constant in model["constants"]}
    for enum in model["enums"]:
        numbers.update({value["name"]: value["value"] for value in enum["values"]})
    assert {name: getattr(_safe, name) for name in dir(_safe) if name.startswith("SAFE_")} == numbers
    assert all(getattr(_safe, handle["name"]) for handle in model["handles"])


def wait(op: _safe.safe_op) -> _safe.safe_op:
    _safe.safe_op_wait(op, _safe.SAFE_FOREVER)
    return op


def test_handles_are_opaque_and_freed_once(client: libsafe.Client) -> None:
    key = _safe.safe_key_generate()
    assert bool(key) and int(key) != 0 and repr(key) == "<safe_key>"
    _safe.safe_key_free(key)
    _safe.safe_key_free(key)
    _safe.safe_key_free(None)
    assert not key and repr(key) == "<safe_key, freed>"
    with pytest.raises(libsafe.Closed) as caught:
        _safe.safe_key_public(key)
    assert caught.value.name == "SAFE_INVALID_HANDLE"


def test_a_handle_of_another_type_is_a_type_error() -> None:
    key: Any = _safe.safe_key_generate()
    for wrong in (key, None, 7, "text"):
        with pytest.raises(TypeError):
            _safe.safe_link_text(wrong)


def test_handles_go_with_their_last_reference() -> None:
    keys = [_safe.safe_key_generate() for _ in range(100)]
    assert _safe.safe_debug_live_handles() == 100
    del keys
    gc.collect()
    assert _safe.safe_debug_live_handles() == 0


def test_integers_are_never_narrowed(client: libsafe.Client) -> None:
    handle = client._handle
    for wrong in (-1, 2**64, 1.5, "1", None):
        bad: Any = wrong
        with pytest.raises(TypeError):
            _safe.safe_writer_open(handle, bad, 0)


def test_texts(client: libsafe.Client) -> None:
    with pytest.raises(ValueError, match="text: a NUL character"):
        _safe.safe_link_parse("safe:\0")
    bad: Any = 7
    with pytest.raises(TypeError, match="text: a str is needed, not int"):
        _safe.safe_link_parse(bad)
    with pytest.raises(UnicodeEncodeError):
        _safe.safe_link_parse("\ud800")
    nothing: Any = None
    with pytest.raises(TypeError, match="text: a str is needed, not NoneType"):
        _safe.safe_link_parse(nothing)


def test_buffers_must_be_contiguous_and_writable(client: libsafe.Client) -> None:
    with pytest.raises((BufferError, ValueError)):
        _safe.safe_put(client._handle, memoryview(b"abcdef")[::2], 0)
    bad: Any = "text"
    with pytest.raises(TypeError):
        _safe.safe_put(client._handle, bad, 0)


def test_an_error_has_its_details(client: libsafe.Client) -> None:
    key = libsafe.Key.generate()
    client.create_record(key, "x", b"")
    with pytest.raises(libsafe.Conflict) as caught:
        client.create_record(key, "x", b"")
    assert caught.value.details["current_version"] == 0
    assert caught.value.code == _safe.SAFE_DATA_EXISTS and not caught.value.retryable


def test_a_lent_buffer_stays_until_the_operation_has_ended(client: libsafe.Client) -> None:
    writer = client.writer()
    data = bytearray(content(30 * MIB))
    op = _safe.safe_writer_write(writer._handle, data)
    if _safe.safe_op_state(op) == _safe.SAFE_OP_PENDING:
        with pytest.raises(BufferError):
            data.append(0)
    wait(op)
    data.append(0)
    writer.abandon()


def test_a_lent_buffer_survives_the_end_of_its_operations_object(client: libsafe.Client) -> None:
    with client.open(client.put(content(40 * MIB)).link) as reader:
        room = bytearray(40 * MIB)
        op = _safe.safe_reader_read_into(reader._handle, 0, room)
        _safe.safe_op_free(op)
        del op
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            wait(_safe.safe_reader_read(reader._handle, 0, 1))
            try:
                room.append(0)
                break
            except BufferError:
                time.sleep(0.05)
        assert len(room) == 40 * MIB + 1


def test_views_keep_the_bytes_alive(client: libsafe.Client) -> None:
    handle = _safe.safe_op_take_bytes(wait(_safe.safe_get_bytes(client._handle, client.put(b"seen").link._handle, 10)))
    view = _safe.safe_bytes_data(handle)
    part = view[1:3]
    _safe.safe_bytes_free(handle)
    del view
    assert bytes(part) == b"ee" and part.readonly
    with pytest.raises(libsafe.Closed):
        _safe.safe_bytes_data(handle)
    part.release()


def test_copying_bytes(client: libsafe.Client) -> None:
    handle = _safe.safe_op_take_bytes(wait(_safe.safe_get_bytes(client._handle, client.put(b"seen").link._handle, 10)))
    assert _safe.safe_bytes_size(handle) == 4
    room = bytearray(2)
    _safe.safe_bytes_copy(handle, 1, room)
    assert room == b"ee"
    with pytest.raises(libsafe.InvalidArgument):
        _safe.safe_bytes_copy(handle, 3, room)


def test_reserved_memory_is_given_back_before_it_is_committed(client: libsafe.Client) -> None:
    with client.writer() as writer:
        view = _safe.safe_writer_reserve(writer._handle, 1000)
        assert len(view) == 1000 and not view.readonly
        view[:5] = b"hello"
        exporter: Any = view.obj
        with pytest.raises(BufferError, match="release the memoryview"):
            _safe.safe_writer_commit(writer._handle, 5)
        view.release()
        with pytest.raises(BufferError, match="given back"):
            memoryview(exporter)
        wait(_safe.safe_writer_commit(writer._handle, 5))
    assert client.get(writer.finish().link) == b"hello"


def test_done_callbacks_come_on_the_main_thread(client: libsafe.Client) -> None:
    import threading

    seen: List[Tuple[int, bool]] = []
    op = _safe.safe_put(client._handle, b"data", 0)
    _safe.safe_op_on_done(op, lambda ended: seen.append((int(ended), threading.current_thread() is threading.main_thread())))
    deadline = time.monotonic() + 20
    while not seen and time.monotonic() < deadline:
        time.sleep(0.01)
    assert seen == [(int(op), True)]
    again = _safe.safe_put(client._handle, b"data", 0)
    queue = _safe.safe_queue_create()
    _safe.safe_op_to_queue(again, queue, 7)
    with pytest.raises(libsafe.InvalidArgument):
        _safe.safe_op_on_done(again, lambda ended: None)
    ended, tag = _safe.safe_queue_next(queue, 20_000)
    assert ended == again and tag == 7


def test_waiting_has_a_deadline() -> None:
    queue = _safe.safe_queue_create()
    begun = time.monotonic()
    with pytest.raises(libsafe.TimedOut):
        _safe.safe_queue_next(queue, 350)
    assert 0.3 < time.monotonic() - begun < 30
    _safe.safe_queue_wake(queue)
    with pytest.raises(libsafe.SafeError) as caught:
        _safe.safe_queue_next(queue, _safe.SAFE_FOREVER)
    assert caught.value.name == "SAFE_WOKEN"


def test_logs_reach_a_function() -> None:
    lines: List[Tuple[libsafe.LogLevel, str]] = []
    libsafe.log_to(lambda level, line: lines.append((level, line)), libsafe.LogLevel.DEBUG)
    with libsafe.connect("mem:") as client:
        client.put(content(1000))
    libsafe.log_to(None)
    time.sleep(0.05)
    assert all(isinstance(level, libsafe.LogLevel) and line for level, line in lines)


def test_the_chunk_format_of_2018(client: libsafe.Client) -> None:
    data = content(4 * MIB)
    encoder = _safe.safe_s1_encoder_create()
    _safe.safe_s1_encoder_write(encoder, data)
    datamap = _safe.safe_s1_encoder_finish(encoder)
    chunks = {}
    while True:
        name, chunk = _safe.safe_s1_encoder_next(encoder)
        if chunk is None:
            break
        chunks[name] = bytes(_safe.safe_bytes_data(chunk))
    s1_map = _safe.safe_s1_map_parse(_safe.safe_bytes_data(datamap))
    assert _safe.safe_s1_map_size(s1_map) == len(data)
    parts = []
    for index in range(_safe.safe_s1_map_chunk_count(s1_map)):
        part = _safe.safe_s1_map_decrypt(s1_map, index, chunks[_safe.safe_s1_map_chunk_name(s1_map, index)])
        parts.append(bytes(_safe.safe_bytes_data(part)))
    assert b"".join(parts) == data
