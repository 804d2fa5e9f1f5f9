"""The elementary functions against mpmath: errors, special values of C99 Annex F, sizes."""

from __future__ import annotations

import itertools
import math
import operator
import random
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"
sys.path.insert(0, str(TOOLS))  # the tools are scripts, not a package

from math_evaluation import BOUNDS, INTERVALS, Evaluator, error_of, same_bits  # noqa: E402

from rose.primitives import REGISTRY  # noqa: E402
from rose.wasm.encode import encode  # noqa: E402
from rose.wasm.math import MATH_NAMES, math_function  # noqa: E402
from rose.wasm.module import Module, reachable  # noqa: E402

COUNT = 300  # arguments of each kind
INF, NAN = math.inf, math.nan
TINY = 5e-324
LARGE = 1.7976931348623157e308

# Multiples of pi/2 in double precision whose remainders are small, and huge numbers.
QUARTER_TURNS = [k * math.pi / 2 for k in (1, 2, 3, 4, 11, 355, 710, 1000003, 2**31, 2**60)]
FAR = [6381956970095103.0 * 2.0**797, LARGE, 1e308, 1e22, 2.0**20, *QUARTER_TURNS]
HARD = {
    "asin": [0.5, math.nextafter(0.5, 1), math.nextafter(1, 0), TINY],
    "acos": [0.5, math.nextafter(0.5, 1), math.nextafter(1, 0), math.nextafter(-1, 0), TINY],
    "atan": [0.66, math.nextafter(0.66, 1), 1.5, math.nextafter(1.5, 2), 1.0, 2.0**60, TINY],
    "cbrt": [TINY, LARGE, 2.0**-1022, 27.0, 1e-310],
    "cos": FAR,
    "erfc": [0.9, math.nextafter(0.9, 0), 26.5, 26.543, 27.226, 27.227, -5.9],
    "exp": [709.782712893384, -708.3964185322641, -745.1332191019411, 2.0**-54, 0.34657359],
    "expm1": [709.782712893384, 700.0, math.nextafter(700.0, 701), -37.5, -40.0, 2.0**-54],
    "lgamma": [1 + 2.0**-52, 1 - 2.0**-53, 2 + 2.0**-51, 2 - 2.0**-52, 2.3, 8.0, TINY, 2.5e305],
    "log": [TINY, 2.0**-1022, LARGE, 1 + 2.0**-52, 1 - 2.0**-53, math.sqrt(0.5), math.sqrt(2)],
    "log1p": [2.0**-54, 2.0**-53, -1 + 2.0**-53, LARGE, TINY],
    "log2": [TINY, 2.0**-1022, LARGE, 1 + 2.0**-52, 1 - 2.0**-53],
    "sin": FAR,
    "sinh": [1.0, 700.0, 710.4758600739439, TINY],
    "tan": FAR,
    "tanh": [TINY, 0.7, math.nextafter(0.7, 0), 22.0, 19.0615],
}

