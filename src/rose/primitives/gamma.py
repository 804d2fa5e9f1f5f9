"""Error and gamma functions. In a module they are our own WebAssembly functions (rose/wasm/math)."""

from __future__ import annotations

import math

from rose.ir.builder import Var, op
from rose.ir.primitive import Inline, MathCall
from rose.primitives import ieee
from rose.primitives.define import (
    MUL,
    POSITIVE,
    constant,
    opposite,
    partials,
    real,
    unary,
)

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


erf = unary("erf", math.erf, lambda x, y: op("erf_slope", x), (-3.0, 3.0), "the error function")
erfc = real(
    "erfc",
    math.erfc,
    MathCall("erfc"),
    "1 less the error function",
    jvp=opposite(partials(lambda x, y: op("erf_slope", x))),
    domain=((-3.0, 3.0),),
)
lgamma = unary(
    "lgamma", ieee.lgamma, lambda x, y: op("digamma", x), POSITIVE, "ln |Γ(x)|; inf at the poles"
)
digamma = unary(
    "digamma", ieee.digamma, lambda x, y: op("trigamma", x), POSITIVE, "the derivative of lgamma"
)
trigamma = unary(
    "trigamma",
    ieee.trigamma,
    lambda x, y: _tetragamma(x),
    POSITIVE,
    "the derivative of digamma; inf at the poles",
)
