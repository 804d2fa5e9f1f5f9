"""What several elementary functions share: exact splitting, scaling by powers of two, rounding.

Sources: T. J. Dekker, A floating-point technique for extending the available precision (1971);
J.-M. Muller, Elementary Functions (3rd edition, 2016), chapters 2 and 11.
"""

from __future__ import annotations

from rose.wasm.math.dsl import Body, Local, Operand, Value

INFINITY = float("inf")
NAN = float("nan")
SMALLEST_NORMAL = 2.0**-1022

# Adding it rounds a number below 2**51 to a whole one, found in the low bits of the sum.
ROUNDER = 1.5 * 2.0**52


def nearest_whole(body: Body, x: Value) -> tuple[Local, Local]:
    """The whole number nearest to x as a float, and the bits whose low word is that number."""
    sum_ = body.let(x + ROUNDER)
    return body.let(sum_ - ROUNDER), body.let(sum_.bits())


def high_half(x: Value) -> Value:
    """x cut to 26 significant bits, so that a product of two such numbers is exact."""
    return (x.bits() & -(1 << 27)).float_of_bits()


def power_of_two(exponent: Value) -> Value:
    """2**exponent for an i64 exponent of a normal number."""
    return ((exponent + 1023) << 52).float_of_bits()


def scaled(body: Body, x: Value, exponent: Local) -> Value:
    """x 2**exponent rounded once, for any result and |exponent| up to 2000."""
    half = body.let(exponent.shift_signed(1))
    return x * power_of_two(half) * power_of_two(exponent - half)


def low_integer(rounder_bits: Value) -> Value:
    """The whole number in the second result of `nearest_whole`, as an i64."""
    return rounder_bits.low_word().widened()


def quick_two_sum(body: Body, x: Value, y: Operand) -> tuple[Local, Local]:
    """x + y rounded, and what rounding lost; |x| >= |y| or x = 0 (Dekker)."""
    total = body.let(x + y)
    return total, body.let(y - (total - x))


def division_remainder(body: Body, x: Value, y: Local, ratio: Local) -> Value:
    """x - y ratio, nearly exact where ratio is x / y rounded (Dekker)."""
    ratio_high = body.let(high_half(ratio))
    y_high = body.let(high_half(y))
    product_low = ratio_high * (y - y_high) + (ratio - ratio_high) * y
    return x - ratio_high * y_high - product_low
