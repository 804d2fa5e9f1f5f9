"""Large programs work, or are refused with a clear error, without Python's limit of recursion being touched."""

import sys
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import pytest

import rose
from rose import Index, Real, Vec, fn


@pytest.fixture(autouse=True)
def limit_is_untouched() -> Iterator[None]:
    before = sys.getrecursionlimit()
    yield
    assert sys.getrecursionlimit() == before


def chain(length: int) -> Any:
    """A function that calls a function that calls a function …, none of them traced yet."""

    def after(f: Any) -> Any:
        return fn([Real], Real)(lambda x: f(x) + 1)

    @fn
    def last(x: Real) -> Real:
        return rose.sin(x)

    function = last
    for _ in range(length):
        function = after(function)
    return function


def test_calls_nest_deep() -> None:
    deep = chain(2000)
    assert deep(0.0) == 2000.0
    assert rose.grad(deep)(0.0) == 1.0


def test_an_error_in_a_long_chain_is_the_users() -> None:
    def after(f: Any) -> Any:
        return fn([Real], Real)(lambda x: f(x) * 2)

    @fn
    def wrong(x: Real) -> Real:
        traced: Any = x
        length: Real = traced.length
        return length

    function: Any = wrong
    for _ in range(50):
        function = after(function)
    with pytest.raises(AttributeError, match="length"):
        function(1.0)
    with pytest.raises(AttributeError, match="length"):  # and nothing is left under way
        function(1.0)


def test_a_chain_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make limits` has a chain of ten thousand, half of what is allowed."""
    monkeypatch.setattr("rose.front.trace.MOST_TRACES", 1000)

    def forever(n: int) -> Any:
        return fn([Real], Real)(lambda x: forever(n + 1)(x) * 2)

    with pytest.raises(rose.RecursiveCallError) as raised:
        forever(0)(1.0)
    assert raised.value.message == (
        "<lambda> is called through a chain of more than 1000 functions; write a rose.loop in place of it"
    )


def test_loops_nest_fifty_deep() -> None:
    def nested(x: Real, depth: int) -> Real:
        if depth == 0:
            return x * 1.5
        return rose.loop(1, x, lambda _, inner: nested(inner, depth - 1))

    deep = fn([Real], Real)(lambda x: nested(x, 50))
    assert deep(2.0) == 3.0
    assert rose.grad(deep)(2.0) == 1.5


def test_ten_thousand_parameters_are_refused() -> None:
    names: dict[str, Any] = {}
    params = ", ".join(f"a{k}" for k in range(10_000))
    exec(f"def total({params}): return a0", names)  # noqa: S102 (ours)
    python: Callable[..., Real] = names["total"]
    total = fn([Real] * 10_000, Real)(python)
    with pytest.raises(rose.MemoryLimitError) as raised:
        total(*[1.0] * 10_000)
    assert raised.value.message == (
        "total takes 10000 and gives 1 numbers one by one, and WebAssembly engines allow 1000; "
        "put numbers together in a Vec"
    )
    with pytest.raises(rose.MemoryLimitError, match="takes 10000 and gives 1 numbers one by one"):
        rose.grad(total).compiled  # noqa: B018 (compiled now)
    assert total.func.memo == {}, "it was differentiated for nothing"


def test_ten_million_numbers() -> None:
    @fn
    def total(v: Annotated[Vec, 10_000_000]) -> Real:
        return rose.sum(v)

    prepared = rose.grad(total).prepared()
    prepared.args.v[:] = 1.0
    prepared.run()
    assert prepared.result[0] == prepared.result[-1] == 1.0
    assert rose.grad(total).compiled.memory_bytes < 3 * 80_000_000


def test_memory_that_no_module_has_is_refused() -> None:
    @fn
    def f(v: Annotated[Vec, 2**30], i: Annotated[Index, 2**30]) -> Real:
        return v[i]

    with pytest.raises(rose.MemoryLimitError, match=r"^f: 8589934608 bytes of memory are needed"):
        f.prepared()
