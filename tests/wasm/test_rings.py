"""Arrays that a loop carries and that change places: nothing is copied, and each ends up where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from flat import gradient, run_interp, run_wasm

import rose
from rose import Fn, Vec, fn

N = 80  # more bytes than are copied without an instruction for it
ARGS = [0.1 * k for k in range(N)], [1.0 / (k + 1) for k in range(N)]


def copies(f: Fn[..., Any]) -> int:
    return rose.compile({"f": f}).wat.count("memory.copy")


def mixed(a: Any, b: Any) -> Any:
    return rose.vec(N, lambda i: a[i] - b[(i + 1) % N] / 2)


def waves(steps: int) -> Fn[..., Any]:
    @fn
    def carried(u: Annotated[Vec, N], w: Annotated[Vec, N]) -> Any:
        return rose.loop(steps, (u, w), lambda _, s: (s[1], mixed(*s)))

    return carried


def three(steps: int) -> Fn[..., Any]:
    """A ring of three beside one that stays, and one that is built and in no ring."""

    @fn
    def carried(u: Annotated[Vec, N], w: Annotated[Vec, N]) -> Any:
        def step(_: Any, state: Any) -> Any:
            a, stays, b, c, other = state
            return mixed(b, stays), stays, a, b, mixed(other, c)

        a, _, *others = rose.loop(steps, (u, w, w, u, w), step, reverse=True)
        return a, others[0], others[1], others[2]

    return carried


def two_rings(steps: int) -> Fn[..., Any]:
    @fn
    def carried(u: Annotated[Vec, N], w: Annotated[Vec, N]) -> Any:
        def step(_: Any, s: Any) -> Any:
            return mixed(s[0], s[1]), s[0], s[3], mixed(s[2], s[1])

        return rose.loop(steps, (u, w, u, u), step)

    return carried


def in_a_ring(steps: int) -> Fn[..., Any]:
    """A loop whose arrays change places inside of another one, which swaps what comes of them."""

    @fn
    def carried(u: Annotated[Vec, N], w: Annotated[Vec, N]) -> Any:
        def outer(_: Any, s: Any) -> Any:
            a, b = rose.loop(steps, s, lambda _, s: (s[1], mixed(*s)))
            return mixed(a, s[0]), b

        return rose.loop(3, (u, w), outer)

    return carried


RINGS = [waves, three, two_rings, in_a_ring]


@pytest.mark.parametrize("steps", range(1, 8))
@pytest.mark.parametrize("make", RINGS)
def test_arrays_change_places(make: Callable[[int], Fn[..., Any]], steps: int) -> None:
    assert run_wasm(make(steps), ARGS) == run_interp(make(steps), ARGS)


@pytest.mark.parametrize("make", RINGS)
def test_nothing_is_copied(make: Callable[[int], Fn[..., Any]]) -> None:
    assert copies(make(6)) == 0


def given_twice(a: Any, b: Any) -> Any:
    return mixed(a, b), a, a


def swapped(a: Any, b: Any) -> Any:
    return b, a


def updated(a: Any, b: Any) -> Any:
    return b.at[3].set(a[0]), a


@pytest.mark.parametrize("steps", range(1, 6))
@pytest.mark.parametrize("body", [given_twice, swapped, updated])
def test_where_there_is_no_ring_arrays_are_copied(body: Any, steps: int) -> None:
    """One array in two places, none that is built anew, and one that is built of another."""

    @fn
    def carried(u: Annotated[Vec, N], w: Annotated[Vec, N]) -> Any:
        starts = (u, w, w)[: len(body(u, w))]
        return rose.loop(steps, starts, lambda _, s: body(s[0], s[1]))

    assert run_wasm(carried, ARGS) == run_interp(carried, ARGS)
    assert steps == 1 or copies(carried) > 0


def test_rows_and_derivatives_of_arrays_that_change_places() -> None:
    @fn
    def total(u: Annotated[Vec, N], w: Annotated[Vec, N]) -> Any:
        _, rows = rose.scan(5, (u, w), lambda _, s: ((s[1], mixed(*s)), s[0]))
        return rose.sum(5, lambda t: rows[t] @ rows[(t + 1) % 5])

    slopes, tangents = gradient(total), rose.jvp(total)
    assert run_wasm(slopes, ARGS) == run_interp(slopes, ARGS)
    assert run_wasm(tangents, (ARGS, ARGS)) == run_interp(tangents, (ARGS, ARGS))
