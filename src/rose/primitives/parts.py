"""Parts of arrays, and arrays put together from parts: each is the transpose of the other.

They turn an array of n rows into one of rows of rows and a rest, and back, without a loop: a part is in the memory of its array.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import prod
from typing import Any

from rose.ir.builder import Var, op
from rose.ir.primitive import Give, Memory, Primitive, register
from rose.ir.types import Array, Scalar, Type, scalars_of
from rose.primitives.memory import Attrs, Dots, Vars, nested, put_together_jvp


def scalars_in(value: Any) -> Iterator[Any]:
    """The scalars of nested lists, in row-major order."""
    if isinstance(value, list | tuple):
        for row in value:
            yield from scalars_in(row)
    else:
        yield value


# --- part: y = the scalars of a from number `start` on, as an array of a shape, or the one of them -----------


def _part_type(types: Sequence[Type], attrs: Attrs) -> Type:
    start, shape = attrs
    array = types[0] if len(types) == 1 else None
    if not isinstance(array, Array):
        raise ValueError(f"takes (array), given ({', '.join(map(str, types))})")
    if start < 0 or start + prod(shape) > array.count:
        raise ValueError(f"shape {shape} from scalar {start} on is no part of {array}")
    return Array(array.elem, shape) if shape else array.elem


def _part_eval(array: Any, start: int, shape: tuple[int, ...]) -> Any:
    count = prod(shape)
    if not count:
        return nested([], shape)
    row = len([*scalars_in(array[0])])
    first, within = divmod(start, row)
    rows = array[first : first + (within + count - 1) // row + 1]
    return nested([*scalars_in(rows)][within : within + count], shape)


def _part_jvp(xs: Vars, dots: Dots, y: Var, attrs: Attrs) -> Var | None:
    return None if dots[0] is None else op("part", dots[0], attrs=attrs)


def _part_transpose(y_bar: Var, xs: Vars, linear: Sequence[bool], attrs: Attrs, give: Give) -> None:
    give(0, y_bar, start=attrs[0])


part = register(
    Primitive(
        "part",
        ("start", "shape"),
        _part_type,
        _part_eval,
        _part_jvp,
        _part_transpose,
        Memory(),
        (),
        True,
        "the scalars of an array, in row-major order, from number `start` on, as an array of a shape; with shape () one scalar",
    )
)


# --- join: y = the scalars of a, then those of b, …, as an array of a shape ---------------------------------


def _join_type(types: Sequence[Type], attrs: Attrs) -> Type:
    (shape,) = attrs
    elems = {t.elem if isinstance(t, Array) else t for t in types}
    elem = elems.pop() if len(elems) == 1 else None
    if not isinstance(elem, Scalar):
        raise ValueError(f"takes arrays of one scalar, given ({', '.join(map(str, types))})")
    if not shape or prod(shape) != sum(map(scalars_of, types)):
        raise ValueError(f"shape {shape} does not hold {', '.join(map(str, types))}")
    return Array(elem, shape)


def _join_eval(*args: Any) -> Any:
    *arrays, shape = args
    return nested([*scalars_in(arrays)], shape)


def _join_transpose(y_bar: Var, xs: Vars, linear: Sequence[bool], attrs: Attrs, give: Give) -> None:
    starts = accumulate([scalars_of(x.type) for x in xs], initial=0)
    for k, (x, start) in enumerate(zip(xs, starts, strict=False)):
        if linear[k]:
            shape = x.type.shape if isinstance(x.type, Array) else ()
            give(k, op("part", y_bar, attrs=(start, shape)))


join = register(
    Primitive(
        "join",
        ("shape",),
        _join_type,
        _join_eval,
        put_together_jvp("join"),
        _join_transpose,
        Memory(),
        (),
        True,
        "the scalars of arrays, one array after the other in row-major order, and single ones, as an array of a shape",
    )
)
