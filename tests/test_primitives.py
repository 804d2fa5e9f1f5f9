"""Every primitive from Reals to a Real, found in the registry: interpreter, wasmtime and derivatives agree."""

from __future__ import annotations

import math
import random
import struct
from functools import partial
from itertools import product

import pytest
from flat import finite_difference

import rose
from rose import Real, fn
from rose.ad.jvp import jvp
from rose.ad.reverse import value_and_grad
from rose.api import Fn
from rose.errors import NOWHERE
from rose.front.fn import Signature  # type: ignore[attr-defined]
from rose.front.tree import REAL_TREE
from rose.ir.builder import Builder
from rose.ir.check import check
from rose.ir.func import Func
from rose.ir.primitive import REGISTRY, Inline, MathCall, Primitive
from rose.ir.types import REAL
from rose.opt import optimize
from rose.run.interp import interpret
from rose.wasm.math import MATH_NAMES


def takes_reals(prim: Primitive) -> bool:
    try:
        return prim.type_rule([REAL] * len(prim.domain), ()) == REAL and bool(prim.domain)
    except (ValueError, IndexError):
        return False


REALS = {name: prim for name, prim in REGISTRY.items() if takes_reals(prim)}


def applied(prim: Primitive) -> Func:
    """The Func that applies a primitive to its params."""
    builder = Builder(prim.name)
    return builder.finish([builder.apply(prim, [builder.param(REAL) for _ in prim.domain])])


def callable_of(func: Func) -> Fn[..., float]:
    names = tuple(f"x{k}" for k in range(len(func.body.params)))
    signature = Signature(names, (REAL_TREE,) * len(names), REAL_TREE)
    return Fn(func.name, lambda: signature, lambda: func, NOWHERE)


def arguments(prim: Primitive, count: int) -> list[list[float]]:
    draw = random.Random(prim.name)
    return [[draw.uniform(low, high) for low, high in prim.domain] for _ in range(count)]


def ulps(x: float, y: float) -> float:
    return abs(x - y) / math.ulp(max(abs(x), abs(y), 5e-324))


SPECIAL = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -2.0,
    3.0,
    math.inf,
    -math.inf,
    math.nan,
    5e-324,
    1e308,
    -1e308,
]


@pytest.mark.parametrize("name", REALS)
def test_wasm_computes_what_the_interpreter_does(name: str) -> None:
    """To the last bit, or within a few units in the last place where Python's own library computes."""
    prim = REALS[name]
    func = applied(prim)
    run = callable_of(func)
    allowed = 6.0 if prim.calls_math else 0.0
    for args in arguments(prim, 50):
        assert ulps(run(*args), interpret(func, args)[0]) <= allowed, args


@pytest.mark.parametrize("name", REALS)
def test_special_values_are_the_interpreters(name: str) -> None:
    prim = REALS[name]
    func = applied(prim)
    run = callable_of(func)
    for args in map(list, product(SPECIAL, repeat=len(prim.domain))):
        found, expected = run(*args), interpret(func, args)[0]
        if math.isnan(expected):
            assert math.isnan(found), args
        elif expected == 0 or math.isinf(expected):
            assert (found, math.copysign(1, found)) == (expected, math.copysign(1, expected)), args
        else:
            assert ulps(found, expected) <= 6, args


@pytest.mark.parametrize("name", REALS)
def test_derivatives_of_two_orders_are_finite_differences(name: str) -> None:
    prim = REALS[name]
    func = applied(prim)
    mask = (True,) * len(prim.domain)
    gradient = check(value_and_grad(func, mask, optimize))
    for args in arguments(prim, 8):
        if any(abs(x - round(x)) < 1e-3 or abs(x) > 30 for x in args):
            continue  # too near a step or a pole, or so far out that the difference quotient is noise
        step = 1e-4 * min(
            1.0, *[min(x - lo, hi - x) for x, (lo, hi) in zip(args, prim.domain, strict=True)]
        )
        for k in range(len(args)):
            difference = finite_difference(partial(first_result, func), args, (k,), step)
            assert interpret(gradient, args)[1 + k] == pytest.approx(difference, rel=1e-6, abs=1e-6)
        tangents = [1.0] * len(args)
        second = interpret(jvp(gradient, mask).func, [*args, *tangents])
        for k in range(len(args)):
            along = finite_difference(partial(shifted, gradient, args, 1 + k), [0.0], (0,), step)
            found = _tangent_of(gradient, mask, second, 1 + k)
            assert found == pytest.approx(along, rel=1e-5, abs=1e-5)


def first_result(func: Func, args: list[float]) -> float:
    result: float = interpret(func, args)[0]
    return result


def shifted(func: Func, args: list[float], result: int, by: list[float]) -> float:
    """One result at arguments that are all moved by the same amount."""
    found: float = interpret(func, [x + by[0] for x in args])[result]
    return found


def _tangent_of(func: Func, mask: tuple[bool, ...], out: list[float], result: int) -> float:
    """The tangent of one result among those of a jvp; what has none is 0."""
    active = jvp(func, mask).results
    if not active[result]:
        return 0.0
    return out[len(active) + sum(active[:result])]


MULTIPLES = [name for name, prim in REALS.items() if prim.is_multiple]


@pytest.mark.parametrize("name", MULTIPLES)
def test_a_multiple_is_its_first_operand_times_a_factor(name: str) -> None:
    """To the last bit, in the interpreter and in the module: so products and multiples may stand for each other."""
    prim = REALS[name]
    func = applied(prim)
    for run in (callable_of(func), partial(first_of, func)):
        for x, *others in [*product(SPECIAL, repeat=len(prim.domain)), *arguments(prim, 50)]:
            assert same(run(x, *others), x * run(1.0, *others)), (x, *others)


def first_of(func: Func, *args: float) -> float:
    return first_result(func, list(args))


def same(x: float, y: float) -> bool:
    return struct.pack("d", x) == struct.pack("d", y) or (math.isnan(x) and math.isnan(y))


@pytest.mark.parametrize("far", [1e-200, 1e-100, 1e100, 1e200])
def test_angles_have_derivatives_wherever_the_point_is(far: float) -> None:
    """The angle of (3, 4), and what a change of the 3 does, are the same at any scale, though squares leave the range of floats."""

    @fn
    def by_one(s: Real) -> Real:
        return rose.atan2(4.0 * far, s * far)

    @fn
    def by_both(s: Real) -> Real:
        return rose.atan2(4.0 * (s * far), s * (s * far))

    for angle in (by_one, by_both):
        slope = rose.grad(angle)
        bend = rose.grad(slope)
        found = [angle(3.0), slope(3.0), bend(3.0), rose.hvp(angle)((3.0,), 1.0)]
        assert found == pytest.approx([math.atan2(4, 3), -4 / 25, 24 / 625, 24 / 625], rel=1e-14)


def test_every_function_of_the_math_library_belongs_to_a_primitive() -> None:
    rules = [prim.wasm for prim in REGISTRY.values()]
    alone = [rule.name for rule in rules if isinstance(rule, MathCall)]
    steps = [step for rule in rules if isinstance(rule, Inline) for step in rule.steps]
    called = [step[1] for step in steps if not isinstance(step, int) and step[0] == "call"]
    assert {*alone, *called} == MATH_NAMES
