"""The program whose stages are kept beside this file."""

import rose
from rose import Real, Vec, fn

Point = Vec[2]


@fn
def distance(a: Point, b: Point) -> Real:
    return rose.norm(a - b)


@fn
def energy(p: Vec[4, Point]) -> Real:
    """Four points that want their neighbours one apart."""
    return rose.sum(4, lambda i: (distance(p[i], p[(i + 1) % 4]) - 1) ** 2)
