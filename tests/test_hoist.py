"""hoist: what a loop's body computes from values outside of it alone stands before the loop, and nothing else does."""

from __future__ import annotations

import re
from typing import Annotated, Any

import pytest
from flat import gradient
from metering import instructions

import rose
from rose import Index, Real, Vec, fn
from rose.ir.check import check
from rose.ir.func import Func, Loop
from rose.ir.parser import parse
from rose.opt.hoist import hoist
from rose.run.interp import interpret

N, STEPS = 9, 40

LOOPS = """\
func twice(%0: real) -> (real) {
  %1: real = add %0, %0
  return %1
}

func main(%0: real[3], %1: real, %2: bool) -> (real, real[3]) {
  %3: ref real[3] = accum
  %4: real = loop 5 (%1) (%5: index[5], %6: real) {
"""
ENDS = """\
    %{0}: real = mul %6, %7
    yield %{0}
  }}
  %{1}: real[3] = resolve %3
  return %4, %{1}
}}
"""
OUTSIDE = {
    "a primitive": "    %7: real = mul %1, %1\n",
    "a call": "    %7: real = call twice(%1)\n",
    "a loop": """\
    %7: real = loop 3 (%1) (%8: index[3], %9: real) {
      %10: real = index %0, %8
      %11: real = mul %9, %10
      yield %11
    }
""",
    "a cond": """\
    %7: real = cond %2 {
      yield %1
    } {
      %8: real = mul %1, %1
      yield %8
    }
""",
    "a chain": """\
    %8: real = mul %1, %1
    %7: real = call twice(%8)
""",
}
INSIDE = {
    "of what is carried": "    %7: real = call twice(%6)\n",
    "of what is carried, in a block": """\
    %7: real = loop 3 (%1) (%8: index[3], %9: real) {
      %10: real = mul %9, %6
      yield %10
    }
""",
    "adding into an accumulator": """\
    %7: real = loop 3 (%1) (%8: index[3], %9: real) {
      %10: real = mul %9, %9
      accumulate %3, %8, %10
      yield %10
    }
""",
}


def loop_of(func: Func) -> Loop:
    (loop,) = [i for i in func.body.instrs if isinstance(i, Loop) and i.size == 5]
    return loop


def hoisted(text: str) -> tuple[Func, Func]:
    """A program and what hoist makes of it, which computes the same."""
    free = max(map(int, re.findall(r"%(\d+)", text))) + 1
    before = parse(LOOPS + text + ENDS.format(free, free + 1))
    after = check(hoist(before))
    for chosen in (False, True):
        args = [[0.5, 2.0, 3.0], 1.5, chosen]
        assert interpret(after, args) == interpret(before, args)
    return before, after


@pytest.mark.parametrize("text", OUTSIDE.values(), ids=OUTSIDE)
def test_what_uses_values_outside_alone_is_before_the_loop(text: str) -> None:
    before, after = hoisted(text)
    assert len(loop_of(after).body.instrs) == 1
    assert len(after.body.instrs) == len(before.body.instrs) + len(loop_of(before).body.instrs) - 1


@pytest.mark.parametrize("text", INSIDE.values(), ids=INSIDE)
def test_nothing_else_is(text: str) -> None:
    before, after = hoisted(text)
    assert after is before


def test_sums_and_gathers_of_what_does_not_change_are_done_once() -> None:
    """In the function, in its gradient, and in steps of a loop in a loop."""

    @fn
    def sums(v: Annotated[Vec, N], x: Real) -> Real:
        def step(_: Index, c: Real) -> Real:
            return c * 0.5 + rose.sum(N, lambda i: rose.sin(v[i]) * v[N - 1 - i])

        return rose.loop(STEPS, x, lambda _, c: rose.loop(2, c, step))

    args: Any = ([0.1] * N, 0.3)
    assert instructions(sums, args) < 10 * (STEPS + N)
    assert instructions(gradient(sums), args) < 5 * instructions(sums, args)
