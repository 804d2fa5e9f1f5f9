"""The table of conventions at kinks in docs/language.md, row by row."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from flat import run_interp

import rose
from rose import Fn, Real, Vec, fn

if TYPE_CHECKING:
    from rose.front.typed import Function

PAGE = Path(__file__).parent.parent / "docs" / "language.md"
INF, NAN = math.inf, math.nan


def slopes(f: Function[Any], *at: float, order: int = 1) -> tuple[float, ...]:
    """The derivatives of a function of Reals by each of them; the highest order by the first one only."""
    made: Fn[..., Any] = fn([Real] * len(at), Real)(_with_params(f, len(at)))
    for _ in range(order - 1):
        made = rose.grad(made)
    gradient = rose.grad(made, argnums=tuple(range(len(at))))
    by_wasm: tuple[float, ...] = gradient(*at)
    assert run_interp(gradient, at) == pytest.approx(list(by_wasm), nan_ok=True)
    return by_wasm


def _with_params(f: Callable[..., Any], count: int) -> Callable[..., Any]:
    """The function with so many parameters: those of ours take any number, and are not marked themselves."""

    def one(x: Any) -> Any:
        return f(x)

    def two(x: Any, y: Any) -> Any:
        return f(x, y)

    def three(x: Any, y: Any, z: Any) -> Any:
        return f(x, y, z)

    return (one, two, three)[count - 1]


def of_vec(f: Callable[[Any], Any], *at: float) -> list[float]:
    gradient: list[float] = rose.grad(fn([Annotated[Vec, len(at)]], Real)(f))(list(at))
    return gradient


# What stands in the first column of the table -> pairs of what is found and what is right.
ROWS: dict[str, Callable[[], list[tuple[Any, Any]]]] = {
    "`abs(x)`, x = 0": lambda: [(slopes(abs, zero), (0.0,)) for zero in (0.0, -0.0)],
    "`abs(x)`, `norm(v)` with a nan": lambda: [
        (slopes(abs, NAN), (NAN,)),
        (slopes(lambda a, b: rose.norm([a, b]), NAN, 1.0), (NAN, NAN)),
    ],
    "`min(a, b)`, `max(a, b)` with a = b": lambda: [
        (slopes(rose.min, 2.0, 2.0), (0.5, 0.5)),
        (slopes(rose.max, 2.0, 2.0), (0.5, 0.5)),
        (slopes(rose.max, INF, INF), (0.5, 0.5)),
        (slopes(lambda x: rose.max(x, x), 2.0), (1.0,)),
    ],
    "`min(a, b)`, `max(a, b)` with a nan, and of many": lambda: [
        (of_vec(lambda v: v.max(), 1.0, NAN, 1.0, 2.0, 3.0), [0.0] * 5),
        (of_vec(lambda v: rose.min([*v]), NAN, NAN, 1.0), [0.0] * 3),
        (slopes(rose.min, NAN, 1.0), (0.0, 0.0)),
        (slopes(rose.max, 1.0, NAN), (0.0, 0.0)),
    ],
    "`clip(x, lo, hi)` at an end": lambda: [
        (slopes(rose.clip, 1.0, 0.0, 1.0), (0.5, 0.0, 0.5)),
        (slopes(rose.clip, 0.0, 0.0, 1.0), (0.5, 0.5, 0.0)),
    ],
    "`v.min()`, `v.max()` with equal elements, and other folds of many": lambda: [
        (of_vec(lambda v: v.min(), 1.0, 1.0, 1.0), [1 / 3] * 3),
        (of_vec(lambda v: v.max(), 1.0, 2.0, 2.0), [0.0, 0.5, 0.5]),
        (of_vec(lambda v: v.max(), *[2.0] * 5, 1.0), [*[0.2] * 5, 0.0]),
        (of_vec(lambda v: rose.max(6, lambda i: v[i] ** 2), *[-1.0, 1.0] * 3), [-1 / 3, 1 / 3] * 3),
        (of_vec(lambda v: rose.min([v[2], *v]), 1.0, 1.0, 1.0), [0.25, 0.25, 0.5]),
    ],
    "`floor`, `ceil`, `trunc`, `round`, `sign`, `//`": lambda: [
        *[
            (slopes(f, at), (0.0,))
            for f in (rose.floor, rose.ceil, rose.trunc, rose.round, rose.sign)
            for at in (0.0, 0.5, 2.0)
        ],
        (slopes(lambda x, y: x // y, 6.0, 2.0), (0.0, 0.0)),
        (slopes(lambda x, y: x % y, -7.0, 2.0), (1.0, 4.0)),
        (slopes(rose.fmod, -7.0, 2.0), (1.0, 3.0)),
    ],
    "`sigmoid`, `softplus`, `logaddexp`": lambda: [
        (slopes(rose.sigmoid, 0.0), (0.25,)),
        (slopes(rose.softplus, 0.0, order=2), (0.25,)),
        (slopes(rose.softplus, 0.0, order=3), (0.0,)),
        (slopes(rose.logaddexp, 3.0, 3.0), (0.5, 0.5)),
        *[(slopes(rose.softplus, at), (1.0,)) for at in (800.0, INF)],
        *[(slopes(rose.softplus, at), (0.0,)) for at in (-800.0, -INF)],
    ],
    "`norm(v)` and `hypot(a, b)`, where they are 0": lambda: [
        (of_vec(rose.norm, 0.0, 0.0, 0.0), [0.0, 0.0, 0.0]),
        (slopes(rose.hypot, 0.0, -0.0), (0.0, 0.0)),
        (slopes(lambda x: rose.norm([x, 2 * x]), 0.0, order=2), (0.0,)),
        (slopes(lambda x: rose.hypot(x, 2 * x), 0.0, order=2), (0.0,)),
        (slopes(lambda x: rose.norm([x, 2 * x]), 0.0, order=3), (0.0,)),
    ],
    "`sqrt(x)`, x = 0": lambda: [
        (slopes(rose.sqrt, 0.0), (INF,)),
        (slopes(lambda x: rose.sqrt(x * x), 0.0), (NAN,)),
    ],
    "`cbrt(x)`, x = 0; `asin(x)`, `acos(x)`, `acosh(x)`, `atanh(x)`, `log(x)` and its like at the ends of their domains": lambda: [
        (slopes(rose.cbrt, 0.0), (INF,)),
        (slopes(rose.asin, 1.0), (INF,)),
        (slopes(rose.acos, -1.0), (-INF,)),
        (slopes(rose.acosh, 1.0), (INF,)),
        (slopes(rose.atanh, -1.0), (INF,)),
        *[(slopes(f, 0.0), (INF,)) for f in (rose.log, rose.log2, rose.log10)],
        (slopes(lambda x: rose.log1p(x - 1), 0.0), (INF,)),
    ],
    "`atan2(a, b)`, a = b = 0": lambda: [(slopes(rose.atan2, 0.0, 0.0), (NAN, NAN))],
    "`copysign(a, b)`": lambda: [
        (slopes(rose.copysign, -2.0, 1.0), (-1.0, 0.0)),
        (slopes(rose.copysign, 2.0, -1.0), (-1.0, 0.0)),
        (slopes(rose.copysign, 0.0, 1.0), (0.0, 0.0)),
    ],
    "`x ** n`, constant whole n": lambda: [
        (slopes(lambda x: x**0, INF), (0.0,)),
        (slopes(lambda x: x**3, 0.0), (0.0,)),
        (slopes(lambda x: x**3, -2.0), (12.0,)),
    ],
    "`x ** p` by x": lambda: [
        (slopes(lambda x, p: x**p, 0.0, 0.0)[:1], (0.0,)),
        (slopes(lambda x, p: x**p, -2.0, 2.0)[:1], (-4.0,)),
        (slopes(lambda x, p: x**p, 2.0, 0.0, order=2), (0.0, 0.5)),  # 0 for p = 0, but not near it
        (slopes(lambda x, p: x**p, 2.0, 0.0, order=3), (0.0, -0.25)),
        (slopes(lambda x: x**2.5, 0.0), (0.0,)),
    ],
    "`x ** p` by p": lambda: [
        (slopes(lambda x, p: x**p, 0.0, 2.0)[1:], (0.0,)),
        (slopes(lambda x, p: x**p, 0.0, 0.0)[1:], (-INF,)),
        (slopes(lambda x, p: x**p, -2.0, 2.0)[1:], (NAN,)),
    ],
    "`where(c, a, b)`": lambda: [
        (slopes(lambda x: rose.where(x > 0, rose.sqrt(x), 0.0), 0.0), (NAN,)),
        (slopes(lambda x: rose.where(x > 0, rose.sqrt(x), 0.0), 4.0), (0.25,)),
    ],
    "`cond(c, f, g)`": lambda: [
        (slopes(lambda x: rose.cond(x > 0, lambda: rose.sqrt(x), lambda: 3 * x), 0.0), (3.0,)),
        (slopes(lambda x: rose.cond(x > 0, lambda: 1 / x, lambda: 0.0), 0.0, order=2), (0.0,)),
    ],
    "comparisons, Bools, indices": lambda: [
        (slopes(lambda x: rose.where(x > 1, 1.0, 0.0), 1.0), (0.0,)),
        (slopes(lambda x: rose.real(rose.to_index(x, 5)) * x, 2.5), (2.0,)),
        (of_vec(lambda v: v[v.argmin()], 1.0, 1.0, 2.0), [1.0, 0.0, 0.0]),
    ],
}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_as_the_page_has_it(row: str) -> None:
    for found, right in ROWS[row]():
        assert list(found) == pytest.approx(list(right), rel=1e-15, abs=0, nan_ok=True)


def test_every_row_of_the_page_is_here() -> None:
    section = PAGE.read_text().partition("## Conventions at kinks")[2].partition("```")[0]
    rows = [line.split(" | ")[0].strip("| ") for line in section.splitlines() if "|" in line]
    assert rows[2:] == list(ROWS)
