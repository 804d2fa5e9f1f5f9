"""Indices and slices."""

from typing import Any, Literal

import rose
from misuse import V3, misuse
from rose import Index, Real, Vec, fn


@misuse(rose.IndexRangeError, "index 3 is outside a Vec[3], whose elements are 0 to 2")
def constant_index_too_large() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        return x[3]  # here

    f(V3)


@misuse(rose.IndexRangeError, "index -4 is outside a Vec[3], whose elements are 0 to 2")
def constant_index_too_small() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        return x[-4]  # here

    f(V3)


@misuse(
    rose.IndexRangeError,
    "an Index[4] may lie outside a Vec[3]; take it modulo the length: i % 3, or let i run over 1 fewer",
)
def index_of_a_larger_size() -> None:

    @fn
    def f(x: Vec[Literal[3]], i: Index[Literal[4]]) -> Real:
        return x[i]  # here

    f(V3, 1)


@misuse(
    rose.IndexRangeError,
    "an Index[4] may lie outside a Vec[3]; take it modulo the length: i % 3, or let i run over 1 fewer",
)
def index_plus_one() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return rose.vec(3, lambda i: v[i + 1])  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "a Vec[3] is indexed by an int or a traced Index[3], given a Real; a difference may be negative: write (i - 1) % 3 for the "
    "one before i in a ring, rose.to_index(i - 1, 3) on a line",
)
def index_minus_one() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return rose.vec(3, lambda i: v[i - 1])  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "an Index has + - *, and // and % by an int, as in (i - 1) % 5; other arithmetic makes it a Real",
)
def division_by_an_index() -> None:

    @fn
    def f(v: Vec[Literal[6]]) -> Vec[Literal[3]]:
        return rose.vec(3, lambda i: v[6 // i])  # here

    f([1] * 6)


@misuse(rose.TypeMismatchError, "an Index is taken modulo a positive int, given int 0")
def index_modulo_zero() -> None:

    @fn
    def f(v: Vec[Literal[6]]) -> Vec[Literal[3]]:
        return rose.vec(3, lambda i: v[i % 0])  # here

    f([1] * 6)


@misuse(rose.TypeMismatchError, "cannot compare an Index[3] == str 'a'")
def index_equal_to_text() -> None:

    @fn
    def f(v: Vec[Literal[6]]) -> Vec[Literal[3]]:
        return rose.vec(3, lambda i: rose.where(i == "a", 1, 2))  # type: ignore[comparison-overlap]  # here

    f([1] * 6)


@misuse(
    rose.TypeMismatchError,
    "a Vec[3] is indexed by an int or a traced Index[3], given float 1.0; write an int, as in v[n // 2]",
)
def float_as_index() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        return x[1.0]  # type: ignore[call-overload, no-any-return]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]  # here

    f(V3)


@misuse(
    rose.TypeMismatchError, "a Vec[3] is indexed by an int or a traced Index[3], given bool True"
)
def bool_as_index() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        return x[True]  # here

    f(V3)


@misuse(rose.TypeMismatchError, "the result of f: expected a Vec[2], given a Vec[0]")
def empty_slice() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Vec[Literal[2]]:
        return x[3:]  # here

    print(f(V3))


@misuse(rose.IndexRangeError, "index 0 is outside a Vec[0], which has no elements")
def element_of_nothing() -> None:

    @fn
    def f(x: Vec[Literal[0]]) -> Real:
        return x[0]  # here

    print(f([]))


@misuse(rose.IndexRangeError, "index -1 is outside a Vec[0], which has no elements")
def place_in_nothing() -> None:

    @fn
    def f(x: Vec[Literal[0]]) -> Vec[Literal[0]]:
        return x.at[-1].set(1)  # here

    print(f([]))


@misuse(
    rose.IndexRangeError,
    "an Index[3] may lie outside a Vec[0]; it has no elements: let i run over none, as in "
    "rose.vec(len(v), lambda i: v[i])",
)
def traced_place_in_nothing() -> None:

    @fn
    def f(x: Vec[Literal[0]], i: Index[Literal[3]]) -> Real:
        return x[i]  # here

    print(f([], 1))


@misuse(
    rose.TypeMismatchError,
    "rose.to_index needs a size of at least 1, given 0: an Index[0] has no values, and a Real is one; "
    "let a loop of len(v) iterations read v",
)
def index_among_none() -> None:

    @fn
    def f(x: Vec[Literal[0]], y: Real) -> Real:
        return x[rose.to_index(y, len(x))]  # here

    print(f([], 1))


@misuse(rose.IndexRangeError, "argument i of f: an Index[0] has no values, given 0")
def index_without_values() -> None:

    @fn
    def f(i: Index[Literal[0]]) -> Real:
        return 1.0 * i

    f(0)  # here


@misuse(rose.TypeMismatchError, "a Vec[3] takes 1 index, given 2: its elements are Real")
def more_indices_than_dimensions() -> None:

    @fn
    def f(x: Vec[Literal[3], Vec[Literal[3]]]) -> Any:
        return x[0, 1, 2]  # here

    print(f([V3] * 3))


@misuse(
    rose.TypeMismatchError,
    "a Vec[3] is indexed by an int or a traced Index[3], given a Real; write rose.to_index(x, 3) for the nearest index to "
    "x rounded down",
)
def least_index() -> None:

    @fn
    def f(v: Vec[Literal[3]], i: Index[Literal[3]]) -> Real:
        return v[rose.min(i + 1, 2)]  # type: ignore[call-overload, no-any-return]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]  # here

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "a Vec[3] is indexed by an int or a traced Index[3], given None; write [v] for a Vec of one row, "
    "rose.map(lambda x: [x], v) for rows of one",
)
def new_axis() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Vec[Literal[3], Vec[Literal[1]]]:
        return v[:, None]  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "a Vec[3, Vec[3]] is indexed by an int or a traced Index[3], given Ellipsis; write : for each dimension, as in m[:, 0]",
)
def all_other_axes() -> None:

    @fn
    def f(m: Vec[Literal[3], Vec[Literal[3]]]) -> Vec[Literal[3]]:
        return m[..., 0]  # here

    f([V3] * 3)


AT_SEVERAL = (
    "v.at takes ints and indices, given {}; write rose.loop(k, v, lambda t, w: w.at[i[t]].set(x[t])) to replace "
    "elements at k places, rose.where(b, x, v) where a Vec of Bools is true"
)


@misuse(rose.TypeMismatchError, AT_SEVERAL.format("a Vec[2, Index[3]]"))
def places_of_indices() -> None:

    @fn
    def f(v: Vec[Literal[3]], i: Vec[Literal[2], Index[Literal[3]]]) -> Vec[Literal[3]]:
        places: Any = v.at
        return places[i].add(1.0)  # here

    f(V3, [0, 2])


@misuse(rose.TypeMismatchError, AT_SEVERAL.format("a Vec[3, Bool]"))
def places_of_bools() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Vec[Literal[3]]:
        places: Any = v.at
        return places[v > 0].set(0.0)  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "& | ^ ~ are for Bools, and this is an Index; compare it first, in parentheses: (x > 0) & (x < 1); "
    "write i % 2 for i & 1, n - 1 - i for ~i",
)
def last_bit_of_an_index() -> None:

    @fn
    def f(i: Index[Literal[3]]) -> Real:
        return 1.0 * (i & 1)  # here

    f(1)
