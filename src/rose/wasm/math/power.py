"""pow: 2**(y log2(x)), where log2(x) has 65 bits.

Method: a number of 26 bits plus a rest stands for each number that matters, so that products of the
first parts are exact (Dekker 1971). log(m) = 2 atanh(s) as in logarithm.py, here as
2/3 s (3 + z + z**2 R(z)) with z = s**2, whose first coefficients are exact (K. C. Ng, the pow of
4.3BSD, 1985).
"""

from __future__ import annotations

from rose.wasm.math.coefficients import (
    POWER_LOG,
    POWER_LOG2_1,
    POWER_LOG2_2,
    POWER_LOG2_3_HALVES_1,
    POWER_LOG2_3_HALVES_2,
)
from rose.wasm.math.dsl import (
    Body,
    Local,
    Operand,
    Value,
    choose,
    constant,
    define,
    polynomial_by_halves,
)
from rose.wasm.math.exponential import exp2_of_sum
from rose.wasm.math.logarithm import split_exponent
from rose.wasm.math.parts import (
    INFINITY,
    NAN,
    SMALLEST_NORMAL,
    high_half,
    low_integer,
    nearest_whole,
    scaled,
)

ROOT = 1.224744871391589  # sqrt(3/2)
LEAST_BITS = 0x3FED64D51E0DB1C5  # the bits of 3/4 sqrt(3/2)


def _with_sign(x: Value, sign: Value) -> Value:
    """A number that is not negative with the sign bit given."""
    return (x.bits() | sign).float_of_bits()


def _leave_special_cases(body: Body, x: Local, y: Local, sign: Local, shift: Local) -> None:
    """Return the results that C99, Annex F.9.4.4 prescribes, or make x positive and normal."""
    with body.when(y.equals(0.0) | x.equals(1.0)):
        body.give(1.0)
    with body.when(x.differs(x) | y.differs(y)):
        body.give(x + y)
    size = body.let(abs(x))
    with body.when(abs(y).equals(INFINITY)):
        with body.when(size.equals(1.0)):
            body.give(1.0)
        body.give(choose((size > 1).equals(y > 0), INFINITY, 0.0))
    with body.when(x.bits() < 0):
        half = body.let(y * 0.5)
        whole = body.let(half.floor().equals(half) | y.floor().differs(y))
        body.set(sign, whole.fails().widened() << 63)
        with body.when((x < 0) & (x > -INFINITY) & y.floor().differs(y)):
            body.give(NAN)
    with body.when(size.equals(0.0) | size.equals(INFINITY)):
        result = choose(size.equals(0.0).equals(y < 0), INFINITY, 0.0)
        body.give(_with_sign(result, sign))
    with body.when(size < SMALLEST_NORMAL):
        body.set(size, size * 2.0**54)
        body.set(shift, constant("i64", -54))
    body.set(x, size)


def _log2(body: Body, x: Local, shift: Local) -> tuple[Local, Local]:
    """log2(x) + shift as a number of 26 bits and a rest, for a normal positive x.

    x = 2**k c m, where c is 1 or 3/2 and m lies between sqrt(2/3) and sqrt(3/2).
    """
    k, mantissa = split_exponent(body, x, LEAST_BITS)
    k_float = body.let((k + shift).to_float())
    is_upper = body.let((mantissa > ROOT).to_float())
    center = body.let(is_upper * 0.5 + 1)
    divisor = body.let(mantissa + center)
    inverse = body.let(1 / divisor)
    difference = body.let(mantissa - center)
    s = body.let(difference * inverse)
    s_high = body.let(high_half(s))
    divisor_high = body.let(high_half(divisor))
    divisor_low = mantissa - (divisor_high - center)
    s_low = body.let((difference - s_high * divisor_high - s_high * divisor_low) * inverse)
    z_high = body.let(s_high * s_high)
    z = body.let(s * s)
    square = body.let(z * z)
    rest = body.let(square * polynomial_by_halves(z, square, POWER_LOG) + s_low * (s_high + s))
    factor_high = body.let(high_half(3 + z_high + rest))
    factor_low = rest - (factor_high - 3 - z_high)
    product = body.let(s_high * factor_high)
    product_low = body.let(s_low * factor_high + factor_low * s)
    high = body.let(high_half(product + product_low))
    low = product_low - (high - product)
    scaled_high = body.let(high * POWER_LOG2_1)
    scaled_low = body.let(high * POWER_LOG2_2 + low * (POWER_LOG2_1 + POWER_LOG2_2))
    log2_center = body.let(is_upper * POWER_LOG2_3_HALVES_1)
    result = body.let(high_half(scaled_high + scaled_low + log2_center + k_float))
    low = scaled_low + is_upper * POWER_LOG2_3_HALVES_2
    return result, body.let(low - (result - k_float - log2_center - scaled_high))


def _signed_exp2(body: Body, high: Local, low: Local, sign: Local) -> Value:
    """2**(high + low) with the sign bit given; high has at most 52 bits, low is small beside it."""
    with body.when((abs(high) < 1100).fails()):
        body.give(_with_sign(choose(high > 0, INFINITY, 0.0), sign))
    k, bits = nearest_whole(body, high + low)
    result = body.let(exp2_of_sum(body, body.let(high - k), low))
    with body.when(abs(high) < 1020):
        body.give(_with_sign((result.bits() + (bits << 52)).float_of_bits(), sign))
    return _with_sign(scaled(body, result, body.let(low_integer(bits))), sign)


@define("pow", params="f64 f64")
def pow_(body: Body, x: Local, y: Local) -> Operand:
    """x to the power of y."""
    sign = body.let(constant("i64", 0))
    shift = body.let(constant("i64", 0))
    with body.when(((x >= SMALLEST_NORMAL) & (x < INFINITY) & (abs(y) < INFINITY)).fails()):
        _leave_special_cases(body, x, y, sign, shift)
    logarithm = _log2(body, x, shift)
    y_high = body.let(high_half(y))
    high = body.let(y_high * logarithm[0])
    low = body.let((y - y_high) * logarithm[0] + y * logarithm[1])
    return _signed_exp2(body, high, low, sign)
