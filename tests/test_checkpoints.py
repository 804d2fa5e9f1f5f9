"""Checkpoints of loops: the same bits whatever is kept, with less memory and one more run of the loop."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias

import pytest
from flat import flatten, gradient, run_wasm
from metering import second
from short_loops import SHORT

import rose
from rose import Fn, Index, Real, Vec, fn
from rose.ad.checkpoints import MOST_KEPT
from rose.ad.jvp import jvp
from rose.ad.linearize import linearize
from rose.ad.transpose import transpose
from rose.ir.check import check
from rose.ir.parser import parse
from rose.ir.printer import print_program
from rose.opt import PASSES, PIPELINE, PROGRAM_PASSES, optimize
from rose.run.interp import Counter, interpret

Carry: TypeAlias = tuple[Real, Vec[Literal[5]]]
WEIGHTS = [0.3 + 0.1 * k for k in range(7)]


def mixed(n: int, checkpoint: Any, *, reverse: bool = False) -> Fn[..., Any]:
    """Carries a Real and an array, has conds and maps inside, stacks structures, captures an array and a Real."""

    @fn
    def program(x: Real, w: Vec[Literal[7]]) -> Real:
        def body(t: Index, carry: Carry) -> tuple[Carry, Carry]:
            a, v = carry
            up = rose.cond(a > 0.5, lambda: rose.sin(a * w[t % 7]), lambda: rose.exp(a) * x)
            v = rose.vec(5, lambda i: v[i] * 0.9 + rose.sin(up * v[(i + 1) % 5]))
            return (up, v), (up * v[0], v)

        start = (x, rose.vec(5, lambda i: x * rose.real(i)))
        (a, v), rows = rose.scan(n, start, body, reverse=reverse, checkpoint=checkpoint)
        return a + rose.sum(v) + rose.sum(n, lambda t: rows[t][0] * rows[t][0] + rows[t][1][1])

    return program


def nested(outer: Any, inner: Any) -> Fn[..., Any]:
    """Loops in a loop with policies of their own, one of them a bounded while."""

    @fn
    def program(x: Real, w: Vec[Literal[7]]) -> Real:
        def body(t: Index, y: Real) -> Real:
            z = rose.loop(6, y, lambda s, z: rose.sin(z * w[s]) + x, checkpoint=inner)
            return rose.while_loop(
                lambda z: z < 1.5, lambda z: z * 1.2 + 0.1 * w[t], z, max_steps=5, checkpoint=inner
            )

        return rose.loop(7, x, body, checkpoint=outer)

    return program


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("n", [1, 2, 7, 10])
def test_every_policy_gives_the_same_bits(n: int, reverse: bool) -> None:
    expected = rose.value_and_grad(mixed(n, "all", reverse=reverse), argnums=(0, 1))(0.4, WEIGHTS)
    for checkpoint in ["sqrt", None, *range(1, n + 1)]:
        f = mixed(n, checkpoint, reverse=reverse)
        assert rose.value_and_grad(f, argnums=(0, 1))(0.4, WEIGHTS) == expected


@pytest.fixture(scope="module")
def kept_twice() -> tuple[float, float]:
    """Second derivatives of the program that keeps all: reverse over reverse, and reverse over forward."""
    kept = mixed(7, "all")
    reverse = rose.grad(rose.grad(kept))(0.4, WEIGHTS)
    return reverse, rose.grad(pushed(kept))(0.4, WEIGHTS)


@pytest.mark.parametrize("checkpoint", [2, 3, "sqrt", 7])
def test_second_derivatives_agree(checkpoint: Any, kept_twice: tuple[float, float]) -> None:
    f, (reverse, around) = mixed(7, checkpoint), kept_twice
    assert rose.grad(rose.grad(f))(0.4, WEIGHTS) == pytest.approx(reverse, rel=1e-12)
    # forward over reverse, and reverse over forward
    by_forward = rose.jvp(rose.grad(f))((0.4, WEIGHTS), (1.0, [0.0] * 7))[1]
    assert by_forward == pytest.approx(reverse, rel=1e-12)
    assert rose.grad(pushed(f))(0.4, WEIGHTS) == pytest.approx(around, rel=1e-12)


@pytest.mark.parametrize("checkpoint", ["sqrt", None, 4, 20])
@pytest.mark.parametrize("again", [False, True])
def test_arrays_that_change_in_places_give_the_same_bits(checkpoint: Any, again: bool) -> None:
    """A checkpoint of the array may be more than all that the steps of a segment read of it, or less."""
    arg = [0.3 + 0.01 * k for k in range(50)]
    expected = rose.value_and_grad(changing_in_places("all", again=False))(arg)
    assert rose.value_and_grad(changing_in_places(checkpoint, again=again))(arg) == expected


def changing_in_places(checkpoint: Any, *, again: bool) -> Fn[..., Any]:
    @fn
    def turned(v: Vec[Literal[50]], i: Index[Literal[50]]) -> Vec[Literal[50]]:
        x = v[i]
        for _ in range(4):
            x = rose.sin(x) * v[(i + 1) % 50]
        return v.at[i].set(x)

    step = rose.remat(turned) if again else turned

    @fn
    def f(v: Vec[Literal[50]]) -> Real:
        return rose.sum(rose.loop(50, v, lambda t, c: step(c, t), checkpoint=checkpoint))

    return f


def pushed(f: Fn[..., Any]) -> Fn[..., Any]:
    """The derivative of f in a direction, in forward mode."""

    @fn
    def tangent(x: Real, w: Vec[Literal[7]]) -> Real:
        found: Real = rose.jvp(f)((x, w), (1.0, w))[1]
        return found

    return tangent


@pytest.mark.parametrize("outer", ["all", 3, "sqrt"])
@pytest.mark.parametrize("inner", ["all", 2, "sqrt", 5])
def test_nested_loops_have_policies_of_their_own(outer: Any, inner: Any) -> None:
    expected = rose.value_and_grad(nested("all", "all"), argnums=(0, 1))(0.4, WEIGHTS)
    value, (by_x, by_w) = rose.value_and_grad(nested(outer, inner), argnums=(0, 1))(0.4, WEIGHTS)
    assert value == expected[0]
    # a Real that is captured gets a sum per segment, so only its last bits differ
    assert by_x == pytest.approx(expected[1][0], rel=1e-14)
    assert list(by_w) == pytest.approx(list(expected[1][1]), rel=1e-14)


@pytest.mark.parametrize("checkpoint", [2, 3, "sqrt", 10])
@pytest.mark.parametrize("name", SHORT)
def test_arrays_that_are_cut_with_the_loop(name: str, checkpoint: Any) -> None:
    """The value to the bit, and two derivatives, with steps left and without."""
    (kept, args), (f, _) = SHORT[name](10, "all"), SHORT[name](10, checkpoint)
    value, *slopes = run_wasm(gradient(f), args)
    expected, *expected_slopes = run_wasm(gradient(kept), args)
    assert value == expected
    assert slopes == pytest.approx(expected_slopes, rel=1e-13)
    (twice, pair), (kept_twice, _) = second(f, args), second(kept, args)
    assert run_wasm(twice, pair) == pytest.approx(run_wasm(kept_twice, pair), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("f", [mixed(7, 3), mixed(7, 3, reverse=True), nested(3, 2)])
def test_stages_and_passes(f: Fn[..., Any]) -> None:
    """Every stage passes the checker and reads back, and every pass keeps every bit."""
    mask = (True,) * len(f.func.param_types)
    dual = jvp(f.func, mask)
    split = linearize(dual.func, (False,) * len(mask) + mask)
    inputs = (False,) * (len(split.needed) + len(split.residuals))
    turned = transpose(split.linear, inputs + mask, (True,))
    gradient = rose.value_and_grad(f, argnums=(0, 1)).func
    for func in (f.func, dual.func, split.forward, split.linear, turned.func, gradient):
        text = print_program(check(func))
        assert print_program(parse(text)) == text
    expected = flatten(interpret(gradient, [0.4, WEIGHTS]))
    for step in PIPELINE:
        gradient = check(PROGRAM_PASSES[step](gradient))
        assert flatten(interpret(gradient, [0.4, WEIGHTS])) == expected, step
    for name, single in PASSES.items():
        assert flatten(interpret(check(single(gradient)), [0.4, WEIGHTS])) == expected, name


def test_the_text_form_and_every_pass_keep_the_policy() -> None:
    func = optimize(mixed(7, 3).func)
    assert "loop 7 checkpoint 3 (" in print_program(func)
    assert "loop 7 reverse checkpoint 3 (" in print_program(mixed(7, "sqrt", reverse=True).func)
    assert "checkpoint" not in print_program(mixed(7, None).func)


# --- memory and work --------------------------------------------------------------------------------------


def long(n: int, checkpoint: Any) -> Fn[..., Any]:
    @fn
    def program(v: Vec[Literal[2]]) -> Real:
        """Two tangents go into the loop: with one it would keep nothing."""
        return rose.loop(
            n, v[0], lambda _, y: rose.sin(y) * 1.01 + rose.exp(-y) + v[1], checkpoint=checkpoint
        )

    return program


START = [0.3, 0.1]


def frame(f: Fn[..., Any]) -> int:
    """The bytes of the one frame of the gradient's module, by its report."""
    report = str(rose.compile({"g": rose.grad(f)}).memory_report())
    ((size,),) = [
        re.findall(r"(\d+)  frame", line) for line in report.splitlines() if "frame" in line
    ]
    return int(size)


