"""Arguments of trigonometric functions modulo pi / 2.

x = n pi/2 + r + r_low with |r| <= pi/4: in a few products for arguments up to 2**20 (Cody and
Waite), and with as many bits of 2/pi as the argument needs otherwise (Payne and Hanek). Source:
Muller, Elementary Functions, 3rd edition, chapter 11 (range reduction).
"""

from __future__ import annotations

from rose.wasm.math.coefficients import (
    HALF_PI_1,
    HALF_PI_2,
    HALF_PI_3,
    HALF_PI_BITS,
    TWO_OVER_PI,
    TWO_OVER_PI_BITS,
)
from rose.wasm.math.dsl import Body, Local, Operand, Value, call, constant, data, define
from rose.wasm.math.parts import NAN, nearest_whole

LOW_WORD = 0xFFFFFFFF


@define("multiply_high", params="i64 i64", results="i64")
def multiply_high(body: Body, x: Local, y: Local) -> Operand:
    """The high 64 bits of the product of two unsigned numbers."""
    x_low, x_high = body.let(x & LOW_WORD), body.let(x >> 32)
    y_low, y_high = body.let(y & LOW_WORD), body.let(y >> 32)
    middle = body.let(x_high * y_low + (x_low * y_low >> 32))
    carry = x_low * y_high + (middle & LOW_WORD) >> 32
    return x_high * y_high + (middle >> 32) + carry


def _from_product(body: Body, sign: Local, high: Local, low: Local) -> tuple[Operand, ...]:
    """The results, from 128 bits of |x| 2/pi modulo 4 and the sign of x (0 or -1)."""
    n = ((high + (1 << 61) >> 62) ^ sign) - sign
    fraction = body.let((high << 2) | (low >> 62))
    negative = body.let(fraction.shift_signed(63))
    body.set(fraction, fraction ^ negative)
    zeros = body.let(fraction.unary("i64.clz"))
    rest = (low << 2) ^ negative
    normal = (fraction << zeros) | (rest >> 1) >> (63 - zeros)
    product = body.let(call(multiply_high, normal, constant("i64", HALF_PI_BITS)))
    scale = body.let(((1023 - 52 - zeros << 52) | (sign ^ negative) << 63).float_of_bits())
    r = (product >> 11).to_float() * scale
    r_low = (product & 0x7FF).to_float() * scale * 2.0**-11
    return r, r_low, n.low_word()


@define("reduce_by_bits", params="f64", results="f64 f64 i32")
def reduce_by_bits(body: Body, x: Local) -> tuple[Operand, ...]:
    """r, r_low and n (modulo 4) for any |x| >= 1/2; NaN for infinities and NaN.

    |x| = m 2**e with a whole m. Of the product m 2/pi, the bits of weight 4 and more do not matter;
    192 bits of 2/pi below them leave 126 bits after the point. No double is nearer to a multiple
    of pi/2 than 2**-62, so that 64 of these remain after cancellation.
    """
    bits = body.let(x.bits())
    exponent = body.let((bits >> 52 & 0x7FF) - 1022)
    with body.when(exponent > 1024):
        body.give(NAN, NAN, constant("i32", 0))
    m = body.let(((bits & (1 << 52) - 1) | 1 << 52) << (exponent & 7))
    first = len(TWO_OVER_PI_BITS) - 24
    address = body.let(data(TWO_OVER_PI_BITS) + first - (exponent >> 3).low_word())
    middle = body.let(m * address.load("i64", 8))
    low = body.let(middle + call(multiply_high, m, address.load("i64")))
    carry = low.below(middle).widened()
    high = m * address.load("i64", 16) + call(multiply_high, m, address.load("i64", 8)) + carry
    return _from_product(body, body.let(bits.shift_signed(63)), body.let(high), low)


def reduced(body: Body, x: Value) -> tuple[Local, Local, Local]:
    """r, r_low and n for any x that is not a tiny number.

    The pieces of pi/2 have 32 and 31 bits, so that their products with n below 2**20 are exact, as
    are the first difference and, whenever it is smaller than the second product, the second one.
    A remainder so small that the last piece is not enough is computed again.
    """
    n_float, bits = nearest_whole(body, x * TWO_OVER_PI)
    start = body.let(x - n_float * HALF_PI_1)
    second = body.let(n_float * HALF_PI_2)
    middle = body.let(start - second)
    third = body.let(n_float * HALF_PI_3)
    r = body.let(middle - third)
    r_low = body.let(middle - r - third + (start - middle - second))
    n = body.let(bits.low_word())
    with body.when((abs(x) < 2.0**20).fails() | (abs(r) < 2.0**-30)):
        body.set_results([r, r_low, n], reduce_by_bits, x)
    return r, r_low, n
