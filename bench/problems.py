"""What is computed: functions of numbers, with the points at which engines are asked, and the right answers there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any


@dataclass(frozen=True)
class Expected:
    """What is known of the value and the derivatives at a point, counted as one sequence, the value first.

    Attributes:
        values: what they are.
        at: where in the sequence; by default they are all of it.
        squares: sums of squares, of the parts [start, stop) of the sequence.
    """

    values: Sequence[float]
    at: Sequence[int] | None = None
    squares: Sequence[tuple[int, int, float]] = ()

    def as_json(self) -> dict[str, Any]:
        places = range(len(self.values)) if self.at is None else self.at
        return {"values": [*self.values], "at": [*places], "squares": [*self.squares]}


@dataclass(frozen=True)
class Problem:
    """One function.

    Attributes:
        workload: what kind of function it is.
        size: which of the kind; 0 if there is one only.
        points: arguments.
        expected: per point.
        tolerance: of the value as a part of it, of derivatives as a part of the largest.
    """

    workload: str
    size: int
    points: Sequence[Sequence[float]]
    expected: Sequence[Expected] = field(repr=False)
    tolerance: float = 1e-9

    @property
    def key(self) -> str:
        return f"{self.workload}-{self.size}" if self.size else self.workload


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
    values, at, squares = [ROBOT_LOSS], [0], []
    start = 1
    for part, size in ROBOT_PARTS.items():
        values += ROBOT_FIRST[part]
        at += range(start, start + len(ROBOT_FIRST[part]))
        squares.append((start, start + size, ROBOT_SQUARES[part]))
        start += size
    return Expected(values, at, squares)


def problem(workload: str, size: int) -> Problem:
    """The problem of a workload and a size."""
    match workload:
        case "pairs" | "unrolled":
            points = [waves(100, 0.5), waves(100, 2.0)]
            return Problem(workload, size, points, [pairs(size, x) for x in points])
        case "tiny":
            points = [waves(size, 0.5), waves(size, 2.0)]
            return Problem(workload, size, points, [tiny(size, x) for x in points])
        case "billiards":
            expected = [Expected(answers) for answers in BILLIARDS.values()]
            return Problem(workload, size, list(BILLIARDS), expected)
        case "robot":
            return Problem(workload, size, [robot_weights()], [robot()], tolerance=1e-6)
        case _:
            raise ValueError(f"there is no workload {workload}")
