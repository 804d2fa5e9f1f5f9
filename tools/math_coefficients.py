"""Compute the constants of `rose.wasm.math` and write them to its coefficients.py.

    python tools/math_coefficients.py            rewrite the file
    python tools/math_coefficients.py --check    fail if the file is not what would be written

Polynomials and rational functions are found by the Remez exchange algorithm (Muller, Elementary
Functions, 3rd edition, chapter 3; Trefethen, Approximation Theory and Approximation Practice,
chapters 10 and 24). Their coefficients are then rounded to double precision. The comment above each
states the largest relative error that this causes in the elementary function itself, rounding of
the coefficients included and that of the evaluation not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 70

TARGET = Path(__file__).parent.parent / "src/rose/wasm/math/coefficients.py"

HEADER = '''"""Constants of the elementary functions, written by tools/math_coefficients.py: edit that."""

'''

Real = Callable[[mpf], mpf]


@dataclass(frozen=True)
class Fit:
    """What to approximate, by polynomials of which degrees (numerator, denominator).

    `weight` turns an error of `function` into a relative error of the elementary function.
    """

    name: str
    formula: str
    function: Real
    low: mpf
    high: mpf
    degrees: tuple[int, int]
    weight: Real


def chebyshev_nodes(low: mpf, high: mpf, count: int) -> list[mpf]:
    """The zeros of a Chebyshev polynomial, moved to the interval from low to high."""
    angles = [mp.pi * (2 * k + 1) / (2 * count) for k in range(count)]
    return [(low + high) / 2 + (high - low) / 2 * mp.cos(angle) for angle in angles]


class Exchange:
    """The Remez exchange algorithm for p(x) / q(x), in the weighted maximum norm.

    The equations w(x) (p(x) / q(x) - f(x)) = +-e at the reference points are made linear by taking
    the q that multiplies e from the step before.
    """

    def __init__(self, fit: Fit) -> None:
        self.top_degree, self.bottom_degree = fit.degrees
        self.points = chebyshev_nodes(fit.low, fit.high, 500)[::-1]
        self.values = [fit.function(x) for x in self.points]
        self.weights = [abs(fit.weight(x)) for x in self.points]
        self.top: list[mpf] = [mpf(0)]
        self.bottom: list[mpf] = [mpf(1)]

    def solve(self, reference: list[int]) -> None:
        """Level the error at the reference points, given by their places in `points`."""
        rows = []
        for sign, k in enumerate(reference):
            x, value = self.points[k], self.values[k]
            level = (-1) ** sign * mp.polyval(self.bottom[::-1], x) / self.weights[k]
            top = [x**power for power in range(self.top_degree + 1)]
            bottom = [-value * x**power for power in range(1, self.bottom_degree + 1)]
            rows.append([*top, *bottom, level])
        values = [self.values[k] for k in reference]
        solution = list(mp.lu_solve(mp.matrix(rows), mp.matrix(values)))
        self.top = solution[: self.top_degree + 1]
        self.bottom = [mpf(1), *solution[self.top_degree + 1 : -1]]

    def errors(self, top: Sequence[mpf | float], bottom: Sequence[mpf | float]) -> list[mpf]:
        """The weighted errors at all points."""
        return [
            (mp.polyval(top[::-1], x) / mp.polyval(bottom[::-1], x) - value) * weight
            for x, value, weight in zip(self.points, self.values, self.weights, strict=True)
        ]

    def extrema(self) -> list[int]:
        """Where the error is largest between one change of its sign and the next."""
        errors = self.errors(self.top, self.bottom)
        runs = groupby(range(len(errors)), key=lambda k: errors[k] > 0)
        return [max(run, key=lambda k: abs(errors[k])) for _, run in runs]

    def run(self) -> None:
        """Leave the coefficients of the best approximation in top and bottom."""
        count = self.top_degree + self.bottom_degree + 2
        reference = [(2 * k + 1) * len(self.points) // (2 * count) for k in range(count)]
        for _ in range(12):
            self.solve(reference)
            found = self.extrema()
            assert len(found) >= count, f"{len(found)} extrema instead of {count}"
            reference = found[len(found) - count :]


def rounded(number: mpf, last_bit: int) -> float:
    """The nearest multiple of 2**last_bit."""
    return float(mp.ldexp(mp.nint(mp.ldexp(number, -last_bit)), last_bit))


def constant_lines(name: str, number: float, comment: str) -> Iterator[str]:
    yield f"# {comment}"
    yield f"{name} = {number!r}"


def tuple_lines(name: str, numbers: list[float]) -> Iterator[str]:
    yield f"{name} = ("
    yield from (f"    {number!r}," for number in numbers)
    yield ")"


def fit_lines(fit: Fit) -> Iterator[str]:
    """The definitions of one approximation."""
    exchange = Exchange(fit)
    exchange.run()
    top, bottom = ([float(c) for c in side] for side in (exchange.top, exchange.bottom))
    bits = float(mp.log(max(map(abs, exchange.errors(top, bottom))), 2))
    interval = f"from {mp.nstr(fit.low, 6)} to {mp.nstr(fit.high, 6)}"
    yield f"# {fit.formula}"
    yield f"# {interval}; relative error 2**{bits:.1f}"
    if len(bottom) == 1:
        yield from tuple_lines(fit.name, top)
    else:
        yield from tuple_lines(f"{fit.name}_TOP", top)
        yield from tuple_lines(f"{fit.name}_BOTTOM", bottom)


def parts(name: str, number: mpf, last_bits: list[int], comment: str) -> Iterator[str]:
    """A number as a sum: multiples of 2**b for each b in last_bits, then a double for the rest."""
    for count, last_bit in enumerate(last_bits, start=1):
        part = rounded(number, last_bit)
        yield from constant_lines(f"{name}_{count}", part, f"{comment}, multiple of 2**{last_bit}")
        number -= part
    yield from constant_lines(f"{name}_{len(last_bits) + 1}", float(number), f"{comment}, the rest")


def atanh_ratio(z: mpf) -> mpf:
    """atanh(s) / s, where z = s**2."""
    s = mp.sqrt(z)
    return mp.atanh(s) / s


def sine_ratio(z: mpf) -> mpf:
    """sin(r) / r, where z = r**2."""
    r = mp.sqrt(z)
    return mp.sin(r) / r


def log_gamma_series(z: mpf) -> mpf:
    """What Stirling's formula leaves of log(Gamma(x)), times x, where z = 1 / x**2."""
    x = 1 / mp.sqrt(z)
    return (mp.loggamma(x) - (x - 0.5) * (mp.log(x) - 1) - LGAMMA_SHIFT) * x


