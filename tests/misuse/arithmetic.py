"""Arithmetic of structures, tuples, lists and dicts."""

from typing import Literal

import numpy as np

import rose
from misuse import V3, N, P, misuse
from rose import Real, Vec, fn


@misuse(
    rose.TypeMismatchError,
    "cannot compute -P; structures have no arithmetic: write it field by field, as in P(p.x + q.x, p.y + q.y), or rose.tree_map(lambda x, y: x + y, p, q)",
)
def minus_a_structure() -> None:

    @fn
    def f(p: P, x: Real) -> Real:
        _ = -p  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here
        return x

    f(P(1, 2), 1)


@misuse(rose.TypeMismatchError, "cannot compare P < P; compare their fields, as in p.x < q.x")
def structures_compared() -> None:

    @fn
    def f(p: P, x: Real) -> Real:
        print(p < p)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownArgumentType]  # here
        return x

    f(P(1, 2), 1)


@misuse(
    rose.TypeMismatchError,
    "cannot compute numpy.sin of a P; structures have no arithmetic: write it field by field, as in P(p.x + q.x, p.y + q.y), or rose.tree_map(lambda x, y: x + y, p, q)",
)
def numpy_of_a_structure() -> None:

    @fn
    def f(p: P, x: Real) -> Real:
        np.sin(p)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here
        return x

    f(P(1, 2), 1)


@misuse(rose.TypeMismatchError, "rose.sin takes Reals, given a P")
def sine_of_a_structure() -> None:

    @fn
    def f(p: P, x: Real) -> Real:
        rose.sin(p)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here
        return x

    f(P(1, 2), 1)


@misuse(
    rose.TypeMismatchError,
    "cannot compute tuple - tuple; lists and tuples have no arithmetic: write rose.vec([x, y]) for a Vec of the elements",
)
def tuples_subtracted() -> None:

    @fn
    def f(t: tuple[Real, Real], x: Real) -> Real:
        _ = t - t  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here
        return x

    f((1, 2), 1)


@misuse(
    rose.TypeMismatchError,
    "cannot compute a list or tuple * float; lists and tuples have no arithmetic: write rose.vec([x, y]) for a Vec of the elements",
)
def list_times_number() -> None:

    @fn
    def f(x: Real) -> Real:
        _ = [x, x] * 2.0  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here
        return x

    f(1)


@misuse(
    rose.TypeMismatchError,
    "cannot compute a Real * P; structures have no arithmetic: write it field by field, as in P(p.x + q.x, p.y + q.y), or rose.tree_map(lambda x, y: x + y, p, q)",
)
def number_times_structure() -> None:

    @fn
    def f(x: Real, p: P) -> P:
        return x * p  # type: ignore[operator, return-value]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    f(1.0, P(1, 2))


@misuse(
    rose.TypeMismatchError,
    "cannot compute a Vec[3] * N; structures have no arithmetic: write it field by field, as in P(p.x + q.x, p.y + q.y), or rose.tree_map(lambda x, y: x + y, p, q)",
)
def vec_times_named_tuple() -> None:

    @fn
    def f(x: Vec[Literal[3]], p: N) -> N:
        return x * p  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    f(V3, N(1, 2))


@misuse(
    rose.TypeMismatchError,
    "cannot compute P - P; structures have no arithmetic: write it field by field, as in P(p.x + q.x, p.y + q.y), or rose.tree_map(lambda x, y: x + y, p, q)",
)
def structure_less_structure() -> None:

    @fn
    def f(p: P, q: P) -> P:
        return p - q  # type: ignore[no-any-return, operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    f(P(1, 2), P(1, 2))


@misuse(
    rose.TypeMismatchError,
    "cannot compute float * dict; structures have no arithmetic: write it field by field, as in P(p.x + q.x, p.y + q.y), or rose.tree_map(lambda x, y: x + y, p, q)",
)
def number_times_dict() -> None:

    @fn
    def f(x: Real) -> Real:
        return 0.5 * {"x": x}  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    f(1.0)


@misuse(
    rose.TypeMismatchError,
    "a list: the elements of a Vec are of one type, given Vec[1] and Vec[2]",
)
def ragged_list() -> None:

    @fn
    def f(x: Vec[Literal[2]]) -> Vec[Literal[2]]:
        return x + [[1, 2], [1]]  # here

    f([1, 2])