# Two values of a step are kept, y and exp(-y). With n steps between checkpoints, y at each and 2 n for a segment.
MEMORY = [("all", 160_000), ("sqrt", 2400), (100, 2400), (1000, 16_080), (3, 26_728)]


@pytest.mark.parametrize(("checkpoint", "expected"), MEMORY)
def test_memory(checkpoint: Any, expected: int) -> None:
    assert frame(long(10_000, checkpoint)) == expected


# One value of a step is kept: that of each 20th, and those of one segment.
@pytest.mark.parametrize("name", ["of_a_product", "of_two_arrays", "of_elements_of_a_matrix"])
def test_memory_of_loops_that_read_arrays(name: str) -> None:
    """Rows that a segment is handed are in the memory of their array: they are not kept for it to run again."""
    assert frame(SHORT[name](400, "all")[0]) == 400 * 8
    assert frame(SHORT[name](400, "sqrt")[0]) == (20 + 20) * 8


def test_by_default_large_loops_have_checkpoints() -> None:
    most = MOST_KEPT // 2
    assert frame(long(most, None)) == frame(long(most, "all")) == 8 * MOST_KEPT
    assert frame(long(most + 1, None)) == frame(long(most + 1, "sqrt")) < 20_000


def cost(f: Fn[..., Any], *args: Any) -> int:
    counter = Counter()
    interpret(optimize(f.func), list(args), counter)
    return counter.count


