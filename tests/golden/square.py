"""The program whose stages are kept beside this file."""

from typing import Literal

import rose
from rose import Real, Vec, fn

Point = Vec[Literal[2]]


@fn
def distance(a: Point, b: Point) -> Real:
    return rose.norm(a - b)


@fn
def energy(p: Vec[Literal[4], Point]) -> Real:
    """Four points that want their neighbours one apart."""
    return rose.sum(4, lambda i: (distance(p[i], p[(i + 1) % 4]) - 1) ** 2)