# name, arguments, result
SPECIAL_VALUES = [
    ("exp", (0.0,), 1.0),
    ("exp", (-0.0,), 1.0),
    ("exp", (INF,), INF),
    ("exp", (-INF,), 0.0),
    ("exp", (709.79,), INF),
    ("exp", (1e300,), INF),
    ("exp", (-745.2,), 0.0),
    ("exp", (-1e300,), 0.0),
    ("exp", (NAN,), NAN),
    ("log", (0.0,), -INF),
    ("log", (-0.0,), -INF),
    ("log", (1.0,), 0.0),
    ("log", (-1.0,), NAN),
    ("log", (-TINY,), NAN),
    ("log", (-INF,), NAN),
    ("log", (INF,), INF),
    ("log", (NAN,), NAN),
    ("sin", (0.0,), 0.0),
    ("sin", (-0.0,), -0.0),
    ("sin", (TINY,), TINY),
    ("sin", (-TINY,), -TINY),
    ("sin", (INF,), NAN),
    ("sin", (-INF,), NAN),
    ("sin", (NAN,), NAN),
    ("cos", (0.0,), 1.0),
    ("cos", (-0.0,), 1.0),
    ("cos", (INF,), NAN),
    ("cos", (-INF,), NAN),
    ("cos", (NAN,), NAN),
    ("tanh", (0.0,), 0.0),
    ("tanh", (-0.0,), -0.0),
    ("tanh", (TINY,), TINY),
    ("tanh", (INF,), 1.0),
    ("tanh", (-INF,), -1.0),
    ("tanh", (1e300,), 1.0),
    ("tanh", (NAN,), NAN),
    ("pow", (0.0, -1.0), INF),
    ("pow", (-0.0, -1.0), -INF),
    ("pow", (0.0, -2.0), INF),
    ("pow", (-0.0, -2.0), INF),
    ("pow", (-0.0, -0.5), INF),
    ("pow", (0.0, -INF), INF),
    ("pow", (-0.0, -INF), INF),
    ("pow", (0.0, 3.0), 0.0),
    ("pow", (-0.0, 3.0), -0.0),
    ("pow", (0.0, 0.5), 0.0),
    ("pow", (-0.0, 0.5), 0.0),
    ("pow", (-0.0, 2.0), 0.0),
    ("pow", (-0.0, INF), 0.0),
    ("pow", (-1.0, INF), 1.0),
    ("pow", (-1.0, -INF), 1.0),
    ("pow", (1.0, NAN), 1.0),
    ("pow", (1.0, INF), 1.0),
    ("pow", (1.0, 1e300), 1.0),
    ("pow", (NAN, 0.0), 1.0),
    ("pow", (NAN, -0.0), 1.0),
    ("pow", (INF, 0.0), 1.0),
    ("pow", (-2.0, 0.5), NAN),
    ("pow", (-TINY, -0.5), NAN),
    ("pow", (0.5, -INF), INF),
    ("pow", (-0.5, -INF), INF),
    ("pow", (2.0, -INF), 0.0),
    ("pow", (-2.0, -INF), 0.0),
    ("pow", (0.5, INF), 0.0),
    ("pow", (-0.5, INF), 0.0),
    ("pow", (2.0, INF), INF),
    ("pow", (-2.0, INF), INF),
    ("pow", (INF, INF), INF),
    ("pow", (INF, -INF), 0.0),
    ("pow", (-INF, INF), INF),
    ("pow", (-INF, -3.0), -0.0),
    ("pow", (-INF, -2.0), 0.0),
    ("pow", (-INF, -0.5), 0.0),
    ("pow", (-INF, 3.0), -INF),
    ("pow", (-INF, 2.0), INF),
    ("pow", (-INF, 0.5), INF),
    ("pow", (INF, -1.0), 0.0),
    ("pow", (INF, 0.5), INF),
    ("pow", (NAN, 1.0), NAN),
    ("pow", (2.0, NAN), NAN),
    ("pow", (-2.0, 3.0), -8.0),
    ("pow", (-2.0, 4.0), 16.0),
    ("pow", (-1.0, 2.0**53), 1.0),
    ("pow", (-1.0, 2.0**53 - 1), -1.0),
    ("pow", (-1.0, -1e300), 1.0),
    ("pow", (2.0, -1074.0), TINY),
    ("pow", (2.0, -1075.0), 0.0),
    ("pow", (-2.0, -1075.0), -0.0),
    ("pow", (2.0, 1024.0), INF),
    ("pow", (-2.0, 1025.0), -INF),
    ("pow", (TINY, 1.0), TINY),
    ("pow", (-TINY, 1.0), -TINY),
    ("pow", (LARGE, 1.0), LARGE),
    ("pow", (2.0, 1e300), INF),
    ("pow", (2.0, -1e300), 0.0),
    ("pow", (1 - 2.0**-53, 1e300), 0.0),
    ("pow", (1 + 2.0**-52, -LARGE), 0.0),
    ("pow", (LARGE, TINY), 1.0),
    ("pow", (3.0, 2.0), 9.0),
    ("exp2", (0.0,), 1.0),
    ("exp2", (-1074.0,), TINY),
    ("exp2", (-1075.5,), 0.0),
    ("exp2", (1023.0,), 2.0**1023),
    ("exp2", (1024.0,), INF),
    ("exp2", (INF,), INF),
    ("exp2", (-INF,), 0.0),
    ("exp2", (NAN,), NAN),
    ("expm1", (0.0,), 0.0),
    ("expm1", (-0.0,), -0.0),
    ("expm1", (TINY,), TINY),
    ("expm1", (INF,), INF),
    ("expm1", (-INF,), -1.0),
    ("expm1", (1000.0,), INF),
    ("expm1", (NAN,), NAN),
    ("log1p", (0.0,), 0.0),
    ("log1p", (-0.0,), -0.0),
    ("log1p", (-1.0,), -INF),
    ("log1p", (-1.5,), NAN),
    ("log1p", (-INF,), NAN),
    ("log1p", (INF,), INF),
    ("log1p", (NAN,), NAN),
    ("log2", (0.0,), -INF),
    ("log2", (-0.0,), -INF),
    ("log2", (1.0,), 0.0),
    ("log2", (-1.0,), NAN),
    ("log2", (INF,), INF),
    ("log2", (NAN,), NAN),
    ("log2", (2.0**-1074,), -1074.0),
    ("log2", (8.0,), 3.0),
    ("log10", (0.0,), -INF),
    ("log10", (-0.0,), -INF),
    ("log10", (1.0,), 0.0),
    ("log10", (-1.0,), NAN),
    ("log10", (INF,), INF),
    ("log10", (NAN,), NAN),
    ("log10", (1e22,), 22.0),
    ("log10", (1000.0,), 3.0),
    ("tan", (0.0,), 0.0),
    ("tan", (-0.0,), -0.0),
    ("tan", (TINY,), TINY),
    ("tan", (INF,), NAN),
    ("tan", (-INF,), NAN),
    ("tan", (NAN,), NAN),
    ("asin", (0.0,), 0.0),
    ("asin", (-0.0,), -0.0),
    ("asin", (1.0,), math.pi / 2),
    ("asin", (-1.0,), -math.pi / 2),
    ("asin", (1.0000000000000002,), NAN),
    ("asin", (-INF,), NAN),
    ("asin", (NAN,), NAN),
    ("acos", (1.0,), 0.0),
    ("acos", (-1.0,), math.pi),
    ("acos", (0.0,), math.pi / 2),
    ("acos", (1.0000000000000002,), NAN),
    ("acos", (-1.0000000000000002,), NAN),
    ("acos", (INF,), NAN),
    ("acos", (NAN,), NAN),
    ("atan", (0.0,), 0.0),
    ("atan", (-0.0,), -0.0),
    ("atan", (TINY,), TINY),
    ("atan", (INF,), math.pi / 2),
    ("atan", (-INF,), -math.pi / 2),
    ("atan", (NAN,), NAN),
    ("atan2", (0.0, -0.0), math.pi),
    ("atan2", (-0.0, -0.0), -math.pi),
    ("atan2", (0.0, 0.0), 0.0),
    ("atan2", (-0.0, 0.0), -0.0),
    ("atan2", (0.0, -1.0), math.pi),
    ("atan2", (-0.0, -1.0), -math.pi),
    ("atan2", (0.0, 1.0), 0.0),
    ("atan2", (-0.0, TINY), -0.0),
    ("atan2", (-1.0, 0.0), -math.pi / 2),
    ("atan2", (-TINY, -0.0), -math.pi / 2),
    ("atan2", (1.0, 0.0), math.pi / 2),
    ("atan2", (1.0, -0.0), math.pi / 2),
    ("atan2", (1.0, -INF), math.pi),
    ("atan2", (-1.0, -INF), -math.pi),
    ("atan2", (1.0, INF), 0.0),
    ("atan2", (-1.0, INF), -0.0),
    ("atan2", (INF, 1.0), math.pi / 2),
    ("atan2", (-INF, -1.0), -math.pi / 2),
    ("atan2", (INF, -INF), 3 * math.pi / 4),
    ("atan2", (-INF, -INF), -3 * math.pi / 4),
    ("atan2", (INF, INF), math.pi / 4),
    ("atan2", (-INF, INF), -math.pi / 4),
    ("atan2", (TINY, TINY), math.pi / 4),
    ("atan2", (LARGE, LARGE), math.pi / 4),
    ("atan2", (LARGE, TINY), math.pi / 2),
    ("atan2", (NAN, 1.0), NAN),
    ("atan2", (1.0, NAN), NAN),
    ("atan2", (INF, NAN), NAN),
    ("sinh", (0.0,), 0.0),
    ("sinh", (-0.0,), -0.0),
    ("sinh", (INF,), INF),
    ("sinh", (-INF,), -INF),
    ("sinh", (711.0,), INF),
    ("sinh", (NAN,), NAN),
    ("cosh", (0.0,), 1.0),
    ("cosh", (-0.0,), 1.0),
    ("cosh", (INF,), INF),
    ("cosh", (-INF,), INF),
    ("cosh", (NAN,), NAN),
    ("asinh", (0.0,), 0.0),
    ("asinh", (-0.0,), -0.0),
    ("asinh", (TINY,), TINY),
    ("asinh", (INF,), INF),
    ("asinh", (-INF,), -INF),
    ("asinh", (NAN,), NAN),
    ("acosh", (1.0,), 0.0),
    ("acosh", (0.5,), NAN),
    ("acosh", (-INF,), NAN),
    ("acosh", (INF,), INF),
    ("acosh", (NAN,), NAN),
    ("atanh", (0.0,), 0.0),
    ("atanh", (-0.0,), -0.0),
    ("atanh", (1.0,), INF),
    ("atanh", (-1.0,), -INF),
    ("atanh", (1.5,), NAN),
    ("atanh", (-INF,), NAN),
    ("atanh", (NAN,), NAN),
    ("cbrt", (0.0,), 0.0),
    ("cbrt", (-0.0,), -0.0),
    ("cbrt", (-8.0,), -2.0),
    ("cbrt", (INF,), INF),
    ("cbrt", (-INF,), -INF),
    ("cbrt", (NAN,), NAN),
    ("hypot", (3.0, -4.0), 5.0),
    ("hypot", (0.0, -0.0), 0.0),
    ("hypot", (0.0, -2.5), 2.5),
    ("hypot", (TINY, 0.0), TINY),
    ("hypot", (LARGE, 0.0), LARGE),
    ("hypot", (LARGE, LARGE), INF),
    ("hypot", (-INF, NAN), INF),
    ("hypot", (NAN, INF), INF),
    ("hypot", (NAN, 1.0), NAN),
    ("fmod", (0.0, 1.0), 0.0),
    ("fmod", (-0.0, 1.0), -0.0),
    ("fmod", (0.0, 0.0), NAN),
    ("fmod", (1.0, -0.0), NAN),
    ("fmod", (INF, 1.0), NAN),
    ("fmod", (-INF, INF), NAN),
    ("fmod", (-1.5, INF), -1.5),
    ("fmod", (1.5, -INF), 1.5),
    ("fmod", (NAN, 1.0), NAN),
    ("fmod", (1.0, NAN), NAN),
    ("fmod", (-6.0, 3.0), -0.0),
    ("fmod", (LARGE, TINY), 0.0),
    ("mod", (-6.0, 3.0), 0.0),
    ("mod", (6.0, -3.0), -0.0),
    ("mod", (-1.5, INF), INF),
    ("mod", (1.5, -INF), -INF),
    ("mod", (-0.0, INF), 0.0),
    ("mod", (1.0, 0.0), NAN),
    ("mod", (-TINY, 1.0), 1.0),
    ("copysign", (1.0, -0.0), -1.0),
    ("copysign", (-2.0, NAN), 2.0),
    ("copysign", (-2.0, -NAN), 2.0),
    ("copysign", (NAN, -1.0), NAN),
    ("floor_divide", (1.0, 0.0), INF),
    ("floor_divide", (1.0, -0.0), -INF),
    ("floor_divide", (0.0, 0.0), NAN),
    ("floor_divide", (INF, 2.0), NAN),
    ("floor_divide", (-1.5, INF), -1.0),
    ("floor_divide", (0.0, -2.0), -0.0),
    ("floor_divide", (1.0, 0.1), 9.0),
    ("floor_divide", (LARGE, TINY), INF),
    ("erf", (0.0,), 0.0),
    ("erf", (-0.0,), -0.0),
    ("erf", (INF,), 1.0),
    ("erf", (-INF,), -1.0),
    ("erf", (NAN,), NAN),
    ("erfc", (0.0,), 1.0),
    ("erfc", (INF,), 0.0),
    ("erfc", (-INF,), 2.0),
    ("erfc", (28.0,), 0.0),
    ("erfc", (NAN,), NAN),
    ("lgamma", (1.0,), 0.0),
    ("lgamma", (2.0,), 0.0),
    ("lgamma", (0.0,), INF),
    ("lgamma", (-0.0,), INF),
    ("lgamma", (-3.0,), INF),
    ("lgamma", (-1e300,), INF),
    ("lgamma", (INF,), INF),
    ("lgamma", (-INF,), INF),
    ("lgamma", (LARGE,), INF),
    ("lgamma", (NAN,), NAN),
    ("digamma", (0.0,), -INF),
    ("digamma", (-0.0,), INF),
    ("digamma", (-3.0,), NAN),
    ("digamma", (INF,), INF),
    ("digamma", (-INF,), NAN),
    ("digamma", (NAN,), NAN),
]

