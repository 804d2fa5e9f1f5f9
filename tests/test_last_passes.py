"""What is done to a program before it is lowered: equal bits, and what holds afterwards."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple

import pytest
from flat import flat_args, flatten, gradient, run_interp, run_wasm, work
from programs import PROGRAMS
from random_programs import arguments, program

import rose
from rose import Fn, Index, Real, Vec, fn
from rose.ad.reverse import vjp
from rose.ir.check import check
from rose.ir.func import Apply, Func, Instr, Loop, instrs_of
from rose.ir.parser import parse
from rose.ir.printer import print_program
from rose.opt import LAST_PASSES, finish, optimize
from rose.opt.rows import rows
from rose.run.interp import interpret


class Ratio(NamedTuple):
    top: Real
    bottom: Real


SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.25, 0.3, -5e-324, 5e-324, math.inf, -math.inf, math.nan]


def bits(func: Func, values: list[Any]) -> list[str]:
    return [*map(repr, flatten(interpret(func, values)))]


def names(func: Func) -> list[str]:
    """The primitives of a Func, in order."""
    return [i.prim.name for i in instrs_of(func.body) if isinstance(i, Apply)]


def each_keeps_the_bits(f: Fn[..., Any], args: tuple[Any, ...]) -> None:
    func, values = optimize(f.func), flat_args(f, args)
    expected = bits(func, values)
    for single in LAST_PASSES:
        before, func = func, check(single(func))
        if func is not before:
            assert bits(func, values) == expected, single.__name__


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_keep_their_bits(name: str) -> None:
    f, args = PROGRAMS[name]
    each_keeps_the_bits(gradient(f), args)


@pytest.mark.parametrize("seed", range(24))
def test_programs_nobody_wrote_keep_their_bits(seed: int) -> None:
    each_keeps_the_bits(gradient(program(seed)), arguments(seed))


# --- tabulate ---------------------------------------------------------------------------------------------


def test_what_depends_on_the_inner_loop_alone_is_computed_once() -> None:
    @fn
    def energy(v: Vec[Literal[30]], k: Real) -> Real:
        return rose.sum(30, lambda i: rose.sum(30, lambda j: v[i] * rose.exp(k * v[j])))

    args = ([0.1 * i for i in range(30)], 0.3)
    table, *others = top_loops(finish(energy.func))
    assert names_directly(table) == ["index", "mul", "exp"]
    assert not any("exp" in names_of(loop) for loop in others)
    assert run_wasm(energy, args) == run_wasm(fn([Vec[Literal[30]], Real], Real)(in_python), args)  # type: ignore[misc]


def in_python(v: Any, k: Any) -> Any:
    return rose.sum([rose.sum([v[i] * rose.exp(k * v[j]) for j in range(30)]) for i in range(30)])


def top_loops(func: Func) -> list[Loop]:
    return [i for i in func.body.instrs if isinstance(i, Loop)]


def names_of(instr: Instr) -> list[str]:
    return [i.prim.name for b in instr.blocks for i in instrs_of(b) if isinstance(i, Apply)]


def names_directly(loop: Loop) -> list[str]:
    return [i.prim.name for i in loop.body.instrs if isinstance(i, Apply)]


# --- quiet ------------------------------------------------------------------------------------------------


def pairs(n: int) -> Fn[..., Any]:
    @fn
    def contacts(x: Annotated[Vec, n], v: Annotated[Vec, n]) -> Real:
        def push(i: Index, j: Index) -> Real:
            d = x[i] - x[j]
            return rose.cond((d < 0.1) & (d > 0), lambda: v[i] * rose.exp(d) * v[j], lambda: 0.0)

        return rose.loop(
            3, 0.0, lambda _, s: s + rose.sum(n, lambda i: rose.sum(n, lambda j: push(i, j)))
        )

    return contacts


@pytest.mark.parametrize("near", [0.07, 1.0])
@pytest.mark.parametrize("n", [3, 5, 9, 16, 40])
def test_pairs_that_did_not_meet_are_skipped_in_reverse(n: int, near: float) -> None:
    f = gradient(pairs(n))
    args = ([near * i for i in range(n)], [1.0 + i % 3 for i in range(n)])
    assert run_wasm(f, args) == pytest.approx(run_interp(f, args), rel=1e-13)
    if near == 1.0 and n > 3:
        # In reverse a test for each i, and nothing for each pair.
        assert work(f, *args) < work(pairs(n), *args) + 3 * 25 * n


# --- jam --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [8, 9, 11, 32])
def test_a_product_with_a_matrix_takes_four_rows_at_a_time(rows: int) -> None:
    """Each sum in its own order, and the vector read once for four of them."""
    columns = 13

    @fn
    def product(
        m: Annotated[Vec[Any, Annotated[Vec, columns]], rows],
        v: Annotated[Vec, columns],
    ) -> Annotated[Vec, rows]:
        return m @ v

    args = (
        [[math.sin(i + 3 * j) * 10.0 ** (j % 5) for j in range(columns)] for i in range(rows)],
        [math.cos(2 + j) for j in range(columns)],
    )
    assert run_wasm(product, args) == run_interp(product, args)
    first, second = top_loops(finish(product.func))
    assert (first.size, second.size) == (-(-rows // 4), rows)
    (inner,) = [i for i in first.body.instrs if isinstance(i, Loop)]
    assert (inner.carries, len(names_directly(inner))) == (4, 4 + 1 + 4 + 4)


def test_what_a_row_needs_is_computed_for_each_of_four() -> None:
    @fn
    def moments(v: Vec[Literal[20]], k: Real) -> Vec[Literal[10]]:
        """Of what starts further and further on; sums that begin with something, in reverse."""

        def moment(i: Index) -> Real:
            start = v[i * 2]
            return rose.loop(10, k * start, lambda t, s: s * k + v[i + t], reverse=True) + start

        return rose.vec(10, moment)

    args = ([0.9**k for k in range(20)], 0.7)
    assert run_wasm(moments, args) == run_interp(moments, args)
    assert len(top_loops(finish(moments.func))) == 2


def test_a_sum_that_waits_for_the_outer_loop_is_left_where_it_is() -> None:
    @fn
    def powers(m: Vec[Literal[9], Vec[Literal[9]]], v: Vec[Literal[9]]) -> Vec[Literal[9]]:
        return rose.loop(9, v, lambda i, w: w.at[i].set(m[i] @ w))

    args = ([[0.1 * i - 0.2 * j for j in range(9)] for i in range(9)], [1.0 + i for i in range(9)])
    assert run_wasm(powers, args) == run_interp(powers, args)
    assert len(top_loops(finish(powers.func))) == 1


def test_an_array_of_constants_is_data() -> None:
    @fn
    def weighted(v: Vec[Literal[6]]) -> Real:
        return rose.sum(6, lambda i: v[i] * rose.vec([Ratio(1.5 * k, k) for k in range(6)])[i].top)

    assert "pack" not in names(optimize(weighted.func))
    assert run_wasm(weighted, ([1.0] * 6,)) == [22.5]


def test_residuals_of_many_loops_are_read_where_they_are() -> None:
    """What is handed out as one array, in `value_and_grad` too, where nothing has to be handed out."""

    @fn
    def kept(v: Vec[Literal[9]]) -> Real:
        waves = [rose.vec(9, lambda i: rose.sin(v[i])) for _ in range(6)]
        return rose.sum(9, lambda i: rose.prod([wave[i] for wave in waves]))

    assert "pack" in names(optimize(vjp(kept.func, (True,), optimize).forward))
    assert "pack" not in names(optimize(gradient(kept).func))


# --- choose -----------------------------------------------------------------------------------------------


def test_a_dear_side_of_where_is_computed_only_where_it_is_chosen() -> None:
    @fn
    def tail(x: Real) -> tuple[Real, Real]:
        far = rose.exp(-x) / (1 + rose.log(x))
        return rose.where(x > 1, far, 0.0), rose.where(x > 1, far * far, x)

    assert "select" not in names(finish(tail.func))
    assert work(tail, 0.5) + 5 <= work(tail, 2.0)
    for x in SPECIAL:
        assert repr(run_wasm(tail, (x,))) == repr(
            run_wasm(fn([Real], tuple[Real, Real])(both), (x,))
        )


def both(x: Any) -> Any:
    """`tail`, with a side that is used elsewhere, too."""
    far = rose.exp(-x) / (1 + rose.log(x))
    kept = rose.vec(9, lambda _: far)
    return rose.where(x > 1, kept[0], 0.0), rose.where(x > 1, kept[0] * kept[8], x)


def test_a_side_that_is_used_elsewhere_too_is_computed_as_before() -> None:
    @fn
    def shared(x: Real) -> tuple[Real, Real]:
        y = rose.exp(x)
        return rose.where(x > 1, y, 0.0), y

    assert "select" in names(finish(shared.func))


def test_derivatives_do_not_know_of_it() -> None:
    """The side that is not chosen has its part in them, as it is documented."""

    @fn
    def guarded(x: Real) -> Real:
        return rose.where(x > 0, rose.log(x), 0.0)

    assert "select" not in names(finish(guarded.func))
    assert math.isnan(rose.grad(guarded)(0.0))


def test_a_row_is_stacked_once() -> None:
    @fn
    def twice(v: Vec[Literal[9]]) -> Any:
        def row(i: Index) -> tuple[Real, Real, Real]:
            x = rose.exp(v[i])
            return x, x + v[i], x

        return rose.scan(9, 0.0, lambda i, s: (s, row(i)))[1]

    (loop,) = top_loops(optimize(twice.func))
    assert len(loop.results) == 2
    args = ([0.1 * i for i in range(9)],)
    assert run_wasm(twice, args) == pytest.approx(run_interp(twice, args), rel=1e-14)


def test_what_is_subtracted_from_an_element_is_not_negated() -> None:
    @fn
    def gaps(v: Vec[Literal[20]]) -> Real:
        return rose.sum(19, lambda i: rose.sqrt((v[i + 1] - v[i]) ** 2 + 1))

    f = rose.grad(gaps)
    args = ([0.3 * k * k for k in range(20)],)
    assert "f64.neg" not in rose.compile({"f": f}).wat
    assert run_wasm(f, args) == run_interp(f, args)


def test_a_sum_over_conds_and_its_gradient_are_one_loop() -> None:
    """In reverse, a sum goes on through both sides of a cond."""

    @fn
    def energy(v: Vec[Literal[50]], k: Real) -> Real:
        return rose.sum(
            50, lambda i: rose.cond(v[i] > 1, lambda: k * v[i] * v[i], lambda: k + v[i])
        )

    f = rose.value_and_grad(energy, argnums=(0, 1))
    assert len(top_loops(finish(f.func))) == 1
    args = ([0.1 * i for i in range(50)], 0.7)
    assert run_wasm(f, args) == run_interp(f, args)


def test_a_switch_by_stored_indices_is_asked_in_all_iterations() -> None:
    """`quiet` looks at Bools eight at a time; indices are no Bools."""

    @fn
    def chosen(kinds: Vec[Literal[4], Vec[Literal[16], Index[Literal[3]]]], x: Real) -> Real:
        def row(i: Index, total: Real) -> Real:
            sides: list[Callable[[Real], Real]] = [
                lambda a: a,
                lambda a: a + x,
                lambda a: a + x * x,
            ]
            return rose.loop(16, total, lambda j, a: rose.switch(kinds[i][j], sides, a))

        return rose.loop(4, 0.0, row)

    kinds = [[0] * 16, [0] * 15 + [1], [0] * 8 + [2] * 8, [0] * 16]
    f = rose.value_and_grad(chosen, argnums=1)
    check(finish(f.func))
    assert f(kinds, 3.0) == (3.0 + 8 * 9.0, 1.0 + 8 * 6.0)
    assert run_wasm(f, (kinds, 3.0)) == run_interp(f, (kinds, 3.0))


# --- rows -------------------------------------------------------------------------------------------------

BLOCKS = """func f(%0: real[2, 3, 4], %1: index[2]) -> (real[4], real) {
  %2: real = const value=1.0 type=real
  %3: real[4] = loop 4 () (%4: index[4]) {
    %5: real = loop 3 (%2) (%6: index[3], %7: real) {
      %8: real = index %0, %1, %6, %4
      %9: real = mul %7, %8
      yield %9
    }
    yield %5
  }
  %10: real = loop 3 (%2) (%11: index[3], %12: real) {
    %13: real = loop 4 (%12) (%14: index[4], %15: real) {
      %16: real = index %0, %1, %11, %14
      %17: real = mul %15, %16
      yield %17
    }
    yield %13
  }
  return %3, %10
}
"""

WITH_ROWS = """func f(%0: real[2, 3, 4], %1: index[2]) -> (real[4], real) {
  %2: real = const value=1.0 type=real
  %3: real[3, 4] = index %0, %1
  %4: real[4] = loop 4 () (%5: index[4]) {
    %6: real = loop 3 (%2) (%7: index[3], %8: real) {
      %9: real = index %3, %7, %5
      %10: real = mul %8, %9
      yield %10
    }
    yield %6
  }
  %11: real = loop 3 (%2) (%12: index[3], %13: real) {
    %14: real[4] = index %3, %12
    %15: real = loop 4 (%13) (%16: index[4], %17: real) {
      %18: real = index %14, %16
      %19: real = mul %17, %18
      yield %19
    }
    yield %15
  }
  return %4, %11
}
"""


def test_a_row_that_stays_the_same_is_taken_in_front_of_the_loop() -> None:
    func = parse(BLOCKS)
    assert print_program(check(rows(func))) == WITH_ROWS
    args = [
        [[[float(12 * i + 4 * j + k) for k in range(4)] for j in range(3)] for i in range(2)],
        1,
    ]
    assert interpret(rows(func), args) == interpret(func, args)


CHANGED = """func f(%0: real[3, 3], %1: index[3]) -> (real[3, 3]) {
  %2: real[3, 3] = loop 3 (%0) (%3: index[3], %4: real[3, 3]) {
    %5: real = index %0, %1, %3
    %6: real[3, 3] = update %4, %3, %1, %5
    yield %6
  }
  return %2
}
"""


def test_a_row_of_what_the_loop_changes_is_not() -> None:
    """It would have to be copied, as the array may be changed where it is."""
    func = parse(CHANGED)
    assert rows(func) is func
