"""Every way of misuse that we know of: the class, the whole message, and the line that is named.

A case is a function that ends in an error; the line at fault is the one that ends in `# here`.
"""
# Misuse is the point, so what it looks like is not:
# ruff: noqa: ARG001, ARG005, B018, E711, F722, F821, RET504, RUF005, RUF059

import contextlib
import inspect
import io
import itertools
import linecache
import math
import operator
import pickle
import re
import shlex
from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import rose
from rose import Bool, Index, Real, Vec, errors, fn
from rose.__main__ import main
from rose.ir.check import check
from rose.ir.parser import parse

ROOT = Path(__file__).resolve().parent.parent


class Case(NamedTuple):
    run: Callable[[], object]
    kind: type[rose.RoseError]
    message: str


CASES: list[Case] = []


def misuse(kind: type[rose.RoseError], message: str) -> Callable[[Callable[[], object]], object]:
    """Mark a function that ends in this error."""

    def mark(run: Callable[[], object]) -> object:
        CASES.append(Case(run, kind, message))
        return run

    return mark


KEPT: dict[str, Any] = {}
V3 = [1.0, 2.0, 3.0]


@dataclass
class P:
    x: Real
    y: Real


class N(NamedTuple):
    x: Real
    y: Real


@dataclass
class Node:
    next: "Node"
    x: Real


@fn
def px(p: P) -> Real:
    return p.x


@fn
def g2(x: Real, y: Real = 2.0) -> Real:
    return x * y


@fn
def vv(x: Vec[3]) -> Vec[3]:
    return x * 2


@fn
def iv(x: Vec[3], i: Index[3]) -> Real:
    return x[i]


@fn
def hv(v: Vec[3], i: Index[3], b: Bool) -> Real:
    return v[i]


@fn
def ra(x: Real) -> Real:
    return rb(x)


@fn
def rb(x: Real) -> Real:
    return ra(x)  # mutual_recursion is here


@fn
def rc(x: Real) -> Real:
    return rose.grad(rc)(x)  # recursion_through_grad is here


# --- Python's control flow and conversions ---


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `and`, `or` or `not`), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, and & | ~ instead of `and or not`",
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
    "Python needs a truth value (for `if`, `while`, `and`, `or` or `not`), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, and & | ~ instead of `and or not`",
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
    "Python needs a truth value (for `if`, `while`, `and`, `or` or `not`), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, and & | ~ instead of `and or not`",
)
def and_of_comparisons() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(x > 0 and x < 1, 1, 2)  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `and`, `or` or `not`), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, and & | ~ instead of `and or not`",
)
def not_of_a_comparison() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(not x > 0, 1, 2)  # here

    f(1.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `and`, `or` or `not`), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, and & | ~ instead of `and or not`",
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
    "Python needs an int, but this Real is traced: it has no value until the compiled function runs; whole numbers are of type Index[n]",
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
    "Python needs a number for numpy.sin, but this Real is traced: it has no value until the compiled function runs; use the functions of rose instead of those of numpy",
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
    def f(x: Vec[3]) -> Vec[3]:
        return np.heaviside(x, 0.5)  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "numpy.sum takes no traced Vec; use the functions of rose, as in rose.sum(v) and rose.dot(v, w)",
)
def reduction_of_numpy() -> None:

    @fn
    def f(x: Vec[3]) -> Real:
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
    def f(v: Vec[3]) -> Real:
        return rose.sum(3, lambda i: sum(range(i)))  # here

    f(V3)


@misuse(
    rose.TracedValueError,
    "Python needs an int, but this Index is traced: it has no value until the compiled function runs; index a Vec instead of a list, and write rose.loop, rose.vec or rose.sum instead of range",
)
def list_by_an_index() -> None:
    L = [1, 2, 3]

    @fn
    def f(v: Vec[3]) -> Real:
        return rose.sum(3, lambda i: L[i])  # here

    f(V3)


@misuse(
    rose.TracedValueError,
    "Python needs a key (for a dict, a set or a cache), but this Index is traced: it has no value until the compiled function runs; look things up in a Vec by an Index",
)
def dict_by_an_index() -> None:
    L = {0: 1, 1: 2, 2: 3}

    @fn
    def f(v: Vec[3]) -> Real:
        return rose.sum(3, lambda i: L[i])  # here

    f(V3)


@misuse(
    rose.TracedValueError,
    "Python needs a key (for a dict, a set or a cache), but this Real is traced: it has no value until the compiled function runs; look things up in a Vec by an Index",
)
def set_of_reals() -> None:

    @fn
    def f(x: Real) -> Vec[2]:
        return {x, x}  # here

    print(f(1))


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `and`, `or` or `not`), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, and & | ~ instead of `and or not`",
)
def in_a_list() -> None:

    @fn
    def f(x: Real) -> Real:
        return 1.0 if x in [1, 2] else 2.0  # here

    f(2.0)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `and`, `or` or `not`), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, and & | ~ instead of `and or not`",
)
def max_of_python() -> None:

    @fn
    def f(x: Real) -> Real:
        return max(x, 0)  # here

    print(f(2))


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `and`, `or` or `not`), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, and & | ~ instead of `and or not`",
)
def sorted_vec() -> None:

    @fn
    def f(x: Vec[3]) -> Vec[3]:
        return sorted(x)  # here

    print(f(V3))


@misuse(
    rose.TracedValueError,
    "Python needs a truth value (for `if`, `while`, `and`, `or` or `not`), but this Bool is traced: it has no value until the compiled function runs; write rose.where(condition, a, b), or rose.cond(condition, lambda: a, lambda: b) to run one side only, and & | ~ instead of `and or not`",
)
def if_on_an_index_comparison() -> None:

    @fn
    def f(v: Vec[6]) -> Vec[3]:
        return rose.vec(3, lambda i: 1 if i == 0 else 2)  # here

    f([1] * 6)


@misuse(
    rose.TracedValueError,
    "Python needs a truth value, but this Index is traced: it has no value until the compiled function runs; compare it: rose.where(i == 0, a, b)",
)
def if_on_an_index() -> None:

    @fn
    def f(v: Vec[6]) -> Vec[3]:
        return rose.vec(3, lambda i: 1 if i else 2)  # here

    f([1] * 6)


@misuse(rose.TracedValueError, "a traced Vec has no truth value; use len(v) for its length")
def if_on_a_vec() -> None:

    @fn
    def f(x: Vec[3]) -> Real:
        if x:  # here
            return 1.0
        return 2.0

    f(V3)


@misuse(rose.TracedValueError, "a traced Vec is no key for a dict, a set or a cache")
def vec_as_a_key() -> None:

    @fn
    def f(x: Vec[3]) -> Real:
        return {x: 1}[x]  # here

    f(V3)


@misuse(
    rose.TracedValueError,
    "Python needs a float, but this Real is traced: it has no value until the compiled function runs; use the functions of rose instead of those of math, and lists instead of NumPy arrays",
)
def item_of_an_array() -> None:

    @fn
    def f(x: Real) -> Vec[3]:
        a = np.zeros(3)
        a[0] = x  # here
        return a

    f(1)


