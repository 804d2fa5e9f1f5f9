"""The walking robot against the figures of the original, in wasmtime, Node and Chromium."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conftest import load_example
from flat import bits_of, flatten

from rose.ir.func import Loop, callees_first, instrs_of

# Computed with the original's port of DiffTaichi's program, for the weights below.
LOSS = -0.20002391386777568
SQUARED_NORMS = {
    "weights1": 8.291166855532137e-05,
    "weights2": 6.811677537698667e-06,
    "bias1": 1.517140861133323e-05,
    "bias2": 1.5198288776342319e-05,
}
FIRST_THREE = {
    "weights1": [6.709474075866719e-06, 0.00019794974604900583, 0.00031357994309583496],
    "weights2": [0.0002761164660691573, 0.0004951125613846378, 0.0005152587084175923],
    "bias1": [0.0003276716315417541, -0.0009162399671578976, -0.00033148707352053704],
    "bias2": [-0.003835564637651617, -0.00018341195654537855, 0],
}
WEIGHTS = {
    "weights1": [[0.2 * math.sin(1 + 7 * i + 3 * j) for j in range(116)] for i in range(32)],
    "bias1": [0.05 * math.cos(i) for i in range(32)],
    "weights2": [[0.3 * math.cos(2 + 5 * i + 11 * j) for j in range(32)] for i in range(61)],
    "bias2": [0.02 * math.sin(3 * i) for i in range(61)],
}
GOAL = [0.9, 0.2]


@pytest.fixture(scope="module")
def model() -> ModuleType:
    return load_example("robot")


@pytest.fixture(scope="module")
def gradient(model: ModuleType) -> tuple[float, dict[str, Any]]:
    loss, gradient = model.loss_and_grad(WEIGHTS)
    return loss, asdict(gradient)


def test_the_loss_is_that_of_the_original(
    model: ModuleType, gradient: tuple[float, dict[str, Any]]
) -> None:
    assert model.loss(WEIGHTS) == pytest.approx(LOSS, rel=1e-6)
    assert gradient[0] == model.loss(WEIGHTS)


@pytest.mark.parametrize("layer", list(WEIGHTS))
def test_the_gradient_is_that_of_the_original(
    gradient: tuple[float, dict[str, Any]], layer: str
) -> None:
    numbers = flatten(gradient[1][layer])
    assert sum(x * x for x in numbers) == pytest.approx(SQUARED_NORMS[layer], rel=1e-6)
    assert numbers[:3] == pytest.approx(FIRST_THREE[layer], rel=1e-6)


def test_the_trajectory_ends_where_the_loss_looks(model: ModuleType) -> None:
    frames = model.trajectory(WEIGHTS)
    assert len(frames) == 1364
    assert frames[-1].positions[0][0] == -model.loss(WEIGHTS)
    assert all(abs(tension) <= 1 for frame in frames[::100] for tension in frame.tension)


def test_a_lifted_robot_falls_and_lands(model: ModuleType) -> None:
    first, *_, last = model.trajectory(WEIGHTS, GOAL, 0.2)
    assert min(y for _, y in first.positions) == pytest.approx(0.3, abs=0.01)
    assert min(y for _, y in last.positions) == pytest.approx(0.1, abs=0.01)


def test_springs_and_objects_are_loops_and_the_module_is_small(model: ModuleType) -> None:
    functions = callees_first([model.loss.func])
    loops = [i.size for f in functions for i in instrs_of(f.body) if isinstance(i, Loop)]
    assert {1364, 61, 26} <= set(loops)
    assert len(model.loss_and_grad.compiled.data) < 20_000
    assert model.loss_and_grad.compiled.memory_bytes < 3_600_000


NUMBERS = f"""
(model) => {{
  const weights = {json.dumps(WEIGHTS)};
  const [loss, gradient] = model.loss_and_grad(weights, {GOAL}, 0);
  const layers = Object.keys(weights).map((name) => gradient[name]);
  const last = model.trajectory(weights, {GOAL}, 0)[1363].positions;
  return [loss, ...layers.flat(2), ...last.flat()];
}}
"""


def test_node_and_chromium_give_wasmtimes_bits(
    model: ModuleType,
    gradient: tuple[float, dict[str, Any]],
    robot_dist: Path,
    bits_in_javascript: Callable[[Path, str], dict[str, list[str]]],
) -> None:
    loss, layers = gradient
    last = model.trajectory(WEIGHTS)[-1].positions
    expected = bits_of(flatten([loss, *[layers[name] for name in WEIGHTS], last]))
    found = bits_in_javascript(robot_dist, NUMBERS)
    assert found == {"Node": expected, "Chromium": expected}
