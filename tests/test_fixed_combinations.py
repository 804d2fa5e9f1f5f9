"""Rules and remat in and around structures, loops and branches, as nobody planned; gradients by several structures, and beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, TypedDict

import pytest
from flat import run_interp, run_wasm
from marked import marker
from trust.doors import Door, doors_agree
from trust.hosts import Node
from trust.properties import Seen

import rose
from rose import Bool, Fn, Index, Real, Vec, fn

V3, V4, V6 = [Annotated[Vec, n] for n in (3, 4, 6)]
I3 = Annotated[Index, 3]


@dataclass(frozen=True)
class Arm:
    bends: Vec[Literal[3]]
    joint: Index[Literal[3]]
    is_left: Bool
    length: Real


class Pull(NamedTuple):
    is_on: Bool
    strength: Real
    at: Vec[Literal[2], Vec[Literal[3]]]


class Layer(TypedDict):
    scale: Real
    kind: Index[Literal[3]]
    rows: Vec[Literal[2], Vec[Literal[3]]]


ARM = Arm([0.2, -0.4, 0.7], 2, True, 1.5)
PULL = Pull(False, 0.8, [[0.1, 0.2, 0.3], [0.6, 0.5, 0.4]])
LAYER: Any = {"scale": 0.9, "kind": 1, "rows": [[0.3, 0.1, -0.2], [0.5, 0.4, 0.6]]}
OF_ARM: Any = Arm  # a cotangent has None where there is no Real
OF_PULL: Any = Pull
PROGRAMS: list[tuple[Fn[..., Any], tuple[Any, ...]]] = []
program = marker(PROGRAMS)


# --- rules ------------------------------------------------------------------------------------------------


@rose.custom_jvp
def power(x: Real, v: Vec[Literal[3]], n: int) -> Real:
    return rose.sum(3, lambda i: v[i] * x**n)


@power.defjvp
def power_jvp(primals: Any, tangents: Any) -> Any:
    """Its slope is that of a function inside, which sees the rule's own arguments."""
    (x, v, n), (x_dot, v_dot, _) = primals, tangents

    @fn
    def along(y: Real) -> Real:
        found: Real = rose.sum(3, lambda i: v[i] * y**n)
        return found

    by_v = rose.loop(3, 0.0, lambda i, total: total + v_dot[i] * x**n)
    return power(x, v, n), rose.grad(along)(x) * x_dot + by_v


@rose.custom_vjp
def reach(arm: Arm, pull: Pull, n: int = 2) -> tuple[Real, Bool]:
    """The rule's halves have structures with Bools and indices in them, and a number."""
    return arm.bends[arm.joint] * arm.length**n * pull.strength, arm.is_left


def reach_forward(arm: Any, pull: Any, n: Any) -> Any:
    return reach(arm, pull, n), {"arm": arm, "by": pull.strength}


def reach_backward(n: Any, kept: Any, bar: Any) -> Any:
    arm, by = kept["arm"], kept["by"]
    slope, _ = bar
    bend, stretched = arm.bends[arm.joint], arm.length**n
    bends = rose.vec([0.0] * 3).at[arm.joint].set(slope * stretched * by)
    grown = rose.loop(n - 1, slope * bend * by * n, lambda _, c: c * arm.length)
    nothing = rose.vec(2, lambda _: rose.vec(3, lambda _: 0.0))
    by_arm, by_pull = (
        OF_ARM(bends, None, None, grown),
        OF_PULL(None, slope * bend * stretched, nothing),
    )
    return by_arm, by_pull, None


reach.defvjp(reach_forward, reach_backward)


@rose.custom_vjp
def bent(v: Vec[Literal[3]]) -> Vec[Literal[3]]:
    return rose.sin(v) * v[0]


def bent_backward(v: Any, bar: Any) -> Any:
    """By the pullback of another function, of which it uses a value as well."""
    value, pullback = rose.vjp(fn([V3], V3)(lambda w: rose.sin(w) * w[0]))(v)
    (given,) = pullback(bar)
    return (rose.where(value[0] > 100, 2.0, 1.0) * given,)


bent.defvjp(lambda v: (bent(v), v), bent_backward)

outside = rose.opaque(math.sqrt, js="Math.sqrt", params=[Real])  # the same bits everywhere


