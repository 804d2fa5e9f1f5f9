"""Choice between values."""

from typing import Literal

import rose
from misuse import V3, misuse
from rose import Index, Real, Vec, fn


@misuse(rose.TypeMismatchError, "the sides of rose.where are of different types: Real and Bool")
def sides_of_two_types() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(x > 0, x, x > 1)  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the sides of rose.where are of different types: Real and Index[3]; write rose.to_index(x, 3) for an index, "
    "rose.real(i) for a Real",
)
def difference_beside_an_index() -> None:

    @fn
    def f(i: Index[Literal[3]]) -> Real:
        return 1.0 * rose.where(i > 0, i - 1, i)  # here

    f(1)


@misuse(rose.TypeMismatchError, "the sides of rose.where are of different types: Vec[2] and Vec[3]")
def sides_of_two_lengths() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(x > 0, [x, x], [x, x, x])  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "a side of rose.where: expected numbers, Vecs or structures of them, given str 'a'",
)
def side_of_text() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(x > 0, "a", x)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "rose.where needs a Bool as its condition, given a Real; compare it, as in x > 0",
)
def real_as_condition() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(x, 1, 2)  # type: ignore[call-overload, no-any-return]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUnknownVariableType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "rose.where needs a Bool as its condition, given int 1; write True or False",
)
def int_as_condition() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(1, 1, 2)  # here

    f(1)


@misuse(rose.TypeMismatchError, "rose.cond takes a function, as in lambda: ..., given a Real")
def side_that_is_no_function() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.cond(x > 0, x, -x)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportUnknownVariableType]  # here

    f(1)


@misuse(
    rose.ArgumentError,
    "rose.cond calls its function with 0 arguments, as in lambda: ...; given <lambda>(y)",
)
def side_with_a_parameter() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.cond(x > 0, lambda y: x, lambda: -x)  # type: ignore[arg-type, misc]  # pyright: ignore[reportArgumentType, reportUnknownArgumentType, reportUnknownLambdaType]  # here

    f(1)


@misuse(rose.TypeMismatchError, "the sides of rose.cond are of different types: Real and Vec[2]")
def functions_of_two_types() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.cond(x > 0, lambda: x, lambda: [x, x])  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the sides of rose.cond are of different types: None and Real; does one of them lack a return?",
)
def side_without_return() -> None:

    @fn
    def f(x: Real) -> Real:

        def a() -> None:
            pass

        return rose.cond(x > 0, a, lambda: x)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    f(1)


@misuse(
    rose.ArgumentError,
    "rose.cond calls its function with 1 argument, as in lambda x: ...; given <lambda>()",
)
def side_without_the_operand() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.cond(x > 0, lambda y: y, lambda: x, x)  # type: ignore[arg-type, misc]  # pyright: ignore[reportArgumentType]  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the sides of rose.where are of different types: Real and Bool",
)
def bool_beside_a_vec() -> None:

    @fn
    def f(x: Real, v: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return rose.where(x > 0, v, True)  # here

    f(1, V3)


@misuse(
    rose.TypeMismatchError,
    "the sides of rose.cond are of different types: Vec[3] and Real",
)
def number_as_a_side_beside_a_vec() -> None:

    @fn
    def f(x: Real, v: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return rose.cond(x > 0, lambda: v, lambda: 0)  # here

    f(1, V3)


@misuse(
    rose.ArgumentError, "rose.where takes 3 arguments, given 4; it is rose.where(condition, a, b)"
)
def where_of_three_sides() -> None:

    @fn
    def f(x: Real) -> Real:
        rose.where(x > 0, x, x, x)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]  # here
        return x

    f(1)


@misuse(
    rose.ArgumentError,
    "rose.cond is called without otherwise; it is rose.cond(condition, then, otherwise, *operands)",
)
def cond_without_other_side() -> None:

    @fn
    def f(x: Real) -> Real:
        rose.cond(x > 0, lambda: x)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here
        return x

    f(1)
