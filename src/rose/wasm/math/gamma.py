"""lgamma, digamma and its derivative.

Near the positive zeros a rational function, which has them as factors; for large x the asymptotic
series with fitted coefficients, in between the recurrence G(x + 1) = x G(x), and for negative x the
reflection G(x) G(1 - x) = pi / sin(pi x). Source: Abramowitz and Stegun, Handbook of Mathematical
Functions, sections 6.1.15, 6.1.17, 6.1.41, 6.3.5, 6.3.7, 6.3.18, 6.4.6, 6.4.7 and 6.4.12.
"""

from __future__ import annotations

from rose.wasm.math.coefficients import (
    DIGAMMA_BOTTOM,
    DIGAMMA_LARGE,
    DIGAMMA_TOP,
    DIGAMMA_ZERO_1,
    DIGAMMA_ZERO_2,
    LGAMMA_BOTTOM,
    LGAMMA_LARGE,
    LGAMMA_SHIFT,
    LGAMMA_TOP,
    PI_1,
    PI_2,
)
from rose.wasm.math.dsl import (
    Body,
    Local,
    Operand,
    Value,
    call,
    constant,
    define,
    polynomial,
)
from rose.wasm.math.logarithm import log
from rose.wasm.math.parts import (
    INFINITY,
    NAN,
    division_remainder,
    high_half,
    nearest_whole,
    quick_two_sum,
)
from rose.wasm.math.trigonometric import sin, turned_sine

PI = PI_1 + PI_2
PI_HIGH = 3.1415926218032837  # the upper 26 bits
PI_LOW = (PI_1 - PI_HIGH) + PI_2
EULER = 0.5772156649015329  # -digamma(1)
LARGEST_LGAMMA = 8
LARGEST_DIGAMMA = 6
LARGEST_TRIGAMMA = 12
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)


@define("lgamma_of_positive")
def lgamma_of_positive(body: Body, x: Local) -> Operand:
    """log(Gamma(x)) for x > 0."""
    with body.when((x < LARGEST_LGAMMA).fails()):
        with body.when(x.equals(INFINITY)):
            body.give(x)
        inverse = body.let(1 / x)
        series = inverse * polynomial(body.let(inverse * inverse), LGAMMA_LARGE)
        body.give((x - 0.5) * (call(log, x) - 1) + (series + LGAMMA_SHIFT))
    total, product = body.let(constant("f64", 0)), body.let(constant("f64", 1))
    with body.repeat_while(x > 2.3):
        body.set(x, x - 1)
        body.set(product, product * x)
    with body.when(product > 1):
        body.set(total, call(log, product))
    d = body.let(x - 1)
    with body.when(x < 1):
        body.set(total, -call(log, x))
        body.set(d, x)
    # 7/16 is near the middle of the quotient's values: what is left is small, and so are its errors.
    ratio = polynomial(d, LGAMMA_TOP) / polynomial(d, LGAMMA_BOTTOM)
    return total + d * (d - 1) * (ratio + 0.4375)


def _from_nearest_whole(body: Body, x: Value) -> Local:
    """x less the nearest whole number, times pi."""
    return body.let((x - x.unary("f64.nearest")) * PI)


@define("lgamma")
def lgamma(body: Body, x: Local) -> Operand:
    """log(|Gamma(x)|)."""
    with body.when(x > 0):
        body.give(call(lgamma_of_positive, x))
    size = body.let(abs(x))
    with body.when(size < 2.0**-60):
        body.give(-call(log, size))
    angle = _from_nearest_whole(body, x)
    with body.when(angle.equals(0.0) | size.equals(INFINITY)):
        body.give(INFINITY)
    return call(log, PI / (size * abs(call(sin, angle)))) - call(lgamma_of_positive, size)


@define("digamma_of_positive")
def digamma_of_positive(body: Body, x: Local) -> Operand:
    """The derivative of log(Gamma(x)) for x > 0."""
    inverse = body.let(1 / x)
    with body.when((x < LARGEST_DIGAMMA).fails()):
        z = body.let(inverse * inverse)
        body.give(call(log, x) - (inverse * 0.5 + z * polynomial(z, DIGAMMA_LARGE)))
    total = body.let(constant("f64", 0))
    d = body.let(x - 1)
    with body.when(x < 1):
        body.set(total, -inverse)
        body.set(d, x)
    with body.repeat_while(x > 2.2):
        body.set(x, x - 1)
        body.set(total, total + 1 / x)
        body.set(d, x - 1)
    # Here 1 is near the middle.
    ratio = polynomial(d, DIGAMMA_TOP) / polynomial(d, DIGAMMA_BOTTOM)
    return total + (d - DIGAMMA_ZERO_1 - DIGAMMA_ZERO_2) * (ratio + 1)


