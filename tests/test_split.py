"""Large functions: split into small ones, with equal results, and compiled in a module of which no function is large."""

import math
from importlib import import_module
from typing import Any, Literal

import pytest
from flat import flat_args, flatten, gradient, run_interp
from programs import PROGRAMS
from random_programs import arguments, program

import rose
from rose import Real, Vec, fn
from rose.ir.check import check
from rose.ir.func import Func, callees_first, size
from rose.ir.replace import with_callees
from rose.opt import optimize
from rose.run.interp import interpret

split = import_module("rose.opt.split")  # the package has the function by this name
TINY = {
    "MOST": 12,
    "LEAST": 6,
    "FEWEST": 2,
    "WINDOW": 3,
    "SINGLE_RESULTS": 1,
    "SINGLE_PARAMS": 2,
    "MOST_ARRAYS": 4,
}


def in_parts(func: Func) -> Func:
    """The optimised program with every function split, unless its signature is fixed."""
    new: dict[Func, Func] = {}
    for old in callees_first([func]):
        new[old] = split.split(with_callees(old, new))
    return new[func]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in TINY.items():
        monkeypatch.setattr(split, name, value)


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_in_parts_has_the_same_bits(name: str) -> None:
    f, args = PROGRAMS[name]
    compare(gradient(f), args)


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("seed", range(20))
def test_a_program_nobody_wrote_has_the_same_bits_in_parts(seed: int) -> None:
    compare(gradient(program(seed)), arguments(seed))


def compare(f: rose.Fn[..., Any], args: tuple[Any, ...]) -> None:
    whole = optimize(f.func)
    parts = check(in_parts(whole))
    if size(whole) > 2 * TINY["MOST"]:
        assert len(callees_first([parts])) > len(callees_first([whole]))
    expected = [*map(repr, flatten(interpret(whole, flat_args(f, args))))]
    assert [*map(repr, flatten(interpret(parts, flat_args(f, args))))] == expected


@pytest.fixture
def straight(monkeypatch: pytest.MonkeyPatch) -> None:
    """No code becomes a loop."""
    monkeypatch.setattr(import_module("rose.opt.roll"), "FROM", 10**9)


@pytest.mark.usefixtures("straight")
def test_no_function_of_a_module_is_large() -> None:
    n = 3000

    @fn
    def pairs(v: Vec[Literal[10]]) -> Real:
        total: Real = 0.0
        kept: list[Real] = []
        for i in range(n):
            d = v[i % 10] - v[(7 * i + 3) % 10]
            total = total + rose.sqrt(d * d + (i + 1))
            kept.append(rose.exp(-d * d) * i)
        return total + sum(kept)

    f = rose.value_and_grad(pairs)
    compiled = rose.compile({"pairs": f})
    sizes = [len(function.body) for function in compiled.program.module.functions]
    assert len(sizes) > 25
    assert max(sizes) < 6 * split.MOST
    locals_ = [len(function.locals) for function in compiled.program.module.functions]
    assert max(locals_) < split.MOST
    v = [0.1 * k for k in range(10)]
    value, slope = f(v)
    expected, *by_v = run_interp(f, (v,))
    assert value == pytest.approx(expected, rel=1e-12)
    assert list(slope) == pytest.approx(by_v, rel=1e-9)
    assert math.isfinite(value)


@pytest.mark.usefixtures("straight")
def test_parts_of_parts_take_no_more_than_engines_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gradient of a million instructions was refused, since one part took 1151 arrays."""

    @fn
    def f(x: Real, y: Real) -> Real:
        for k in range(2500):
            x = rose.sin(x) * y + (x - 1.0 / (k + 2))
        return x

    monkeypatch.setattr(split, "MOST", 50)
    monkeypatch.setattr(split, "MOST_ARRAYS", 20)
    monkeypatch.setattr(import_module("rose.wasm.layout"), "MOST_PASSED", 100)
    whole = run_interp(rose.value_and_grad(f), (0.3, 0.9))
    assert rose.value_and_grad(f)(0.3, 0.9) == pytest.approx(whole, rel=1e-9)
