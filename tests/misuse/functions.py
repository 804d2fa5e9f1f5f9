"""Functions of rose, on what they do not take."""

from typing import Literal

import rose
from misuse import V3, misuse
from rose import Bool, Real, Vec, fn


@misuse(rose.ArgumentError, "rose.sin takes 1 number, given 2")
def too_many_for_sin() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.sin(x, x)  # type: ignore[call-overload, no-any-return]  # pyright: ignore[reportCallIssue, reportUnknownVariableType]  # here

    print(f(2))


@misuse(rose.TypeMismatchError, "rose.sin takes Reals, given str 'a'")
def sin_of_text() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.sin("a")  # type: ignore[call-overload, no-any-return]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]  # here

    print(f(2))


@misuse(rose.TypeMismatchError, "rose.sin takes Reals, given a Bool; write rose.where(b, 1.0, 0.0)")
def sin_of_a_bool() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.sin(x > 0)  # here

    print(f(2))


@misuse(rose.TypeMismatchError, "rose.sin takes Reals, given list [1.0, 2.0]")
def sin_of_a_list() -> None:
    rose.sin([1.0, 2.0])  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # here


@misuse(rose.TypeMismatchError, "rose.norm takes a Vec of Reals, or a list of them, given a Real")
def norm_of_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.norm(x)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here

    f(1)


@misuse(rose.TypeMismatchError, "rose.dot needs Vecs of one length, given Vec[3] and Vec[2]")
def dot_of_two_lengths() -> None:

    @fn
    def f(x: Vec[Literal[3]], y: Vec[Literal[2]]) -> Real:
        return rose.dot(x, y)  # here

    f(V3, [1, 2])


@misuse(
    rose.TypeMismatchError, "rose.dot takes a Vec of Reals, or a list of them, given a Vec[3, Bool]"
)
def dot_of_bools() -> None:

    @fn
    def f(x: Vec[Literal[3], Bool]) -> Real:
        return rose.dot(x, x)  # here

    f([True] * 3)


@misuse(
    rose.TypeMismatchError,
    "rose.norm takes a Vec of Reals, or a list of them, given a Vec[3, Vec[3]]",
)
def norm_of_rows() -> None:

    @fn
    def f(x: Vec[Literal[3], Vec[Literal[3]]]) -> Real:
        return rose.norm(x)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here

    f([V3] * 3)


@misuse(
    rose.TracedValueError,
    "rose.dot is called outside of an @fn; put it into a function decorated with @rose.fn, or use Python's own loops and conditions where nothing is to be compiled",
)
def dot_outside() -> None:
    print(rose.dot([3, 4], [1, 2]))  # here


@misuse(
    rose.TracedValueError,
    "rose.vec is called outside of an @fn; put it into a function decorated with @rose.fn, or use Python's own loops and conditions where nothing is to be compiled",
)
def vec_outside() -> None:
    print(rose.vec(3, lambda i: i))  # here


@misuse(
    rose.TracedValueError,
    "rose.cond is called outside of an @fn; put it into a function decorated with @rose.fn, or use Python's own loops and conditions where nothing is to be compiled",
)
def cond_outside() -> None:
    print(rose.cond(1, lambda: 1, lambda: 2), rose.where(True, 1, 2))  # here


@misuse(rose.ArgumentError, "rose.atan2 takes a by place, given by name; write rose.atan2(a)")
def angle_by_name() -> None:

    @fn
    def f(x: Real) -> Real:
        rose.atan2(a=x, b=x)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]  # here
        return x

    f(1)
