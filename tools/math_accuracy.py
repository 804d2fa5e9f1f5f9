"""Search for the largest errors of `rose.wasm.math` and print a table of them.

    python tools/math_accuracy.py [--seconds 10] [--seed 0] [NAME ...]

Each function gets the given time. Arguments are random floats of any exponent, and random in the
intervals where the function is hard. Where numpy has the function in extended precision, that
finds the worst of many arguments, which mpmath then judges; elsewhere mpmath judges all of fewer.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import numpy as np
from math_evaluation import BOUNDS, INTERVALS, Evaluator, error_of
from numpy.typing import NDArray

from rose.wasm.math import MATH_NAMES

Column = NDArray[np.float64]

SCREENED = {
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
BATCH = 1 << 16
JUDGED = 200  # results without a screen, and suspects with one, that mpmath sees in a batch


def batches(name: str, generator: np.random.Generator) -> Iterator[list[Column]]:
    """Columns of arguments, forever."""
    arity = len(INTERVALS[name][0]) // 2
    while True:
        bits = generator.integers(0, 2**64, (arity, BATCH), dtype=np.uint64)
        yield list(bits.view(np.float64))
        for bounds in INTERVALS[name]:
            pairs = zip(bounds[::2], bounds[1::2], strict=True)
            yield [generator.uniform(low, high, BATCH) for low, high in pairs]


def suspects(name: str, columns: list[Column], results: Column) -> NDArray[np.intp]:
    """Where the errors seem largest, or just the first places."""
    if name not in SCREENED or np.finfo(np.longdouble).nmant < 63:
        return np.arange(JUDGED)
    with np.errstate(all="ignore"):
        function = getattr(np, SCREENED[name])
        exact = function(*(column.astype(np.longdouble) for column in columns))
        errors = abs(results - exact) / np.spacing(abs(exact.astype(np.float64)))
    errors[~np.isfinite(errors)] = 0
    return np.argsort(errors)[-3:]


def search(name: str, seconds: float, seed: int) -> tuple[float, tuple[float, ...], int]:
    """The largest error found, its arguments, and how many arguments were tried."""
    evaluator = Evaluator(name)
    worst: tuple[float, tuple[float, ...]] = (0.0, ())
    count = 0
    end = time.monotonic() + seconds
    for columns in batches(name, np.random.default_rng(seed)):
        results = np.frombuffer(evaluator(*(column.tolist() for column in columns)))
        places = suspects(name, columns, results)
        for place in places:
            args = tuple(float(column[place]) for column in columns)
            worst = max(worst, (error_of(name, args, float(results[place])), args))
        count += JUDGED if len(places) == JUDGED else BATCH
        if time.monotonic() > end:
            break
    return *worst, count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=sorted(MATH_NAMES))
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(f"{'function':10} {'ulp':>6} {'bound':>6} {'tried':>10}  worst arguments")
    for name in options.names:
        error, args, count = search(name, options.seconds, options.seed)
        print(f"{name:10} {error:6.3f} {BOUNDS[name]:6} {count:10}  {args}", flush=True)


if __name__ == "__main__":
    main()
