"""The elementary functions against mpmath: errors, special values of C99 Annex F, sizes."""

from __future__ import annotations

import math
import random
import struct
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"
sys.path.insert(0, str(TOOLS))  # the tools are scripts, not a package

from math_evaluation import BOUNDS, Evaluator, error_of, same_bits  # noqa: E402 (needs the path)

from rose.wasm.encode import encode  # noqa: E402
from rose.wasm.math import MATH_NAMES, math_function  # noqa: E402
from rose.wasm.module import Module, reachable  # noqa: E402

INF, NAN = math.inf, math.nan
TINY = 5e-324
LARGE = 1.7976931348623157e308

# Intervals with uniform arguments; the number 0 in a pair means random exponents below the other.
INTERVALS: dict[str, list[tuple[float, ...]]] = {
    "cos": [(-0.8, 0.8), (-7.0, 7.0), (-1e6, 1e6)],
    "exp": [(-1.0, 1.0), (-745.2, 709.8), (-746.0, -708.0)],
    "log": [(0.5, 2.0), (0.999, 1.001), (0.0, 1e-307)],
    "pow": [(0.7, 1.5, -1500.0, 1500.0), (0.0, 10.0, -300.0, 300.0), (0.0, 1e-307, -1.0, 1.0)],
    "sin": [(-0.8, 0.8), (-7.0, 7.0), (-1e6, 1e6)],
    "tanh": [(-1.0, 1.0), (-20.0, 20.0)],
}

# Multiples of pi/2 in double precision whose remainders are small, and huge numbers.
QUARTER_TURNS = [k * math.pi / 2 for k in (1, 2, 3, 4, 11, 355, 710, 1000003, 2**31, 2**60)]
HARD = {
    "cos": [*QUARTER_TURNS, 6381956970095103.0 * 2.0**797, LARGE, 1e308, 1e22, 2.0**20],
    "sin": [*QUARTER_TURNS, 6381956970095103.0 * 2.0**797, LARGE, 1e308, 1e22, 2.0**20],
    "exp": [709.782712893384, -708.3964185322641, -745.1332191019411, 2.0**-54, 0.34657359],
    "log": [TINY, 2.0**-1022, LARGE, 1 + 2.0**-52, 1 - 2.0**-53, math.sqrt(0.5), math.sqrt(2)],
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
]

# Bytes of a module that has this function and what it calls.
LARGEST_SIZES = {"exp": 450, "log": 450, "tanh": 650, "sin": 1200, "cos": 1200, "pow": 1400}


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
    rows = arguments(name, 400) + [(x,) for x in HARD.get(name, [])]
    results = evaluator(name)(*zip(*rows, strict=True))
    errors = [error_of(name, row, result) for row, result in zip(rows, results, strict=True)]
    worst = max(errors)
    assert worst <= BOUNDS[name], f"{name}{rows[errors.index(worst)]} is {worst} ulp off"


@pytest.mark.parametrize(("name", "args", "expected"), SPECIAL_VALUES)
def test_special_value(name: str, args: tuple[float, ...], expected: float) -> None:
    [result] = evaluator(name)(*([x] for x in args))
    assert same_bits(result, expected), f"{name}{args} is {result!r}, not {expected!r}"


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
