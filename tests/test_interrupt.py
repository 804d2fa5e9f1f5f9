"""Ctrl-C while a long chain of functions is traced, which happens in several threads."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

import rose
from rose import Fn, Real, fn

LONG = 10.0  # seconds, after which a thread that nothing stopped ends by itself


def chain(last: Callable[[Real], Real], length: int) -> Fn[[Real], Real]:
    """A function that calls one that calls one, down to `last`."""
    if length == 0:
        return fn(last)
    inner = chain(last, length - 1)

    @fn
    def outer(x: Real) -> Real:
        return inner(x) * 2

    return outer


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def wait_long() -> None:
    """In steps, between which Python may be interrupted."""
    for _ in range(int(LONG / 0.01)):
        time.sleep(0.01)


class Slow:
    """What is interrupted the first time it is traced, and quick the second time."""

    def __init__(self, ignored: int = 0) -> None:
        self.ignored = ignored
        self.interrupted = 0
        self.traced = 0

    def __call__(self, x: Real) -> Real:
        self.traced += 1
        for _ in range(self.ignored + 1 if self.traced == 1 else 0):
            try:
                press_ctrl_c()
                wait_long()
            except KeyboardInterrupt:
                self.interrupted += 1
                if self.interrupted > self.ignored:
                    raise
        return x + 1


@pytest.mark.parametrize("length", [5, 25, 70])
@pytest.mark.parametrize("ignored", [0, 2])
def test_ctrl_c_ends_a_trace_and_the_next_one_is_whole(length: int, ignored: int) -> None:
    slow = Slow(ignored if length > 20 else 0)

    def last(x: Real) -> Real:
        return slow(x)

    f = chain(last, length)
    with pytest.raises(KeyboardInterrupt):
        f(1.0)
    assert slow.interrupted == slow.ignored + 1
    assert not [thread for thread in threading.enumerate() if thread.name == "rose trace"]
    assert f(1.0) == 2.0 * 2**length
    assert rose.grad(f)(1.0) == 2.0**length


def test_the_signal_may_be_given_to_another_thread() -> None:
    """Which does not wake the one that has to answer it."""
    slow = Slow()

    def last(x: Real) -> Real:
        time.sleep(0.3)  # the others are waiting by then
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        return slow(x)

    f = chain(last, 25)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with pytest.raises(KeyboardInterrupt):
            f(1.0)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    assert slow.interrupted == 1


def test_ctrl_c_is_raised_also_if_what_runs_ends_by_itself() -> None:
    def last(x: Real) -> Real:
        with suppress(KeyboardInterrupt):
            press_ctrl_c()
            wait_long()
        return x + 1

    f = chain(last, 25)
    with pytest.raises(KeyboardInterrupt):
        f(1.0)
    assert f(1.0) == 2.0 * 2**25
