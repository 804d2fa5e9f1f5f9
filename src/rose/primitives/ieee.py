"""Arithmetic and elementary functions on Python floats that give infinities and nans where `math` raises."""

from __future__ import annotations

import math
from collections.abc import Callable

NAN = math.nan
INF = math.inf


def div(a: float, b: float) -> float:
    if b != 0:
        return a / b
    if a == 0 or math.isnan(a):
        return NAN
    return math.copysign(INF, a) * math.copysign(1.0, b)


def minimum(a: float, b: float) -> float:
    if math.isnan(a) or math.isnan(b):
        return NAN
    if a == b:
        return a if math.copysign(1.0, a) < 0 else b
    return a if a < b else b


def maximum(a: float, b: float) -> float:
    return -minimum(-a, -b)


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


def finite_only(function: Callable[[float], float]) -> Callable[[float], float]:
    """A function of `math` that raises at ±inf, where its value is nan."""
    return lambda x: NAN if math.isinf(x) else function(x)
