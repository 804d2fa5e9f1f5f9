"""What Python does with values, and cannot do with traced ones."""

import json
import math
import pickle
from decimal import Decimal
from typing import Any, Literal

import numpy as np

import rose
from misuse import V3, misuse
from rose import Real, Vec, fn


@misuse(
    rose.TracedValueError,
    "Python needs a float, but this Real is traced: it has no value until the compiled function runs; use the functions of rose instead of those of math, and lists instead of NumPy arrays",
)
def float_of_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return float(x)  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs an int, but this Real is traced: it has no value until the compiled function runs; whole numbers are of type Index[n], and rose.to_index(x, n) makes one of a Real",
)
def int_of_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return int(x)  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a number to round, but this Real is traced: it has no value until the compiled function runs; round what the function gives",
)
def round_of_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return round(x)  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a float, but this Real is traced: it has no value until the compiled function runs; use the functions of rose instead of those of math, and lists instead of NumPy arrays",
)
def function_of_math() -> None:

    @fn
    def f(x: Real) -> Real:
        return math.sin(x)  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a number to round, but this Real is traced: it has no value until the compiled function runs; round what the function gives",
)
def floor_of_math() -> None:

    @fn
    def f(x: Real) -> Real:
        return math.floor(x)  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a number for numpy.sin, but this Real is traced: it has no value until the compiled function runs; write rose.sin(x)",
)
def function_of_numpy_on_an_array_of_objects() -> None:

    @fn
    def f(x: Real) -> Any:
        return np.sin(np.array([x]))[0]  # here

    f(1.0)


@misuse(
    rose.TypeMismatchError,
    "numpy.spacing takes no traced Vec; use the functions of rose, as in rose.sum(v) and rose.dot(v, w)",
)
def function_of_numpy_on_a_vec() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return np.spacing(x)  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "numpy.heaviside takes no traced Vec; write rose.where(x == 0, y, rose.where(x > 0, 1, 0))",
)
def function_of_numpy_that_a_choice_is() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return np.heaviside(x, 0.5)  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "numpy.sum takes no traced Vec; write rose.sum(v)",
)
def reduction_of_numpy() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Any:
        return np.sum(x)  # here

    f(V3)


@misuse(
    rose.TracedValueError,
    "Python needs a number to format, but this Real is traced: it has no value until the compiled function runs; print what the function gives",
)
def format_with_a_spec() -> None:

    @fn
    def f(x: Real) -> Real:
        print(f"{x:.2f}")  # here
        return x

    f(1)


@misuse(
    rose.TracedValueError,
    "Python needs an int, but this Index is traced: it has no value until the compiled function runs; index a Vec instead of a list, and write rose.loop, rose.vec or rose.sum instead of range",
)
def range_of_an_index() -> None:

    @fn
    def f(v: Vec[Literal[3]]) -> Real:
        return rose.sum(3, lambda i: sum(range(i)))  # here

    f(V3)


@misuse(
    rose.TracedValueError,
    "Python needs an int, but this Index is traced: it has no value until the compiled function runs; index a Vec instead of a list, and write rose.loop, rose.vec or rose.sum instead of range",
)
def list_by_an_index() -> None:
    L = [1, 2, 3]

    @fn
    def f(v: Vec[Literal[3]]) -> Real:
        return rose.sum(3, lambda i: L[i])  # here

    f(V3)


@misuse(
    rose.TracedValueError,
    "Python needs a key (for a dict, a set or a cache), but this Index is traced: it has no value until the compiled function runs; look things up in a Vec by an Index",
)
def dict_by_an_index() -> None:
    L = {0: 1, 1: 2, 2: 3}

    @fn
    def f(v: Vec[Literal[3]]) -> Real:
        return rose.sum(3, lambda i: L[i])  # here

    f(V3)


@misuse(
    rose.TracedValueError,
    "Python needs a key (for a dict, a set or a cache), but this Real is traced: it has no value until the compiled function runs; look things up in a Vec by an Index",
)
def set_of_reals() -> None:

    @fn
    def f(x: Real) -> Vec[Literal[2]]:
        return {x, x}  # here

    print(f(1))


@misuse(rose.TracedValueError, "a traced Vec is no key for a dict, a set or a cache")
def vec_as_a_key() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        return {x: 1}[x]  # pyright: ignore[reportUnhashable]  # here

    f(V3)


@misuse(
    rose.TracedValueError,
    "Python needs a float, but this Real is traced: it has no value until the compiled function runs; use the functions of rose instead of those of math, and lists instead of NumPy arrays",
)
def item_of_an_array() -> None:

    @fn
    def f(x: Real) -> Vec[Literal[3]]:
        a = np.zeros(3)
        a[0] = x  # here
        return a

    f(1)


@misuse(
    rose.TracedValueError, "a traced Vec has no numbers to format; print what the function gives"
)
def vec_formatted() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        print(f"{v:.2f}")  # here
        return x

    f(V3, 1)


@misuse(
    rose.TracedValueError, "a traced Vec has no numbers to pickle; pickle what the function gives"
)
def vec_pickled() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        pickle.dumps(v)  # here
        return x

    f(V3, 1)


@misuse(
    rose.TracedValueError,
    "Python needs a number to pickle, but this Real is traced: it has no value until the compiled function runs; pickle what the function gives",
)
def real_pickled() -> None:

    @fn
    def f(x: Real) -> Real:
        pickle.dumps(x)  # here
        return x

    f(1)


@misuse(
    rose.TracedValueError,
    "Python says: Object of type Real is not JSON serializable. But this Real is traced: it has no value until the compiled function runs; use the functions of rose, and give to others what the function gives",
)
def real_as_json() -> None:

    @fn
    def f(x: Real) -> Real:
        json.dumps(x)  # here
        return x

    f(1)


@misuse(
    rose.TracedValueError,
    "Python says: conversion from Real to Decimal is not supported. But this Real is traced: it has no value until the compiled function runs; use the functions of rose, and give to others what the function gives",
)
def real_as_decimal() -> None:

    @fn
    def f(x: Real) -> Real:
        Decimal(x)  # here
        return x

    f(1)


@misuse(
    rose.TypeMismatchError,
    "what is unpacked into 2 names has another number of elements; write first, *others = v, or v[:2] for some of the elements",
)
def vec_unpacked_into_fewer() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        _a, _b = v  # here
        return x

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "what is unpacked into 4 names has another number of elements; write first, *others = v, or v[:2] for some of the elements",
)
def vec_unpacked_into_more() -> None:

    @fn
    def f(v: Vec[Literal[3]], x: Real) -> Real:
        _a, _b, _c, _d = v  # here
        return x

    f(V3, 1)