# --- Operators ---


@misuse(rose.TypeMismatchError, "cannot compute a Real + str '1'")
def real_plus_text() -> None:

    @fn
    def f(x: Real) -> Real:
        return x + "1"  # here

    f(2)


@misuse(rose.TypeMismatchError, "cannot compute None + a Real")
def none_plus_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return None + x  # here

    f(2)


@misuse(rose.TypeMismatchError, "cannot compute a Real + complex 1j")
def real_plus_complex() -> None:

    @fn
    def f(x: Real) -> Real:
        return x + 1j  # here

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
    def f(x: Vec[3]) -> Real:
        return x @ x[1:]  # here

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "& | ^ ~ are for Bools, and this is a Real; compare it first, in parentheses: (x > 0) & (x < 1)",
)
def and_of_reals() -> None:

    @fn
    def f(x: Real) -> Bool:
        return x & x  # here

    print(f(2))


@misuse(
    rose.TypeMismatchError,
    "& | ^ ~ are for Bools, and this is a Real; compare it first, in parentheses: (x > 0) & (x < 1)",
)
def and_binds_tighter() -> None:

    @fn
    def f(x: Real) -> Bool:
        return x > 0 & x < 1  # here

    print(f(2))


@misuse(
    rose.TypeMismatchError,
    "& | ^ ~ are for Bools, and this is a Real; compare it first, in parentheses: (x > 0) & (x < 1)",
)
def not_of_a_real() -> None:

    @fn
    def f(x: Real) -> Bool:
        return ~x  # here

    print(f(2))


@misuse(rose.TypeMismatchError, "& | ^ == and != of a Bool take another Bool, given a Real")
def and_of_bool_and_real() -> None:

    @fn
    def f(x: Real) -> Bool:
        return (x > 0) & x  # here

    print(f(2))


@misuse(rose.TypeMismatchError, "cannot compare a Real < str 'a'")
def less_than_text() -> None:

    @fn
    def f(x: Real) -> Bool:
        return x < "a"  # here

    f(2)


@misuse(rose.TypeMismatchError, "cannot compare a Real == None; write `is None`")
def equal_to_none() -> None:

    @fn
    def f(x: Real) -> Bool:
        return x == None  # here

    print(f(2))


@misuse(rose.TypeMismatchError, "cannot compute a Real ** str '2'")
def power_of_text() -> None:

    @fn
    def f(x: Real) -> Real:
        return x ** "2"  # here

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
    def f(x: Vec[3]) -> Real:
        return abs(x)  # here

    print(f(V3))


@misuse(
    rose.TypeMismatchError,
    "elementwise arithmetic needs Vecs of one length, given a Vec[3] and a Vec[2]",
)
def vecs_of_two_lengths() -> None:

    @fn
    def f(x: Vec[3], y: Vec[2]) -> Vec[3]:
        return x + y  # here

    print(f(V3, [1, 2]))


@misuse(
    rose.TypeMismatchError,
    "elementwise arithmetic needs Vecs of one length, given a Vec[3] and a Vec[2]",
)
def vec_plus_shorter_list() -> None:

    @fn
    def f(x: Vec[3]) -> Vec[3]:
        return x + [1, 2]  # here

    print(f(V3))


@misuse(rose.TypeMismatchError, "cannot compute a Vec[3] + None")
def vec_plus_none() -> None:

    @fn
    def f(x: Vec[3]) -> Vec[3]:
        return x + None  # here

    print(f(V3))


@misuse(rose.TypeMismatchError, "cannot compute a Vec[3] + list []")
def vec_plus_nothing() -> None:

    @fn
    def f(x: Vec[3]) -> Vec[3]:
        return x + []  # here

    print(f(V3))


@misuse(
    rose.TypeMismatchError,
    "cannot compute a Bool + int 1; a Bool is no number: write rose.where(b, 1.0, 0.0)",
)
def vec_of_bools_plus_one() -> None:

    @fn
    def f(x: Vec[3, Bool]) -> Vec[3]:
        return x + 1  # here

    print(f([True] * 3))


@misuse(rose.TypeMismatchError, "the result of f: expected a Bool, given a Vec[3, Bool]")
def equal_vecs() -> None:

    @fn
    def f(x: Vec[3]) -> Bool:
        return x == x  # here

    f(V3)


@misuse(
    rose.TypeMismatchError, "a Vec is not one number; take an element, as in v[0], or rose.norm(v)"
)
def float_of_a_vec() -> None:

    @fn
    def f(x: Vec[3]) -> Real:
        return float(x)  # here

    f(V3)


def element_of_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return x[0]

    f(1)


@misuse(rose.TypeMismatchError, "a Real has no elements; n values of a type T are a Vec[n, T]")
def unpacked_real() -> None:

    @fn
    def f(x: Real) -> Real:
        a, b = x  # here
        return a

    f(1)


@misuse(
    rose.TypeMismatchError,
    "a Vec does not change; make another with one element replaced, as in v.at[i].set(x)",
)
def assignment_to_an_element() -> None:

    @fn
    def f(x: Vec[3]) -> Real:
        x[0] = 1  # here
        return x[0]

    f(V3)


@misuse(
    rose.TypeMismatchError,
    "Real is for annotations, and makes no values of float 2.0; write the number, or True or False, as it is",
)
def real_as_a_constructor() -> None:

    @fn
    def f(x: Real) -> Real:
        return Real(2.0) * x  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "Vec is for annotations, and makes no values of a list of 2; write a list of the elements, or rose.vec(n, lambda i: ...)",
)
def vec_as_a_constructor() -> None:

    @fn
    def f(x: Real) -> Vec[2]:
        return Vec([x, x])  # here

    f(1)


# --- Functions of rose ---


@misuse(rose.ArgumentError, "rose.sin takes 1 number, given 2")
def too_many_for_sin() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.sin(x, x)  # here

    print(f(2))


@misuse(rose.TypeMismatchError, "rose.sin takes Reals, given str 'a'")
def sin_of_text() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.sin("a")  # here

    print(f(2))


@misuse(rose.TypeMismatchError, "rose.sin takes Reals, given a Bool; write rose.where(b, 1.0, 0.0)")
def sin_of_a_bool() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.sin(x > 0)  # here

    print(f(2))


@misuse(rose.TypeMismatchError, "rose.sin takes Reals, given a list of 3")
def sin_of_a_list() -> None:

    @fn
    def f(x: Real) -> Vec[3]:
        return rose.sin([x, x, x])  # here

    print(f(2))


@misuse(rose.TypeMismatchError, "rose.norm takes a Vec of Reals, or a list of them, given a Real")
def norm_of_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.norm(x)  # here

    f(1)


@misuse(rose.TypeMismatchError, "rose.dot needs Vecs of one length, given Vec[3] and Vec[2]")
def dot_of_two_lengths() -> None:

    @fn
    def f(x: Vec[3], y: Vec[2]) -> Real:
        return rose.dot(x, y)  # here

    f(V3, [1, 2])


