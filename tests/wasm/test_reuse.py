"""Updates in place: where no array is copied, and where one must be."""

from __future__ import annotations

import time
from typing import Annotated, Any, Literal, TypeAlias

import pytest
from flat import run_interp, run_wasm

import rose
from rose import Fn, Index, Real, Vec, fn

N = 40
Matrix: TypeAlias = Vec[Literal[8], Vec[Literal[5]]]
ROW = [0.3 + 0.01 * k for k in range(N)]


def bulk(f: Fn[..., Any], *, in_loops: bool = True) -> int:
    """How many instructions copy or clear memory, in loops or anywhere."""
    open_blocks: list[str] = []
    found = 0
    for line in rose.compile({"f": f}).wat.splitlines():
        word, *_ = line.replace("(", " ").replace(")", " ").split() or [""]
        if word in ("loop", "block", "if"):
            open_blocks.append(word)
        elif word == "end":
            open_blocks.pop()
        elif word in ("memory.copy", "memory.fill"):
            found += "loop" in open_blocks or not in_loops
    return found


@fn
def filled(x: Real, v: Annotated[Vec, N]) -> Annotated[Vec, N]:
    return rose.loop(N, v, lambda t, w: w.at[t].set(rose.sqrt(1 + x * w[(t + 1) % N])))


@fn
def added(x: Real, v: Annotated[Vec, N]) -> Annotated[Vec, N]:
    """Three updates a step, two of the same element."""

    def step(t: Index, w: Vec) -> Vec:
        return w.at[t].add(x).at[(t + 7) % N].add(w[t] * w[3]).at[t].set(w[t] * w[(t + 2) % N])

    return rose.loop(N, v, step, reverse=True)


