"""Derivative rules, as the search for faults makes them: every way to leave one linear, and every way to spoil it."""

from __future__ import annotations

import pytest
from trust.generate import Case
from trust.properties import Seen
from trust.refusals import rules_are_judged_rightly
from trust.rules import fixed, linear_of, with_rule
from trust.search import everything
from trust.twists import SPOILS, TWISTS, mutated

from rose.ad import linear
from rose.errors import DerivativeError
from rose.ir.func import Func, callees_first
from rose.ir.parser import parse
from rose.ir.printer import print_program

# An array, a Bool and a Real, in a loop that calls what has the rule.
PROGRAM = """
func f(%0: real, %1: bool, %2: real[2]) -> (real, real[2], bool) {
  %3: index[2] = const value=1 type=index[2]
  %4: real = index %2, %3
  %5: real = mul %0, %4
  %6: real = sin %5
  %7: real[2] = update %2, %3, %6
  return %5, %7, %1
}

func main(%0: real, %1: bool, %2: real[2]) -> (real, real[2]) {
  %3: real, %4: real[2] = loop 3 checkpoint 2 (%0, %2) (%5: index[3], %6: real, %7: real[2]) {
    %8: real, %9: real[2], %10: bool = call f(%6, %1, %7)
    yield %8, %9
  }
  return %3, %4
}
"""
KINDS = ["remat", "jvp", "jvp direct", "vjp", "vjp direct", "remat vjp"]


def case(mark: str) -> Case:
    args = [0.7, True, [0.5, 1.25]]
    return Case(parse(PROGRAM), args, args, [-0.5, 0.25, 0.75], {"f": mark})


BESIDE = [f"vjp {twist}" for twist in ("in-a-call", "in-a-loop", "in-a-cond")]


@pytest.mark.parametrize("mark", [*KINDS, *[f"jvp {twist}" for twist in TWISTS], *BESIDE])
def test_a_linear_rule_is_taken_and_gives_the_derivatives(mark: str) -> None:
    seen = Seen()
    everything(case(mark), [], seen)
    assert seen.counts["functions that are fixed"] == 1
    assert seen.counts["derivatives of third order"] == 1
    assert seen.counts["derivatives left out"] == 0
    assert seen.counts["derivatives by own rules"] == (mark in KINDS)


@pytest.mark.parametrize("half", ["jvp", "vjp"])
@pytest.mark.parametrize("spoil", SPOILS)
def test_a_rule_that_is_not_linear_is_refused(half: str, spoil: str) -> None:
    seen = Seen()
    spoiled = case(f"{half} {spoil}")
    assert fixed(spoiled.func, spoiled.marks) is spoiled.func
    rules_are_judged_rightly(spoiled, seen)
    assert seen.counts["rules refused"] == 1


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_rule_that_is_taken_though_it_is_not_linear_is_found(
    spoil: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for what is linear, and does not look so."""

    def taken(plain: Func, _: object) -> Func:
        return plain

    monkeypatch.setattr("trust.refusals.with_rule", taken)
    if spoil == "by-a-rule":
        rules_are_judged_rightly(case(f"jvp {spoil}"), Seen())
    else:
        with pytest.raises(AssertionError, match="a rule is taken"):
            rules_are_judged_rightly(case(f"jvp {spoil}"), Seen())


def test_a_mutant_differs_in_one_operand() -> None:
    func = parse(PROGRAM)
    before = print_program(func).splitlines()
    mutants = {print_program(mutated(func, (k, 0, 0))) for k in range(9)}
    assert len(mutants) > 2
    for mutant in mutants:
        pairs = zip(before, mutant.splitlines(), strict=True)
        assert sum(a != b for a, b in pairs) <= 1


def test_a_linear_rule_that_is_refused_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = callees_first([parse(PROGRAM)])[0]
    monkeypatch.setattr("rose.ad.linear.IN_ALL", linear.IN_ALL - {"update"})
    with pytest.raises(DerivativeError, match="update"):
        with_rule(plain, ["jvp"])
    assert linear_of(plain, ["jvp"]).first == 3
