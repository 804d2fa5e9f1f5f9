"""A mechanism: take any joint and pull, and the others follow, because bars keep their lengths.

The bars are those of Theo Jansen's walking leg, with the lengths that he found (his thirteen "holy numbers"). y points
upwards, and the crank turns about the origin.
"""

import math
from dataclasses import dataclass
from typing import Literal

import rose
from rose import Index, Real, Vec, fn

Joints = Literal[6]  # crank, top, knee, hip, shin, foot: these move
JOINTS: Joints = 6
Places = Literal[8]  # the joints, then the axle and the pivot, which do not
Bars = Literal[11]
BARS: Bars = 11
Residuals = Literal[13]
RESIDUALS: Residuals = 13
Turn = Literal[96]
TURN: Turn = 96

HAND = 0.03  # how strongly the hand pulls, as against a bar
DAMPING = 1e-5

Point = Vec[Literal[2]]

FIXED = [[0.0, 0.0], [-38.0, -7.8]]

START = [(15.0, 0.0), (-19.1, 32.5), (-31.5, -46.5), (-75.6, 7.3), (-66.2, -31.0), (-38.6, -95.0)]


@dataclass(frozen=True)
class Bar:
    a: Index[Places]
    b: Index[Places]
    length: Real


@fn
def bars() -> Vec[Bars, Bar]:
    """All bars, with Jansen's lengths; the first one is the crank."""
    crank, top, knee, hip, shin, foot, axle, pivot = range(8)
    return [
        Bar(axle, crank, 15.0),
        Bar(crank, top, 50.0),
        Bar(crank, knee, 61.9),
        Bar(pivot, top, 41.5),
        Bar(pivot, knee, 39.3),
        Bar(pivot, hip, 40.1),
        Bar(top, hip, 55.8),
        Bar(hip, shin, 39.4),
        Bar(knee, shin, 36.7),
        Bar(shin, foot, 65.7),
        Bar(knee, foot, 49.0),
    ]


@fn
def misfit(
    joints: Vec[Joints, Point], lengths: Vec[Bars], held: Index[Joints], hand: Point
) -> Vec[Residuals]:
    """How much too long each bar is, and, in small, how far the held joint is from the hand."""
    places = rose.concat(joints, rose.vec(FIXED))
    all_bars = bars()

    def stretch(k: Index) -> Real:
        bar = all_bars[k]
        return rose.norm(places[bar.a] - places[bar.b]) - lengths[k]

    return rose.concat(rose.vec(BARS, stretch), HAND * (joints[held] - hand))


Search = tuple[Vec[Joints, Point], Vec[Joints, Point], Vec[Joints, Point]]


def product(a: Vec[Joints, Point], b: Vec[Joints, Point]) -> Real:
    """The scalar product of two lists of points."""
    return rose.sum(JOINTS, lambda k: rose.dot(a[k], b[k]))


@fn
def improve(
    joints: Vec[Joints, Point], lengths: Vec[Bars], held: Index[Joints], hand: Point
) -> Vec[Joints, Point]:
    """A Gauss–Newton step: where the misfit, were it linear, would have the least square.

    With the Jacobian J and the misfit r, that is joints + d, where (JᵀJ + DAMPING) d = −Jᵀr. The system is solved by
    conjugate gradients, which need J and Jᵀ as functions only: the pushforward and the pullback.
    """
    _, push = rose.linearize(misfit)(joints, lengths, held, hand)
    error, pull = rose.vjp(misfit)(joints, lengths, held, hand)

    def normal(d: Vec[Joints, Point]) -> Vec[Joints, Point]:
        return pull(push(d, [0] * BARS, None, [0, 0]))[0] + DAMPING * d

    def refine(_: Index, state: Search) -> Search:
        d, rest, direction = state
        image = normal(direction)
        size = product(rest, rest)
        step = size / (product(direction, image) + 1e-300)
        after = rest - step * image
        ratio = product(after, after) / (size + 1e-300)
        return d + step * direction, after, after + ratio * direction

    downhill = -pull(error)[0]
    none = 0 * downhill
    d, _, _ = rose.loop(2 * JOINTS, (none, downhill, downhill), refine)
    return joints + d


@fn
def follow(
    joints: Vec[Joints, Point], lengths: Vec[Bars], held: Index[Joints], hand: Point
) -> Vec[Joints, Point]:
    """The joints once one of them has been pulled towards the hand, as far as the bars let it."""
    pulled = rose.loop(6, joints, lambda _, joints: improve(joints, lengths, held, hand))
    return rose.loop(3, pulled, lambda _, joints: improve(joints, lengths, held, joints[held]))


@fn
def turn(joints: Vec[Joints, Point], lengths: Vec[Bars]) -> Vec[Turn, Vec[Joints, Point]]:
    """Where the joints are while the crank makes a whole turn, from the right."""

    def on(t: Index, joints: Vec[Joints, Point]) -> tuple[Vec[Joints, Point], Vec[Joints, Point]]:
        angle = 2 * math.pi / TURN * t
        hand = lengths[0] * rose.vec([rose.cos(angle), rose.sin(angle)])
        after = rose.loop(4, joints, lambda _, joints: improve(joints, lengths, 0, hand))
        return after, after

    _, all_joints = rose.scan(TURN, joints, on)
    return all_joints


@fn
def start() -> Vec[Joints, Point]:
    """The leg with its crank to the right."""
    lengths = rose.map(lambda bar: bar.length, bars())
    return follow(START, lengths, 0, rose.vec([lengths[0], 0]))


__all__ = ["bars", "follow", "start", "turn"]