@pytest.mark.parametrize("checkpoint", ["all", 3, "sqrt", 10])
def test_the_work_is_one_more_run(checkpoint: Any) -> None:
    f = long(100, checkpoint)
    assert cost(rose.value_and_grad(f), *START) <= 5 * cost(f, *START)
    kept = cost(rose.value_and_grad(long(100, "all")), *START)
    assert cost(rose.value_and_grad(f), *START) <= kept + 2 * cost(f, *START)


def test_work_grows_linearly() -> None:
    costs = [cost(rose.value_and_grad(long(n, "sqrt")), *START) / n for n in (100, 400, 1600)]
    assert costs[2] < costs[1] < costs[0]


def test_each_level_of_checkpoints_is_one_more_run() -> None:
    def total(outer: Any, inner: Any) -> int:
        return cost(rose.value_and_grad(nested(outer, inner), argnums=(0, 1)), 0.4, WEIGHTS)

    once = cost(nested("all", "all"), 0.4, WEIGHTS)
    assert total("all", "all") <= 5 * once
    assert total("sqrt", "all") <= 5 * once
    assert total("all", "sqrt") <= 5 * once
    assert total("sqrt", "sqrt") <= 6 * once


# --- what is no policy ------------------------------------------------------------------------------------

WRONG = [
    (0, "0"),
    (-1, "-1"),
    (8, "8"),
    (2.0, "float 2.0"),
    ("root", "str 'root'"),
    (True, "bool True"),
    ([1], "list [1]"),
]


