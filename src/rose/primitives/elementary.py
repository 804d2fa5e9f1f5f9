"""Transcendental functions. In a module they are our own WebAssembly functions (rose/wasm/math)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rose.ir.builder import Var, op
from rose.ir.primitive import EvalRule, MathCall, Primitive
from rose.primitives import ieee
from rose.primitives.define import ANY, POSITIVE, Interval, partials, real

INF = math.inf
UNIT = (-0.99, 0.99)
MODERATE = (-20.0, 20.0)


def _unary(
    name: str, evaluate: EvalRule, derivative: object, domain: Interval, summary: str
) -> Primitive:
    """A function of one Real; `derivative` gets x and y."""
    return real(
        name,
        evaluate,
        MathCall(name),
        summary,
        jvp=partials(derivative),  # type: ignore[arg-type]
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
log = _unary(
    "log", ieee.log, lambda x, y: 1.0 / x, POSITIVE, "the natural logarithm; -inf at 0, nan below"
)
log1p = _unary(
    "log1p",
    ieee.quiet(math.log1p, {-1.0: -INF}),
    lambda x, y: 1.0 / (1.0 + x),
    POSITIVE,
    "the natural logarithm of 1 + x",
)
log2 = _unary(
    "log2",
    ieee.quiet(math.log2, {0.0: -INF}),
    lambda x, y: 1.0 / (x * math.log(2)),
    POSITIVE,
    "the logarithm to base 2",
)
log10 = _unary(
    "log10",
    ieee.quiet(math.log10, {0.0: -INF}),
    lambda x, y: 1.0 / (x * math.log(10)),
    POSITIVE,
    "the logarithm to base 10",
)

# --- angles -----------------------------------------------------------------------------------------------

sin = _unary(
    "sin", ieee.finite_only(math.sin), lambda x, y: op("cos", x), ANY, "the sine of x radians"
)
cos = _unary(
    "cos", ieee.finite_only(math.cos), lambda x, y: -op("sin", x), ANY, "the cosine of x radians"
)
tan = _unary(
    "tan", ieee.finite_only(math.tan), lambda x, y: 1.0 + y * y, UNIT, "the tangent of x radians"
)
asin = _unary(
    "asin",
    ieee.quiet(math.asin),
    lambda x, y: 1.0 / op("sqrt", (1.0 - x) * (1.0 + x)),
    UNIT,
    "the arc sine, in radians; nan outside -1 to 1",
)
acos = _unary(
    "acos",
    ieee.quiet(math.acos),
    lambda x, y: -1.0 / op("sqrt", (1.0 - x) * (1.0 + x)),
    UNIT,
    "the arc cosine, in radians; nan outside -1 to 1",
)
atan = _unary(
    "atan", math.atan, lambda x, y: 1.0 / (1.0 + x * x), ANY, "the arc tangent, in radians"
)


def _atan2_jvp(
    xs: Sequence[Var], dots: Sequence[Var | None], y: Var, attrs: tuple[Any, ...]
) -> Var | None:
    """(b a_dot - a b_dot) / (a² + b²), of quotients by the distance, whose square may leave the range of floats."""
    a, b = xs
    a_dot, b_dot = dots
    if a_dot is None and b_dot is None:
        return None
    h = op("hypot", a, b)
    forward = None if a_dot is None else a_dot * (b / h)
    back = None if b_dot is None else b_dot * (a / h)
    if back is None:
        assert forward is not None, "one of them is there"
        return forward / h
    return (-back if forward is None else forward - back) / h


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
tanh = _unary("tanh", math.tanh, lambda x, y: 1.0 - y * y, MODERATE, "the hyperbolic tangent")
asinh = _unary(
    "asinh",
    math.asinh,
    lambda x, y: 1.0 / op("hypot", x, 1.0),
    ANY,
    "the inverse hyperbolic sine",
)
acosh = _unary(
    "acosh",
    ieee.quiet(math.acosh),
    lambda x, y: 1.0 / op("sqrt", (x - 1.0) * (x + 1.0)),
    (1.01, 1e3),
    "the inverse hyperbolic cosine; nan below 1",
)
atanh = _unary(
    "atanh",
    ieee.quiet(math.atanh, {1.0: INF, -1.0: -INF}),
    lambda x, y: 1.0 / ((1.0 - x) * (1.0 + x)),
    UNIT,
    "the inverse hyperbolic tangent; nan outside -1 to 1",
)

# --- powers and roots -------------------------------------------------------------------------------------


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
    "a to the b, special cases as in C99; nan for a negative a and a fractional b",
    jvp=partials(_pow_by_base, _pow_by_exponent),
    domain=(POSITIVE, (-5.0, 5.0)),
)
cbrt = _unary("cbrt", math.cbrt, lambda x, y: 1.0 / (3.0 * y * y), POSITIVE, "the cube root")


def _direction(x: Var, h: Var) -> Var:
    """x / h, and 0 at 0, as the gradient of `norm`; nothing is divided by 0, so that its derivatives are 0, too."""
    at_zero = op("eq", h, 0.0)
    return op("select", at_zero, 0.0, x / op("select", at_zero, 1.0, h))


hypot = real(
    "hypot",
    math.hypot,
    MathCall("hypot"),
    "sqrt(a² + b²) without overflow; its gradient at 0 is 0",
    jvp=partials(lambda a, b, y: _direction(a, y), lambda a, b, y: _direction(b, y)),
    domain=(ANY, POSITIVE),
)

# --- error and gamma functions ----------------------------------------------------------------------------


def _bell(x: Var) -> Var:
    """The derivative of erf: 2/√π · exp(-x²)."""
    return op("exp", -(x * x)) * (2 / math.sqrt(math.pi))


def _trigamma(x: Var) -> Var:
    """The derivative of digamma, of primitives so that it has derivatives of any order.

    For x ≥ 1/2 the recurrence ψ'(x) = ψ'(x+1) + 1/x² eight times, then the asymptotic series; below, the
    reflection ψ'(x) = π²/sin²(πx) - ψ'(1-x). Source: DLMF 5.15.5, 5.15.6 and 5.15.8.
    """
    below = op("lt", x, 0.5)
    z = op("select", below, 1.0 - x, x)
    terms = 1.0 / (z * z)
    for k in range(1, 8):
        shifted = z + float(k)
        terms = terms + 1.0 / (shifted * shifted)
    w = 1.0 / (z + 8.0)
    w2 = w * w
    series: Var | float = -691 / 2730
    for bernoulli in (5 / 66, -1 / 30, 1 / 42, -1 / 30, 1 / 6):
        series = w2 * series + bernoulli
    upper = terms + w + w2 * 0.5 + w * w2 * series
    # the sine of a fraction of a turn keeps its accuracy far from 0
    # and has nothing to do with the upper half, whose integers would make it 0
    turn = op("select", below, x - op("round", x), 0.5)
    sine = op("sin", turn * math.pi)
    reflected = math.pi**2 / (sine * sine) - upper
    return op("select", below, reflected, upper)


erf = _unary("erf", math.erf, lambda x, y: _bell(x), (-3.0, 3.0), "the error function")
erfc = _unary("erfc", math.erfc, lambda x, y: -_bell(x), (-3.0, 3.0), "1 less the error function")
lgamma = _unary(
    "lgamma", ieee.lgamma, lambda x, y: op("digamma", x), POSITIVE, "ln |Γ(x)|; inf at the poles"
)
digamma = _unary(
    "digamma", ieee.digamma, lambda x, y: _trigamma(x), POSITIVE, "the derivative of lgamma"
)