@misuse(
    rose.TypeMismatchError, "rose.dot takes a Vec of Reals, or a list of them, given a Vec[3, Bool]"
)
def dot_of_bools() -> None:

    @fn
    def f(x: Vec[3, Bool]) -> Real:
        return rose.dot(x, x)  # here

    f([True] * 3)


@misuse(
    rose.TypeMismatchError,
    "rose.norm takes a Vec of Reals, or a list of them, given a Vec[3, Vec[3]]",
)
def norm_of_rows() -> None:

    @fn
    def f(x: Vec[3, Vec[3]]) -> Real:
        return rose.norm(x)  # here

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


# --- Indices ---


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
    rose.IndexRangeError, "an Index[4] may lie outside a Vec[3]; take it modulo the length: i % 3"
)
def index_of_a_larger_size() -> None:

    @fn
    def f(x: Vec[3], i: Index[4]) -> Real:
        return x[i]  # here

    f(V3, 1)


@misuse(
    rose.IndexRangeError, "an Index[4] may lie outside a Vec[3]; take it modulo the length: i % 3"
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


# --- Values that leave their function ---


@misuse(
    rose.EscapedValueError,
    "a traced Real of f is used after f was traced; give it back as a result of the function instead of keeping it in a variable outside",
)
def real_kept_outside() -> None:

    @fn
    def f(x: Real) -> Real:
        KEPT["x"] = x
        return x

    f(1)
    print(KEPT["x"] + 1)  # here


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_of_a_switch_body() -> None:

    @fn
    def f(x: Real) -> Real:
        k = []

        def body(*values):
            k.append(x * 2)
            return x

        rose.switch(rose.to_index(x, 2), [body, body])
        return k[0]  # here

    f(1.0)


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_of_a_while_body() -> None:

    @fn
    def f(x: Real) -> Real:
        k = []

        def body(*values):
            k.append(x * 2)
            return x

        rose.while_loop(lambda y: y < 3, body, x)
        return k[0]  # here

    f(1.0)


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_of_a_bounded_while_body() -> None:

    @fn
    def f(x: Real) -> Real:
        k = []

        def body(*values):
            k.append(x * 2)
            return x

        rose.while_loop(lambda y: y < 3, body, x, 4)
        return k[0]  # here

    f(1.0)


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_of_a_loop_body() -> None:

    @fn
    def f(x: Real) -> Real:
        k = []

        def body(*values):
            k.append(x * 2)
            return x

        rose.loop(3, x, body)
        return k[0]  # here

    f(1.0)


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_of_a_map_body() -> None:

    @fn
    def f(x: Real) -> Real:
        k = []

        def body(*values):
            k.append(x * 2)
            return x

        rose.map(body, [x, x])
        return k[0]  # here

    f(1.0)


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_of_a_vec_body() -> None:

    @fn
    def f(x: Vec[3]) -> Real:
        k = []

        def body(i):
            k.append(x[i] * 2)
            return 1.0

        rose.vec(3, body)
        return k[0]  # here

    f(V3)


@misuse(
    rose.EscapedValueError,
    "a traced Index made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def index_of_a_sum_body() -> None:

    @fn
    def f(x: Vec[3]) -> Real:
        k = []

        def body(i):
            k.append(i)
            return 1.0

        rose.sum(3, body)
        return x[k[0]]  # here

    f(V3)


@misuse(
    rose.EscapedValueError,
    "a traced Vec made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def vec_of_a_vec_body() -> None:

    @fn
    def f(x: Vec[3]) -> Vec[3]:
        k = []

        def body(i):
            k.append(x * 2)
            return 1.0

        rose.vec(3, body)
        return k[0]  # here

    f(V3)


@misuse(
    rose.EscapedValueError,
    "a traced Real made inside the body of a loop, scan, while_loop, vec, map, fold, cond or switch of f is used after that body ended; give it back as the result of the body instead",
)
def real_of_the_other_side() -> None:

    @fn
    def f(x: Real) -> Real:
        k = []

        def a():
            k.append(x * 2)
            return 1.0

        return rose.cond(x > 0, lambda: k[0], a)  # here

    f(1)


@misuse(
    rose.EscapedValueError,
    "g uses a traced value of f, and so is a part of it; call it there, or pass the value to g as an argument",
)
def compiled_closure() -> None:

    @fn
    def f(x: Real) -> Real:

        @fn
        def g(y: Real) -> Real:
            return x * y

        rose.compile({"g": g})  # here
        return g(x)

    f(1)


@misuse(
    rose.EscapedValueError,
    "a traced residual of f is used after f was traced; give it back as a result of the function instead of keeping it in a variable outside",
)
def pullback_kept_outside() -> None:

    @fn
    def sines(x: Vec[9]) -> Real:
        return rose.sum(9, lambda i: rose.sin(x[i]))

    @fn
    def f(x: Vec[9]) -> Real:
        value, KEPT["pullback"] = rose.vjp(sines)(x)
        return value

    f([1] * 9)
    KEPT["pullback"](1.0)  # here


@misuse(
    rose.EscapedValueError,
    "a traced residual of f is used after f was traced; give it back as a result of the function instead of keeping it in a variable outside",
)
def pullback_in_another_function() -> None:

    @fn
    def sines(x: Vec[9]) -> Real:
        return rose.sum(9, lambda i: rose.sin(x[i]))

    @fn
    def f(x: Vec[9]) -> Real:
        value, KEPT["pullback"] = rose.vjp(sines)(x)
        return value

    @fn
    def g(x: Real) -> Vec[9]:
        return KEPT["pullback"](x)[0]  # here

    f([1] * 9)
    g(1.0)


# --- Signatures ---


@misuse(
    rose.TypeMismatchError,
    "argument x of f: expected numbers, Vecs or structures of them, given str 'one'",
)
def text_without_annotation() -> None:

    @fn
    def f(x):
        return x

    f("one")  # here


@misuse(
    rose.ArgumentError,
    "f(x, n: int) is another function for each x and n, which are not given; call it with all of its arguments, or write f.specialized(x=..., n=...); or annotate x, for example x: Real",
)
def built_without_arguments() -> None:

    @fn
    def f(x, n: int):
        return x * n

    rose.compile({"f": f})  # here


@misuse(rose.TypeMismatchError, "f returns None; write a return at its end")
def result_without_annotation() -> None:

    @fn
    def f(x: Real):
        return print(end="")  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "argument x of f: expected a str that is known while tracing, given int 1",
)
def number_for_a_static_str() -> None:

    @fn
    def f(x: str) -> Real:
        return x

    f(1)  # here


@misuse(
    rose.SignatureError,
    "parameter x of f is annotated bytes, which is not a type of Rose: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple or a tuple of those",
)
def annotated_bytes() -> None:

    @fn
    def f(x: bytes) -> Real:  # here
        return x

    f(1)


@misuse(
    rose.TypeMismatchError,
    "argument n of f: expected an int that is known while tracing, given a Real; annotate it Real or Index[n] if it is not",
)
def traced_for_a_static_int() -> None:

    @fn
    def f(n: int) -> Real:
        return n

    @fn
    def g(x: Real) -> Real:
        return f(x)  # here

    g(1)


@misuse(
    rose.SignatureError,
    "the result of f is annotated int, which is not a type of Rose: write Index[n] for a whole number below n, or Real",
)
def result_annotated_int() -> None:

    @fn
    def f(x: Real) -> int:  # here
        return x

    f(1)


@misuse(
    rose.SignatureError,
    "parameter x of f is annotated list[Real], which is not a type of Rose: write Vec[n, T], for n values of type T",
)
def annotated_list() -> None:

    @fn
    def f(x: list[Real]) -> Real:  # here
        return x

    f(1)


@misuse(
    rose.SignatureError,
    "parameter x of f is annotated Real | None, which is a choice of types, and a value has one: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple or a tuple of those",
)
def annotated_union() -> None:

    @fn
    def f(x: Real | None) -> Real:  # here
        return x

    f(1)


@misuse(
    rose.SignatureError,
    "parameter x of f is annotated 3, which is not a type of Rose: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple or a tuple of those",
)
def annotated_number() -> None:

    @fn
    def f(x: 3) -> Real:  # here
        return x

    f(1)


@misuse(
    rose.SignatureError,
    "parameter x of f is annotated (Real, Real), which is not a type of Rose: write tuple[Real, Real], with the type of each item",
)
def annotated_tuple_of_types() -> None:

    @fn
    def f(x: (Real, Real)) -> Real:  # here
        return x

    f(1)


@misuse(
    rose.SignatureError,
    "parameter x of f is annotated tuple[Real, ...], which is not a type of Rose: write tuple[Real, Real], with the type of each item",
)
def annotated_tuple_of_any_length() -> None:

    @fn
    def f(x: tuple[Real, ...]) -> Real:  # here
        return x[0]

    f((1,))


@misuse(rose.TypeMismatchError, "argument x of f: expected a Vec, given int 1")
def number_for_a_vec_of_any_size() -> None:

    @fn
    def f(x: Vec) -> Real:
        return x[0]

    f(1)  # here


@misuse(
    rose.SignatureError,
    "the result of f is annotated Vec, which needs a size: write Vec[3] or Vec[3, T]",
)
def vec_without_size() -> None:

    @fn
    def f(x: Real) -> Vec:  # here
        return [x]

    f(1)


@misuse(
    rose.SignatureError, "parameter x of f is annotated Index, which needs a size: write Index[3]"
)
def index_without_size() -> None:

    @fn
    def f(x: Index) -> Real:  # here
        return x

    f(1)


@misuse(rose.SignatureError, "the size of a Vec is at least 1, given 0")
def vec_of_no_elements() -> None:

    @fn
    def f(x: Vec[0]) -> Real:  # here
        return x

    f(1)


@misuse(
    rose.SignatureError, "the size of a Vec is an int, given float 2.5; write Vec[3] for 3 Reals"
)
def vec_of_two_and_a_half() -> None:

    @fn
    def f(x: Vec[2.5]) -> Real:  # here
        return x

    f(1)


@misuse(rose.SignatureError, "Vec takes a size and a type, given (Real, 3); write Vec[3, Real]")
def vec_with_type_first() -> None:
    Vec[Real, 3]  # here


@misuse(
    rose.SignatureError,
    "Vec takes a size and a type, given (2, 3); write Vec[2, Vec[3]] for 2 rows of 3 Reals",
)
def vec_of_two_sizes() -> None:
    Vec[2, 3]  # here


@misuse(
    rose.SignatureError,
    "Vec takes a size and one type, given 3 parameters; write Vec[2, Vec[3]] for 2 rows of 3 Reals",
)
def vec_of_three_parameters() -> None:
    Vec[2, 3, Real]  # here


@misuse(
    rose.SignatureError,
    "the element of a Vec is annotated 'Real', which is text, not a type: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple or a tuple of those",
)
def vec_of_text() -> None:
    Vec[2, "Real"]  # here


@misuse(rose.SignatureError, "the size of an Index is at least 1, given 0")
def index_without_values() -> None:
    Index[0]  # here


@misuse(rose.SignatureError, "the size of an Index is at most 2147483647, given int 1099511627776")
def index_too_large() -> None:

    @fn
    def f(i: Index[2**40]) -> Real:  # here
        return i * 1

    print(f(2**39))


@misuse(
    rose.SignatureError, "Real takes no parameters, given int 3; write Vec[3, Real] for 3 of them"
)
def real_with_a_size() -> None:
    Real[3]  # here


@misuse(
    rose.SignatureError,
    "an annotation of f cannot be resolved: name 'Nope' is not defined; define it before f, or at the top of the module",
)
def unknown_name() -> None:

    @fn
    def f(x: "Nope") -> Real:  # here
        return x

    f(1)


@misuse(
    rose.SignatureError,
    "an annotation of f cannot be resolved: SyntaxError: Forward reference must be an expression -- got 'Vec['",
)
def annotation_that_is_no_python() -> None:

    @fn
    def f(x: "Vec[") -> Real:  # here
        return x

    f(1)


@misuse(rose.SignatureError, "the size of a Vec is at least 1, given 0")
def vec_of_no_elements_as_text() -> None:

    @fn
    def f(x: "Vec[0]") -> Real:  # here
        return x

    f(1)


@misuse(rose.SignatureError, "f takes *x; name each parameter, or take a Vec or a tuple")
def any_number_of_arguments() -> None:

    @fn
    def f(*x: Real) -> Real:  # here
        return x[0]

    f(1)


@misuse(rose.SignatureError, "f takes **x; name each parameter, or take a Vec or a tuple")
def any_names() -> None:

    @fn
    def f(**x: Real) -> Real:  # here
        return x[0]

    f(1)


@misuse(
    rose.SignatureError,
    "f takes self; @rose.fn marks functions, not methods: define it outside of its class",
)
def method() -> None:

    class A:
        @fn
        def f(self, x: Real) -> Real:  # here
            return x

    print(A().f(1))


@misuse(
    rose.SignatureError,
    "f is a coroutine (an async def); @rose.fn marks a plain function that returns its result",
)
def coroutine() -> None:

    @fn
    async def f(x: Real) -> Real:  # here
        return x

    print(f(1))


@misuse(
    rose.SignatureError,
    "f is a generator (it has a yield); @rose.fn marks a plain function that returns its result",
)
def generator() -> None:

    @fn
    def f(x: Real) -> Real:  # here
        yield x

    print(f(1))


@misuse(
    rose.SignatureError, "@rose.fn marks a Python function, given the @fn f; it is marked already"
)
def marked_twice() -> None:

    @fn
    def f(x: Real) -> Real:
        return x

    g = fn(f)  # here
    print(g(1))


@misuse(
    rose.SignatureError,
    "@rose.fn marks a Python function, given int 3; write def and @rose.fn above it",
)
def number_marked() -> None:
    fn(3)  # here


@misuse(
    rose.SignatureError,
    "@rose.fn marks a Python function, given the class A; write def and @rose.fn above it",
)
def class_marked() -> None:

    @fn  # here
    class A:
        pass


# --- Structures ---


@misuse(
    rose.SignatureError,
    "parameter u of f is annotated U, which is not a type of Rose: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple or a tuple of those",
)
def class_that_is_no_structure() -> None:

    class U:
        pass

    @fn
    def f(u: U) -> Real:  # here
        return 1.0

    f(U())


@misuse(
    rose.SignatureError,
    "field a of U is annotated str, which is not a type of Rose: use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple or a tuple of those",
)
def field_of_text() -> None:

    @dataclass
    class U:
        a: str

    @fn
    def f(u: U) -> Real:  # here
        return 1.0

    f(U(1))


@misuse(
    rose.SignatureError,
    "the fields of U cannot be resolved: name 'Nope' is not defined; structures used by @fn are defined where their annotations can be looked up, at the top of a module",
)
def field_of_unknown_type() -> None:

    @dataclass
    class U:
        a: "Nope"

    @fn
    def f(u: U) -> Real:  # here
        return 1.0

    f(U(1))


@misuse(
    rose.SignatureError,
    "field a of Q has no annotation; write a dataclass or a typing.NamedTuple, with the type of each field",
)
def fields_without_annotation() -> None:
    Q = namedtuple("Q", "a b")

    @fn
    def f(u: Q) -> Real:  # here
        return u.a

    f(Q(1, 2))


@misuse(
    rose.SignatureError,
    "Node contains itself, so that its size is not known; keep its parts in a Vec, and refer to one by an Index",
)
def structure_in_itself() -> None:

    @fn
    def f(n: Node) -> Real:  # here
        return n.x

    f(1)


@misuse(
    rose.SignatureError,
    "K cannot be made from its fields (a, b): got an unexpected keyword argument 'b'; let its constructor take each field, and nothing else",
)
def field_that_is_not_given() -> None:

    @dataclass
    class K:
        a: Real
        b: Real = field(init=False, default=2.0)

    @fn
    def f(u: K) -> Real:  # here
        return u.a

    print(f(K(a=1)))


@misuse(
    rose.TypeMismatchError,
    "argument p of px: expected a P with fields x, y, given those of dict {'x': 1}",
)
def dict_without_a_field() -> None:
    px({"x": 1})  # here


@misuse(rose.TypeMismatchError, "argument p of px: expected a P of 2 items, given 1")
def too_few_items() -> None:
    px([1])  # here


@misuse(rose.TypeMismatchError, "argument p of px: expected a P, given int 1")
def number_for_a_structure() -> None:
    px(1)  # here


@misuse(
    rose.TypeMismatchError,
    "argument p of px: expected a P, given Q another_structure.<locals>.Q(x=1, y=2)",
)
def another_structure() -> None:

    @dataclass
    class Q:
        x: Real
        y: Real

    px(Q(1, 2))  # here


@misuse(rose.TypeMismatchError, "argument p of px, field y: expected a Real, given str 'a'")
def field_of_another_type() -> None:
    px(P(1, "a"))  # here


@misuse(
    rose.TypeMismatchError,
    "the result of the function given to rose.vec: expected numbers, Vecs or structures of them, given the class P",
)
def class_for_an_instance() -> None:

    @fn
    def f(x: Real) -> Vec[3, P]:
        return rose.vec(3, lambda i: P)  # here

    print(f(1))


@misuse(
    rose.TypeMismatchError,
    "a Vec[3, P] has no field x, but its elements have: write v[i].x, or rose.vec(3, lambda i: v[i].x) for all of them",
)
def field_of_a_vec() -> None:

    @fn
    def f(v: Vec[3, P]) -> Vec[3]:
        return v.x  # here

    f([P(1, 2)] * 3)


# --- Calls ---


@misuse(rose.ArgumentError, "g2 is called without x; it is g2(x: Real, y: Real) -> Real")
def too_few_arguments() -> None:
    g2()  # here


@misuse(rose.ArgumentError, "g2 takes 2 arguments, given 3; it is g2(x: Real, y: Real) -> Real")
def too_many_arguments() -> None:
    g2(1, 2, 3)  # here


@misuse(rose.ArgumentError, "g2 has no parameter 'z'; it is g2(x: Real, y: Real) -> Real")
def unknown_argument() -> None:
    g2(1, z=3)  # here


@misuse(
    rose.ArgumentError,
    "g2 is given its parameter 'x' twice, by place and by name; it is g2(x: Real, y: Real) -> Real",
)
def argument_twice() -> None:
    g2(1, x=3)  # here


@misuse(rose.ArgumentError, "g2 takes 2 arguments, given 3; it is g2(x: Real, y: Real) -> Real")
def too_many_arguments_traced() -> None:

    @fn
    def f(x: Real) -> Real:
        return g2(x, x, x)  # here

    f(1)


@misuse(rose.TypeMismatchError, "argument x of g2: expected a Real, given a Vec[3]")
def argument_of_another_type_traced() -> None:

    @fn
    def f(x: Vec[3]) -> Real:
        return g2(x)  # here

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
    g2(None)  # here


@misuse(
    rose.TypeMismatchError, "argument x of g2: expected a Real, given complex128 np.complex128(1j)"
)
def complex_for_a_real() -> None:
    g2(np.complex128(1j))  # here


@misuse(rose.TypeMismatchError, "argument p of f, element 1, field y: expected a Real, given None")
def field_of_an_element() -> None:

    @fn
    def f(p: Vec[2, P]) -> Real:
        return p[0].x

    f([P(1, 2), P(1, None)])  # here


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
    hv(V3, 1.0, True)  # here


@misuse(rose.TypeMismatchError, "argument i of hv: expected an Index[3], an int, given bool True")
def bool_for_an_index() -> None:
    hv(V3, True, True)  # here


@misuse(rose.TypeMismatchError, "argument b of hv: expected a Bool, given int 1")
def int_for_a_bool() -> None:
    hv(V3, 1, 1)  # here


@misuse(
    rose.TypeMismatchError,
    "argument b of hv: expected a Bool, given an array of shape (2,) and dtype bool",
)
def array_for_a_bool() -> None:
    hv(V3, 1, np.array([True, False]))  # here


# --- Results ---


@misuse(
    rose.TypeMismatchError,
    "f returns None, and its result is annotated Real; write a return at its end",
)
def no_return() -> None:

    @fn
    def f(x: Real) -> Real:
        x * 2  # here

    f(1)


@misuse(rose.TypeMismatchError, "the result of f: expected a Real, given a list of 2")
def list_for_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return [x, x]  # here

    f(1)


@misuse(rose.TypeMismatchError, "the result of f: expected a Vec[3], given 2 elements")
def list_too_short() -> None:

    @fn
    def f(x: Real) -> Vec[3]:
        return [x, x]  # here

    f(1)


@misuse(rose.TypeMismatchError, "the result of f: expected a Vec[3], given a Vec[2]")
def vec_too_short() -> None:

    @fn
    def f(x: Vec[2]) -> Vec[3]:
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
        return x  # here

    f(1)


@misuse(
    rose.IndexRangeError,
    "the result of f: expected an Index[3], given an Index[5], which may be larger; take it modulo the size: i % 3",
)
def index_too_large_for_the_result() -> None:

    @fn
    def f(i: Index[5]) -> Index[3]:
        return i  # here

    f(1)


@misuse(rose.IndexRangeError, "the result of f: index 3 is outside 0 to 2")
def int_too_large_for_an_index() -> None:

    @fn
    def f(i: Index[5]) -> Index[3]:
        return 3  # here

    f(1)


@misuse(rose.TypeMismatchError, "the result of f: expected a tuple[Real, Real], given a Real")
def real_for_a_tuple() -> None:

    @fn
    def f(x: Real) -> tuple[Real, Real]:
        return x  # here

    print(f(1))


@misuse(rose.TypeMismatchError, "the result of f: expected a tuple[Real, Real] of 2 items, given 3")
def tuple_too_long() -> None:

    @fn
    def f(x: Real) -> tuple[Real, Real]:
        return (x, x, x)  # here

    print(f(1))


@misuse(rose.TypeMismatchError, "the result of f: expected a Vec[2], given generator")
def generator_for_a_vec() -> None:

    @fn
    def f(x: Real) -> Vec[2]:
        return (x for _ in range(2))  # here

    print(f(1))


@misuse(rose.TypeMismatchError, "the result of f: expected a Real, given the @fn f")
def function_for_a_real() -> None:

    @fn
    def f(x: Real) -> Real:
        return f  # here

    print(f(1))


# --- Control flow ---


@misuse(rose.TypeMismatchError, "the sides of rose.where are of different types: Bool and Real")
def sides_of_two_types() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(x > 0, x, x > 1)  # here

    f(1)


@misuse(rose.TypeMismatchError, "the sides of rose.where are of different types: Vec[2] and Vec[3]")
def sides_of_two_lengths() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(x > 0, [x, x], [x, x, x])  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "a side of rose.where: expected numbers, Vecs or structures of them, given str 'a'",
)
def side_of_text() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(x > 0, "a", x)  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "rose.where needs a Bool as its condition, given a Real; compare it, as in x > 0",
)
def real_as_condition() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.where(x, 1, 2)  # here

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
        return rose.cond(x > 0, x, -x)  # here

    f(1)


