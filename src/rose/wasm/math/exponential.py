"""exp and its relatives.

Method: x = k ln(2) + r with |r| <= ln(2) / 2 and a polynomial for exp(r) (Muller, Elementary
Functions, 3rd edition, chapter 11: Cody and Waite's reduction).
"""

from __future__ import annotations

from rose.wasm.math.coefficients import EXP, LN2_1, LN2_2, LN2_ALL, LOG2_E, SHORT_LN2_1, SHORT_LN2_2
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
from rose.wasm.math.parts import (
    INFINITY,
    high_half,
    low_integer,
    nearest_whole,
    power_of_two,
    quick_two_sum,
    scaled,
)


def exp_parts(body: Body, start: Value, high: Value, low: Value) -> tuple[Local, Value]:
    """start + (exp(high + low) - 1) for |high| up to ln(2) / 2 <= |start| or start = 0, a tiny low.

    The result is a rounded sum, start + high + low, and the rest.
    """
    r = body.let(high + low)
    square = body.let(r * r)
    total, lost = quick_two_sum(body, start, r)
    return total, lost + (high - r + low) + square * polynomial_by_halves(r, square, EXP)


def exp_of_sum(body: Body, high: Value, low: Value) -> Value:
    """exp(high + low) for |high| up to ln(2) / 2 and a tiny low."""
    total, rest = exp_parts(body, constant("f64", 1), high, low)
    return total + rest


def exp2_of_sum(body: Body, high: Value, low: Operand) -> Value:
    """2**(high + low) for |high| up to 1/2 and a small low."""
    t_high = body.let(high_half(high + low))
    t_low = low - (t_high - high)
    e_low = body.let(t_high * SHORT_LN2_2 + t_low * LN2_ALL)
    return exp_of_sum(body, body.let(t_high * SHORT_LN2_1), e_low)


@define("exp")
def exp(body: Body, x: Local) -> Operand:
    """e**x; the polynomial's result is scaled by 2**k in its exponent bits where that is safe."""
    k, bits = nearest_whole(body, x * LOG2_E)
    high = body.let(x - k * LN2_1)
    result = body.let(exp_of_sum(body, high, body.let(k * -LN2_2)))
    with body.when(abs(x) < 708):
        body.give((result.bits() + (bits << 52)).float_of_bits())
    with body.when(abs(x) > 746):
        body.give(choose(x > 0, INFINITY, 0.0))
    return scaled(body, result, body.let(low_integer(bits)))


@define("exp2")
def exp2(body: Body, x: Local) -> Operand:
    """2**x."""
    with body.when(abs(x) > 1100):
        body.give(choose(x > 0, INFINITY, 0.0))
    k, bits = nearest_whole(body, x)
    result = body.let(exp2_of_sum(body, body.let(x - k), 0.0))
    with body.when(abs(x) < 1020):
        body.give((result.bits() + (bits << 52)).float_of_bits())
    return scaled(body, result, body.let(low_integer(bits)))


@define("expm1")
def expm1(body: Body, x: Local) -> Operand:
    """exp(x) - 1 = 2**k ((1 - 2**-k) + (exp(r) - 1)); the sum of the first with r is exact."""
    with body.when(abs(x) < 2.0**-54):
        body.give(x)
    with body.when(x < -40):
        body.give(-1.0)
    with body.when(x > 700):
        body.give(call(exp, x))
    k, bits = nearest_whole(body, x * LOG2_E)
    exponent = body.let(low_integer(bits))
    high = body.let(x - k * LN2_1)
    start = body.let(1 - power_of_two(-exponent))
    total, rest = exp_parts(body, start, high, body.let(k * -LN2_2))
    return (total + rest) * power_of_two(exponent)
