"""The library itself: features, settings, logs, leak check."""

from __future__ import annotations

import enum
from typing import Callable, Optional

from . import _safe


class LogLevel(enum.IntEnum):
    """How grave a log line is."""

    ERROR = _safe.SAFE_LOG_ERROR
    WARNING = _safe.SAFE_LOG_WARNING
    INFO = _safe.SAFE_LOG_INFO
    DEBUG = _safe.SAFE_LOG_DEBUG


def feature(name: str) -> bool:
    """Whether this build has a feature: "mem", "file", "files", "wait", "s1"."""
    return _safe.safe_feature(name) != 0


def configure(*, workers: Optional[int] = None, memory: Optional[int] = None) -> None:
    """Sets the number of CPU workers and the bytes of working memory of the process; 0 restores the default.

    Raises Busy while a client is connected.
    """
    if workers is not None:
        _safe.safe_set(_safe.SAFE_SETTING_WORKERS, workers)
    if memory is not None:
        _safe.safe_set(_safe.SAFE_SETTING_MEMORY, memory)


def workers() -> int:
    """The number of CPU workers in force."""
    return _safe.safe_get(_safe.SAFE_SETTING_WORKERS)


def memory() -> int:
    """The bytes of working memory in force."""
    return _safe.safe_get(_safe.SAFE_SETTING_MEMORY)


def log_to(sink: Optional[Callable[[LogLevel, str], object]], level: LogLevel = LogLevel.INFO) -> None:
    """Sends the library's log lines to a function, or nowhere (None). No line holds user data or secrets.

    The function is called on Python's main thread a little later, not on the library's threads.
    """
    if sink is None:
        _safe.safe_log_to(level, None)
        return
    given = sink
    _safe.safe_log_to(level, lambda number, line: given(LogLevel(number), line))


def live_handles() -> int:
    """How many objects of the library are not freed yet; 0 at the end of a program without leaks."""
    return _safe.safe_debug_live_handles()
