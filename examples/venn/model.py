"""Three circles whose areas and overlaps are given: where must they be?

Radii follow from the areas. The places follow by gradient descent on how far the overlaps are from what they should be.
"""

import math
from typing import Literal

import rose
from rose import Index, Real, Vec, fn

Sets = Literal[3]
SETS: Sets = 3

STEPS = 6
RATE = 0.15

Point = Vec[Literal[2]]


@fn
def overlap(r: Real, s: Real, distance: Real) -> Real:
    """The area that two circles with radii r and s share.

    Where circles do not meet, or one lies inside the other, the area says nothing about which way to go. So
    the function goes on: below 0 by the gap between them, and beyond the smaller circle's area by how deep it lies.
    """
    smaller = rose.min(r, s)
    gap = distance - (r + s)
    depth = abs(r - s) - distance

    def lens() -> Real:
        x = (distance**2 + r**2 - s**2) / (2 * distance)
        half_chord = rose.sqrt(r**2 - x**2)
        return (
            r**2 * rose.atan2(half_chord, x)
            + s**2 * rose.atan2(half_chord, distance - x)
            - distance * half_chord
        )

    def inside() -> Real:
        return math.pi * smaller**2 + smaller * depth

    return rose.cond(
        gap >= 0,
        lambda: -smaller * gap,
        lambda: rose.cond(depth >= 0, inside, lens),
    )


@fn
def misfit(centers: Vec[Sets, Point], areas: Vec[Sets], overlaps: Vec[Sets]) -> Real:
    """The squared errors of the overlaps; number k is that of circles k and k + 1."""

    def error(k: Index) -> Real:
        other = (k + 1) % SETS
        r, s = rose.sqrt(areas[k] / math.pi), rose.sqrt(areas[other] / math.pi)
        wanted = rose.min(overlaps[k], rose.min(areas[k], areas[other]))
        missing = overlap(r, s, rose.norm(centers[k] - centers[other])) - wanted
        return missing**2

    return rose.sum(SETS, error)


misfit_and_grad = rose.value_and_grad(misfit)


@fn
def arrange(
    centers: Vec[Sets, Point], areas: Vec[Sets], overlaps: Vec[Sets]
) -> tuple[Real, Vec[Sets, Point]]:
    """The misfit and the centres after some steps of gradient descent."""

    def step(_: Index, centers: Vec[Sets, Point]) -> Vec[Sets, Point]:
        return centers - RATE * rose.grad(misfit)(centers, areas, overlaps)

    after = rose.loop(STEPS, centers, step)
    return misfit(after, areas, overlaps), after


__all__ = ["arrange", "misfit", "misfit_and_grad"]
