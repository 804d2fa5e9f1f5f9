"""Programs of a size n whose work is linear in n, each a way in which a derivative could cost more than that."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import rose
from rose import Fn, Index, Real, Vec, fn

Case = tuple[Fn[..., Any], tuple[Any, ...]]
FAMILIES: dict[str, Callable[[int], Case]] = {}


def family(make: Callable[[int], Case]) -> Callable[[int], Case]:
    FAMILIES[make.__name__] = make
    return make


@dataclass(frozen=True)
class Part:
    x: Real
    y: Real
    kind: Index[Literal[4]]


def numbers(n: int) -> list[float]:
    draw = random.Random(n)
    return [draw.uniform(0.3, 1.2) for _ in range(n)]


def places(n: int, of: int) -> list[int]:
    draw = random.Random(-n)
    return [draw.randrange(of) for _ in range(n)]


def rows(n: int, width: int) -> list[list[float]]:
    flat = numbers(n * width)
    return [flat[k * width : (k + 1) * width] for k in range(n)]


@family
def gathers(n: int) -> Case:
    @fn
    def f(v: Annotated[Vec, n], at: Annotated[Vec[Any, Annotated[Index, n]], n]) -> Real:
        return rose.sum(n, lambda i: v[at[i]] ** 2 * v[i])

    return f, (numbers(n), places(n, n))


@family
def scatters(n: int) -> Case:
    @fn
    def f(v: Annotated[Vec, n], at: Annotated[Vec[Any, Annotated[Index, n]], n]) -> Real:
        counts = rose.loop(n, rose.vec(n, lambda _: 0.0), lambda t, c: c.at[at[t]].add(v[t] * c[t]))
        replaced = rose.loop(n, v, lambda t, c: c.at[at[t]].set(v[t] * c[t]))
        return rose.sum(n, lambda i: counts[i] + replaced[i] ** 2)

    return f, (numbers(n), places(n, n))


@family
def nested_maps(n: int) -> Case:
    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        m = rose.vec(n, lambda i: rose.vec(8, lambda j: v[i] * v[(i + j) % n]))
        squares = rose.map(lambda row: rose.map(lambda x: x * x, row), m)
        found: Real = rose.sum(n, lambda i: rose.sum(8, lambda j: squares[i][j] * m[i][7 - j]))
        return found

    return f, (numbers(n),)


def changing(n: int) -> Fn[..., Any]:
    @fn
    def changed(v: Annotated[Vec, n], i: Annotated[Index, n], x: Real) -> Annotated[Vec, n]:
        """Too large to be inlined."""
        y = v[i] * x
        for _ in range(12):
            y = rose.sqrt(y * y * 0.1 + x)
        return v.at[i].set(y)

    return changed


@family
def calls_that_update(n: int) -> Case:
    changed = changing(n)

    @fn
    def twice(v: Annotated[Vec, n], i: Annotated[Index, n]) -> Annotated[Vec, n]:
        w = changed(v, i, 0.3)
        w = changed(w, (i + 1) % n, w[i])
        for k in range(6):
            w = w.at[0].add(w[1] * w[k] * 0.1)
        return w

    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        w = rose.loop(n, v, lambda t, c: twice(c, t))
        u = rose.loop(n, w, lambda t, c: changed(twice(c, t), t, c[0]))
        return rose.sum(u)

    return f, (numbers(n),)


@family
def calls_that_read(n: int) -> Case:
    @fn
    def energy(v: Annotated[Vec, n], i: Annotated[Index, n]) -> Real:
        y = v[i] * v[(i + 1) % n]
        for _ in range(12):
            y = rose.sqrt(y * y + 0.5) * v[i]
        return y

    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        def step(t: Index, carry: Any) -> Any:
            w, total = carry
            before = energy(w, t)
            w = w.at[t].set(before * 0.3)
            return w, total + before * energy(w, (t + 2) % n)

        w, total = rose.loop(n, (v, 0.0), step)
        return total * w[0]

    return f, (numbers(n),)


@family
def calls_that_hand_on(n: int) -> Case:
    @fn
    def walked(
        v: Annotated[Vec, n], w: Annotated[Vec, n], x: Real
    ) -> tuple[Annotated[Vec, n], Annotated[Vec, n], Real]:
        for k in range(9):
            x = rose.sin(x) * v[k]
        return v, w.at[0].add(x), x

    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        def step(t: Index, s: Any) -> Any:
            return walked(s[0], s[1], s[2] * v[t])

        first = rose.loop(n, (v, v, 0.4), step)
        a, b, x = rose.loop(n, first, step)
        return x + rose.dot(a, b)

    return f, (numbers(n),)


@family
def sides_that_update(n: int) -> Case:
    @fn
    def f(v: Annotated[Vec, n], kind: Annotated[Vec[Any, Index[Literal[3]]], n]) -> Real:
        def step(t: Index, c: Vec) -> Vec:
            c = rose.cond(
                c[t] > 0.7,
                lambda: c.at[t].set(c[t] * c[(t + 1) % n]),
                lambda: c.at[(t + 1) % n].add(c[t] * 0.1),
            )
            return rose.switch(
                kind[t],
                [lambda: c.at[t].set(c[0] * c[t]), lambda: c, lambda: c.at[0].add(c[t] * 0.1)],
            )

        w = rose.loop(n, v, step)
        return rose.dot(w, w)

    return f, (numbers(n), places(n, 3))


@family
def structures_carried(n: int) -> Case:
    @fn
    def f(parts: Annotated[Vec[Any, Part], n], v: Annotated[Vec, n]) -> Real:
        def step(t: Index, now: Any) -> Any:
            part = now["parts"][t]
            moved = Part(part.x * part.y, part.y + 0.1 * now["x"], part.kind)
            x = now["x"] * 0.9 + part.x * v[t]
            return {"parts": now["parts"].at[t].set(moved), "x": x}

        start: Any = {"parts": parts, "x": 0.5}
        end = rose.loop(n, start, step)
        found: Real = rose.sum(n, lambda i: end["parts"][i].x) * end["x"]
        return found

    xs = numbers(n)
    return f, ([Part(x, 1 - x, k % 4) for k, x in enumerate(xs)], xs)


@family
def stacks_in_reverse(n: int) -> Case:
    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        def step(t: Index, c: Real) -> tuple[Real, Vec[Literal[6]]]:
            return c * v[t] + 0.1, rose.vec(6, lambda k: c * k + v[t])

        _, out = rose.scan(n, 0.2, step, reverse=True)
        return rose.sum(n, lambda i: out[i][2] * out[(i + 1) % n][3])

    return f, (numbers(n),)


@family
def rows_exchanged(n: int) -> Case:
    """As in Gauss's elimination with pivots: rows change places, and one is taken from another."""

    @fn
    def f(
        m: Annotated[Vec[Any, Vec[Literal[8]]], n], at: Annotated[Vec[Any, Annotated[Index, n]], n]
    ) -> Real:
        def step(t: Index, a: Vec[Any, Vec]) -> Vec[Any, Vec]:
            a = a.at[t].set(a[at[t]]).at[at[t]].set(a[t])
            ratio = a[(t + 1) % n][0] / (a[t][0] + 3)
            return rose.cond(
                ratio > 0.1,
                lambda: a.at[(t + 1) % n].set(a[(t + 1) % n] - ratio * a[t]),
                lambda: a,
            )

        a = rose.loop(n, m, step)
        return rose.sum(n, lambda i: a[i][0] * a[i][1])

    return f, (rows(n, 8), places(n, n))