def _times_pi(body: Body, x: Local) -> tuple[Local, Local]:
    """pi x, rounded, and what rounding lost; the upper halves have an exact product (Dekker)."""
    product, high = body.let(x * PI_1), body.let(high_half(x))
    return product, body.let(high * PI_HIGH - product + ((x - high) * PI_HIGH + x * PI_LOW))


def _quarters_and_rest(body: Body, turn: Local) -> tuple[Local, Local, Local]:
    """pi times a number in quarters of a turn, and what is left, in two parts."""
    quarters, bits = nearest_whole(body, turn + turn)
    r, r_low = _times_pi(body, body.let(turn - quarters * 0.5))
    return body.let(bits.low_word()), r, r_low


@define("digamma")
def digamma(body: Body, x: Local) -> Operand:
    """The derivative of log(|Gamma(x)|); NaN at the negative whole numbers.

    Below 0, digamma(1 - x) - pi cot(pi x): the two may cancel, so the second is right to more than a double.
    """
    with body.when(x > 0):
        body.give(call(digamma_of_positive, x))
    with body.when(x > -(2.0**-30)):
        body.give(-1 / x - EULER)
    turn = body.let(x - x.unary("f64.nearest"))
    with body.when(turn.equals(0.0)):
        body.give(NAN)
    n, r, r_low = _quarters_and_rest(body, turn)
    sine, sine_rest = body.new("f64"), body.new("f64")
    body.set_results([sine, sine_rest], turned_sine, n, r, r_low)
    cosine, cosine_rest = body.new("f64"), body.new("f64")
    body.set_results([cosine, cosine_rest], turned_sine, n + 1, r, r_low)
    upper, lost = _times_pi(body, cosine)
    ratio = body.let(upper / sine)
    remainder = division_remainder(body, upper, sine, ratio) + lost + cosine_rest * PI_1
    correction = body.let((remainder - ratio * sine_rest) / sine)
    other = body.let(call(digamma_of_positive, 1 - x))
    total = body.let(other - ratio)
    back = body.let(total + ratio)
    rounding = (other - back) - (ratio - (back - total))
    return total + (rounding - correction)


@define("trigamma_of_positive")
def trigamma_of_positive(body: Body, x: Local) -> Operand:
    """The derivative of digamma for x > 0."""
    total, lost = body.let(constant("f64", 0)), body.let(constant("f64", 0))
    with body.repeat_while(x < LARGEST_TRIGAMMA):
        term = body.let(1 / x / x)  # the square may be too small for a float
        more, rest = quick_two_sum(body, total, term)
        body.set(total, more)
        body.set(lost, lost + rest)
        body.set(x, x + 1)
    inverse = body.let(1 / x)
    z = body.let(inverse * inverse)
    return total + (inverse + (z * 0.5 + (inverse * z * polynomial(z, BERNOULLI) + lost)))


@define("trigamma")
def trigamma(body: Body, x: Local) -> Operand:
    """The derivative of digamma; infinite at 0 and the negative whole numbers.

    Below 0, (pi / sin(pi x))**2 - trigamma(1 - x), of which the first is the larger one by far.
    """
    with body.when(abs(x) < 2.0**-30):
        body.give(1 / x / x)
    with body.when(x > 0):
        body.give(call(trigamma_of_positive, x))
    turn = body.let(x - x.unary("f64.nearest"))
    with body.when(turn.equals(0.0)):
        body.give(INFINITY)
    n, r, r_low = _quarters_and_rest(body, turn)
    sine, sine_rest = body.new("f64"), body.new("f64")
    body.set_results([sine, sine_rest], turned_sine, n, r, r_low)
    ratio = body.let(PI_1 / sine)
    remainder = division_remainder(body, constant("f64", PI_1), sine, ratio) + PI_2
    correction = (remainder - ratio * sine_rest) / sine
    return ratio * ratio + (ratio * correction * 2 - call(trigamma_of_positive, 1 - x))
