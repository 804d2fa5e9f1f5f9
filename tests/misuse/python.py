"""What Python does with values, and cannot do with traced ones."""

import json
import math
import pickle
from decimal import Decimal
from typing import Literal

import numpy as np

import rose
from misuse import V3, P, misuse
from rose import Bool, Real, Vec, fn


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def if_on_a_comparison() -> None:

    @fn
    def f(x: Real) -> Real:
        if x > 0:  # here
            return x
        return -x

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value, but this Real is traced: it has no value until the compiled function runs; compare it: rose.where(x > 0, a, b)",
)
def if_on_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        if x:  # here
            return x
        return -x

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def while_loop() -> None:

    @fn
    def f(x: Real) -> Real:
        while x > 0:  # here
            x = x - 1
        return -x

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def and_of_comparisons() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(x > 0 and x < 1, 1, 2)  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def not_of_a_comparison() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(not x > 0, 1, 2)  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def chained_comparison() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(0 < x < 1, 1, 2)  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value, but this Real is traced: it has no value until the compiled function runs; compare it: rose.where(x > 0, a, b)",
)
def bool_of_a_real() -> None:

    @fn
    def f(x: Real) -> Bool:
        return bool(x)  # here

    f(1.0)


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
    def f(x: Real) -> Real:
        return np.sin(np.array([x]))[0]  # here

    f(1.0)


@misuse(
    rose.TypeMismatchError,
    "numpy.heaviside takes no traced Vec; use the functions of rose, as in rose.sum(v) and rose.dot(v, w)",
)
def function_of_numpy_on_a_vec() -> None:

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
    def f(x: Vec[Literal[3]]) -> Real:
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


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def in_a_list() -> None:

    @fn
    def f(x: Real) -> Real:
        return 1.0 if x in [1, 2] else 2.0  # here

    f(2.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def max_of_python() -> None:

    @fn
    def f(x: Real) -> Real:
        return max(x, 0)  # here

    print(f(2))


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def sorted_vec() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Vec[Literal[3]]:
        return sorted(x)  # here

    print(f(V3))


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `assert`, `and`, `or`, `not`, a < x < b, max, min, sorted or in), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, & | ~ instead of `and or not`, (a < x) & (x < b) instead of a < x < b, and rose.max and rose.min instead of Python's",
)
def if_on_an_index_comparison() -> None:

    @fn
    def f(v: Vec[Literal[6]]) -> Vec[Literal[3]]:
        return rose.vec(3, lambda i: 1 if i == 0 else 2)  # here

    f([1] * 6)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value, but this Index is traced: it has no value until the compiled function runs; compare it: rose.where(i == 0, a, b)",
)
def if_on_an_index() -> None:

    @fn
    def f(v: Vec[Literal[6]]) -> Vec[Literal[3]]:
        return rose.vec(3, lambda i: 1 if i else 2)  # here

    f([1] * 6)


@misuse(rose.TracedValueError, "a traced Vec has no truth value; use len(v) for its length")
def if_on_a_vec() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        if x:  # here
            return 1.0
        return 2.0

    f(V3)


@misuse(rose.TracedValueError, "a traced Vec is no key for a dict, a set or a cache")
def vec_as_a_key() -> None:

    @fn
    def f(x: Vec[Literal[3]]) -> Real:
        return {x: 1}[x]  # here

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
    rose.TypeMismatchError,
    "a traced value has no attribute x to change: give what you compute a name of its own, or put it into a structure",
)
def attribute_of_a_vec_set() -> None:

    @fn
    def f(v: Vec[3], x: Real) -> Real:
        v.x = 1  # here
        return x

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "a traced value has no attribute y to change: give what you compute a name of its own, or put it into a structure",
)
def attribute_of_a_real_set() -> None:

    @fn
    def f(x: Real) -> Real:
        x.y = 1  # here
        return x

    f(1)


@misuse(
    rose.TypeMismatchError,
    "a traced value has no attribute y to change: give what you compute a name of its own, or put it into a structure",
)
def attribute_of_a_vec_deleted() -> None:

    @fn
    def f(v: Vec[3], x: Real) -> Real:
        del v.y  # here
        return x

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "a Vec does not change; make another with one element replaced, as in v.at[i].set(x)",
)
def element_deleted() -> None:

    @fn
    def f(v: Vec[3], x: Real) -> Real:
        del v[0]  # here
        return x

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "a Vec does not change; make another with one element replaced, as in v.at[i].set(x)",
)
def element_added_to() -> None:

    @fn
    def f(v: Vec[3], x: Real) -> Real:
        v[0] += 1  # here
        return x

    f(V3, 1)


