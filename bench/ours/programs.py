"""The workloads as programs of this project: functions of numbers that give the value and the gradient."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import rose
from rose import Fn, Real, Vec, fn

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def example(name: str) -> ModuleType:
    """The model of an example."""
    spec = importlib.util.spec_from_file_location(f"{name}_model", EXAMPLES / name / "model.py")
    assert spec is not None and spec.loader is not None, "a path to a .py file has both"
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pairs(n: int) -> Fn[..., Any]:
    """The sum as a loop."""

    @fn
    def total(x: Vec[100]) -> Real:
        def term(i):
            return rose.sqrt((x[i % 100] - x[(7 * i + 3) % 100]) ** 2 + i + 1)

        return rose.sum(n, term)

    return rose.value_and_grad(total)


def unrolled(n: int) -> Fn[..., Any]:
    """The same sum, every term of it traced."""

    @fn
    def total(x: Vec[100]) -> Real:
        values = list(x)
        result = 0.0
        for i in range(n):
            result = result + rose.sqrt(
                (values[i % 100] - values[(7 * i + 3) % 100]) ** 2 + (i + 1)
            )
        return result

    return rose.value_and_grad(total)


def tiny(n: int) -> Fn[..., Any]:
    @fn
    def length(x: Vec[n]) -> Real:
        return rose.sum(n - 1, lambda i: rose.sqrt(1 + (x[i] - x[i + 1]) ** 2))

    return rose.value_and_grad(length)


def billiards(_: int) -> Fn[..., Any]:
    """The example's loss, aimed as SIMULATIONS has it: by the cue ball's position and velocity."""
    model = example("billiards")

    @fn
    def loss(position: Vec[2], velocity: Vec[2]) -> Real:
        return model.loss(position, velocity, (0.9, 0.75), 10)

    return rose.value_and_grad(loss, argnums=(0, 1))


def robot(_: int) -> Fn[..., Any]:
    """The example's loss, by the weights of its network."""
    model = example("robot")

    @fn
    def loss(network: model.Network) -> Real:
        return model.loss(network)

    return rose.value_and_grad(loss)


PROGRAMS: dict[str, Callable[[int], Fn[..., Any]]] = {
    "pairs": pairs,
    "unrolled": unrolled,
    "tiny": tiny,
    "billiards": billiards,
    "robot": robot,
}
