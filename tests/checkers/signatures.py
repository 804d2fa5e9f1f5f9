"""Parameters keep their names, kinds and defaults: in what `@fn` gives, in derivatives, and in functions with rules."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, assert_type

import rose
from rose import Fn, Index, Real, Static, Vec, fn

Point = Vec[Literal[2]]


@dataclass(frozen=True)
class Ball:
    position: Point
    velocity: Point


class Shape(enum.Enum):
    ROUND = 1
    FLAT = 2


class Line(NamedTuple):
    slope: Real
    bends: Vec[Literal[3]]


BALL = Ball([1.0, 2.0], [3.0, 4.0])
LINE = Line(1.0, [1.0, 2.0, 3.0])


@fn
def energy(ball: Ball, mass: Real, at: Point = (0.0, 0.0), *, gravity: Real = 9.81) -> Real:
    away = ball.position - at
    return mass * (rose.dot(ball.velocity, ball.velocity) / 2 + gravity * rose.norm(away))


# --- names, defaults and what is given by name ------------------------------------------------------------

assert_type(energy(BALL, 1.0), float)
assert_type(energy(BALL, at=[0, 1], mass=2.0, gravity=1.6), float)
slope = rose.grad(energy)
assert_type(slope(BALL, 1.0), Ball)
assert_type(slope(at=[0, 1], mass=2.0, ball=BALL), Ball)
assert_type(rose.value_and_grad(energy)(mass=2.0, ball=BALL, gravity=1.6), tuple[float, Ball])
assert_type(rose.value_and_grad(energy, argnums=1)(BALL, mass=2.0), tuple[float, float])
assert_type(
    rose.value_and_grad(energy, argnums=(0, 1))(BALL, 1.0), tuple[float, tuple[Ball, float]]
)
assert_type(rose.value_and_grad(energy, argnums=2)(BALL, mass=2.0), tuple[float, Point])
assert_type(rose.value_and_grad(energy, argnums=(1, 2))(BALL, 1.0), tuple[float, tuple[Any, ...]])
assert_type(rose.remat(energy)(BALL, mass=2.0), float)
assert_type(rose.debug_nans(energy)(ball=BALL, mass=2.0), float)
assert_type(energy.specialized(BALL, 1.0)(BALL, mass=2.0), float)
assert_type(rose.jacobian(energy)(BALL, mass=2.0), Ball)
value, pullback = rose.vjp(energy)(BALL, mass=2.0)
result, pushforward = rose.linearize(energy)(mass=2.0, ball=BALL)
assert_type(value + result, float)


def misused() -> None:
    """A checker finds each of these, in a derivative as in the function itself."""
    energy(BALL, 1.0, [0, 0], 9.81)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    slope(BALL, 1.0, [0, 0], 9.81)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    slope(BALL, weight=1.0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    slope(BALL)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    slope(LINE, 1.0)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    rose.vjp(energy)(BALL, weight=1.0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    rose.remat(energy)(BALL)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    rose.jacobian(energy)(BALL, "2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# --- derivatives have the structure of what they are by ----------------------------------------------------


@fn
def misfit(line: Line, weight: Real) -> Real:
    return weight * (line.slope - 1) ** 2 + rose.dot(line.bends, line.bends)


@fn
def moved(ball: Ball, time: Real) -> Ball:
    return Ball(ball.position + time * ball.velocity, ball.velocity)


@fn
def bent(v: Vec[Literal[3]]) -> Real:
    return rose.dot(v, v) * v[0]


@fn
def with_aux(line: Line, weight: Real) -> tuple[Real, Ball]:
    return misfit(line, weight), BALL


assert_type(rose.grad(misfit)(LINE, weight=2.0), Line)
assert_type(rose.hvp(misfit)((LINE, 2.0), LINE), Line)
assert_type(rose.jvp(moved)((BALL, 0.5), (BALL, 1.0)), tuple[Ball, Ball])
landed, back = rose.vjp(moved)(BALL, 0.5)
assert_type(landed, Ball)
assert_type(back(BALL), tuple[Ball, float])
there, along = rose.linearize(moved)(BALL, time=0.5)
assert_type(there, Ball)
assert_type(along(BALL, 1.0), Ball)
assert_type(rose.hessian(bent)(v=[1, 2, 3])[0][0], float | Any)
assert_type(rose.grad(with_aux, has_aux=True)(LINE, 2.0), tuple[Line, Ball])
assert_type(
    rose.value_and_grad(with_aux, has_aux=True)(LINE, weight=2.0), tuple[tuple[float, Ball], Line]
)


# --- static parameters, parameters without a type, methods, lambdas ---------------------------------------


@fn
def area(size: Real, shape: Shape = Shape.ROUND, turns: int = 1, name: Static[str] = "") -> Real:
    return size * turns * (3.0 if shape is Shape.ROUND else 1.0) * (1 + len(name))


@fn
def mean(v: Any, weight: Real = 1.0) -> Any:
    return rose.sum(v) * weight / len(v)


class Physics:
    @staticmethod
    @fn
    def lift(speed: Real, wing: Index[Literal[2]] = 0) -> Real:
        return speed**2 * (wing + 1)


assert_type(area(1.0, Shape.FLAT, turns=2, name="wheel"), float)
assert_type(rose.grad(area)(1.0, turns=2), float)
assert_type(rose.value_and_grad(mean)([1.0, 2.0], weight=2.0), tuple[float, Any])
assert_type(Physics.lift(speed=2.0), float)
assert_type(rose.grad(Physics.lift)(2.0, wing=1), float)
assert_type(fn([Real, Annotated[Vec, 2]], Real)(lambda x, v: x * v[0])(1.0, [1, 2]), float)
assert_type(fn([Real], Ball)(lambda x: Ball([x, x], [x, x]))(1.0), Ball)
assert_type(fn([Real], tuple[Real, Real])(lambda x: (x, x))(1.0), tuple[float, float])
assert_type(fn([], None)(lambda: None), Fn[[], None])


def misused_too() -> None:
    area(1.0, "round")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    rose.grad(area)(1.0, turns="2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    mean([1.0], scale=2.0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Physics.lift(2.0, flap=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


# --- functions with rules ---------------------------------------------------------------------------------


@rose.custom_jvp
def softened(x: Real, eps: Real = 1.0) -> Real:
    return rose.sqrt(x * x + eps)


@softened.defjvp
def softened_jvp(primals: tuple[Real, Real], tangents: tuple[Real, Real]) -> tuple[Real, Real]:
    (x, eps), (x_dot, eps_dot) = primals, tangents
    y = softened(x, eps=eps)
    return y, (2 * x * x_dot + eps_dot) / (2 * y)


@rose.custom_vjp
def scaled(x: Real, by: Real = 1.0) -> Real:
    return by * x


scaled.defvjp(lambda x, by: (by * x, (x, by)), lambda kept, bar: (kept[1] * bar, kept[0] * bar))


@rose.opaque(js="Math.hypot")
def hypot(x: Real, y: Real) -> Real:
    return math.hypot(x, y)


cosine = rose.opaque(math.cos, js="Math.cos", params=[Real])
rules: Callable[[Any, Any], tuple[float, float]] = softened_jvp
assert_type(softened(x=3.0), float)
assert_type(rose.grad(softened)(3.0, eps=16.0), float)
assert_type(scaled(3.0, by=2.0), float)
assert_type(rose.grad(scaled)(x=3.0), float)
assert_type(rose.vjp(scaled)(3.0)[1](1.0), tuple[float, float])
assert_type(hypot(3.0, y=4.0), float)
assert_type(cosine(0.0), float)


def misused_rules() -> None:
    softened(3.0, epsilon=1.0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    rose.grad(scaled)(3.0, most=2.0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    hypot(3.0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
