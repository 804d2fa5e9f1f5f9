"""Leaves of traced values: arrays in memory (`Stored`) or put together from parts (`Items`), indexed lazily."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rose.front.tracer import current
from rose.front.tree import LeafType
from rose.ir.types import Array, Index


@dataclass(frozen=True, slots=True)
class Stored:
    """The part of an IR array that is left after some indices; nothing is read before an element is needed."""

    array: int
    indices: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """An array given by its elements: scalars (IR values) or rows."""

    items: tuple[Leaf | int, ...]


Leaf: TypeAlias = Stored | Items

# A Python int, or the IR value and size of a traced index.
Position: TypeAlias = int | tuple[int, int]


def at(leaf: Leaf, position: Position) -> Leaf | int:
    """The element or row at a position, which must be in range."""
    if isinstance(leaf, Items):
        if isinstance(position, int):
            return leaf.items[position]
        leaf = Stored(materialize(leaf))
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


def materialize(leaf: Leaf) -> int:
    """The leaf as one IR array."""
    tracer = current()
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


def to_passed(type: LeafType, leaf: Leaf | int) -> list[int]:
    """The IR values that a leaf is passed as (see `LeafType.passed_as`)."""
    if isinstance(leaf, int):
        return [leaf]
    if len(type.passed_as) == 1 and isinstance(type.passed_as[0], Array):
        return [materialize(leaf)]
    parts: list[Leaf | int] = [leaf]
    for size in type.shape:
        parts = [at(part, k) for part in parts if not isinstance(part, int) for k in range(size)]
    return [part for part in parts if isinstance(part, int)]


def from_passed(type: LeafType, values: Sequence[int]) -> Leaf | int:
    """The inverse of `to_passed`."""
    if not type.shape:
        return values[0]
    if isinstance(type.passed_as[0], Array):
        return Stored(values[0])
    parts: list[Leaf | int] = list(values)
    for size in reversed(type.shape[1:]):
        parts = [Items(tuple(parts[k : k + size])) for k in range(0, len(parts), size)]
    return Items(tuple(parts))
