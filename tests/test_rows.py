"""Arrays that loops read by row: their cotangents are rows, and accumulators where they are read in other ways, too."""

from typing import Any, Literal

import pytest
from flat import gradient, run_interp, run_wasm

import rose
from rose import Fn, Index, Real, Vec, fn
from rose.ir.check import check
from rose.ir.func import Accum, Func, Loop, callees_first, instrs_of
from rose.ir.types import REAL, Array, Ref
from rose.opt import finish, optimize

Many = Vec[Literal[5]]
Matrix = Vec[Literal[5], Many]
XS = [0.3 + 0.1 * k for k in range(5)]
ROWS = [[x * (1 + 0.2 * k) for x in XS] for k in range(5)]


@fn
def chain(v: Many, x: Real) -> Real:
    w = rose.vec(5, lambda i: v[i] * v[i] * x)
    return rose.sum(5, lambda i: w[i] / (1 + v[i]))


@fn
def carried(v: Many, x: Real) -> Real:
    w = rose.vec(5, lambda i: v[i] * x)
    return rose.loop(5, x, lambda t, c: c * w[t] - w[t])


@fn
def in_reverse(v: Many, x: Real) -> Real:
    def step(t: Index, c: Real) -> tuple[Real, Real]:
        return c * v[t], c - v[t]

    end, rows = rose.scan(5, x, step, reverse=True)
    found: Real = end * rose.sum(rows)
    return found


@fn
def nested(v: Many, x: Real) -> Real:
    def row(i: Index) -> Real:
        w = rose.vec(5, lambda j: v[j] * v[i])
        found: Real = rose.sum(5, lambda j: w[j] * w[j] * x)
        return found

    return rose.sum(5, row)


@fn
def product(m: Matrix, v: Many) -> Real:
    """A row of a matrix is read by row, too."""
    w = rose.vec(5, lambda i: rose.sum(5, lambda j: m[i][j] * v[j]))
    n = rose.vec(5, lambda i: rose.vec(5, lambda j: m[i][j] * w[i]))
    return rose.sum(5, lambda i: rose.sum(5, lambda j: n[i][j] * m[i][j]))


@fn
def rows_in_conds(m: Matrix, v: Many) -> Real:
    """Rows as wholes, some of their elements, and elements in one side of a cond."""

    def step(t: Index, c: Real) -> Real:
        first = rose.cond(v[t] > 0.45, lambda: m[t][0] * v[t] * c, lambda: m[t][1] * c)
        return first + rose.dot(m[t], v) * c

    return rose.loop(5, 0.5, step)


@fn
def also_elsewhere(v: Many, x: Real) -> Real:
    w = rose.vec(5, lambda i: v[i] * x)
    return rose.sum(5, lambda i: w[i] * w[(i + 1) % 5]) + w[2] * rose.sum(5, lambda i: w[i])


@fn
def also_given(v: Many, x: Real) -> Real:
    """The array is the start of what a loop updates as well."""
    u = rose.loop(5, v, lambda t, c: c.at[t].add(c[(t + 1) % 5] * x))
    return rose.sum(5, lambda i: u[i] * v[i])


@fn
def behind_a_cond(v: Many, x: Real) -> Real:
    w = rose.cond(x > 0, lambda: rose.vec(5, lambda i: v[i] * x), lambda: v)
    return rose.cond(x > 1, lambda: w[0], lambda: rose.sum(5, lambda i: w[i] * v[i]))


@fn
def total(v: Many, x: Real) -> Real:
    """Too large to be inlined."""
    for _ in range(12):
        x = rose.sqrt(x * x * 0.5 + v[0])
    return rose.sum(5, lambda i: v[i] * x)


@fn
def called(v: Many, x: Real) -> Real:
    w = rose.vec(5, lambda i: v[i] * total(v, x))
    return total(w, x) + total(v, w[0])


# Of a Vec and a Real, or of a matrix and a Vec.
CASES: dict[str, Fn[..., Any]] = {
    f.__name__: f
    for f in (
        chain,
        carried,
        in_reverse,
        nested,
        product,
        rows_in_conds,
        also_elsewhere,
        also_given,
        behind_a_cond,
        called,
    )
}


@pytest.mark.parametrize("name", CASES)
def test_derivatives(name: str) -> None:
    f = CASES[name]
    args = (ROWS, XS) if f in (product, rows_in_conds) else (XS, 0.4)
    rose.check_grads(f, args, order=2)
    slopes = gradient(f)
    check(optimize(slopes.func))
    assert run_wasm(slopes, args) == run_interp(slopes, args)


def kinds(func: Func, kind: type) -> int:
    """How many instructions of a kind a program has."""
    return sum(isinstance(i, kind) for f in callees_first([func]) for i in instrs_of(f.body))


@pytest.mark.parametrize("name", ["chain", "carried", "in_reverse"])
def test_loops_that_read_by_row_need_no_accumulator(name: str) -> None:
    assert not kinds(optimize(gradient(CASES[name]).func), Accum)


def test_nor_does_a_matrix_that_loops_in_loops_read() -> None:
    """The Vec that each of the rows is multiplied with does."""
    slopes = optimize(gradient(product).func)
    (vec,) = [i for i in instrs_of(slopes.body) if isinstance(i, Accum)]
    assert slopes.types[vec.results[0]] == Ref(Array(REAL, (5,)))


def test_a_chain_of_maps_and_its_gradient_are_one_loop() -> None:
    assert kinds(finish(gradient(chain).func), Loop) == 1


def test_a_function_that_is_called_adds_to_its_callers_accumulator() -> None:
    """An array that it gave would have to be added, each time."""
    slopes = optimize(gradient(called).func)
    (callee,) = [f for f in callees_first([slopes]) if f.name == "total.transpose"]
    assert not any(isinstance(t, Array) for t in callee.result_types)
