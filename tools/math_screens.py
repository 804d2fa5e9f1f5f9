"""The elementary functions in extended precision, a column at a time, to find where a module's error seems largest.

They need a long double of 64 bits, as x86 has. Where numpy has a function, it is numpy's. A screen may be a little off, for
mpmath judges what it finds; it has to be better than the double that it is compared with.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Column: TypeAlias = NDArray[Any]
Screen: TypeAlias = Callable[..., Column]

Extended = np.longdouble
HAS_EXTENDED = np.finfo(Extended).nmant >= 63
PI = 4 * np.arctan(Extended(1))
ASYMPTOTIC = 24.0  # from here on the series of the gamma function are exact enough


def square_exponential(x: Column) -> Column:
    """exp(-x²) with x² exact: the square of the upper half of x, and what is left."""
    high = x.astype(np.float32).astype(Extended)
    high[~np.isfinite(high)] = 0
    return np.exp(-high * high) * np.exp(-(x - high) * (x + high))


def erf_series(x: Column) -> Column:
    """2/√π exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!, all of one sign. Source: DLMF 7.6.2."""
    term, total = x.copy(), x.copy()
    for n in range(1, 90):
        term = term * 2 * x * x / (2 * n + 1)
        total += term
    return 2 / np.sqrt(PI) * square_exponential(x) * total


def erfc_fraction(x: Column) -> Column:
    """exp(-x²) / √π times the continued fraction, for x ≥ 2. Source: DLMF 7.9.1."""
    below = x.copy()
    for n in range(160, 0, -1):
        below = x + Extended(n) / 2 / below
    return square_exponential(x) / np.sqrt(PI) / below


def erf(x: Column) -> Column:
    size = abs(x)
    inner = erf_series(np.minimum(size, 3))
    return np.where(size < 2.5, inner, 1 - erfc_fraction(np.maximum(size, 2))) * np.sign(x)


def erfc(x: Column) -> Column:
    middle = 1 - erf_series(np.clip(x, -3, 1))
    near = erfc_between(np.clip(x, 0.5, 3))
    far = erfc_fraction(np.maximum(x, 2))
    inside = np.where(x < 0.5, middle, np.where(x < 2.5, near, far))
    return np.where(x < -2.5, 2 - erfc_fraction(np.maximum(-x, 2)), inside)


def erfc_between(x: Column) -> Column:
    """erfc from its Taylor series at the nearest multiple of 1/64, whose value mpmath has to 30 digits."""
    from mpmath import mp  # noqa: PLC0415 (at most 161 values, made once a run)

    steps = np.rint(x * 64).astype(int)
    centres = np.unique(steps)
    table = {k: _extended(mp, mp.erfc(mp.mpf(int(k)) / 64)) for k in centres}
    a = steps.astype(Extended) / 64
    h = x - a
    # Derivatives of exp(-t²) are Hermite polynomials times it: H' = 2 t H - 2 n H''.
    scale = -2 / np.sqrt(PI) * square_exponential(a)
    before, now = np.zeros_like(a), np.ones_like(a)
    power, total = h.copy(), h.copy()
    for n in range(1, 12):
        before, now = now, 2 * a * now - 2 * (n - 1) * before
        power = power * -h / (n + 1)
        total += power * now
    return np.array([table[k] for k in steps], Extended) + scale * total


def _extended(mp: Any, exact: Any) -> Any:
    high = float(exact)
    return Extended(high) + Extended(float(exact - mp.mpf(high)))


def lgamma(x: Column) -> Column:
    """ln |Γ|: up by the recurrence, then Stirling's series; below 0 by reflection. Source: DLMF 5.11.1."""
    positive = np.where(x > 0, x, 1 - x)
    product, z = np.ones_like(x), positive.copy()
    for _ in range(int(ASYMPTOTIC)):
        small = z < ASYMPTOTIC
        product = np.where(small, product * z, product)
        z = np.where(small, z + 1, z)
    w = 1 / (z * z)
    series = np.zeros_like(x)
    for numerator, denominator in ((-3617, 122400), (1, 156), (-691, 360360), (1, 1188)):
        series = series * w + Extended(numerator) / denominator
    for numerator, denominator in ((-1, 1680), (1, 1260), (-1, 360), (1, 12)):
        series = series * w + Extended(numerator) / denominator
    value = (z - 0.5) * np.log(z) - z + np.log(2 * PI) / 2 + series / z - np.log(product)
    turn = x - np.rint(x)
    return np.where(x > 0, value, np.log(PI / abs(np.sin(PI * turn))) - value)