@misuse(
    rose.ArgumentError,
    "rose.cond calls its function with 0 arguments, as in lambda: ...; given <lambda>(y)",
)
def side_with_a_parameter() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.cond(x > 0, lambda y: x, lambda: -x)  # here

    f(1)


@misuse(rose.TypeMismatchError, "the sides of rose.cond are of different types: Real and Vec[2]")
def functions_of_two_types() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.cond(x > 0, lambda: x, lambda: [x, x])  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the sides of rose.cond are of different types: None and Real; does one of them lack a return?",
)
def side_without_return() -> None:

    @fn
    def f(x: Real) -> Real:

        def a():
            x

        return rose.cond(x > 0, a, lambda: x)  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the body of rose.loop gives another type than its start: expected a Real, given a list of 2",
)
def body_of_another_type() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(3, x, lambda t, c: [c, c])  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the body of rose.loop gives another type than its start: expected a Real, given None",
)
def body_without_return() -> None:

    @fn
    def f(x: Real) -> Real:

        def body(t, c):
            c + 1

        return rose.loop(3, x, body)  # here

    f(1)


@misuse(
    rose.ArgumentError,
    "rose.loop calls its function with 2 arguments, as in lambda t, value: ...; given <lambda>()",
)
def body_without_parameters() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(3, x, lambda: x)  # here

    f(1)


