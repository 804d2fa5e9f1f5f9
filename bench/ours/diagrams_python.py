"""A diagram in Python, through wasmtime. usage: python -m bench.ours.diagrams_python JOB"""

from __future__ import annotations

import os

os.environ["ROSE_CACHE"] = "off"  # what is measured is compiled

from pathlib import Path
from typing import Any

import numpy as np

import rose
from bench.diagrams.graph import Diagram, Stage, load
from bench.diagrams.measuring import measure
from bench.diagrams.optimizer import Evaluate, Vector
from bench.diagrams.program import Program
from bench.measuring import read_job, report, sizes, timed


def build(diagram: Diagram) -> Any:
    program = Program(diagram)
    return program, rose.compile({"gradient": program.gradient})


def main() -> None:
    job = read_job()
    diagram = load(Path(job["file"]))
    (program, compiled), build_ms = timed(lambda: build(diagram))
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

    figures = measure(job, diagram, evaluator)
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
