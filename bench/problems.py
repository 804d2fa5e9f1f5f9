"""What is computed: functions of numbers, with the points at which engines are asked, and the right answers there."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.diagrams.files import index


@dataclass(frozen=True)
class Expected:
    """What is known of the value and the derivatives at a point, counted as one sequence, the value first.

    Attributes:
        values: what they are.
        at: where in the sequence; by default they are all of it.
        squares: sums of squares, of the parts [start, stop) of the sequence.
        tolerance: how much may be off, as a part of the value, of the largest derivative, or of the sum of squares.
        least: what that is a part of, if those are smaller.
    """

    values: Sequence[float]
    at: Sequence[int] | None = None
    squares: Sequence[tuple[int, int, float]] = ()
    tolerance: float = 1e-9
    least: float = 0.0

    def as_json(self) -> dict[str, Any]:
        places = range(len(self.values)) if self.at is None else self.at
        return {
            "values": [*self.values],
            "at": [*places],
            "squares": [*self.squares],
            "tolerance": self.tolerance,
            "least": self.least,
        }


@dataclass(frozen=True)
class Problem:
    """One function.

    Attributes:
        workload: what kind of function it is.
        name: which of the kind, "" if there is one only.
        points: arguments.
        expected: per point; of a diagram at its start, with all terms, and at Penrose's end.
        file: of a diagram.
        nodes: of a diagram's graph.
    """

    workload: str
    name: str
    points: Sequence[Sequence[float]]
    expected: Sequence[Expected] = field(repr=False)
    file: str = ""
    nodes: int = 0

    @property
    def key(self) -> str:
        return f"{self.workload}-{self.name}" if self.name else self.workload

    @property
    def size(self) -> int:
        """What the name ends in, if that is a number."""
        end = self.name.rpartition("-")[2]
        return int(end) if end.isdigit() else 0


def waves(count: int, phase: float) -> list[float]:
    """Numbers between -1 and 1 without a pattern that a program could use."""
    return [math.sin(phase + 3 * k * k) for k in range(count)]


def pairs(n: int, x: Sequence[float]) -> Expected:
    """Σ_{i<n} sqrt((x[i mod 100] − x[(7i+3) mod 100])² + i + 1), with sums that are rounded once."""
    roots: list[float] = []
    slopes: list[list[float]] = [[] for _ in x]
    for i in range(n):
        a, b = i % 100, (7 * i + 3) % 100
        apart = x[a] - x[b]
        roots.append(math.sqrt(apart * apart + i + 1))
        slopes[a].append(apart / roots[-1])
        slopes[b].append(-apart / roots[-1])
    return Expected([math.fsum(roots), *map(math.fsum, slopes)])


def tiny(n: int, x: Sequence[float]) -> Expected:
    """Σ_{i<n−1} sqrt(1 + (x_i − x_{i+1})²)."""
    aparts = [a - b for a, b in pairwise(x)]
    roots = [math.sqrt(1 + apart * apart) for apart in aparts]
    slopes = [0.0, *[apart / root for apart, root in zip(aparts, roots, strict=True)], 0.0]
    return Expected([math.fsum(roots), *[slopes[k + 1] - slopes[k] for k in range(n)]])


# The first by the original program of DiffTaichi's authors' port; the second by npm rose and by hand, which agree to 1e-15.
BILLIARDS = {
    (0.1, 0.5, 0.3, 0.0): (
        *(0.045376100103525094, -0.5188530865230101, 1.129672200247702),
        *(-0.6975152352009544, 1.2810482750808891),
    ),
    (0.12, 0.47, 0.35, 0.04): (
        *(0.046626985131255475, -0.24712339039655506, 1.793435304002878),
        *(-0.31964519524160495, 1.656995779459695),
    ),
}


# Robot D with weights by formulas, by the original program of DiffTaichi's authors' port: the loss, of each part of the
# network the sum of the squares of the derivatives by it, and the first of them.
ROBOT_PARTS = {"weights1": 32 * 116, "bias1": 32, "weights2": 61 * 32, "bias2": 61}
ROBOT_LOSS = -0.20002391386777568
ROBOT_SQUARES = {
    "weights1": 8.291166855532137e-05,
    "weights2": 6.811677537698667e-06,
    "bias1": 1.517140861133323e-05,
    "bias2": 1.5198288776342319e-05,
}
ROBOT_FIRST = {
    "weights1": (6.709474075866719e-06, 0.00019794974604900583, 0.00031357994309583496),
    "bias1": (0.0003276716315417541, -0.0009162399671578976, -0.00033148707352053704),
    "weights2": (0.0002761164660691573, 0.0004951125613846378, 0.0005152587084175923),
    "bias2": (-0.003835564637651617, -0.00018341195654537855, 0),
}


def robot_weights() -> list[float]:
    """The network of the figures: its parts one after the other."""
    return [
        *[0.2 * math.sin(1 + 7 * i + 3 * j) for i in range(32) for j in range(116)],
        *[0.05 * math.cos(i) for i in range(32)],
        *[0.3 * math.cos(2 + 5 * i + 11 * j) for i in range(61) for j in range(32)],
        *[0.02 * math.sin(3 * i) for i in range(61)],
    ]


def robot() -> Expected:
    """What is known of the robot's loss and derivatives."""
    values, at = [ROBOT_LOSS], [0]
    squares: list[tuple[int, int, float]] = []
    start = 1
    for part, size in ROBOT_PARTS.items():
        values += ROBOT_FIRST[part]
        at += range(start, start + len(ROBOT_FIRST[part]))
        squares.append((start, start + size, ROBOT_SQUARES[part]))
        start += size
    return Expected(values, at, squares, tolerance=1e-6)  # contacts amplify rounding


