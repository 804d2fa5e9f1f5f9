"""What is done before lowering that rests on the signs of zeros and on rounded roots: `signs`, `roots`, `absorb`."""

from __future__ import annotations

import math
from typing import Any, Literal

import pytest
from flat import flat_args, gradient, run_interp, run_wasm, work
from hypothesis import given
from hypothesis import strategies as st
from random_programs import arguments, program

import rose
from rose import Bool, Index, Real, Vec, fn
from rose.ir.check import check
from rose.ir.func import Apply, Cond, callees_first, instrs_of
from rose.ir.parser import parse
from rose.opt import finish, optimize
from rose.opt.absorb import absorb
from rose.opt.roots import least_with_root, most_with_root, roots
from rose.opt.signs import Signs
from rose.run.interp import Counter, interpret

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.25, 0.3, -5e-324, 5e-324, math.inf, -math.inf, math.nan]


# --- signs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_signs_are_what_runs_show(seed: int) -> None:
    class Watch(Counter):
        def saw(self, instr: Apply, args: Any, value: Any) -> None:
            if value.__class__ is float and not math.isnan(value):
                (v,) = instr.results
                known = found[id(instr)]
                assert v not in known.unsigned or math.copysign(1, value) > 0
                assert v not in known.plus or value != 0 or math.copysign(1, value) > 0

    f = gradient(program(seed))
    func = optimize(f.func)
    found: dict[int, Signs] = {}
    for callee in callees_first([func]):
        signs = Signs(callee)
        found.update({id(i): signs for i in instrs_of(callee.body)})
    interpret(func, flat_args(f, arguments(seed)), Watch())


def test_a_sum_that_starts_at_zero_is_never_minus_zero() -> None:
    signs = Signs(
        parse(
            """
func f(%0: real[4], %9: real) -> (real, real) {
  %1: real = const value=0.0 type=real
  %7: real, %8: real = loop 4 (%1, %9) (%2: index[4], %3: real, %4: real) {
    %5: real = index %0, %2
    %6: real = add %3, %5
    %10: real = mul %4, %5
    yield %6, %10
  }
  return %7, %8
}
"""
        )
    )
    assert {3, 6, 7} <= signs.plus
    assert signs.plus.isdisjoint({0, 4, 5, 8, 9, 10})
    assert signs.unsigned == {1}


# --- roots ------------------------------------------------------------------------------------------------


@given(st.floats(1e-150, 1e150))
def test_the_bounds_of_roots(c: float) -> None:
    s = least_with_root(c)
    assert math.sqrt(math.nextafter(s, 0)) < c <= math.sqrt(s)
    s = most_with_root(c)
    assert math.sqrt(s) <= c < math.sqrt(math.nextafter(s, math.inf))


@pytest.mark.parametrize("of", ["%0", "%1"])
@pytest.mark.parametrize("name", ["lt", "le", "gt", "ge"])
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("c", [0.0, 0.06, 1.0, -2.0, math.inf, math.nan])
def test_a_root_is_compared_as_before(of: str, name: str, turned: bool, c: float) -> None:
    func = parse(
        f"""
func f(%0: real) -> (bool) {{
  %1: real = mul %0, %0
  %2: real = sqrt {of}
  %3: real = const value={c!r} type=real
  %4: bool = {name} {"%3, %2" if turned else "%2, %3"}
  return %4
}}
"""
    )
    new = check(roots(func))
    near = [least_with_root(0.06), most_with_root(1.0)]
    near += [math.nextafter(s, to) for s in near for to in (0.0, 1.0)]
    for x in [*SPECIAL, *near, *map(math.sqrt, near)]:
        assert interpret(new, [x]) == interpret(func, [x])


def test_a_distance_is_compared_without_its_root() -> None:
    """And computed only where it is needed."""

    @fn
    def push(x: Real, y: Real) -> Real:
        distance = rose.norm([x, y])
        return rose.cond(distance < 0.06, lambda: 1 / distance, lambda: 0.0)

    assert work(push, 3.0, 4.0) < work(push, 0.03, 0.04)
    assert finish(push.func).body.instrs[-1].results == finish(push.func).body.results
    assert "norm_sqrt" not in [
        i.prim.name for i in finish(push.func).body.instrs if isinstance(i, Apply)
    ]


# --- absorb -----------------------------------------------------------------------------------------------

SUM = """
func f(%0: bool, %1: real, %2: real) -> (real) {{
  %3: real = {start}
  %4: real = const value={zero} type=real
  %6: real = cond %0 {{
    yield %4
  }} {{
    %5: real = mul %2, %2
    yield %5
  }}
  %7: real = {total}
  return %7
}}
"""


@pytest.mark.parametrize(
    ("start", "zero", "total", "moved"),
    [
        ("add %1, %1", "0.0", "add %3, %6", False),  # -0.0 + 0.0 is 0.0
        ("abs %1", "0.0", "add %3, %6", True),
        ("abs %1", "0.0", "add %6, %3", True),
        ("add %1, %1", "-0.0", "add %3, %6", True),
        ("add %1, %1", "0.0", "sub %3, %6", True),
        ("add %1, %1", "-0.0", "sub %3, %6", False),
        ("abs %1", "-0.0", "sub %3, %6", True),
        ("abs %1", "0.0", "sub %6, %3", False),
        ("abs %1", "1.0", "add %3, %6", False),
    ],
)
def test_zeros_are_not_added(start: str, zero: str, total: str, moved: bool) -> None:
    func = parse(SUM.format(start=start, zero=zero, total=total))
    new = check(absorb(func))
    assert isinstance(new.body.instrs[-1], Cond) == moved
    for chosen in (False, True):
        for x in SPECIAL:
            assert repr(interpret(new, [chosen, x, -3.0])) == repr(
                interpret(func, [chosen, x, -3.0])
            )


def test_a_sum_stays_in_its_local_where_nothing_is_added() -> None:
    """The side of the cond that adds nothing has no code."""

    @fn
    def total(v: Vec[Literal[20]]) -> Real:
        return rose.sum(20, lambda i: rose.cond(v[i] > 0.5, lambda: rose.sqrt(v[i]), lambda: 0.0))

    wat = rose.compile({"total": total}).wat
    assert "if" in wat
    assert "else" not in wat
    args = ([0.05 * i for i in range(20)],)
    assert run_wasm(total, args) == run_interp(total, args)


def test_a_carried_value_that_is_read_beside_the_cond_keeps_its_local() -> None:
    @fn
    def traced(v: Vec[Literal[20]], w: Vec[Literal[20], Bool]) -> tuple[Real, Real]:
        def step(i: Index, now: Any) -> Any:
            one, other = now
            new = rose.cond(
                w[i],
                lambda: rose.cond(v[i] > 0.4, lambda: one + v[i], lambda: one),
                lambda: other,
            )
            return new, one - other

        return rose.loop(20, (0.0, 1.0), step)

    args = ([0.05 * i for i in range(20)], [i % 3 > 0 for i in range(20)])
    assert run_wasm(traced, args) == run_interp(traced, args)
