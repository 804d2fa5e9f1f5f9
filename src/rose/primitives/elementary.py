"""Transcendental functions. In a module they are our own WebAssembly functions (rose/wasm/math)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from rose.ir.builder import Var, op
from rose.ir.primitive import EvalRule, Inline, MathCall, Primitive
from rose.primitives import ieee
from rose.primitives.define import (
    ADD,
    ANY,
    DIV,
    MUL,
    NE,
    POSITIVE,
    SELECT,
    SUB,
    ZERO,
    Interval,
    Slope,
    Step,
    added,
    constant,
    multiple,
    opposite,
    partials,
    quotient,
    real,
)

INF = math.inf
UNIT = (-0.99, 0.99)
MODERATE = (-20.0, 20.0)
ONE = constant(1.0)
SQRT: Step = ("f64.sqrt",)


def _unary(
    name: str, evaluate: EvalRule, derivative: Slope, domain: Interval, summary: str
) -> Primitive:
    """A function of one Real; `derivative` gets x and y."""
    return real(
        name,
        evaluate,
        MathCall(name),
        summary,
        jvp=partials(derivative),
        domain=(domain,),
    )


# --- exponentials and logarithms --------------------------------------------------------------------------

exp = _unary("exp", ieee.exp, lambda x, y: y, MODERATE, "e to the x")
exp2 = _unary("exp2", ieee.quiet(math.exp2), lambda x, y: y * math.log(2), MODERATE, "2 to the x")
expm1 = _unary(
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

sin = _unary(
    "sin", ieee.finite_only(math.sin), lambda x, y: op("cos", x), ANY, "the sine of x radians"
)
cos = real(
    "cos",
    ieee.finite_only(math.cos),
    MathCall("cos"),
    "the cosine of x radians",
    jvp=opposite(partials(lambda x, y: op("sin", x))),
)


def _slope(
    name: str,
    evaluate: EvalRule,
    steps: Sequence[int | Step],
    summary: str,
    *,
    derivative: Slope,
    domain: Interval,
) -> Primitive:
    """The derivative of a function of one Real, where it takes more than one operation; `derivative` is the next one.

    As a primitive of its own it is one instruction, however often it is kept, moved or computed again.
    """
    return real(
        name,
        evaluate,
        Inline(tuple(steps)),
        summary,
        jvp=partials(derivative),
        domain=(domain,),
        cheap=True,
    )


tan_slope = _slope(
    "tan_slope",
    lambda y: 1.0 + y * y,
    (ONE, 0, 0, MUL, ADD),
    "1 + x², the derivative of tan where that is x",
    derivative=lambda x, y: 2.0 * x,
    domain=ANY,
)
tan = _unary(
    "tan",
    ieee.finite_only(math.tan),
    lambda x, y: op("tan_slope", y),
    UNIT,
    "the tangent of x radians",
)


asin_slope = _slope(
    "asin_slope",
    lambda x: ieee.div(1.0, ieee.sqrt((1.0 - x) * (1.0 + x))),
    (ONE, ONE, 0, SUB, ONE, 0, ADD, MUL, SQRT, DIV),
    "1 / sqrt(1 - x²), the derivative of asin",
    derivative=lambda x, y: x * (y * y * y),
    domain=UNIT,
)
asin = _unary(
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

sinh = _unary(
    "sinh",
    ieee.quiet(math.sinh, odd=True),
    lambda x, y: op("cosh", x),
    MODERATE,
    "the hyperbolic sine",
)
cosh = _unary(
    "cosh", ieee.quiet(math.cosh), lambda x, y: op("sinh", x), MODERATE, "the hyperbolic cosine"
)
tanh_slope = _slope(
    "tanh_slope",
    lambda y: 1.0 - y * y,
    (ONE, 0, 0, MUL, SUB),
    "1 - x², the derivative of tanh where that is x",
    derivative=lambda x, y: -2.0 * x,
    domain=UNIT,
)
tanh = _unary(
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
acosh_slope = _slope(
    "acosh_slope",
    lambda x: ieee.div(1.0, ieee.sqrt((x - 1.0) * (x + 1.0))),
    (ONE, 0, ONE, SUB, 0, ONE, ADD, MUL, SQRT, DIV),
    "1 / sqrt(x² - 1), the derivative of acosh",
    derivative=lambda x, y: -x * (y * y * y),
    domain=(1.01, 1e3),
)
acosh = _unary(
    "acosh",
    ieee.quiet(math.acosh),
    lambda x, y: op("acosh_slope", x),
    (1.01, 1e3),
    "the inverse hyperbolic cosine; nan below 1",
)
atanh_slope = _slope(
    "atanh_slope",
    lambda x: ieee.div(1.0, (1.0 - x) * (1.0 + x)),
    (ONE, ONE, 0, SUB, ONE, 0, ADD, MUL, DIV),
    "1 / (1 - x²), the derivative of atanh",
    derivative=lambda x, y: 2.0 * x * (y * y),
    domain=UNIT,
)
atanh = _unary(
    "atanh",
    ieee.quiet(math.atanh, {1.0: INF, -1.0: -INF}),
    lambda x, y: op("atanh_slope", x),
    UNIT,
    "the inverse hyperbolic tangent; nan outside -1 to 1",
)

# --- powers and roots -------------------------------------------------------------------------------------


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
cbrt_slope = _slope(
    "cbrt_slope",
    lambda y: ieee.div(1.0, 3.0 * y * y),
    (ONE, constant(3.0), 0, MUL, 0, MUL, DIV),
    "1 / (3 x²), the derivative of cbrt where that is x",
    derivative=lambda x, y: -2.0 * y / x,
    domain=POSITIVE,
)
cbrt = _unary("cbrt", math.cbrt, lambda x, y: op("cbrt_slope", y), POSITIVE, "the cube root")


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

# --- error and gamma functions ----------------------------------------------------------------------------


BELL = 2 / math.sqrt(math.pi)
erf_slope = real(
    "erf_slope",
    lambda x: ieee.exp(-(x * x)) * BELL,
    Inline((0, 0, MUL, ("f64.neg",), ("call", "exp"), constant(BELL), MUL)),
    "2/√π · exp(-x²), the derivative of erf",
    jvp=partials(lambda x, y: -2.0 * x * y),
    domain=((-3.0, 3.0),),
)


def _tetragamma(x: Var) -> Var:
    """The derivative of trigamma, of primitives so that it has derivatives of any order.

    For x ≥ 1/2 the recurrence ψ''(x) = ψ''(x+1) - 2/x³ eight times, then the asymptotic series; below, the
    reflection ψ''(x) = ψ''(1-x) - 2π³ cos(πx)/sin³(πx). Source: DLMF 5.15.5, 5.15.6 and 5.15.8, differentiated.
    """
    below = op("lt", x, 0.5)
    z = op("select", below, 1.0 - x, x)
    terms = 1.0 / (z * z * z)
    for k in range(1, 8):
        shifted = z + float(k)
        terms = terms + 1.0 / (shifted * shifted * shifted)
    w = 1.0 / (z + 8.0)
    w2 = w * w
    series: Var | float = -691 / 210
    for coefficient in (5 / 6, -3 / 10, 1 / 6, -1 / 6, 1 / 2):
        series = w2 * series + coefficient
    upper = -(2.0 * terms + w2 + w2 * w + w2 * w2 * series)
    # the sine of a fraction of a turn keeps its accuracy far from 0
    # and has nothing to do with the upper half, whose integers would make it 0
    turn = op("select", below, x - op("round", x), 0.5)
    sine, cosine = op("sin", turn * math.pi), op("cos", turn * math.pi)
    reflected = upper - 2 * math.pi**3 * cosine / (sine * sine * sine)
    return op("select", below, reflected, upper)


erf = _unary("erf", math.erf, lambda x, y: op("erf_slope", x), (-3.0, 3.0), "the error function")
erfc = real(
    "erfc",
    math.erfc,
    MathCall("erfc"),
    "1 less the error function",
    jvp=opposite(partials(lambda x, y: op("erf_slope", x))),
    domain=((-3.0, 3.0),),
)
lgamma = _unary(
    "lgamma", ieee.lgamma, lambda x, y: op("digamma", x), POSITIVE, "ln |Γ(x)|; inf at the poles"
)
digamma = _unary(
    "digamma", ieee.digamma, lambda x, y: op("trigamma", x), POSITIVE, "the derivative of lgamma"
)
trigamma = _unary(
    "trigamma",
    ieee.trigamma,
    lambda x, y: _tetragamma(x),
    POSITIVE,
    "the derivative of digamma; inf at the poles",
)
