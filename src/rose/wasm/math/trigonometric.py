"""sin, cos and tan.

Sine and cosine are one function of the argument and a number of quadrants. It has no branch that
depends on the quadrant, because such branches are as good as random: the quadrant chooses
coefficients from a table.
"""

from __future__ import annotations

import struct

from rose.wasm.math.coefficients import COSINE, SINE, SINE_1
from rose.wasm.math.dsl import (
    Body,
    Local,
    Operand,
    Value,
    call,
    choose,
    constant,
    data,
    define,
    polynomial,
)
from rose.wasm.math.parts import division_remainder, quick_two_sum
from rose.wasm.math.reduction import reduced

TURN = (0.0, 1.0, 0.0, -1.0, 0.0)
ROWS = tuple(zip((SINE_1, *SINE), (-0.5, *COSINE), strict=True))
TABLE = struct.pack(f"<{5 + 2 * len(ROWS)}d", *TURN, *(number for row in ROWS for number in row))
ROWS_OFFSET = 8 * len(TURN)


def _turned_sine(body: Body, n: Value, r: Local, r_low: Local) -> tuple[Local, Value]:
    """sin(n pi/2 + r + r_low) as a rounded sum and the rest.

    With z = r**2, sin(r) = r (1 + z S(z)) and cos(r) = 1 (1 + z C(z)). The first factor is
    a + b r, where (a, b) is the direction of the quadrant; the product with the first coefficient
    of S or C is added with its rounding error (Dekker), the rest is small. r_low counts with the
    derivative.
    """
    turn = body.let(data(TABLE) + ((n & 3) << 3))
    row = body.let(data(TABLE) + ((n & 1) << 3))
    first, *others = (row.load("f64", ROWS_OFFSET + 16 * k) for k in range(len(ROWS)))
    a, b = body.let(turn.load("f64")), body.let(turn.load("f64", 8))
    z = body.let(r * r)
    factor = body.let(a + b * r)
    scaled_z = body.let(factor * z)
    second = body.let(scaled_z * first)
    total = body.let(factor + second)
    slope = b * (1 - z * 0.5) - a * r
    rest = scaled_z * z * polynomial(z, others) + r_low * slope
    return total, factor - total + second + rest


@define("sin_plus_quadrants", params="f64 i32")
def sin_plus_quadrants(body: Body, x: Local, quadrants: Local) -> Operand:
    """sin(x + quadrants pi/2)."""
    with body.when(abs(x) < 2.0**-27):
        body.give(choose(quadrants, 1.0, x))
    r, r_low, n = reduced(body, x)
    total, rest = _turned_sine(body, body.let(n + quadrants), r, r_low)
    return total + rest


@define("sin")
def sin(_body: Body, x: Local) -> Operand:
    """The sine."""
    return call(sin_plus_quadrants, x, constant("i32", 0))


@define("cos")
def cos(_body: Body, x: Local) -> Operand:
    """The cosine."""
    return call(sin_plus_quadrants, x, constant("i32", 1))


@define("turned_sine", params="i32 f64 f64", results="f64 f64")
def turned_sine(body: Body, n: Local, r: Local, r_low: Local) -> tuple[Operand, ...]:
    """sin(n pi/2 + r + r_low), rounded, and what rounding lost."""
    total, rest = _turned_sine(body, n, r, r_low)
    return quick_two_sum(body, total, body.let(rest))


@define("tan")
def tan(body: Body, x: Local) -> Operand:
    """The quotient of sine and cosine, corrected by its remainder, whose products are exact."""
    with body.when(abs(x) < 2.0**-27):
        body.give(x)
    r, r_low, n = reduced(body, x)
    sine, sine_rest = body.new("f64"), body.new("f64")
    body.set_results([sine, sine_rest], turned_sine, n, r, r_low)
    cosine, cosine_rest = body.new("f64"), body.new("f64")
    body.set_results([cosine, cosine_rest], turned_sine, n + 1, r, r_low)
    ratio = body.let(sine / cosine)
    remainder = division_remainder(body, sine, cosine, ratio) + sine_rest - ratio * cosine_rest
    return ratio + remainder / cosine
