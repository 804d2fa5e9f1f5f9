"""Operators and operands that do not fit."""

from typing import Any, Literal

import rose
from misuse import V3, misuse
from rose import Bool, Real, Vec, fn


@misuse(rose.TypeMismatchError, "cannot compute a Real + str '1'")
def real_plus_text() -> None:

    @fn
    def f(x: Real) -> Real:
        return x + "1"  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    f(2)


@misuse(rose.TypeMismatchError, "cannot compute None + a Real")
def none_plus_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return None + x  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    f(2)


@misuse(rose.TypeMismatchError, "cannot compute a Real + complex 1j")
def real_plus_complex() -> None:

    @fn
    def f(x: Real) -> Real:
        return x + 1j  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    f(2)


@misuse(
    rose.TypeMismatchError,
    "cannot compute a Real + bool True; a Bool is no number: write rose.where(b, 1.0, 0.0)",
)
def real_plus_python_bool() -> None:

    @fn
    def f(x: Real) -> Real:
        return x + True  # here

    f(2)


@misuse(rose.TypeMismatchError, "a Bool is no number; write rose.where(b, 1.0, 0.0)")
def real_plus_bool() -> None:

    @fn
    def f(x: Real) -> Real:
        return x + (x > 0)  # here

    f(2)


@misuse(rose.TypeMismatchError, "a Bool is no number; write rose.where(b, 1.0, 0.0)")
def minus_bool() -> None:

    @fn
    def f(x: Real) -> Real:
        return -(x > 0)  # here

    f(2)


@misuse(rose.TypeMismatchError, "a Real has no divmod; write x // y and x % y")
def quotient_with_remainder() -> None:

    @fn
    def f(x: Real) -> Real:
        return divmod(x, 2)[1]  # here

    f(2)


@misuse(
    rose.TypeMismatchError,
    "a @ b needs as many columns of a as rows of b, given a Vec[3] @ a Vec[2]",
)
def matrix_product() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Any:
        return x @ x[1:]  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "& | ^ ~ are for Bools, and this is a Real; compare it first, in parentheses: (x > 0) & (x < 1)",
)
def and_of_reals() -> None:

    @fn
    def f(x: Real) -> Bool:
        return x & x  # type: ignore[no-any-return, operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    print(f(2))


@misuse(
    rose.TypeMismatchError,
    "& | ^ ~ are for Bools, and this is a Real; compare it first, in parentheses: (x > 0) & (x < 1)",
)
def and_binds_tighter() -> None:

    @fn
    def f(x: Real) -> Bool:
        return x > 0 & x < 1  # type: ignore[no-any-return, operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    print(f(2))


@misuse(
    rose.TypeMismatchError,
    "& | ^ ~ are for Bools, and this is a Real; compare it first, in parentheses: (x > 0) & (x < 1)",
)
def not_of_a_real() -> None:

    @fn
    def f(x: Real) -> Bool:
        return ~x  # type: ignore[no-any-return, operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    print(f(2))


@misuse(rose.TypeMismatchError, "& | ^ == and != of a Bool take another Bool, given a Real")
def and_of_bool_and_real() -> None:

    @fn
    def f(x: Real) -> Bool:
        return (x > 0) & x  # type: ignore[no-any-return, operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    print(f(2))


@misuse(rose.TypeMismatchError, "cannot compare a Real < str 'a'")
def less_than_text() -> None:

    @fn
    def f(x: Real) -> Bool:
        return x < "a"  # type: ignore[no-any-return, operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    f(2)


@misuse(rose.TypeMismatchError, "cannot compare a Real == None; write `is None`")
def equal_to_none() -> None:

    @fn
    def f(x: Real) -> Bool:
        return x == None  # pyright: ignore[reportUnnecessaryComparison]  # here

    print(f(2))


@misuse(rose.TypeMismatchError, "cannot compute a Real ** str '2'")
def power_of_text() -> None:

    @fn
    def f(x: Real) -> Real:
        return x ** "2"  # type: ignore[no-any-return, operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    print(f(2))


@misuse(
    rose.TypeMismatchError,
    "expected a Real, a 64-bit float, given an int too large for one; write math.inf or a float",
)
def int_too_large() -> None:

    @fn
    def f(x: Real) -> Real:
        return x**10**400  # here

    print(f(2))


