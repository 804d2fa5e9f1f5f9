"""Hyperbolic functions and their inverses, from exp, log and log1p.

Source of the formulas: Abramowitz and Stegun, Handbook of Mathematical Functions, sections 4.5 and
4.6, arranged so that no term cancels another.
"""

from __future__ import annotations

from rose.wasm.math.coefficients import LN2_ALL, SINH, TANH_BOTTOM, TANH_TOP
from rose.wasm.math.dsl import Body, Local, Operand, Value, call, define, polynomial
from rose.wasm.math.exponential import exp
from rose.wasm.math.logarithm import log, log1p, log1p_of_sum
from rose.wasm.math.parts import NAN, quick_two_sum


@define("tanh")
def tanh(body: Body, x: Local) -> Operand:
    """1 - 2 / (exp(2 a) + 1) with the sign of x; for small a, a + a z P(z) / Q(z).

    Here a = |x| and z = x**2. From 0.7 on, the errors of the exponential count little beside 1.
    """
    size = body.let(abs(x))
    with body.when(size < 0.7):
        z = body.let(x * x)
        ratio = polynomial(z, TANH_TOP) / polynomial(z, TANH_BOTTOM)
        body.give((size + size * (z * ratio)).with_sign_of(x))
    return (1 - 2 / (call(exp, size * 2) + 1)).with_sign_of(x)


def _half_exp_of_large(body: Body, size: Value) -> Value:
    """exp(size) / 2 without overflow before its time."""
    root = body.let(call(exp, size * 0.5))
    return root * 0.5 * root


@define("sinh")
def sinh(body: Body, x: Local) -> Operand:
    """(e - 1 / e) / 2 with the sign of x, where e = exp(|x|); for small x, a polynomial."""
    size = body.let(abs(x))
    with body.when(size < 1):
        z = body.let(x * x)
        body.give((size + size * (z * polynomial(z, SINH))).with_sign_of(x))
    with body.when(size > 700):
        body.give(_half_exp_of_large(body, size).with_sign_of(x))
    e = body.let(call(exp, size))
    return (e * 0.5 - 0.5 / e).with_sign_of(x)


@define("cosh")
def cosh(body: Body, x: Local) -> Operand:
    """(e + 1 / e) / 2, where e = exp(|x|)."""
    size = body.let(abs(x))
    with body.when(size > 700):
        body.give(_half_exp_of_large(body, size))
    e = body.let(call(exp, size))
    return e * 0.5 + 0.5 / e


@define("asinh")
def asinh(body: Body, x: Local) -> Operand:
    """log1p(a + a**2 / (1 + sqrt(1 + a**2))) with the sign of x, where a = |x|."""
    size = body.let(abs(x))
    with body.when((size < 2.0**30).fails()):
        body.give((call(log, size) + LN2_ALL).with_sign_of(x))
    square = body.let(x * x)
    small = body.let(square / (1 + (square + 1).sqrt()))
    total, lost = quick_two_sum(body, size, small)
    return call(log1p_of_sum, total, lost).with_sign_of(x)


@define("acosh")
def acosh(_body: Body, x: Local) -> Operand:
    """2 asinh(sqrt((x - 1) / 2)): the root halves the rounding errors before it."""
    return call(asinh, ((x - 1) * 0.5).sqrt()) * 2


@define("atanh")
def atanh(body: Body, x: Local) -> Operand:
    """log1p(2 a / (1 - a)) / 2 with the sign of x, where a = |x|."""
    size = body.let(abs(x))
    with body.when(size > 1):
        body.give(NAN)
    return (call(log1p, (size + size) / (1 - size)) * 0.5).with_sign_of(x)
