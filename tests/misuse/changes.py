"""Changes of what does not change, and places to update that are misused."""

from typing import Literal

import rose
from misuse import V3, misuse
from rose import Real, Vec, fn


@misuse(
    rose.TypeMismatchError,
    "a traced value has no attribute x to change: give what you compute a name of its own, or put it into a structure",
)
def attribute_of_a_vec_set() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        v.x = 1  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue]  # here
        return x

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "a traced value has no attribute y to change: give what you compute a name of its own, or put it into a structure",
)
def attribute_of_a_real_set() -> None:

    @fn
    def f(x: Real) -> Real:
        x.y = 1  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # here
        return x

    f(1)


@misuse(
    rose.TypeMismatchError,
    "a traced value has no attribute y to change: give what you compute a name of its own, or put it into a structure",
)
def attribute_of_a_vec_deleted() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        del v.y  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue]  # here
        return x

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "a Vec does not change; make another with one element replaced, as in v.at[i].set(x)",
)
def element_deleted() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        del v[0]  # here
        return x

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "a Vec does not change; make another with one element replaced, as in v.at[i].set(x)",
)
def element_added_to() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        v[0] += 1  # here
        return x

    f(V3, 1)


@misuse(rose.TypeMismatchError, "v.at takes its place in brackets; write v.at[i].set(x)")
def place_in_parentheses() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        v.at(0)  # type: ignore[operator]  # pyright: ignore[reportCallIssue]  # here
        return x

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "a place v.at[i] has set(x) and add(x); write v.at[i, j].set(x) for an element of a row",
)
def place_in_a_place() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        _ = v.at[0][0]  # type: ignore[index]  # pyright: ignore[reportIndexIssue, reportUnknownVariableType]  # here
        return x

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "a place v.at[i] has set(x) and add(x), and no +; write v[i] for the element",
)
def place_plus_number() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        v.at[0] += 1  # type: ignore[index, operator]  # pyright: ignore[reportIndexIssue, reportOperatorIssue]  # here
        return x

    f(V3, 1)


@misuse(
    rose.NoAttributeError,
    "a place in a Vec[3] has no attribute 'get'; write v[i]; a place has set(x) and add(x)",
)
def get_of_a_place() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        v.at[0].get(1)  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # here
        return x

    f(V3, 1)


@misuse(
    rose.NoAttributeError,
    "a place in a Vec[3] has no attribute 'multiply'; write v.at[i].set(v[i] * x); a place has set(x) and add(x)",
)
def multiply_of_a_place() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        v.at[0].multiply(1)  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # here
        return x

    f(V3, 1)


@misuse(
    rose.NoAttributeError,
    "a place in a Vec[3] has no attribute 'max'; write v.at[i].set(rose.max(v[i], x)); a place has set(x) and add(x)",
)
def max_of_a_place() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        v.at[0].max(1)  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # here
        return x

    f(V3, 1)


@misuse(rose.ArgumentError, "v.at[i].set is called without x; it is v.at[i].set(x)")
def place_set_to_nothing() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        v.at[0].set()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here
        return x

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "a Vec does not change; make another with one element replaced, as in v.at[i].set(x)",
)
def assignment_to_an_element() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        x[0] = 1  # here
        return x[0]

    f(V3)
