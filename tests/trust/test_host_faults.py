"""Nothing that a caller does ends the process: an exception each time, and the function can be called again."""

import itertools
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import pytest

import rose
from rose import Real, Vec, fn
from rose.run.host import STACK

ROOT = Path(__file__).resolve().parents[2]


@fn
def energy(v: Vec[Literal[10]]) -> Real:
    return rose.sum(9, lambda i: rose.sqrt(1 + (v[i] - v[i + 1]) ** 2))


@fn
def forever(x: Real) -> Real:
    return rose.while_loop(lambda c: c > 0, lambda c: c + 1, x)


gradient = rose.grad(energy)


def expected(v: list[float]) -> list[float]:
    pulls = [(a - b) / (1 + (a - b) ** 2) ** 0.5 for a, b in itertools.pairwise(v)]
    return [right - left for left, right in zip([0.0, *pulls], [*pulls, 0.0], strict=True)]


@pytest.fixture
def often_switched() -> Iterator[None]:
    """Python goes from thread to thread as often as it can: at all those places where it may."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("often_switched")
def test_eight_threads_call_one_function() -> None:
    """100,000 calls each; every result is checked."""
    arguments = [[random.Random(k).uniform(-3, 3) for _ in range(10)] for k in range(64)]
    answers = [gradient(v) for v in arguments]
    for v, answer in zip(arguments, answers, strict=True):
        assert answer == pytest.approx(expected(v), abs=1e-14)

    def work(start: int) -> int:
        for k in range(start, start + 100_000):
            assert gradient(arguments[k % 64]) == answers[k % 64]
        return start

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(8))) == list(range(8))


def test_a_time_limit_stops_a_loop_that_never_ends() -> None:
    with pytest.raises(rose.TimeLimitError) as raised, rose.time_limit(0.2):
        forever(1.0)
    assert raised.value.message == (
        "forever was stopped after 0.2 s, the limit of time it was given; "
        "give it more, or its while_loop a max_steps"
    )
    assert isinstance(raised.value, TimeoutError)
    assert forever(-1.0) == -1.0


def test_a_time_limit_leaves_what_is_quick_alone() -> None:
    with rose.time_limit(60), rose.time_limit(30.0):
        assert forever(-2.0) == -2.0
        assert gradient([0.0] * 10) == [0.0] * 10


def test_the_shortest_limit_counts() -> None:
    stopped = pytest.raises(rose.TimeLimitError, match=r"after 0.1 s")
    with stopped, rose.time_limit(0.1), rose.time_limit(60):
        forever(1.0)


@pytest.mark.parametrize("seconds", [0, -1.0, float("nan"), True, "1", None])
def test_a_limit_is_a_positive_number(seconds: Any) -> None:
    with pytest.raises(rose.ArgumentError) as raised, rose.time_limit(seconds):
        pass
    assert raised.value.message == (
        f"rose.time_limit takes a positive number of seconds, given {seconds!r}"
    )


def test_limits_are_those_of_the_thread() -> None:
    """A limit of another thread does not stop a run; one of its own does."""
    raised: list[Exception] = []

    def limited() -> None:
        try:
            with rose.time_limit(0.1):
                forever(1.0)
        except rose.TimeLimitError as error:
            raised.append(error)

    with rose.time_limit(1e-9):
        thread = threading.Thread(target=limited)
        thread.start()
        thread.join()
    assert "after 0.1 s" in str(raised[0])


def interrupted(seconds: float, run: Callable[[], object]) -> None:
    """Run it, with Ctrl-C so much later: in the run of a function, which is compiled by then."""
    assert forever(-1.0) == -1.0
    threading.Timer(seconds, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    run()


def test_control_c_stops_a_run() -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(0.2, lambda: forever(1.0))
    assert forever(-1.0) == -1.0
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_ones_own_is_called_and_the_run_is_stopped() -> None:
    seen: list[int] = []

    def handler(number: int, _: object) -> None:
        seen.append(number)
        raise TimeoutError

    before = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(TimeoutError):
            interrupted(0.2, lambda: forever(1.0))
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == [signal.SIGINT]


def run(script: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", "-"],
        input=script,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "src:tests"},
        check=False,
    )


PROLOGUE = """
import gc, os, sys, threading
import rose
from rose import Real, Vec, fn

@fn
def energy(v: Vec[3]) -> Real:
    return rose.dot(v, v)

gradient = rose.grad(energy)
"""


def test_a_child_of_fork_calls_what_its_parent_compiled_and_compiles_more() -> None:
    done = run(
        PROLOGUE
        + """
assert energy([1, 2, 3]) == 14
barrier = threading.Event()
threading.Thread(target=barrier.wait, daemon=True).start()
pid = os.fork()
if pid == 0:
    assert energy([1, 2, 3]) == 14
    assert gradient([1, 2, 3]) == [2, 4, 6]
    print("child")
    sys.stdout.flush()
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
assert gradient([1, 2, 3]) == [2, 4, 6]
print("parent")
"""
    )
    assert done.stdout.split() == ["child", "parent"], done.stderr


def test_a_child_of_fork_can_be_stopped() -> None:
    """In an instance that its parent made."""
    done = run(
        PROLOGUE
        + """
@fn
def forever(x: Real) -> Real:
    return rose.while_loop(lambda c: c > 0, lambda c: c + 1, x)

assert forever(-1.0) == -1
pid = os.fork()
if pid == 0:
    try:
        with rose.time_limit(0.2):
            forever(1.0)
    except rose.TimeLimitError as error:
        print(error.message)
    sys.stdout.flush()
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
"""
    )
    assert done.stdout.startswith("forever was stopped after 0.2 s"), done.stderr


def test_a_view_outlives_its_function() -> None:
    done = run(
        PROLOGUE
        + """
