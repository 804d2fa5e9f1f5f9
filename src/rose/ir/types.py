"""Types of IR values: three scalars, arrays of them, and references to accumulators."""

from __future__ import annotations

from math import prod
from typing import TypeAlias

from rose.ir.record import record


@record
class Real:
    """A 64-bit float."""

    def __hash__(self) -> int:  # a key of many tables
        return 1

    def __str__(self) -> str:
        return "real"


@record
class Bool:
    """True or false."""

    def __hash__(self) -> int:
        return 2

    def __str__(self) -> str:
        return "bool"


@record
class Index:
    """An integer i with 0 <= i < size."""

    size: int

    def __eq__(self, other: object) -> bool:
        return type(other) is Index and self.size == other.size

    def __hash__(self) -> int:
        return self.size

    def __str__(self) -> str:
        return f"index[{self.size}]"


Scalar: TypeAlias = Real | Bool | Index


@record
class Array:
    """Scalars in row-major order; `shape` has at least one dimension."""

    elem: Scalar
    shape: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many scalars it holds."""
        return prod(self.shape)

    def at(self, depth: int) -> Scalar | Array:
        """The type that is left after indexing the first `depth` dimensions."""
        return Array(self.elem, self.shape[depth:]) if depth < len(self.shape) else self.elem

    def __str__(self) -> str:
        elem = self.elem
        base = f"index<{elem.size}>" if isinstance(elem, Index) else str(elem)
        return f"{base}[{', '.join(map(str, self.shape))}]"


@record
class Ref:
    """A mutable accumulator of an array of Reals; see `func.Accum`."""

    array: Array

    def __str__(self) -> str:
        return f"ref {self.array}"


Type: TypeAlias = Real | Bool | Index | Array | Ref

REAL = Real()
BOOL = Bool()


def stacked(size: int, type: Type) -> Array:
    """The type of `size` values of a type put together along a new first dimension."""
    assert not isinstance(type, Ref), "references are never stacked"
    return (
        Array(type.elem, (size, *type.shape)) if isinstance(type, Array) else Array(type, (size,))
    )


def scalars_of(type: Type) -> int:
    """How many scalars a value is."""
    return type.count if isinstance(type, Array) else 1


def scalar_bytes(type: Scalar) -> int:
    """Bytes of a scalar in memory: a Real takes 8 bytes, an index 4 (as i32), a Bool 1."""
    match type:
        case Real():
            return 8
        case Index():
            return 4
        case Bool():
            return 1


def type_bytes(type: Type) -> int:
    """Bytes of a value in memory; of a reference, those of its array."""
    if isinstance(type, Ref):
        type = type.array
    return type.count * scalar_bytes(type.elem) if isinstance(type, Array) else scalar_bytes(type)


def is_real(type: Type) -> bool:
    """Whether values of this type have tangents: Reals, arrays of Reals, accumulators."""
    match type:
        case Real() | Ref():
            return True
        case Array(elem, _):
            return isinstance(elem, Real)
        case _:
            return False
