"""Measure the errors of `rose.wasm.math` over millions of arguments; write the table in docs/accuracy.md.

    python tools/math_accuracy.py                       # all functions, two million arguments each
    python tools/math_accuracy.py --count 1e5 sin cos   # two of them, fewer
    python tools/math_accuracy.py --write               # all, and put the table into the page

Arguments are random floats of any exponent, random in the intervals where a function is hard, the hard cases of
math_cases.py and the special values of C99 Annex F. A screen in extended precision finds the worst of each batch, and
mpmath judges those.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from math_cases import HARD, SPECIAL_VALUES
from math_evaluation import BOUNDS, INTERVALS, LEAST_SIZES, Evaluator, error_of, same_bits
from math_screens import HAS_EXTENDED, SCREENS, Extended
from numpy.typing import NDArray

from rose.wasm.math import MATH_NAMES

Column = NDArray[np.float64]

PAGE = Path(__file__).resolve().parent.parent / "docs" / "accuracy.md"
START = "<!-- accuracy: written by make accuracy -->\n"
END = "<!-- end of accuracy -->\n"
BATCH = 1 << 16
SUSPECTS = 3  # results of a batch that mpmath sees
HEAD = ("function", "largest error found, ulp", "promised", "arguments tried", "where")


@dataclass(frozen=True)
class Found:
    """The largest error of a function in ulp, its arguments, and how many arguments were tried."""

    name: str
    error: float
    args: tuple[float, ...]
    count: int

    @property
    def row(self) -> tuple[str, ...]:
        where = ", ".join(map(repr, self.args)) or "–"
        bound = f"{BOUNDS[self.name]:g}"
        return f"`{self.name}`", f"{self.error:.3f}", bound, f"{self.count:,}", where


def batches(name: str, generator: np.random.Generator) -> Iterator[list[Column]]:
    """Columns of arguments, forever."""
    arity = len(INTERVALS[name][0]) // 2
    while True:
        bits = generator.integers(0, 2**64, (arity, BATCH), dtype=np.uint64)
        yield list(bits.view(np.float64))
        for bounds in INTERVALS[name]:
            pairs = zip(bounds[::2], bounds[1::2], strict=True)
            yield [generator.uniform(low, high, BATCH) for low, high in pairs]


def suspects(name: str, columns: Sequence[Column], results: Column) -> NDArray[np.intp]:
    """Where the errors seem largest."""
    with np.errstate(all="ignore"):
        exact = SCREENS[name](*(column.astype(Extended) for column in columns))
        size = abs(exact.astype(np.float64))
        if name in LEAST_SIZES:
            size = np.where(columns[0] < 0, np.maximum(size, LEAST_SIZES[name]), size)
        errors = abs(results - exact) / np.spacing(size)
    same = (results == exact) | (np.isnan(results) & np.isnan(exact))
    errors = np.where(same, 0.0, np.where(np.isfinite(errors), errors, np.inf))
    finite = np.all([np.isfinite(column) for column in columns], axis=0)
    # Where one is infinite and the other not, mpmath decides; infinite arguments are special values.
    return np.argsort(np.where(finite, errors, -1.0))[-SUSPECTS:]


def special_values_hold(name: str, evaluator: Evaluator) -> int:
    """How many special values the function has; exits if one is another."""
    rows = [(args, expected) for of, args, expected in SPECIAL_VALUES if of == name]
    for args, expected in rows:
        [result] = evaluator(*([x] for x in args))
        if not same_bits(result, expected):
            sys.exit(f"{name}{args} is {result!r}, and {expected!r} by C99 Annex F")
    return len(rows)


def search(name: str, least: int, seed: int) -> Found:
    """The largest error over at least so many arguments."""
    evaluator = Evaluator(name)
    hard = [(x,) for x in HARD.get(name, [])]
    worst: tuple[float, tuple[float, ...]] = (0.0, ())
    for args in hard:
        [result] = evaluator(*([x] for x in args))
        worst = max(worst, (error_of(name, args, result), args))
    count = len(hard) + special_values_hold(name, evaluator)
    for columns in batches(name, np.random.default_rng(seed)):
        results = np.frombuffer(evaluator(*columns))
        for place in suspects(name, columns, results):
            args = tuple(float(column[place]) for column in columns)
            worst = max(worst, (error_of(name, args, float(results[place])), args))
        count += BATCH
        if count >= least:
            return Found(name, *worst, count)
    raise AssertionError("batches never end")


def table(found: Sequence[Found]) -> str:
    """The table in Markdown."""
    rows = [HEAD, ("---",) * len(HEAD), *[one.row for one in found]]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def page_with_table(page: str, made: str) -> str:
    """The page with what stands between the comments replaced."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{made}\n{END}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=sorted(MATH_NAMES))
    parser.add_argument("--count", type=float, default=2e6, help="arguments per function")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="put the table into docs/accuracy.md")
    options = parser.parse_args()
    if not HAS_EXTENDED:
        sys.exit("this needs a long double of 64 bits, as numpy has on x86")
    found = []
    for name in options.names:
        found.append(search(name, int(options.count), options.seed))
        print(*found[-1].row, sep="  ", flush=True)
    if options.write:
        PAGE.write_text(page_with_table(PAGE.read_text(), table(found)))
    return max((one.error > BOUNDS[one.name] for one in found), default=False)


if __name__ == "__main__":
    sys.exit(main())
