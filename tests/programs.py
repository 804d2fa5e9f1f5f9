"""Programs that between them use every construct of the language; tests run each of them in every way there is.

Each entry has a function that gives one Real, and arguments at which it is smooth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import rose
from rose import Bool, Fn, Index, Real, Vec, fn

Point = Vec[2]


@dataclass(frozen=True)
class Ball:
    position: Point
    velocity: Point


class Weighted(NamedTuple):
    weight: Real
    values: Vec[6]


@fn
def arithmetic(x: Real, y: Real) -> Real:
    return (x + 2 * y) / (3 - x * y) - (-x) ** 3 + y**-2 + abs(x - 4) + 1 / (x + y) ** 0.5


@fn
def elementary(x: Real, y: Real) -> Real:
    waves = rose.sin(x * y) + rose.cos(x) * rose.tanh(y)
    return waves + rose.exp(-x) * rose.log(y) + rose.sqrt(x) + x**y + rose.pow(2.0, x)


@fn
def extremes(x: Real, y: Real) -> Real:
    return rose.min(x, y) * rose.max(x * x, y) + rose.min(x, 1.0) + rose.max(y, -1.0)


@fn
def distance(a: Point, b: Point) -> Real:
    return rose.norm(a - b)


@fn
def energy(p: Vec[4, Point]) -> Real:
    """Neighbours on a ring that want to be one apart: a sum over calls with computed indices."""
    return rose.sum(4, lambda i: (distance(p[i], p[(i + 1) % 4]) - 1) ** 2)


@fn
def chosen(x: Real, y: Real) -> Real:
    smaller = x < y
    return rose.where(smaller & (x > 0), x * y, x - y) + rose.where(~smaller | (y >= 9), 1.0, y)


@fn
def branches(x: Real, y: Real) -> Real:
    def inner() -> Any:
        return rose.cond(x * y > 1, lambda: rose.sin(x), lambda: rose.sqrt(y - x) * x)

    return rose.cond(x > y, lambda: rose.log(x - y), inner)


@fn
def series(x: Real) -> Real:
    """A carried pair, and the loop's index as a number."""

    def body(t: Index, carry: Any) -> Any:
        term, total = carry
        following = term * x / (1.0 * t + 1.0)
        return following, total + following

    _, total = rose.loop(12, (1.0, 1.0), body)
    return total


@fn
def newton(a: Real) -> Real:
    return rose.loop(6, a, lambda _, x: (x + a / x) / 2)


@fn
def weights(w: Weighted, scale: Real) -> Real:
    doubled = rose.vec(6, lambda i: w.values[i] * scale + 1.0 * i)
    return w.weight * rose.dot(doubled, w.values) + rose.sum(doubled / (1 + w.values * w.values))


@fn
def matrix(m: Vec[3, Vec[5]], v: Vec[5]) -> Real:
    """Rows passed on as Vecs; a nested Vec made and read again."""
    product = rose.vec(3, lambda i: rose.dot(m[i], v))
    outer = rose.vec(3, lambda i: rose.vec(5, lambda j: product[i] * v[j]))
    return rose.sum(3, lambda i: rose.sum(5, lambda j: outer[i][j] * m[i][j] * m[2 - 0][j]))


@fn
def moved(ball: Ball, dt: Real) -> Ball:
    pull = -rose.sin(ball.position)
    return Ball(ball.position + dt * ball.velocity, ball.velocity + dt * pull)


@fn
def orbit(ball: Ball, dt: Real) -> Real:
    end = rose.loop(9, ball, lambda _, b: moved(b, dt))
    return rose.dot(end.position, end.velocity)


@fn
def swarm(balls: Vec[3, Ball], dt: Real) -> Real:
    """A Vec of structures carried by a loop: two arrays that take turns between buffers."""
    end = rose.loop(4, balls, lambda _, bs: rose.vec(3, lambda i: moved(bs[i], dt)))
    return rose.sum(3, lambda i: rose.norm(end[i].position) * end[i].velocity[0])


@fn
def history(x: Real) -> Real:
    """Stacked outputs, read backwards by a constant index and summed."""
    last, seen = rose.scan(7, x, lambda t, c: (rose.sin(c) + 0.1 * t, c * c))
    return last * rose.sum(seen) + seen[-1] * seen[0]


@fn
def swapped(a: Vec[5], b: Vec[5]) -> Real:
    """A loop that exchanges the two arrays it carries, and one that hands them on as they are."""
    a, b = rose.loop(3, (a, b), lambda _, ab: (ab[1], rose.sin(ab[0])))
    same, total = rose.loop(2, (a, 0.0), lambda _, c: (c[0], c[1] + rose.sum(c[0] * b)))
    return total + same[1]


@fn
def picked(v: Vec[7], i: Index[7], negate: Bool) -> Real:
    """A Bool and an Index from outside; a cond that gives arrays; reads at known and unknown places."""
    w = rose.cond(negate, lambda: -v, lambda: rose.vec(7, lambda k: v[k] * v[6 - 0]))
    return rose.where(negate, w[i] * 2, w[i]) + rose.where(i == 3, v[0], v[i]) + w[-1]


@fn
def wide(x: Vec[20]) -> Real:
    """Long arrays: copied, cleared and added to as wholes."""
    y = rose.cond(x[0] > 0, lambda: x, lambda: x * 2)
    z = rose.loop(2, y, lambda _, c: c * x)
    return rose.sum(z) + rose.sum(rose.loop(1, z, lambda _, c: c + x)) * z[3]


@fn
def untouched(x: Real, y: Real) -> Real:
    """The value does not depend on x; the side of a cond with an infinite derivative does not run."""
    return rose.cond(y > 0, lambda: y * y, lambda: rose.sqrt(y - y) * x)


POINTS = [[0.1, 0.2], [1.3, 0.1], [0.9, 1.2], [-0.3, 2.0]]
BALLS = [{"position": [0.1 * k, 0.5 - k], "velocity": [0.3 + k, -0.2]} for k in range(3)]

PROGRAMS: dict[str, tuple[Fn[..., Any], tuple[Any, ...]]] = {
    "arithmetic": (arithmetic, (0.7, 1.9)),
    "elementary": (elementary, (0.7, 1.9)),
    "extremes": (extremes, (0.7, 1.9)),
    "energy": (energy, (POINTS,)),
    "chosen": (chosen, (0.7, 1.9)),
    "chosen otherwise": (chosen, (2.7, 1.9)),
    "branches": (branches, (0.7, 1.9)),
    "branches nested": (branches, (0.1, 1.9)),
    "branches otherwise": (branches, (2.7, 1.9)),
    "series": (series, (0.8,)),
    "newton": (newton, (3.0,)),
    "weights": (weights, ((0.5, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]), 1.5)),
    "matrix": (
        matrix,
        ([[0.1 * i + 0.2 * j for j in range(5)] for i in range(3)], [1.0, 2, 3, 4, 5]),
    ),
    "orbit": (orbit, (BALLS[1], 0.1)),
    "swarm": (swarm, (BALLS, 0.1)),
    "history": (history, (0.4,)),
    "swapped": (swapped, ([0.1, 0.2, 0.3, 0.4, 0.5], [0.5, 0.4, 0.3, 0.2, 0.1])),
    "picked": (picked, ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], 3, True)),
    "picked otherwise": (picked, ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], 5, False)),
    "wide": (wide, ([0.1 + 0.05 * k for k in range(20)],)),
    "wide otherwise": (wide, ([-0.1 + 0.05 * k for k in range(20)],)),
    "untouched": (untouched, (0.5, 1.5)),
}
