"""Sums, elements at computed places, calls, maps and matrices."""

from __future__ import annotations

from typing import Any

import rose
from models.table import model
from rose import Real, fn

# --- sums, and elements at computed places --------------------------------------------------------


@model("n", "n", "at")
def gathered(v: Any, w: Any, at: Any) -> Any:
    return rose.sum(len(v), lambda i: v[at[i]] * w[(3 * i + 1) % len(w)])


@model("n", "at")
def histogram(v: Any, at: Any) -> Any:
    bins = rose.loop(len(v), rose.vec([0.0] * 5), lambda t, c: c.at[at[t] % 5].add(v[t] * v[t]))
    return rose.dot(bins, bins)


@model("n", "at")
def replaced(v: Any, at: Any) -> Any:
    return rose.loop(len(v), v, lambda t, c: c.at[at[t]].set(v[t] * c[at[t]])).sum()


@model("n", "n", "at")
def sparse_product(v: Any, x: Any, at: Any) -> Any:
    y = rose.loop(len(v), v * 0.0, lambda t, y: y.at[t // 2].add(v[t] * x[at[t]]))
    return rose.dot(y, y)


@model("n", "at", "at")
def graph_energy(x: Any, a: Any, b: Any) -> Any:
    return rose.sum(len(a), lambda e: (x[a[e]] - x[b[e]]) ** 2)


@model("n*2")
def polygon_area(p: Any) -> Any:
    n = len(p)
    return rose.sum(n, lambda i: p[i][0] * p[(i + 1) % n][1] - p[(i + 1) % n][0] * p[i][1]) / 2


@model("n*2")
def all_pairs(p: Any) -> Any:
    n = len(p)
    return rose.sum(n, lambda i: rose.sum(n, lambda j: 1 / (0.1 + rose.norm(p[i] - p[j]))))


@model("n", "5")
def fir_filter(v: Any, h: Any) -> Any:
    y = rose.vec(len(v) - 4, lambda i: rose.sum(5, lambda j: v[i + j] * h[j]))
    return rose.dot(y, y)


@model("n", "n")
def ring_convolution(v: Any, w: Any) -> Any:
    n = len(v)
    return rose.sum(n, lambda i: rose.sum(n, lambda j: v[j] * w[(i - j) % n]) ** 2)


@model("n", "")
def spline(c: Any, x: Any) -> Any:
    def at(k: Any) -> Any:
        i = rose.to_index(x * k, len(c) - 3)
        u, a, b, d, e = x * k - i, c[i], c[i + 1], c[i + 2], c[i + 3]
        return b + u / 2 * (d - a + u * (2 * a - 5 * b + 4 * d - e + u * (3 * (b - d) + e - a)))

    return rose.sum(len(c), lambda k: at(k) ** 2)


@model("n*n")
def blurred_image(m: Any) -> Any:
    def blurred(i: Any, j: Any) -> Any:
        return (m[i, j] + 2 * m[i + 1, j] + m[i + 2, j] + m[i + 1, j + 1]) / 5

    size = len(m) - 2
    b = rose.vec(size, lambda i: rose.vec(size, lambda j: blurred(i, j)))
    return rose.sum(size, lambda i: rose.dot(b[i], b[i]))


# --- calls ----------------------------------------------------------------------------------------


@fn
def inner(x: Real, y: Real) -> Real:
    a, b = x * y + 1, x - y
    for _ in range(6):
        a, b = a * b - y, b * x + a
    return a * b / (1 + a * a)


@fn
def middle(x: Real, y: Real) -> Real:
    return inner(x, y) * inner(y, x) + inner(x * y, 0.5)


@fn
def outer(x: Real, y: Real) -> Real:
    return middle(x, y) - middle(y, x) / 10 + inner(x, x)


@model("n", "n")
def nested_calls(v: Any, w: Any) -> Any:
    return rose.sum(len(v), lambda i: outer(v[i], w[i]) + middle(w[i], v[i]))


@model("n")
def calls_in_a_recurrence(v: Any) -> Any:
    return rose.loop(len(v), 0.3, lambda t, c: inner(c, v[t]) / 10 + middle(v[t], c) / 100)


@fn
def stirred(v: Any, i: Any, x: Real) -> Any:
    for _ in range(6):
        x = x / 2 - v[i] * x
    return v.at[i].set(x)


@model("8", "n")
def calls_that_update(v: Any, w: Any) -> Any:
    def step(t: Any, v: Any) -> Any:
        return stirred(stirred(v, t % 8, w[t]), (3 * t) % 8, w[t])

    return rose.loop(len(w), v, step).sum()


@model("n", "n")
def runs_again(v: Any, w: Any) -> Any:
    marked = rose.remat(inner)
    return rose.loop(len(v), 0.3, lambda t, c: marked(marked(c, w[t]), v[t]))


# --- maps and matrices ----------------------------------------------------------------------------


@model("n", "n")
def maps_of_maps(v: Any, w: Any) -> Any:
    m = rose.map(lambda x: rose.map(lambda y: x * y + rose.sin(y), w), v)
    squares = rose.map(lambda row: rose.map(lambda x: x * x, row), m)
    return rose.sum(len(v), lambda i: rose.dot(squares[i], m[i]))


@model("n*n", "n")
def power_iteration(a: Any, v: Any) -> Any:
    def step(_: Any, v: Any) -> Any:
        w = a @ v
        return w / rose.norm(w)

    return rose.loop(4, v, step)[0]


@model("n*n")
def trace_of_a_cube(a: Any) -> Any:
    b = a @ a @ a
    return rose.sum(len(a), lambda i: b[i][i])


@model("4*4", "n")
def products_in_a_loop(a: Any, s: Any) -> Any:
    m = rose.loop(len(s), a, lambda t, m: (m @ a) * s[t])
    return m[0][0] + m[1][2]


@model("n*3*3", "3")
def moved_frames(m: Any, v: Any) -> Any:
    return rose.loop(len(m), v, lambda t, x: m[t] @ x)[0]


@model("n*n", "n")
def jacobi_iterations(a: Any, b: Any) -> Any:
    n = len(b)

    def row(x: Any, i: Any) -> Any:
        return (b[i] - rose.dot(a[i], x) + a[i][i] * x[i]) / (a[i][i] + n)

    return rose.loop(4, b, lambda _, x: rose.vec(n, lambda i: row(x, i))).sum()


@model("n*n", "n")
def gauss_seidel(a: Any, b: Any) -> Any:
    n = len(b)

    def row(i: Any, x: Any) -> Any:
        return x.at[i].set((b[i] - rose.dot(a[i], x) + a[i][i] * x[i]) / (a[i][i] + n))

    return rose.loop(3, b, lambda _, x: rose.loop(n, x, row)).sum()


@model("n*n", "n")
def conjugate_gradients(a: Any, b: Any) -> Any:
    def step(_: Any, state: Any) -> Any:
        x, r, p = state
        moved = a @ p + len(b) * p
        size = rose.dot(r, r)
        along = size / rose.dot(p, moved)
        left = r - along * moved
        return x + along * p, left, left + rose.dot(left, left) / size * p

    return rose.loop(3, (b * 0.0, b, b), step)[0].sum()


@model("4*4")
def cholesky_unrolled(m: Any) -> Any:
    low: list[list[Any]] = [[0.0] * 4 for _ in range(4)]
    for i in range(4):
        for j in range(i + 1):
            s = m[i][j] + m[j][i] + (8 if i == j else 0)
            s = s - sum(low[i][k] * low[j][k] for k in range(j))
            low[i][j] = rose.sqrt(s) if i == j else s / low[j][j]
    return sum(rose.log(low[i][i]) for i in range(4))


@model("n*n")
def elimination_in_place(m: Any) -> Any:
    n = len(m)

    def cleared(k: Any, i: Any, a: Any) -> Any:
        factor = a[i, k] / (a[k, k] + n)
        return rose.loop(n, a, lambda j, a: a.at[i, j].add(-factor * a[k, j]))

    def column(k: Any, a: Any) -> Any:
        return rose.loop(n, a, lambda i, a: rose.cond(i > k, lambda: cleared(k, i, a), lambda: a))

    a = rose.loop(n, m, column)
    return rose.sum(n, lambda i: rose.log(n + a[i][i]))


@model("n", "n", "n", "n")
def tridiagonal(a: Any, b: Any, c: Any, d: Any) -> Any:
    def down(t: Any, state: Any) -> Any:
        c_before, d_before = state
        m = 1 / (2 + b[t] - a[t] * c_before)
        state = c[t] * m, (d[t] - a[t] * d_before) * m
        return state, state

    def up(t: Any, x: Any) -> Any:
        x = rows[t][1] - rows[t][0] * x
        return x, x

    _, rows = rose.scan(len(a), (0.0, 0.0), down)
    _, x = rose.scan(len(a), 0.0, up, reverse=True)
    return rose.dot(x, x)


@model("n*n")
def determinant(m: Any) -> Any:
    n = len(m)

    def column(k: Any, state: Any) -> Any:
        a, product = state
        pivot = a[k, k] + 2
        factors = rose.vec(n, lambda i: rose.where(i > k, a[i, k] / pivot, 0.0))
        return rose.vec(n, lambda i: a[i] - factors[i] * a[k]), product * pivot

    return rose.loop(n, (m, 1.0), column)[1]
