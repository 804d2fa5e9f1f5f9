"""Inverse trigonometric functions.

atan: t = (a - c b) / (b + c a), where c is 0, 1 or infinite, makes |t| <= 2/3 for a / b >= 0, and
atan(a / b) = atan(c) + t + t z R(z) with z = t**2 and a rational R. asin and acos: the same with
the series of asin up to 1/2, and asin(x) = pi/2 - 2 asin(sqrt((1 - x) / 2)) beyond. Source:
Abramowitz and Stegun, Handbook of Mathematical Functions, section 4.4 (sums of arctangents, half
angles).
"""

from __future__ import annotations

from rose.wasm.math.coefficients import (
    ASIN_BOTTOM,
    ASIN_TOP,
    ATAN_BOTTOM,
    ATAN_TOP,
    PI_1,
    PI_2,
)
from rose.wasm.math.dsl import Body, Local, Operand, Value, choose, constant, define, polynomial
from rose.wasm.math.parts import INFINITY, division_remainder, high_half, quick_two_sum


def _atan_fraction(body: Body, a: Value, b: Operand) -> tuple[Value, Local, Local]:
    """j and the two sides of a fraction t, where atan(a / b) = j pi/4 + atan(t), a >= 0 and b > 0.

    Chosen by multiplication with 0 and 1 rather than by branches, which would be as good as random.
    """
    above_first = body.let((a > 0.66 * b).to_float())
    above_second = body.let((a > 1.5 * b).to_float())
    below_second = body.let(1 - above_second)
    top = body.let(a * below_second - b * above_first)
    return above_first + above_second, top, body.let(a * above_first + b * below_second)


def _atan_rest(body: Body, t: Local) -> Value:
    """atan(t) - t."""
    z = body.let(t * t)
    return t * (z * (polynomial(z, ATAN_TOP) / polynomial(z, ATAN_BOTTOM)))


@define("atan")
def atan(body: Body, x: Local) -> Operand:
    """The angle between -pi/2 and pi/2 whose tangent is x."""
    size = body.let(abs(x))
    with body.when(size > 2.0**60):
        body.give(constant("f64", (PI_1 + PI_2) / 2).with_sign_of(x))
    quarters, top, bottom = _atan_fraction(body, size, 1.0)
    j = body.let(quarters)
    t = body.let(top / bottom)
    total, lost = quick_two_sum(body, body.let(j * (PI_1 / 4)), t)
    return (total + (lost + j * (PI_2 / 4) + _atan_rest(body, t))).with_sign_of(x)


def _scale_point(body: Body, a: Local, b: Local, total: Local) -> None:
    """Give a and b a harmless common size; (0, 0) lies on the axis, infinities are all equal."""
    is_infinite = body.let(a.equals(INFINITY) | b.equals(INFINITY))
    scale = body.let(choose(total > 1, 2.0**-4, 2.0**500))
    body.set(a, choose(is_infinite, a.equals(INFINITY).to_float(), a * scale))
    body.set(b, choose(is_infinite, b.equals(INFINITY).to_float(), b * scale))
    with body.when(total.equals(0.0)):
        body.set(b, 1.0)


@define("atan2", params="f64 f64")
def atan2(body: Body, y: Local, x: Local) -> Operand:
    """The angle between -pi and pi of the point (x, y)."""
    a, b = body.let(abs(y)), body.let(abs(x))
    total = body.let(a + b)
    with body.when(((total < 2.0**1000) & (total > 2.0**-500)).fails()):
        with body.when(total.differs(total)):
            body.give(x + y)
        _scale_point(body, a, b, total)
    quarters, top, bottom = _atan_fraction(body, a, b)
    t = body.let(top / bottom)
    rest = body.let(_atan_rest(body, t))
    with body.when(abs(top) > 2.0**-900):
        body.set(rest, rest + division_remainder(body, top, bottom, t) / bottom)
    is_left = body.let((x.bits() >> 63).to_float())
    direction = body.let(1 - is_left - is_left)
    j = body.let(quarters * direction + is_left * 4)
    sum_, lost = quick_two_sum(body, body.let(j * (PI_1 / 4)), body.let(t * direction))
    return (sum_ + (lost + j * (PI_2 / 4) + rest * direction)).with_sign_of(y)


@define("atan2_slope", params="f64 f64")
def atan2_slope(body: Body, y: Local, x: Local) -> Operand:
    """x / (x**2 + y**2), the derivative of atan2 by y; scaled first where a square could leave the range of floats."""
    total = body.let(x * x + y * y)
    with body.when(((total > 2.0**-900) & (total < INFINITY)).fails()):
        factor = body.let(choose(total > 1, 2.0**-600, 2.0**600))
        body.set(x, x * factor)
        body.set(y, y * factor)
        body.give(x / (x * x + y * y) * factor)
    return x / total


def _asin_terms(body: Body, size: Value) -> tuple[Local, Local, Local]:
    """is_upper, s and the rest of asin(s), where s is |x| or, where |x| > 1/2, sqrt((1 - |x|) / 2).

    The rest includes what the root loses by rounding.
    """
    is_upper = body.let(size > 0.5)
    z = body.let(choose(is_upper, (1 - size) * 0.5, size * size))
    s, lost = body.let(size), body.new("f64")
    with body.when(is_upper):
        body.set(s, z.sqrt())
        high = body.let(high_half(s))
        remainder = z - high * high - (s - high) * (s + high)
        # A root of 0 has no remainder; the tiny number avoids 0 / 0.
        body.set(lost, remainder / (s + s + 2.0**-500))
    ratio = polynomial(z, ASIN_TOP) / polynomial(z, ASIN_BOTTOM)
    return is_upper, s, body.let(lost + s * (z * ratio))


@define("asin")
def asin(body: Body, x: Local) -> Operand:
    """The angle between -pi/2 and pi/2 whose sine is x."""
    is_upper, s, rest = _asin_terms(body, body.let(abs(x)))
    with body.when(is_upper):
        total, lost = quick_two_sum(body, constant("f64", PI_1 / 2), body.let(s * -2))
        body.give((total + (lost + PI_2 / 2 - rest * 2)).with_sign_of(x))
    return (s + rest).with_sign_of(x)


@define("acos")
def acos(body: Body, x: Local) -> Operand:
    """The angle between 0 and pi whose cosine is x.

    It is pi/2 - asin(x) up to 1/2, 2 asin(s) beyond, and pi less that below -1/2.
    """
    is_upper, s, rest = _asin_terms(body, body.let(abs(x)))
    with body.when(is_upper & (x > 0)):
        body.give((s + rest) * 2)
    one = constant("f64", 1)
    direction = body.let(choose(is_upper, one, one.with_sign_of(x)))
    total, lost = quick_two_sum(body, constant("f64", PI_1 / 2), body.let(-s * direction))
    return (total + (lost + PI_2 / 2 - rest * direction)) * (is_upper.to_float() + 1)