@misuse(
    rose.ArgumentError,
    "rose.loop calls its function with 2 arguments, as in lambda t, value: ...; given <lambda>(t, a, b)",
)
def body_with_too_many_parameters() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(3, (x, x), lambda t, a, b: (a, b))  # here

    f(1)


@misuse(
    rose.TypeMismatchError, "rose.loop takes a function, as in lambda t, value: ..., given a Real"
)
def body_that_is_no_function() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(3, x, x)  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the start of rose.loop: expected numbers, Vecs or structures of them, given str 'a'",
)
def start_of_text() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(3, "a", lambda t, c: c)  # here

    f(1)


@misuse(rose.TypeMismatchError, "rose.loop needs a length of at least 1, given 0")
def no_iterations() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(0, x, lambda t, c: c)  # here

    f(1)


@misuse(rose.TypeMismatchError, "rose.loop needs its length as an int, given float 2.0")
def float_iterations() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(2.0, x, lambda t, c: c)  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "rose.loop needs its length as an int, given a Real; it is fixed when the function is compiled",
)
def traced_iterations() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(x, x, lambda t, c: c)  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "rose.loop takes a length of at most 2147483647, given int 1099511627776",
)
def too_many_iterations() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.loop(2**40, x, lambda t, c: c)  # here

    print(len(str(f.compiled.wat)))


