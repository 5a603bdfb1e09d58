"""Operations: started by the library, awaited here, by a thread or by an event loop.

A Step is one operation that was started. What takes several is a Flow: a generator that yields steps, so that it is
written once and run either way. In both ways:

- when the call comes back, the operation has ended and its buffers are the caller's again, also after Ctrl-C or the
  cancellation of a task, which ask the operation to stop and then wait for its end;
- nothing of the library's threads ever runs Python code.
"""

from __future__ import annotations

import asyncio
import inspect
import itertools
import threading
import weakref
from typing import Any, Callable, Dict, Generator, Generic, Optional, Tuple, TypeVar, Union

from . import _safe
from .errors import SafeError, TimedOut

T = TypeVar("T")
Progress = Callable[[int, Optional[int]], object]

# How often progress is told.
PROGRESS_MS = 100


def take_nothing(op: _safe.safe_op) -> None:
    """The result of operations that have none: their error, if they failed."""
    _safe.safe_op_wait(op, 0)


def take_bytes(op: _safe.safe_op) -> bytes:
    return bytes_of(_safe.safe_op_take_bytes(op))


def bytes_of(handle: _safe.safe_bytes) -> bytes:
    with _safe.safe_bytes_data(handle) as view:
        return bytes(view)


def _pending(op: _safe.safe_op) -> bool:
    return _safe.safe_op_state(op) == _safe.SAFE_OP_PENDING


def _wait(op: _safe.safe_op, timeout_ms: int) -> bool:
    """Whether the operation has ended by then. How it ended is told when its result is taken."""
    try:
        _safe.safe_op_wait(op, timeout_ms)
    except SafeError:
        pass
    return not _pending(op)


class Step(Generic[T]):
    """An operation that was started; `take` makes its result."""

    def __init__(
        self, op: _safe.safe_op, take: Callable[[_safe.safe_op], T], progress: Optional[Progress] = None
    ) -> None:
        self._op = op
        self._take = take
        self._progress = progress

    def __iter__(self) -> Generator[Any, Any, T]:
        result: T = yield self
        return result

    def _tell(self) -> None:
        if self._progress is not None:
            done, total = _safe.safe_op_progress(self._op)
            self._progress(done, None if total == _safe.SAFE_SIZE_UNKNOWN else total)

    def run(self) -> T:
        """Waits for the end. Ctrl-C is seen, and cancels the operation."""
        op = self._op
        try:
            while not _wait(op, _safe.SAFE_FOREVER if self._progress is None else PROGRESS_MS):
                self._tell()
            result = self._take(op)
            self._tell()
            return result
        except BaseException:
            if _pending(op):
                _safe.safe_op_cancel(op)
                _wait(op, _safe.SAFE_FOREVER)
            raise
        finally:
            _safe.safe_op_free(op)

    async def arun(self) -> T:
        """Waits for the end without holding up the event loop."""
        op = self._op
        driver = Driver.of(asyncio.get_running_loop())
        tag, ended = driver.watch(op)
        try:
            while not ended.done():
                # Not the future itself: the cancellation of the task must not touch it.
                await asyncio.wait({ended}, timeout=None if self._progress is None else PROGRESS_MS / 1000)
                self._tell()
            return self._take(op)
        except GeneratorExit:
            raise  # the event loop is gone; freeing the operation cancels it, and keeps its buffers until its end
        except BaseException:
            _safe.safe_op_cancel(op)
            await self._settle(ended)
            raise
        finally:
            driver.forget(tag)
            _safe.safe_op_free(op)

    @staticmethod
    async def _settle(ended: "asyncio.Future[None]") -> None:
        while not ended.done():
            try:
                await asyncio.wait({ended})
            except asyncio.CancelledError:
                pass  # the first one is on its way up already


class Call:
    """A step that is not the library's: a function that may block, or a coroutine function."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._function = function
        self._arguments = arguments

    def __iter__(self) -> Generator[Any, Any, Any]:
        return (yield self)

    def run(self) -> Any:
        if inspect.iscoroutinefunction(self._function):
            raise TypeError("an asynchronous file needs the asynchronous twin of this call (aput for put)")
        return self._function(*self._arguments)

    async def arun(self) -> Any:
        if inspect.iscoroutinefunction(self._function):
            return await self._function(*self._arguments)
        return await asyncio.get_running_loop().run_in_executor(None, self._function, *self._arguments)


AnyStep = Union[Step[Any], Call]
Flow = Generator[AnyStep, Any, T]


def run(flow: Flow[T]) -> T:
    """Runs a flow to its end, waiting in this thread."""
    send: Callable[[], AnyStep] = lambda: next(flow)
    while True:
        try:
            step = send()
        except StopIteration as end:
            result: T = end.value
            return result
        try:
            value = step.run()
            send = lambda value=value: flow.send(value)  # type: ignore[misc]
        except BaseException as error:
            send = lambda error=error: flow.throw(error)  # type: ignore[misc]


async def arun(flow: Flow[T]) -> T:
    """Runs a flow to its end in the event loop."""
    send: Callable[[], AnyStep] = lambda: next(flow)
    while True:
        try:
            step = send()
        except StopIteration as end:
            result: T = end.value
            return result
        try:
            value = await step.arun()
            send = lambda value=value: flow.send(value)  # type: ignore[misc]
        except GeneratorExit:
            flow.close()
            raise
        except BaseException as error:
            send = lambda error=error: flow.throw(error)  # type: ignore[misc]


class Driver:
    """Tells an event loop of operations that ended: one completion queue, whose descriptor the loop watches.

    Only the loop holds its driver, as the reader of that descriptor, until it is closed. Anything else would keep a
    dropped loop alive through the futures that wait here.
    """

    _all: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, weakref.ref[Driver]]" = weakref.WeakKeyDictionary()
    _lock = threading.Lock()

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._queue = _safe.safe_queue_create()
        self._waiting: Dict[int, "asyncio.Future[None]"] = {}
        self._next = itertools.count()
        loop.add_reader(_safe.safe_queue_fd(self._queue), self._drain)

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> "Driver":
        with cls._lock:
            known = cls._all.get(loop)
            driver = known() if known is not None else None
            if driver is None:
                driver = Driver(loop)
                cls._all[loop] = weakref.ref(driver)
            return driver

    def watch(self, op: _safe.safe_op) -> "Tuple[int, asyncio.Future[None]]":
        """A future that is done when the operation has ended, and the number to forget it by."""
        tag = next(self._next)
        future: "asyncio.Future[None]" = asyncio.get_running_loop().create_future()
        _safe.safe_op_to_queue(op, self._queue, tag)
        self._waiting[tag] = future
        return tag, future

    def forget(self, tag: int) -> None:
        self._waiting.pop(tag, None)

    def _drain(self) -> None:
        while True:
            try:
                _, tag = _safe.safe_queue_next(self._queue, 0)
            except TimedOut:
                return
            future = self._waiting.pop(tag, None)
            if future is not None and not future.done():
                future.set_result(None)
