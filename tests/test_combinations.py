"""Programs that put constructs into each other as nobody planned: structures, loops, branches, rules, derivatives of derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

import numpy as np
import pytest
from flat import run_interp, run_wasm
from marked import marker

import rose
from rose import Bool, Fn, Index, Real, Vec, fn

V2, V3, V4, V5, V6 = [Annotated[Vec, n] for n in range(2, 7)]


@dataclass(frozen=True)
class Ball:
    position: Vec[Literal[2]]
    is_hot: Bool
    kind: Index[Literal[3]]


@dataclass
class World:
    balls: Vec[Literal[3], Ball]
    time: Real
    best: Index[Literal[3]]


Nobody = Vec[Literal[0], World]
Order = Vec[Literal[4], Index[Literal[4]]]


class Weighted(NamedTuple):
    weight: Real
    balls: Vec[Literal[2], Ball]


class Layer(TypedDict):
    scale: Real
    rows: Vec[Literal[2], Vec[Literal[3]]]


BALLS = [([0.1, 0.2], True, 1), ([0.5, -0.4], False, 2), ([1.5, 0.3], True, 0)]
PROGRAMS: list[tuple[Fn[..., Any], tuple[Any, ...]]] = []
program = marker(PROGRAMS)


# --- structures -------------------------------------------------------------------------------------------


@program([World], (BALLS, 0.5, 1))
def carried_worlds(world: Any) -> Any:
    def step(t: Any, w: Any) -> Any:
        ball = w.balls[w.best]
        moved = Ball(
            ball.position * 1.1 + [0.1 * t, w.time],
            rose.logical_not(ball.is_hot),
            (ball.kind + 1) % 3,
        )
        after = World(
            w.balls.at[w.best].set(moved),
            w.time * 0.9 + rose.where(moved.is_hot, 0.1, 0.2),
            (w.best + ball.kind) % 3,
        )
        return after, {
            "best": after.best,
            "hot": moved.is_hot,
            "far": (moved.position.norm(), None),
        }

    world, seen = rose.scan(7, world, step)
    weights = rose.map(
        lambda s: rose.where(s["hot"], 0.5 * s["best"] * s["far"][0], s["far"][0]), seen
    )
    return weights.sum() + world.time + rose.sum(3, lambda k: world.balls[k].position[0])


@program([Real, Annotated[Index, 3]], 0.7, 1)
def structures_of_branches(x: Any, i: Any) -> Any:
    def ball(scale: Any) -> Any:
        return Ball([scale * x, scale], x > 0, i)

    b = rose.switch(i, [lambda: ball(1.0), lambda: ball(x), lambda: ball(3.0)])
    c = rose.cond(
        b.is_hot & (b.kind == 1),
        lambda: {"p": b.position, "q": (b, x)},
        lambda: {"p": [x, x], "q": (ball(9.0), x * x)},
    )
    chosen = rose.select(b.is_hot, (x, [b, b]), (1.0, [b, ball(2.0)]))
    return c["p"] @ c["q"][0].position + c["q"][1] * chosen[0] * chosen[1][1].position[1]


@program([Weighted], (0.5, BALLS[:2]))
def a_switch_in_a_sum(pair: Any) -> Any:
    weight, balls = pair
    sides: list[Callable[[Any], Any]] = [
        lambda q: q @ q,
        lambda q: q[0] * weight,
        lambda q: rose.exp(q[1]),
    ]
    return weight * rose.sum(2, lambda i: rose.switch(balls[i].kind, sides, balls[i].position))


@program([World, World], (BALLS, 0.5, 1), (BALLS, 0.25, 2))
def mapped_worlds(one: Any, other: Any) -> Any:
    product = rose.tree_map(lambda a, b: a * b + 1, one, other)
    return product.time + rose.sum(3, lambda i: product.balls[i].position).sum()


@program([Layer, V3], {"scale": 0.3, "rows": [[1, 2, 3], [4, 5, 6]]}, [1.0, 0.5, 0.2])
def dicts_as_parameters(layer: Any, v: Any) -> Any:
    def loss(d: Any) -> Any:
        bent: Any = rose.tanh(d["rows"] @ v * d["scale"])
        return bent.sum()

    slope = rose.grad(fn([Layer], Real)(loss))(layer)
    return slope["scale"] + (slope["rows"] @ v).sum()


@program([V3], [0.25, 0.5, 1.0])
def rows_of_dicts(v: Any) -> Any:
    def step(t: Any, c: Any) -> Any:
        row, on = c
        return (row[::-1] * 1.5, rose.logical_not(on)), {"row": row, "on": on, "k": (t * 2) % 3}

    rows: Any = rose.scan(4, (v, True), step)[1]
    picked = rose.map(lambda r: rose.where(r["on"], r["row"][r["k"]], r["row"].sum()), rows)
    return picked.sum() + rows[1:3][0]["row"] @ rows[-1]["row"]


@program([Real, Real, Nobody], 0.1, 0.2, [])
def nobody_is_carried(x: Any, y: Any, worlds: Any) -> Any:
    def step(_: Any, c: Any) -> Any:
        total, rest = c
        here = rose.sum(0, lambda i: rest[i].balls[0].position[0] * rest[i].time)
        return total * y + here, rest

    return rose.loop(2, (x, worlds), step)[0]


# --- control ----------------------------------------------------------------------------------------------


@program([Real, V2], 0.4, [0.5, 0.3])
def a_while_of_three_kinds(x: Any, v: Any) -> Any:
    def step(c: Any) -> Any:
        y, n, i = c
        return y * y * x + v[i], n + 1, (i + 1) % 2

    start = (x, 0.0, rose.to_index(0, 2))
    y, n, _ = rose.while_loop(lambda c: (c[0] < 3) & (c[1] < 5), step, start, max_steps=8)
    return y * n + rose.sin(y)


@program([Real], 0.3)
def a_dict_of_kinds(x: Any) -> Any:
    def step(t: Any, c: Any) -> Any:
        more = rose.where(c["on"], c["s"][1][0], 2.0)
        return {
            "s": (c["s"][0] + more, c["s"][1] * x),
            "on": (c["i"] > t) ^ c["on"],
            "i": (c["i"] + t) % 4,
        }

    start: Any = {"s": (x, [x, 1.0]), "on": True, "i": rose.to_index(3, 4)}
    return rose.loop(4, start, step)["s"][0]


@program([V6], [0.9, 0.1, 0.5, 0.7, 0.3, 0.2])
def sorted_by_swaps(v: Any) -> Any:
    def swap(j: Any, w: Any) -> Any:
        a, b = w[j], w[j + 1]
        return rose.cond(a > b, lambda: w.at[j].set(b).at[j + 1].set(a), lambda: w)

    return rose.loop(6, v, lambda _, w: rose.loop(5, w, swap)) @ [1, 2, 3, 4, 5, 6]


@program([Real], 0.5)
def loops_in_branches_in_loops(x: Any) -> Any:
    def grown(y: Any) -> Any:
        return rose.while_loop(lambda z: z < 2, lambda z: z * 1.7, y, max_steps=5)

    def step(_: Any, y: Any) -> Any:
        return rose.cond(y > 1, lambda: y * 0.5, lambda: grown(y))

    return rose.cond(x > 0, lambda: rose.loop(3, x, step), lambda: rose.sqrt(x))


@program([V4, Order], [0.1, 0.9, 0.4, 0.3], [3, 1, 0, 2])
def permutations(v: Any, order: Any) -> Any:
    zeros = rose.vec(4, lambda _: rose.to_index(0, 4))
    inverse = rose.loop(4, zeros, lambda t, places: places.at[order[t]].set(t))
    w = v[order]
    return (w * v[inverse]).sum() + rose.sum(4, lambda i: w[inverse[i]] ** 3) + w[::-1] @ v[order]


@program([Real], 0.6)
def indices_among_reals(x: Any) -> Any:
    def step(i: Any, c: Any) -> Any:
        y, k = c
        return (y * x + k, (k * 2 + i) % 5), k

    (y, _), ks = rose.scan(3, (x, rose.to_index(2, 5)), step)
    return y + rose.sum(3, lambda i: ks[i] * x ** (1.0 * i) + (ks[2 - i] - ks[i]) * x)


@program([V6, Real], [3.0, 1.0, 2.0, 5.0, 4.0, 0.5], 1.5)
def places_of_extremes(v: Any, x: Any) -> Any:
    low, high = v.argmin(), v.argmax()
    changed = v.at[low].set(x).at[high].add(v[low])
    return v[low] * x + v[high] ** 2 + rose.where(low < high, x, -x) + changed.prod()


@program([V4], [1.0, 2.0, 3.0, 4.0])
def shapes_of_all_kinds(v: Any) -> Any:
    m: Any = rose.vec(3, lambda i: rose.concat(v[:2], [v[i], v[i + 1]]))
    large = rose.where((m > 1.5).all().any(), 1.0, v[0])
    some = rose.where(rose.any(3, lambda i: m[i][2] > 2.5), v[3], 0.0)
    largest, product = rose.max(3, lambda i: m[i].sum()), rose.prod(3, lambda i: m[i, 3])
    return (m @ m.T).sum() @ m[:, 0] + largest + product + some + large


@program([V3], [0.5, 0.25, 0.75])
def numpys_functions(v: Any) -> Any:
    waves: Any = np.sin(v)
    capped: Any = np.maximum(v, 0.3)
    return waves.sum() + capped @ np.array([1, 2, 3]) + np.exp(v[0]) * np.float64(2)


# --- derivatives ------------------------------------------------------------------------------------------


@rose.custom_vjp
def cube(x: Real) -> Real:
    return x**3


cube.defvjp(
    lambda x: (x**3, (x, {"square": x * x})),
    lambda residuals, bar: (bar * 3 * residuals[1]["square"],),
)


@rose.custom_jvp
def length(x: Real, y: Real) -> tuple[Real, Bool]:
    return rose.hypot(x, y), x > y


@length.defjvp
def length_jvp(primals: Any, tangents: Any) -> Any:
    r, is_flat = length(*primals)
    return (r, is_flat), ((primals[0] * tangents[0] + primals[1] * tangents[1]) / r, None)


outside = rose.opaque(math.hypot, js="Math.hypot", params=[Real, Real])


@outside.defjvp
def outside_jvp(primals: Any, tangents: Any) -> Any:
    r = outside(*primals)
    return r, (primals[0] * tangents[0] + primals[1] * tangents[1]) / r


@program([V3], [0.3, 0.6, -0.4])
def a_rule_in_a_scan_in_a_vec(v: Any) -> Any:
    def row(i: Any) -> Any:
        return rose.scan(4, v[i], lambda t, y: (cube(y) * 0.5 + v[t % 3], cube(y)))[1].sum()

    return rose.vec(3, row).sum()


@program([Real, Real], 0.6, 0.8)
def a_rule_with_a_bool_in_a_loop(x: Any, y: Any) -> Any:
    r, is_flat = length(x, y)
    return rose.loop(
        3, r, lambda _, c: rose.cond(is_flat, lambda: c * x, lambda: length(c, y)[0] + c)
    )


@program([V3], [0.6, 0.8, 0.3])
def a_host_in_a_scan(v: Any) -> Any:
    return rose.scan(3, v[0], lambda t, c: (outside(c, v[t]), outside(v[t], c) * c))[1].sum()


@program([Real, Real], 0.4, 0.9)
def closures_over_closures(x: Any, y: Any) -> Any:
    def nested(a: Any) -> Any:
        def of_b(b: Any) -> Any:
            def of_c(c: Any) -> Any:
                return a * b * c + x

            return of_c(y * b)

        return of_b(x + a)

    slope = rose.grad(fn([Real], Real)(lambda z: nested(z) * y))
    return slope(x) + rose.hessian(fn([Real], Real)(lambda q: rose.sin(q * x) * y))(y)


@program([Real, V2], 0.4, [1.0, 2.0])
def functions_in_functions(x: Any, v: Any) -> Any:
    @fn
    def outer(y: Any) -> Any:
        @fn
        def inner(z: Any) -> Any:
            return z * y * x + v @ v * z

        return rose.grad(inner)(y) * y

    return rose.grad(outer)(x) + rose.hessian(outer)(x)


@program([Real], 0.7)
def a_switch_over_functions(x: Any) -> Any:
    def scaled(k: int) -> Any:
        return fn([Real], Real)(lambda y: y * x + k)

    functions = [scaled(k) for k in range(3)]
    slopes = sum(rose.grad(f)(x) for f in functions)
    return rose.loop(3, x, lambda t, y: rose.switch(t, functions, y)) + slopes


@program([V5], [0.2, 0.4, 0.6, 0.8, 1.0])
def pullbacks_in_a_loop(v: Any) -> Any:
    def sums(w: Any) -> Any:
        return rose.scan(5, 0.0, lambda t, s: (s + w[t] ** 2, rose.sin(s)), reverse=True)[1]

    _, pullback = rose.vjp(fn([V5])(sums))(v)
    value, pushforward = rose.linearize(fn([V5])(lambda w: w * w.sum()))(v)
    unit = rose.sum(5, lambda i: pullback(rose.vec(5, lambda j: rose.where(i == j, 1, 0)))[0] @ v)
    return unit + pushforward(value)[2]


@program([V2], [0.4, 0.6])
def a_jacobian_of_a_dict(v: Any) -> Any:
    made = rose.jacobian(fn([V2])(lambda w: {"q": w * w[0], "r": (w.norm(), w[0] > 0)}))(v)
    return (made["q"] @ v).sum() + made["r"][0] @ v


@program([V4], [0.5, 0.25, 0.125, 0.2])
def a_hessian_through_a_while(v: Any) -> Any:
    def grown(w: Any) -> Any:
        def step(c: Any) -> Any:
            return c[0] * w, c[1] + c[0] @ w

        start = (w, 0.2 + w.sum())
        return rose.while_loop(lambda c: c[1] < 2.5, step, start, max_steps=6)[0].prod()

    end: Fn[..., Real] = fn([V4], Real)(grown)
    hessian = rose.hessian(end)(v)
    return rose.sum(4, lambda i: hessian[i] @ v) * 1000


@program([V6, V3], [0.5, -0.2, 0.3, 0.7, 0.1, -0.4], [1.0, 2.0, 3.0])
def remat_with_checkpoints(w: Any, x: Any) -> Any:
    @rose.remat
    @fn([V6, V3], V3)
    def layer(w: Any, h: Any) -> Any:
        rows = rose.vec(2, lambda i: rose.vec(3, lambda j: w[3 * i + j]))
        return rows.T @ rose.tanh(rows @ h)

    return rose.loop(6, x, lambda _, h: layer(w, h) + x, checkpoint=2).norm()


@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=[f.__name__ for f, _ in PROGRAMS])
def test_programs_and_their_derivatives(f: Fn[..., Any], args: tuple[Any, ...]) -> None:
    assert run_wasm(f, args) == pytest.approx(run_interp(f, args), rel=1e-13)
    rose.check_grads(f, args)


@pytest.mark.parametrize("value", [(BALLS, 0.5, 1), {"balls": BALLS, "time": 0.5, "best": 1}])
def test_check_grads_takes_what_stands_for_a_structure(value: Any) -> None:
    rose.check_grads(fn([World], Real)(lambda w: w.time * w.balls[w.best].position[0]), (value,))
