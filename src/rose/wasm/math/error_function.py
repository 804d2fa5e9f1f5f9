"""erf and erfc.

Up to 0.9, erf(x) = x + x R(x**2) with a rational R. Beyond, erfc(x) = exp(-x**2) p(u) / x, where p
is a polynomial in u = (x - 3) / (x + 3) (after M. M. Shepherd and J. G. Laframboise, Chebyshev
approximation of (1 + 2x) exp(x**2) erfc x in 0 <= x < oo, Mathematics of Computation 36, 1981).
"""

from __future__ import annotations

from rose.wasm.math.coefficients import ERF_BOTTOM, ERF_TOP, ERFC, LN2_1, LN2_2, LOG2_E
from rose.wasm.math.dsl import (
    Body,
    Local,
    Operand,
    Value,
    call,
    constant,
    define,
    polynomial,
    polynomial_by_halves,
)
from rose.wasm.math.exponential import exp_parts
from rose.wasm.math.parts import (
    division_remainder,
    high_half,
    low_integer,
    nearest_whole,
    quick_two_sum,
    scaled,
)


@define("erfc_of_large")
def erfc_of_large(body: Body, x: Local) -> Operand:
    """erfc(x) for x >= 0.9.

    x**2 has a second part, which counts with the derivative of exp, and so has p(u) / x.
    """
    with body.when(x > 28):
        body.give(0.0)
    x_high = body.let(high_half(x))
    difference = body.let((x_high - x) * (x_high + x))
    exponent, lost = quick_two_sum(body, body.let(-(x_high * x_high)), difference)
    u = body.let((x - 3) / (x + 3))
    small = body.let(polynomial_by_halves(u, body.let(u * u), ERFC))
    top, top_lost = quick_two_sum(body, constant("f64", 0.5), small)
    ratio = body.let(top / x)
    ratio_low = (division_remainder(body, top, x, ratio) + top_lost) / x
    k, bits = nearest_whole(body, exponent * LOG2_E)
    high = body.let(exponent - k * LN2_1)
    low = body.let(k * -LN2_2 + lost)
    e, e_rest = exp_parts(body, constant("f64", 1), high, low)
    result = body.let(e * ratio + (e_rest * ratio + e * ratio_low))
    return scaled(body, result, body.let(low_integer(bits)))


def _erf_rest(body: Body, x: Value) -> Value:
    """erf(x) - x for a small x."""
    z = body.let(x * x)
    return x * (polynomial(z, ERF_TOP) / polynomial(z, ERF_BOTTOM))


@define("erf")
def erf(body: Body, x: Local) -> Operand:
    """The error function."""
    size = body.let(abs(x))
    with body.when(size < 0.9):
        body.give((size + _erf_rest(body, size)).with_sign_of(x))
    return (1 - call(erfc_of_large, size)).with_sign_of(x)


@define("erfc")
def erfc(body: Body, x: Local) -> Operand:
    """1 - erf(x) without cancellation."""
    size = body.let(abs(x))
    with body.when(size < 0.9):
        rest = body.let(_erf_rest(body, x))
        with body.when(x < 0.25):
            body.give(1 - (x + rest))
        half, lost = quick_two_sum(body, body.let(x - 0.5), rest)
        body.give(0.5 - half - lost)
    large = body.let(call(erfc_of_large, size))
    with body.when(x < 0):
        body.give(2 - large)
    return large