@misuse(
    rose.ArgumentError,
    "rose.vec calls its function with 1 argument, as in lambda i: ...; given <lambda>()",
)
def element_without_parameter() -> None:

    @fn
    def f(x: Real) -> Vec[3]:
        return rose.vec(3, lambda: x)  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the result of the function given to rose.vec is None, of which there is no Vec; does it return its value?",
)
def element_that_is_none() -> None:

    @fn
    def f(x: Real) -> Vec[3]:
        return rose.vec(3, lambda i: None)  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "the result of the function given to rose.vec: the elements of a Vec are of one type, given Bool and Real",
)
def elements_of_two_types() -> None:

    @fn
    def f(x: Real) -> Vec[3]:
        return rose.vec(3, lambda i: [x, x > 0])  # here

    f(1)


@misuse(
    rose.TypeMismatchError,
    "rose.sum adds Reals; the function gives Bool; write rose.where(b, 1.0, 0.0)",
)
def sum_of_bools() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.sum(3, lambda i: x > 0)  # here

    f(1)


@misuse(rose.TypeMismatchError, "rose.sum adds Reals; the function gives Index[3]; write 1.0 * i")
def sum_of_indices() -> None:

    @fn
    def f(x: Vec[3]) -> Real:
        return rose.sum(3, lambda i: i)  # here

    print(f(V3))


@misuse(
    rose.TypeMismatchError,
    "rose.sum adds Reals; the function gives None; does it return its value?",
)
def sum_of_nothing() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.sum(3, lambda i: None)  # here

    print(f(1))


@misuse(
    rose.TypeMismatchError,
    "rose.sum takes a Vec or a list, or a length and a function, given generator",
)
def sum_of_a_generator() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.sum(y for y in [x, x])  # type: ignore[arg-type]  # here

    print(f(1))


