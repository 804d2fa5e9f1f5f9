"""Arithmetic of Reals. Every operation here is correctly rounded, hence the same bits on every host."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rose.ir.builder import Var, op
from rose.ir.primitive import Give, MathCall, Opcodes
from rose.primitives import ieee
from rose.primitives.define import ANY, POSITIVE, partials, real

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
        give(1, -y_bar)


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

fmod = real(
    "fmod",
    ieee.fmod,
    MathCall("fmod"),
    "a less the whole multiple of b that leaves something smaller, of the sign of a; nan for b = 0",
    jvp=partials(lambda a, b, y: 1.0, lambda a, b, y: -op("round", (a - y) / b)),
    domain=(ANY, POSITIVE),
)

mod = real(
    "mod",
    ieee.mod,
    MathCall("mod"),
    "`a % b` as in Python: what is left of a, of the sign of b; nan for b = 0",
    jvp=partials(lambda a, b, y: 1.0, lambda a, b, y: -op("floor_divide", a, b)),
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
    give(0, -y_bar)


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


def _sign(x: Var, y: Var) -> Var:
    """abs'(x): -1, 1, and 0 at 0."""
    return op("select", op("gt", x, 0.0), 1.0, op("select", op("lt", x, 0.0), -1.0, 0.0))


def _share(wins: str, mine: int) -> Any:
    """The share of operand `mine` in min or max: 1 where it wins, a half at a tie, else 0."""

    def share(a: Var, b: Var, y: Var) -> Var:
        x, other = (a, b) if mine == 0 else (b, a)
        tie = op(
            "select", op("eq", a, b), 0.5, 0.0
        )  # the same for both, so that it is computed once
        return op("select", op(wins, x, other), 1.0, tie)

    return share


abs = real("abs", math.fabs, Opcodes(("f64.abs",)), "|x|", jvp=partials(_sign), cheap=True)

min = real(
    "min",
    ieee.minimum,
    Opcodes(("f64.min",)),
    "the smaller one; nan if either is nan; -0 < 0",
    jvp=partials(_share("lt", 0), _share("lt", 1)),
    domain=(ANY, ANY),
    cheap=True,
)

max = real(
    "max",
    ieee.maximum,
    Opcodes(("f64.max",)),
    "the larger one; nan if either is nan; -0 < 0",
    jvp=partials(_share("gt", 0), _share("gt", 1)),
    domain=(ANY, ANY),
    cheap=True,
)

copysign = real(
    "copysign",
    ieee.copysign,
    MathCall("copysign"),
    "|a| with the sign of b; |a| if b is nan, whose sign differs from engine to engine",
    jvp=partials(lambda a, b, y: op("copysign", _sign(a, y), op("copysign", 1.0, a) * b), None),
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


def _half_of_inverse(x: Var, y: Var) -> Var:
    """1 / (2 y), and 0 for 0; nothing is divided by 0, so that its derivatives are 0 there, too."""
    positive = op("gt", y, 0.0)
    return op("select", positive, 0.5 / op("select", positive, y, 1.0), 0.0)


norm_sqrt = real(
    "norm_sqrt",
    ieee.sqrt,
    Opcodes(("f64.sqrt",)),
    "the square root of a sum of squares: like sqrt, but its derivative at 0 is 0",
    jvp=partials(_half_of_inverse),
    domain=(POSITIVE,),
    cheap=True,
)
