"""C compiled to the processor's own code. usage: python -m bench.hand.native JOB"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.measuring import measure, read_job, report, timed


def array(function: Any, size: int) -> Any:
    """The numbers at the address that a function gives."""
    function.restype = ctypes.POINTER(ctypes.c_double * size)
    return function().contents


def main() -> None:
    job = read_job()
    file = Path(job["folder"]) / "program.so"
    library, compile_ms = timed(lambda: ctypes.CDLL(str(file)))
    size = len(job["points"][0])
    x, answer = array(library.arguments, size), array(library.results, 1 + size)

    def call(point: list[float]) -> list[float]:
        x[:] = point
        library.run_once()
        return answer[:]

    def repeat(point: list[float]) -> Callable[[int], Any]:
        x[:] = point
        return library.repeat

    report({"compile_ms": compile_ms, **measure(job, call, repeat=repeat)})


if __name__ == "__main__":
    main()
