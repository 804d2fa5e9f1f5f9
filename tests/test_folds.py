"""Folds of Python's own lists and tuples, of numbers and of traced values, inside of an @fn and outside."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest
from flat import run_interp

import rose
from rose import Index, Real, Vec, fn


@pytest.mark.parametrize("container", [list, tuple, np.array])
def test_numbers_are_folded_at_once(container: Callable[[list[Any]], Any]) -> None:
    numbers = container([0.5, -1.5, 3.0])
    found = [fold(numbers) for fold in (rose.sum, rose.prod, rose.min, rose.max)]
    assert found == [2.0, -2.25, -1.5, 3.0]
    assert all(isinstance(x, float) for x in found)
    truths = container([True, False])
    assert (rose.any(truths), rose.all(truths)) == (True, False)


def test_lists_of_lists_are_folded_elementwise() -> None:
    assert rose.sum([[1, 2], (3, 4.5)]) == [4.0, 6.5]
    assert rose.max(np.array([[1.0, 5.0], [3.0, 4.0]])) == [3.0, 5.0]
    assert rose.all([[True, True], [True, False]]) == [True, False]


def test_of_nothing_a_fold_gives_its_start() -> None:
    assert (rose.sum([]), rose.prod(()), rose.any([]), rose.all([])) == (0.0, 1.0, False, True)


def test_special_numbers_go_as_in_the_module() -> None:
    @fn
    def folded(a: Real, b: Real, c: Real) -> tuple[Real, Real, Real, Real]:
        of = [a, b, c]
        return rose.sum(of), rose.prod(of), rose.min(of), rose.max(of)

    for numbers in ([0.0, -0.0, -0.0], [1.0, math.inf, -math.inf], [math.nan, 1.0, 2.0]):
        plain = [f(numbers) for f in (rose.sum, rose.prod, rose.min, rose.max)]
        assert repr(list(folded(*numbers))) == repr(plain)


@fn
def mixed(x: Real, y: Real, i: Index[Literal[3]]) -> Real:
    low, high = rose.min([x, y, 0.5]), rose.max((x, y, i))
    both = rose.where(rose.all([x > 0, y > 0, True]), 1.0, -1.0)
    return rose.sum([x, 2, y * x, i]) + both * rose.prod((x, y, 3)) + low * high + rose.sum([1, 2])


def test_traced_values_and_numbers_are_folded_together() -> None:
    assert mixed(2.0, 3.0, 1) == (2 + 2 + 6 + 1) + 18 + 0.5 * 3 + 3
    assert run_interp(mixed, (2.0, 3.0, 1)) == [mixed(2.0, 3.0, 1)]
    assert rose.grad(mixed, argnums=(0, 1))(2.0, 3.0, 1) == (1 + 3 + 9, 2 + 6 + 0.5)
    assert "loop" not in repr(mixed.func)


def test_a_list_of_vecs_is_folded_elementwise() -> None:
    @fn
    def total(v: Vec[Literal[6]], w: Vec[Literal[6]]) -> tuple[Vec[Literal[6]], Vec[Literal[6]]]:
        return rose.sum([v, 2 * w, v]), rose.min((v, w))

    v, w = np.arange(6.0), np.array([3.0, -1, 2, 9, 4, 0])
    first, second = total(v.tolist(), w.tolist())
    assert first == (2 * v + 2 * w).tolist()
    assert second == np.minimum(v, w).tolist()


def test_structures_in_a_list_are_folded_elementwise() -> None:
    @fn
    def total(x: Real, v: Vec[Literal[2]]) -> tuple[Real, Vec[Literal[2]]]:
        return rose.sum([(x, v), (1.0, v), (x, [0.0, 1.0])])

    assert total(2.0, [1.0, 5.0]) == (5.0, [2.0, 11.0])


def test_a_fold_of_many_traced_values_is_not_recursive() -> None:
    @fn
    def long(x: Real) -> Real:
        return rose.sum([x * k for k in range(3000)])

    assert long(1.0) == sum(range(3000))


def test_those_that_are_equal_share_the_derivative_field_by_field() -> None:
    @fn
    def best(v: Vec[Literal[5], Vec[Literal[2]]], x: Real) -> tuple[Real, Vec[Literal[2]]]:
        return rose.max(5, lambda i: (x * v[i][0], v[i]))

    v = [[1.0, 2.0], [3.0, 0.0], [3.0, 2.0], [0.0, 2.0], [3.0, 1.0]]
    by_v = rose.jacobian(best, mode="rev")(v, 2.0)
    assert by_v == rose.jacobian(best, mode="fwd")(v, 2.0)
    third, none = 1 / 3, [0.0, 0.0]
    first = [none, [2 * third, 0.0], [2 * third, 0.0], none, [2 * third, 0.0]]
    assert by_v[0] == pytest.approx(np.array(first))
    assert by_v[1][1] == [[0.0, third], none, [0.0, third], [0.0, third], none]
    assert rose.jacobian(best, argnums=1)(v, 2.0) == (3.0, [0.0, 0.0])


def test_the_square_of_the_greatest_has_a_second_derivative_at_a_tie() -> None:
    """A half of each of two, squared."""

    @fn
    def f(v: Vec[Literal[3]]) -> Real:
        return v.max() ** 2

    assert rose.hessian(f)([2.0, 2.0, 1.0]) == [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]


def of_real(body: Callable[[Any], Any]) -> Callable[[], object]:
    @fn
    def f(x: Real) -> Real:
        found: Real = body(x)
        return found

    return lambda: f(1.0)


LEAST_OF_NONE: list[Callable[[Any], Any]] = [
    lambda _: rose.min(rose.vec([])),
    lambda x: rose.min(0, lambda i: x * i),
    lambda x: rose.vec([x])[1:].min(),
    lambda x: rose.min(rose.vec(0, lambda i: [x, 1.0 * i]))[0],
]

MISUSES: list[tuple[type[rose.RoseError], str, Callable[[], object]]] = [
    (
        rose.ArgumentError,
        "rose.min of no elements has no value; give at least one, as in rose.min([inf, *items])",
        lambda: rose.min([]),
    ),
    (
        rose.ArgumentError,
        "rose.max of no elements has no value; give at least one, as in rose.max([-inf, *items])",
        of_real(lambda _: rose.max(())),
    ),
    *[
        (
            rose.ArgumentError,
            "rose.min of no elements has no value; give at least one, as in rose.min([inf, *items])",
            of_real(least),
        )
        for least in LEAST_OF_NONE
    ],
    (
        rose.ArgumentError,
        "rose.argmax of no elements has no value; give a Vec of at least one, as in rose.argmax([0, *v])",
        of_real(lambda x: 1.0 * rose.vec([x])[:0].argmax()),
    ),
    (
        rose.ArgumentError,
        "rose.sum takes a Vec or a list alone, or a length and a function, given a list and a function; write rose.sum(len(v), lambda i: ...)",
        lambda: rose.sum([1], lambda i: i),  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    ),
    (
        rose.TypeMismatchError,
        "rose.sum adds Reals, given bool True; write rose.where(b, 1.0, 0.0)",
        lambda: rose.sum([1, True]),
    ),
    (
        rose.TypeMismatchError,
        "rose.sum adds Reals, given a Bool; write rose.where(b, 1.0, 0.0)",
        of_real(lambda x: rose.sum([x, x > 1])),
    ),
    (
        rose.TypeMismatchError,
        "rose.any takes Bools, given a Real; compare it, as in x > 0",
        of_real(lambda x: rose.any([x > 1, x])),
    ),
    (
        rose.TypeMismatchError,
        "rose.prod multiplies Reals, given str 'a'",
        lambda: rose.prod([1, "a"]),
    ),
    (
        rose.TypeMismatchError,
        "rose.max compares Reals, given int 2",
        lambda: rose.max([[1], 2]),
    ),
    (
        rose.TypeMismatchError,
        "rose.max compares Reals, given set {1, 2}",
        lambda: rose.max([{1, 2}, {3}]),
    ),
    (
        rose.TypeMismatchError,
        "rose.sum adds Reals, given lists of different lengths",
        lambda: rose.sum([[1], [1, 2]]),
    ),
]


@pytest.mark.parametrize(("kind", "message", "run"), MISUSES)
def test_what_cannot_be_folded_is_refused(
    kind: type[rose.RoseError], message: str, run: Callable[[], object]
) -> None:
    with pytest.raises(kind) as raised:
        run()
    assert raised.value.message == message
    assert raised.value.location.file == __file__
