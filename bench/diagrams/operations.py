"""The operations of Penrose's graphs in the language, with the derivatives that Penrose gives them.

Applied to plain numbers they compute, which is how constants are folded: the functions of `rose` do that too.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import cache, reduce
from itertools import pairwise
from typing import Any

import rose
from rose import Fn, Real

LEAST_ROOT = 1e-5
"""Penrose divides by no smaller root in the derivative of sqrt, so that it is finite at 0."""


@rose.custom_jvp
def root(x: Real) -> Real:
    return rose.sqrt(x)


@root.defjvp
def root_jvp(primals: Any, tangents: Any) -> Any:
    (x,), (x_dot,) = primals, tangents
    y = rose.sqrt(x)
    return y, x_dot * (0.5 / rose.max(y, LEAST_ROOT))


@rose.custom_jvp
def larger(a: Real, b: Real) -> Real:
    return rose.max(a, b)


@larger.defjvp
def larger_jvp(primals: Any, tangents: Any) -> Any:
    (a, b), (a_dot, b_dot) = primals, tangents
    return rose.max(a, b), rose.where(a > b, a_dot, b_dot)


@rose.custom_jvp
def smaller(a: Real, b: Real) -> Real:
    return rose.min(a, b)


@smaller.defjvp
def smaller_jvp(primals: Any, tangents: Any) -> Any:
    (a, b), (a_dot, b_dot) = primals, tangents
    return rose.min(a, b), rose.where(a < b, a_dot, b_dot)


@cache
def extreme(name: str, count: int) -> Fn[..., Any]:
    """The largest or smallest of several numbers; every one that equals it has the whole derivative."""
    choose = {"maxN": rose.max, "minN": rose.min}[name]

    def of_all(numbers):
        return reduce(choose, numbers)

    def rule(primals, tangents):
        (numbers,), (dots,) = primals, tangents
        found = reduce(choose, numbers)
        parts = [rose.where(x == found, dot, 0.0) for x, dot in zip(numbers, dots, strict=True)]
        return found, reduce(operator.add, parts)

    of_all.__name__ = f"{name}{count}"
    of_all.__annotations__ = {"numbers": tuple[(Real,) * count], "return": Real}
    marked = rose.custom_jvp(of_all)
    marked.defjvp(rule)
    return marked


def extreme_of(name: str) -> Callable[..., Any]:
    empty = -math.inf if name == "maxN" else math.inf

    def apply(*numbers: Any) -> Any:
        if len(numbers) < 2:
            return numbers[0] if numbers else empty
        return extreme(name, len(numbers))(tuple(numbers))

    return apply


# --- roots of polynomials ---------------------------------------------------------------------------------


def horner(coefficients: Sequence[Any], x: Any) -> Any:
    """The polynomial with leading coefficient 1 whose others are these, the constant one first."""
    return reduce(lambda y, c: y * x + c, reversed(coefficients), 1.0)


def slopes(coefficients: Sequence[Any]) -> list[Any]:
    """The coefficients of the derivative, divided by its leading one."""
    degree = len(coefficients)
    return [k * c / degree for k, c in enumerate(coefficients)][1:]


def real_roots(coefficients: Sequence[Any]) -> list[Any]:
    """As many numbers as the degree: the real roots, ascending, and nan where there is none.

    Between two neighbours among the zeros of the derivative, and outside of them, there is at most one.
    """
    if len(coefficients) == 1:
        return [-coefficients[0]]
    bound = 1.0 + reduce(rose.max, [abs(c) for c in coefficients])
    ends = [-bound]
    for point in real_roots(slopes(coefficients)):
        ends.append(rose.where(point == point, point, ends[-1]))
    ends.append(bound)
    return [between(coefficients, a, b) for a, b in pairwise(ends)]


MOST_STEPS = 200


def between(coefficients: Sequence[Any], a: Any, b: Any) -> Any:
    """The root between a and b, where the polynomial is monotonic; nan if there is none.

    By Newton's method, and by halving where that would leave the interval.
    """
    rising = horner(coefficients, b) > 0
    derivative = slopes(coefficients)

    def body(state: Any) -> Any:
        low, high, x, _, steps = state
        y = horner(coefficients, x)
        above = (y > 0) == rising
        low, high = rose.where(above, low, x), rose.where(above, x, high)
        newton = x - y / (len(coefficients) * horner(derivative, x))
        inside = (newton >= low) & (newton <= high)
        following = rose.where(inside, newton, (low + high) / 2)
        return low, high, following, abs(following - x), steps + 1

    def unsettled(state: Any) -> Any:
        _, _, x, change, steps = state
        return (change > 1e-16 * abs(x)) & (steps < MOST_STEPS)

    crossed = (horner(coefficients, a) > 0) != rising
    start = (a, b, (a + b) / 2, rose.where(crossed, math.inf, 0.0), 0.0)
    return rose.where(crossed, rose.while_loop(unsettled, body, start)[2], math.nan)


@cache
def roots(degree: int) -> Fn[..., Any]:
    """The real roots of a polynomial, nan in place of the others, which have no derivative."""

    def of_polynomial(coefficients):
        return tuple(real_roots(coefficients))

    def rule(primals, tangents):
        (coefficients,), (dots,) = primals, tangents
        found = real_roots(coefficients)
        return tuple(found), tuple(_root_dot(coefficients, dots, x) for x in found)

    several = tuple[(Real,) * degree]
    of_polynomial.__name__ = f"roots{degree}"
    of_polynomial.__annotations__ = {"coefficients": several, "return": several}
    marked = rose.custom_jvp(of_polynomial)
    marked.defjvp(rule)
    return marked


def _root_dot(coefficients: Sequence[Any], dots: Sequence[Any], x: Any) -> Any:
    """The tangent of a root: minus that of the polynomial over its slope, and 0 of what is no root."""
    is_root = x == x
    x = rose.where(is_root, x, 0.0)
    slope = rose.where(is_root, len(coefficients) * horner(slopes(coefficients), x), 1.0)
    whole = reduce(lambda y, dot: y * x + dot, reversed(dots))
    return rose.where(is_root, -whole / slope, 0.0)


def roots_of(*coefficients: Any) -> Any:
    return roots(len(coefficients))(coefficients)


# --- the tables -------------------------------------------------------------------------------------------

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "max": larger,
    "min": smaller,
    "atan2": rose.atan2,
    "pow": rose.pow,
    "neg": operator.neg,
    "abs": rose.abs,
    "sign": rose.sign,
    "floor": rose.floor,
    "ceil": rose.ceil,
    "trunc": rose.trunc,
    "round": rose.round,
    "squared": lambda a: a * a,
    "sqrt": root,
    "inverse": lambda a: 1.0 / a,
    "exp": rose.exp,
    "expm1": rose.expm1,
    "log": rose.log,
    "log2": rose.log2,
    "log10": rose.log10,
    "log1p": rose.log1p,
    "sin": rose.sin,
    "cos": rose.cos,
    "tan": rose.tan,
    "sinh": rose.sinh,
    "cosh": rose.cosh,
    "tanh": rose.tanh,
    "asin": rose.asin,
    "acos": rose.acos,
    "atan": rose.atan,
    "asinh": rose.asinh,
    "acosh": rose.acosh,
    "atanh": rose.atanh,
    "cbrt": rose.cbrt,
    "addN": lambda *numbers: reduce(operator.add, numbers, 0.0),
    "maxN": extreme_of("maxN"),
    "minN": extreme_of("minN"),
    "gt": operator.gt,
    "lt": operator.lt,
    "ge": operator.ge,
    "le": operator.le,
    "eq": operator.eq,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "not": operator.invert,
    "select": rose.where,
    "polyRoots": roots_of,
}


def divide(a: float, b: float) -> float:
    """a / b as in IEEE 754."""
    if b:
        return a / b
    return math.nan if a == 0 or a != a else math.copysign(math.inf, a) * math.copysign(1, b)


# Of plain numbers, where Python has another meaning, or the function would be compiled to be called.
PLAIN: dict[str, Callable[..., Any]] = {
    "div": divide,
    "inverse": lambda a: divide(1.0, a),
    "max": rose.max,
    "min": rose.min,
    "sqrt": rose.sqrt,
    "maxN": lambda *numbers: reduce(rose.max, numbers, -math.inf),
    "minN": lambda *numbers: reduce(rose.min, numbers, math.inf),
    "not": operator.not_,
    "polyRoots": lambda *_: None,
    "index": lambda _: None,
}


def apply(name: str, operands: Sequence[Any], immediate: Any) -> Any:
    """The traced value of an operation."""
    if name == "index":
        return operands[0][immediate]
    return FUNCTIONS[name](*operands)


def compute(name: str, operands: Sequence[Any]) -> Any:
    """The value of an operation on plain numbers; None if it is left to the module."""
    return (PLAIN.get(name) or FUNCTIONS[name])(*operands)
