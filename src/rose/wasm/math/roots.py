"""cbrt and hypot."""

from __future__ import annotations

from rose.wasm.math.coefficients import CUBE_ROOT
from rose.wasm.math.dsl import Body, Local, Operand, choose, constant, define, polynomial
from rose.wasm.math.parts import INFINITY, SMALLEST_NORMAL, high_half

# Two thirds of the exponent of 1, less what makes the relative error of the start symmetric.
THIRD_BITS = 0x2A9F78D400000000


@define("cbrt")
def cbrt(body: Body, x: Local) -> Operand:
    """The cube root.

    A third of the bits of |x| read as an integer is near those of its root (W. Kahan, 1991). A
    polynomial of t**3 / |x| improves it to 23 bits, and Newton's method with an exact t**2 to all.
    """
    size = body.let(abs(x))
    with body.when((size.differs(0.0) & (size < INFINITY)).fails()):
        body.give(x)
    factor = body.let(constant("f64", 1.0))
    with body.when(size < SMALLEST_NORMAL):
        body.set(size, size * 2.0**54)
        body.set(factor, 2.0**-18)
    start = body.let((size.bits().divided_unsigned(3) + THIRD_BITS).float_of_bits())
    t = body.let(high_half(start * polynomial(body.let(start * start * (start / size)), CUBE_ROOT)))
    wanted = body.let(size / (t * t))
    return ((t + t * ((wanted - t) / (t + t + wanted))) * factor).with_sign_of(x)


@define("hypot", params="f64 f64")
def hypot(body: Body, x: Local, y: Local) -> Operand:
    """sqrt(x**2 + y**2); scaled first where a square could leave the range of floats."""
    total = body.let(x * x + y * y)
    with body.when(((total > 2.0**-900) & (total < INFINITY)).fails()):
        with body.when(abs(x).equals(INFINITY) | abs(y).equals(INFINITY)):
            body.give(INFINITY)
        factor = body.let(choose(total > 1, 2.0**-600, 2.0**600))
        body.set(x, x * factor)
        body.set(y, y * factor)
        body.give((x * x + y * y).sqrt() / factor)
    return total.sqrt()
