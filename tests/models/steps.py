"""Recurrences, steps in time, choice, and the least and greatest of many."""

from __future__ import annotations

from typing import Any

import rose
from models.table import model

# --- recurrences ----------------------------------------------------------------------------------


@model("n")
def prefix_sums(v: Any) -> Any:
    _, p = rose.scan(len(v), 0.0, lambda t, c: (c + v[t], c + v[t]))
    return rose.dot(p, p)


@model("n")
def cumulative_products(v: Any) -> Any:
    _, p = rose.scan(len(v), 1.0, lambda t, c: (c * v[t], c * v[t]))
    return p.sum()


@model("n", "")
def horner(c: Any, x: Any) -> Any:
    return rose.loop(len(c), 0.0, lambda k, y: y * x + c[k], reverse=True)


@model("n")
def continued_fraction(v: Any) -> Any:
    return rose.loop(len(v), 1.0, lambda t, c: v[t] + 1 / c)


@model("", "")
def logistic_map(x: Any, r: Any) -> Any:
    return rose.loop(40, x, lambda _, x: r * x * (1 - x))


@model("", "", "", "")
def moebius(x: Any, a: Any, b: Any, c: Any) -> Any:
    return rose.loop(30, x, lambda _, z: (a * z + b) / (c * z + 1))


@model("n")
def chebyshev(v: Any) -> Any:
    def of(x: Any) -> Any:
        return rose.loop(6, (1.0, x), lambda _, s: (s[1], 2 * x * s[1] - s[0]))[1]

    return rose.sum(len(v), lambda i: of(v[i]))


@model("", "")
def newton(x: Any, a: Any) -> Any:
    return rose.loop(12, x, lambda _, y: (y + a / y) / 2)


@model("n")
def newton_for_each(v: Any) -> Any:
    def root(x: Any) -> Any:
        return rose.loop(8, x, lambda _, y: y - (y * y * y - x) / (3 * y * y))

    return rose.sum(len(v), lambda i: root(v[i]))


@model("n", "", "")
def kalman(z: Any, q: Any, r: Any) -> Any:
    def step(t: Any, state: Any) -> Any:
        x, p = state[0], state[1] + q
        gain = p / (p + r)
        return x + gain * (z[t] - x), (1 - gain) * p

    x, p = rose.loop(len(z), (0.0, 1.0), step)
    return x * x + p


@model("n", "8*8", "8")
def hidden_markov(seen: Any, a: Any, p: Any) -> Any:
    def step(t: Any, p: Any) -> Any:
        q = p @ a * seen[t]
        return q / q.sum()

    return rose.loop(len(seen), p, step)[0]


@model("4", "n*4")
def quaternions(q: Any, turns: Any) -> Any:
    def times(a: Any, b: Any) -> Any:
        w = a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3]
        x = a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2]
        y = a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1]
        z = a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0]
        return rose.vec([w, x, y, z])

    def step(t: Any, q: Any) -> Any:
        q = times(q, turns[t])
        return q / rose.norm(q)

    return rose.loop(len(turns), q, step)[0]


@model("n*8", "8")
def norms_in_a_loop(p: Any, x: Any) -> Any:
    return rose.loop(len(p), x, lambda t, y: (y + p[t]) / rose.norm(y)).sum()


@model("n")
def statistics_in_a_dict(v: Any) -> Any:
    def step(t: Any, d: Any) -> Any:
        return {"sum": d["sum"] + v[t], "squares": d["squares"] + v[t] * v[t]}

    d = rose.loop(len(v), {"sum": 0.0, "squares": 0.0}, step)
    return d["squares"] - d["sum"] ** 2 / len(v)


# --- steps in time --------------------------------------------------------------------------------


@model("", "n")
def euler(x: Any, u: Any) -> Any:
    return rose.loop(len(u), x, lambda t, y: y + 0.01 * (u[t] - y))


@model("", "")
def leapfrog(x: Any, v: Any) -> Any:
    def step(_: Any, state: Any) -> Any:
        x, v = state
        x = x + 0.05 * v
        v = v - 0.1 * x
        return x + 0.05 * v, v

    return rose.loop(40, (x, v), step)[0]


@model("", "")
def runge_kutta(x: Any, k: Any) -> Any:
    def slope(y: Any) -> Any:
        return k * y * (1 - y)

    def step(_: Any, y: Any) -> Any:
        a = slope(y)
        b = slope(y + a / 20)
        c = slope(y + b / 20)
        return y + (a + 2 * b + 2 * c + slope(y + c / 10)) / 60

    return rose.loop(20, x, step)


@model("2", "2")
def kepler(p: Any, v: Any) -> Any:
    def step(_: Any, state: Any) -> Any:
        p, v = state
        p = p + 0.01 * v
        return p, v - 0.01 * p / rose.norm(p) ** 3

    return rose.norm(rose.loop(40, (p, v), step)[0])


@model("n", "")
def heat(u: Any, k: Any) -> Any:
    n = len(u)

    def point(u: Any, i: Any) -> Any:
        return u[i] + 0.1 * k * (u[(i + 1) % n] - 2 * u[i] + u[(i - 1) % n])

    return rose.loop(5, u, lambda _, u: rose.vec(n, lambda i: point(u, i)))[0]


