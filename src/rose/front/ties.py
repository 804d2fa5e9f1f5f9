"""The least and the greatest of many, whose derivative goes to all that are equal to it, in equal parts.

A chain of minima or maxima of two would give the last one a half, the one before a quarter, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeAlias

from rose.errors import Location, user_location
from rose.front.tracer import current
from rose.ir.builder import Builder, Var, op
from rose.ir.func import Func, Rule
from rose.ir.types import REAL, Array, Index, Type

# The numbers that are compared: each by itself, or an array with one per row, at these indices of the row.
Column: TypeAlias = list[Var] | tuple[Var, tuple[Var, ...]]
# From one number of each column and what is carried to what is carried on.
Step: TypeAlias = Callable[[Sequence[Var], Sequence[Var]], Sequence[Var]]


Body: TypeAlias = Callable[[Builder, list[Var]], list[Var]]


def extreme_of_scalars(primitive: str, start: float, scalars: Sequence[int]) -> int:
    """The least or greatest of a few Reals; `start` is no better than any."""
    return _call(primitive, start, scalars)


def extreme_of_rows(primitive: str, start: float, array: int) -> int:
    """The least or greatest of the rows of an array, element by element."""
    return _call(primitive, start, [array])


def _call(primitive: str, start: float, operands: Sequence[int]) -> int:
    builder = current().builder
    builder.loc = user_location()
    types = tuple([builder.types[v] for v in operands])
    (result,) = builder.call(_extreme(primitive, start, types, builder.loc), operands)
    return result


@lru_cache(maxsize=1000)
def _extreme(primitive: str, start: float, types: tuple[Type, ...], loc: Location) -> Func:
    """The function that a line of the user's calls, however often it runs while tracing, with its rule."""
    first = types[0]
    if isinstance(first, Array):
        values, duals = _of_rows(primitive, start, first)
    else:
        values, duals = _of_scalars(primitive, start)
    plain = _func(primitive, types, values, loc)
    rule = Rule(_func(primitive, types * 2, duals, loc))
    return Func(plain.name, plain.types, plain.body, rule)


def _of_scalars(primitive: str, start: float) -> tuple[Body, Body]:
    def values(builder: Builder, xs: list[Var]) -> list[Var]:
        return [_best(builder, primitive, start, xs)]

    def duals(builder: Builder, params: list[Var]) -> list[Var]:
        count = len(params) // 2
        xs, dots = params[:count], params[count:]
        best = _best(builder, primitive, start, xs)
        return [best, _share(builder, best, xs, dots)]

    return values, duals


def _of_rows(primitive: str, start: float, type: Array) -> tuple[Body, Body]:
    shape = type.shape[1:]

    def values(builder: Builder, params: list[Var]) -> list[Var]:
        (rows,) = params
        return _each(builder, shape, lambda at: [_best(builder, primitive, start, (rows, at))])

    def duals(builder: Builder, params: list[Var]) -> list[Var]:
        rows, dots = params

        def element(at: tuple[Var, ...]) -> list[Var]:
            best = _best(builder, primitive, start, (rows, at))
            return [best, _share(builder, best, (rows, at), (dots, at))]

        return _each(builder, shape, element)

    return values, duals


def _func(name: str, types: Sequence[Type], body: Body, loc: Location) -> Func:
    builder = Builder(name)
    builder.loc = loc
    params = [builder.var(builder.param(type)) for type in types]
    return builder.finish([x.id for x in body(builder, params)])


def _each(
    builder: Builder,
    shape: Sequence[int],
    element: Callable[[tuple[Var, ...]], list[Var]],
    at: tuple[Var, ...] = (),
) -> list[Var]:
    """Arrays of a shape, or scalars, of what `element` makes at each place."""
    if not shape:
        return element(at)
    with builder.block([Index(shape[0])]) as block:
        inner = _each(builder, shape[1:], element, (*at, builder.var(block.params[0])))
    stacks = builder.loop(shape[0], (), block.close([x.id for x in inner]))
    return [builder.var(v) for v in stacks]


def _best(builder: Builder, primitive: str, start: float, xs: Column) -> Var:
    (best,) = _over(builder, [xs], [start], lambda x, best: [op(primitive, best[0], x[0])])
    return best


def _share(builder: Builder, best: Var, xs: Column, dots: Column) -> Var:
    """The mean of the tangents of those that are the best; 0 if that is nan, which nothing is equal to."""

    def step(dual: Sequence[Var], carried: Sequence[Var]) -> list[Var]:
        (x, dot), (count, total) = dual, carried
        return [count + op("tied", 1.0, x, best), total + op("tied", dot, x, best)]

    count, total = _over(builder, [xs, dots], [0.0, 0.0], step)
    return total / op("max", count, 1.0)


def _over(
    builder: Builder, columns: Sequence[Column], starts: Sequence[float], step: Step
) -> Sequence[Var]:
    """What numbers come to that are carried from row to row."""
    carried: Sequence[Var] = [builder.var(builder.const(start, REAL)) for start in starts]
    arrays = [column for column in columns if isinstance(column, tuple)]
    if not arrays:
        for row in zip(*[column for column in columns if isinstance(column, list)], strict=True):
            carried = step(row, carried)
        return carried
    type = arrays[0][0].type
    assert isinstance(type, Array), "rows are those of an array"
    with builder.block([Index(type.shape[0]), *[REAL for _ in starts]]) as block:
        i, *now = map(builder.var, block.params)
        nexts = step([op("index", rows, i, *at) for rows, at in arrays], now)
    body = block.close([x.id for x in nexts])
    return [builder.var(v) for v in builder.loop(type.shape[0], [x.id for x in carried], body)]
