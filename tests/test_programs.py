"""Every program of `programs.py`: values, derivatives of both modes and of second order, stage by stage."""

from __future__ import annotations

import random
from typing import Any

import pytest
from flat import (
    finite_difference,
    flat_args,
    flatten,
    gradient,
    is_list,
    real_positions,
    run_interp,
    run_wasm,
)
from programs import PROGRAMS

from rose import Fn
from rose.ad.jvp import jvp
from rose.ad.linearize import linearize
from rose.ad.reverse import value_and_grad
from rose.ad.transpose import transpose
from rose.ir.builder import Builder
from rose.ir.check import check
from rose.ir.func import Func
from rose.ir.parser import parse
from rose.ir.printer import print_program
from rose.ir.types import REAL, Array, is_real
from rose.ir.types import Index as IndexType
from rose.opt import PASSES, PIPELINE, PROGRAM_PASSES, optimize
from rose.primitives import REGISTRY
from rose.run.interp import interpret

NAMES = list(PROGRAMS)


def derived(f: Fn[..., Any]) -> dict[str, Func]:
    """The Func and those that the derivatives make of it, none of them optimised."""
    mask = tuple(map(is_real, f.func.param_types))
    dual = jvp(f.func, mask)
    tangents = (False,) * len(mask) + (True,) * sum(dual.params)
    split = linearize(dual.func, tangents)
    inputs = len(split.needed) + len(split.residuals)
    turned = transpose(
        split.linear, (False,) * inputs + (True,) * sum(dual.params), (True,) * sum(split.results)
    )
    return {
        "traced": f.func,
        "jvp": dual.func,
        "forward": split.forward,
        "linear": split.linear,
        "transpose": turned.func,
        "gradient": gradient(f).func,
    }


@pytest.mark.parametrize("name", NAMES)
def test_wasm_has_the_interpreters_value(name: str) -> None:
    f, args = PROGRAMS[name]
    assert run_wasm(f, args) == pytest.approx(run_interp(f, args), rel=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_gradient_is_the_finite_difference(name: str) -> None:
    f, args = PROGRAMS[name]
    values = flat_args(f, args)
    value, *grads = run_interp(gradient(f), args)
    assert value == run_interp(f, args)[0]
    differences = [
        finite_difference(lambda v: interpret(f.func, v)[0], values, path)
        for path in real_positions(f)
    ]
    assert grads == pytest.approx(differences, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("name", NAMES)
def test_gradient_in_wasm_is_the_interpreters(name: str) -> None:
    f, args = PROGRAMS[name]
    g = gradient(f)
    assert run_wasm(g, args) == pytest.approx(run_interp(g, args), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_forward_mode_agrees_with_reverse_mode(name: str) -> None:
    f, args = PROGRAMS[name]
    values = flat_args(f, args)
    draw = random.Random(name)
    paths = real_positions(f)
    direction = [draw.uniform(-1, 1) for _ in paths]
    dual = jvp(f.func, tuple(map(is_real, f.func.param_types)))
    tangents = _filled(f.func, values, iter(direction))
    value, *tangent = interpret(dual.func, [*values, *tangents])
    _, *grads = run_interp(gradient(f), args)
    assert value == run_interp(f, args)[0]
    expected = sum(g * d for g, d in zip(grads, direction, strict=True))
    assert (tangent or [0.0]) == pytest.approx([expected], rel=1e-12, abs=1e-12)


def _filled(func: Func, values: list[Any], numbers: Any) -> list[Any]:
    """Values of the same shape for every param of Reals, made of the given numbers in order."""

    def like(value: Any) -> Any:
        return [like(v) for v in value] if is_list(value) else next(numbers)

    pairs = zip(values, func.param_types, strict=True)
    return [like(value) for value, type in pairs if is_real(type)]


@pytest.mark.parametrize("name", NAMES)
def test_second_derivative_is_the_finite_difference_of_the_gradient(name: str) -> None:
    f, args = PROGRAMS[name]
    g = gradient(f).func
    values = flat_args(f, args)
    paths = real_positions(f)
    weights = [random.Random(name).uniform(0.5, 1.5) for _ in paths]
    combined = _weighted(g, weights)
    mask = tuple(map(is_real, combined.param_types))
    second = check(_gradient_func(combined, mask))
    _, *grads = flatten(interpret(second, values))
    differences = [
        finite_difference(lambda v: interpret(combined, v)[0], values, path, 1e-4) for path in paths
    ]
    assert grads == pytest.approx(differences, rel=1e-6, abs=1e-6)


def _gradient_func(func: Func, mask: tuple[bool, ...]) -> Func:
    return value_and_grad(optimize(func), mask, optimize)


def _weighted(gradient: Func, weights: list[float]) -> Func:
    """A Func that gives Σ weight · component of a gradient."""
    builder = Builder("weighted")
    _, *grads = builder.call(gradient, [builder.param(t) for t in gradient.param_types])
    scalars: list[int] = []
    for v in grads:
        rows = [v]
        type = builder.types[v]
        for size in type.shape if isinstance(type, Array) else ():
            rows = [
                builder.apply(REGISTRY["index"], (row, builder.const(k, IndexType(size))))
                for row in rows
                for k in range(size)
            ]
        scalars += rows
    total = builder.var(builder.const(0.0, REAL))
    for v, weight in zip(scalars, weights, strict=True):
        total = total + builder.var(v) * weight
    return builder.finish([total.id])


@pytest.mark.parametrize("name", NAMES)
def test_every_stage_passes_the_checker_and_reads_back(name: str) -> None:
    for func in derived(PROGRAMS[name][0]).values():
        text = print_program(check(func))
        assert print_program(parse(text)) == text


@pytest.mark.parametrize("name", NAMES)
def test_every_pass_keeps_every_bit(name: str) -> None:
    f, args = PROGRAMS[name]
    values = flat_args(f, args)
    func = gradient(f).func
    expected = flatten(interpret(func, values))
    for step in PIPELINE:
        func = check(PROGRAM_PASSES[step](func))
        assert flatten(interpret(func, values)) == expected, step
    for pass_name, single in PASSES.items():
        again = check(single(func))
        assert flatten(interpret(again, values)) == expected, pass_name
