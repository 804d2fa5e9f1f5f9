"""`tree_map`: structures of every kind, traced and plain."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
import pytest

import rose
from rose import Bool, Index, Real, Vec, fn


class Pair(NamedTuple):
    weight: Real
    bias: Real


@dataclass(frozen=True, kw_only=True)
class Model:
    rows: Vec[Literal[2], Vec[Literal[9]]]
    pairs: Vec[Literal[6], Pair]
    pair: Pair
    both: tuple[Real, Vec[Literal[2]]]
    place: Index[Literal[5]]
    places: Vec[Literal[3], Index[Literal[5]]]
    on: Bool


MODEL = Model(
    rows=[[float(k) for k in range(9)], [1.0] * 9],
    pairs=[Pair(k, -k) for k in range(6)],
    pair=Pair(1, 2),
    both=(3, [4, 5]),
    place=4,
    places=[0, 1, 2],
    on=True,
)


@fn
def loss(m: Model) -> Real:
    inner = rose.sum(6, lambda k: m.pairs[k].weight ** 2 * m.pairs[k].bias)
    rest = m.pair.weight * m.pair.bias + m.both[0] * rose.dot(m.both[1], m.both[1])
    return inner + rest + rose.sum(m.rows[0] * m.rows[1] ** 2) * m.rows[0][m.place]


@fn
def step(m: Model) -> Model:
    return rose.tree_map(lambda x, slope: x - 0.125 * slope, m, rose.grad(loss)(m))


def test_a_step_of_descent_is_the_same_inside_and_outside() -> None:
    outside = rose.tree_map(lambda x, slope: x - 0.125 * slope, MODEL, rose.grad(loss)(MODEL))
    assert step(MODEL) == outside
    assert outside.pair == Pair(1 - 0.125 * 2, 2 - 0.125 * 1)
    assert (outside.place, outside.places, outside.on) == (4, [0, 1, 2], True)
    assert loss(outside) < loss(MODEL)


def test_what_is_no_real_stays_without_a_gradient_too() -> None:
    doubled = fn([Model], Model)(lambda m: rose.tree_map(lambda x: 2 * x, m))(MODEL)
    assert doubled == rose.tree_map(lambda x: 2.0 * x, MODEL)
    assert (doubled.place, doubled.places, doubled.on) == (4, [0, 1, 2], True)
    assert doubled.pairs[5] == Pair(10.0, -10.0)


def test_plain_structures() -> None:
    tree: Any = {"a": (1, [2.0, None]), "b": np.array([[1.0, 2.0]]), "c": True, "d": 3}
    assert rose.tree_map(lambda x: x + 1, tree) == {
        "a": (2, [3.0, None]),
        "b": [[2.0, 3.0]],
        "c": True,
        "d": 4,
    }
    assert rose.tree_map(math.sqrt, 4.0) == 2.0


def test_a_list_beside_a_vec() -> None:
    added = fn([Annotated[Vec, 3]])(lambda v: rose.tree_map(lambda x, y: x + y, v, [1, 2, 3]))
    assert added([1, 1, 1]) == [2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    "rest", [{"b": 1.0}, {"a": 1.0, "b": 2.0}, [[1.0]], 1.0, Pair(1, 2)], ids=repr
)
def test_structures_that_are_not_alike(rest: Any) -> None:
    with pytest.raises(rose.TypeMismatchError, match=r"^rose\.tree_map goes through structures"):
        rose.tree_map(lambda x, y: x + y, {"a": 1.0}, rest)
    with pytest.raises(rose.TypeMismatchError, match=r"^rose\.tree_map goes through structures"):
        rose.tree_map(lambda x, y: x + y, [[1.0]], [rest])
