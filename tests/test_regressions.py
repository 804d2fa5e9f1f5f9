"""Programs that once went wrong, each kept as small as it was found."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from flat import finite_difference, flat_args, run_interp, run_wasm

import rose
from rose import Bool, Fn, Index, Real, Vec, fn
from rose.ir.check import check
from rose.ir.parser import parse
from rose.opt.prune import prune
from rose.run.interp import interpret


def test_a_function_that_adds_into_accumulators_runs_once() -> None:
    """Too many residuals made it run again in the backward pass, and add twice."""

    @fn
    def p(v: Vec[Literal[10]], x: Real) -> Real:
        for _ in range(18):
            x = rose.sin(x) * v[0]
        return x

    @fn
    def q(v: Vec[Literal[10]], x: Real) -> Real:
        return rose.grad(p)(v, x)[0] * rose.grad(p)(v, x + 1.0)[0]

    @fn
    def r(v: Vec[Literal[10]], x: Real) -> Real:
        return rose.grad(q)(v, x)[0] * rose.grad(q)(v, x + 1.0)[0]

    args = ([1.1] * 10, 0.3)
    third = rose.grad(r)
    check(third.func)
    difference = finite_difference(lambda v: r(*v), list(args), (0, 0), 1e-5)
    assert third(*args)[0] == pytest.approx(difference, rel=1e-6)


@fn
def pick(c: Real, x: Real, flag: Bool, e: Real) -> Real:
    y = e
    for _ in range(30):
        y = rose.sin(y) + 1.0
    return rose.where(flag, c * y, x * y)


@fn
def zero_in_a_loop(x: Real, q: Real) -> Real:
    a, b = rose.loop(
        4, (q, x), lambda _, c: (pick(c[0], c[1], True, q), pick(c[1], c[1], False, q))
    )
    return a * b + b


@fn
def zero_in_a_cond(x: Real, q: Real) -> Real:
    z, w = rose.cond(
        x > q,
        lambda: (pick(q, x, True, q), pick(x, x, False, q)),
        lambda: (pick(2.0, x, True, q), x * x),
    )
    return z * q + w


@pytest.mark.parametrize("f", [zero_in_a_loop, zero_in_a_cond], ids=["loop", "cond"])
def test_a_tangent_may_turn_out_to_be_zero_in_a_region(f: Fn[..., Any]) -> None:
    args = (0.731, 1.3)
    difference = finite_difference(
        lambda v: interpret(f.func, v)[0], flat_args(f, args), (0,), 1e-5
    )
    assert rose.grad(f)(*args) == pytest.approx(difference, rel=1e-7)


def test_two_conds_on_one_conjunction() -> None:
    @fn
    def f(x: Real, y: Real) -> Real:
        both = (x > 0) & (rose.sqrt(y) > 1)
        a = rose.cond(both, lambda: x, lambda: rose.sum(9, lambda i: x * i))
        return a * rose.cond(both, lambda: rose.sin(y), lambda: y)

    for args in ((1.0, 2.0), (1.0, 0.5), (-1.0, 2.0)):
        assert run_wasm(f, args) == pytest.approx(run_interp(f, args), rel=1e-15)


def test_functions_that_differ_in_the_sign_of_a_zero_stay_two() -> None:
    def make(zero: float) -> Fn[..., Any]:
        @fn
        def f(x: Real) -> Real:
            y = x
            for _ in range(20):
                y = y * 1.5 + x
            return 1.0 / (zero * (y * y + 1.0))

        return f

    above, below = make(0.0), make(-0.0)

    @fn
    def g(x: Real) -> Vec[Literal[4]]:
        return [above(x), above(x + 1), below(x), below(x + 1)]

    infinity = float("inf")
    assert g(1.0) == [infinity, infinity, -infinity, -infinity]


def test_a_chain_of_reads_that_index_one_another() -> None:
    @fn
    def walk(
        following: Vec[Literal[9], Index[Literal[9]]], i: Index[Literal[9]]
    ) -> Index[Literal[9]]:
        for _ in range(3000):
            i = following[i]
        return i

    assert walk([(k + 1) % 9 for k in range(9)], 0) == 3000 % 9


def test_many_residuals_of_one_function() -> None:
    @fn
    def f(x: Real) -> Real:
        for _ in range(1500):
            x = rose.sin(x) + 1.0
        return x

    values = [0.5]
    difference = finite_difference(lambda v: f(*v), values, (0,), 1e-4)
    assert rose.grad(f)(0.5) == pytest.approx(difference, abs=1e-6)


def test_zeros_of_every_kind_fold() -> None:
    @fn
    def f(x: Real) -> Real:
        _, y = rose.jvp(_rounded)((x,), (1.0,))
        return y + x

    assert f(2.5) == 2.5


@fn
def _rounded(x: Real) -> Real:
    given: Any = x
    return 1.0 if given is None else 2.0


def test_what_two_exports_share_is_in_the_module_once() -> None:
    @fn
    def shared(x: Real) -> Real:
        for _ in range(40):
            x = rose.sin(x) + 1.0
        return x

    @fn
    def one(x: Real) -> Real:
        return shared(x) * shared(x + 1)

    @fn
    def two(x: Real) -> Real:
        return shared(x) - shared(x + 2)

    sizes = [
        len(rose.compile(f).data) for f in ({"one": one}, {"two": two}, {"one": one, "two": two})
    ]
    assert sizes[2] < sizes[0] + 300


def test_a_while_loop_whose_value_nobody_uses_is_left_out() -> None:
    @fn
    def f(x: Real, nothing: tuple[()]) -> tuple[Real, tuple[()]]:
        rose.while_loop(lambda c: c < 3, lambda c: c + 1, x)
        state = rose.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + 1, c[1]), (x, nothing))
        return 2 * x, state[1]

    assert f(1.0, ()) == (2.0, ())
    assert "loop" not in rose.compile(f).wat


BEHIND_A_CALL = """
func both(%0: ref real[2], %1: real) -> (real) {
  %2: index[2] = const value=0 type=index[2]
  accumulate %0, %2, %1
  %3: real = mul %1, %1
  return %3
}

func main(%0: real) -> (real) {
  %1: ref real[2] = accum
  %2: real = call both(%1, %0)
  %3: index[2] = const value=1 type=index[2]
  %4: real = mul %0, %2
  accumulate %1, %3, %4
  %5: real[2] = resolve %1
  return %2
}
"""


def test_what_is_added_behind_a_call_that_needs_the_accumulator() -> None:
    """prune kept such an addition, and not the number that is added: gradients of order 4 through checkpoints met it."""
    func = check(prune(parse(BEHIND_A_CALL)))
    assert interpret(func, [3.0]) == [9.0]
