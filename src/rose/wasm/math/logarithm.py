"""log and its relatives.

Method: x = 2**k m with m between sqrt(1/2) and sqrt(2), s = (m - 1) / (m + 1) and
log(m) = 2 atanh(s), a polynomial in s**2 (J. F. Hart et al., Computer Approximations, 1968).
With f = m - 1 and h = f**2 / 2, f - s f = 2 s gives log(m) = f - (h - s (h + z R(z))), where
z = s**2 and 2 atanh(s) / s = 2 + z R(z): the rounding errors of the parenthesis are small beside f.
"""

from __future__ import annotations

from rose.wasm.math.coefficients import (
    LN2_1,
    LN2_2,
    LOG,
    LOG10_2_1,
    LOG10_2_2,
    LOG10_E_1,
    LOG10_E_2,
    SHORT_LOG2_E_1,
    SHORT_LOG2_E_2,
)
from rose.wasm.math.dsl import (
    Body,
    Local,
    Operand,
    Value,
    call,
    choose,
    constant,
    define,
    polynomial_by_halves,
)
from rose.wasm.math.parts import INFINITY, NAN, SMALLEST_NORMAL, high_half, quick_two_sum

SQRT_HALF_BITS = 0x3FE6A09E667F3BCD


def split_exponent(body: Body, x: Value, least_bits: int) -> tuple[Local, Local]:
    """k and m with x = 2**k m, for a normal positive x; m is at least the float of `least_bits`."""
    bits = body.let(x.bits())
    k = body.let((bits - least_bits).shift_signed(52))
    return k, body.let((bits - (k << 52)).float_of_bits())


def _leave_special_cases(body: Body, x: Local) -> Local:
    """Return where x has no logarithm or is infinite; make x normal, and return k for that."""
    shift = body.let(constant("i64", 0))
    with body.when(((x >= SMALLEST_NORMAL) & (x < INFINITY)).fails()):
        with body.when(x.equals(0.0)):
            body.give(-INFINITY)
        with body.when(x < 0):
            body.give(NAN)
        with body.when((x < 1).fails()):
            body.give(x)
        body.set(x, x * 2.0**54)
        body.set(shift, constant("i64", -54))
    return shift


def _terms(body: Body, m: Value) -> tuple[Local, Local, Value]:
    """f, h and s (h + z R(z)), of which log(m) is f - (h - the last)."""
    f = body.let(m - 1)
    h = body.let(f * f * 0.5)
    s = body.let(f / (f + 2))
    z = body.let(s * s)
    return f, h, s * (h + z * polynomial_by_halves(z, body.let(z * z), LOG))


@define("log")
def log(body: Body, x: Local) -> Operand:
    """The natural logarithm."""
    shift = _leave_special_cases(body, x)
    k, m = split_exponent(body, x, SQRT_HALF_BITS)
    k_float = body.let((k + shift).to_float())
    f, h, small = _terms(body, m)
    return k_float * LN2_1 - (h - (small + k_float * LN2_2) - f)


@define("log1p_of_sum", params="f64 f64")
def log1p_of_sum(body: Body, x: Local, low: Local) -> Operand:
    """log(1 + x + low) for a low beside x; what the sum loses counts with the derivative."""
    with body.when((abs(x) < 2.0**-54) | (x < INFINITY).fails()):
        body.give(choose(x.equals(-INFINITY), NAN, x))
    with body.when(x <= -1):
        body.give(choose(x.equals(-1.0), -INFINITY, NAN))
    total = body.let(x + 1)
    part = body.let(total - 1)
    lost = body.let((1 - (total - part) + (x - part) + low) / total)
    k, m = split_exponent(body, total, SQRT_HALF_BITS)
    k_float = body.let(k.to_float())
    f, h, small = _terms(body, m)
    return k_float * LN2_1 - (h - (small + (k_float * LN2_2 + lost)) - f)


@define("log1p")
def log1p(_body: Body, x: Local) -> Operand:
    """log(1 + x)."""
    return call(log1p_of_sum, x, constant("f64", 0))


def _scaled_log(
    body: Body, x: Local, factor: tuple[float, float], of_two: tuple[float, float]
) -> Operand:
    """log(x) times a factor, each factor given by two parts, the first of few bits."""
    shift = _leave_special_cases(body, x)
    k, m = split_exponent(body, x, SQRT_HALF_BITS)
    k_float = body.let((k + shift).to_float())
    f, h, small = _terms(body, m)
    high = body.let(high_half(f - h))
    low = body.let(f - high - h + small)
    total, lost = quick_two_sum(body, body.let(k_float * of_two[0]), body.let(high * factor[0]))
    rest = low * (factor[0] + factor[1]) + high * factor[1] + k_float * of_two[1]
    return total + (lost + rest)


@define("log2")
def log2(body: Body, x: Local) -> Operand:
    """The logarithm to base 2."""
    return _scaled_log(body, x, (SHORT_LOG2_E_1, SHORT_LOG2_E_2), (1.0, 0.0))


@define("log10")
def log10(body: Body, x: Local) -> Operand:
    """The logarithm to base 10."""
    return _scaled_log(body, x, (LOG10_E_1, LOG10_E_2), (LOG10_2_1, LOG10_2_2))
