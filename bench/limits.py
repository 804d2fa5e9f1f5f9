"""How far programs may grow: time and memory of large ones, up to the largest that is promised.

`make limits` prints a row per size, and says meanwhile which one is under way. Each is a process of its own; the seconds are
those of the processor, so that other programs on the machine do not count. A limit holds if a unit of the largest size costs
at most `MOST` times what one of a sixteenth of it does, and Python's limit of recursion is what it was. `make limits
ARGS=--quick` stops at the middle sizes, a quarter of what is promised, and compares with those.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, cast

import rose
from rose import Fn, Index, Real, Vec, fn

MOST = 2.0
Made = tuple[Fn[..., Any], tuple[Any, ...]]


def straight(count: int) -> Made:
    """One function of so many traced instructions."""

    @fn
    def f(x: Real, y: Real) -> Real:
        for k in range(count // 4):
            x = rose.sin(x) * y + (x - 1.0 / (k + 2))
        return x

    return f, (0.3, 0.9)


def functions(count: int) -> Made:
    """So many functions, each too large to become part of its caller, all of them different."""

    def make(k: int) -> Fn[..., Any]:
        def g(x: Any, y: Any) -> Any:
            for j in range(6):
                x = x * y + (k + j) * 1e-3 * x
            return x

        return fn([Real, Real], Real)(g)

    made = [make(k) for k in range(count)]

    @fn
    def f(x: Real, y: Real) -> Real:
        total = x
        for g in made:
            total = total * 0.5 + g(x, y)
        return total

    return f, (0.3, 0.9)


def nested_calls(depth: int) -> Made:
    """A function that calls one that calls one …"""

    def after(g: Fn[..., Any]) -> Fn[..., Any]:
        return fn([Real, Real], Real)(lambda x, y: g(x * y, y) + 1)

    f = fn([Real, Real], Real)(lambda x, y: rose.sin(x) * y)
    for _ in range(depth):
        f = after(f)
    return f, (0.3, 0.999)


def nested_loops(depth: int) -> Made:
    """Loops in loops."""

    def nested(x: Any, left: int) -> Any:
        if left == 0:
            return rose.sin(x)
        return rose.loop(1, x, lambda _, inner: nested(inner, left - 1) + 0.25)

    return fn([Real], Real)(lambda x: nested(x, depth)), (0.3,)


def numbers(count: int) -> Made:
    """A Vec of so many numbers."""

    @fn
    def f(v: Annotated[Vec, count]) -> Real:
        return rose.sum(count, lambda i: rose.sqrt(1 + v[i] * v[i]))

    return f, ([0.0] * count,)


def parameters(count: int) -> Made:
    """So many parameters, of numbers one by one."""
    names: dict[str, Any] = {}
    listed = ", ".join(f"a{k}" for k in range(count))
    exec(f"def total({listed}): return a0", names)  # noqa: S102 (ours)
    return fn([Real] * count, Real)(cast("Callable[[Any], Any]", names["total"])), (1.0,) * count


def memory(count: int) -> Made:
    """A type that no memory of a module holds."""

    @fn
    def f(v: Annotated[Vec, count], i: Annotated[Index, count]) -> Real:
        return v[i]

    return f, ()


@dataclass(frozen=True)
class Limit:
    """A way to grow.

    Attributes:
        make: the function of a size, and its arguments.
        sizes: the last one is promised.
        refused: whether the largest is promised to be refused.
    """

    make: Callable[[int], Made]
    sizes: tuple[int, ...]
    refused: bool = False


LIMITS = {
    "instructions in a function": Limit(straight, (62_500, 250_000, 1_000_000)),
    "functions": Limit(functions, (6_250, 25_000, 100_000)),
    "calls nested": Limit(nested_calls, (625, 2_500, 10_000)),
    "loops nested": Limit(nested_loops, (12, 25, 50)),
    "numbers in a Vec": Limit(numbers, (625_000, 2_500_000, 10_000_000)),
    "parameters": Limit(parameters, (250, 1_000, 10_000), refused=True),
    "numbers in a Vec, too many": Limit(memory, (2**30,), refused=True),
}


def one(name: str, size: int) -> dict[str, Any]:
    """Compile the value and gradient of one size and call it."""
    before = sys.getrecursionlimit()
    start, cpu = time.perf_counter(), time.process_time()
    at_start = _peak()
    function, args = LIMITS[name].make(size)
    refused = ""
    try:
        both = rose.value_and_grad(function)
        both.compiled  # noqa: B018 (compiled now)
        if args:
            both(*args)
        else:
            both.prepared()
    except rose.RoseError as error:
        refused = error.message
    assert sys.getrecursionlimit() == before, "the limit of recursion is another one"
    return {
        "cpu": time.process_time() - cpu,
        "seconds": time.perf_counter() - start,
        "megabytes": _peak() - at_start,
        "refused": refused,
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Print a table; 1 if a limit does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave the largest sizes out")
    parser.add_argument("--one", nargs=2, metavar=("NAME", "SIZE"), help="one row, as JSON")
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(one(arguments.one[0], int(arguments.one[1]))))
        return 0
    broken: list[str] = []
    start = time.monotonic()
    print(
        f"{'value and gradient of':28} {'size':>12} {'CPU s':>8} {'µs each':>9} {'MB':>7} {'kB each':>9}"
    )
    for name, limit in LIMITS.items():
        quick = arguments.quick and not limit.refused
        rows = [_row(name, size) for size in limit.sizes[: -1 if quick else None]]
        if not _holds(limit, rows):
            broken.append(name)
    verdict = f"broken: {', '.join(broken)}" if broken else "all limits hold"
    print(f"{verdict}, after {time.monotonic() - start:.0f} s")
    return 1 if broken else 0


def _row(name: str, size: int) -> dict[str, Any]:
    _progress(f"{name:28} {size:12}  …")
    done = subprocess.run(
        [sys.executable, __file__, "--one", name, str(size)],
        capture_output=True,
        text=True,
        check=False,
    )
    _progress("")
    if done.returncode:
        print(f"{name:28} {size:12}  {done.stderr.strip().splitlines()[-1]}", flush=True)
        return {"failed": True}
    row: dict[str, Any] = json.loads(done.stdout) | {"size": size}
    each = f"{1e6 * row['cpu'] / size:9.1f} {row['megabytes']:7.0f} {1024 * row['megabytes'] / size:9.2f}"
    print(f"{name:28} {size:12} {row['cpu']:8.2f} {each}", flush=True)
    if row["refused"]:
        print(f"    refused: {row['refused']}", flush=True)
    return row


def _progress(text: str) -> None:
    """What is under way, where somebody looks on: it goes when its row comes."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _holds(limit: Limit, rows: list[dict[str, Any]]) -> bool:
    if any("failed" in row for row in rows):
        return False
    *small, last = rows
    if limit.refused:
        return bool(last["refused"]) and last["cpu"] < 1 and last["megabytes"] < 100
    if any(row["refused"] for row in rows):
        return False
    return all(
        last[what] / last["size"] <= MOST * max(small[0][what], least) / small[0]["size"]
        for what, least in (("cpu", 0.1), ("megabytes", 10))
    )


if __name__ == "__main__":
    sys.exit(main())
