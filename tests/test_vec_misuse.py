"""How misuse of Vecs ends."""
# Every case takes the same values, used or not:
# ruff: noqa: ARG005

from collections.abc import Callable
from typing import Any, Literal

import pytest
from vecs import SMALL

import rose
from rose import Index, Real, Vec, fn

TWO = "a @ b needs as many columns of a as rows of b, given "


MISUSES: list[tuple[Callable[[Any, Any, Any], Any], type[rose.RoseError], str]] = [
    (
        lambda v, m, i: v[i : i + 2],
        rose.TypeMismatchError,
        "the bounds of a slice are ints, given an Index[3]; with a traced start write rose.vec(3, lambda k: v[i + k])",
    ),
    (
        lambda v, m, i: v[::0],
        rose.TypeMismatchError,
        "the step of a slice is not 0; write v[::-1] to reverse a Vec",
    ),
    (
        lambda v, m, i: m[0, 1, 2],
        rose.TypeMismatchError,
        "a Vec[3] takes 1 index, given 2: its elements are Real",
    ),
    (
        lambda v, m, i: v[:2, 0],
        rose.TypeMismatchError,
        "a Vec[3] takes 1 index or slice, given more: its elements are Real",
    ),
    (lambda v, m, i: v @ v[:2], rose.TypeMismatchError, f"{TWO}a Vec[3] @ a Vec[2]"),
    (
        lambda v, m, i: m @ m[:2],
        rose.TypeMismatchError,
        f"{TWO}a Vec[3, Vec[3]] @ a Vec[2, Vec[3]]",
    ),
    (
        lambda v, m, i: v @ (v > 0),
        rose.TypeMismatchError,
        "a @ b takes Vecs and matrices of Reals, given a Vec[3] @ a Vec[3, Bool]",
    ),
    (
        lambda v, m, i: v @ 2,
        rose.TypeMismatchError,
        "a @ b takes Vecs and matrices of Reals, given a Vec[3] @ int 2",
    ),
    (lambda v, m, i: v.T, rose.TypeMismatchError, "v.T needs a Vec of Vecs, given a Vec[3]"),
    (
        lambda v, m, i: v & v,
        rose.TypeMismatchError,
        "& | ^ are for Bools and Vecs of Bools, given a Real & a Real",
    ),
    (
        lambda v, m, i: ~v,
        rose.TypeMismatchError,
        "~ is for Bools and Vecs of Bools, given a Vec of a Real",
    ),
    (
        lambda v, m, i: v < None,
        rose.TypeMismatchError,
        "cannot compare a Vec[3] < None; write `is None`",
    ),
    (lambda v, m, i: v % "a", rose.TypeMismatchError, "cannot compute a Vec[3] % str 'a'"),
    (
        lambda v, m, i: divmod(v, 2),
        rose.TypeMismatchError,
        "a Vec has no divmod; write v // w and v % w",
    ),
    (
        lambda v, m, i: rose.concat(v, m),
        rose.TypeMismatchError,
        "rose.concat takes Vecs of elements of one type, given a Vec[3] and a Vec[3, Vec[3]]",
    ),
    (
        lambda v, m, i: rose.concat(v, 1.0),
        rose.TypeMismatchError,
        "rose.concat takes Vecs, given float 1.0; write [x] for a Vec of one",
    ),
    (
        lambda v, m, i: rose.concat(),
        rose.TypeMismatchError,
        "rose.concat takes at least one Vec, given none",
    ),
    (
        lambda v, m, i: v.at[3].set(0),
        rose.IndexRangeError,
        "index 3 is outside a Vec[3], whose elements are 0 to 2",
    ),
    (
        lambda v, m, i: v.at[i + 1].set(0),
        rose.IndexRangeError,
        "an Index[4] may lie outside a Vec[3]; take it modulo the length: i % 3, or let i run over 1 fewer",
    ),
    (
        lambda v, m, i: v.at[:2].set(0),
        rose.TypeMismatchError,
        "v.at takes ints and indices, given a slice; write rose.concat(v[:1], w, v[3:]) to replace several elements",
    ),
    (
        lambda v, m, i: v.at[0, 1].set(0),
        rose.TypeMismatchError,
        "v.at has 2 indices, and a Vec[3] has no elements so deep",
    ),
    (
        lambda v, m, i: m.at[0].set(0),
        rose.TypeMismatchError,
        "what v.at[i] is set to: expected a Vec[3], given int 0",
    ),
    (
        lambda v, m, i: v.at[0].add("a"),
        rose.TypeMismatchError,
        "what is added to v.at[i]: expected a Real, given str 'a'",
    ),
    (
        lambda v, m, i: (v > 0).at[0].add(True),
        rose.TypeMismatchError,
        "v.at[i].add adds Reals, and the element of a Vec[3, Bool] there is Bool; write v.at[i].set(x)",
    ),
    (
        lambda v, m, i: m.argmin(),
        rose.TypeMismatchError,
        "rose.argmin takes a Vec of Reals, given a Vec[3, Vec[3]]",
    ),
    (
        lambda v, m, i: rose.mean(v > 0),
        rose.TypeMismatchError,
        "rose.mean takes a Vec of Reals, or of Vecs of Reals, given a Vec[3, Bool]",
    ),
    (
        lambda v, m, i: v.any(),
        rose.TypeMismatchError,
        "rose.any takes Bools; the function gives Real; compare it, as in x > 0",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), MISUSES)
def test_misuse(
    call: Callable[[Any, Any, Any], Any], kind: type[rose.RoseError], message: str
) -> None:
    @fn
    def wrong(
        v: Vec[Literal[3]], m: Vec[Literal[3], Vec[Literal[3]]], i: Index[Literal[3]]
    ) -> Real:
        call(v, m, i)
        return v[0]

    with pytest.raises(kind) as raised:
        wrong(SMALL, [SMALL] * 3, 0)
    assert raised.value.message == message


def test_reductions_are_for_traced_values() -> None:
    for function in (rose.mean, rose.argmin, rose.concat, rose.norm):
        with pytest.raises(rose.TracedValueError):
            function([1.0, 2.0])
