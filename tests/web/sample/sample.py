"""A model with values of every kind, and one function that is its own business."""

from dataclasses import dataclass
from typing import Literal

import rose
from rose import Bool, Index, Real, Vec, fn

Point = Vec[Literal[2]]


@dataclass(frozen=True)
class Ball:
    position: Point
    mass: Real


@fn
def distance(a: Point, b: Point) -> Real:
    return rose.norm(a - b)


@fn
def energy(p: Vec[Literal[4], Point]) -> Real:
    """Four points that want their neighbours one apart.

    Args:
        p: the corners,
            in order.
    """
    return rose.sum(4, lambda i: (distance(p[i], p[(i + 1) % 4]) - 1) ** 2)


downhill = rose.grad(energy)


@fn
def pick(
    balls: Vec[Literal[2], Ball], which: Index[Literal[2]], pair: tuple[Real, Bool]
) -> tuple[Ball, Bool]:
    scale, is_far = pair
    ball = balls[which]
    return Ball(ball.position * scale, rose.sin(ball.mass)), is_far & (scale > 1)


__all__ = ["downhill", "energy", "pick"]
