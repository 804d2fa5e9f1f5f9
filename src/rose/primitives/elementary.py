"""Transcendental functions. In a module they are our own WebAssembly functions (rose/wasm/math)."""

from __future__ import annotations

import math

from rose.ir.builder import Var, op
from rose.ir.primitive import MathCall
from rose.primitives import ieee
from rose.primitives.define import POSITIVE, partials, real

exp = real(
    "exp",
    ieee.exp,
    MathCall("exp"),
    "e to the x",
    jvp=partials(lambda x, y: y),
    domain=((-20.0, 20.0),),
)

log = real(
    "log",
    ieee.log,
    MathCall("log"),
    "the natural logarithm; -inf at 0, nan below",
    jvp=partials(lambda x, y: 1.0 / x),
    domain=(POSITIVE,),
)

sin = real(
    "sin",
    ieee.finite_only(math.sin),
    MathCall("sin"),
    "the sine of x radians",
    jvp=partials(lambda x, y: op("cos", x)),
)

cos = real(
    "cos",
    ieee.finite_only(math.cos),
    MathCall("cos"),
    "the cosine of x radians",
    jvp=partials(lambda x, y: -op("sin", x)),
)

tanh = real(
    "tanh",
    math.tanh,
    MathCall("tanh"),
    "the hyperbolic tangent",
    jvp=partials(lambda x, y: 1.0 - y * y),
    domain=((-20.0, 20.0),),
)


def _pow_by_base(x: Var, p: Var, y: Var) -> Var:
    """p · x^(p-1), and 0 for p = 0 whatever x is."""
    return op("select", op("eq", p, 0.0), 0.0, p * op("pow", x, p - 1.0))


def _pow_by_exponent(x: Var, p: Var, y: Var) -> Var:
    """y · ln x, and 0 where y is 0: at x = 0 that is the limit for p > 0."""
    return op("select", op("eq", y, 0.0), 0.0, y * op("log", x))


pow = real(
    "pow",
    ieee.pow,
    MathCall("pow"),
    "x to the p, special cases as in C99; nan for a negative x and a fractional p",
    jvp=partials(_pow_by_base, _pow_by_exponent),
    domain=(POSITIVE, (-5.0, 5.0)),
)
