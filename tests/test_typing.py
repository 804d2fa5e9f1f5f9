"""The spellings of types that checkers understand mean what the short ones mean; what tests/checkers shows them is right at run time too."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import numpy as np
import pytest

import rose
from rose import Bool, Index, Real, Static, Vec, fn

CHECKERS = Path(__file__).parent / "checkers"
Three = Literal[3]


@dataclass(frozen=True)
class Ball:
    position: Vec[Literal[2]]
    velocity: Annotated[Vec, 2]


Balls = Annotated[Vec[Any, Ball], 3]


class Named(TypedDict):
    place: Annotated[Index, 4]
    more: Annotated[Real, "metres"]


@pytest.mark.parametrize("file", sorted(CHECKERS.glob("*.py")), ids=lambda file: file.stem)
def test_what_checkers_are_shown_runs(file: Path) -> None:
    assert runpy.run_path(str(file))["BALL"].position == [1.0, 2.0]


def test_literals_and_annotated_sizes_are_sizes() -> None:
    n = 5

    @fn
    def f(
        a: Vec[Three, Ball],
        b: Annotated[Vec[Any, Annotated[Vec[Any, Bool], 2 * n]], n],
        i: Index[Three],
        j: Annotated[Index, n],
        named: Named,
    ) -> tuple[Annotated[Vec, 2], Annotated[Vec[Any, Index[Three]], 2]]:
        return rose.where(b[j][0], a[i].velocity, a[0].position) * named["more"], [i, 0]

    assert repr(f) == (
        "<fn f(a: Vec[3, Ball], b: Vec[5, Vec[10, Bool]], i: Index[3], j: Index[5], "
        "named: Named) -> tuple[Vec[2], Vec[2, Index[3]]]>"
    ).replace("named: Named", f"named: {f.signature.params[-1]}")
    ball = Ball([1, 2], [3, 4])
    rows = [[True] * 10, [False] * 10, *[[True] * 10] * 3]
    assert f([ball] * 3, rows, 2, 0, {"place": 3, "more": 1.0}) == ([3.0, 4.0], [2, 0])
    assert f([ball] * 3, rows, 2, 1, {"place": 3, "more": 1.0}) == ([1.0, 2.0], [2, 0])


def test_types_beside_a_function_and_in_specialized() -> None:
    last = fn([Annotated[Vec, 4], Annotated[Index, 4]], Real)(lambda v, i: v[i])
    assert repr(last) == "<fn <lambda>(v: Vec[4], i: Index[4]) -> Real>"
    assert last([1, 2, 3, 4], 3) == 4.0

    @fn
    def total(v: Vec) -> Real:
        return v.sum()

    assert repr(total.specialized(Annotated[Vec, 4])) == "<fn total(v: Vec[4]) -> Real>"


def test_vecs_of_any_size_have_the_elements_that_are_written() -> None:
    @fn
    def picked(v: Vec[Any, Index[Literal[4]]], w: Vec[Any, Vec], x: Any) -> Vec:
        return [w[0][v[0]], x]

    @fn
    def moved(balls: Vec[Any, Ball]) -> Vec[Any, Ball]:
        return [Ball(ball.position + ball.velocity, ball.velocity) for ball in balls]

    assert repr(picked) == "<fn picked(v: Vec[Any, Index[4]], w: Vec[Any, Vec], x) -> Vec>"
    assert picked([1, 2], [[1, 2, 3, 4]], 2) == [2.0, 2.0]
    assert moved([Ball([1, 2], [3, 4])] * 2) == [Ball([4.0, 6.0], [3.0, 4.0])] * 2
    assert repr(moved.specialized(Balls)) == ("<fn moved(balls: Vec[3, Ball]) -> Vec[3, Ball]>")
    with pytest.raises(rose.TypeMismatchError) as raised:
        moved([[1.0, 2.0]])
    assert raised.value.message == (
        "argument balls of moved, element 0, field position: expected a Vec[2], given float 1.0"
    )


def test_tuples_fit_where_a_vec_of_any_size_is_expected() -> None:
    @fn
    def total(v: Vec = (1.0, 2.0)) -> Real:
        return v.sum()

    @fn
    def corner(m: Vec[Any, Vec]) -> Real:
        return m[1][1]

    assert (total(), total((1.0, 2.0, 3.0)), rose.grad(total)((1.0, 2.0))) == (3.0, 6.0, [1.0, 1.0])
    assert corner(((1, 2), (3, 4))) == corner([(1, 2), (3, 4)]) == 4.0
    assert repr(total.specialized(())) == "<fn total(v: Vec[0]) -> Real>"
    with pytest.raises(rose.TypeMismatchError) as raised:
        total((1.0, True))
    assert raised.value.message == "argument v of total: expected a Vec, given tuple (1.0, True)"


def test_a_result_is_a_vec_if_it_is_said_to_be() -> None:
    @fn
    def scalar(v: Vec) -> Vec:
        return v.sum()

    @fn
    def truths(v: Vec) -> Vec[Any, Bool]:
        return v

    with pytest.raises(rose.TypeMismatchError) as raised:
        scalar([1.0, 2.0])
    assert raised.value.message == "the result of scalar: expected a Vec, given the type Real"
    with pytest.raises(rose.TypeMismatchError) as raised:
        truths([1.0, 2.0])
    assert raised.value.message == ("the result of truths: expected a Vec[2, Bool], given a Vec[2]")


def test_static_parameters_and_keys_keep_their_marks() -> None:
    @fn
    def f(x: Real, n: Static[tuple[int, ...]] = (1, 2)) -> Real:
        return x * sum(n)

    assert f(2.0) == 6.0

    class Partial(TypedDict):
        x: Real
        y: NotRequired[Real]

    @fn
    def g(p: Partial) -> Real:
        return p["x"]

    with pytest.raises(rose.SignatureError, match="may lack y"):
        g({"x": 1.0})


def test_vec_of_elements() -> None:
    @fn
    def f(x: Real) -> tuple[Vec[Three], Vec[Literal[2], Ball]]:
        ball = Ball([x, 0], [0, x])
        counts = rose.loop(4, rose.vec([0.0, x, 0.0]), lambda t, c: c.at[t % 3].add(1.0))
        return counts + rose.vec(np.array([1.0, 2.0, 3.0])), rose.vec((ball, ball))

    ball = Ball([5.0, 0.0], [0.0, 5.0])
    assert f(5.0) == ([3.0, 8.0, 4.0], [ball, ball])


@pytest.mark.parametrize("given", [3, "abc", None])
def test_vec_of_what_is_no_list(given: Any) -> None:
    @fn
    def f() -> Vec[Three]:
        return rose.vec(given)

    with pytest.raises(rose.TypeMismatchError) as raised:
        f()
    word = {3: "int 3", "abc": "str 'abc'", None: "None"}[given]
    assert raised.value.message == (
        "rose.vec takes a length and a function, as in rose.vec(3, lambda i: 1.0 * i), "
        f"or a list of elements, given {word}"
    )


def test_logical_not() -> None:
    @fn
    def f(x: Real, b: Bool, v: Vec[Three]) -> tuple[Bool, Bool, Vec[Three, Bool]]:
        return rose.logical_not(x > 0), rose.logical_not(b), rose.logical_not(v > 1)

    assert f(1.0, False, [0, 1, 2]) == (False, True, [True, True, False])
    assert rose.logical_not(True) is False
    assert rose.logical_not(np.bool_(False)) is True


NO_BOOLS: list[tuple[Callable[[Any], Any], str]] = [
    (lambda x: x, "a Real; compare it, as in x > 0"),
    (lambda _: 1, "int 1"),
]


@pytest.mark.parametrize(("ask", "given"), NO_BOOLS)
def test_logical_not_of_no_bool(ask: Callable[[Any], Any], given: str) -> None:
    @fn
    def f(x: Real) -> Bool:
        asked: Bool = rose.logical_not(ask(x))
        return asked

    with pytest.raises(rose.TypeMismatchError) as raised:
        f(1.0)
    assert raised.value.message == f"rose.logical_not takes a Bool or a Vec of Bools, given {given}"