# Bytes of a module that has this function and what it calls.
LARGEST_SIZES = {
    "exp": 450,
    "exp2": 500,
    "expm1": 850,
    "log": 450,
    "log1p": 500,
    "log2": 550,
    "log10": 550,
    "pow": 1400,
    "cbrt": 300,
    "hypot": 250,
    "fmod": 350,
    "mod": 400,
    "floor_divide": 500,
    "sin": 1200,
    "cos": 1200,
    "tan": 1300,
    "asin": 450,
    "acos": 500,
    "atan": 450,
    "atan2": 750,
    "sinh": 750,
    "cosh": 550,
    "tanh": 650,
    "asinh": 1000,
    "acosh": 1050,
    "atanh": 600,
    "erf": 1100,
    "erfc": 1200,
    "lgamma": 2250,
    "digamma": 2250,
}


@pytest.fixture(scope="module", autouse=True)
def engines_end_before_python_does() -> Iterator[None]:
    yield
    evaluator.cache_clear()


@cache
def evaluator(name: str) -> Evaluator:
    return Evaluator(name)


def random_bits(generator: random.Random, arity: int) -> tuple[float, ...]:
    """Floats of any exponent, NaN and infinities among them."""
    return struct.unpack(f"{arity}d", generator.randbytes(8 * arity))


