"""What choice, loops and functions of structures give to checkers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, assert_type

import rose
from rose import Bool, Index, Real, Vec, fn

Point = Vec[Literal[2]]
Three = Literal[3]


@dataclass(frozen=True)
class Ball:
    position: Point
    velocity: Point


@fn
def chosen(b: Bool, i: Index[Three], x: Real, ball: Ball) -> Real:
    assert_type(rose.cond(b, lambda: (x, ball), lambda: (0.0, ball)), tuple[float, Ball])
    assert_type(rose.cond(b, lambda y, z: y * z, lambda y, z: y + z, x, 3.0), float)
    assert_type(rose.cond(b, lambda _, p: p, lambda _, p: p, x, ball), Ball)
    assert_type(rose.cond(b, rose.sin, rose.cos, x), float)
    assert_type(rose.switch(i, [rose.sin, rose.cos, rose.exp], x), float)
    assert_type(rose.switch(i, [lambda: ball, lambda: ball, lambda: ball]), Ball)
    assert_type(rose.where(b, ball, ball), Ball)
    assert_type(rose.where(b, (ball, x), (ball, 0.0)), tuple[Ball, float])
    assert_type(rose.logical_not(b) & (x > 0), bool)
    return rose.where(b, x, 0.0)


@fn
def repeated(x: Real, v: Vec[Three], ball: Ball, balls: Vec[Three, Ball]) -> Real:
    assert_type(rose.loop(3, (x, ball), lambda t, now: (now[0] + t, now[1])), tuple[float, Ball])
    end, rows = rose.scan(3, (x, ball), lambda t, now: (now, (now[0], now[1].position, t)))
    assert_type(end, tuple[float, Ball])
    assert_type(rows[0][0], float | Any)
    assert_type(rows[0][2], Index | Any)
    assert_type(
        rose.while_loop(lambda now: now[0] > 1, lambda now: (now[0] / 2, now[1]), (x, ball)),
        tuple[float, Ball],
    )
    assert_type(rose.while_loop(lambda y: y > 1, lambda y: y / 2, x, max_steps=9), float)
    assert_type(rose.vec(3, lambda i: (x > i, ball)), Vec[Any, tuple[bool, Ball]])
    assert_type(rose.sum(3, lambda i: balls[i].position), Point)
    assert_type(rose.sum(3, lambda _: ball), Ball)
    assert_type(rose.min(rose.mean(v), x), float)
    mapped: Vec[Three] = rose.map(lambda p, y, z: p.position[0] * y * z, balls, v, v)
    return mapped[0] + end[0] + rows[0][0]


@fn
def stepped(ball: Ball, slope: Ball, rate: Real) -> Ball:
    assert_type(rose.tree_map(lambda x: 2 * x, (rate, {"a": ball})), tuple[float, dict[str, Ball]])
    assert_type(rose.tree_map(lambda a, b, c, d: a + b + c + d, ball, slope, ball, ball), Ball)
    assert_type(rose.stop_gradient(ball), Ball)
    return rose.tree_map(lambda x, s: x - rate * s, ball, slope)


BALL = Ball([1.0, 2.0], [3.0, 4.0])
compiled = rose.compile({"chosen": chosen, "stepped": stepped})
assert_type(chosen(True, 1, 2.0, BALL), float)
assert_type(repeated(1.0, [1, 2, 3], BALL, [BALL] * 3), float)
assert_type(rose.tree_map(lambda x, s: x - s, BALL, stepped(BALL, BALL, 0.5)), Ball)
assert_type(compiled.call("chosen", [True, 1, 2.0, BALL]), Any)


def misused() -> None:
    """A checker finds each of these."""
    rose.cond(True, lambda: 1.0, 2.0)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    rose.loop(3.0, 1.0, lambda _, y: y)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    rose.loop(3, 1.0, lambda _, y: y, True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    rose.tree_map(3.0, BALL)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    compiled.call("chosen", 1.0)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
