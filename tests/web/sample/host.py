"""What the host under Pyodide has to do as wasmtime does. It prints the same in both."""

import math
import sys
from array import array
from dataclasses import dataclass
from typing import Any, Literal

import rose
from rose import Bool, Index, Real, Vec, fn

Point = Vec[Literal[2]]


@dataclass
class Ball:
    position: Point
    mass: Real


@fn
def distance(a: Point, b: Point) -> Real:
    return rose.norm(a - b)


@fn
def energy(p: Vec[Literal[4], Point]) -> Real:
    return rose.sum(4, lambda i: (distance(p[i], p[(i + 1) % 4]) - 1) ** 2)


@fn
def pick(balls: Vec[Literal[2], Ball], i: Index[Literal[2]], on: Bool) -> tuple[Ball, Bool]:
    ball = balls[i]
    return Ball(ball.position * 2, rose.sin(ball.mass)), on & (i > 0)


@fn
def three() -> Real:
    return rose.real(3)


def flattened(value: Any) -> list[float]:
    return [x for item in value for x in flattened(item)] if hasattr(value, "__len__") else [value]


def refused(call: Any) -> str:
    try:
        return str(call())
    except Exception as error:  # noqa: BLE001 (all of them are printed)
        return f"{type(error).__name__}: {getattr(error, 'message', error)}"


print("click" in sys.modules, "rose.cli" in sys.modules)
corners = [(0, 0), (3, 0), (3, 4), (0, 4)]
downhill = rose.grad(energy)
first = downhill(corners)
second = downhill([(0.5, 0.25)] * 4)
print(energy(corners), first, second)  # the first result is kept
print(rose.hessian(energy)(corners)[0][1])
print(pick([([0, 1], 2), ([3, 4], 0.5)], 1, True), three())
print(refused(lambda: pick([([0, 1], 2), ([3, 4], 0.5)], 2, True)))
print(refused(lambda: distance([1, 2, 3], [1, 2])))

prepared = downhill.prepared()
flat = prepared.args.p.reshape(-1) if hasattr(prepared.args.p, "reshape") else prepared.args.p
flat[:] = array("d", [0, 0, 3, 0, 3, 4, 0, 4])
prepared.run()
print(flattened(prepared.result.tolist()))

# Names that a JavaScript object, or a proxy of Pyodide's, has for itself.
module = rose.compile(
    {"then": distance, "to_py": energy, "constructor": three, "memories": downhill}
)
print(module.call("then", [(0, 0), (3, 4)]), module.call("to_py", [corners]))
print(module.call("constructor", []), module.call("memories", [corners])[3])


# Vecs without elements, alone and beside others.
@fn
def nothing(v: Vec[Literal[0]]) -> Vec[Literal[0]]:
    return rose.sin(v) * 2


@fn
def total(v: Vec[Literal[0]], rows: Vec[Literal[3], Vec[Literal[0]]], x: Real) -> Real:
    return rose.sum(v) + rose.sum(rows[1]) + x * x


@fn
def none_of(
    balls: Vec[Literal[0], Ball],
) -> tuple[Vec[Literal[0], Ball], Vec[Literal[2], Vec[Literal[0]]], Real]:
    return balls, rose.vec(2, lambda _: []), rose.sum(0, lambda i: balls[i].mass)


ROWS: list[list[float]] = [[]] * 3
print(nothing([]), total([], ROWS, 3.0), none_of([]))
print(rose.value_and_grad(total, argnums=(0, 1, 2))([], ROWS, 3.0))
print(refused(lambda: nothing([1.0])), rose.jacobian(nothing)([]))
prepared_total = rose.grad(total, argnums=2).prepared()
prepared_total.args.x[0] = 4.0
prepared_total.run()
print(flattened(prepared_total.result.tolist()))

hypot = rose.opaque(math.hypot, js="Math.hypot", params=[Real, Real])


@rose.opaque(js="page.bad")
def bad(x: Real) -> Real:
    if x > 1:
        raise KeyError("mine")
    return again(x) if x > 0 else x


@fn
def far(x: Real) -> Real:
    return hypot(x, 1.0)


@fn
def again(x: Real) -> Real:
    return bad(x - 1.0) + far(x)


print(far(2.0), again(0.5), again(1.5))  # the callback calls the function that it is called by
print(refused(lambda: again(3.0)), refused(lambda: again(3.0)), again(0.5))


@fn
def forever(x: Real) -> Real:
    return rose.while_loop(lambda c: c > 0, far, x)


def stopped() -> None:
    with rose.time_limit(0.1):
        forever(1.0)


print(refused(stopped))
files = rose.bundle({"energy": energy, "downhill": downhill}, "square", inline=True)
print(files.wasm.hex())
print(len(files.mjs), len(files.types), len(files.html))