@misuse(
    rose.ArgumentError,
    "rose.sum takes a Vec or a list alone, or a length and a function, given a Vec and a function; write rose.sum(len(v), lambda i: ...)",
)
def sum_of_a_vec_and_a_function() -> None:

    @fn
    def f(x: Vec[3]) -> Real:
        return rose.sum(x, lambda i: i)  # here

    print(f(V3))


@misuse(
    rose.TypeMismatchError, "the body of rose.scan gives a pair (next value, output), given a Real"
)
def scan_without_a_pair() -> None:

    @fn
    def f(x: Real) -> Real:
        return rose.scan(3, x, lambda t, c: c)  # here

    print(f(1))


# --- Derivatives ---


@misuse(
    rose.DerivativeError,
    "rose.grad needs a function that gives one Real; vv gives Vec[3]; write rose.vjp for others",
)
def grad_of_a_vec() -> None:
    rose.grad(vv)(V3)  # here


@misuse(
    rose.ArgumentError,
    "rose.grad: argnums 2 does not fit iv(x: Vec[3], i: Index[3]) -> Real, whose parameters are numbered 0 to 1",
)
def argnums_too_large() -> None:
    rose.grad(iv, argnums=2)(V3, 1)  # here


@misuse(
    rose.ArgumentError,
    "rose.grad: argnums 'x' does not fit iv(x: Vec[3], i: Index[3]) -> Real, whose parameters are numbered 0 to 1",
)
def argnums_by_name() -> None:
    rose.grad(iv, argnums="x")(V3, 1)  # here


@misuse(
    rose.ArgumentError,
    "rose.grad: argnums () does not fit iv(x: Vec[3], i: Index[3]) -> Real, whose parameters are numbered 0 to 1",
)
def argnums_of_none() -> None:
    print(rose.grad(iv, argnums=())(V3, 1))  # here


@misuse(rose.ArgumentError, "rose.grad: argnums (0, 0) names a parameter twice")
def argnums_twice() -> None:
    print(rose.grad(iv, argnums=(0, 0))(V3, 1))  # here


@misuse(
    rose.DerivativeError,
    "rose.grad: parameter i of iv is Index[3], which has no Reals to differentiate by",
)
def grad_by_an_index() -> None:
    rose.grad(iv, argnums=1)(V3, 1)  # here


@misuse(
    rose.ArgumentError, "rose.grad: argnums 0 does not fit f() -> Real, whose parameters are none"
)
def grad_by_nothing() -> None:

    @fn
    def f() -> Real:
        return 1.0

    rose.grad(f)()  # here


@misuse(
    rose.DerivativeError,
    "rose.grad takes a function marked with @rose.fn, given the function <lambda>; mark it, with annotations",
)
def grad_of_a_lambda() -> None:
    rose.grad(lambda x: x)  # here


@misuse(
    rose.DerivativeError,
    "rose.jvp takes a function marked with @rose.fn, given the function <lambda>; mark it, with annotations",
)
def jvp_of_a_lambda() -> None:
    rose.jvp(lambda x: x)  # here


@misuse(
    rose.DerivativeError,
    "rose.vjp takes a function marked with @rose.fn, given int 3; mark it, with annotations",
)
def vjp_of_a_number() -> None:
    rose.vjp(3)  # here


@misuse(
    rose.TypeMismatchError,
    "argument primals of jvp_g2: expected a tuple[Real, Real], given float 1.0",
)
def jvp_of_numbers() -> None:
    rose.jvp(g2)(1.0, 1.0)  # here


@misuse(rose.TypeMismatchError, "argument tangents of jvp_iv, item 1: expected None, given int 1")
def tangent_of_an_index() -> None:
    print(rose.jvp(iv)((V3, 1), (V3, 1)))  # here


@misuse(
    rose.TypeMismatchError, "argument cotangent of vv_backward: expected a Vec[3], given 2 elements"
)
def cotangent_too_short() -> None:
    rose.vjp(vv)(V3)[1]([1, 2])  # here


@misuse(
    rose.ArgumentError,
    "the pullback of vv takes the cotangent of its result, Vec[3], as one argument, given 2",
)
def two_cotangents() -> None:
    rose.vjp(vv)(V3)[1](V3, V3)  # here


# --- Modules ---


@misuse(
    rose.ArgumentError,
    'a module is made of a dict of functions, given a list of 1; write {"name": function}, with functions marked with @rose.fn',
)
def list_of_functions() -> None:
    rose.compile([g2])  # here


@misuse(
    rose.ArgumentError,
    'a module is made of a dict of functions, given dict {}; write {"name": function}, with functions marked with @rose.fn',
)
def no_functions() -> None:
    rose.compile({})  # here


@misuse(
    rose.ArgumentError,
    'a module is made of functions, given int 3 as a; write {"name": function}, with functions marked with @rose.fn',
)
def number_as_a_function() -> None:
    rose.compile({"a": 3})  # here


@misuse(rose.ArgumentError, "the module has no function str 'b'; it has a")
def unknown_function() -> None:
    rose.compile({"a": g2}).call("b", [1])  # here


@misuse(
    rose.ArgumentError, "a function cannot be exported as memory, the name of the module's memory"
)
def function_called_memory() -> None:

    @fn
    def memory(x: Real) -> Real:
        return x

    memory(1)  # here


@misuse(
    rose.MemoryLimitError,
    "f: 17179869184 bytes of memory are needed, and a WebAssembly module has at most 4294901760; make the Vecs smaller, or the loops that are differentiated shorter",
)
def more_than_all_memory() -> None:

    @fn
    def f(v: Vec[2**31 - 1]) -> Real:
        return v[0]

    f([1])  # here


@misuse(rose.ArgumentError, "a bundle's functions have identifiers as names, given str 'a b'")
def name_that_is_no_identifier() -> None:
    rose.bundle({"a b": g2}, "x")  # here


@misuse(
    rose.ArgumentError,
    "forward takes or gives the residuals of rose.vjp, which stay inside of a module; write an @fn that calls rose.vjp and its pullback",
)
def residuals_for_javascript() -> None:

    @fn
    def square(x: Vec[9]) -> Vec[9]:
        return x * x

    rose.bundle({"forward": rose.vjp(square).forward}, "x")  # here


# --- the tests ---


HERE = Path(__file__)


def line_at_fault(case: Case) -> int:
    """The line of this file that ends in `# here`, in the function of the case or marked with its name."""
    lines, first = inspect.getsourcelines(case.run)
    inside = [first + k for k, text in enumerate(lines) if text.rstrip().endswith("# here")]
    if inside:
        return inside[0]
    mark = f"# {case.run.__name__} is here"
    return next(k for k, text in enumerate(HERE.read_text().splitlines(), 1) if text.endswith(mark))


@pytest.mark.parametrize("case", CASES, ids=[case.run.__name__ for case in CASES])
def test_misuse_ends_in_an_error_that_teaches(case: Case) -> None:
    with pytest.raises(rose.RoseError) as raised:
        case.run()
    error = raised.value
    assert error.message == case.message
    assert type(error) is case.kind
    assert error.location == errors.Location(__file__, line_at_fault(case))
    assert str(error) == f"{case.message}\n  at {__file__}:{line_at_fault(case)}"


