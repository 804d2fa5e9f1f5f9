"""Ways back that carry along what the way there carried: what they spare, and that no bit changes."""

from typing import Any, Literal

import pytest
from flat import flat_args, flatten, gradient

import rose
from rose import Bool, Fn, Index, Real, Vec, fn
from rose.ad import reverse
from rose.ir.check import check
from rose.ir.func import Apply, Func, Loop, instrs_of
from rose.ir.printer import print_func
from rose.opt import optimize
from rose.run.interp import interpret

Many = Vec[Literal[9]]
XS = [0.3 + 0.1 * k for k in range(9)]


@fn
def lengths(x: Real, y: Real) -> Real:
    return rose.loop(9, x, lambda _, c: rose.hypot(c, y))


@fn
def kept_twice(x: Real, y: Real) -> Real:
    return rose.loop(9, x, lambda _, c: rose.tanh(c * y))


@fn
def turns(x: Real, y: Real) -> Real:
    return rose.loop(9, (x, y), lambda _, s: (s[1], s[0] * s[1]))[1]


@fn
def switched(x: Real, y: Real, on: Bool, at: Index[Literal[3]]) -> Real:
    """What a step does depends on what it makes of a Bool and an index."""

    def step(_: Any, s: Any) -> Any:
        c, on, i = s
        c = rose.where(on, c * y, c + y * i)
        return rose.where(~on, c, c * c) * ((i + 1) % 3), ~on, (i + 1) % 3

    return rose.loop(9, (x, on, at), step)[0]


@fn
def in_reverse(v: Many, x: Real) -> Real:
    end, rows = rose.scan(9, x, lambda t, c: (c / v[t], c * c), reverse=True)
    found: Real = end + rose.sum(rows)
    return found


@fn
def in_segments(v: Many, x: Real) -> Real:
    return rose.loop(9, x, lambda t, c: c / v[t] / x, checkpoint=4)


CASES: dict[str, Any] = {
    "lengths": (lengths, (0.7, 0.4)),
    "kept twice": (kept_twice, (0.7, 0.4)),
    "turns": (turns, (0.7, 0.4)),
    "switched": (switched, (0.7, 0.4, True, 1)),
    "in reverse": (in_reverse, (XS, 0.4)),
    "in segments": (in_segments, (XS, 0.4)),
}


def of_gradient(f: Fn[..., Any]) -> Func:
    return optimize(gradient(f).func)


def results(f: Fn[..., Any], args: Any) -> list[str]:
    return list(map(repr, flatten(interpret(check(of_gradient(f)), flat_args(f, args)))))


def unchanged(root: Func) -> Func:
    return root


@pytest.mark.parametrize("name", CASES)
def test_no_bit_changes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    f, args = CASES[name]
    text, found = print_func(of_gradient(f)), results(f, args)
    monkeypatch.setattr(reverse, "retrace", unchanged)
    assert print_func(of_gradient(f)) != text
    assert results(f, args) == found


@pytest.mark.parametrize("name", CASES)
def test_a_way_back_has_derivatives(name: str) -> None:
    f, args = CASES[name]
    rose.check_grads(rose.grad(f), args, order=2)


def loops(func: Func) -> list[Loop]:
    return [i for i in instrs_of(func.body) if isinstance(i, Loop)]


def count(func: Func, name: str) -> int:
    return sum(isinstance(i, Apply) and i.prim.name == name for i in instrs_of(func.body))


def test_what_a_step_ended_with_is_not_computed_again() -> None:
    assert count(of_gradient(lengths), "hypot") == 1


def test_nor_kept_beside_what_the_step_began_with() -> None:
    there, back = loops(of_gradient(kept_twice))
    assert len(there.results) - there.carries == 1
    assert back.carries == 3  # the cotangents of c and y, and what c was


def test_values_that_take_turns_are_read_once() -> None:
    assert count(of_gradient(turns), "index") == 1
