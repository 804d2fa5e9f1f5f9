"""Billiards: eleven balls on a table, and how the place where one of them ends depends on the first stroke.

The simulation is DiffTaichi's billiards (Hu et al., DiffTaichi: Differentiable Programming for Physical
Simulation, ICLR 2020). Lengths are in table units, times in seconds.
"""

from dataclasses import dataclass
from typing import Literal

import rose
from rose import Index, Real, Vec, fn

Balls = Literal[11]
BALLS: Balls = 11
Steps = Literal[1024]
STEPS: Steps = 1024
RADIUS = 0.03
TIME_STEP = 0.003
ELASTICITY = 0.8

Point = Vec[Literal[2]]


@dataclass(frozen=True)
class Ball:
    position: Point
    velocity: Point


@dataclass(frozen=True)
class Push:
    """What a collision does to a ball: to its velocity, and to where it is at the end of the step."""

    impulse: Point
    offset: Point


@dataclass(frozen=True)
class Table:
    balls: Vec[Balls, Ball]


def racked() -> list[tuple[float, float]]:
    """Where the ten object balls lie at the start: four layers of a triangle."""
    return [
        (2 * i * RADIUS + 0.5, 2 * j * RADIUS + 0.5 - 0.7 * i * RADIUS)
        for i in range(4)
        for j in range(i + 1)
    ]


@fn
def collide(one: Ball, two: Ball) -> Push:
    """What `two` does to `one` in a step, if they touch and approach each other."""
    apart = (one.position + TIME_STEP * one.velocity) - (two.position + TIME_STEP * two.velocity)
    distance = rose.norm(apart)
    direction = apart / (1e-6 + distance)
    approach = rose.dot(direction, one.velocity - two.velocity)

    def respond() -> Push:
        impulse = -(1 + ELASTICITY) / 2 * approach * direction
        time_of_impact = (distance - 2 * RADIUS) / rose.min(-1e-3, approach)
        return Push(impulse, rose.min(time_of_impact - TIME_STEP, 0.0) * impulse)

    touching = (distance < 2 * RADIUS) & (approach < 0)
    return rose.cond(touching, respond, lambda: Push([0, 0], [0, 0]))


@fn
def step(balls: Vec[Balls, Ball]) -> Vec[Balls, Ball]:
    """All balls one time step later."""

    def moved(i: Index) -> Ball:
        ball = balls[i]
        push = rose.sum(BALLS, lambda j: collide(ball, balls[j]))
        velocity = ball.velocity + push.impulse
        return Ball(ball.position + push.offset + TIME_STEP * velocity, velocity)

    return rose.vec(BALLS, moved)


@fn
def start(position: Point, velocity: Point) -> Vec[Balls, Ball]:
    """The table before the stroke: the cue ball moves, the others rest."""
    return [Ball(position, velocity), *[Ball(place, (0, 0)) for place in racked()]]


@fn
def loss(position: Point, velocity: Point, goal: Point, target: Index[Balls]) -> Real:
    """The squared distance of ball `target` from the goal after the last step."""
    balls = rose.loop(STEPS, start(position, velocity), lambda _, balls: step(balls))
    miss = balls[target].position - goal
    return rose.dot(miss, miss)


loss_and_grad = rose.value_and_grad(loss, argnums=(0, 1))


@fn
def trajectory(position: Point, velocity: Point) -> Vec[Steps, Vec[Balls, Point]]:
    """Where all balls are after every step."""

    def stepped(_: Index, balls: Vec[Balls, Ball]) -> tuple[Vec[Balls, Ball], Vec[Balls, Point]]:
        after = step(balls)
        return after, rose.vec(BALLS, lambda i: after[i].position)

    _, positions = rose.scan(STEPS, start(position, velocity), stepped)
    return positions


__all__ = ["loss", "loss_and_grad", "trajectory"]
