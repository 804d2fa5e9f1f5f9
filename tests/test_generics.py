"""Generic structures: their type variables are replaced where they are used."""

from dataclasses import dataclass
from typing import Any, Generic, Literal, NamedTuple, TypedDict, TypeVar

import pytest

import rose
from rose import Bool, Real, Vec, fn
from rose.front.tree import StructTree

T = TypeVar("T")
U = TypeVar("U")
Point = Vec[Literal[2]]


@dataclass
class Pair(Generic[T]):
    one: T
    other: T


@dataclass
class Marked(Pair[Point], Generic[T]):
    mark: T  # the same variable, which is something else than that of Pair


@dataclass
class Rows(Generic[T, U]):
    rows: Vec[Literal[3], T]
    pair: Pair[U]
    both: tuple[T, U]


class Named(NamedTuple, Generic[T]):
    value: T


class Keyed(TypedDict, Generic[T]):
    value: T


def test_a_dataclass_of_reals() -> None:
    @fn
    def product(p: Pair[Real]) -> Real:
        return p.one * p.other**2

    assert product(Pair(2.0, 3.0)) == 18.0
    assert rose.grad(product)(Pair(2.0, 3.0)) == Pair(9.0, 12.0)
    rose.check_grads(product, (Pair(2.0, 3.0),), order=2)


def test_the_same_class_of_other_types() -> None:
    @fn
    def swapped(p: Pair[Bool], q: Pair[Point]) -> tuple[Pair[Bool], Pair[Point]]:
        return Pair(p.other, p.one), Pair(q.other, q.one)

    flags, points = swapped(Pair(True, False), Pair([1.0, 2.0], [3.0, 4.0]))
    assert flags == Pair(False, True)
    assert points == Pair([3.0, 4.0], [1.0, 2.0])


def test_generic_classes_in_generic_classes_and_in_vecs() -> None:
    @fn
    def total(r: Rows[Real, Pair[Real]], m: Vec[Literal[2], Pair[Real]]) -> Real:
        return rose.sum(r.rows) + r.pair.other.one + r.both[1].other + m[1].one

    inner = Pair(1.0, 10.0)
    value = Rows[Any, Any]([1.0, 2.0, 3.0], Pair(inner, inner), (5.0, inner))
    assert total(value, [inner, Pair(100.0, 0.0)]) == 6 + 1 + 10 + 100


def test_classes_that_are_made_of_generic_ones() -> None:
    @fn
    def length(m: Marked[Bool]) -> Real:
        return rose.where(m.mark, rose.norm(m.one), 0.0)

    assert length(Marked([3.0, 4.0], [0.0, 0.0], True)) == 5.0


def test_named_tuples_and_typed_dicts() -> None:
    @fn
    def added(n: Named[Real], k: Keyed[Real]) -> Keyed[Real]:
        return {"value": n.value + k["value"]}

    assert added(Named(1.0), {"value": 2.0}) == {"value": 3.0}


def test_what_is_not_annotated_has_the_types_of_what_it_holds() -> None:
    @fn
    def powers(x: Real) -> Any:
        return rose.loop(3, Pair[Any](x, [x, True]), lambda _, p: p)

    with pytest.raises(rose.TypeMismatchError) as raised:
        powers(2.0)
    message = "the start of rose.loop, field other: the elements of a Vec are of one type, given Bool and Real"
    assert raised.value.message == message

    @fn
    def both(x: Real) -> Any:
        return rose.loop(3, Pair((x, True), (x, False)), lambda _, p: Pair(p.other, p.one))

    assert both(2.0) == Pair((2.0, False), (2.0, True))
    tree = both.signature.result
    assert isinstance(tree, StructTree)
    assert str(tree) == "Pair(one: tuple[Real, Bool], other: tuple[Real, Bool])"


def test_structures_without_annotation_go_through_tree_map_and_jacobians() -> None:
    @fn
    def doubled(p: Any) -> Any:
        return rose.tree_map(lambda x: 2 * x, p)

    assert doubled(Pair(1.0, [1.0, 2.0])) == Pair(2.0, [2.0, 4.0])
    assert rose.tree_map(lambda x: 2 * x, Pair(1.0, (1.0,))) == Pair(2.0, (2.0,))
    square = fn([Pair[Real]])(lambda p: p.one * p.other)
    assert rose.hessian(square)(Pair(1.0, 2.0)) == Pair(Pair(0.0, 1.0), Pair(1.0, 0.0))
