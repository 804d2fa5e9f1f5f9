"""Random programs: functions of two Vecs and two Reals made of nested loops, branches, calls and arithmetic.

Only correctly rounded operations are used, so that every way to run a program must give the same bits.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Annotated, Any

import rose
from rose import Fn, Real, Vec, fn

SIZE = 5
Row = Annotated[Vec, SIZE]


class Draw:
    """Draws one program. `budget` bounds how many constructs it holds."""

    def __init__(self, seed: int, budget: int = 30) -> None:
        self.random = random.Random(seed)
        self.budget = budget
        self.callees: list[Fn[..., Any]] = []
        self.changers: list[Fn[..., Any]] = []  # functions that give Vecs back, changed or not

    def scalar(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        """A Real of those at hand."""
        self.budget -= 1
        options: list[Callable[..., Any]] = [self.leaf]
        if self.budget > 0:
            options += [self.arithmetic] * 4 + [self.kinked, self.total, self.carried, self.branch]
            options += [self.switched, self.scanned, self.stepped, self.idle, self.structured]
            options += [self.call] * bool(self.callees)
        return self.random.choice(options)(reals, rows, index)

    def leaf(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        kind = self.random.random()
        if kind < 0.5:
            return self.random.choice(reals)
        row = self.random.choice(rows)
        if index is not None and kind < 0.85:
            return row[self.random.choice([index, (index + 2) % SIZE])]
        return row[self.random.randrange(SIZE)]

    def arithmetic(self, *have: Any) -> Any:
        a, b = self.scalar(*have), self.scalar(*have)
        match self.random.randrange(6):
            case 0:
                return a + b
            case 1:
                return a - b * self.random.uniform(-1, 1)
            case 2:
                return a * b
            case 3:
                return a / (1.5 + b * b)
            case 4:
                return rose.sqrt(1.0 + a * a)
            case _:
                return -a

    def kinked(self, *have: Any) -> Any:
        a, b = self.scalar(*have), self.scalar(*have)
        match self.random.randrange(4):
            case 0:
                return rose.min(a, b)
            case 1:
                return rose.max(a, b)
            case 2:
                return abs(a)
            case _:
                return rose.where(a < b, a, b * 0.5)

    def total(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        return rose.sum(SIZE, lambda i: self.scalar(reals, rows, i)) * 0.2

    def branch(self, *have: Any) -> Any:
        a, b = self.scalar(*have), self.scalar(*have)
        return rose.cond(a > b, lambda: self.scalar(*have), lambda: self.scalar(*have))

    def switched(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        have = (reals, rows, index)
        a = self.scalar(*have)
        at = rose.to_index(1.0 + 3 * a, 3) if index is None else (index - 1) % 3
        branches = [lambda: self.scalar(*have), lambda: bounded(a), lambda: self.leaf(*have)]
        return rose.switch(at, self.random.sample(branches, 3))

    def scanned(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        def body(t: Any, x: Any) -> Any:
            following = bounded(self.scalar([*reals, x], rows, t))
            return following, x * self.leaf(reals, rows, t)

        backwards = self.random.random() < 0.5
        last, seen = rose.scan(SIZE, self.leaf(reals, rows, index), body, reverse=backwards)
        return last + self.leaf(reals, [seen], index)

    def idle(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        """Loops of no iterations, whose bodies are as any other."""
        start = self.leaf(reals, rows, index)
        x = rose.loop(0, start, lambda t, y: self.scalar([*reals, y], rows, t))
        nothing = rose.vec(0, lambda i: self.leaf(reals, rows, i))
        return rose.concat(nothing, [x])[0] + nothing.sum()

    def stepped(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        """A while loop that ends before its bound, or is stopped by it."""
        start = (self.leaf(reals, rows, index), self.random.choice(rows), 0.5)

        def body(value: Any) -> Any:
            x, row, left = value
            following = bounded(self.scalar([*reals, x], [*rows, row], index))
            return following, bounded_row(row), left - 0.2 - 0.1 * following * following

        bound = self.random.randrange(1, 6)
        x, row, _ = rose.while_loop(lambda value: value[2] > 0, body, start, max_steps=bound)
        return x + self.leaf([x], [row], index)

    def carried(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        start = (self.scalar(reals, rows, index), self.random.choice(rows))

        def body(i: Any, carry: Any) -> Any:
            x, row = carry
            following = self.scalar([*reals, x], [*rows, row], i)
            return bounded(following), self.row([*reals, x], [*rows, row], i)

        x, row = rose.loop(SIZE, start, body)
        return x + self.leaf([x], [row], index)

    def structured(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        """A loop that carries a dict with a Bool and an index in it, which say what each iteration does."""
        row = self.random.choice(rows)
        start: Any = {"x": self.leaf(reals, rows, index), "on": True, "k": rose.to_index(1, 3)}

        def body(t: Any, c: Any) -> Any:
            x, on = c["state"]["x"], c["state"]["on"]
            new = bounded(self.scalar([*reals, x], [*rows, c["row"]], t))
            sides: list[Callable[[], Any]] = [
                lambda: new,
                lambda: x * 0.5,
                lambda: rose.cond(on, lambda: new * 0.25, lambda: x),
            ]
            x = rose.switch(c["state"]["k"], sides)
            state = {"x": x, "on": (new > 0.1) ^ on, "k": (c["state"]["k"] + t) % 3}
            return {"state": state, "row": c["row"].at[t].set(x)}

        end = rose.loop(SIZE, {"state": start, "row": row}, body)
        return end["state"]["x"] + rose.where(end["state"]["on"], end["row"][1], 0.5)

    def row(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        match self.random.randrange(14):
            case 12 if self.changers and self.budget > 0:
                return self.changed(reals, rows, index)
            case 13 if self.budget > 0:
                return self.from_table(reals, rows, index)
            case 0 | 1:
                return self.random.choice(rows)
            case 2 | 3 | 4:
                return self.updated(reals, rows, index)
            case 5 | 6 if self.budget > 0:
                return self.updated_in_region(reals, rows, index)
            case 7 | 8:
                a, b = self.random.choice(rows), self.random.choice(rows)
                test = self.scalar(reals, rows, index) > 0.3
                return rose.cond(test, lambda: a, lambda: bounded_row(b))
            case _:
                return rose.vec(SIZE, lambda i: bounded(self.scalar(reals, rows, i)))

    def updated(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        """A row with a few elements set or added to, read before and after."""
        row = self.random.choice(rows)
        for _ in range(self.random.randrange(1, 4)):
            i = self.random.randrange(SIZE) if index is None else index
            j = self.random.randrange(SIZE) if index is None else (index + 3) % SIZE
            match self.random.randrange(4):
                case 0:
                    row = row.at[i].set(row[j]).at[j].set(row[i])
                case 1:
                    row = row.at[j].add(0.5 * self.leaf(reals, [*rows, row], index))
                case _:
                    row = row.at[i].set(bounded(self.scalar(reals, [*rows, row], index)))
        return row

    def updated_in_region(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        """A row that a loop, a while loop or one side of a cond updates."""
        have, start = (reals, rows, index), self.random.choice(rows)
        kind = self.random.randrange(4)
        self.budget -= 3
        if kind == 0:
            test = self.scalar(*have) > 0.1
            return rose.cond(test, lambda: self.updated(reals, [start], index), lambda: start)
        if kind == 1:

            def both(i: Any, carry: Any) -> Any:
                row, other = carry
                new = self.updated(reals, [row], i)
                return (new, self.row(reals, [other, row, new], i)), row[i] + new[0]

            (row, other), seen = rose.scan(SIZE, (start, self.random.choice(rows)), both)
            return self.random.choice([row, other, seen])
        if kind == 2:

            def step(value: Any) -> Any:
                row, left = value
                return self.updated(reals, [*rows, row], index), left - 1

            bound = self.random.choice([2, 7])
            return rose.while_loop(lambda v: v[1] > 0, step, (start, 4.0), max_steps=bound)[0]
        return rose.loop(SIZE, start, lambda i, row: self.row(reals, [row], i))

    def changed(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        """A row that functions change, once or in a loop, with what they were given still in use or not."""
        f, a, b = self.random.choice(self.changers), *self.random.choices(rows, k=2)
        self.budget -= 2
        if self.random.random() < 0.5:
            u, w, x = f(a, b, self.leaf(reals, rows, index))
        else:

            def step(t: Any, carry: Any) -> Any:
                u, w, x = carry
                pair = self.random.choice([(u, w), (w, u), (u, a)])
                return f(*pair, self.leaf([*reals, x], [*rows, u, w], t))

            u, w, x = rose.loop(SIZE, (a, b, self.random.choice(reals)), step)
        return self.random.choice([u, w, u.at[1].set(x), u.at[2].add(a[3])])

    def from_table(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        """A row of a nested Vec whose rows and elements a loop changes and exchanges."""
        start = rose.vec([self.random.choice(rows) for _ in range(3)])
        self.budget -= 3

        def step(t: Any, table: Any) -> Any:
            i, j = t % 3, (t + self.random.randrange(3)) % 3
            match self.random.randrange(4):
                case 0:
                    return table.at[i].set(table[j]).at[j].set(table[i])
                case 1:
                    return table.at[i].set(self.row(reals, [*rows, table[j]], t))
                case 2:
                    changed = table.at[j, t].set(bounded(self.scalar(reals, [*rows, table[i]], t)))
                    return changed.at[i].set(bounded_row(table[j]))
                case _:
                    return rose.cond(
                        table[i][t] > table[j][t],
                        lambda: table.at[i, t].add(0.5 * table[j][0]),
                        lambda: table.at[j].set(bounded_row(table[i])),
                    )

        return rose.loop(SIZE, start, step)[self.random.randrange(3)]

    def call(self, reals: list[Any], rows: list[Any], index: Any) -> Any:
        f = self.random.choice(self.callees)
        return f(
            self.random.choice(reals),
            self.random.choice(reals),
            self.random.choice(rows),
            self.row(reals, rows, index),
        )


def bounded(x: Any) -> Any:
    """Keep numbers of a moderate size."""
    return x / rose.sqrt(1.0 + x * x)


def bounded_row(row: Any) -> Any:
    return rose.vec(SIZE, lambda i: bounded(row[i]))


def program(seed: int, *, fixed: bool = False) -> Fn[..., Real]:
    """The random program of a seed: a few functions, the last of which calls the others.

    With `fixed`, some have derivative rules, which are their own derivatives, or are run again in reverse mode.
    """
    draw, ways = Draw(seed), random.Random(seed)
    for _ in range(draw.random.randrange(1, 4)):
        draw.budget = 9
        draw.changers.append(_changer(draw))
        draw.budget = 9
        f = _function(draw)
        draw.callees.append(ways.choice(WAYS)(f) if fixed else f)
    return draw.callees[-1]


def _changer(draw: Draw) -> Fn[..., Any]:
    @fn
    def changer(v: Row, w: Row, x: Real) -> tuple[Row, Row, Real]:
        u = draw.row([x], [v, w], None)
        if draw.random.random() < 0.5:
            u = u.at[draw.random.randrange(SIZE)].set(bounded(draw.scalar([x], [v, w, u], None)))
        pair = draw.random.choice([(u, w), (v, u), (u, v), (u, w.at[0].set(x))])
        first, second = pair
        return first, second, bounded(x + draw.leaf([x], [u, v, w], None))

    changer.func  # noqa: B018 (traced now, like those below)
    return changer


def _function(draw: Draw) -> Fn[..., Real]:
    @fn
    def drawn(x: Real, y: Real, v: Row, w: Row) -> Real:
        found: float = bounded(draw.scalar([x, y], [v, w], None))
        return found

    drawn.func  # noqa: B018 (traced now, while `callees` holds only earlier functions)
    return drawn


def _by_jvp(f: Fn[..., Real]) -> Fn[..., Real]:
    """The function, whose rule has a static parameter."""

    @rose.custom_jvp
    def ruled(x: Real, y: Real, v: Row, w: Row, times: int = 2) -> Real:
        return f(x, y, v, w) * (0.5 * times)

    @ruled.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        (*args, times), (*dots, _) = primals, tangents
        value, dot = rose.jvp(f)(tuple(args), tuple(dots))
        return value * (0.5 * times), dot * (0.5 * times)

    @fn
    def once(x: Real, y: Real, v: Row, w: Row) -> Real:
        return ruled(x, y, v, w)

    return once


def _by_vjp(f: Fn[..., Real]) -> Fn[..., Real]:
    """The function, whose rule has its arguments for residuals."""

    @rose.custom_vjp
    def ruled(x: Real, y: Real, v: Row, w: Row) -> Real:
        return f(x, y, v, w)

    def backward(kept: Any, bar: Any) -> Any:
        _, pullback = rose.vjp(f)(*kept["args"])
        return pullback(bar)

    ruled.defvjp(lambda x, y, v, w: (f(x, y, v, w), {"args": (x, y, v, w)}), backward)
    return ruled


def _again(f: Fn[..., Real]) -> Fn[..., Real]:
    found: Fn[..., Real] = rose.remat(f)
    return found


def _by_vjp_again(f: Fn[..., Real]) -> Fn[..., Real]:
    return _again(_by_vjp(f))


def _again_by_jvp(f: Fn[..., Real]) -> Fn[..., Real]:
    return _by_jvp(_again(f))


WAYS = [_by_jvp, _by_vjp, _again, _by_vjp_again, _again_by_jvp]


def arguments(seed: int) -> tuple[Any, ...]:
    draw = random.Random(-seed)

    def number() -> float:
        return draw.uniform(-1.5, 1.5)

    return number(), number(), [number() for _ in range(SIZE)], [number() for _ in range(SIZE)]
