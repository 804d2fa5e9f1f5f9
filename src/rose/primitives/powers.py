"""Powers, roots and the length of a vector. In a module pow, cbrt and hypot are our own WebAssembly functions (rose/wasm/math)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rose.ir.builder import Var, op
from rose.ir.primitive import MathCall
from rose.primitives import ieee
from rose.primitives.define import (
    ANY,
    DIV,
    MUL,
    NE,
    ONE,
    POSITIVE,
    SELECT,
    SUB,
    ZERO,
    added,
    constant,
    multiple,
    partials,
    real,
    slope,
    unary,
)


def _unless_zero(known: Var, value: Var) -> Var:
    """A value, and 0 where another one is 0, whatever the first one is there."""
    return op("select", op("eq", known, 0.0), 0.0, value)


def _by_base_twice(t: Var, x: Var, p: Var, y: Var) -> Var:
    """t p (p - 1) x^(p-2), and 0 for x = p = 0. For p = 0 alone it is no constant, as it has a derivative by p."""
    value = t * (p * op("pow_by_base", 1.0, x, p - 1.0))
    return op("select", op("eq", x, 0.0), _unless_zero(p, value), value)


def _by_base_and_exponent(t: Var, x: Var, p: Var, y: Var) -> Var:
    """t x^(p-1) (1 + p ln x), and 0 for x = p = 0."""
    less = op("pow", x, p - 1.0)
    value = t * (less + p * op("pow_by_exponent", 1.0, less, x))
    return op("select", op("eq", x, 0.0), _unless_zero(p, value), value)


pow_by_base = multiple(
    "pow_by_base",
    lambda x, p: p * ieee.pow(x, p - 1.0) if p != 0 else 0.0,
    (2, 1, 2, ONE, SUB, ("call", "pow"), MUL, ZERO, 2, ZERO, NE, SELECT),
    "x · b · a^(b - 1), the derivative x of pow(a, b) by a; x · 0 for b = 0, whatever a is",
    jvp=partials(None, _by_base_twice, _by_base_and_exponent),
    domain=(POSITIVE, (-5.0, 5.0)),
)

pow_by_exponent = multiple(
    "pow_by_exponent",
    lambda y, x: y * ieee.log(x) if y != 0 else 0.0,
    (1, 2, ("call", "log"), MUL, ZERO, 1, ZERO, NE, SELECT),
    "x · a · ln b, and x · 0 for a = 0, whatever b is: the derivative x of pow by its exponent, with a = pow",
    jvp=partials(
        None,
        lambda t, y, x, _: t * _unless_zero(y, op("log", x)),
        lambda t, y, x, _: t * _unless_zero(y, y / x),
    ),
    domain=(ANY, POSITIVE),
)
pow = real(
    "pow",
    ieee.pow,
    MathCall("pow"),
    "a to the b, special cases as in C99; nan for a negative a and a fractional b",
    jvp=partials(
        lambda x, p, y: op("pow_by_base", 1.0, x, p),
        lambda x, p, y: op("pow_by_exponent", 1.0, y, x),
    ),
    domain=(POSITIVE, (-5.0, 5.0)),
)
cbrt_slope = slope(
    "cbrt_slope",
    lambda y: ieee.div(1.0, 3.0 * y * y),
    (ONE, constant(3.0), 0, MUL, 0, MUL, DIV),
    "1 / (3 x²), the derivative of cbrt where that is x",
    derivative=lambda x, y: -2.0 * y / x,
    domain=POSITIVE,
)
cbrt = unary("cbrt", math.cbrt, lambda x, y: op("cbrt_slope", y), POSITIVE, "the cube root")


def _hypot_jvp(
    xs: Sequence[Var], dots: Sequence[Var | None], y: Var, attrs: tuple[Any, ...]
) -> Var | None:
    pairs = zip(xs, dots, strict=True)
    return added(op("along", dot, x, y) for x, dot in pairs if dot is not None)


hypot = real(
    "hypot",
    math.hypot,
    MathCall("hypot"),
    "sqrt(a² + b²) without overflow; its gradient at 0 is 0",
    jvp=_hypot_jvp,
    domain=(ANY, POSITIVE),
    cheap=True,
)
