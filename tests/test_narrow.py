"""What a split saves: as few bytes as a choice of values can be, of which the rest is computed again."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Literal

import pytest
from flat import flat_args, flatten
from hypothesis import given
from hypothesis import strategies as st
from programs import PROGRAMS
from random_programs import arguments, program

import rose
from rose import Index, Real, Vec, fn
from rose.ad import linearize as linearizing
from rose.ad.narrow import ENDLESS, SINK, SOURCE, Flow
from rose.ad.plan import Plan
from rose.ad.reverse import value_and_grad, vjp
from rose.ir.func import Func
from rose.ir.parser import parse
from rose.ir.printer import print_program
from rose.ir.types import Array, is_real
from rose.opt import optimize
from rose.run.interp import interpret

Length = Literal[40]
LENGTH: Length = 40


def kept(func: Func) -> int:
    """How many Reals the forward half of a reverse derivative hands out."""
    split = vjp(optimize(func), tuple(map(is_real, func.param_types)), optimize)
    return sum(t.count if isinstance(t, Array) else 1 for t in split.residuals)


@fn
def in_a_loop(x: Vec[Length]) -> Real:
    """Position and velocity are needed as their sum only."""

    def step(i: Index[Length], state: tuple[Real, Real]) -> tuple[Real, Real]:
        position, velocity = state
        after = position + velocity
        return after, velocity + x[i] * after

    return rose.loop(LENGTH, (0.5, 0.1), step)[0]


def test_one_number_a_step_in_place_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    program = print_program(in_a_loop.func)
    assert kept(parse(program)) == 2 * LENGTH  # x, and the sums
    monkeypatch.setattr(linearizing, "cheaper", nothing)
    assert kept(parse(program)) == 3 * LENGTH


@pytest.mark.parametrize("name", [*PROGRAMS, *range(12)])
def test_derivatives_are_the_same_to_the_bit(
    name: str | int, monkeypatch: pytest.MonkeyPatch
) -> None:
    f, args = PROGRAMS[name] if isinstance(name, str) else (program(name), arguments(name))
    found = gradient_bits(f.func, flat_args(f, args))
    monkeypatch.setattr(linearizing, "cheaper", nothing)
    assert found == gradient_bits(f.func, flat_args(f, args))


def nothing(_: Plan) -> frozenset[int]:
    return frozenset()


def gradient_bits(func: Func, values: list[Any]) -> list[str]:
    """Of value and gradient, derived anew: what was derived before is remembered by its Func."""
    fresh = parse(print_program(func))
    gradient = value_and_grad(fresh, tuple(map(is_real, func.param_types)), optimize)
    return [*map(repr, flatten(interpret(gradient, values)))]


# --- the flow ---------------------------------------------------------------------------------------------

NODES = 7
EDGES = st.lists(
    st.tuples(
        st.integers(0, NODES - 1), st.integers(0, NODES - 1), st.sampled_from([1, 2, 3, 8, ENDLESS])
    ).filter(lambda edge: edge[0] != edge[1]),
    max_size=16,
)


@given(EDGES)
def test_the_cut_is_a_smallest_one(edges: list[tuple[int, int, int]]) -> None:
    flow = Flow(NODES)
    for start, end, capacity in edges:
        flow.add(start, end, capacity)
    if SINK not in endlessly(edges, {SOURCE}):
        flow.fill()
        reached = flow.reached()
        others = [
            set(sides) for k in range(NODES - 1) for sides in combinations(range(2, NODES), k)
        ]
        smallest = min(cost(edges, {SOURCE, *side}) for side in others)
        assert cost(edges, reached) == smallest
        # Of several smallest, it is the one that is nearest to the source.
        assert all(reached <= {SOURCE, *s} for s in others if cost(edges, {SOURCE, *s}) == smallest)


def cost(edges: list[tuple[int, int, int]], side: set[int]) -> int:
    return sum(c for start, end, c in edges if start in side and end not in side)


def endlessly(edges: list[tuple[int, int, int]], side: set[int]) -> set[int]:
    """What is reached from a side along endless edges."""
    while more := {e for s, e, c in edges if s in side and c == ENDLESS} - side:
        side = side | more
    return side