def outside_backward(x: Any, bar: Any) -> Any:
    return (bar / (2 * outside(x)),)


outside.defvjp(lambda x: (outside(x), x), outside_backward)


@program([Real, V3, I3], 0.7, [0.5, -0.3, 0.9], 1)
def rules_in_a_switch_in_a_scan_in_a_vec(x: Any, v: Any, k: Any) -> Any:
    def chosen(y: Any, t: Any, on: Any) -> Any:
        def elsewhere() -> Any:
            rows: Any = bent(v * y)
            return rows[t]

        return rose.cond(on, elsewhere, lambda: y * x)

    def row(i: Any) -> Any:
        def step(t: Any, c: Any) -> Any:
            y, at, on = c
            sides: list[Callable[[], Any]] = [
                lambda: power(y, v, 2),
                lambda: power(v[t], v * y, 3),
                lambda: chosen(y, t, on),
            ]
            following = 0.5 * rose.switch(at, sides) + x
            return (following, (at + t + 1) % 3, rose.logical_not(on)), {"y": y, "at": at, "on": on}

        rows = rose.scan(3, (v[i], (k + i) % 3, v[i] > 0), step)[1]
        seen = rose.map(lambda r: rose.where(r["on"], r["y"], r["y"] * r["at"]), rows)
        return seen.sum()

    return rose.vec(3, row).sum()


@program([Arm, Pull], ARM, PULL)
def a_rule_of_structures_that_loops_carry(arm: Any, pull: Any) -> Any:
    def step(t: Any, c: Any) -> Any:
        force, is_left = reach(c["arm"], c["pull"], 3)
        moved = Arm(
            c["arm"].bends.at[t].add(0.1 * force),
            (c["arm"].joint + 1) % 3,
            rose.logical_not(is_left),
            c["arm"].length * 0.9 + rose.where(is_left, 0.1, 0.2),
        )
        return {"arm": moved, "pull": Pull(is_left, force, c["pull"].at)}

    end = rose.loop(3, {"arm": arm, "pull": pull}, step, checkpoint=2)
    return end["pull"].strength + end["arm"].bends.sum() + reach(end["arm"], pull)[0]


@program([V3], [0.6, 0.8, 0.3])
def a_rule_by_a_pullback_is_shared(v: Any) -> Any:
    def twice(w: Any) -> Any:
        return bent(bent(w))

    once, again = fn([V3], V3)(lambda w: bent(w) * 2), fn([V3], V3)(twice)
    rows = rose.vec(4, lambda i: rose.cond(i < 2, lambda: once(v * i)[0], lambda: again(v)[i % 3]))
    return rows.sum() + rose.grad(fn([V3], Real)(lambda w: twice(w).sum()))(v) @ v


@program([V3, I3], [0.6, 0.8, 0.3], 2)
def a_host_in_a_switch_in_a_scan(v: Any, k: Any) -> Any:
    def step(t: Any, c: Any) -> Any:
        y, at = c
        sides: list[Callable[[Any], Any]] = [
            lambda z: outside(z + v[t]),
            lambda z: outside(1.0 + z * z) * z,
            lambda z: z * v[t],
        ]
        return (rose.switch(at, sides, y), (at + 1) % 3), outside(y * v[0])

    (last, _), seen = rose.scan(5, (v[0], k), lambda t, c: step(t % 3, c))
    return last + seen.sum()


# --- remat ------------------------------------------------------------------------------------------------


@program([Real, V4], 0.3, [0.5, 0.2, 0.7, 0.4])
def a_while_loop_in_what_is_run_again(x: Any, w: Any) -> Any:
    @rose.remat
    @fn([Real, V4, Annotated[Index, 4]], Real)
    def grown(y: Any, w: Any, k: Any) -> Any:
        def step(c: Any) -> Any:
            more = rose.where(c["on"], w[c["k"]], 0.25)
            return {
                "y": c["y"] * 1.3 + more,
                "k": (c["k"] + 1) % 4,
                "on": rose.logical_not(c["on"]),
            }

        start: Any = {"y": y, "k": k, "on": y > 0}
        return rose.while_loop(lambda c: c["y"] < 1.7, step, start, max_steps=6)["y"]

    def step(t: Any, y: Any) -> Any:
        return rose.sin(grown(y, w, t % 4)) * x

    return rose.loop(6, x, step, checkpoint=2) + grown(x * x, w, 1)