@pytest.mark.parametrize(("checkpoint", "given"), WRONG)
@pytest.mark.parametrize("name", ["loop", "scan", "while_loop"])
def test_what_is_no_policy_is_refused(name: str, checkpoint: Any, given: str) -> None:
    @fn
    def program(x: Real) -> Real:
        if name == "loop":
            return rose.loop(7, x, lambda _, y: y * x, checkpoint=checkpoint)
        if name == "scan":
            return rose.scan(7, x, lambda _, y: (y * x, y), checkpoint=checkpoint)[0]
        return rose.while_loop(lambda y: y < 9, lambda y: y * 2, x, 7, checkpoint=checkpoint)

    with pytest.raises(rose.TypeMismatchError) as raised:
        program(1.0)
    assert str(raised.value).splitlines()[0] == (
        f'rose.{name} of 7 steps takes checkpoint="all", "sqrt", None, or an int from 1 to 7, after how many '
        f"steps the carried values are kept; given {given}"
    )


def test_a_policy_needs_a_bound() -> None:
    @fn
    def program(x: Real) -> Real:
        return rose.while_loop(lambda y: y < 9, lambda y: y * 2, x, checkpoint="sqrt")

    with pytest.raises(rose.ArgumentError) as raised:
        program(1.0)
    assert str(raised.value).splitlines()[0] == (
        "rose.while_loop takes checkpoint= only with max_steps=, since there is no reverse mode without a bound; given "
        "checkpoint='sqrt'; write while_loop(..., max_steps=n, checkpoint='sqrt')"
    )


# Added up in reverse this is 0.6, and forwards 0.6000000000000001.
PARTS = [0.1, 0.2, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0]


def on_the_edge(parts: Any) -> Any:
    """A sum in reverse that chooses a side, which a sum forwards would not choose."""
    total = rose.loop(8, 0.0, lambda t, so_far: so_far + parts[t], reverse=True)
    return rose.cond(total > 0.6, lambda: 100.0 * total**2, lambda: total**2)


def test_what_is_computed_again_is_what_was_computed_before() -> None:
    """A loop of the user's keeps the order of its additions; only the transposes of loops may choose."""
    plain = fn([Annotated[Vec, 8]], Real)(on_the_edge)
    again = rose.remat(plain)
    outer = fn([Annotated[Vec, 8]], Real)(lambda parts: again(parts) + again(parts))
    expected = rose.grad(plain)(PARTS)
    assert expected == pytest.approx([1.2] * 8)
    assert rose.grad(outer)(PARTS) == [2 * x for x in expected]


@pytest.mark.parametrize("checkpoint", ["all", 1, 3, "sqrt", None])
def test_every_segment_adds_as_the_loop_did(checkpoint: Any) -> None:
    def run(parts: Any) -> Any:
        return rose.loop(12, 1.0, lambda _, y: y * 0.5 + on_the_edge(parts), checkpoint=checkpoint)

    f = fn([Annotated[Vec, 8]], Real)(run)
    assert rose.grad(f)(PARTS) == pytest.approx([1.2 * (2 - 0.5**11)] * 8)


def test_functions_that_keep_nothing_add_as_they_did(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rose.ad.plan.MOST_RESIDUALS", 0)

    @fn
    def inner(parts: Vec[Literal[8]]) -> Real:
        found: Real = on_the_edge(parts) + rose.sum(8, lambda i: rose.exp(parts[i]))
        return found

    outer = fn([Annotated[Vec, 8]], Real)(lambda parts: inner(parts) + inner(parts) * 0.0)
    assert rose.grad(outer)(PARTS) == pytest.approx([1.2 + rose.exp(part) for part in PARTS])
