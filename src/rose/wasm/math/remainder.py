"""fmod, and Python's % and // of floats, all exact in the remainder.

With x = a 2**(k + n) and y = b 2**k for whole numbers a, b < 2**53, the remainder of x by y is 2**k times that of
a 2**n by b. Eleven bits of 2**n fit above a number of 53 in one of 64, so a division of whole numbers takes in
eleven at once, and there are at most 191.
"""

from __future__ import annotations

from rose.wasm.math.dsl import Body, Local, Operand, Value, call, choose, constant, define
from rose.wasm.math.parts import INFINITY, NAN, scaled

BITS_AT_ONCE = 11
FRACTION_BITS = 52
LAST_BIT = -1075  # its exponent, less what stands in the bits of a float


def _whole_and_exponent(body: Body, size: Local) -> tuple[Local, Local]:
    """A positive finite number as a whole one below 2**53, and its exponent, where 1 is that of subnormal ones."""
    bits = body.let(size.bits())
    exponent = body.let(bits >> FRACTION_BITS)
    is_subnormal = body.let(exponent.fails().widened())
    leading = (1 - is_subnormal) << FRACTION_BITS
    return body.let(bits & (1 << FRACTION_BITS) - 1 | leading), body.let(exponent + is_subnormal)


@define("fmod", params="f64 f64")
def fmod(body: Body, x: Local, y: Local) -> Operand:
    """x - n y for the whole n next to x / y on the side of 0; of the sign of x, special values as C99 F.9.7.1."""
    size, step = body.let(abs(x)), body.let(abs(y))
    with body.when(((size < INFINITY) & (step > 0)).fails() | step.differs(step)):
        body.give(NAN)
    with body.when(size < step):
        body.give(x)
    rest, exponent = _whole_and_exponent(body, size)
    divisor, least = _whole_and_exponent(body, step)
    body.set(exponent, exponent - least)
    body.set(rest, rest.remainder_unsigned(divisor))
    with body.repeat_while(exponent >= BITS_AT_ONCE):
        body.set(rest, (rest << BITS_AT_ONCE).remainder_unsigned(divisor))
        body.set(exponent, exponent - BITS_AT_ONCE)
    body.set(rest, (rest << exponent).remainder_unsigned(divisor))
    body.set(least, least + LAST_BIT)
    return scaled(body, rest.to_float(), least).with_sign_of(x)


def _is_across(rest: Local, y: Local) -> Value:
    """Whether a remainder is not 0 and of the other sign than y."""
    return rest.differs(0.0) & (rest < 0).differs(y < 0)


@define("mod", params="f64 f64")
def mod(body: Body, x: Local, y: Local) -> Operand:
    """x % y of Python: of the sign of y, also where it is 0; nan for y = 0."""
    rest = body.let(call(fmod, x, y))
    return choose(_is_across(rest, y), rest + y, rest.with_sign_of(y))


@define("floor_divide", params="f64 f64")
def floor_divide(body: Body, x: Local, y: Local) -> Operand:
    """x // y of Python; x / y for y = 0. What is left of x without its remainder is nearly a multiple of y."""
    with body.when(y.equals(0.0)):
        body.give(x / y)
    rest = body.let(call(fmod, x, y))
    ratio = body.let((x - rest) / y)
    with body.when(_is_across(rest, y)):
        body.set(ratio, ratio - 1)
    with body.when(ratio.equals(0.0)):
        body.give(constant("f64", 0.0).with_sign_of(x / y))
    whole = body.let(ratio.floor())
    return choose(ratio - whole > 0.5, whole + 1, whole)
