"""The real input: billiards, against the figures of the original, in the interpreter, wasmtime, Node and Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Literal

import pytest
from conftest import load_example
from flat import bits_of, finite_difference, flatten, run_interp

import rose
from rose.ir.func import Cond, Loop, callees_first, instrs_of

START = ((0.1, 0.5), (0.3, 0.0), (0.9, 0.75), 10)

# Computed with the original's port of DiffTaichi's program.
LOSS = 0.045376100103525094
D_POSITION = (-0.5188530865230101, 1.129672200247702)
D_VELOCITY = (-0.6975152352009542, 1.2810482750808891)
# The loss jumps where a collision moves to another step, and such a place is 2e-6 away from the start.
SMALL = 1e-7
FIGURES = [LOSS, *D_POSITION, *D_VELOCITY]


@pytest.fixture(scope="module")
def model() -> ModuleType:
    return load_example("billiards")


def test_wasmtime_gives_the_figures(model: ModuleType) -> None:
    assert model.loss(*START) == pytest.approx(LOSS, rel=1e-9)
    assert flatten(model.loss_and_grad(*START)) == pytest.approx(FIGURES, rel=1e-9)


def test_the_interpreter_gives_the_figures(model: ModuleType) -> None:
    assert run_interp(model.loss_and_grad, START) == pytest.approx(FIGURES, rel=1e-9)


def test_a_finite_difference_agrees(model: ModuleType) -> None:
    values = [[0.1, 0.5], [0.3, 0.0]]
    differences = [
        finite_difference(lambda v: model.loss(*v, *START[2:]), values, (i, j), SMALL)
        for i in range(2)
        for j in range(2)
    ]
    assert differences == pytest.approx([*D_POSITION, *D_VELOCITY], rel=1e-6)


def test_the_gradient_of_the_gradient_is_its_finite_difference(model: ModuleType) -> None:
    gradient = rose.grad(model.loss, argnums=(0, 1))

    @rose.fn
    def combined(
        p: rose.Vec[Literal[2]],
        v: rose.Vec[Literal[2]],
        g: rose.Vec[Literal[2]],
        t: rose.Index[Literal[11]],
    ) -> rose.Real:
        d_position, d_velocity = gradient(p, v, g, t)
        found: rose.Real = d_position[0] + 2 * d_position[1] - d_velocity[0] + 0.5 * d_velocity[1]
        return found

    second = rose.grad(combined, argnums=(0, 1))
    values = [[0.1, 0.5], [0.3, 0.0]]
    differences = [
        finite_difference(lambda v: combined(v[0], v[1], *START[2:]), values, (i, j), SMALL)
        for i in range(2)
        for j in range(2)
    ]
    assert flatten(second(*START)) == pytest.approx(differences, rel=1e-5)


def test_two_hundred_steps_of_gradient_descent_lower_the_loss(model: ModuleType) -> None:
    position, velocity = [0.1, 0.5], [0.3, 0.0]
    for _ in range(200):
        _, (d_position, d_velocity) = model.loss_and_grad(position, velocity, *START[2:])
        position = [x - 0.01 * d for x, d in zip(position, d_position, strict=True)]
        velocity = [v - 0.01 * d for v, d in zip(velocity, d_velocity, strict=True)]
    assert model.loss(position, velocity, *START[2:]) < 1e-3 * LOSS


def test_the_trajectory_ends_where_the_loss_looks(model: ModuleType) -> None:
    positions = model.trajectory(*START[:2])
    assert (len(positions), len(positions[0]), len(positions[0][0])) == (1024, 11, 2)
    x, y = positions[-1][10]
    assert (x - 0.9) ** 2 + (y - 0.75) ** 2 == pytest.approx(LOSS, rel=1e-12)


def test_the_gradient_is_small(model: ModuleType) -> None:
    compiled = model.loss_and_grad.compiled
    assert len(compiled.data) < 12_000
    assert compiled.memory_bytes < 8_000_000


def test_the_steps_are_a_loop_and_the_response_a_branch(model: ModuleType) -> None:
    names = [func.name for func in callees_first([model.loss.func])]
    assert {"collide", "step", "start", "loss"} == set(names)
    instrs = [i for func in callees_first([model.loss.func]) for i in instrs_of(func.body)]
    assert [i.size for i in instrs if isinstance(i, Loop)].count(1024) == 1
    assert sum(isinstance(i, Cond) for i in instrs) == 1


NUMBERS = """
(model) => {
  const args = [[0.1, 0.5], [0.3, 0], [0.9, 0.75], 10];
  return [model.loss(...args), ...model.loss_and_grad(...args).flat(3),
    ...model.trajectory(args[0], args[1])[1023].flat()];
}
"""


def test_node_and_chromium_give_wasmtimes_bits(
    model: ModuleType,
    billiards_dist: Path,
    bits_in_javascript: Callable[[Path, str], dict[str, list[str]]],
) -> None:
    last = model.trajectory(*START[:2])[1023]
    expected = bits_of([model.loss(*START), *flatten(model.loss_and_grad(*START)), *flatten(last)])
    found = bits_in_javascript(billiards_dist, NUMBERS)
    assert found == {"Node": expected, "Chromium": expected}
