"""Programs that between them use every construct of the language; tests run each of them in every way there is.

Each entry has a function that gives one Real, and arguments at which it is smooth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import rose
from rose import Bool, Fn, Index, Real, Vec, fn

Point = Vec[Literal[2]]


@dataclass(frozen=True)
class Ball:
    position: Point
    velocity: Point


class Weighted(NamedTuple):
    weight: Real
    values: Vec[Literal[6]]


@fn
def arithmetic(x: Real, y: Real) -> Real:
    found: Real = (x + 2 * y) / (3 - x * y) - (-x) ** 3 + y**-2 + abs(x - 4) + 1 / (x + y) ** 0.5
    return found


@fn
def elementary(x: Real, y: Real) -> Real:
    waves = rose.sin(x * y) + rose.cos(x) * rose.tanh(y)
    found: Real = waves + rose.exp(-x) * rose.log(y) + rose.sqrt(x) + x**y + rose.pow(2.0, x)
    return found


@fn
def remainders(x: Real, y: Real) -> Real:
    """Quotients small and larger than a float can count, of both signs."""
    far = rose.fmod(x * 1e22, y) + (x * -3e18) % y
    return (
        x % y - (-x) % y * (x % -y) + rose.fmod(x, 0.3 * y) + x // y + rose.where(far < 2 * y, y, x)
    )


@fn
def extremes(x: Real, y: Real) -> Real:
    return rose.min(x, y) * rose.max(x * x, y) + rose.min(x, 1.0) + rose.max(y, -1.0)


@fn
def distance(a: Point, b: Point) -> Real:
    return rose.norm(a - b)


@fn
def energy(p: Vec[Literal[4], Point]) -> Real:
    """Neighbours on a ring that want to be one apart: a sum over calls with computed indices."""
    return rose.sum(4, lambda i: (distance(p[i], p[(i + 1) % 4]) - 1) ** 2)


@fn
def chosen(x: Real, y: Real) -> Real:
    smaller = x < y
    return rose.where(smaller & (x > 0), x * y, x - y) + rose.where(
        rose.logical_not(smaller) | (y >= 9), 1.0, y
    )


@fn
def branches(x: Real, y: Real) -> Real:
    def inner() -> Real:
        return rose.cond(x * y > 1, lambda: rose.sin(x), lambda: rose.sqrt(y - x) * x)

    return rose.cond(x > y, lambda: rose.log(x - y), inner)


@fn
def series(x: Real) -> Real:
    """A carried pair, and the loop's index as a number."""

    def body(t: Index, carry: Any) -> Any:
        term, total = carry
        following = term * x / (1.0 * t + 1.0)
        return following, total + following

    _, total = rose.loop(12, (1.0, 1.0), body)
    return total


@fn
def newton(a: Real) -> Real:
    return rose.loop(6, a, lambda _, x: (x + a / x) / 2)


@fn
def weights(w: Weighted, scale: Real) -> Real:
    doubled = rose.vec(6, lambda i: w.values[i] * scale + 1.0 * i)
    return w.weight * rose.dot(doubled, w.values) + rose.sum(doubled / (1 + w.values * w.values))


@fn
def matrix(m: Vec[Literal[3], Vec[Literal[5]]], v: Vec[Literal[5]]) -> Real:
    """Rows passed on as Vecs; a nested Vec made and read again."""
    product = rose.vec(3, lambda i: rose.dot(m[i], v))
    outer = rose.vec(3, lambda i: rose.vec(5, lambda j: product[i] * v[j]))
    return rose.sum(3, lambda i: rose.sum(5, lambda j: outer[i][j] * m[i][j] * m[2 - 0][j]))


@fn
def moved(ball: Ball, dt: Real) -> Ball:
    pull = -rose.sin(ball.position)
    return Ball(ball.position + dt * ball.velocity, ball.velocity + dt * pull)


@fn
def orbit(ball: Ball, dt: Real) -> Real:
    end = rose.loop(9, ball, lambda _, b: moved(b, dt))
    return rose.dot(end.position, end.velocity)


@fn
def swarm(balls: Vec[Literal[3], Ball], dt: Real) -> Real:
    """A Vec of structures carried by a loop: two arrays that take turns between buffers."""
    end = rose.loop(4, balls, lambda _, bs: rose.vec(3, lambda i: moved(bs[i], dt)))
    return rose.sum(3, lambda i: rose.norm(end[i].position) * end[i].velocity[0])


