"""Arithmetic and elementary functions on Python floats that give infinities and nans where `math` raises."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

NAN = math.nan
INF = math.inf


def div(a: float, b: float) -> float:
    if b != 0:
        return a / b
    if a == 0 or math.isnan(a):
        return NAN
    return math.copysign(INF, a) * math.copysign(1.0, b)


def fmod(x: float, y: float) -> float:
    """What is left of x by y, exactly, of the sign of x."""
    return NAN if y == 0 or math.isinf(x) else math.fmod(x, y)


def mod(x: float, y: float) -> float:
    """x % y, exactly, of the sign of y."""
    return NAN if y == 0 else x % y


def floor_divide(x: float, y: float) -> float:
    return div(x, y) if y == 0 else x // y


def minimum(a: float, b: float) -> float:
    if math.isnan(a) or math.isnan(b):
        return NAN
    if a == b:
        return a if math.copysign(1.0, a) < 0 else b
    return a if a < b else b


def maximum(a: float, b: float) -> float:
    return -minimum(-a, -b)


def sign(x: float) -> float:
    """-1, 1, or x itself, which is a zero or nan."""
    return 1.0 if x > 0 else (-1.0 if x < 0 else x)


def copysign(a: float, b: float) -> float:
    """|a| with the sign of b; |a| if b is nan."""
    return abs(a) if math.isnan(b) else math.copysign(a, b)


def sqrt(x: float) -> float:
    return NAN if x < 0 else math.sqrt(x)


def exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return INF


def log(x: float) -> float:
    if x == 0:
        return -INF
    return NAN if x < 0 else math.log(x)


def pow(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except OverflowError:
        return -INF if x < 0 and y % 2 == 1 else INF
    except ValueError:
        if x == 0:  # a negative power of ±0
            return math.copysign(INF, x) if y % 2 == 1 else INF
        return NAN  # a negative number to a fractional power


def atan2_slope(y: float, x: float) -> float:
    """x / (x² + y²), the derivative of atan2 by its first argument."""
    total = x * x + y * y
    if 2.0**-900 < total < INF:
        return x / total
    factor = 2.0**-600 if total > 1 else 2.0**600
    x, y = x * factor, y * factor
    return div(x, x * x + y * y) * factor


def finite_only(function: Callable[[float], float]) -> Callable[[float], float]:
    """A function of `math` that raises at ±inf, where its value is nan."""
    return lambda x: NAN if math.isinf(x) else function(x)


def quiet(
    function: Callable[[float], float],
    poles: Mapping[float, float] | None = None,
    *,
    odd: bool = False,
) -> Callable[[float], float]:
    """A function of `math` that gives a value where that raises.

    Args:
        function: raises OverflowError where its value is ±inf, ValueError outside its domain.
        poles: its values at single arguments where `math` raises too.
        odd: an overflow has the argument's sign.
    """
    known = poles or {}

    def value(x: float) -> float:
        if x in known:
            return known[x]
        try:
            return function(x)
        except OverflowError:
            return math.copysign(INF, x) if odd else INF
        except ValueError:
            return NAN

    return value


def round_even(x: float) -> float:
    """To the nearest integer, ties to even; the sign of a zero is the argument's."""
    if not math.isfinite(x):
        return x
    return math.copysign(float(round(x)), x)


def toward(function: Callable[[float], int]) -> Callable[[float], float]:
    """`math.floor` and its like as functions to floats that keep infinities, nans and the sign of zeros."""
    return lambda x: math.copysign(float(function(x)), x) if math.isfinite(x) else x


def lgamma(x: float) -> float:
    """ln |Γ(x)|; inf at the poles, which are 0 and the negative integers."""
    if math.isinf(x) or (x <= 0 and x == math.floor(x)):
        return INF
    try:
        return math.lgamma(x)
    except OverflowError:
        return INF


def digamma(x: float) -> float:
    """Γ'(x) / Γ(x): the recurrence up to x ≥ 12, then the asymptotic series (DLMF 5.5.2, 5.5.4, 5.11.2)."""
    if not math.isfinite(x):
        return INF if x > 0 else NAN
    if x == 0:
        return math.copysign(INF, -x)
    if x < 0:
        if x == math.floor(x):
            return NAN
        turn = x - round(x)
        return digamma(1 - x) - math.pi / math.tan(math.pi * turn)
    shift = 0.0
    while x < 12:
        shift += 1 / x
        x += 1
    z = 1 / (x * x)
    series = z * (
        1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z * (1 / 132 - z * 691 / 32760))))
    )
    return math.log(x) - 0.5 / x - series - shift


def trigamma(x: float) -> float:
    """The derivative of digamma: the recurrence up to x ≥ 12, then the asymptotic series (DLMF 5.15.5, 5.15.6, 5.15.8)."""
    if x <= 0 or math.isnan(x):
        if x == -INF or math.isnan(x):
            return NAN
        if x == math.floor(x):
            return INF
        slope = math.pi / math.sin(math.pi * (x - round(x)))
        return slope * slope - trigamma(1 - x)  # a power that overflows is an error in Python
    total = 0.0
    while x < 12:
        total += 1 / x / x
        x += 1
    z = 1 / x / x
    series = 0.0
    for bernoulli in (-3617 / 510, 7 / 6, -691 / 2730, 5 / 66, -1 / 30, 1 / 42, -1 / 30, 1 / 6):
        series = series * z + bernoulli
    return total + (1 / x + z / 2 + z / x * series)
