"""Arithmetic of Reals. Every operation here is correctly rounded, hence the same bits on every host."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from rose.ir.builder import Var, op
from rose.ir.primitive import Give, Inline, JvpRule, MathCall, Opcodes
from rose.primitives import ieee
from rose.primitives.define import (
    ANY,
    DIV,
    EQ,
    GT,
    LT,
    MUL,
    NE,
    POSITIVE,
    SELECT,
    SUB,
    ZERO,
    Step,
    added,
    constant,
    in_first,
    partials,
    real,
)

Vars = Sequence[Var]
Dots = Sequence[Var | None]
Attrs = tuple[Any, ...]


# --- add: y = a + b ---------------------------------------------------------------------------------------


def _add_jvp(xs: Vars, dots: Dots, y: Var, attrs: Attrs) -> Var | None:
    a_dot, b_dot = dots
    if a_dot is None or b_dot is None:
        return a_dot or b_dot
    return a_dot + b_dot


def _add_transpose(y_bar: Var, xs: Vars, linear: Sequence[bool], attrs: Attrs, give: Give) -> None:
    give(0, y_bar)
    give(1, y_bar)


add = real(
    "add",
    lambda a, b: a + b,
    Opcodes(("f64.add",)),
    "a + b",
    jvp=_add_jvp,
    transpose=_add_transpose,
    domain=(ANY, ANY),
    cheap=True,
)

# --- sub: y = a - b ---------------------------------------------------------------------------------------


def _sub_jvp(xs: Vars, dots: Dots, y: Var, attrs: Attrs) -> Var | None:
    a_dot, b_dot = dots
    if b_dot is None:
        return a_dot
    return -b_dot if a_dot is None else a_dot - b_dot


def _sub_transpose(y_bar: Var, xs: Vars, linear: Sequence[bool], attrs: Attrs, give: Give) -> None:
    give(0, y_bar)
    if linear[1]:
        give(1, y_bar, minus=True)


sub = real(
    "sub",
    lambda a, b: a - b,
    Opcodes(("f64.sub",)),
    "a - b",
    jvp=_sub_jvp,
    transpose=_sub_transpose,
    domain=(ANY, ANY),
    cheap=True,
)

# --- mul: y = a · b, linear in one at a time --------------------------------------------------------------


def _mul_transpose(y_bar: Var, xs: Vars, linear: Sequence[bool], attrs: Attrs, give: Give) -> None:
    a, b = xs
    if linear[0]:
        give(0, y_bar * b)
    else:
        give(1, y_bar * a)


mul = real(
    "mul",
    lambda a, b: a * b,
    Opcodes(("f64.mul",)),
    "a · b",
    jvp=partials(lambda a, b, y: b, lambda a, b, y: a),
    transpose=_mul_transpose,
    domain=(ANY, ANY),
    cheap=True,
)

# --- div: y = a / b, linear in a --------------------------------------------------------------------------


def _div_jvp(xs: Vars, dots: Dots, y: Var, attrs: Attrs) -> Var | None:
    (_, b), (a_dot, b_dot) = xs, dots
    if b_dot is None:
        return None if a_dot is None else a_dot / b
    return -(b_dot * y) / b if a_dot is None else (a_dot - b_dot * y) / b


def _div_transpose(y_bar: Var, xs: Vars, linear: Sequence[bool], attrs: Attrs, give: Give) -> None:
    give(0, y_bar / xs[1])


div = real(
    "div",
    ieee.div,
    Opcodes(("f64.div",)),
    "a / b; division by zero is ±inf or nan, as in IEEE 754",
    jvp=_div_jvp,
    transpose=_div_transpose,
    domain=(ANY, POSITIVE),
    cheap=True,
)

# --- remainders: exact; the quotient is a step ------------------------------------------------------------


def _remainder_jvp(whole: Callable[[Var, Var, Var], Var]) -> JvpRule:
    """a_dot - b_dot · (the quotient, which is a step)."""

    def jvp(xs: Vars, dots: Dots, y: Var, attrs: Attrs) -> Var | None:
        (a, b), (a_dot, b_dot) = xs, dots
        if b_dot is None:
            return a_dot
        lost = b_dot * whole(a, b, y)
        return -lost if a_dot is None else a_dot - lost

    return jvp


fmod_whole = real(
    "fmod_whole",
    lambda a, b, y: ieee.round_even(ieee.div(a - y, b)),
    Inline((0, 2, SUB, 1, DIV, ("f64.nearest",))),
    "how often b is in a, given y = fmod(a, b)",
    domain=(ANY, POSITIVE, ANY),
    cheap=True,
)

fmod = real(
    "fmod",
    ieee.fmod,
    MathCall("fmod"),
    "a less the whole multiple of b that leaves something smaller, of the sign of a; nan for b = 0",
    jvp=_remainder_jvp(lambda a, b, y: op("fmod_whole", a, b, y)),
    domain=(ANY, POSITIVE),
)

mod = real(
    "mod",
    ieee.mod,
    MathCall("mod"),
    "`a % b` as in Python: what is left of a, of the sign of b; nan for b = 0",
    jvp=_remainder_jvp(lambda a, b, y: op("floor_divide", a, b)),
    domain=(ANY, POSITIVE),
)

floor_divide = real(
    "floor_divide",
    ieee.floor_divide,
    MathCall("floor_divide"),
    "`a // b` as in Python: the largest whole number not above the exact a / b; a / b for b = 0",
    domain=(ANY, POSITIVE),
)

# --- neg: y = -x ------------------------------------------------------------------------------------------


def _neg_transpose(y_bar: Var, xs: Vars, linear: Sequence[bool], attrs: Attrs, give: Give) -> None:
    give(0, y_bar, minus=True)


neg = real(
    "neg",
    lambda x: -x,
    Opcodes(("f64.neg",)),
    "-x",
    jvp=lambda xs, dots, y, attrs: None if dots[0] is None else -dots[0],
    transpose=_neg_transpose,
    cheap=True,
)

# --- kinks: the conventions are in docs/language.md -------------------------------------------------------


def _sign(x: int) -> tuple[int | Step, ...]:
    """Steps that push the sign of an operand."""
    return constant(1.0), constant(-1.0), x, x, ZERO, LT, SELECT, x, ZERO, GT, SELECT


sign = real(
    "sign",
    ieee.sign,
    Inline(_sign(0)),
    "-1, 0 or 1, of the sign of x; nan of nan",
    cheap=True,
)

abs = real(
    "abs",
    math.fabs,
    Opcodes(("f64.abs",)),
    "|x|",
    jvp=partials(lambda x, y: op("sign", x)),
    cheap=True,
)


def _part_jvp(name: str) -> JvpRule:
    """That of a part of the first operand, of which the others only say how much."""

    def jvp(xs: Vars, dots: Dots, y: Var, attrs: Attrs) -> Var | None:
        return None if dots[0] is None else op(name, dots[0], *xs[1:])

    return jvp


share = real(
    "share",
    lambda x, a, b: x if a < b else (x * 0.5 if a == b else 0.0),
    Inline(
        (0, 0, constant(0.5), ("f64.mul",), ZERO, 1, 2, EQ, SELECT, 1, 2, LT, SELECT),
    ),
    "x where a < b, half of it where a = b, else 0: what a has of the derivative x of min(a, b)",
    jvp=_part_jvp("share"),
    transpose=in_first("share"),
    domain=(ANY, ANY, ANY),
    cheap=True,
)

tied = real(
    "tied",
    lambda x, a, b: x if a == b else 0.0,
    Inline((0, ZERO, 1, 2, EQ, SELECT)),
    "x where a = b, else 0: what each of many has of the derivative x of the least or greatest of them, b",
    jvp=_part_jvp("tied"),
    transpose=in_first("tied"),
    domain=(ANY, ANY, ANY),
    cheap=True,
)


def _extreme_jvp(name: str) -> JvpRule:
    def jvp(xs: Vars, dots: Dots, y: Var, attrs: Attrs) -> Var | None:
        ends = [(x, other) if name == "min" else (other, x) for x, other in zip(xs, xs[::-1])]
        pairs = zip(dots, ends, strict=True)
        return added(op("share", dot, *end) for dot, end in pairs if dot is not None)

    return jvp


min = real(
    "min",
    ieee.minimum,
    Opcodes(("f64.min",)),
    "the smaller one; nan if either is nan; -0 < 0",
    jvp=_extreme_jvp("min"),
    domain=(ANY, ANY),
    cheap=True,
)

max = real(
    "max",
    ieee.maximum,
    Opcodes(("f64.max",)),
    "the larger one; nan if either is nan; -0 < 0",
    jvp=_extreme_jvp("max"),
    domain=(ANY, ANY),
    cheap=True,
)


mirror = real(
    "mirror",
    lambda x, a, b: x * ieee.sign(a) * ieee.copysign(1.0, b),
    Inline((0, *_sign(1), MUL, constant(1.0), 2, ("call", "copysign"), MUL)),
    "x where a and b have the same sign, else -x, and 0 for a = 0: the derivative x of copysign(a, b)",
    jvp=_part_jvp("mirror"),
    transpose=in_first("mirror"),
    domain=(ANY, ANY, ANY),
    cheap=True,
)


def _copysign_jvp(xs: Vars, dots: Dots, y: Var, attrs: Attrs) -> Var | None:
    return None if dots[0] is None else op("mirror", dots[0], *xs)


copysign = real(
    "copysign",
    ieee.copysign,
    MathCall("copysign"),
    "|a| with the sign of b; |a| if b is nan, whose sign differs from engine to engine",
    jvp=_copysign_jvp,
    domain=(ANY, ANY),
    cheap=True,
)

stop_gradient = real("stop_gradient", lambda x: x, Opcodes(()), "x, with derivative 0", cheap=True)

# --- steps: their derivative is 0 wherever they have one --------------------------------------------------

floor = real("floor", ieee.toward(math.floor), Opcodes(("f64.floor",)), "rounded down", cheap=True)
ceil = real("ceil", ieee.toward(math.ceil), Opcodes(("f64.ceil",)), "rounded up", cheap=True)
trunc = real("trunc", ieee.toward(math.trunc), Opcodes(("f64.trunc",)), "rounded to 0", cheap=True)
round = real(
    "round",
    ieee.round_even,
    Opcodes(("f64.nearest",)),
    "to the nearest integer, ties to even",
    cheap=True,
)

# --- roots ------------------------------------------------------------------------------------------------

sqrt = real(
    "sqrt",
    ieee.sqrt,
    Opcodes(("f64.sqrt",)),
    "the square root; nan below 0",
    jvp=partials(lambda x, y: 0.5 / y),
    domain=(POSITIVE,),
    cheap=True,
)


def _along_jvp(xs: Vars, dots: Dots, y: Var, attrs: Attrs) -> Var | None:
    """x_dot (a / h) + x (a_dot / h) - y (h_dot / h), all of them 0 for h = 0."""
    x, a, h = xs
    x_dot, a_dot, h_dot = dots
    pairs = ((x_dot, a), (a_dot, x))
    total = added(op("along", dot, by, h) for dot, by in pairs if dot is not None)
    if h_dot is not None:
        lost = op("along", h_dot, y, h)
        total = -lost if total is None else total - lost
    return total


along = real(
    "along",
    lambda x, a, h: x * (ieee.div(a, h) if h != 0 else 0.0),
    Inline((0, 1, 2, ("f64.div",), ZERO, 2, ZERO, NE, SELECT, ("f64.mul",))),
    "x · (a / h), and x · 0 for h = 0: what the derivatives of norm and hypot are made of",
    jvp=_along_jvp,
    transpose=in_first("along"),
    domain=(ANY, ANY, POSITIVE),
    cheap=True,
)


def _norm_sqrt_jvp(xs: Vars, dots: Dots, y: Var, attrs: Attrs) -> Var | None:
    return None if dots[0] is None else op("along", dots[0], 0.5, y)


norm_sqrt = real(
    "norm_sqrt",
    ieee.sqrt,
    Opcodes(("f64.sqrt",)),
    "the square root of a sum of squares: like sqrt, but its derivative at 0 is 0",
    jvp=_norm_sqrt_jvp,
    domain=(POSITIVE,),
    cheap=True,
)