def diagram(entry: dict[str, Any], data: Path) -> Problem:
    """A diagram, by its entry in the index; its answers are those that Penrose itself computed."""
    file = data / entry["file"]
    with gzip.open(file) as stream:
        content = json.load(stream)
    reference = content["reference"]
    tolerances = {"stage0": (1e-9, 0.0), "all": (1e-9, 0.0), "final": (1e-6, 1.0)}
    return Problem(
        "diagrams",
        entry["name"].replace("/", "__"),
        [[float(x) for x in content["inputs"]["init"]]],
        [penrose(reference[point], *limits) for point, limits in tolerances.items()],
        str(file),
        entry["nodes"],
    )


def penrose(reference: dict[str, Any], tolerance: float, least: float) -> Expected:
    """Penrose's answers at a point. It has a nan where 0 meets an infinity in a side that was not chosen: left out."""
    answers = [float(v) for v in (reference["energy"], *reference["gradient"])]
    at = [k for k, answer in enumerate(answers) if not math.isnan(answer)]
    return Expected([answers[k] for k in at], at, tolerance=tolerance, least=least)


def problem(workload: str, name: str, data: Path | None = None) -> Problem:
    """The problem of a workload and a name in it; `data` is the folder of the diagrams.

    Raises:
        ValueError: if there is no such workload.
    """
    match workload:
        case "pairs" | "unrolled":
            points = [waves(100, 0.5), waves(100, 2.0)]
            return Problem(workload, name, points, [pairs(int(name), x) for x in points])
        case "tiny":
            points = [waves(int(name), 0.5), waves(int(name), 2.0)]
            return Problem(workload, name, points, [tiny(int(name), x) for x in points])
        case "billiards":
            expected = [Expected(answers) for answers in BILLIARDS.values()]
            return Problem(workload, name, list(BILLIARDS), expected)
        case "robot":
            return Problem(workload, name, [robot_weights()], [robot()])
        case "start":
            started, _, size = name.partition("-")
            return replace(problem(started, size), workload="start", name=name)
        case "diagrams":
            assert data is not None, "whoever names diagrams has found their folder"
            named = {entry["name"].replace("/", "__"): entry for entry in index(data)}
            return diagram(named[name], data)
        case _:
            raise ValueError(f"there is no workload {workload}")
