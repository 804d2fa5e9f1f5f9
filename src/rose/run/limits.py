"""How a run is stopped from outside: by a limit of time, or by Ctrl-C."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from rose.errors import ArgumentError, TimeLimitError


class _Thread(threading.local):
    """What is to be known of a thread.

    Attributes:
        is_main: whether Python handles signals in it.
        deadlines: when its runs must have ended, and after how long that is; innermost last.
    """

    def __init__(self) -> None:
        self.is_main = threading.current_thread() is threading.main_thread()
        self.deadlines: list[tuple[float, float]] = []


_THREAD = _Thread()


@contextmanager
def time_limit(seconds: float) -> Generator[None, None, None]:
    """Stop compiled functions that this thread runs inside of the `with` when the time is over.

    Programs whose loops all have a length, and that are over in about a second for that reason, are not
    watched: what can run away is a `while_loop`, or very long loops.

    Args:
        seconds: from now on, an int or a float.

    Raises:
        ArgumentError: if it is no positive number of seconds.
        TimeLimitError: from the call that takes longer. The function can be called again.

    Example:
        >>> with rose.time_limit(10):
        ...     fn([Real])(lambda x: 2 * x)(1.0)
        2.0
    """
    _check_seconds(seconds)
    # An int may be too large for a float.
    _THREAD.deadlines.append((time.monotonic() + min(seconds, 1e9), seconds))
    try:
        yield
    finally:
        _THREAD.deadlines.pop()


def _check_seconds(seconds: Any) -> None:
    """Refuse what is no positive number; errors as for `time_limit`."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        raise ArgumentError(
            f"rose.time_limit takes a positive number of seconds, given {seconds!r:.40}"
        )


def check_time(name: str) -> None:
    """Say that a function runs for too long, if it does.

    Raises:
        TimeLimitError: if a time limit of this thread is over.
    """
    deadline, seconds = min(_THREAD.deadlines, default=(math.inf, 0.0))
    if time.monotonic() > deadline:
        raise TimeLimitError(
            f"{name} was stopped after {seconds:g} s, the limit of time it was given; "
            "give it more, or its while_loop a max_steps"
        )


# `signal.signal` converts its arguments and result to enums, which takes longer than the whole call of a small function.
_set_handler: Callable[[int, Any], Any] = getattr(signal.signal, "__wrapped__", signal.signal)


class Interrupts:
    """Keeps Ctrl-C while code runs that Python cannot interrupt, and delivers it afterwards.

    Python calls the handlers of signals in its main thread only, as soon as it runs any Python code: also at the
    very start of a callback from WebAssembly, where an exception would get lost. So the handler is replaced by one
    that remembers; the callback sees that, and stops the run.

    Attributes:
        pending: whether Ctrl-C was pressed.
    """

    def __init__(self) -> None:
        self.pending = False

    def _remember(self, number: int, frame: FrameType | None) -> None:
        self.pending = True

    def keep(self) -> Any:
        """Keep the signal from now on; gives what `deliver` wants, which must be called."""
        if not _THREAD.is_main:
            return None
        before = _set_handler(signal.SIGINT, self._remember)
        return signal.default_int_handler if before is None else before  # None: not set by Python

    def deliver(self, before: Any) -> None:
        """From now on, do with the signal what the program would have done, also if it came meanwhile."""
        if before is None:
            return
        _set_handler(signal.SIGINT, before)
        if self.pending:
            self.pending = False
            signal.raise_signal(signal.SIGINT)
