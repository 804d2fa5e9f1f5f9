"""Transcendental functions. In a module they are our own WebAssembly functions (rose/wasm/math)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from rose.ir.builder import Var, op
from rose.ir.primitive import EvalRule, MathCall, Primitive
from rose.primitives import ieee
from rose.primitives.define import (
    ADD,
    ANY,
    DIV,
    MUL,
    ONE,
    POSITIVE,
    SUB,
    Step,
    added,
    multiple,
    opposite,
    partials,
    quotient,
    real,
    slope,
    unary,
)

INF = math.inf
UNIT = (-0.99, 0.99)
MODERATE = (-20.0, 20.0)
SQRT: Step = ("f64.sqrt",)


# --- exponentials and logarithms --------------------------------------------------------------------------

exp = unary("exp", ieee.exp, lambda x, y: y, MODERATE, "e to the x")
exp2 = unary("exp2", ieee.quiet(math.exp2), lambda x, y: y * math.log(2), MODERATE, "2 to the x")
expm1 = unary(
    "expm1",
    ieee.quiet(math.expm1),
    lambda x, y: op("exp", x),  # y + 1 loses all digits where y is next to -1
    MODERATE,
    "e to the x, less 1",
)


def _logarithm(
    name: str, evaluate: EvalRule, below: Callable[[Var, Var], Var], summary: str
) -> Primitive:
    """A function with the derivative 1 / below(x, y)."""
    jvp = quotient(below)
    return real(name, evaluate, MathCall(name), summary, jvp=jvp, domain=(POSITIVE,))


log = _logarithm("log", ieee.log, lambda x, y: x, "the natural logarithm; -inf at 0, nan below")
log1p = _logarithm(
    "log1p",
    ieee.quiet(math.log1p, {-1.0: -INF}),
    lambda x, y: 1.0 + x,
    "the natural logarithm of 1 + x",
)
log2 = _logarithm(
    "log2",
    ieee.quiet(math.log2, {0.0: -INF}),
    lambda x, y: x * math.log(2),
    "the logarithm to base 2",
)
log10 = _logarithm(
    "log10",
    ieee.quiet(math.log10, {0.0: -INF}),
    lambda x, y: x * math.log(10),
    "the logarithm to base 10",
)

# --- angles -----------------------------------------------------------------------------------------------

sin = unary(
    "sin", ieee.finite_only(math.sin), lambda x, y: op("cos", x), ANY, "the sine of x radians"
)
cos = real(
    "cos",
    ieee.finite_only(math.cos),
    MathCall("cos"),
    "the cosine of x radians",
    jvp=opposite(partials(lambda x, y: op("sin", x))),
)


tan_slope = slope(
    "tan_slope",
    lambda y: 1.0 + y * y,
    (ONE, 0, 0, MUL, ADD),
    "1 + x², the derivative of tan where that is x",
    derivative=lambda x, y: 2.0 * x,
    domain=ANY,
)
tan = unary(
    "tan",
    ieee.finite_only(math.tan),
    lambda x, y: op("tan_slope", y),
    UNIT,
    "the tangent of x radians",
)


asin_slope = slope(
    "asin_slope",
    lambda x: ieee.div(1.0, ieee.sqrt((1.0 - x) * (1.0 + x))),
    (ONE, ONE, 0, SUB, ONE, 0, ADD, MUL, SQRT, DIV),
    "1 / sqrt(1 - x²), the derivative of asin",
    derivative=lambda x, y: x * (y * y * y),
    domain=UNIT,
)
asin = unary(
    "asin",
    ieee.quiet(math.asin),
    lambda x, y: op("asin_slope", x),
    UNIT,
    "the arc sine, in radians; nan outside -1 to 1",
)
acos = real(
    "acos",
    ieee.quiet(math.acos),
    MathCall("acos"),
    "the arc cosine, in radians; nan outside -1 to 1",
    jvp=opposite(partials(lambda x, y: op("asin_slope", x))),
    domain=(UNIT,),
)
atan = real(
    "atan",
    math.atan,
    MathCall("atan"),
    "the arc tangent, in radians",
    jvp=quotient(lambda x, y: 1.0 + x * x),
    domain=(ANY,),
)


def _turn_jvp(
    xs: Sequence[Var], dots: Sequence[Var | None], y: Var, attrs: tuple[Any, ...]
) -> Var | None:
    """Of y = x sin(φ) / r, where a = r sin(φ) and b = r cos(φ): x cos(φ) / r φ_dot - y (ln r)_dot."""
    x, a, b = xs
    _, a_dot, b_dot = dots
    far = None if b_dot is None else b_dot * op("turn", 1.0, b, a)
    if a_dot is None:
        return None if far is None else -2.0 * y * far
    angle_dot = _atan2_jvp((a, b), (a_dot, b_dot), y, ())
    stretch = added((a_dot * op("turn", 1.0, a, b), far))
    assert angle_dot is not None and stretch is not None, "a has a tangent"
    return op("turn", x, b, a) * angle_dot - y * stretch


turn = multiple(
    "turn",
    lambda a, b: ieee.atan2_slope(b, a),
    (2, 1, ("call", "atan2_slope")),
    "x · a / (a² + b²), where the squares may leave the range of floats: what the derivatives of atan2 are made of",
    jvp=_turn_jvp,
    domain=(ANY, POSITIVE),
    cheap=True,
)


def _atan2_jvp(
    xs: Sequence[Var], dots: Sequence[Var | None], y: Var, attrs: tuple[Any, ...]
) -> Var | None:
    """(b a_dot - a b_dot) / (a² + b²)."""
    a, b = xs
    a_dot, b_dot = dots
    ahead = None if a_dot is None else a_dot * op("turn", 1.0, b, a)
    if b_dot is None:
        return ahead
    back = b_dot * op("turn", 1.0, a, b)
    return -back if ahead is None else ahead - back


atan2 = real(
    "atan2",
    math.atan2,
    MathCall("atan2"),
    "the angle of the point (b, a), in radians",
    jvp=_atan2_jvp,
    domain=(ANY, POSITIVE),
)

# --- the hyperbolic family --------------------------------------------------------------------------------

sinh = unary(
    "sinh",
    ieee.quiet(math.sinh, odd=True),
    lambda x, y: op("cosh", x),
    MODERATE,
    "the hyperbolic sine",
)
cosh = unary(
    "cosh", ieee.quiet(math.cosh), lambda x, y: op("sinh", x), MODERATE, "the hyperbolic cosine"
)
tanh_slope = slope(
    "tanh_slope",
    lambda y: 1.0 - y * y,
    (ONE, 0, 0, MUL, SUB),
    "1 - x², the derivative of tanh where that is x",
    derivative=lambda x, y: -2.0 * x,
    domain=UNIT,
)
tanh = unary(
    "tanh", math.tanh, lambda x, y: op("tanh_slope", y), MODERATE, "the hyperbolic tangent"
)
asinh = real(
    "asinh",
    math.asinh,
    MathCall("asinh"),
    "the inverse hyperbolic sine",
    jvp=quotient(lambda x, y: op("hypot", x, 1.0)),
    domain=(ANY,),
)
acosh_slope = slope(
    "acosh_slope",
    lambda x: ieee.div(1.0, ieee.sqrt((x - 1.0) * (x + 1.0))),
    (ONE, 0, ONE, SUB, 0, ONE, ADD, MUL, SQRT, DIV),
    "1 / sqrt(x² - 1), the derivative of acosh",
    derivative=lambda x, y: -x * (y * y * y),
    domain=(1.01, 1e3),
)
acosh = unary(
    "acosh",
    ieee.quiet(math.acosh),
    lambda x, y: op("acosh_slope", x),
    (1.01, 1e3),
    "the inverse hyperbolic cosine; nan below 1",
)
atanh_slope = slope(
    "atanh_slope",
    lambda x: ieee.div(1.0, (1.0 - x) * (1.0 + x)),
    (ONE, ONE, 0, SUB, ONE, 0, ADD, MUL, DIV),
    "1 / (1 - x²), the derivative of atanh",
    derivative=lambda x, y: 2.0 * x * (y * y),
    domain=UNIT,
)
atanh = unary(
    "atanh",
    ieee.quiet(math.atanh, {1.0: INF, -1.0: -INF}),
    lambda x, y: op("atanh_slope", x),
    UNIT,
    "the inverse hyperbolic tangent; nan outside -1 to 1",
)