@family
def loops_in_loops_in_place(n: int) -> Case:
    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        def step(t: Index, c: Vec) -> Vec:
            return rose.loop(4, c, lambda k, d: d.at[(t + k) % n].set(0.5 * (d[k] + d[t])))

        return rose.dot(rose.loop(n, v, step), v)

    return f, (numbers(n),)


@family
def while_loops(n: int) -> Case:
    """One that ends long before its bound: what is behind the end keeps nothing."""

    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        def step(state: Any) -> Any:
            c, x = state
            return rose.map(lambda y: y * x, c), x + 0.3

        c, x = rose.while_loop(lambda s: s[1] < 2, step, (v, v[0]), max_steps=40)

        def put(state: Any) -> Any:
            d, i, y = state
            return d.at[i].set(d[i] * y), (i + 1) % n, y + 1

        start = (c, rose.to_index(0, n), 0.3)
        d, _, y = rose.while_loop(lambda s: s[2] < n * 0.7, put, start, max_steps=n)
        return rose.sum(d) * x + y

    return f, (numbers(n),)


@family
def rules_of_the_users(n: int) -> Case:
    @rose.custom_jvp
    def squared(v: Annotated[Vec, n], i: Annotated[Index, n]) -> Real:
        return v[i] * v[i]

    @squared.defjvp
    def squared_jvp(primals: Any, tangents: Any) -> Any:
        (v, i), (v_dot, _) = primals, tangents
        return squared(v, i), 2 * v[i] * v_dot[i]

    @fn
    def kept(x: Real, y: Real) -> Real:
        for _ in range(5):
            x = rose.sin(x) * y
        return x

    again = rose.remat(kept)

    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        return rose.loop(n, 0.3, lambda t, c: again(c, v[t]) + squared(v, t))

    return f, (numbers(n),)