@model("n", "")
def waves(u: Any, c: Any) -> Any:
    n = len(u)

    def point(a: Any, b: Any, i: Any) -> Any:
        return 2 * b[i] - a[i] + 0.1 * c * (b[(i + 1) % n] - 2 * b[i] + b[(i - 1) % n])

    def step(_: Any, state: Any) -> Any:
        a, b = state
        return b, rose.vec(n, lambda i: point(a, b, i))

    return rose.loop(6, (u, u), step)[1][0]


@model("n*2", "n*2")
def gravity(p: Any, v: Any) -> Any:
    n = len(p)

    def pull(p: Any, i: Any) -> Any:
        def of(j: Any) -> Any:
            d = p[j] - p[i]
            return d / (0.1 + rose.dot(d, d))

        return rose.sum(n, of)

    def step(_: Any, state: Any) -> Any:
        p, v = state
        v = rose.vec(n, lambda i: v[i] + 0.01 * pull(p, i))
        return p + 0.01 * v, v

    return rose.loop(3, (p, v), step)[0][0][0]


# --- choice ---------------------------------------------------------------------------------------


@model("n")
def cheap_sides(v: Any) -> Any:
    return rose.loop(
        len(v), 0.5, lambda t, c: rose.cond(c < v[t], lambda: c + v[t], lambda: c * v[t])
    )


@model("n", "at")
def cheap_cases(v: Any, kinds: Any) -> Any:
    def step(t: Any, c: Any) -> Any:
        return rose.switch(kinds[t] % 3, [lambda: c + v[t], lambda: c * v[t], lambda: c - v[t]])

    return rose.loop(len(v), 0.5, step)


@model("n")
def huber(v: Any) -> Any:
    return rose.sum(
        len(v), lambda i: rose.where(abs(v[i]) < 0.6, v[i] ** 2 / 2, 0.6 * abs(v[i]) - 0.18)
    )


@model("n")
def bisection(v: Any) -> Any:
    def root(x: Any) -> Any:
        def halved(ends: Any) -> Any:
            low, high = ends
            middle = (low + high) / 2
            return rose.cond(middle**3 < x, lambda: (middle, high), lambda: (low, middle))

        return rose.while_loop(lambda s: s[1] - s[0] > 1e-3, halved, (0.0, 1 + x), max_steps=20)

    return rose.sum(len(v), lambda i: root(v[i])[1])


@model("n")
def bounded_while(v: Any) -> Any:
    def grown(x: Any) -> Any:
        return rose.while_loop(lambda c: c < 3, lambda c: 1.5 * c + 0.1, x, max_steps=8)

    return rose.sum(len(v), lambda i: grown(v[i]))


@model("n")
def swaps_in_place(v: Any) -> Any:
    def step(k: Any, w: Any) -> Any:
        i = k % (len(v) - 1)
        a, b = w[i], w[i + 1]
        return rose.cond(a > b, lambda: w.at[i].set(b).at[i + 1].set(a), lambda: w)

    w = rose.loop(2 * len(v), v, step)
    return rose.sum(len(v), lambda i: w[i] * i)


# --- the least and the greatest -------------------------------------------------------------------


@model("n")
def spread(v: Any) -> Any:
    return v.max() - v.min()


@model("n")
def running_maximum(v: Any) -> Any:
    return rose.loop(len(v), 0.0, lambda t, c: rose.max(c, v[t]))


@model("n*8")
def greatest_of_rows(m: Any) -> Any:
    return rose.sum(len(m), lambda i: m[i].max())


@model("n*3", "n*3")
def nearest(p: Any, q: Any) -> Any:
    return rose.sum(len(p), lambda i: rose.min(len(q), lambda j: rose.norm(p[i] - q[j])))


@model("n", "n*n")
def viterbi(d: Any, w: Any) -> Any:
    return rose.loop(3, d, lambda _, d: rose.map(lambda row: (d + row).max(), w))[0]


@model("n", "n")
def time_warping(v: Any, w: Any) -> Any:
    def row(i: Any, d: Any) -> Any:
        def cell(j: Any, left: Any) -> Any:
            best = rose.min([d[j], left, d[rose.to_index(j - 1, len(w))]])
            return best + (v[i] - w[j]) ** 2, best

        return rose.scan(len(w), 10.0, cell)[1]

    return rose.loop(len(v), w, row)[len(w) - 1]


@model("n*8")
def greatest_of_columns(m: Any) -> Any:
    return m.max().sum()


@model("n*8", "8")
def greatest_so_far(m: Any, v: Any) -> Any:
    return rose.loop(len(m), v, lambda t, best: rose.max(best, m[t])).sum()


@model("n*n")
def floyd_warshall(d: Any) -> Any:
    n = len(d)

    def through(k: Any, d: Any) -> Any:
        return rose.vec(n, lambda i: rose.min(d[i], d[i][k] + d[k]))

    return rose.loop(n, d, through)[0].sum()
