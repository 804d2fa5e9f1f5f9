"""Loops in step become one: equal bits, one sweep, no rows kept."""

from typing import Annotated, Any, Literal

import pytest
from flat import flat_args, flatten, gradient
from programs import PROGRAMS
from random_programs import arguments, program

import rose
from rose import Fn, Index, Real, Vec, fn
from rose.ir.check import check
from rose.ir.func import Func, Loop, callees_first
from rose.ir.replace import with_callees
from rose.opt import finish, optimize
from rose.opt.fuse import fuse
from rose.run.interp import interpret


def fused(root: Func) -> Func:
    new: dict[Func, Func] = {}
    for func in callees_first([root]):
        new[func] = fuse(with_callees(func, new))
    return new[root]


def loops(func: Func) -> list[Loop]:
    """Those that stand in no other one."""
    return [i for f in callees_first([func]) for i in f.body.instrs if isinstance(i, Loop)]


def compare(f: Fn[..., Any], args: tuple[Any, ...]) -> None:
    """Fused once, and then again, it has the same bits; what is lowered is well formed."""
    func, values = optimize(f.func), flat_args(f, args)
    expected = [*map(repr, flatten(interpret(func, values)))]
    once = check(fused(func))
    again = check(fused(once))
    for each in (once, again, check(finish(f.func))):
        assert [*map(repr, flatten(interpret(each, values)))] == expected


@pytest.mark.parametrize("name", PROGRAMS)
def test_fused_programs_have_the_same_bits(name: str) -> None:
    f, args = PROGRAMS[name]
    compare(gradient(f), args)


@pytest.mark.parametrize("seed", range(40))
def test_fused_programs_nobody_wrote_have_the_same_bits(seed: int) -> None:
    compare(gradient(program(seed)), arguments(seed))


def test_the_gradient_of_a_sum_is_one_loop_without_memory() -> None:
    n = 1000

    @fn
    def energy(v: Annotated[Vec, n], k: Real) -> Real:
        return rose.sum(n - 1, lambda i: rose.exp(k * (v[i] - v[i + 1]) ** 2))

    f = rose.value_and_grad(energy, argnums=(0, 1))
    compare(f, ([0.01 * i for i in range(n)], 0.3))
    assert len(loops(finish(f.func))) == 1
    report = rose.compile({"energy": f}).memory_report()
    # v and its gradient; k, the value and its derivative.
    assert f"{2 * 8 * n + 3 * 8} bytes in all" in report


def test_elementwise_arithmetic_is_one_loop() -> None:
    @fn
    def combined(a: Vec[Literal[9]], b: Vec[Literal[9]], k: Real) -> Vec[Literal[9]]:
        return (a + k * b) * a - b / k

    compare(combined, ([1.0 + i for i in range(9)], [2.0 - i for i in range(9)], 0.7))
    assert len(loops(finish(combined.func))) == 1


def refused(f: Fn[..., Any], *args: Any) -> None:
    compare(f, args)
    assert len(loops(finish(f.func))) == 2


def test_what_is_not_in_step_stays_apart() -> None:
    start = [0.5 * k for k in range(6)]

    @fn
    def neighbours(v: Vec[Literal[6]]) -> Vec[Literal[6]]:
        squares = rose.vec(6, lambda i: v[i] * v[i])
        return rose.vec(6, lambda i: squares[(i + 1) % 6] - squares[i])

    refused(neighbours, start)

    @fn
    def needs_the_last(v: Vec[Literal[6]]) -> Vec[Literal[6]]:
        total = rose.sum(6, lambda i: v[i])
        return rose.vec(6, lambda i: v[i] / total)

    refused(needs_the_last, start)

    @fn
    def begins_with_the_rows(v: Vec[Literal[6]]) -> Real:
        squares = rose.vec(6, lambda i: v[i] * v[i])
        carried = rose.loop(6, squares, lambda i, w: w + v[i])
        return carried[3]

    refused(begins_with_the_rows, start)

    @fn
    def there_and_back(v: Vec[Literal[6]]) -> Real:
        there = rose.loop(6, 1.0, lambda i, x: rose.sin(x + v[i]))
        back = rose.loop(6, 1.0, lambda i, x: rose.sin(x + v[i]), reverse=True)
        return there - back

    refused(there_and_back, start)


def test_a_map_turns_to_run_in_step_with_a_scan() -> None:
    @fn
    def program(v: Vec[Literal[6]]) -> Real:
        squares = rose.vec(6, lambda i: v[i] * v[i])

        def step(i: Index, total: Real) -> Real:
            return rose.sin(total + squares[i])

        return rose.loop(6, 0.0, step, reverse=True)

    compare(program, ([0.5 * k for k in range(6)],))
    assert len(loops(finish(program.func))) == 1
