"""Functions with static and unannotated parameters, closures, and dicts with fixed keys."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Annotated, Any, Literal, NotRequired, TypedDict

import rose
from rose import Bool, Fn, Index, Real, Static, Vec, fn
from rose.composed import hessian, jacobian


class State(TypedDict):
    position: Vec[Literal[2]]
    speed: Real
    on: Bool


class Partial(TypedDict):
    position: Vec[Literal[2]]
    speed: NotRequired[Real]


class Shape(enum.Enum):
    ROUND = 1
    FLAT = 2


Square = Annotated[Vec[Any, Vec[Literal[2]]], 2]
STATE: Any = {"position": [1.0, 2.0], "speed": 3.0, "on": True}

scaled = fn([Real, Annotated[Vec, 3]], Real)(lambda x, v: x * rose.exp(v[1]) * v[2])


@fn
def power(x: Real, n: int = 3) -> Any:
    return 1.0 if n == 0 else x * power(x, n - 1)


@fn
def det(m: Vec[Any, Vec], n: int) -> Real:
    """By minors."""
    if n == 1:
        return m[0][0]
    total: Real = 0.0
    for k in range(n):
        minor = [[m[i][j] for j in range(n) if j != k] for i in range(1, n)]
        total = total + (-1) ** k * m[0][k] * det(minor, n - 1)
    return total


@fn
def squares(v: Any) -> Any:
    return rose.sum(len(v), lambda i: v[i] ** 2)


@fn
def twice(f: Static[Callable[[Any], Any]], x: Real) -> Real:
    found: Real = f(f(x))
    return found


@fn
def area(size: Real, shape: Shape, name: str = "unit") -> Real:
    return size**2 * (3.0 if shape is Shape.ROUND else 1.0) * len(name)


@fn
def both(v: Vec[Literal[5]]) -> Real:
    """Unannotated and static parameters, called and derived from inside."""
    slopes: Vec[Literal[5]] = rose.grad(squares)(v)
    four: Real = power(v[2], 4)
    found: Real = rose.sum([squares(v), squares([v[0], v[1]]), rose.sum(slopes), four])
    return found


@fn
def closure(x: Real, y: Real) -> Real:
    @fn
    def inner(z: Real) -> Real:
        return x * z * z + rose.sin(y * z)

    _, pullback = rose.vjp(inner)(x)
    along = rose.jvp(inner)((x,), (y,))[1]
    return inner(y) + inner(x) + rose.grad(inner)(y) + along + pullback(2.0)[0]


@fn
def nested(v: Vec[Literal[6]], w: Vec[Literal[2]]) -> Real:
    """Closures in a loop, over what it carries, over Vecs, and through each other."""

    def body(t: Index, a: Real) -> Real:
        @fn
        def g(z: Any) -> Any:
            return z * v[t] * w[0] + a * w[1]

        @fn
        def h(z: Any) -> Any:
            return g(z) + rose.grad(g)(z) * z

        slope = rose.grad(h)
        found: Real = h(a) + hessian(h)(a) + rose.grad(slope)(a)
        return found

    return rose.loop(6, w[0], body)


@fn
def rebound(v: Vec[Literal[3]]) -> Real:
    """What a variable is when the inner function is called counts, as in Python."""
    total: Real = 0.0

    @fn
    def add(y: Real) -> Real:
        return total + y * y

    for x in v:
        total = add(x)
    return total


@fn
def rebound_within(v: Vec[Literal[3]]) -> Real:
    """The same through functions that call such a function, and through its derivatives."""
    total: Real = 1.0
    add = fn([Real], Real)(lambda y: total * y * y)
    through: Fn[..., Real] = fn([Real], Real)(lambda y: add(y) + total)
    slopes, hessians = rose.grad(through), hessian(through)
    for x in v:
        total = through(x) + slopes(x) + hessians(x)
    return total


@fn
def lines(v: Vec[Literal[5]]) -> Real:
    line = fn([Real])(lambda t: v * t)
    along = rose.jvp(line)((v[1],), (1.0,))[1]
    found: Real = rose.sum(jacobian(line)(v[0] * v[0])) + rose.sum(line(v[3])) + rose.sum(along)
    return found


@fn
def kept_residuals(x: Real) -> Real:
    _, pullback = rose.vjp(power)(rose.exp(x))
    use = fn([Real], Real)(lambda bar: pullback(bar)[0])
    return use(x) + use(2.0)


@fn
def step(state: State, dt: Real) -> State:
    moved = state["position"] + dt * state["speed"]
    return {"speed": state["speed"] * 0.9, "position": moved, "on": state["on"]}


@fn
def run(state: State, n: int = 4) -> Real:
    """A dict with another in it is carried."""

    def body(_: Any, c: Any) -> Any:
        return {"state": step(c["state"], 0.1), "time": c["time"] + 0.1}

    start: Any = {"state": state, "time": 0}
    end = rose.loop(n, start, body)
    x, y = end["state"]["position"]
    found: Real = x * y * end["state"]["speed"] * end["time"]
    return found


PROGRAMS: dict[str, tuple[Fn[..., Any], tuple[Any, ...]]] = {
    "explicit types": (scaled, (2.0, [1.0, 0.5, 3.0])),
    "static default": (power, (1.5, 3)),
    "static": (power, (1.5, 5)),
    "static recursion": (det, ([[1.0, 2.0, 3.0], [0.5, -1.0, 4.0], [2.0, 1.0, 1.0]], 3)),
    "inferred": (squares, ([1.0, 2.0, 3.0],)),
    "static function": (twice, (rose.sin, 0.5)),
    "static Fn": (twice, (power, 0.5)),
    "enum and str": (area, (2.0, Shape.ROUND, "ab")),
    "both": (both, ([1.0, 2.0, 3.0, 4.0, 5.0],)),
    "closure": (closure, (1.5, 0.7)),
    "nested": (nested, ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [0.3, 0.4])),
    "rebound": (rebound, ([1.0, 2.0, 3.0],)),
    "rebound within": (rebound_within, ([1.0, 2.0, 3.0],)),
    "lines": (lines, ([1.0, 2.0, 3.0, 4.0, 5.0],)),
    "residuals": (kept_residuals, (0.5,)),
    "dict": (step, (STATE, 0.2)),
    "dict in a loop": (run, (STATE, 4)),
}