@program([Real, V3], 0.4, [0.5, 0.2, 0.7])
def rules_in_what_is_run_again_and_the_other_way_round(x: Any, v: Any) -> Any:
    @rose.remat
    @fn([Real, V3], V3)
    def layer(y: Any, w: Any) -> Any:
        return rose.tanh(bent(w) * power(y, w, 2) + w)

    @rose.custom_jvp
    def energy(y: Real, w: Vec[Literal[3]]) -> Real:
        found: Real = layer(y, w).sum()
        return found

    @energy.defjvp
    def rule(primals: Any, tangents: Any) -> Any:
        total = fn([Real, V3], Real)(lambda y, w: layer(y, w).sum())
        return energy(*primals), rose.jvp(total)(primals, tangents)[1]

    again: Fn[..., Any] = rose.remat(fn([Real, V3], Real)(lambda y, w: energy(y, w) * y))
    return rose.loop(3, x, lambda t, y: 0.5 * energy(y, v * v[t]) + again(y, v))


# --- gradients by several structures ----------------------------------------------------------------------


@fn
def loss(arm: Arm, layer: Layer, pull: Pull) -> Real:
    bends = rose.vec(2, lambda i: rose.tanh(layer["rows"][i] @ arm.bends) * layer["scale"])
    side = rose.where(arm.is_left & rose.logical_not(pull.is_on), arm.length, pull.strength)
    found: Real = bends.sum() * side + pull.at[1, layer["kind"]] * arm.bends[arm.joint] ** 2
    return found


@program([Arm, Layer, Pull], ARM, LAYER, PULL)
def gradients_by_several_structures(arm: Any, layer: Any, pull: Any) -> Any:
    by_pull, by_arm = rose.grad(loss, argnums=(2, 0))(arm, layer, pull)
    value, (by_layer,) = rose.value_and_grad(loss, argnums=(1,))(arm, layer, pull)
    assert (by_arm.joint, by_arm.is_left, by_pull.is_on, by_layer["kind"]) == (None,) * 4
    rows = (by_layer["rows"] @ by_arm.bends).sum() * by_layer["scale"]
    return value + rows + by_arm.length * by_pull.strength + by_pull.at[1] @ arm.bends


@program([Arm, Layer, Pull], ARM, LAYER, PULL)
def gradients_with_something_beside(arm: Any, layer: Any, pull: Any) -> Any:
    def both(arm: Any, layer: Any, pull: Any) -> Any:
        value = loss(arm, layer, pull)
        seen = {"on": value > 0, "arm": arm, "at": (arm.joint + 1) % 3, "twice": 2 * value}
        return value, seen

    def step(_: Any, c: Any) -> Any:
        slopes = rose.value_and_grad(fn([Arm, Layer, Pull])(both), argnums=(1, 0), has_aux=True)
        (value, seen), (by_layer, by_arm) = slopes(c, layer, pull)
        bends = c.bends - 0.1 * by_arm.bends * rose.where(seen["on"], 1.0, by_layer["scale"])
        return Arm(bends, seen["at"], seen["on"], seen["twice"] - value)

    end = rose.loop(3, arm, step)
    return end.bends[end.joint] + end.length


@pytest.fixture(scope="module")
def in_node() -> Iterator[Node]:
    process = Node()
    yield process
    process.close()


@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=[f.__name__ for f, _ in PROGRAMS])
def test_programs_and_their_derivatives(f: Fn[..., Any], args: tuple[Any, ...]) -> None:
    assert run_wasm(f, args) == pytest.approx(run_interp(f, args), rel=1e-13)
    rose.check_grads(f, args, order=2)


@pytest.mark.parametrize(("f", "args"), PROGRAMS, ids=[f.__name__ for f, _ in PROGRAMS])
def test_node_and_wasmtime_have_the_interpreters_bits(
    f: Fn[..., Any], args: tuple[Any, ...], in_node: Node
) -> None:
    """Of the value and of the gradient by all parameters."""
    seen = Seen()
    doors_agree(Door(f, args), [in_node], seen)
    assert seen.counts["structures in Node"] == 2