def arguments(name: str, count: int) -> list[tuple[float, ...]]:
    """Random arguments: any floats, and some in each interval of the function."""
    generator = random.Random(name)
    arity = len(math_function(name).params)
    rows = [random_bits(generator, arity) for _ in range(count)]
    for bounds in INTERVALS[name]:
        pairs = list(zip(bounds[::2], bounds[1::2], strict=True))
        rows += [tuple(generator.uniform(*pair) for pair in pairs) for _ in range(count)]
    return rows


@pytest.mark.parametrize("name", sorted(MATH_NAMES))
def test_error_stays_below_its_bound(name: str) -> None:
    rows = arguments(name, COUNT) + [(x,) for x in HARD.get(name, [])]
    results = evaluator(name)(*zip(*rows, strict=True))
    errors = [error_of(name, row, result) for row, result in zip(rows, results, strict=True)]
    worst = max(errors)
    assert worst <= BOUNDS[name], f"{name}{rows[errors.index(worst)]} is {worst} ulp off"


@pytest.mark.parametrize(("name", "args", "expected"), SPECIAL_VALUES)
def test_special_value(name: str, args: tuple[float, ...], expected: float) -> None:
    [result] = evaluator(name)(*([x] for x in args))
    assert same_bits(result, expected), f"{name}{args} is {result!r}, not {expected!r}"