def test_a_failed_trace_leaves_nothing_behind() -> None:
    @fn
    def f(x: Real) -> Real:
        return x if x > 0 else -x

    for _ in range(2):
        with pytest.raises(rose.TracedValueError):
            f(1.0)
    assert g2(3.0) == 6.0


def test_a_refused_argument_leaves_the_others_as_they_were() -> None:
    assert hv([1.0, 2.0, 3.0], 1, True) == 2.0
    with pytest.raises(rose.TypeMismatchError):
        hv([4.0, 5.0, 6.0], 1, 1)
    with pytest.raises(rose.IndexRangeError):
        hv([4.0, 5.0, 6.0], 9, True)
    assert hv([1.0, 2.0, 3.0], 2, True) == 3.0


def test_what_the_user_raises_passes_through() -> None:
    @fn
    def f(x: Real) -> Real:
        raise ValueError("mine")

    with pytest.raises(ValueError, match=r"^mine$"):
        f(1.0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 5e-324, 1.7976931348623157e308])
def test_every_float_is_a_real(value: float) -> None:
    @fn
    def same(x: Real) -> Real:
        return x

    assert str(same(value)) == str(value)


def test_errors_can_be_pickled() -> None:
    with pytest.raises(rose.TypeMismatchError) as raised:
        g2("a")
    again = pickle.loads(pickle.dumps(raised.value))  # noqa: S301
    assert (type(again), str(again)) == (type(raised.value), str(raised.value))


OPERATORS = (
    "add sub mul truediv floordiv pow and_ or_ xor lt le eq ne gt ge".split()  # noqa: SIM905
)
STRANGE = [0, -1, 2.5, True, None, "a", b"b", [], [1, "a"], (), {}, 1j, 10**400, math.nan]
STRANGE += [np.float64(2), np.bool_(True), np.array(1.0), object(), int, Real, Vec[2], g2, ...]


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_end_in_values_or_in_errors_of_ours(name: str) -> None:
    apply = getattr(operator, name)

    @fn
    def f(x: Real, b: Bool, i: Index[3], v: Vec[3], m: Vec[9, Vec[2]], ps: Vec[5, P]) -> Real:
        values = [x, b, i, v, m, ps]
        for one, other in itertools.product(values, [*values, *STRANGE]):
            for pair in ((one, other), (other, one)):
                with contextlib.suppress(rose.RoseError):
                    apply(*pair)
        return x

    assert f.func is not None


# --- the command line ---


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`model(text)` writes model.py into the folder that the test runs in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("")

    def write(text: str) -> None:
        (tmp_path / "model.py").write_text(text)
        linecache.clearcache()

    return write


MARKED = "from rose import Real, fn\n@fn\ndef f(x: Real) -> Real:\n    return {}\n"
COMMAND_LINE = [
    ("", "build no.py", "there is no file no.py; name a Python file with @fn functions"),
    ("", "build .", "there is no file .; name a Python file with @fn functions"),
    ("", "build notes.txt", "notes.txt is not a Python file; models end in .py"),
    ("x = 1\ndef (", "build model.py", "running model.py failed: SyntaxError: invalid syntax\n  at {}:2"),
    ("x = 1\nx / 0", "build model.py", "running model.py failed: ZeroDivisionError: division by zero\n  at {}:2"),
    ("import sys\nsys.exit(3)", "build model.py", "running model.py failed: SystemExit: 3\n  at {}:2"),
    ("import no_such", "build model.py", "running model.py failed: ModuleNotFoundError: No module named 'no_such'\n  at {}:1"),
    ("x = 1", "build model.py", "{} has no function to build; mark one with @rose.fn"),
    ('__all__ = "f"', "build model.py", '__all__ of {} is not a list of names; write ["name", ...]'),
    ('__all__ = ["f"]', "build model.py", "__all__ of {} names f, which is no function marked with @rose.fn"),
    (MARKED.format("{}[x]"), "build model.py", "Python needs a key (for a dict, a set or a cache), but this Real is traced: it has no value until the compiled function runs; look things up in a Vec by an Index\n  at {}:4"),
    (MARKED.format("{}[1]"), "show model.py:f", "compiling model.py failed: KeyError: 1\n  at {}:4"),
    (MARKED.format("x"), "show model.py:nothing", "model.py has no function nothing; it has f"),
    (MARKED.format("x"), "show model.py", "name a file and a function, FILE:fn; given model.py"),
    (MARKED.format("x"), "show model.py:", "name a file and a function, FILE:fn; given model.py:"),
    (MARKED.format("x"), "build model.py -o notes.txt", "cannot write to notes.txt: File exists"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "command", "message"), COMMAND_LINE)
def test_the_command_line_says_what_is_wrong(
    text: str,
    command: str,
    message: str,
    model: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    model(text)
    assert main(shlex.split(command)) == 1
    file = Path.cwd() / "model.py"
    assert capsys.readouterr().err == f"rose: {message.replace('{}', str(file))}\n"


# --- docs/errors.md ---

PAGE = (ROOT / "docs" / "errors.md").read_text()
EXAMPLE = re.compile(
    r"^```(python|sh)\n(?P<code>.*?)^```\n+^```text\n(?P<message>.*?)^```", re.MULTILINE | re.DOTALL
)


def examples() -> Iterator[Any]:
    for found in EXAMPLE.finditer(PAGE):
        line = PAGE[: found.start()].count("\n") + 1
        yield pytest.param(found[1], found["code"], found["message"], id=f"line {line}")


@pytest.mark.parametrize(("language", "code", "message"), list(examples()))
def test_the_page_shows_what_is_said(
    language: str, code: str, message: str, model: Callable[[str], None]
) -> None:
    said = io.StringIO()
    if language == "sh":
        with contextlib.redirect_stderr(said):
            assert main(shlex.split(code)[1:]) == 1
        assert said.getvalue() == message
        return
    model(code)
    names = {"np": np, "math": math, "rose": rose, "dataclass": dataclass, "NamedTuple": NamedTuple}
    names |= {"Bool": Bool, "Index": Index, "Real": Real, "Vec": Vec, "fn": fn}
    names |= {"parse": parse, "check": check, "__name__": "model"}
    with pytest.raises(rose.RoseError) as raised:
        exec(compile(code, "model.py", "exec"), names)  # noqa: S102 (our own page)
    assert f"{type(raised.value).__name__}: {raised.value}\n" == message


def test_the_page_has_every_class() -> None:
    classes = {name for name in rose.__all__ if name.endswith("Error")}
    assert classes == {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, rose.RoseError)
    }
    headings = set(re.findall(r"^## (\w+)$", PAGE, re.MULTILINE))
    assert classes - {"RoseError"} <= headings
    assert errors.__doc__ is not None
    tree = [
        line.strip()
        for line in errors.__doc__.splitlines()
        if "──" in line or line.strip() == "RoseError"
    ]
    assert all(line in PAGE for line in tree)
