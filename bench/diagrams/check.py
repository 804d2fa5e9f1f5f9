"""Compile the energies of Penrose's diagrams, and compare values and gradients with those of Penrose.

    python bench/diagrams/check.py --data FOLDER            # all of them
    python bench/diagrams/check.py --data FOLDER fig6 ngon  # those with this in their name

Prints a line per diagram, and exits with 1 if one does not compile or is off.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph import Diagram, NoDiagramsError, Stage, folder, index, load, numbers
from program import Program

import rose
from rose.api import Compiled

TOLERANCE = 1e-9
TOLERANCE_AT_THE_END = 1e-6
"""At the end large terms cancel: there, a part of the largest component or of 1, whichever is larger."""


@dataclass(frozen=True)
class Point:
    """Where Penrose's own figures are known: inputs, weight, masks, and the least scale for errors."""

    name: str
    stage: Stage
    inputs: Sequence[float]
    tolerance: float
    least: float


def points(diagram: Diagram) -> list[Point]:
    end = numbers(diagram.optimizer["stages"][-1]["x"])
    return [
        Point("stage0", diagram.stages[0], diagram.start, TOLERANCE, 1e-300),
        Point("all", diagram.everything, diagram.start, TOLERANCE, 1e-300),
        Point("final", diagram.stages[-1], end, TOLERANCE_AT_THE_END, 1.0),
    ]


def answer(program: Program, compiled: Compiled, point: Point) -> list[float]:
    """The value and the gradient, in which that of fixed inputs is 0."""
    weight = float(program.diagram.reference[point.name]["weight"])
    value, gradient = compiled.call("gradient", [point.inputs, weight, program.active(point.stage)])
    return [value, *[g if free else 0.0 for g, free in zip(gradient, point.stage.inputs)]]


def errors(diagram: Diagram, point: Point, given: Sequence[float]) -> tuple[float, float]:
    """The error of the value, and the largest of the gradient, both as a part of the largest component."""
    reference = diagram.reference[point.name]
    value = float(reference["energy"])
    gradient = numbers(reference["gradient"])
    scale = max([abs(g) for g in gradient if not math.isnan(g)], default=0.0)
    # Penrose has a nan where 0 meets an infinity in a side that was not chosen, which is never run here.
    off = [abs(g - r) for g, r in zip(given[1:], gradient, strict=True) if not math.isnan(r)]
    return (
        abs(given[0] - value) / max(abs(value), point.least),
        _largest(off) / max(scale, point.least),
    )


def _largest(values: Sequence[float]) -> float:
    return math.inf if any(map(math.isnan, values)) else max(values, default=0.0)


def check(path: Path) -> Iterator[tuple[str, Any]]:
    """The cells of a row of the table, with the names of their columns."""
    start = time.perf_counter()
    program = Program(load(path))
    compiled = rose.compile({"gradient": program.gradient})
    yield "build ms", f"{1e3 * (time.perf_counter() - start):.0f}"
    yield "bytes", len(compiled.data)
    for point in points(program.diagram):
        found = errors(program.diagram, point, answer(program, compiled, point))
        fine = all(error <= point.tolerance for error in found)
        yield point.name, f"{max(found):.0e}{'' if fine else ' WRONG'}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Compile all diagrams and check their gradients.")
    parser.add_argument("--data", type=Path, help="folder of the diagrams; or set ROSE_DIAGRAMS")
    parser.add_argument("names", nargs="*", help="parts of the names of those wanted; default: all")
    arguments = parser.parse_args()
    try:
        data = folder(arguments.data)
    except NoDiagramsError as error:
        print(error, file=sys.stderr)
        return 1
    wrong = 0
    for entry in index(data):
        if arguments.names and not any(name in entry["name"] for name in arguments.names):
            continue
        row = dict(check(data / entry["file"]))
        wrong += any("WRONG" in str(cell) for cell in row.values())
        cells = "  ".join(f"{name} {cell}" for name, cell in row.items())
        print(f"{entry['name']:52s} nodes {entry['nodes']:6d}  {cells}", flush=True)
    print(f"{wrong} are wrong" if wrong else "all agree with Penrose")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
