"""Loops with checkpoints whose steps are a few instructions: what a segment adds to them weighs most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from growing import Case, numbers, rows

import rose
from rose import Bool, Index, Real, Vec, fn

SHORT: dict[str, Callable[[int, Any], Case]] = {}


def short(make: Callable[[int, Any], Case]) -> Callable[[int, Any], Case]:
    SHORT[make.__name__] = make
    return make


@short
def of_an_element(n: int, checkpoint: Any) -> Case:
    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        return rose.loop(n, 0.3, lambda t, c: rose.sin(c) * v[t], checkpoint=checkpoint)

    return f, (numbers(n),)


@short
def of_a_product(n: int, checkpoint: Any) -> Case:
    """The least that a step with an element can be."""

    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        return rose.loop(n, 0.3, lambda t, c: c * v[t], checkpoint=checkpoint)

    return f, (numbers(n),)


@short
def in_reverse(n: int, checkpoint: Any) -> Case:
    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        def step(t: Index, c: Real) -> tuple[Real, Real]:
            return c * v[t], c

        end, out = rose.scan(n, 0.3, step, reverse=True, checkpoint=checkpoint)
        return rose.dot(out, v) + end

    return f, (numbers(n),)


@short
def of_two_arrays(n: int, checkpoint: Any) -> Case:
    @fn
    def f(v: Annotated[Vec, n], w: Annotated[Vec, n]) -> Real:
        return rose.loop(n, 0.3, lambda t, c: c * v[t] + w[t], checkpoint=checkpoint)

    return f, (numbers(n), numbers(n + 1)[:n])


@short
def with_rows(n: int, checkpoint: Any) -> Case:
    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        def step(t: Index, c: Real) -> tuple[Real, Real]:
            return rose.sin(c) * v[t], c

        out = rose.scan(n, 0.3, step, checkpoint=checkpoint)[1]
        return rose.sum(out)

    return f, (numbers(n),)


@short
def of_elements_of_a_matrix(n: int, checkpoint: Any) -> Case:
    @fn
    def f(m: Annotated[Vec[Any, Vec[Literal[3]]], n]) -> Real:
        return rose.loop(n, 0.3, lambda t, c: c * m[t][0] + m[t][1], checkpoint=checkpoint)

    return f, (rows(n, 3),)


@short
def of_rows_of_a_matrix(n: int, checkpoint: Any) -> Case:
    """The first row is read otherwise as well."""

    @fn
    def f(m: Annotated[Vec[Any, Vec[Literal[3]]], n]) -> Real:
        def step(t: Index, c: Vec) -> Vec:
            return rose.vec(3, lambda i: c[i] * m[t][i])

        c = rose.loop(n, m[0], step, checkpoint=checkpoint)
        return c[0] + c[1]

    return f, (rows(n, 3),)


@short
def of_neighbours(n: int, checkpoint: Any) -> Case:
    """An array of which a step reads more than its own element is not cut."""

    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        return rose.loop(n, 0.3, lambda t, c: c * v[t] + v[(t + 1) % n], checkpoint=checkpoint)

    return f, (numbers(n),)


@short
def of_flags(n: int, checkpoint: Any) -> Case:
    """Bools and indices are cut as Reals are."""

    @fn
    def f(
        v: Annotated[Vec, n],
        flags: Annotated[Vec[Any, Bool], n],
        kinds: Annotated[Vec[Any, Index[Literal[3]]], n],
    ) -> Real:
        def step(t: Index, c: Real) -> Real:
            sides: Any = [lambda: c * v[t], lambda: rose.sin(c), lambda: c]
            found: Real = rose.cond(flags[t], lambda: c * 0.9, lambda: rose.switch(kinds[t], sides))
            return found

        return rose.loop(n, 0.3, step, checkpoint=checkpoint)

    return f, (numbers(n), [k % 3 == 0 for k in range(n)], [k % 3 for k in range(n)])


@short
def bounded(n: int, checkpoint: Any) -> Case:
    """It takes as many steps as it may."""

    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        return rose.while_loop(
            lambda c: c > 0, lambda c: rose.sin(c) * v[0], v[1], max_steps=n, checkpoint=checkpoint
        )

    return f, (numbers(n),)


@short
def bounded_with_an_element(n: int, checkpoint: Any) -> Case:
    @fn
    def f(v: Annotated[Vec, n]) -> Real:
        def step(state: Any) -> Any:
            c, i = state
            return rose.sin(c) * v[i], (i + 1) % n

        start: Any = (0.3, rose.to_index(0, n))
        end: Real = rose.while_loop(
            lambda s: s[1] < n - 2, step, start, max_steps=n, checkpoint=checkpoint
        )[0]
        return end

    return f, (numbers(n),)


@short
def in_a_loop(n: int, checkpoint: Any) -> Case:
    """A loop that is cut each time that one around it runs, with another array each time."""

    @fn
    def f(m: Annotated[Vec[Any, Annotated[Vec, n]], 4]) -> Real:
        def outer(i: Index, c: Real) -> Real:
            return rose.loop(n, c, lambda t, d: d * m[i][t], checkpoint=checkpoint)

        return rose.loop(4, 0.3, outer)

    return f, (rows(4, n),)
