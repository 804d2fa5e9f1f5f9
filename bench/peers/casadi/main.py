"""PyPI casadi: expressions of numbers for a step, run by its virtual machine. usage: python -m bench.peers.casadi.main JOB"""

from __future__ import annotations

from typing import Any

import casadi
import numpy as np

from bench.measuring import measure, read_job, report, timed
from bench.peers.casadi.programs import PROGRAMS


def main() -> None:
    job = read_job()
    size = len(job["points"][0])

    def build() -> Any:
        x, value = PROGRAMS[job["problem"]](job["size"], size)
        return casadi.Function("f", [x], [value, casadi.gradient(value, x)])

    function, build_ms = timed(build)
    given, value, slopes = np.zeros(size), np.zeros(1), np.zeros(size)
    # In place: what its usual calls convert would take far longer than small functions do.
    buffer, trigger = function.buffer()
    buffer.set_arg(0, memoryview(given))
    buffer.set_res(0, memoryview(value))
    buffer.set_res(1, memoryview(slopes))

    def call(x: Any) -> None:
        given[:] = x
        trigger()

    figures = measure(job, call, given=np.array, read=lambda _: np.concatenate([value, slopes]))
    report({"build_ms": build_ms, **figures})


if __name__ == "__main__":
    main()
