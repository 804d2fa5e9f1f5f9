"""What type checkers know: mypy and pyright hold every line of this file in `make types`, test_typing.py runs it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, assert_type

import numpy as np

import rose
from rose import Bool, Fn, Index, Real, Static, Vec, fn

Point = Vec[Literal[2]]
Count = Literal[3]
COUNT: Count = 3


@dataclass(frozen=True)
class Ball:
    position: Point
    velocity: Point


# --- a decorated function keeps its signature -------------------------------------------------------------


@fn
def area(radius: Real) -> Real:
    """Of a circle."""
    return 3.14159 * radius**2


@fn
def turned(v: Point, angle: Real = 0.5) -> Point:
    x, y = v
    c, s = rose.cos(angle), rose.sin(angle)
    return [c * x - s * y, s * x + c * y]


@fn
def nearest(
    balls: Vec[Count, Ball], place: Point, start: Index[Count]
) -> tuple[Index[Count], Bool]:
    def closer(t: Index, best: Index) -> Index:
        one, other = balls[t].position - place, balls[best].position - place
        return rose.where(rose.norm(one) < rose.norm(other), t, best)

    found = rose.loop(COUNT, start, closer)
    return found, found == start


assert_type(area(2.0), float)
assert_type(area(2), float)
assert_type(area(radius=2.0) * 2, float)
assert_type(turned([1.0, 0.0]), Point)
assert_type(turned((1, 0), angle=1.0), Point)
assert_type(turned(np.array([1.0, 0.0]), 1.0), Point)
assert_type(nearest([Ball([0, 0], [1, 0])] * 3, [0.1, 0], 0), tuple[Index[Count], bool])
as_list: list[float] = turned([1.0, 0.0])
x_at_start, _ = turned(turned([1.0, 0.0]))


def misused() -> None:
    """Every call here is wrong, and a checker says so: an ignore without an error is one itself."""
    rose.areas(1.0)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    rose.time_limit("1 s")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    area("2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    area(1.0, 2.0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    area(diameter=2.0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    turned()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    turned([1.0, 0.0], turn=1.0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    nearest([], [0.0, 0.0], "first")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Ball([0.0, 0.0])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    rose.grad(turned)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    rose.grad(abs)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    rose.vjp(abs)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]


# --- elements of Vecs -------------------------------------------------------------------------------------


@fn
def elements(
    v: Vec[Literal[4]], m: Vec[Literal[4], Point], balls: Vec[Count, Ball], i: Index[Count]
) -> Real:
    assert_type(v[0], float | Any)
    assert_type(v[i] + v[(i - 1) % 3], float | Any)
    assert_type(balls[i], Ball | Any)
    assert_type([ball.velocity for ball in balls], list[Point])
    assert_type(v - [1, 2, 3, 4], Vec[Literal[4]])
    assert_type(2 * v, Vec[Literal[4]])
    assert_type(v[1:] * 2, Vec[Any])
    assert_type(v > 0, Vec[Literal[4], bool])
    assert_type(m[0], Point)
    assert_type(m[0][1], float | Any)
    transposed: Vec[Literal[2], Vec[Literal[4]]] = m.T @ m @ m.T
    assert_type(transposed[0], Vec[Literal[4]])
    assert_type(m.sum(), Point)
    assert_type(v.max() * v.norm(), float | Any)
    assert_type(v.at[0].set(1.0), Vec[Literal[4]])
    assert_type(balls.at[i].set(balls[0]), Vec[Count, Ball])
    assert_type(rose.sin(v), Vec[Literal[4]])
    assert_type(rose.sin(v[0]), float)
    assert_type(rose.max(v, 0.0), Vec[Literal[4]])
    assert_type(rose.where(v > 0, v, 0.0), Vec[Literal[4]])
    assert_type(rose.dot(v, [1, 2, 3, 4]) + rose.norm(v), float)
    distances = rose.vec(COUNT, lambda k: rose.norm(balls[k].position))
    assert_type(distances, Vec[Any, float])
    assert_type(rose.vec([0, 1.0]), Vec[Any, float])
    mapped: Vec[Count, Point] = rose.map(lambda ball: ball.position, balls)
    assert_type(rose.sum(COUNT, lambda k: balls[k].position), Point)
    _, seen = rose.scan(COUNT, v, lambda t, w: (2 * w, w[t]))
    assert_type(seen[0] + mapped[0][0] + distances[0], float | Any)
    return rose.cond(v[0] > 0, lambda: area(v[0]), lambda: 0.0)


# --- derivatives ------------------------------------------------------------------------------------------


@fn
def energy(ball: Ball, mass: Real, at: Point) -> Real:
    away = ball.position - at
    return mass * rose.dot(ball.velocity, ball.velocity) / 2 + rose.norm(away)


@fn
def square(v: Vec[Count]) -> Real:
    return rose.dot(v, v)


@fn
def swapped(v: Vec[Count]) -> Vec[Count]:
    return v[::-1]


BALL = Ball([1.0, 2.0], [3.0, 4.0])
assert_type(rose.grad(area)(2.0), float)
assert_type(rose.grad(area)(radius=2.0), float)
assert_type(rose.grad(rose.grad(area))(2.0), float)
assert_type(rose.grad(energy)(BALL, 1.0, [0.0, 0.0]), Ball)
assert_type(rose.grad(energy, argnums=1)(BALL, 1.0, [0.0, 0.0]), float)
assert_type(rose.grad(energy, argnums=(0, 1))(BALL, 1.0, at=[0.0, 0.0]), tuple[Ball, float])
assert_type(rose.value_and_grad(energy)(BALL, 1.0, [0.0, 0.0]), tuple[float, Ball])
assert_type(rose.jacobian(swapped)([1, 2, 3])[0], Vec[Count])
assert_type(rose.hessian(square)([1, 2, 3])[0][0], float | Any)
assert_type(rose.hessian(area)(2.0), float)
assert_type(rose.hvp(square)(([1, 2, 3],), [1, 0, 0]), Vec[Count])
assert_type(rose.jvp(turned)(([1, 2], 0.5), ([1, 0], 0.0)), tuple[Point, Point])
value, pullback = rose.vjp(turned)([1.0, 2.0], 0.5)
assert_type(value, Point)
assert_type(pullback([1.0, 0.0]), tuple[Point, float])
result, pushforward = rose.linearize(area)(2.0)
assert_type(result + pushforward(1.0), float)
assert_type(rose.remat(area)(radius=2.0), float)
kept: Fn[..., float] = rose.remat(area)
assert_type(rose.debug_nans(area)(2.0), float)
assert_type(rose.compile({"area": area, "slope": rose.grad(area)}).data, bytes)


# --- sizes that are known when the program runs, static parameters, rules -----------------------------------


def scaled(n: int) -> Callable[[list[float]], list[float]]:
    @fn
    def twice(v: Annotated[Vec, n], i: Annotated[Index, n]) -> Annotated[Vec, n]:
        assert_type(v[i], float | Any)
        return 2 * v.at[i].set(0.0)

    return lambda v: twice(v, n - 1)


@fn
def mean(v: Vec) -> Real:
    return rose.sum(v) / len(v)


@fn
def places(balls: Vec[Any, Ball]) -> Vec[Any, Point]:
    return [ball.position for ball in balls]


@fn
def power(x: Real, n: int, name: Static[str] = "power") -> Real:
    return 1.0 if n == 0 else x * power(x, n - 1, name)


cube = fn([Real], Real)(lambda x: x**3)
inner = fn([Annotated[Vec, 3], Point])(lambda v, w: v[0] * w[1])
assert_type(cube(2.0), float)
assert_type(scaled(3)([1.0, 2.0, 3.0]), list[float])
assert_type(mean([1, 2, 3]), float)
assert_type(places([BALL]), Vec[Any, Point])
assert_type(rose.grad(power)(3.0, n=4), float)


@rose.custom_jvp
def softened(x: Real, eps: Real) -> Real:
    return rose.sqrt(x * x + eps)


@softened.defjvp
def softened_jvp(primals: Any, tangents: Any) -> Any:
    (x, eps), (x_dot, eps_dot) = primals, tangents
    return softened(x, eps), (2 * x * x_dot + eps_dot) / (2 * softened(x, eps))


@rose.opaque(js="Math.hypot")
def hypot(x: Real, y: Real) -> Real:
    return math.hypot(x, y)


assert_type(softened(3.0, 16.0), float)
assert_type(rose.grad(softened)(3.0, 16.0), float)
assert_type(hypot(3.0, 4.0), float)