@misuse(rose.TypeMismatchError, "v.at takes its place in brackets; write v.at[i].set(x)")
def place_in_parentheses() -> None:

    @fn
    def f(v: Vec[3], x: Real) -> Real:
        v.at(0)  # here
        return x

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "a place v.at[i] has set(x) and add(x); write v.at[i, j].set(x) for an element of a row",
)
def place_in_a_place() -> None:

    @fn
    def f(v: Vec[3], x: Real) -> Real:
        v.at[0][0]  # here
        return x

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "a place v.at[i] has set(x) and add(x), and no +; write v[i] for the element",
)
def place_plus_number() -> None:

    @fn
    def f(v: Vec[3], x: Real) -> Real:
        v.at[0] += 1  # here
        return x

    f(V3, 1)


@misuse(
    rose.NoAttributeError,
    "a place in a Vec[3] has no attribute 'get'; write v[i]; a place has set(x) and add(x)",
)
def get_of_a_place() -> None:

    @fn
    def f(v: Vec[3], x: Real) -> Real:
        v.at[0].get(1)  # here
        return x

    f(V3, 1)


@misuse(
    rose.NoAttributeError,
    "a place in a Vec[3] has no attribute 'multiply'; write v.at[i].set(v[i] * x); a place has set(x) and add(x)",
)
def multiply_of_a_place() -> None:

    @fn
    def f(v: Vec[3], x: Real) -> Real:
        v.at[0].multiply(1)  # here
        return x

    f(V3, 1)


@misuse(
    rose.NoAttributeError,
    "a place in a Vec[3] has no attribute 'max'; write v.at[i].set(rose.max(v[i], x)); a place has set(x) and add(x)",
)
def max_of_a_place() -> None:

    @fn
    def f(v: Vec[3], x: Real) -> Real:
        v.at[0].max(1)  # here
        return x

    f(V3, 1)


@misuse(
    rose.TracedValueError, "a traced Vec has no numbers to format; print what the function gives"
)
def vec_formatted() -> None:

    @fn
    def f(v: Vec[3], x: Real) -> Real:
        print(f"{v:.2f}")  # here
        return x

    f(V3, 1)


@misuse(
    rose.TracedValueError, "a traced Vec has no numbers to pickle; pickle what the function gives"
)
def vec_pickled() -> None:

    @fn
    def f(v: Vec[3], x: Real) -> Real:
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
    def f(v: Vec[3], x: Real) -> Real:
        _a, _b = v  # here
        return x

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "what is unpacked into 4 names has another number of elements; write first, *others = v, or v[:2] for some of the elements",
)
def vec_unpacked_into_more() -> None:

    @fn
    def f(v: Vec[3], x: Real) -> Real:
        _a, _b, _c, _d = v  # here
        return x

    f(V3, 1)


@misuse(
    rose.TypeMismatchError,
    "cannot compute -P; structures have no arithmetic: write it field by field, as in P(p.x + q.x, p.y + q.y), or rose.tree_map(lambda x, y: x + y, p, q)",
)
def minus_a_structure() -> None:

    @fn
    def f(p: P, x: Real) -> Real:
        -p  # here
        return x

    f((1, 2), 1)


@misuse(rose.TypeMismatchError, "cannot compare P < P; compare their fields, as in p.x < q.x")
def structures_compared() -> None:

    @fn
    def f(p: P, x: Real) -> Real:
        print(p < p)  # here
        return x

    f((1, 2), 1)


@misuse(
    rose.TypeMismatchError,
    "cannot compute numpy.sin of a P; structures have no arithmetic: write it field by field, as in P(p.x + q.x, p.y + q.y), or rose.tree_map(lambda x, y: x + y, p, q)",
)
def numpy_of_a_structure() -> None:

    @fn
    def f(p: P, x: Real) -> Real:
        np.sin(p)  # here
        return x

    f((1, 2), 1)


@misuse(rose.TypeMismatchError, "rose.sin takes Reals, given a P")
def sine_of_a_structure() -> None:

    @fn
    def f(p: P, x: Real) -> Real:
        rose.sin(p)  # here
        return x

    f((1, 2), 1)


@misuse(
    rose.TypeMismatchError,
    "cannot compute tuple - tuple; lists and tuples have no arithmetic: write rose.vec([x, y]) for a Vec of the elements",
)
def tuples_subtracted() -> None:

    @fn
    def f(t: tuple[Real, Real], x: Real) -> Real:
        t - t  # here
        return x

    f((1, 2), 1)


@misuse(
    rose.TypeMismatchError,
    "cannot compute a list or tuple * float; lists and tuples have no arithmetic: write rose.vec([x, y]) for a Vec of the elements",
)
def list_times_number() -> None:

    @fn
    def f(x: Real) -> Real:
        [x, x] * 2.0  # here
        return x

    f(1)