prepared = energy.prepared()
views = prepared.args.v, prepared.result
views[0][:] = [1, 2, 3]
prepared.run()
del energy, gradient, prepared
for _ in range(100):
    junk = fn([Vec[3]], Real)(lambda v: v[0])
    junk([1, 2, 3])
    del junk
    gc.collect()
assert [*views[0]] == [1, 2, 3] and views[1][0] == 14
views[0][:] = 0
print("done")
"""
    )
    assert done.stdout == "done\n", done.stderr


def test_a_thread_with_a_small_stack_is_refused() -> None:
    done = run(
        PROLOGUE
        + """
def call():
    try:
        energy([1, 2, 3])
    except rose.RoseError as error:
        print(error.message)

threading.stack_size(256 * 1024)
thread = threading.Thread(target=call)
thread.start()
thread.join()
assert energy([1, 2, 3]) == 14
"""
    )
    need = STACK // 1024 + 128
    assert done.stdout == (
        f"this thread has a stack of 256 kB, and compiled functions need one of {need} kB; "
        "call threading.stack_size with more, or with 0, before starting the thread\n"
    ), done.stderr


def test_calls_that_nest_too_deep_are_an_exception() -> None:
    done = run(
        PROLOGUE
        + """
from rose.run import host

@fn
def deep(x: Real, n: int) -> Real:
    if n == 0:
        return x
    y = rose.sin(x) * rose.exp(x) + rose.cbrt(x) * rose.atan(x) - rose.log1p(x)
    return rose.cond(x > 1e9, lambda: deep(y * y + 1, n - 1), lambda: deep(y - y * x, n - 1)) + y

host.STACK = 2048  # so that a short chain is deep
try:
    deep(1.0, 60)
except rose.RoseError as error:
    print(error.message)
"""
    )
    assert done.stdout == (
        "the calls of deep nest too deep for WebAssembly's stack of 2 kB; "
        "write a rose.loop in place of functions that call each other in a long chain\n"
    ), done.stderr


def test_no_memory_is_an_exception() -> None:
    done = run(
        PROLOGUE
        + """
import resource
assert energy([1, 2, 3]) == 14
gradient.compiled
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * os.sysconf("SC_PAGE_SIZE") + 2**28  # enough for all but the address space of a memory
resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
try:
    gradient([1, 2, 3])
except rose.MemoryLimitError as error:
    print(error.message)
assert energy([1, 2, 3]) == 14
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
assert gradient([1, 2, 3]) == [2, 4, 6]
"""
    )
    assert done.stdout == (
        "the system gives no memory for an instance of a module; make its Vecs smaller, or give the process more\n"
    ), done.stderr


# --- in place -------------------------------------------------------------------------------------------------


def test_a_prepared_call_works_in_place() -> None:
    prepared = rose.value_and_grad(energy).prepared()
    v = [0.5 * k for k in range(10)]
    prepared.args.v[:] = v
    prepared.run()
    value, slope = prepared.result
    assert value[0] == energy(v)
    assert [*slope] == gradient(v)


def test_prepared_calls_do_not_meet() -> None:
    one, two = energy.prepared(), energy.prepared()
    one.args.v[:] = [0.0] * 10
    two.args.v[:] = [1.0, 0.0] * 5
    for prepared in (one, two):
        prepared.run()
    energy([5.0] * 10)
    assert one.result[0] == 9.0
    assert two.result[0] == energy([1.0, 0.0] * 5)


def test_the_quick_way_and_the_slow_one_agree() -> None:
    """Ints, tuples, floats, arrays and their mixtures; and what is refused is refused as ever."""
    numpy = pytest.importorskip("numpy")

    @fn
    def mixed(
        m: Vec[Literal[2], Vec[Literal[3]]], x: Real
    ) -> tuple[Vec[Literal[2], Vec[Literal[3]]], Real]:
        return [row * x for row in m], rose.sum(m[0])

    rows = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    plain = mixed(rows, 2)
    assert plain == ([[2.0, 4.0, 6.0], [8.0, 10.0, 12.0]], 6.0)
    assert mixed([(1, 2, 3), [4, 5, 6]], 2.0) == plain
    assert mixed(([1, 2, 3], (4.0, 5, 6)), numpy.float64(2)) == plain
    for dtype in (float, "int64", "float32"):
        array: Any
        array, total = mixed(numpy.array(rows, dtype), 2.0)
        assert array.tolist() == plain[0]
        assert total == 6.0
    array, _ = mixed(numpy.array(rows).T.copy().T, 2.0)  # not in the order of rows
    assert array.tolist() == plain[0]
    for wrong in ([[1, 2, 3]], [[1, 2], [3, 4]], [[True, 2, 3], [4, 5, 6]], numpy.zeros((3, 2))):
        with pytest.raises(rose.TypeMismatchError):
            mixed(wrong, 1.0)
    with pytest.raises(rose.TypeMismatchError, match="an int too large"):
        mixed(rows, 10**400)
    assert mixed(rows, 2) == plain


def again_and_again() -> None:
    for _ in range(10_000_000):  # a minute, if nothing comes
        forever(-1.0)


def test_control_c_comes_at_any_moment() -> None:
    """Twenty times, while a watched function is called again and again: it is never lost, and nothing breaks."""
    for k in range(20):
        with pytest.raises(KeyboardInterrupt):
            interrupted(0.01 + 0.0013 * k, again_and_again)
    assert forever(-3.0) == -3.0
