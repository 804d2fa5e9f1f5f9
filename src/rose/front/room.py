"""Room for long chains of traces: a thread for every so many of them, which ends when the one that waits for it is stopped."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import TYPE_CHECKING, Generic, TypeVar

from rose.front.tracer import Chain, chain_under_way, continue_chain
from rose.lazy import Lazy

if TYPE_CHECKING:
    import ctypes
else:
    ctypes = Lazy("ctypes")

T = TypeVar("T")

TRACES_PER_THREAD = 20  # about ten frames of ours each, and what the user's functions call
_PATIENCE = 0.05  # seconds


def with_room(run: Callable[[], T]) -> T:
    """Run it, every so many traces in a thread of its own.

    A function is traced when its first caller is, so a long chain of functions is a deep recursion. Python limits that
    by thread, and its limit is the user's to choose. Ctrl-C stops the thread at work, and is raised here when it has
    ended.
    """
    chain = chain_under_way()
    if len(chain.tracers) % TRACES_PER_THREAD or sys.platform == "emscripten":
        return run()
    return _Part(chain, run).result()


class _Part(Generic[T]):
    """What one thread does of a chain."""

    def __init__(self, chain: Chain, run: Callable[[], T]) -> None:
        self._chain = chain
        self._run = run
        self._results: list[T] = []
        self._errors: list[BaseException] = []
        self._ended = threading.Event()  # an interrupted Thread.join takes the thread for ended
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._work,), name="rose trace"
        )

    def result(self) -> T:
        """Start the thread and wait for what it gives or raises.

        Raises:
            KeyboardInterrupt: also if a thread further out was interrupted when this one was at no line of its own.
        """
        chain = self._chain
        chain.threads.append(self._thread)
        try:
            self._wait()
        finally:
            chain.threads.remove(self._thread)
        if chain.stopped:
            raise KeyboardInterrupt
        if self._errors:
            raise self._errors[0]
        return self._results[0]

    def _work(self) -> None:
        try:
            continue_chain(self._chain)
            self._results.append(self._run())
        except BaseException as error:  # noqa: BLE001 (it is raised in the thread that waits)
            self._errors.append(error)
        finally:
            self._ended.set()

    def _wait(self) -> None:
        if self._chain.stopped:
            return
        try:
            self._thread.start()
            self._wait_for_end()
        except BaseException:  # Ctrl-C, or what another handler of signals raises
            self._stop()
            raise

    def _wait_for_end(self) -> None:
        """Look up now and then: a signal that another thread was given does not wake this one, whose it is to answer it."""
        while not self._ended.wait(_PATIENCE):
            pass

    def _stop(self) -> None:
        """Have the threads ended from the last one on, each by the error of the one it waits for."""
        chain = self._chain
        chain.stopped = True
        while self._thread.is_alive() and not self._ended.is_set():
            _interrupt(chain.threads[-1])
            try:
                self._wait_for_end()
            except BaseException:  # noqa: BLE001, S112 (Ctrl-C again, for a function that did not end)
                continue
        chain.stopped = False


def _interrupt(thread: threading.Thread) -> None:
    if thread.ident is not None:  # else it has not begun, and will not: the chain is stopped
        interrupt = ctypes.py_object(KeyboardInterrupt)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), interrupt)