@misuse(
    rose.TypeMismatchError,
    "abs(v) of a Vec is not defined; write rose.abs(v) for elements, rose.norm(v) for its length",
)
def abs_of_a_vec() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        return abs(x)  # type: ignore[arg-type, no-any-return]  # pyright: ignore[reportArgumentType, reportUnknownVariableType]  # here

    print(f(V3))


@misuse(
    rose.TypeMismatchError,
    "elementwise arithmetic needs Vecs of one length, given a Vec[3] and a Vec[2]",
)
def vecs_of_two_lengths() -> None:

    @fn
    def f(x: Vec[Literal[3]], y: Vec[Literal[2]]) -> Vec[Literal[3]]:
        return x + y  # here

    print(f(V3, [1, 2]))


@misuse(
    rose.TypeMismatchError,
    "elementwise arithmetic needs Vecs of one length, given a Vec[3] and a Vec[2]",
)
def vec_plus_shorter_list() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return x + [1, 2]  # here

    print(f(V3))


@misuse(rose.TypeMismatchError, "cannot compute a Vec[3] + None")
def vec_plus_none() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return x + None  # here

    print(f(V3))


@misuse(
    rose.TypeMismatchError,
    "elementwise arithmetic needs Vecs of one length, given a Vec[3] and a Vec[0]",
)
def vec_plus_nothing() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return x + []  # here

    print(f(V3))


@misuse(
    rose.TypeMismatchError,
    "cannot compute a Bool + int 1; a Bool is no number: write rose.where(b, 1.0, 0.0)",
)
def vec_of_bools_plus_one() -> None:

    @fn
    def f(x: Vec[Literal[3], Bool]) -> Vec[Literal[3]]:
        return x + 1  # here

    print(f([True] * 3))


@misuse(rose.TypeMismatchError, "the result of f: expected a Bool, given a Vec[3, Bool]")
def equal_vecs() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Bool:
        return x == x  # type: ignore[return-value]  # pyright: ignore[reportReturnType]  # here

    f(V3)


@misuse(
    rose.TypeMismatchError, "a Vec is not one number; take an element, as in v[0], or rose.norm(v)"
)
def float_of_a_vec() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        return float(x)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here

    f(V3)


@misuse(rose.TypeMismatchError, "a Real has no elements; n values of a type T are a Vec[n, T]")
def unpacked_real() -> None:

    @fn
    def f(x: Real) -> Real:
        _a, _b = x  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues, reportUnknownVariableType]  # here
        return x

    f(1)


@misuse(rose.TypeMismatchError, "cannot compute -x of a Bool")
def negative_bools() -> None:

    @fn
    def f(b: Vec[Literal[3], Bool]) -> Vec[Literal[3]]:
        return -b  # here

    f([True] * 3)


@misuse(rose.TypeMismatchError, "a Real has no @; write rose.dot(v, w), of two Vecs")
def product_of_reals() -> None:

    @fn
    def f(x: Real) -> Real:
        return x @ x  # type: ignore[no-any-return, operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    f(1.0)


@misuse(
    rose.TypeMismatchError,
    "^ is for Bools, and this is a Real; write x**2 for a power",
)
def caret_for_a_power() -> None:

    @fn
    def f(x: Real) -> Real:
        return x ^ 2  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]  # here

    f(1.0)


@misuse(
    rose.TypeMismatchError,
    "& | ^ are for Bools and Vecs of Bools, given a Vec[3] ^ int 2; write v**2 for a power",
)
def caret_for_a_power_of_a_vec() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return x ^ 2  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "what is elementwise goes through the rows of both Vecs, given a Vec[3, Vec[2]] and a Vec[2]; write rose.map(lambda row: row * v, m) for v with each row, rose.map(lambda row, x: row * x, m, v) for a number each",
)
def rows_times_a_vec_of_their_length() -> None:

    @fn
    def f(
        m: Vec[Literal[3], Vec[Literal[2]]], v: Vec[Literal[2]]
    ) -> Vec[Literal[3], Vec[Literal[2]]]:
        return m * v  # here

    f([[1, 2]] * 3, [1, 2])
