"""Our module in Python. usage: python -m bench.ours.python JOB"""

from __future__ import annotations

import os

os.environ.setdefault("ROSE_CACHE", "off")  # what is measured is compiled

from collections.abc import Callable
from typing import Any

import numpy as np

import rose
from bench.measuring import measure, read_job, report, sizes, timed
from bench.ours.programs import PROGRAMS


def leaves(shaped: Any) -> list[Any]:
    """The views of a parameter or result, in order."""
    if isinstance(shaped, np.ndarray):
        return [shaped.reshape(-1)]
    parts = vars(shaped).values() if hasattr(shaped, "__dict__") else shaped
    return [leaf for part in parts for leaf in leaves(part)]


def placed(prepared: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """What puts a point's numbers in place and runs, and what makes one array of its result."""
    views, results = leaves(prepared.args), leaves(prepared.result)
    ends = np.cumsum([view.size for view in views]).tolist()
    places = list(zip(views, [0, *ends], ends, strict=False))

    def call(x: Any) -> Any:
        for view, start, end in places:
            view[:] = x[start:end]
        prepared.run()
        return results

    return call, np.concatenate


def main() -> None:
    job = read_job()
    compiled, build_ms = timed(
        lambda: rose.compile({"gradient": PROGRAMS[job["problem"]](job["size"])})
    )
    prepared, compile_ms = timed(lambda: compiled.prepared("gradient"))
    call, read = placed(prepared)
    figures = measure(job, call, given=np.array, read=read)
    report(
        {
            "build_ms": build_ms,
            "compile_ms": compile_ms,
            **figures,
            **sizes(compiled.data),
            "memory_bytes": compiled.memory_bytes,
        }
    )


if __name__ == "__main__":
    main()
