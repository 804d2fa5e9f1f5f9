"""Loops into which a single tangent goes: slopes are computed on the way there, with no rows, no checkpoints and no way back."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from flat import gradient, run_interp
from metering import instructions

import rose
from rose import Fn, Index, Real, Vec, fn
from rose.ad.jvp import jvp
from rose.ad.linearize import linearize
from rose.ad.plan import Linearized
from rose.ir.check import check
from rose.ir.func import Apply, Loop, instrs_of
from rose.ir.parser import parse
from rose.ir.printer import print_program
from rose.opt import optimize

N = 7
Program = Callable[[Real, Real, int, Any], Real]


def sines(x: Real, y: Real, n: int, checkpoint: Any) -> Real:
    return rose.loop(n, x, lambda _, c: rose.sin(c) * y, checkpoint=checkpoint)


def captured(x: Real, y: Real, n: int, checkpoint: Any) -> Real:
    """What is carried starts as a number that does not depend on anything."""
    return rose.loop(n, 0.3, lambda t, c: c * y + x * t, checkpoint=checkpoint)


def several(x: Real, y: Real, n: int, checkpoint: Any) -> Real:
    """Two values are carried and given, and rows of a third, which has no derivative."""

    def step(t: Index, s: Any) -> Any:
        a, b = s
        return (rose.sin(b), a * 0.5 + y), rose.floor(a * 3) + t

    (a, b), rows = rose.scan(n, (x, y), step, reverse=True, checkpoint=checkpoint)
    found: Real = a * b + rose.sum(rows) * a
    return found


def branches(x: Real, y: Real, n: int, checkpoint: Any) -> Real:
    def step(t: Index, c: Real) -> Real:
        return rose.cond(c > 0.4, lambda: c * c * y, lambda: rose.exp(c) - t * 0.1)

    return rose.loop(n, x, step, checkpoint=checkpoint)


def calls(x: Real, y: Real, n: int, checkpoint: Any) -> Real:
    """A function that is called, one that runs again and one with a rule of its own, in a loop in a loop."""

    @fn
    def product(a: Real, b: Real) -> Real:
        return rose.sin(a * b) + b

    @rose.custom_jvp
    def half(a: Real) -> Real:
        return 0.5 * a

    @half.defjvp
    def half_jvp(primals: Any, tangents: Any) -> Any:
        return half(primals[0]), 0.5 * tangents[0]

    def step(_: Index, c: Real) -> Real:
        inner = rose.loop(3, c, lambda _, d: half(product(d, y)))
        return rose.remat(product)(inner, c)

    return rose.loop(n, x, step, checkpoint=checkpoint)


def arrays(x: Real, y: Real, n: int, checkpoint: Any) -> Real:
    """Arrays that are made, updated and read inside of a step."""

    def step(_: Index, c: Real) -> Real:
        v = rose.vec(5, lambda k: rose.sin(c * k) * y)
        return v.at[2].set(c * v[1]).at[0].add(y).sum() * 0.3

    return rose.loop(n, x, step, checkpoint=checkpoint)


def bounded(x: Real, y: Real, n: int, checkpoint: Any) -> Real:
    return rose.while_loop(
        lambda c: c < 2, lambda c: c * 1.3 + y * 0.1, x, max_steps=n, checkpoint=checkpoint
    )


PROGRAMS: dict[str, Program] = {
    f.__name__: f for f in (sines, captured, several, branches, calls, arrays, bounded)
}


def of_one(name: str, n: int = N, checkpoint: Any = None) -> Fn[..., Any]:
    return fn([Real], Real)(lambda x: PROGRAMS[name](x, x, n, checkpoint))


def of_two(name: str) -> Fn[..., Any]:
    return fn([Real, Real], Real)(lambda x, y: PROGRAMS[name](x, y, N, None))


def along_both(f: Fn[..., Any]) -> Fn[..., Any]:
    """Its derivative, in reverse mode, as both of its parameters change alike."""
    slopes = rose.grad(f, argnums=(0, 1))

    @fn
    def slope(x: Real, y: Real) -> Real:
        by_x, by_y = slopes(x, y)
        along: Real = by_x + by_y
        return along

    return slope


def split(f: Fn[..., Any]) -> Linearized:
    """The two halves of its derivative by all parameters."""
    mask = (True,) * len(f.func.param_types)
    found = jvp(f.func, mask)
    tangents = (True,) * sum(found.params)
    return linearize(optimize(found.func), (False,) * len(mask) + tangents)


def loops(func: Any) -> list[Loop]:
    return [i for i in instrs_of(func.body) if isinstance(i, Loop)]


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives_of_three_orders(name: str) -> None:
    """They are those of the function of two parameters, into whose loop two tangents go, and those of forward mode."""
    one, two, forwards = of_one(name), of_two(name), of_one(name)
    for _ in range(3):
        one, two, forwards = rose.grad(one), along_both(two), pushed(forwards)
        assert one(0.35) == pytest.approx(two(0.35, 0.35), rel=1e-11)
        assert one(0.35) == pytest.approx(forwards(0.35), rel=1e-11)


def pushed(f: Fn[..., Any]) -> Fn[..., Any]:
    return fn([Real], Real)(lambda x: rose.jvp(f)((x,), (1.0,))[1])


@pytest.mark.parametrize("checkpoint", ["all", "sqrt", 5])
def test_powers_and_roots(checkpoint: Any) -> None:
    """Functions with derivatives that are known."""
    power = fn([Real], Real)(lambda x: rose.loop(6, 1.0, lambda _, c: c * x, checkpoint=checkpoint))
    root = fn([Real], Real)(
        lambda x: rose.loop(9, x, lambda _, c: 0.5 * (c + x / c), checkpoint=checkpoint)
    )
    x = 1.7
    for slope in (6 * x**5, 30 * x**4, 120 * x**3):
        power = rose.grad(power)
        assert power(x) == pytest.approx(slope, rel=1e-14)
    for slope in (0.5 * x**-0.5, -0.25 * x**-1.5, 0.375 * x**-2.5):
        root = rose.grad(root)
        assert root(x) == pytest.approx(slope, rel=1e-12)


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_linear_part_is_products(name: str) -> None:
    halves = split(of_one(name))
    for func in (halves.forward, halves.linear):
        text = print_program(check(func))
        assert print_program(parse(text)) == text
    assert loops(optimize(halves.linear)) == []
    assert all(i.prim.cheap for i in halves.linear.body.instrs if isinstance(i, Apply))
    assert loops(optimize(split(of_two(name)).linear)) != []


@pytest.mark.parametrize("checkpoint", [None, "all", "sqrt", 5])
@pytest.mark.parametrize("name", [name for name in PROGRAMS if name != "several"])
def test_nothing_is_kept(name: str, checkpoint: Any) -> None:
    """A gradient, one of a gradient, and a pullback take the same memory for 10 and for 10,000 steps."""
    sizes: set[tuple[int, int, int]] = set()
    for n in (10, 10_000):
        slope = rose.grad(of_one(name, n, checkpoint))
        twice = rose.grad(slope)
        residuals = split(of_one(name, n, checkpoint)).scalars
        sizes.add((rose.compile(slope).memory_bytes, rose.compile(twice).memory_bytes, residuals))
    assert len(sizes) == 1


@pytest.mark.parametrize("checkpoint", ["all", "sqrt"])
def test_a_step_is_the_value_and_its_slope(checkpoint: Any) -> None:
    @fn
    def f(x: Real) -> Real:
        return rose.loop(40, x, lambda _, c: rose.sin(c), checkpoint=checkpoint)

    (loop,) = loops(optimize(rose.value_and_grad(f).func))
    names = [i.prim.name for i in loop.body.instrs if isinstance(i, Apply)]
    assert names == ["sin", "cos", "mul"]
    assert instructions(gradient(f), (0.7,)) <= 3 * instructions(f, (0.7,)) + 2


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_same_in_all_hosts(name: str, node: Callable[..., Any], tmp_path: Path) -> None:
    slope = rose.grad(of_one(name))
    expected = slope(0.35)
    assert run_interp(slope, (0.35,)) == pytest.approx([expected], rel=1e-13)
    files = rose.bundle({"slope": slope}, "all")
    (tmp_path / "all.wasm").write_bytes(files.wasm)
    (tmp_path / "all.mjs").write_text(files.mjs)
    script = """
        import { readFileSync } from "node:fs";
        import { loadSync } from "./all.mjs";
        console.log(JSON.stringify(loadSync(readFileSync("all.wasm")).slope(0.35)));
    """
    assert node(script, folder=tmp_path) == expected


# --- loops inside of others, and where the way back stays -------------------------------------------------

Many = Vec[Literal[6]]
XS = [0.3, 0.8, 0.5, 0.9, 0.4, 0.7]


@fn
def for_each(v: Many, y: Real) -> Real:
    """The outer loop takes an array, the inner one an element of it."""

    def root(t: Index) -> Real:
        return rose.loop(8, 1.0, lambda _, c: 0.5 * (c + v[t] / c), checkpoint="sqrt")

    return rose.loop(6, y, lambda t, c: rose.sin(c) * root(t))


def test_one_inside_of_another_keeps_a_number_a_step() -> None:
    rose.check_grads(for_each, (XS, 0.4), order=2)
    halves = split(for_each)
    assert halves.scalars <= 4 * 6
    assert len(loops(halves.linear)) == 1


def test_the_first_run_of_what_runs_again_has_no_slopes() -> None:
    def chain(x: Real) -> Real:
        return rose.loop(8, x, lambda _, c: rose.sin(c))

    f = fn([Real, Real], Real)(lambda x, y: rose.remat(fn([Real], Real)(chain))(x * y) * x)
    found = optimize(rose.value_and_grad(f, argnums=(0, 1)).func)
    slopes = [
        sum(isinstance(i, Apply) and i.prim.name == "cos" for i in instrs_of(loop.body))
        for loop in loops(found)
    ]
    assert slopes == [0, 1]


def captures_an_array(v: Many) -> Real:
    return rose.loop(6, 0.4, lambda t, c: rose.sin(c) * v[t])


def carries_an_array(x: Real) -> Real:
    return rose.loop(6, rose.vec(6, lambda _: x), lambda t, c: c.at[t].set(rose.sin(c[0])))[3]


def gives_rows(x: Real) -> Real:
    return rose.scan(6, x, lambda _, c: (rose.sin(c), c))[1][2]


def two_starts(x: Real) -> Real:
    a, b = rose.loop(6, (x, 2 * x), lambda _, s: (rose.sin(s[1]), s[0] * s[1]))
    return a * b


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (fn([Many], Real)(captures_an_array), (XS,)),
        (fn([Real], Real)(carries_an_array), (0.4,)),
        (fn([Real], Real)(gives_rows), (0.4,)),
        (fn([Real], Real)(two_starts), (0.4,)),
    ],
)
def test_what_has_a_way_back(f: Fn[..., Any], args: tuple[Any, ...]) -> None:
    rose.check_grads(f, args, order=2)
    assert loops(split(f).linear) != []


def test_a_loop_whose_linear_part_needs_nothing_of_it_stays() -> None:
    """It would only run twice."""

    @fn
    def f(x: Real) -> Real:
        return rose.loop(6, x, lambda _, c: 0.5 * c + x)

    halves = split(f)
    assert loops(optimize(halves.linear)) != []
    assert halves.residuals == ()


def test_a_while_loop_inside_has_no_reverse_mode() -> None:
    @fn
    def f(x: Real) -> Real:
        def step(_: Index, c: Real) -> Real:
            return rose.while_loop(lambda d: d > 1, lambda d: d * d * 0.4, c + 1)

        return rose.loop(6, x, step)

    with pytest.raises(rose.DerivativeError, match=r"^a while_loop has no reverse-mode derivative"):
        rose.grad(f)(0.7)


def test_the_slope_of_a_whole_loop_may_overflow() -> None:
    """Each step of the tent map has a slope of 2 or -2. What has no weight then is nan, as it is in forward mode."""

    @fn
    def f(x: Real, weight: Real) -> Real:
        return weight * rose.loop(
            1100, x, lambda _, c: rose.where(c < 0.5, 2 * c, 2 - 2 * c), checkpoint="sqrt"
        )

    assert abs(rose.grad(f)(0.3, 1.0)) == math.inf
    assert math.isnan(rose.grad(f)(0.3, 0.0))
    assert math.isnan(rose.jvp(f)((0.3, 0.0), (1.0, 0.0))[1])


def test_a_side_that_did_not_run_never_touches_the_gradient() -> None:
    @fn
    def f(x: Real) -> Real:
        def far() -> Real:
            return rose.loop(1100, x, lambda _, c: c * c + 2)

        return rose.cond(x > 1, far, lambda: 3 * x)

    assert rose.grad(f)(0.3) == 3.0
