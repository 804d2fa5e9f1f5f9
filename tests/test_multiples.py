"""Products with factors, and the primitives that are both in one: where each of the two forms stands, and that no bit changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from flat import bits_of, gradient

import rose
from rose import Fn, Real, fn
from rose.ad.multiples import factored, joined
from rose.ir.check import check
from rose.ir.func import Apply, Func, callees_first, instrs_of
from rose.ir.parser import parse
from rose.ir.printer import print_func
from rose.opt import optimize
from rose.run.interp import interpret

ARGS = (0.7, 0.4)


@fn
def power(x: Real, y: Real) -> Real:
    return rose.pow(x, y)


@fn
def angle(x: Real, y: Real) -> Real:
    return rose.atan2(x, y)


@fn
def powers(x: Real, y: Real) -> Real:
    return rose.loop(9, x, lambda _, c: c**y)


@fn
def angles(x: Real, y: Real) -> Real:
    return rose.loop(9, x, lambda _, c: rose.atan2(y, c))


@fn
def remembered(x: Real, y: Real) -> Real:
    return rose.remat(powers)(x, y) * rose.remat(angles)(y, x)


CASES = [power, angle, powers, angles, remembered]


def multiples(*roots: Func) -> list[Apply]:
    """The applications of multiples in programs."""
    instrs = [i for func in callees_first([*roots]) for i in instrs_of(func.body)]
    return [i for i in instrs if isinstance(i, Apply) and i.prim.is_multiple]


def of_others_than_one(func: Func) -> list[str]:
    """The names of the multiples in a Func that are of something else than 1."""
    made = {i.results[0]: i for i in instrs_of(func.body) if isinstance(i, Apply)}
    firsts = [(i.prim.name, made.get(i.operands[0])) for i in multiples(func)]
    return [name for name, by in firsts if by is None or by.attrs[:1] != (1.0,)]


@pytest.mark.parametrize("f", CASES, ids=lambda f: f.__name__)
def test_a_gradient_is_what_the_pullback_gives(f: Fn[..., Any]) -> None:
    value, slopes = gradient(f)(*ARGS)
    other, pullback = rose.vjp(f)(*ARGS)
    assert bits_of([value, *slopes]) == bits_of([other, *pullback(1.0)])


@pytest.mark.parametrize(
    ("f", "names"), [(powers, ("pow_by_base", "pow_by_exponent")), (angles, ("turn", "turn"))]
)
def test_the_way_back_of_a_gradient_computes_factors_itself(
    f: Fn[..., Any], names: Sequence[str]
) -> None:
    whole = optimize(gradient(f).func)
    assert sorted(of_others_than_one(whole)) == sorted(names)


@pytest.mark.parametrize("f", [power, powers])
def test_a_pullback_and_a_pushforward_are_given_the_factors(f: Fn[..., Any]) -> None:
    for halves in (rose.vjp(f), rose.linearize(f)):
        assert not multiples(optimize(halves.linear.func))
        assert len(multiples(optimize(halves.forward.func))) == 2


SUM = """
func f(%0: real, %1: real, %2: real) -> (real, real) {
  %3: real = const value=1.0 type=real
  %4: real = turn %3, %1, %2
  %5: real = turn %3, %2, %1
  %6: real = mul %0, %4
  %7: real = mul %2, %5
  %8: real = sub %6, %7
  %9: real = mul %0, %8
  return %8, %9
}
"""
OTHERS = [
    SUM.replace("mul %0, %8", "mul %0, %4"),  # what else uses a factor
    SUM.replace("sub %6, %7", "sub %6, %2"),  # a sum with something else
    SUM.replace("const value=1.0", "const value=2.0"),
    """
func f(%0: real, %1: real, %2: real) -> (real) {
  %3: real = const value=1.0 type=real
  %4: real = turn %3, %1, %2
  %5: real = loop 3 (%0) (%6: index[3], %7: real) {
    %8: real = turn %3, %2, %7
    %9: real = mul %7, %8
    %10: real = mul %7, %4
    %11: real = add %9, %10
    yield %11
  }
  return %5
}
""",
]


def test_two_products_of_a_sum_become_one_instruction_each() -> None:
    func = check(joined(parse(SUM)))
    assert of_others_than_one(func) == ["turn", "turn"]
    assert interpret(func, [0.3, *ARGS]) == interpret(parse(SUM), [0.3, *ARGS])
    again = check(factored(func))
    assert not of_others_than_one(again)
    assert interpret(again, [0.3, *ARGS]) == interpret(func, [0.3, *ARGS])


@pytest.mark.parametrize("text", OTHERS)
def test_other_products_stay(text: str) -> None:
    func = parse(text)
    assert print_func(check(joined(func))) == print_func(func)
