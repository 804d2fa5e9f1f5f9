"""Where the compiler's time goes, stage by stage: the gradient of a sum over n terms that is unrolled.

    python tools/profile_compiler.py               # n = 500, 2000, 8000
    python tools/profile_compiler.py 2000 100000

Prints microseconds of the processor per term, which should not depend on n. A term is
sqrt((v[i % 100] - v[(7 * i + 3) % 100])² + i + 1), with what adds it to the rest: six operations and two elements read.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import rose
from rose import Real, Vec, fn
from rose.api.compiling import compile_anew
from rose.front.fn import Traceable
from rose.ir.stages import recording
from rose.wasm.report import table

SIZES = (500, 2000, 8000)
Costs = dict[str, float]
"""Microseconds of each stage, then `between` them, and `in all`."""


def gradient(n: int) -> Traceable:
    @fn
    def pairs(v: Vec[100]) -> Real:
        total = 0.0
        for i in range(n):
            d = v[i % 100] - v[(7 * i + 3) % 100]
            total = total + rose.sqrt(d * d + i + 1)
        return total

    return rose.value_and_grad(pairs)


def costs(n: int) -> tuple[Costs, int]:
    """What each stage takes for n terms, and the bytes of the module."""
    start = time.process_time()
    with recording() as made:
        compiled = compile_anew({"gradient": gradient(n)})
    elapsed = 1e6 * (time.process_time() - start)
    of = {name: 1e6 * cost.seconds for name, cost in made.stages.items()}
    return of | {"between": elapsed - sum(of.values()), "in all": elapsed}, len(compiled.data)


def report(sizes: Sequence[int]) -> list[str]:
    columns = [costs(n) for n in sizes]
    stages = dict.fromkeys(name for of, _ in columns for name in of)
    rows = [
        (name, *[f"{of.get(name, 0) / n:.1f}" for n, (of, _) in zip(sizes, columns, strict=True)])
        for name in sorted(stages, key=("between", "in all").__contains__)
    ]
    sizes_row = [f"{data / n:.1f}" for n, (_, data) in zip(sizes, columns, strict=True)]
    return table(("µs a term", *[f"n = {n}" for n in sizes]), [*rows, ("bytes a term", *sizes_row)])


if __name__ == "__main__":
    print(*report([int(text) for text in sys.argv[1:]] or SIZES), sep="\n")
