"""Two Reals at a time: elementwise loops, and copies, zeros and sums of whole arrays, of any length, to the last bit."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal

import pytest
from flat import run_interp, run_wasm

import rose
from rose import Fn, Index, Real, Vec, fn

SPECIAL = [0.0, -0.0, 1.5, -2.0, math.inf, -math.inf, math.nan, 5e-324]


def wat(f: Fn[..., Any]) -> str:
    return rose.compile({"f": f}).wat


def row(n: int, shift: int = 0) -> list[float]:
    return [SPECIAL[(7 * k + shift) % len(SPECIAL)] if k % 3 else 0.3 * k for k in range(n)]


def same(f: Fn[..., Any], *args: Any) -> None:
    assert [*map(repr, run_wasm(f, args))] == [*map(repr, run_interp(f, args))]


@pytest.mark.parametrize("n", [8, 9, 16, 31])
def test_arithmetic_on_two_elements_at_once(n: int) -> None:
    @fn
    def combined(a: Annotated[Vec, n], b: Annotated[Vec, n], k: Real) -> Any:
        low = rose.vec(n, lambda i: rose.min(a[i], k * b[i]) - rose.abs(b[i]) / a[i])
        return low, rose.vec(n, lambda i: rose.sqrt(rose.max(a[i], 1.0)) * (-b[i] * b[i] + k))

    same(combined, row(n), row(n, 5), 0.7)
    text = wat(combined)
    for name in ("min", "sub", "abs", "div", "sqrt", "max", "mul", "neg", "add"):
        assert f"f64x2.{name}" in text
        assert f"f64.{name}\n" not in text


@pytest.mark.parametrize("n", [8, 13])
def test_the_transpose_of_a_product_with_a_matrix(n: int) -> None:
    """Sums into two arrays at once, each element in the order of the rows."""

    @fn
    def bent(m: Annotated[Vec[Any, Annotated[Vec, n]], 5], x: Annotated[Vec, n]) -> Real:
        return rose.sum(5, lambda i: (m[i] @ x) ** 2)

    f = rose.grad(bent, argnums=(0, 1))
    same(f, [[0.1 * i + 0.7**j for j in range(n)] for i in range(5)], [1.3**j for j in range(n)])
    assert wat(f).count("v128.store") >= 2


@pytest.mark.parametrize("n", [8, 9, 16, 31])
def test_choices_are_masks(n: int) -> None:
    @fn
    def chosen(a: Annotated[Vec, n], b: Annotated[Vec, n], k: Real) -> Any:
        low = rose.vec(
            n, lambda i: rose.where((a[i] < b[i]) & rose.logical_not(b[i] > k), a[i], -b[i])
        )
        one = rose.vec(n, lambda i: rose.where((a[i] == k) ^ (b[i] != a[i]) | (b[i] <= k), k, 2.0))
        return (
            low,
            one,
            rose.vec(n, lambda i: rose.sign(a[i]) * rose.floor(b[i]) - rose.round(a[i])),
        )

    same(chosen, row(n), row(n, 5), 1.5)
    text = wat(chosen)
    for name in (
        "f64x2.lt",
        "v128.bitselect",
        "v128.and",
        "v128.not",
        "v128.xor",
        "v128.or",
        "f64x2.nearest",
    ):
        assert name in text
    assert "select\n" not in text.replace("bitselect", "")


@pytest.mark.parametrize("n", [8, 9, 16, 31])
def test_slopes_at_kinks_on_two_elements_at_once(n: int) -> None:
    """`share` and `sign`, which are several instructions; infinities and nans on the side that is not chosen stay there."""

    @fn
    def bent(a: Annotated[Vec, n], b: Annotated[Vec, n]) -> Real:
        return rose.sum(rose.vec(n, lambda i: rose.max(a[i], b[i]) * rose.abs(b[i])))

    slopes = rose.grad(bent, argnums=(0, 1))
    same(slopes, row(n), row(n, 5))
    same(slopes, row(n), row(n))
    assert "f64x2.eq" in wat(slopes)


@pytest.mark.parametrize("n", [8, 9, 16, 31])
def test_what_is_carried_goes_from_lane_to_lane(n: int) -> None:
    """Sums, products and extremes, in order, from elements that are computed two at a time."""

    @fn
    def folded(a: Annotated[Vec, n], b: Annotated[Vec, n], k: Real) -> Any:
        def step(t: Index, now: Any) -> Any:
            total, most, product = now
            term = a[t] * b[t] - k
            return total + term + a[t], rose.max(most, term), (term + k) * product

        return rose.scan(n, (k, -1.0, 1.0), lambda t, now: (step(t, now), a[t] / b[t]))

    numbers, others = [0.1 + 1.7**-j for j in range(n)], [0.3 * j - 1 for j in range(n)]
    for args in ((row(n), row(n, 5), 0.7), (numbers, others, -0.0), (others, numbers, 0.0)):
        same(folded, *args)
    assert wat(folded).count("f64x2.extract_lane") >= 6


UNFIT: list[Callable[[Any, Any], Any]] = [
    lambda v, i: v[(i + 1) % 12] * 2,  # another element
    lambda v, i: v[i] * (1.0 * i),  # the counter itself
    lambda v, i: rose.exp(v[i]),  # no such instruction
]


CARRIED: list[Callable[[Any, Any, Any], Any]] = [
    lambda v, t, c: c + v[t],  # as much of what is carried as of what is not
    lambda v, t, c: rose.exp(c) + v[t] * v[t],  # no such instruction
    lambda v, t, c: rose.where(c < v[t], v[t] * v[t], c),  # a Bool of what is carried
    lambda v, t, _: v[t] * v[t] + 1.0,  # of which nothing is left but the last
]


@pytest.mark.parametrize("body", CARRIED)
def test_other_recurrences_take_one_element_at_a_time(body: Any) -> None:
    @fn
    def carried(v: Vec[Literal[12]]) -> Real:
        return rose.loop(12, 0.1, lambda t, c: body(v, t, c))

    same(carried, row(12))
    assert "v128" not in wat(carried)


ROWS: list[Callable[[Any, Any], Any]] = [lambda before, _: before, lambda _, after: after]


@pytest.mark.parametrize("given", ROWS)
def test_what_is_carried_is_no_row_of_lanes(given: Any) -> None:
    @fn
    def sums(v: Vec[Literal[12]]) -> Any:
        def step(t: Index, c: Any) -> Any:
            after = c + v[t] * v[t]
            return after, given(c, after)

        return rose.scan(12, 0.1, step)

    same(sums, row(12))
    assert "v128" not in wat(sums)


def test_a_recurrence_that_goes_back_takes_one_element_at_a_time() -> None:
    @fn
    def back(v: Vec[Literal[12]]) -> Real:
        return rose.loop(12, 0.1, lambda t, c: c - v[t] * v[t], reverse=True)

    same(back, row(12))
    assert "v128" not in wat(back)


@pytest.mark.parametrize("body", UNFIT)
def test_other_loops_take_one_element_at_a_time(body: Any) -> None:
    @fn
    def mapped(v: Vec[Literal[12]]) -> Vec[Literal[12]]:
        return rose.vec(12, lambda i: body(v, i))

    assert "v128" not in wat(mapped)


@pytest.mark.parametrize("n", [5, 8, 9, 16, 17, 33, 64, 65, 200])
def test_arrays_are_copied_and_cleared_whole(n: int) -> None:
    @fn
    def steps(v: Annotated[Vec, n], w: Annotated[Vec, n]) -> Any:
        """Rows that are copies, a carried array that begins as zeros, one that is chosen."""

        def step(t: Any, now: Any) -> Any:
            one, other = now
            new = rose.vec(n, lambda i: one[(i + 1) % n] + w[i])
            return (rose.cond(new[0] > 1, lambda: v, lambda: new), other.at[t].set(one[t])), one

        return rose.scan(3, (w, rose.vec(n, lambda _: 0.0)), step)

    @fn
    def total(v: Annotated[Vec, n], w: Annotated[Vec, n]) -> Real:
        (end, other), rows = steps(v, w)
        found: Real = end @ rows[1] + rows[0] @ rows[2] + other.sum()
        return found

    args = ([0.3 * k for k in range(n)], [1.0 / (k + 1) for k in range(n)])
    same(steps, *args)
    same(rose.value_and_grad(total, argnums=(0, 1)), *args)
