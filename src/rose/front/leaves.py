"""Leaves of traced values: arrays in memory, slices of them, or put together from parts; indexed lazily."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, assert_never

from rose.front.tracer import current
from rose.front.tree import LeafType
from rose.ir.record import record
from rose.ir.types import Array, Index

SMALL_UNROLLED = (
    4  # Vecs up to this length are computed with element by element, longer ones in a loop
)


@record
class Stored:
    """The part of an IR array that is left after some indices; nothing is read before an element is needed."""

    array: int
    indices: tuple[int, ...] = ()


@record
class Items:
    """An array given by its elements: scalars (IR values) or rows."""

    items: tuple[Leaf | int, ...]


@record
class Sliced:
    """Every `step`-th row of a stored array, `size` of them, from row `start` on."""

    whole: Stored
    start: int
    step: int
    size: int


Leaf: TypeAlias = Stored | Items | Sliced


def renamed(leaf: Leaf, rename: Callable[[int], int]) -> Leaf:
    """The leaf with other IR values."""
    if isinstance(leaf, Stored):
        return Stored(rename(leaf.array), tuple(map(rename, leaf.indices)))
    if isinstance(leaf, Sliced):
        whole = Stored(rename(leaf.whole.array), tuple(map(rename, leaf.whole.indices)))
        return Sliced(whole, leaf.start, leaf.step, leaf.size)
    return Items(tuple(renamed_part(part, rename) for part in leaf.items))


def renamed_part(part: Leaf | int, rename: Callable[[int], int]) -> Leaf | int:
    """An item of a leaf, or a leaf, with other IR values."""
    return rename(part) if isinstance(part, int) else renamed(part, rename)


def empty(shape: Sequence[int]) -> Items:
    """The leaf of a shape that has a 0 in it, and so no scalars."""
    size, *rest = shape
    return Items((empty(rest),) * size if size else ())


def is_empty(leaf: Leaf | int) -> bool:
    """Whether there are no scalars in it."""
    while isinstance(leaf, Items):
        if not leaf.items:
            return True
        leaf = leaf.items[0]
    return False


# A Python int, or the IR value and size of a traced index.
Position: TypeAlias = int | tuple[int, int]


def at(leaf: Leaf, position: Position) -> Leaf | int:
    """The element or row at a position, which must be in range."""
    if isinstance(leaf, Items):
        if isinstance(position, int):
            return leaf.items[position]
        if is_empty(leaf):
            return leaf.items[0]
        leaf = Stored(materialize(leaf))
    if isinstance(leaf, Sliced):
        return at(leaf.whole, _position_in_whole(leaf, position))
    tracer = current()
    array = tracer.builder.types[leaf.array]
    assert isinstance(array, Array), "a leaf with a shape is an array"
    if isinstance(position, int):
        size = array.shape[len(leaf.indices)]
        position = (tracer.const(position, Index(size)), size)
    indices = (*leaf.indices, position[0])
    if len(indices) == len(array.shape):
        return tracer.emit("index", (leaf.array, *indices))
    return Stored(leaf.array, indices)


def _position_in_whole(leaf: Sliced, position: Position) -> Position:
    if isinstance(position, int):
        return leaf.start + leaf.step * position
    tracer = current()
    i, size = position
    if leaf.step < 0:
        last = leaf.size - 1
        i, size = tracer.emit("index_flip", (i,), (last,)), leaf.size
    step = abs(leaf.step)
    if step > 1:
        i = tracer.emit("index_mul", (i, tracer.const(step, Index(step + 1))))
        size = (size - 1) * step + 1
    start = min(leaf.start, leaf.start + leaf.step * (leaf.size - 1))
    if not start:
        return i, size
    return tracer.emit("index_add", (i, tracer.const(start, Index(start + 1)))), start + size


def size_of(leaf: Leaf) -> int:
    """How many elements or rows it has."""
    match leaf:
        case Items(items):
            return len(items)
        case Sliced(size=size):
            return size
        case Stored(array, indices):
            type = current().builder.types[array]
            assert isinstance(type, Array), "a leaf with a shape is an array"
            return type.shape[len(indices)]
        case _:
            assert_never(leaf)


def sliced(leaf: Leaf, places: range) -> Leaf:
    """The elements or rows at these places, at least one."""
    match leaf:
        case Items(items):
            return Items(tuple(items[k] for k in places))
        case Sliced(whole, start, step):
            return Sliced(whole, start + step * places[0], step * places.step, len(places))
        case Stored():
            return Sliced(leaf, places[0], places.step, len(places))
        case _:
            assert_never(leaf)


def updated(leaf: Leaf, positions: Sequence[Position], value: Leaf | int) -> Leaf:
    """A leaf like this one, but for the element or row at a place in it, which is `value`."""
    if is_empty(leaf):
        return leaf
    first, *rest = positions
    if isinstance(first, int) and (isinstance(leaf, Items) or size_of(leaf) <= SMALL_UNROLLED):
        items = [at(leaf, k) for k in range(size_of(leaf))]
        if rest:
            row = items[first]
            assert not isinstance(row, int), "only rows have places inside"
            value = updated(row, rest, value)
        items[first] = value
        return Items(tuple(items))
    scalars = [x for x in leaf.items if isinstance(x, int)] if isinstance(leaf, Items) else []
    if 0 < len(scalars) <= SMALL_UNROLLED and isinstance(value, int):
        return Items(tuple(_chosen(first, k, value, x) for k, x in enumerate(scalars)))
    return Stored(_updated_array(materialize(leaf), positions, value))


def _chosen(position: Position, k: int, value: int, otherwise: int) -> int:
    """The value if the traced index of a position is k, else the other one."""
    assert not isinstance(position, int), "a position that is known needs no choice"
    tracer = current()
    i, size = position
    if k >= size:
        return otherwise
    here = tracer.emit("index_eq", (i, tracer.const(k, Index(size))))
    return tracer.emit("select", (here, value, otherwise))


def _updated_array(array: int, positions: Sequence[Position], value: Leaf | int) -> int:
    tracer = current()
    type = tracer.builder.types[array]
    assert isinstance(type, Array), "a leaf with a shape is an array"
    indices = [
        tracer.const(place, Index(size)) if isinstance(place, int) else place[0]
        for place, size in zip(positions, type.shape, strict=False)
    ]
    row = value if isinstance(value, int) else materialize(value)
    return tracer.emit("update", (array, *indices, row))


def joined(leaves: Sequence[Leaf]) -> Items:
    """All their elements or rows, one after the other."""
    return Items(tuple(at(leaf, k) for leaf in leaves for k in range(size_of(leaf))))


def rows_of(leaves: Sequence[Leaf | int]) -> list[int]:
    """What a loop stacks of a value with these leaves: an IR value of each that has scalars."""
    return [x if isinstance(x, int) else materialize(x) for x in leaves if not is_empty(x)]


def from_stacks(types: Sequence[LeafType], stacks: Sequence[int]) -> list[Leaf]:
    """The leaves of a Vec whose elements a loop has stacked; see `rows_of`."""
    arrays = iter(stacks)
    return [Stored(next(arrays)) if type.count else empty(type.shape) for type in types]


def materialize(leaf: Leaf) -> int:
    """The leaf, which has scalars, as one IR array."""
    tracer = current()
    if isinstance(leaf, Sliced):
        return _materialize_slice(leaf)
    if isinstance(leaf, Stored):
        if not leaf.indices:
            return leaf.array
        return tracer.emit("index", (leaf.array, *leaf.indices))
    shape: tuple[int, ...] = (len(leaf.items),)
    parts: Sequence[Leaf | int] = leaf.items
    while all(isinstance(part, Items) for part in parts):
        rows = [part for part in parts if isinstance(part, Items)]
        shape += (len(rows[0].items),)
        parts = [part for row in rows for part in row.items]
    values = [part if isinstance(part, int) else materialize(part) for part in parts]
    return tracer.emit("pack", values, (shape,))


def _materialize_slice(leaf: Sliced) -> int:
    builder = current().builder
    with builder.block([Index(leaf.size)]) as block:
        row = at(leaf, (block.params[0], leaf.size))
        result = row if isinstance(row, int) else materialize(row)
    (stack,) = builder.loop(leaf.size, (), block.close([result]))
    return stack


def to_passed(type: LeafType, leaf: Leaf | int) -> list[int]:
    """The IR values that a leaf is passed as (see `LeafType.passed_as`)."""
    if isinstance(leaf, int):
        return [leaf]
    if type.is_passed_whole:
        return [materialize(leaf)]
    parts: list[Leaf | int] = [leaf]
    for size in type.shape:
        parts = [at(part, k) for part in parts if not isinstance(part, int) for k in range(size)]
    return [part for part in parts if isinstance(part, int)]


def from_passed(type: LeafType, values: Sequence[int]) -> Leaf | int:
    """The inverse of `to_passed`."""
    if not type.shape:
        return values[0]
    if not type.count:
        return empty(type.shape)
    if type.is_passed_whole:
        return Stored(values[0])
    parts: list[Leaf | int] = list(values)
    for size in reversed(type.shape[1:]):
        parts = [Items(tuple(parts[k : k + size])) for k in range(0, len(parts), size)]
    return Items(tuple(parts))