@family
def arrays_that_run_again(n: int) -> Case:
    """Checkpoints of a loop that changes one element a step, and a function marked `remat` that does."""

    @fn
    def turned(v: Annotated[Vec, n], i: Annotated[Index, n]) -> Annotated[Vec, n]:
        x = v[i]
        for _ in range(3):
            x = rose.sin(x) * v[(i + 1) % n]
        return v.at[i].set(x)

    again = rose.remat(turned)

    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        w = rose.loop(n, v, lambda t, c: turned(c, t), checkpoint="sqrt")
        u = rose.loop(n, w, lambda t, c: turned(c, t), checkpoint=4)
        return rose.sum(rose.loop(n, u, lambda t, c: again(c, t)))

    return f, (numbers(n),)


@family
def derivatives_inside(n: int) -> Case:
    @fn
    def g(v: Annotated[Vec, n], i: Annotated[Index, n]) -> Real:
        return rose.sin(v[i]) * v[(i + 1) % n]

    @fn
    def h(x: Real, y: Real) -> Real:
        return rose.sin(x * y) * x

    slopes = rose.grad(h, argnums=(0, 1))

    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        def step(t: Index, c: Vec) -> Vec:
            y, along = rose.jvp(g)((c, t), (v, None))
            a, b = slopes(c[t], v[t])
            return c.at[t].set(y * 0.5 + along + a * b)

        return rose.sum(rose.loop(n, v, step))

    return f, (numbers(n),)


@family
def wide_functions(n: int) -> Case:
    """Many values to keep, of a function that is called twice."""

    @fn
    def wide(x: Real, y: Real) -> Real:
        for _ in range(20):
            x = rose.exp(-x * x) + rose.sin(y * x) * 0.5 + y / (1 + x * x)
        return x

    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        return rose.sum(n, lambda i: wide(v[i], v[0])) + rose.sum(n, lambda i: wide(v[0], v[i]))

    return f, (numbers(n),)


def ends_early(n: int, checkpoint: Any) -> Case:
    """A while loop that ends long before a bound that grows, of an array that grows."""

    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        def step(state: Any) -> Any:
            c, x = state
            return rose.map(lambda y: y * y * x, c), x + 0.3

        start: Any = (v, v[0])
        c, x = rose.while_loop(lambda s: s[1] < 2, step, start, max_steps=n, checkpoint=checkpoint)
        return rose.sum(c) * x  # type: ignore[no-any-return]

    return f, (numbers(n),)


def deep(depth: int) -> Case:
    """Calls that double from level to level, each with many values to keep."""

    @fn
    def level(x: Real, y: Real) -> Real:
        return rose.sin(x * y)

    for _ in range(depth):
        level = _level_above(level)
    return level, (0.7, 0.4)


def _level_above(below: Fn[..., Any]) -> Fn[..., Any]:
    @fn
    def level(x: Real, y: Real) -> Real:
        z = below(x, y)
        for _ in range(20):
            z = rose.exp(-z * z) + rose.sin(y * z) * 0.5 + x / (1 + z * z)
        found: Real = z + below(0.5 * x, y)
        return found

    return level