@fn
def history(x: Real) -> Real:
    """Stacked outputs, read backwards by a constant index and summed."""
    last, seen = rose.scan(7, x, lambda t, c: (rose.sin(c) + 0.1 * t, c * c))
    return last * rose.sum(seen) + seen[-1] * seen[0]


@fn
def swapped(a: Vec[Literal[5]], b: Vec[Literal[5]]) -> Real:
    """A loop that exchanges the two arrays it carries, and one that hands them on as they are."""
    a, b = rose.loop(3, (a, b), lambda _, ab: (ab[1], rose.sin(ab[0])))
    same, total = rose.loop(2, (a, 0.0), lambda _, c: (c[0], c[1] + rose.sum(c[0] * b)))
    return total + same[1]


@fn
def picked(v: Vec[Literal[7]], i: Index[Literal[7]], negate: Bool) -> Real:
    """A Bool and an Index from outside; a cond that gives arrays; reads at known and unknown places."""
    w = rose.cond(negate, lambda: -v, lambda: rose.vec(7, lambda k: v[k] * v[6 - 0]))
    return rose.where(negate, w[i] * 2, w[i]) + rose.where(i == 3, v[0], v[i]) + w[-1]


@fn
def wide(x: Vec[Literal[20]]) -> Real:
    """Long arrays: copied, cleared and added to as wholes."""
    y = rose.cond(x[0] > 0, lambda: x, lambda: x * 2)
    z = rose.loop(2, y, lambda _, c: c * x)
    return rose.sum(z) + rose.sum(rose.loop(1, z, lambda _, c: c + x)) * z[3]


@fn
def untouched(x: Real, y: Real) -> Real:
    """The value does not depend on x; the side of a cond with an infinite derivative does not run."""
    return rose.cond(y > 0, lambda: y * y, lambda: rose.sqrt(y - y) * x)


@fn
def switched(x: Real, v: Vec[Literal[6]], i: Index[Literal[3]]) -> Real:
    """Branches that use an array, a scalar, nothing; operands passed to them; a switch on a loop's index."""
    one = rose.switch(
        i, [lambda y: rose.sum(v) * y, lambda y: rose.exp(y) * v[2], lambda _: 1.5], x * x
    )
    many = rose.sum(6, lambda k: rose.switch(k % 3, [lambda: v[k], lambda: v[k] * x, lambda: one]))
    row = rose.switch(i, [lambda: v, lambda: v * x, lambda: rose.vec(6, lambda k: v[5 - k] ** 2)])
    found: Real = many * row[1] + row[4]
    return found


@fn
def bounded(x: Real, v: Vec[Literal[5]]) -> Real:
    """A while loop that ends before its bound, in it one that does not; scalars and an array are carried."""

    def step(value: tuple[Real, Vec[Literal[5]]]) -> tuple[Real, Vec[Literal[5]]]:
        y, row = value
        z = rose.while_loop(lambda z: z < 100, lambda z: z * 1.5 + 0.1, y, max_steps=3)
        return y + rose.sin(z) * 0.1 + 0.5, rose.vec(5, lambda k: row[(k - 1) % 5] * y + z)

    y, row = rose.while_loop(lambda value: value[0] < 3, step, (x, v), max_steps=12)
    return y * row[0] + rose.sum(row)


@fn
def backwards(x: Real, v: Vec[Literal[6]]) -> Real:
    """Loops in reverse whose outputs are used, and their order with them."""
    last, seen = rose.scan(6, x, lambda t, c: (rose.tanh(c) + v[t], c * v[t]), reverse=True)
    total = rose.loop(6, 0.0, lambda t, c: c * x + seen[t], reverse=True)
    return last * total + seen[0]


@fn
def folded(v: Vec[Literal[6]], m: Vec[Literal[2], Vec[Literal[6]]]) -> Real:
    """Folds of scalars and of arrays; a map over two Vecs, one of them nested."""
    products = rose.prod(2, lambda i: m[i])
    least = rose.min(6, lambda i: v[i] * m[0][i])
    rows = rose.map(lambda row: rose.max(6, lambda k: row[k] * v[k]), m)
    large = rose.any(6, lambda i: v[i] > 0.5) & rose.all(6, lambda i: v[i] < 9)
    mixed = rose.map(lambda a, b: a * rose.sqrt(b), v, products)
    found: Real = rose.where(large, least, 1.0) * rose.prod(rows) + rose.sum(mixed) * rose.prod(v)
    return found