def digamma_series(z: mpf) -> mpf:
    """The rest of the asymptotic series of digamma(x), times x**2, where z = 1 / x**2."""
    x = 1 / mp.sqrt(z)
    return (mp.log(x) - 1 / (2 * x) - mp.digamma(x)) / z


def scaled_erfc(u: mpf) -> mpf:
    """x exp(x**2) erfc(x), where u = (x - 3) / (x + 3)."""
    x = 3 * (1 + u) / (1 - u)
    return x * mp.exp(x * x) * mp.erfc(x)


LGAMMA_SHIFT = mp.log(2 * mp.pi) / 2 - 0.5
DIGAMMA_ZERO = mp.findroot(mp.digamma, 1.46) - 1
LN2 = mp.log(2)
SINE_1 = float(mpf(-1) / 6)
QUARTER = mp.pi / 4 * mpf("1.0001")
LOG_RANGE = (mp.sqrt(2) - 1) ** 2 / (mp.sqrt(2) + 1) ** 2

FITS = [
    Fit(
        "EXP",
        "(exp(r) - 1 - r) / r**2",
        lambda r: (mp.exp(r) - 1 - r) / r**2,
        -LN2 / 2 * mpf("1.0001"),
        LN2 / 2 * mpf("1.0001"),
        (9, 0),
        lambda r: r**2 / mp.exp(r),
    ),
    Fit(
        "LOG",
        "(2 atanh(s) / s - 2) / z, where z = s**2",
        lambda z: (2 * atanh_ratio(z) - 2) / z,
        mpf(0),
        LOG_RANGE,
        (6, 0),
        lambda z: z / 2,
    ),
    Fit(
        "SINE",
        "(sin(r) / r - 1 - SINE_1 z) / z**2, where z = r**2",
        lambda z: (sine_ratio(z) - 1 - SINE_1 * z) / z**2,
        mpf(0),
        QUARTER**2,
        (5, 0),
        lambda z: z**2,
    ),
    Fit(
        "COSINE",
        "(cos(r) - 1 + z / 2) / z**2, where z = r**2",
        lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2,
        mpf(0),
        QUARTER**2,
        (5, 0),
        lambda z: z**2 / mp.cos(mp.sqrt(z)),
    ),
    Fit(
        "TANH",
        "(tanh(x) / x - 1) / z, where z = x**2",
        lambda z: (mp.tanh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z,
        mpf(0),
        mpf("0.49"),
        (2, 3),
        lambda z: z * mp.sqrt(z) / mp.tanh(mp.sqrt(z)),
    ),
    Fit(
        "SINH",
        "(sinh(x) / x - 1) / z, where z = x**2",
        lambda z: (mp.sinh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z,
        mpf(0),
        mpf(1),
        (6, 0),
        lambda z: z * mp.sqrt(z) / mp.sinh(mp.sqrt(z)),
    ),
    Fit(
        "ATAN",
        "(atan(t) / t - 1) / z, where z = t**2",
        lambda z: (mp.atan(mp.sqrt(z)) / mp.sqrt(z) - 1) / z,
        mpf(0),
        mpf("0.6667") ** 2,
        (4, 5),
        lambda z: z * mp.sqrt(z) / mp.atan(mp.sqrt(z)),
    ),
    Fit(
        "ASIN",
        "(asin(s) / s - 1) / z, where z = s**2",
        lambda z: (mp.asin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z,
        mpf(0),
        mpf("0.25"),
        (4, 4),
        lambda z: z * mp.sqrt(z) / mp.asin(mp.sqrt(z)),
    ),
    Fit(
        "CUBE_ROOT",
        "r**(-1/3)",
        lambda r: r ** (-mpf(1) / 3),
        mpf("0.909"),
        mpf("1.1"),
        (4, 0),
        lambda r: r ** (mpf(1) / 3),
    ),
    Fit(
        "ERF",
        "erf(x) / x - 1, where z = x**2",
        lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z) - 1,
        mpf(0),
        mpf(1),
        (5, 5),
        lambda z: mp.sqrt(z) / mp.erf(mp.sqrt(z)),
    ),
    Fit(
        "ERFC",
        "x exp(x**2) erfc(x) - 1/2, where u = (x - 3) / (x + 3)",
        lambda u: scaled_erfc(u) - 0.5,
        mpf("-0.6"),
        mpf("0.806"),
        (21, 0),
        lambda u: 1 / scaled_erfc(u),
    ),
    Fit(
        "LGAMMA",
        "log(Gamma(d + 1)) / (d (d - 1)) - 7/16",
        lambda d: mp.loggamma(d + 1) / (d * (d - 1)) - 0.4375,
        mpf(0),
        mpf("1.3"),
        (7, 6),
        lambda d: d * (d - 1) / mp.loggamma(d + 1),
    ),
    Fit(
        "LGAMMA_LARGE",
        "(log(Gamma(x)) - (x - 1/2) (log(x) - 1) - LGAMMA_SHIFT) x, where z = 1 / x**2",
        log_gamma_series,
        mpf("1e-30"),
        mpf(1) / 64,
        (5, 0),
        lambda z: mp.sqrt(z) / mp.loggamma(1 / mp.sqrt(z)),
    ),
    Fit(
        "DIGAMMA",
        "digamma(d + 1) / (d - DIGAMMA_ZERO) - 1",
        lambda d: mp.digamma(d + 1) / (d - DIGAMMA_ZERO) - 1,
        mpf(0),
        mpf("1.2"),
        (6, 6),
        lambda d: (d - DIGAMMA_ZERO) / mp.digamma(d + 1),
    ),
    Fit(
        "DIGAMMA_LARGE",
        "(log(x) - 1 / (2 x) - digamma(x)) x**2, where z = 1 / x**2",
        digamma_series,
        mpf("1e-30"),
        mpf(1) / 36,
        (6, 0),
        lambda z: z / mp.digamma(1 / mp.sqrt(z)),
    ),
    Fit(
        "POWER_LOG",
        "(3 atanh(s) / s - 3 - z) / z**2, where z = s**2",
        lambda z: (3 * atanh_ratio(z) - 3 - z) / z**2,
        mpf(0),
        mpf("0.1011") ** 2,
        (5, 0),
        lambda z: z**2 / 3,
    ),
]


def two_over_pi_lines() -> Iterator[str]:
    """The bits of 2/pi that reduction of any double needs, behind 55 zero bits."""
    mp.prec = 1400
    bits = int(mp.floor(mp.ldexp(2 / mp.pi, 1216 - 55)))
    mp.dps = 70
    yield "# floor(2 / pi * 2**1161) as 152 bytes, the lowest first"
    yield "TWO_OVER_PI_BITS = bytes.fromhex("
    digits = bits.to_bytes(152, "little").hex()
    yield from (f'    "{digits[start : start + 76]}"' for start in range(0, len(digits), 76))
    yield ")"


def lines() -> Iterator[str]:
    """The text of the file."""
    yield from constant_lines("LOG2_E", float(1 / LN2), "1 / ln(2)")
    yield from parts("LN2", LN2, [-42], "ln(2)")
    yield from constant_lines("LN2_ALL", float(LN2), "ln(2), rounded")
    yield from constant_lines("TWO_OVER_PI", float(2 / mp.pi), "2 / pi")
    yield from parts("HALF_PI", mp.pi / 2, [-31, -63], "pi / 2")
    yield from constant_lines("HALF_PI_BITS", int(mp.nint(mp.pi / 2 * 2**63)), "pi / 2 * 2**63")
    yield from parts("PI", mp.pi, [-49], "pi")
    yield from parts("LOG10_2", mp.log10(2), [-42], "log10(2)")
    yield from parts("LOG10_E", 1 / mp.log(10), [-27], "1 / ln(10)")
    yield from parts("SHORT_LOG2_E", 1 / LN2, [-25], "1 / ln(2)")
    yield from parts("POWER_LOG2", 2 / (3 * LN2), [-26], "2 / (3 ln(2))")
    yield from parts("POWER_LOG2_3_HALVES", mp.log(1.5, 2), [-26], "log2(3 / 2)")
    yield from parts("SHORT_LN2", LN2, [-26], "ln(2)")
    yield from constant_lines("LGAMMA_SHIFT", float(LGAMMA_SHIFT), "log(2 pi) / 2 - 1 / 2")
    yield from parts("DIGAMMA_ZERO", DIGAMMA_ZERO, [-52], "the positive zero of digamma, less 1")
    yield from constant_lines("SINE_1", SINE_1, "-1 / 6")
    for fit in FITS:
        yield from fit_lines(fit)
    yield from two_over_pi_lines()


def main(arguments: list[str]) -> int:
    text = HEADER + "\n".join(lines()) + "\n"
    if arguments == ["--check"]:
        if TARGET.read_text() == text:
            return 0
        print(f"{TARGET.name} differs from what tools/math_coefficients.py writes")
        return 1
    TARGET.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
