"""Loops that carry cotangents with a sign that alternates: results are equal, and the minus is gone."""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import pytest
from flat import gradient, run_interp
from metering import instructions

import rose
from rose import Fn, Real, Vec, fn
from rose.ad import transpose
from rose.ir.check import check
from rose.opt import optimize


@pytest.fixture(params=[7, 8])
def steps(request: pytest.FixtureRequest) -> int:
    return request.param  # type: ignore[no-any-return]


def repeated(name: str, steps: int) -> Fn[..., Any]:
    """A loop whose step hands on the opposite of what it is given."""

    @fn
    def f(x: Real, y: Real) -> Real:
        return rose.loop(steps, x, lambda _, c: STEPS[name](c, y))

    return f


STEPS: dict[str, Callable[[Real, Real], Real]] = {
    "cosine": lambda c, y: rose.cos(c) + y,
    "quotient": lambda c, y: y / c,
    "difference": lambda c, y: y - c,
    "remainder": lambda c, y: (y + 3) % (c + 2),
    "angle": lambda c, y: rose.atan2(y, c),
}


def two() -> Fn[..., Any]:
    @fn
    def f(x: Real, y: Real) -> Real:
        a, b = rose.loop(7, (x, y), lambda _, s: (x - s[1] * s[0], y / s[0]))
        return a * b

    return f


def nested() -> Fn[..., Any]:
    @fn
    def f(x: Real, y: Real) -> Real:
        return rose.loop(3, x, lambda _, c: rose.loop(5, c, lambda _, d: y / d) * x)

    return f


def stacked() -> Fn[..., Any]:
    """Rows and elements have cotangents whose signs are not to change."""

    @fn
    def f(x: Real, v: Vec[Literal[5]]) -> Real:
        end, rows = rose.scan(5, x, lambda t, c: (v[t] / c, c))
        found: Real = end * rose.sum(rows)
        return found

    return f


def never(*_: object) -> bool:
    return False


def spared(make: Callable[[], Fn[..., Any]], args: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many instructions fewer are executed as signs alternate, which makes no difference to results."""
    f = make()
    check(optimize(gradient(f).func))
    rose.check_grads(f, args, order=2)
    found, executed = run_interp(gradient(f), args), instructions(gradient(f), args)
    monkeypatch.setattr(transpose, "may_spare_minus", never)
    plain = gradient(make())  # anew, since functions remember their transposes
    assert run_interp(plain, args) == found
    return instructions(plain, args) - executed


@pytest.mark.parametrize("name", STEPS)
def test_the_minus_is_spared(name: str, steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert spared(partial(repeated, name, steps), (0.7, 1.9), monkeypatch) >= steps - 1


def test_in_a_loop_of_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    assert spared(nested, (0.7, 1.9), monkeypatch) > 0


def test_where_it_spares_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert spared(stacked, (0.7, [0.3, 0.5, 0.4, 0.9, 0.8]), monkeypatch) == 0
    assert spared(two, (0.7, 1.9), monkeypatch) == 0
