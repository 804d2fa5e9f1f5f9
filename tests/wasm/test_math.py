"""The elementary functions against mpmath: errors, special values of C99 Annex F, sizes."""

from __future__ import annotations

import itertools
import math
import random
import struct
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"
sys.path.insert(0, str(TOOLS))  # the tools are scripts, not a package

from math_cases import HARD, INF, LARGE, SPECIAL_VALUES, TINY  # noqa: E402
from math_coefficients import FITS, TARGET, fit_lines  # noqa: E402
from math_evaluation import BOUNDS, INTERVALS, Evaluator, error_of, same_bits  # noqa: E402

from rose.primitives import REGISTRY  # noqa: E402
from rose.wasm.encode import encode  # noqa: E402
from rose.wasm.math import MATH_NAMES, math_function  # noqa: E402
from rose.wasm.module import Module, reachable  # noqa: E402

COUNT = 300  # arguments of each kind

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
    "atan2_slope": 250,
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
    "trigamma": 1500,
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


PAGE = TOOLS.parent / "docs" / "accuracy.md"


def test_the_page_has_a_row_for_every_function_as_it_is_now() -> None:
    """The largest errors found are those of the code, at the arguments given, and within what is promised."""
    rows = [
        [cell.strip(" `") for cell in line.strip("|\n").split("|")]
        for line in PAGE.read_text().splitlines()
        if line.startswith("| `")
    ]
    assert [row[0] for row in rows] == sorted(MATH_NAMES)
    for name, error, promised, tried, where in rows:
        assert float(promised) == BOUNDS[name]
        assert float(error) <= BOUNDS[name]
        assert int(tried.replace(",", "")) >= 2_000_000
        args = tuple(map(float, where.split(", ")))
        [result] = evaluator(name)(*([x] for x in args))
        assert f"{error_of(name, args, result):.3f}" == error, name


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


REMAINDERS: list[tuple[str, Callable[[float, float], float]]] = [
    ("fmod", math.fmod),
    ("mod", float.__mod__),
    ("floor_divide", float.__floordiv__),
]


@pytest.mark.parametrize(("name", "expected"), REMAINDERS)
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


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # mpmath's own
def test_coefficients_are_up_to_date() -> None:
    """Every fourth of the polynomials, each of which takes half a second; `make accuracy` asks for them all."""
    text = TARGET.read_text()
    for fit in FITS[::4]:
        assert "\n".join(fit_lines(fit)) in text