@fn
def reversed_by_swaps(x: Real, v: Annotated[Vec, N]) -> Annotated[Vec, N]:
    def swap(t: Index, w: Vec) -> Vec:
        other = (N - 1) - t
        return w.at[t].set(w[other % N] * x).at[other % N].set(w[t])

    return rose.loop(N // 2, v, swap)


@fn
def sieved(x: Real, v: Annotated[Vec, N]) -> Annotated[Vec, N]:
    """Loops in loops, and one side of a cond."""

    def inner(i: Index, t: Index, w: Vec) -> Vec:
        return rose.cond(w[t] > 0.555, lambda: w.at[i].add(0.1 * x * w[t] * w[i]), lambda: w)

    return rose.loop(5, v, lambda t, w: rose.loop(N, w.at[t].add(x), lambda i, u: inner(i, t, u)))


@fn
def counted(x: Real, v: Annotated[Vec, N]) -> Annotated[Vec, N]:
    """A while loop that ends long before its bound."""

    def step(state: Any) -> Any:
        w, k = state
        return w.at[rose.to_index(k, N)].set(rose.sqrt(w[0] * k + x)), k + 2

    return rose.while_loop(lambda state: state[1] < 20, step, (v, x), max_steps=N)[0]


@fn
def unbounded(x: Real, v: Annotated[Vec, N]) -> Annotated[Vec, N]:
    def step(state: Any) -> Any:
        w, k = state
        return w.at[rose.to_index(k, N)].set(rose.sqrt(w[0] * k + x)), k + 2

    return rose.while_loop(lambda state: state[0][0] + state[1] < 20, step, (v, x))[0]


@fn
def eliminated(x: Real, v: Annotated[Vec, N]) -> Annotated[Vec, N]:
    """Elements of a matrix, in three loops, and a row of it replaced by numbers computed from it."""
    start = rose.vec(8, lambda i: rose.vec(5, lambda j: v[5 * i + j] + x))

    def column(k: Index, m: Matrix) -> Matrix:
        def row(i: Index, m: Matrix) -> Matrix:
            factor: Real = m[i, k] / (m[k, k] + 2)
            return rose.loop(5, m, lambda j, m: m.at[i, j].add(-factor * m[k, j] * 0.1))

        return rose.loop(8, m, row)

    m = rose.loop(5, start, column)
    return rose.vec(N, lambda i: m[i // 5][i % 5])


@fn
def two(x: Real, v: Annotated[Vec, N]) -> Annotated[Vec, N]:
    """Two arrays, each updated from the other."""

    def step(t: Index, pair: Any) -> Any:
        a, b = pair
        return a.at[t].add(x * b[(t + 1) % N]), b.at[(t + 3) % N].set(a[t] * a[0])

    a, b = rose.loop(N, (v, rose.vec(N, lambda i: v[i] * x)), step)
    return a + b


UPDATES = {
    f.__name__: f
    for f in (filled, added, reversed_by_swaps, sieved, counted, unbounded, eliminated, two)
}


def total(f: Fn[..., Any]) -> Fn[..., Any]:
    @fn
    def weighted(x: Real, v: Annotated[Vec, N]) -> Real:
        w = f(x, v)
        found: Real = rose.sum(N, lambda i: w[i] * (1.0 * i + 1))
        return found

    return weighted


@pytest.mark.parametrize("name", UPDATES)
def test_no_array_is_copied_in_a_loop(name: str) -> None:
    f = UPDATES[name]
    assert bulk(f) == 0
    assert run_wasm(f, (0.2, ROW)) == run_interp(f, (0.2, ROW))


@pytest.mark.parametrize("name", UPDATES)
def test_nor_in_its_tangent(name: str) -> None:
    f = rose.jvp(UPDATES[name])
    args = ((0.2, ROW), (0.7, ROW[::-1]))
    assert bulk(f) == 0
    assert run_wasm(f, args) == run_interp(f, args)


@pytest.mark.parametrize("name", [name for name in UPDATES if name != "unbounded"])
def test_nor_in_its_gradient(name: str) -> None:
    f = rose.value_and_grad(total(UPDATES[name]), argnums=(0, 1))
    assert run_wasm(f, (0.2, ROW)) == run_interp(f, (0.2, ROW))
    rose.check_grads(total(UPDATES[name]), (0.2, ROW), order=2)
    assert bulk(f) == 0


# --- arrays that are still read ---------------------------------------------------------------------------


@fn
def turned_or_set(x: Real, v: Annotated[Vec, N]) -> Annotated[Vec, N]:
    """A side that makes the array anew, out of order, and one that updates it."""

    def step(t: Index, w: Vec) -> Vec:
        return rose.cond(
            t % 5 == 3,
            lambda: rose.vec(N, lambda i: w[(N - 1) - i] * 0.9),
            lambda: w.at[t].add(x + w[(t + 1) % N]),
        )

    return rose.loop(N, v, step)


@fn
def exchanged(x: Real, v: Annotated[Vec, N]) -> Annotated[Vec, N]:
    """A side that exchanges two arrays, and one that updates one of them."""

    def step(t: Index, pair: Any) -> Any:
        a, b = pair
        return rose.cond(a[t] > b[t], lambda: (b, a), lambda: (a.at[t].add(b[0] + x), b))

    a, b = rose.loop(N, (v, rose.vec(N, lambda i: v[(N - 1) - i])), step)
    return a - 2 * b


@fn
def rewritten(x: Real, v: Annotated[Vec, N]) -> Annotated[Vec, N]:
    """A loop that reads the array which it started from."""

    def step(t: Index, w: Vec) -> Vec:
        return rose.loop(N, w, lambda i, u: u.at[i].set(0.5 * w[(N - 1) - i] + x * u[t]))

    return rose.loop(5, v, step)


@fn
def forked(x: Real, v: Annotated[Vec, N]) -> Annotated[Vec, N]:
    """Two carried arrays that start as one."""

    def step(t: Index, pair: Any) -> Any:
        a, b = pair
        return a.at[t].set(b[(t + 1) % N] * x), b.at[t].set(a[(t + 2) % N] + x)

    def both(_: Index, w: Vec) -> Vec:
        a, b = rose.loop(N, (w, w), step)
        return a + 0.5 * b

    return rose.loop(3, v, both)


@fn
def remembered(x: Real, v: Annotated[Vec, N]) -> Annotated[Vec, N]:
    """The arrays before and after are kept, and read behind the update."""

    def step(t: Index, w: Vec) -> Any:
        new = w.at[t].set(w[(t + 1) % N] * x)
        total = rose.sum(N, lambda i: w[i] * new[(N - 1) - i])
        return new.at[0].set(0.01 * total), (w, new)

    last, rows = rose.scan(N, v, step)
    return rose.vec(N, lambda i: last[i] + rows[i][0][i] - rows[(N - 1) - i][1][0])


@fn
def rows_moved(x: Real, v: Annotated[Vec, N]) -> Annotated[Vec, N]:
    """Rows of a matrix set to other rows of it, and to themselves changed."""
    m = rose.vec(8, lambda i: rose.vec(5, lambda j: v[5 * i + j] + x))

    def step(t: Index, m: Vec[Any, Vec]) -> Vec[Any, Vec]:
        row = m[t]
        m = m.at[t].set(m[(t + 1) % 8]).at[(t + 3) % 8].set(row)
        return m.at[0].set(m[(t + 5) % 8].at[2].add(row[1]))

    m = rose.loop(8, m, step)
    return rose.vec(N, lambda i: m[i // 5][i % 5])


READ = {
    f.__name__: f for f in (turned_or_set, exchanged, rewritten, forked, remembered, rows_moved)
}


@pytest.mark.parametrize("name", READ)
def test_what_is_still_read_is_kept(name: str) -> None:
    f = READ[name]
    assert run_wasm(f, (0.2, ROW)) == run_interp(f, (0.2, ROW))
    tangent, args = rose.jvp(f), ((0.2, ROW), (0.7, ROW[::-1]))
    assert run_wasm(tangent, args) == run_interp(tangent, args)
    gradient = rose.value_and_grad(total(f), argnums=(0, 1))
    assert run_wasm(gradient, (0.2, ROW)) == run_interp(gradient, (0.2, ROW))
    rose.check_grads(total(f), (0.2, ROW))


def test_arguments_and_what_the_caller_still_needs_stay() -> None:
    @fn
    def changed(v: Annotated[Vec, N]) -> Annotated[Vec, N]:
        return rose.loop(N, v.at[0].set(2.0), lambda t, w: w.at[t].add(w[0]))

    @fn
    def twice(v: Annotated[Vec, N]) -> Annotated[Vec, N]:
        w = rose.vec(N, lambda i: 2 * v[i])
        return changed(w) + changed(w) + w + v

    assert run_wasm(twice, (ROW,)) == run_interp(twice, (ROW,))
    assert run_wasm(twice, (ROW,)) == run_wasm(twice, (ROW,))


def test_a_carried_array_takes_the_memory_of_one() -> None:
    @fn
    def updated(x: Real, v: Vec[Literal[1000]]) -> Real:
        w = rose.loop(1000, v, lambda t, w: w.at[t].add(x))
        return w[3] + w[500]

    row = 1000 * 8
    for f in (updated, rose.grad(updated, argnums=(0, 1))):  # that of the gradient is its result
        report = rose.compile({"f": f}).memory_report()
        assert report.endswith(f"\n{2 * (8 + row)} bytes in all\n"), report


def seconds(n: int) -> float:
    """Of a gradient through n updates of a Vec of n, the least of several calls."""

    @fn
    def updated(x: Real) -> Real:
        v = rose.vec(n, lambda i: x + 1.0 * i)
        w = rose.loop(n - 1, v, lambda t, w: w.at[t + 1].set(w[t] * 0.5 + w[t + 1]))
        return w[n - 1]

    gradient = rose.grad(updated)
    assert gradient(1.0) == pytest.approx(2.0)
    times: list[float] = []
    for _ in range(5):
        start = time.perf_counter()
        gradient(1.0)
        times.append(time.perf_counter() - start)
    return min(times)


def test_time_grows_linearly_with_the_length() -> None:
    """32 times the length; copies would take 1000 times as long."""
    assert seconds(64_000) < 200 * seconds(2_000)


# --- across calls -----------------------------------------------------------------------------------------


@fn
def put(
    v: Vec[Literal[9]], w: Vec[Literal[9]], i: Index[Literal[9]]
) -> tuple[Vec[Literal[9]], Real, Vec[Literal[9]]]:
    """Two results take the places of the params, for callers and hosts that may still need those."""
    return v.at[i].set(w[0]), v[i], w.at[0].add(v[0])


@fn
def swapped(v: Vec[Literal[9]], w: Vec[Literal[9]]) -> tuple[Vec[Literal[9]], Vec[Literal[9]]]:
    return w.at[0].set(1.0), v.at[1].set(2.0)


@fn
def both(v: Vec[Literal[9]]) -> Real:
    a, x, b = put(v, v, 2)
    c, d = swapped(a, b)
    return a[0] + b[1] + c[0] + d[1] + x + v[2]


def test_arguments_stay_as_they_are() -> None:
    module = rose.compile({"put": put, "swapped": swapped, "both": both})
    v, w = [float(k) for k in range(9)], [10.0 + k for k in range(9)]
    prepared = module.prepared("put")
    prepared.args.v[:], prepared.args.w[:], prepared.args.i[0] = v, w, 3
    for _ in range(2):
        prepared.run()
        a, x, b = prepared.result
        assert (list(a), x[0], list(b)) == ([0, 1, 2, 10, *v[4:]], 3, w)
        assert (list(prepared.args.v), list(prepared.args.w)) == (v, w)
    assert module.call("swapped", [v, w]) == ([1.0, *w[1:]], [0.0, 2.0, *v[2:]])
    assert module.call("both", [v]) == 0 + 1 + 1 + 2 + 2 + 2
    assert run_interp(both, (v,)) == [8.0]


def test_loops_over_functions_that_update_copy_nothing() -> None:
    @fn
    def step(v: Annotated[Vec, N], i: Annotated[Index, N]) -> Annotated[Vec, N]:
        y = v[i]
        for _ in range(30):  # too large to be inlined
            y = rose.sqrt(y * y + v[0])
        return v.at[i].set(y)

    @fn
    def twice(v: Annotated[Vec, N]) -> Annotated[Vec, N]:
        w = rose.loop(N, v, lambda t, c: step(c, t))
        return rose.loop(N, w, lambda t, c: step(c, (t * 2) % N))

    assert "call" in rose.compile({"twice": twice}).wat.split("loop")[1]
    assert bulk(twice) == 0
    assert run_wasm(twice, (ROW,)) == run_interp(twice, (ROW,))


def test_a_row_read_after_an_update_is_copied_and_not_its_array() -> None:
    @fn
    def rotated(m: Vec[Literal[20], Vec[Literal[12]]]) -> Vec[Literal[20], Vec[Literal[12]]]:
        return rose.loop(19, m, lambda t, a: a.at[t].set(a[t + 1]).at[t + 1].set(a[t]))

    m = [[10.0 * i + j for j in range(12)] for i in range(20)]
    assert rotated(m) == [*m[1:], m[0]]
    assert rose.compile({"rotated": rotated}).memory_bytes <= (2 * 20 + 1) * 12 * 8