# Quotients of all sizes; divisors that leave remainders next to 0 or to themselves; subnormal numbers.
HARD_QUOTIENTS = [
    *itertools.product([7.5, -7.5, 1e22, LARGE, TINY, -TINY, math.pi, 0.1, -0.3], repeat=2),
    *[(n * 0.1, 0.1) for n in range(-50, 50)],
    *[(math.nextafter(n * 0.3, side), 0.3) for n in range(1, 50) for side in (-INF, INF)],
    *[(2.0**n, 2.0**-1022 - k * TINY) for n in range(-1000, 1023, 97) for k in (0, 1, 2)],
    *[(LARGE, (2**53 - 1) * 2.0 ** (-1074 + n)) for n in range(12)],
]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("fmod", math.fmod), ("mod", operator.mod), ("floor_divide", operator.floordiv)],
)
def test_remainders_are_pythons_to_the_bit(
    name: str, expected: Callable[[float, float], float]
) -> None:
    rows = [row for row in arguments(name, 20_000) if all(map(math.isfinite, row)) and row[1]]
    rows += HARD_QUOTIENTS
    for row, found in zip(rows, evaluator(name)(*zip(*rows, strict=True)), strict=True):
        assert same_bits(found, expected(*row)), row
        assert same_bits(found, REGISTRY[name].evaluate(*row)), row


@pytest.mark.parametrize(("name", "largest"), LARGEST_SIZES.items())
def test_code_is_small(name: str, largest: int) -> None:
    function = math_function(name)
    module = Module(reachable([function]), {"f": function})
    assert len(encode(module)) <= largest, f"{name} takes {len(encode(module))} bytes"


def test_same_object_each_time() -> None:
    assert all(math_function(name) is math_function(name) for name in MATH_NAMES)


def test_unknown_name() -> None:
    with pytest.raises(AssertionError, match="no elementary function 'gamma'; there are "):
        math_function("gamma")


def test_coefficients_are_up_to_date() -> None:
    script = [sys.executable, str(TOOLS / "math_coefficients.py"), "--check"]
    assert subprocess.run(script, check=False).returncode == 0
