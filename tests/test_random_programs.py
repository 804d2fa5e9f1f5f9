"""Programs nobody wrote by hand: the interpreter, every pass and wasmtime agree, in value and derivatives."""

from __future__ import annotations

import math
import os
import random
from typing import Any

import pytest
from flat import flat_args, flatten, is_list, run_interp, run_wasm
from random_programs import arguments, program

import rose
from rose.ad.jvp import jvp
from rose.ir.check import check
from rose.ir.types import is_real
from rose.opt import PIPELINE, PROGRAM_PASSES
from rose.run.interp import interpret

SEEDS = range(int(os.environ.get("ROSE_FIRST_SEED", "0")), int(os.environ.get("ROSE_SEEDS", "40")))
ALL = (0, 1, 2, 3)


def same_bits(a: list[Any], b: list[Any]) -> bool:
    """Equal numbers, signs of zeros included; any nan equals any nan."""
    return len(a) == len(b) and all(
        (math.isnan(x) and math.isnan(y)) or (x == y and math.copysign(1, x) == math.copysign(1, y))
        for x, y in zip(a, b, strict=True)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_every_way_to_run_a_program_agrees(seed: int) -> None:
    f, args = program(seed), arguments(seed)
    gradient = rose.value_and_grad(f, argnums=ALL)
    check(gradient.func)
    expected = run_interp(gradient, args)
    assert same_bits(run_wasm(gradient, args), expected)
    assert same_bits(run_wasm(f, args), expected[:1])

    func, values = gradient.func, flat_args(gradient, args)
    for step in PIPELINE:
        func = check(PROGRAM_PASSES[step](func))
        assert same_bits(flatten(interpret(func, values)), expected), step


@pytest.mark.parametrize("seed", SEEDS)
def test_forward_and_reverse_mode_agree_in_both_orders(seed: int) -> None:
    f, args = program(seed), arguments(seed)
    values = flat_args(f, args)
    draw = random.Random(seed)
    mask = tuple(map(is_real, f.func.param_types))
    tangents = [[draw.uniform(-1, 1) for _ in v] if is_list(v) else 1.0 for v in values]

    def along(grads: list[Any]) -> float:
        return math.fsum(g * t for g, t in zip(grads, flatten(tangents), strict=True))

    dual = check(jvp(f.func, mask).func)
    _, *tangent = interpret(dual, [*values, *tangents])
    gradient = rose.value_and_grad(f, argnums=ALL)
    _, *grads = run_interp(gradient, args)
    assert (tangent or [0.0])[0] == pytest.approx(along(grads), rel=1e-9, abs=1e-12)

    # The tangent of the gradient is the Hessian times the direction: reverse then forward, and forward twice.
    direction = tuple(tangents)
    rest = tuple([0.0] * len(t) if isinstance(t, list) else 0.0 for t in tangents)
    over = rose.jvp(rose.grad(f, argnums=ALL))
    twice = rose.jvp(rose.jvp(f))
    hvp = run_interp(over, (args, direction))[len(grads) :]
    second = run_interp(twice, ((args, direction), (direction, rest)))[-1]
    assert along(hvp) == pytest.approx(second, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_rules_and_remat_change_nothing(seed: int) -> None:
    """The gradient is that of the program without them, and so is the derivative of the gradient, in wasmtime too."""
    args = arguments(seed)
    results: list[list[Any]] = []
    for fixed in (False, True):
        f = program(seed, fixed=fixed)
        gradient = rose.value_and_grad(f, argnums=ALL)
        check(gradient.func)
        results.append(run_interp(gradient, args))
        assert same_bits(run_wasm(gradient, args), results[-1])
        over = rose.jvp(rose.grad(f, argnums=ALL))
        results[-1] += run_interp(over, (args, args))
    assert results[1] == pytest.approx(results[0], rel=1e-9, abs=1e-11)