@fn
def stencil(v: Vec[Literal[7]], i: Index[Literal[7]]) -> Real:
    """Sums, differences, products, quotients and remainders of indices; an index carried by a loop."""
    around = rose.vec(7, lambda k: v[(k - 1) % 7] * v[6 - k] + v[(2 * k - i) % 7] * v[k // 2])

    def walk(t: Index, value: tuple[Index, Real]) -> tuple[Index, Real]:
        at, total = value
        return (at * 3 + t + 1) % 7, total + around[at] * (at - t)

    _, total = rose.loop(7, (i, 0.0), walk)
    near = rose.to_index(v[2] * 3, 7)
    return total + v[near] * rose.real(near) + v[rose.to_index(i - 3, 7)]


@fn
def shapes(v: Vec[Literal[6]], m: Vec[Literal[5], Vec[Literal[6]]], i: Index[Literal[6]]) -> Real:
    """Long Vecs: slices of slices, a join, updates at known and unknown places, products, places of extremes."""
    w = rose.concat(v[1:], v[:1] ** 2).at[i].set(v[0] * v[1]).at[2].add(v[i])
    product = m.T @ (m @ w[::-1])
    rows = m.at[i % 5].set(product).at[1, i].add(w[3])[::2, 1:5]
    least = product[::2][1:][(v[::2][1:] % 0.7).argmin()]
    found: Real = product.max() * w.mean() + least + rose.sum(rows).norm() + rows.T[i % 4].prod()
    return found


@fn
def small_shapes(
    v: Vec[Literal[3]], m: Vec[Literal[3], Vec[Literal[2]]], i: Index[Literal[3]]
) -> Real:
    """The same of short ones, which stay scalars."""
    w = rose.concat(v[1:], [v[0] * v[i]]).at[i].set(v[0] * v[1]).at[1].add(v[i])[::-1]
    product = m @ (w @ m)
    chosen = rose.where(product > 0.5, product, -w).at[product.argmax()].add(w[0])
    found: Real = (chosen * v[::-1]).sum() * product.min() + m.T[1].prod() + m[:, 0].norm()
    return found


@fn
def composites(x: Real, v: Vec[Literal[6]]) -> Real:
    """Functions made of primitives, and functions of NumPy's kind on Vecs."""
    bent = rose.softplus(v - x) * rose.sigmoid(v) + rose.logaddexp(v, x)
    return rose.clip(bent, 0.9, x * 4).sum() + (v % x + v // 0.43 * rose.sign(-x)).mean()


Carry: TypeAlias = tuple[Real, Vec[Literal[6]]]


@fn
def checkpointed(x: Real, w: Vec[Literal[6]]) -> Real:
    """Segments of 3 of 8 steps in reverse, stacked rows, and a loop of its own policy inside."""

    def step(t: Index, carry: Carry) -> tuple[Carry, Carry]:
        y, v = carry
        y = rose.loop(5, y, lambda s, z: rose.sin(z * w[s]) + x, checkpoint=2)
        turned = rose.vec(6, lambda i: rose.cos(v[i] * y) + w[(i + 1) % 6])
        return (y, turned), (y * v[t % 6], turned)

    (y, v), rows = rose.scan(8, (x, w), step, reverse=True, checkpoint=3)
    found: Real = y * rose.sum(v) + rose.sum(8, lambda t: rows[t][0] * rows[t][1][2])
    return found


@fn
def relaxed(v: Vec[Literal[6]]) -> Vec[Literal[6]]:
    return rose.vec(6, lambda i: 0.5 * v[i] + 0.25 * (v[(i + 1) % 6] + rose.sin(v[(i + 5) % 6])))


@fn
def layers(v: Vec[Literal[6]], w: Vec[Literal[3], Vec[Literal[6]]]) -> Real:
    """Loops in a loop, calls that take and give arrays, and conds by what is carried."""

    def step(t: Index, u: Vec) -> Vec:
        u = rose.loop(4, u, lambda _, r: relaxed(r))
        _, seen = rose.scan(6, 0.0, lambda i, total: (total + u[i] * w[t][i], total))
        return rose.cond(u[0] > 0.6, lambda: relaxed(u) * seen, lambda: u + seen * w[t])

    return rose.sum(rose.loop(3, v, step))


Nobody = Vec[Literal[0], Ball]


@fn
def empty(x: Real, nobody: Nobody, m: Vec[Literal[5], Vec[Literal[0]]], v: Vec[Literal[3]]) -> Real:
    """Parts without elements among others: carried, chosen, stacked, passed and indexed where nothing runs."""

    def step(t: Any, carry: Any) -> Any:
        y, balls, rows = carry
        following = rose.cond(y > t, lambda: (y * x, balls), lambda: (y + x, nobody))
        return (*following, rows.at[t].set(rows[4 - t])), (rows[t], following[0])

    (last, balls, rows), seen = rose.scan(5, (x, nobody, m), step)
    drift = rose.sum(0, lambda i: nobody[i].position + balls[(i + 1) % 0].velocity)
    still = rose.loop(0, v, lambda t, w: w.at[0].add(balls[t].position[0]))
    joined = rose.concat(v[:0], still * last, rows.T @ v[:0] if rows is m else rows[0])
    found: Real = (
        joined.sum() + drift @ [x, 1.0] + rose.sum(5, lambda t: seen[t][1]) + (m @ v[:0]).sum()
    )
    return found


POINTS = [[0.1, 0.2], [1.3, 0.1], [0.9, 1.2], [-0.3, 2.0]]
BALLS = [{"position": [0.1 * k, 0.5 - k], "velocity": [0.3 + k, -0.2]} for k in range(3)]
ROW = [0.9, 0.3, 0.55, 0.8, 0.45, 0.7]

PROGRAMS: dict[str, tuple[Fn[..., Any], tuple[Any, ...]]] = {
    "arithmetic": (arithmetic, (0.7, 1.9)),
    "elementary": (elementary, (0.7, 1.9)),
    "remainders": (remainders, (7.3, 1.9)),
    "extremes": (extremes, (0.7, 1.9)),
    "energy": (energy, (POINTS,)),
    "chosen": (chosen, (0.7, 1.9)),
    "chosen otherwise": (chosen, (2.7, 1.9)),
    "branches": (branches, (0.7, 1.9)),
    "branches nested": (branches, (0.1, 1.9)),
    "branches otherwise": (branches, (2.7, 1.9)),
    "series": (series, (0.8,)),
    "newton": (newton, (3.0,)),
    "weights": (weights, ((0.5, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]), 1.5)),
    "matrix": (
        matrix,
        ([[0.1 * i + 0.2 * j for j in range(5)] for i in range(3)], [1.0, 2, 3, 4, 5]),
    ),
    "orbit": (orbit, (BALLS[1], 0.1)),
    "swarm": (swarm, (BALLS, 0.1)),
    "history": (history, (0.4,)),
    "swapped": (swapped, ([0.1, 0.2, 0.3, 0.4, 0.5], [0.5, 0.4, 0.3, 0.2, 0.1])),
    "picked": (picked, ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], 3, True)),
    "picked otherwise": (picked, ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7], 5, False)),
    "wide": (wide, ([0.1 + 0.05 * k for k in range(20)],)),
    "wide otherwise": (wide, ([-0.1 + 0.05 * k for k in range(20)],)),
    "untouched": (untouched, (0.5, 1.5)),
    "switched to 0": (switched, (0.7, ROW, 0)),
    "switched to 1": (switched, (0.7, ROW, 1)),
    "switched to 2": (switched, (0.7, ROW, 2)),
    "bounded": (bounded, (0.2, ROW[:5])),
    "bounded at once": (bounded, (3.2, ROW[:5])),
    "backwards": (backwards, (0.4, ROW)),
    "folded": (folded, (ROW, [[1.1, 0.4, 1.3, 0.9, 0.8, 1.2], [0.3, 1.5, 0.6, 0.7, 1.4, 0.5]])),
    "stencil": (stencil, ([*ROW, 1.3], 2)),
    "shapes": (
        shapes,
        (ROW, [[0.1 + ((3 * i + 2 * j) % 7) / 5 for j in range(6)] for i in range(5)], 3),
    ),
    "small shapes": (small_shapes, ([0.4, 1.3, 0.8], [[0.5, 1.1], [0.9, 0.2], [1.4, 0.6]], 1)),
    "checkpointed": (checkpointed, (0.4, ROW)),
    "layers": (layers, (ROW, [ROW, ROW[::-1], ROW])),
    "layers otherwise": (layers, ([-x for x in ROW], [ROW, ROW[::-1], ROW])),
    "empty": (empty, (0.7, [], [[]] * 5, [0.3, 1.2, -0.4])),
    "composites": (composites, (0.37, ROW)),
}