def digamma(x: Column) -> Column:
    """ψ: up by the recurrence, then the asymptotic series; below 0 by reflection. Source: DLMF 5.11.2."""
    positive = np.where(x > 0, x, 1 - x)
    total, z = np.zeros_like(x), positive.copy()
    for _ in range(int(ASYMPTOTIC)):
        small = z < ASYMPTOTIC
        total = np.where(small, total - 1 / z, total)
        z = np.where(small, z + 1, z)
    w = 1 / (z * z)
    series = np.zeros_like(x)
    terms = ((-3617, 8160), (1, 12), (-691, 32760), (1, 132), (-1, 240), (1, 252), (-1, 120))
    for numerator, denominator in (*terms, (1, 12)):
        series = series * w + Extended(numerator) / denominator
    value = total + np.log(z) - 1 / (2 * z) - w * series
    turn = x - np.rint(x)
    return np.where(x > 0, value, value - PI / np.tan(PI * turn))


def trigamma(x: Column) -> Column:
    """ψ': up by the recurrence, then the asymptotic series; below 0 by reflection. Source: DLMF 5.15.5, 5.15.6, 5.15.8."""
    positive = np.where(x > 0, x, 1 - x)
    total, z = np.zeros_like(x), positive.copy()
    for _ in range(int(ASYMPTOTIC)):
        small = z < ASYMPTOTIC
        total = np.where(small, total + 1 / (z * z), total)
        z = np.where(small, z + 1, z)
    w = 1 / (z * z)
    series = np.zeros_like(x)
    terms = ((-3617, 510), (7, 6), (-691, 2730), (5, 66), (-1, 30), (1, 42), (-1, 30), (1, 6))
    for numerator, denominator in terms:
        series = series * w + Extended(numerator) / denominator
    value = total + 1 / z + w / 2 + w / z * series
    turn = x - np.rint(x)
    return np.where(x > 0, value, (PI / np.sin(PI * turn)) ** 2 - value)


def atan2_slope(y: Column, x: Column) -> Column:
    """x / (x² + y²)."""
    return x / (x * x + y * y)


def of_numpy(name: str, *columns: Column) -> Column:
    """numpy's function of this name."""
    return getattr(np, name)(*columns)  # type: ignore[no-any-return]


def of_doubles(function: Callable[..., Column], *columns: Column) -> Column:
    """An exact function, in doubles."""
    return function(*(c.astype(np.float64) for c in columns))


_NUMPY = {
    **{name: name for name in ("cos", "cosh", "exp", "exp2", "expm1", "hypot", "log", "log10")},
    **{name: name for name in ("log1p", "log2", "sin", "sinh", "tan", "tanh", "cbrt")},
    "acos": "arccos",
    "acosh": "arccosh",
    "asin": "arcsin",
    "asinh": "arcsinh",
    "atan": "arctan",
    "atan2": "arctan2",
    "atanh": "arctanh",
    "pow": "power",
}

SCREENS: dict[str, Screen] = {
    **{name: partial(of_numpy, numpys) for name, numpys in _NUMPY.items()},
    "fmod": partial(of_doubles, np.fmod),
    "mod": partial(of_doubles, np.mod),
    "floor_divide": partial(of_doubles, np.floor_divide),
    "copysign": partial(of_doubles, np.copysign),
    "atan2_slope": atan2_slope,
    "erf": erf,
    "erfc": erfc,
    "lgamma": lgamma,
    "digamma": digamma,
    "trigamma": trigamma,
}
