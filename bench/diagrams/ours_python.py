"""A diagram in Python: built, called through wasmtime, laid out. usage: python ours_python.py FILE.json.gz"""

from __future__ import annotations

import gzip
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

os.environ["ROSE_CACHE"] = "off"  # what is measured is compiled

import numpy as np
from graph import Stage, load
from optimizer import Evaluate, Vector, optimize
from program import Program

import rose

SAMPLES = 15
SAMPLE_SECONDS = 0.01
MOST_EVALUATIONS = 10  # times Penrose's


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What it gives, and the milliseconds it took."""
    start = time.perf_counter()
    result = work()
    return result, 1e3 * (time.perf_counter() - start)


def steady_us(call: Callable[[], Any]) -> float:
    """Microseconds of a call: the median of samples of many calls."""
    times, elapsed = 1, 0.0
    while elapsed < SAMPLE_SECONDS:
        times *= 2
        start = time.perf_counter()
        for _ in range(times):
            call()
        elapsed = time.perf_counter() - start
    return median(timed(lambda: [call() for _ in range(times)])[1] for _ in range(SAMPLES)) * (
        1e3 / times
    )


def figures(path: Path) -> dict[str, Any]:
    diagram = load(path)
    built, build_ms = timed(lambda: _build(diagram))
    program, compiled = built
    prepared, compile_ms = timed(lambda: compiled.prepared("gradient"))
    (energy, gradient), arguments = prepared.result, prepared.args

    def evaluator(stage: Stage) -> Evaluate:
        active, free = program.active(stage), np.array(stage.inputs)

        def evaluate(x: Vector, weight: float) -> tuple[float, Vector]:
            arguments.x[:] = x
            arguments.weight[0] = weight
            arguments.active[:] = active
            prepared.run()
            return float(energy[0]), np.where(free, gradient, 0.0)

        return evaluate

    start, weight = np.array(diagram.start), 1000.0
    evaluators = [evaluator(stage) for stage in diagram.stages]
    first, first_call_ms = timed(lambda: evaluators[0](start, weight))
    penrose = sum(stage["evaluations"] for stage in diagram.optimizer["stages"])
    run, optimize_ms = timed(
        lambda: optimize(evaluators, diagram.start, MOST_EVALUATIONS * penrose)
    )
    end, _ = evaluators[-1](run["x"], run["weight"])
    everything = evaluator(diagram.everything)
    value, slopes = everything(start, weight)
    return {
        "value": first[0],
        "gradient": first[1].tolist(),
        "all": {"value": value, "gradient": slopes.tolist()},
        "build_ms": build_ms,
        "compile_ms": compile_ms,
        "first_call_ms": first_call_ms,
        "optimize_ms": optimize_ms,
        "run": {**run, "x": None, "penrose": penrose, "energy": end},
        "steady_us": steady_us(prepared.run),
        "bytes_raw": len(compiled.data),
        "bytes_gzip": len(gzip.compress(compiled.data, 9)),
        "memory_bytes": compiled.memory_bytes,
    }


def _build(diagram: Any) -> Any:
    program = Program(diagram)
    return program, rose.compile({"gradient": program.gradient})


if __name__ == "__main__":
    print(json.dumps(figures(Path(sys.argv[1]))))
