"""Indices and slices."""

import rose
from misuse import V3, misuse
from rose import Index, Real, Vec, fn


@misuse(rose.IndexRangeError, "index 3 is outside a Vec[3], whose elements are 0 to 2")
def constant_index_too_large() -> None:

    @fn
    def f(x: Vec[3]) -> Real:
        return x[3]  # here

    f(V3)


@misuse(rose.IndexRangeError, "index -4 is outside a Vec[3], whose elements are 0 to 2")
def constant_index_too_small() -> None:

    @fn
    def f(x: Vec[3]) -> Real:
        return x[-4]  # here

    f(V3)


@misuse(
    rose.IndexRangeError,
    "an Index[4] may lie outside a Vec[3]; take it modulo the length: i % 3, or let i run over 1 fewer",
)
def index_of_a_larger_size() -> None:

    @fn
    def f(x: Vec[3], i: Index[4]) -> Real:
        return x[i]  # here

    f(V3, 1)


@misuse(
    rose.IndexRangeError,
    "an Index[4] may lie outside a Vec[3]; take it modulo the length: i % 3, or let i run over 1 fewer",
)
def index_plus_one() -> None:

    @fn
    def f(v: Vec[3]) -> Vec[3]:
        return rose.vec(3, lambda i: v[i + 1])  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "a Vec[3] is indexed by an int or a traced Index[3], given a Real; Reals and i - 1 are no indices: write (i - 1) % 3 for the one before i",
)
def index_minus_one() -> None:

    @fn
    def f(v: Vec[3]) -> Vec[3]:
        return rose.vec(3, lambda i: v[i - 1])  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "an Index has + - *, and // and % by an int, as in (i - 1) % 5; other arithmetic makes it a Real",
)
def division_by_an_index() -> None:

    @fn
    def f(v: Vec[6]) -> Vec[3]:
        return rose.vec(3, lambda i: v[6 // i])  # here

    f([1] * 6)


@misuse(rose.TypeMismatchError, "an Index is taken modulo a positive int, given int 0")
def index_modulo_zero() -> None:

    @fn
    def f(v: Vec[6]) -> Vec[3]:
        return rose.vec(3, lambda i: v[i % 0])  # here

    f([1] * 6)


@misuse(rose.TypeMismatchError, "cannot compare an Index[3] == str 'a'")
def index_equal_to_text() -> None:

    @fn
    def f(v: Vec[6]) -> Vec[3]:
        return rose.vec(3, lambda i: rose.where(i == "a", 1, 2))  # here

    f([1] * 6)


@misuse(
    rose.TypeMismatchError, "a Vec[3] is indexed by an int or a traced Index[3], given float 1.0"
)
def float_as_index() -> None:

    @fn
    def f(x: Vec[3]) -> Real:
        return x[1.0]  # here

    f(V3)


@misuse(
    rose.TypeMismatchError, "a Vec[3] is indexed by an int or a traced Index[3], given bool True"
)
def bool_as_index() -> None:

    @fn
    def f(x: Vec[3]) -> Real:
        return x[True]  # here

    f(V3)


@misuse(
    rose.IndexRangeError, "the slice [3:] of a Vec[3] is empty, and a Vec has at least 1 element"
)
def empty_slice() -> None:

    @fn
    def f(x: Vec[3]) -> Vec[2]:
        return x[3:]  # here

    print(f(V3))


@misuse(rose.TypeMismatchError, "a Vec[3] takes 1 index, given 2: its elements are Real")
def more_indices_than_dimensions() -> None:

    @fn
    def f(x: Vec[3, Vec[3]]) -> Real:
        return x[0, 1, 2]  # here

    print(f([V3] * 3))
