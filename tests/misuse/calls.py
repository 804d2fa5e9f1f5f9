"""Calls: arguments that do not fit, and functions that call themselves."""

from typing import Literal

import numpy as np

import rose
from misuse import V3, P, g2, hv, misuse
from rose import Real, Vec, fn


@fn
def ra(x: Real) -> Real:
    return rb(x)


@fn
def rb(x: Real) -> Real:
    return ra(x)  # mutual_recursion is here


@fn
def rc(x: Real) -> Real:
    return rose.grad(rc)(x)  # recursion_through_grad is here


@misuse(rose.ArgumentError, "g2 is called without x; it is g2(x: Real, y: Real = 2.0) -> Real")
def too_few_arguments() -> None:
    g2()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here


@misuse(
    rose.ArgumentError, "g2 takes 2 arguments, given 3; it is g2(x: Real, y: Real = 2.0) -> Real"
)
def too_many_arguments() -> None:
    g2(1, 2, 3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here


@misuse(rose.ArgumentError, "g2 has no parameter 'z'; it is g2(x: Real, y: Real = 2.0) -> Real")
def unknown_argument() -> None:
    g2(1, z=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # here


@misuse(
    rose.ArgumentError,
    "g2 is given its parameter 'x' twice, by place and by name; it is g2(x: Real, y: Real = 2.0) -> Real",
)
def argument_twice() -> None:
    g2(1, x=3)  # type: ignore[misc]  # pyright: ignore[reportCallIssue]  # here


@misuse(
    rose.ArgumentError, "g2 takes 2 arguments, given 3; it is g2(x: Real, y: Real = 2.0) -> Real"
)
def too_many_arguments_traced() -> None:

    @fn
    def f(x: Real) -> Real:
        return g2(x, x, x)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue, reportUnknownVariableType]  # here

    f(1)


@misuse(rose.TypeMismatchError, "argument x of g2: expected a Real, given a Vec[3]")
def argument_of_another_type_traced() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        return g2(x)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here

    f(V3)


@misuse(
    rose.RecursiveCallError,
    "f calls itself (f → f); a traced function cannot, since it would never end: write rose.loop, or recurse in a plain Python function on plain Python values",
)
def recursion() -> None:

    @fn
    def f(x: Real) -> Real:
        return f(x)  # here

    f(1)


@misuse(
    rose.RecursiveCallError,
    "ra calls itself (ra → rb → ra); a traced function cannot, since it would never end: write rose.loop, or recurse in a plain Python function on plain Python values",
)
def mutual_recursion() -> None:
    ra(1)


@misuse(
    rose.RecursiveCallError,
    "rc calls itself (rc → rc); a traced function cannot, since it would never end: write rose.loop, or recurse in a plain Python function on plain Python values",
)
def recursion_through_grad() -> None:
    rc(1)


@misuse(rose.TypeMismatchError, "argument x of g2: expected a Real, given None")
def none_for_a_real() -> None:
    g2(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.TypeMismatchError, "argument x of g2: expected a Real, given complex128 np.complex128(1j)"
)
def complex_for_a_real() -> None:
    g2(np.complex128(1j))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(rose.TypeMismatchError, "argument p of f, element 1, field y: expected a Real, given None")
def field_of_an_element() -> None:

    @fn
    def f(p: Vec[Literal[2], P]) -> Real:
        return p[0].x

    f([P(1, 2), P(1, None)])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(rose.TypeMismatchError, "argument v of hv: expected a Vec[3], given 2 elements")
def vec_too_short_for_a_call() -> None:
    hv([1, 2], 1, True)  # here


@misuse(rose.TypeMismatchError, "argument v of hv: expected a Vec[3], given int 1")
def number_for_a_vec() -> None:
    hv(1, 1, True)  # here


@misuse(rose.TypeMismatchError, "argument v of hv: expected a Vec[3], given str 'abc'")
def text_for_a_vec() -> None:
    hv("abc", 1, True)  # here


@misuse(rose.TypeMismatchError, "argument v of hv: expected a Vec[3], given None")
def none_for_a_vec() -> None:
    hv(None, 1, True)  # here


@misuse(rose.TypeMismatchError, "argument v of hv: expected a Vec[3], given generator")
def generator_for_a_vec_in_a_call() -> None:
    hv((float(k) for k in range(3)), 1, True)  # here


@misuse(
    rose.TypeMismatchError, "argument v of hv: expected a Vec[3], given dict {0: 1, 1: 2, 2: 3}"
)
def dict_for_a_vec() -> None:
    hv({0: 1, 1: 2, 2: 3}, 1, True)  # here


@misuse(rose.TypeMismatchError, "argument v of hv, element 0: expected a Real, given list [1]")
def rows_for_reals() -> None:
    hv([[1], [2], [3]], 1, True)  # here


@misuse(rose.TypeMismatchError, "argument v of hv, element 0: expected a Real, given str '1'")
def text_for_a_real() -> None:
    hv(["1", 2, 3], 1, True)  # here


@misuse(
    rose.TypeMismatchError,
    "argument v of hv, element 0: expected a Real, a 64-bit float, given an int too large for one",
)
def int_too_large_for_a_call() -> None:
    hv([10**400, 1, 2], 1, True)  # here


@misuse(rose.TypeMismatchError, "argument v of hv, element 0: expected a Real, given bool True")
def bool_for_a_real_in_a_call() -> None:
    hv([True, 1, 2], 1, True)  # here


@misuse(rose.TypeMismatchError, "argument v of hv, element 0: expected a Real, given complex 1j")
def complex_array() -> None:
    hv(np.array([1j, 2, 3]), 1, True)  # here


@misuse(rose.TypeMismatchError, "argument v of hv, element 1: expected a Real, given None")
def array_of_objects() -> None:
    hv(np.array([1, None, 3]), 1, True)  # here


@misuse(rose.TypeMismatchError, "argument v of hv, element 0: expected a Real, given str 'a'")
def array_of_text() -> None:
    hv(np.array(["a", "b", "c"]), 1, True)  # here


@misuse(rose.TypeMismatchError, "argument v of hv: expected a Vec[3], given ndarray array(1.)")
def array_without_dimensions() -> None:
    hv(np.array(1.0), 1, True)  # here


@misuse(rose.TypeMismatchError, "argument v of hv, element 0: expected a Real, given list [1.0]")
def array_of_rows() -> None:
    hv(np.ones((3, 1)), 1, True)  # here


@misuse(rose.IndexRangeError, "argument i of hv: index 3 is outside 0 to 2")
def index_out_of_range() -> None:
    hv(V3, 3, True)  # here


@misuse(rose.IndexRangeError, "argument i of hv: index -1 is outside 0 to 2")
def negative_index() -> None:
    hv(V3, -1, True)  # here


@misuse(rose.TypeMismatchError, "argument i of hv: expected an Index[3], an int, given float 1.0")
def float_for_an_index() -> None:
    hv(V3, 1.0, True)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(rose.TypeMismatchError, "argument i of hv: expected an Index[3], an int, given bool True")
def bool_for_an_index() -> None:
    hv(V3, True, True)  # here


@misuse(rose.TypeMismatchError, "argument b of hv: expected a Bool, given int 1")
def int_for_a_bool() -> None:
    hv(V3, 1, 1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.TypeMismatchError,
    "argument b of hv: expected a Bool, given an array of shape (2,) and dtype bool",
)
def array_for_a_bool() -> None:
    hv(V3, 1, np.array([True, False]))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # here


@misuse(
    rose.RecursiveCallError,
    "deep nests loops and conds more than 64 deep; make the inner ones a function of their own, marked with @rose.fn",
)
def loops_in_loops_without_end() -> None:

    def nested(x: Real, depth: int) -> Real:
        if depth == 0:
            return x
        return rose.loop(2, x, lambda _, inner: nested(inner, depth - 1))  # here

    @fn
    def deep(x: Real) -> Real:
        return nested(x, 100)

    deep(1)
