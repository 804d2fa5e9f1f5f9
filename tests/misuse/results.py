"""What a function gives."""

from typing import Any, Literal

import rose
from misuse import V3, g2, misuse
from rose import Bool, Index, Real, Vec, fn


class Plain:
    x = 1.0


@misuse(
    rose.TypeMismatchError,
    "f returns None, and its result is annotated Real; write a return at its end",
)
def no_return() -> None:

    @fn
    def f(x: Real) -> Real:  # type: ignore[return]  # pyright: ignore[reportReturnType]
        _ = x * 2  # here

    f(1)


@misuse(rose.TypeMismatchError, "the result of f: expected a Real, given a list of 2")
def list_for_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return [x, x]  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    f(1)


@misuse(rose.TypeMismatchError, "the result of f: expected a Vec[3], given 2 elements")
def list_too_short() -> None:

    @fn
    def f(x: Real) -> Vec[Literal[3]]:
        return [x, x]  # here

    f(1)


@misuse(rose.TypeMismatchError, "the result of f: expected a Vec[3], given a Vec[2]")
def vec_too_short() -> None:

    @fn
    def f(x: Vec[Literal[2]]) -> Vec[Literal[3]]:
        y = x
        return y  # here

    f([1, 2])


@misuse(rose.TypeMismatchError, "the result of f: expected a Real, given a Bool")
def bool_for_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return x > 1  # here

    f(1)


@misuse(rose.TypeMismatchError, "the result of f: expected a Bool, given a Real")
def real_for_a_bool() -> None:

    @fn
    def f(x: Real) -> Bool:
        return x  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    f(1)


@misuse(
    rose.IndexRangeError,
    "the result of f: expected an Index[3], given an Index[5], which may be larger; take it modulo the size: i % 3",
)
def index_too_large_for_the_result() -> None:

    @fn
    def f(i: Index[Literal[5]]) -> Index[Literal[3]]:
        return i  # here

    f(1)


@misuse(rose.IndexRangeError, "the result of f: index 3 is outside 0 to 2")
def int_too_large_for_an_index() -> None:

    @fn
    def f(i: Index[Literal[5]]) -> Index[Literal[3]]:
        return 3  # here

    f(1)


@misuse(rose.TypeMismatchError, "the result of f: expected a tuple[Real, Real], given a Real")
def real_for_a_tuple() -> None:

    @fn
    def f(x: Real) -> tuple[Real, Real]:
        return x  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    print(f(1))


@misuse(rose.TypeMismatchError, "the result of f: expected a tuple[Real, Real] of 2 items, given 3")
def tuple_too_long() -> None:

    @fn
    def f(x: Real) -> tuple[Real, Real]:
        return (x, x, x)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    print(f(1))


@misuse(rose.TypeMismatchError, "the result of f: expected a Vec[2], given generator")
def generator_for_a_vec() -> None:

    @fn
    def f(x: Real) -> Vec[Literal[2]]:
        return (x for _ in range(2))  # here

    print(f(1))


@misuse(rose.TypeMismatchError, "the result of f: expected a Real, given the @fn f")
def function_for_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return f  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    print(f(1))


@misuse(
    rose.TypeMismatchError,
    "the result of f: expected numbers, Vecs or structures of them, given the @fn g2; call it first, as in f(x)",
)
def function_as_a_result() -> None:
    @fn
    def f(x: Real) -> Any:
        return g2  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "argument v of f: expected numbers, Vecs or structures of them, given generator; write [*values] for a Vec of its elements",
)
def generator_as_an_argument() -> None:
    @fn
    def f(v: Any) -> Any:
        return v[0]

    f(x for x in V3)  # here


@misuse(
    rose.TypeMismatchError,
    "argument v of f: expected numbers, Vecs or structures of them, given Plain; make its class a dataclass",
)
def object_as_an_argument() -> None:
    @fn
    def f(v: Any) -> Any:
        return v.x

    f(Plain())  # here
