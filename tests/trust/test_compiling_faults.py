"""Compiling is done by several threads at once, or stopped in the middle, and nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PROLOGUE = """
import gc, random, signal, sys, threading
from concurrent.futures import ThreadPoolExecutor
import rose
from rose import Real, Vec, fn

POINT = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]

def made():
    @fn
    def inner(x: Real, y: Real) -> Real:
        return rose.sin(x) * y + rose.loop(5, x, lambda t, c: c * y + x)

    @fn
    def outer(v: Vec[6]) -> Real:
        return rose.sum(6, lambda i: inner(v[i], v[(i + 1) % 6]))

    return rose.value_and_grad(outer)

expected = made()(POINT)
"""


def said(script: str) -> str:
    """What a Python of its own prints."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-"],
        input=PROLOGUE + script,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "src", "ROSE_CACHE": "off"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_eight_threads_compile_one_function_at_once() -> None:
    told = said("""
sys.setswitchinterval(1e-5)
for _ in range(4):
    f, together = made(), threading.Barrier(8)

    def work(_):
        together.wait()
        return f(POINT)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(8))) == [expected] * 8
print(gc.isenabled())
""")
    assert told == "True\n"


def test_compiling_may_be_stopped_at_any_moment() -> None:
    """An exception of a signal's handler, at moments that are spread over the time that it takes."""
    told = said("""
import time

class Stop(BaseException):
    pass

def stop(*_):
    raise Stop

signal.signal(signal.SIGALRM, stop)
start = time.perf_counter()
made()(POINT)
takes = time.perf_counter() - start
stopped = 0
for k in range(24):
    f = made()
    signal.setitimer(signal.ITIMER_REAL, takes * (k + 1) / 26)
    try:
        f(POINT)
        signal.setitimer(signal.ITIMER_REAL, 0)
    except Stop:
        stopped += 1
    assert f(POINT) == expected
    assert gc.isenabled()
print(stopped > 5)
""")
    assert told == "True\n"
