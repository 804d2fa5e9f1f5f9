"""Choice and loops: what each gives, in which order it runs, what its derivatives are.

Values and derivatives of two orders of larger programs are in `programs.py` and `random_programs.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import pytest
from flat import NO_DOT, applied, finite_difference, flatten, run_interp, run_wasm

import rose
from rose import Bool, Fn, Index, Real, Vec, fn
from rose.ir.check import check
from rose.run.interp import Counter


@dataclass
class Item:
    x: Real
    on: Bool
    at: Index[Literal[4]]
    v: Vec[Literal[2]]


def both(f: Fn[..., Any], *args: Any) -> list[Any]:
    """The scalars of a result, by the module; the interpreter gives the same."""
    check(f.func)
    scalars = run_wasm(f, args)
    assert scalars == run_interp(f, args)
    return scalars


def items(start: float) -> list[Item]:
    return [Item(start + t, t % 2 == 0, t % 4, [start, t / 2]) for t in range(5)]


# --- where, on values of every type ---


@fn
def chosen(
    c: Bool,
    one: Vec[Literal[5], Item],
    other: Vec[Literal[5], Item],
    i: Index[Literal[3]],
    j: Index[Literal[6]],
) -> tuple[
    Vec[Literal[5], Item],
    Item,
    tuple[Index[Literal[6]], Index[Literal[6]], Index[Literal[6]]],
    Bool,
]:
    assert rose.where(c, None, None) is None
    mixed = rose.where(c, (one[1], i), (other[2], j))
    return (
        rose.where(c, one, other),
        mixed[0],
        (mixed[1], rose.select(c, j, i), rose.cond(c, lambda: 5, lambda: j)),
        rose.where(c, one[0].on, False),
    )


def test_where_chooses_between_values_of_every_type() -> None:
    one, other = items(1.0), items(10.0)
    both(chosen, True, one, other, 2, 4)
    both(chosen, False, one, other, 2, 4)
    assert chosen(True, one, other, 2, 4) == (one, one[1], (2, 4, 5), True)
    assert chosen(False, one, other, 2, 4) == (other, other[2], (4, 2, 4), False)


def test_cond_gives_structures_and_vecs_of_them() -> None:
    @fn
    def f(c: Bool, these: Vec[Literal[5], Item]) -> tuple[Item, Vec[Literal[5], Item]]:
        def turned() -> tuple[Item, Vec[Literal[5], Item]]:
            return these[4], rose.vec(5, lambda k: these[4 - k])

        return rose.cond(c, turned, lambda: (these[0], these))

    given = items(2.0)
    both(f, True, given)
    assert f(True, given) == (given[4], given[::-1])
    assert f(False, given) == (given[0], given)


def test_cond_with_operands() -> None:
    f = fn([Real])(lambda x: rose.cond(x > 0, lambda a, b: a * b, lambda a, b: a + b, x, 3.0))
    assert (f(2.0), f(-2.0), rose.grad(f)(2.0), rose.grad(f)(-2.0)) == (6.0, 1.0, 3.0, 1.0)
    assert rose.cond(True, lambda a: a, lambda a: -a, 5.0) == 5.0


# --- switch ---


@fn
def switched(i: Index[Literal[4]], x: Real) -> Real:
    found: Real = rose.switch(
        i,
        [
            lambda y: y * y,
            lambda y: rose.sqrt(y - y) * y,
            lambda y: rose.sum(50, lambda k: rose.sin(k * y)),
            lambda _: 7,
        ],
        x,
    )
    return found


def test_switch_runs_one_of_many() -> None:
    assert both(switched, 0, 3.0) == [9.0]
    assert both(switched, 3, 3.0) == [7.0]
    costs: list[int] = []
    for i in (0, 2):
        counter = Counter()
        run_interp(switched, (i, 3.0), counter)
        costs.append(counter.count)
    assert 10 * costs[0] < costs[1]


def test_derivatives_of_a_switch_are_those_of_the_branch_that_runs() -> None:
    gradient = rose.grad(switched, argnums=1)
    second = rose.grad(gradient, argnums=1)
    assert both(gradient, 0, 3.0) == [6.0]
    assert both(second, 0, 3.0) == [2.0]
    assert both(gradient, 3, 3.0) == [0.0]  # branch 1 would have made it nan
    for f, derived in ((switched, gradient), (gradient, second)):
        expected = finite_difference(partial(applied, partial(f, 2)), [0.1], (0,))
        assert derived(2, 0.1) == pytest.approx(expected, rel=1e-7)


def test_switch_of_one_branch_and_of_plain_ints() -> None:
    @fn
    def f(i: Index[Literal[1]], x: Real) -> tuple[Real, Real]:
        return rose.switch(i, [lambda: x]), rose.switch(1, [lambda y: y, lambda y: 2 * y], x)

    assert both(f, 0, 3.0) == [3.0, 6.0]
    assert rose.switch(0, [lambda: "anything"]) == "anything"


# --- while_loop ---


@fn
def halved(x: Real) -> tuple[Real, Index[Literal[9]]]:
    return rose.while_loop(
        lambda value: value[0] > 1,
        lambda value: (value[0] / 2, (value[1] + 1) % 9),
        (x, rose.to_index(0, 9)),
    )


def test_while_runs_as_long_as_it_takes() -> None:
    assert both(halved, 0.5) == [0.5, 0]
    assert both(halved, 3.0) == [0.75, 2]
    assert halved(math.nan)[1] == 0
    assert rose.jvp(halved)((3.0,), (1.0,)) == ((0.75, 2), (0.25, NO_DOT))


def test_while_carries_arrays_of_structures() -> None:
    @fn
    def f(start: Vec[Literal[5], Item], steps: Real) -> tuple[Vec[Literal[5], Item], Real]:
        def body(value: Any) -> Any:
            row, left = value
            turned = rose.vec(5, lambda k: row[(k + 1) % 5])
            return rose.where(left > 2, turned, row), left - 1

        return rose.while_loop(lambda value: value[1] > 0, body, (start, steps))

    given = items(0.0)
    for steps in range(5):
        both(f, given, steps)
        turns = max(steps - 2, 0)
        assert f(given, steps)[0] == given[turns:] + given[:turns]


def grown(bound: int | None) -> Fn[..., Any]:
    """Multiplies by 1 + a until it is above 10."""

    @fn
    def f(x: Real, a: Real, v: Vec[Literal[5]]) -> Real:
        end, row = rose.while_loop(
            lambda value: value[0] < 10,
            lambda value: (value[0] * (1 + a), value[1] * a),
            (x, v),
            max_steps=bound,
        )
        return end * row[0] + rose.sin(row[3])

    return f


ARGS = (1.0, 0.5, [0.1, 0.2, 0.3, 0.4, 0.5])


@pytest.mark.parametrize("bound", [6, 7, 20])
def test_a_bounded_while_is_the_other_one_that_can_be_turned_round(bound: int) -> None:
    f, free = grown(bound), grown(None)
    assert both(f, *ARGS) == both(free, *ARGS)
    everything = (1.0, 0.25, [1.0, -1.0, 0.5, 2.0, 3.0])
    value, along = rose.jvp(free)(ARGS, everything)
    gradients = rose.grad(f, argnums=(0, 1, 2))(*ARGS)
    assert value == f(*ARGS)
    products = zip(flatten(gradients), flatten(everything), strict=True)
    assert along == pytest.approx(math.fsum(g * d for g, d in products), rel=1e-12)


def test_a_bound_stops_a_while_that_would_go_on() -> None:
    assert grown(2)(2.0, 0.5, [1.0] * 5) == pytest.approx(4.5 * 0.25 + math.sin(0.25))


def test_bounded_while_has_second_derivatives() -> None:
    @fn
    def f(x: Real) -> Real:
        return rose.while_loop(lambda y: y < 50, lambda y: y * rose.sqrt(y), x, max_steps=9)

    gradient = rose.grad(f)
    second = rose.grad(gradient)
    for g, derived in ((f, gradient), (gradient, second)):
        expected = finite_difference(partial(applied, g), [3.0], (0,))
        assert both(derived, 3.0) == [pytest.approx(expected, rel=1e-7)]


def test_the_test_and_the_step_of_a_bounded_while_never_run_after_its_end() -> None:
    """What would be nan or infinite there does not spoil derivatives, and costs nothing."""

    @fn
    def f(x: Real) -> Real:
        return rose.while_loop(lambda y: y > 0, lambda y: y - rose.sqrt(y) - 1, x, max_steps=100)

    assert rose.grad(f)(2.0) == pytest.approx(1 - 0.5 / math.sqrt(2.0))
    assert rose.grad(f)(-1.0) == 1.0

    @fn
    def with_a_way_back(x: Real, k: Real) -> Real:
        def step(y: Real) -> Real:
            return y - k * rose.sqrt(y) - 1

        return rose.while_loop(lambda y: y > 0, step, x, max_steps=100)

    slopes = rose.grad(with_a_way_back, argnums=(0, 1))
    assert slopes(2.0, 1.0) == pytest.approx((1 - 0.5 / math.sqrt(2.0), -math.sqrt(2.0)))
    assert slopes(-1.0, 1.0) == (1.0, 0.0)


# --- map, reverse, folds ---


@fn
def folded(
    v: Vec[Literal[5]], m: Vec[Literal[2], Vec[Literal[5]]]
) -> tuple[Vec[Literal[7]], Vec[Literal[4], Bool], Vec[Literal[5]]]:
    numbers = [
        rose.prod(5, lambda i: v[i]),
        rose.min(5, lambda i: v[i]),
        rose.max(5, lambda i: v[i] * v[i]),
        rose.prod(v),
        rose.sum(v),
        rose.min(v[0], v[1]),
        rose.max(2, lambda i: m[i])[2],
    ]
    truths = [
        rose.any(5, lambda i: v[i] > 4.5),
        rose.any(5, lambda i: v[i] > 5.5),
        rose.all(5, lambda i: v[i] > 0.5),
        rose.all(5, lambda i: v[i] > 1.5),
    ]
    return numbers, truths, rose.prod(2, lambda i: m[i])


def test_folds() -> None:
    row = [2.0, 1.0, 3.0, 5.0, 4.0]
    both(folded, row, [row, [2 * x for x in row]])
    numbers, truths, products = folded(row, [row, [2 * x for x in row]])
    assert numbers == [120.0, 1.0, 25.0, 120.0, 15.0, 1.0, 6.0]
    assert truths == [True, False, True, False]
    assert products == [2 * x * x for x in row]
    assert math.isnan(folded([math.nan, *row[1:]], [row, row])[0][1])


def test_folds_of_bools_take_vecs() -> None:
    @fn
    def f(
        flags: Vec[Literal[3], Bool], table: Vec[Literal[2], Vec[Literal[3], Bool]]
    ) -> tuple[Bool, Bool, Vec[Literal[3], Bool]]:
        return rose.any(flags), rose.all(flags), rose.any(table)

    assert both(f, [True, False, False], [[True, False, False], [False, False, True]]) == [
        True, False, True, False, True,
    ]  # fmt: skip


def test_folds_have_derivatives() -> None:
    @fn
    def f(v: Vec[Literal[5]]) -> Real:
        return (
            rose.prod(v) + rose.min(5, lambda i: v[i] ** 2) + rose.max(5, lambda i: rose.sin(v[i]))
        )

    at = [2.0, 1.1, 3.0, 5.0, 4.0]
    expected = [finite_difference(lambda v: f(v[0]), [at], (0, k)) for k in range(5)]
    assert rose.grad(f)(at) == pytest.approx(expected, rel=1e-8)


def test_map_takes_vecs_of_anything_and_lists() -> None:
    @fn
    def f(
        these: Vec[Literal[5], Item], v: Vec[Literal[5]]
    ) -> tuple[Vec[Literal[5]], Vec[Literal[3], Index[Literal[4]]]]:
        weights = rose.map(lambda item, x: rose.where(item.on, item.x * x, item.v[1]), these, v)
        return weights, rose.map(lambda x: rose.to_index(x, 4), [0.5, v[0], 9])

    assert both(f, items(1.0), [1.0, 2.0, 3.0, 4.0, 5.0]) == [1.0, 0.5, 9.0, 1.5, 25.0, 0, 1, 3]


def test_loops_in_reverse() -> None:
    @fn
    def f(
        v: Vec[Literal[5]],
    ) -> tuple[Real, Real, Vec[Literal[5]], Vec[Literal[5], Index[Literal[5]]]]:
        digits = rose.loop(5, 0.0, lambda t, c: 10 * c + v[t], reverse=True)
        last, seen = rose.scan(5, 0.0, lambda t, c: (c + v[t], (c, t)), reverse=True)
        firsts = rose.map(lambda pair: pair[0], seen)
        return digits, last, firsts, rose.map(lambda pair: pair[1], seen)

    assert both(f, [1.0, 2.0, 3.0, 4.0, 5.0]) == [
        54321.0, 15.0, 14.0, 12.0, 9.0, 5.0, 0.0, 0, 1, 2, 3, 4,
    ]  # fmt: skip
