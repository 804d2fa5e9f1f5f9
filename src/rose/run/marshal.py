"""Between Python values and the flat buffers of an export, guided by the trees of its signature."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, assert_never

from rose.errors import IndexRangeError, RoseError
from rose.front.tree import (
    BoolTree,
    IndexTree,
    NoneTree,
    RawTree,
    RealTree,
    StructTree,
    Tree,
    TupleTree,
    VecTree,
    describe,
    items_of,
    leaf_types,
    mismatch,
    rebuild,
)
from rose.ir.types import Bool, Index, Real
from rose.wasm.layout import Buffer

# What a host buffer holds, in struct's letters.
_LETTERS: dict[type, str] = {Real: "d", Index: "i", Bool: "?"}


@lru_cache(maxsize=4096)
def _format(elem: type, count: int) -> struct.Struct:
    return struct.Struct(f"<{count}{_LETTERS[elem]}")


def write(
    memory: Any,
    trees: Sequence[Tree],
    names: Sequence[str],
    values: Sequence[Any],
    buffers: Sequence[Buffer],
    function: str,
) -> None:
    """Put arguments into their buffers. Nothing is written if one of them is wrong.

    Raises:
        TypeMismatchError: if a value is not of its tree, saying which argument and where in it.
        IndexRangeError: if an index is out of range.
    """
    leaves: list[list[Any]] = []
    for tree, name, value in zip(trees, names, values, strict=True):
        own: list[list[Any]] = [[] for _ in leaf_types(tree)]
        _flatten(tree, value, own, f"argument {name} of {function}")
        leaves += own
    for leaf, buffer in zip(leaves, buffers, strict=True):
        _format(buffer.elem.__class__, len(leaf)).pack_into(memory, buffer.address, *leaf)


def _flatten(tree: Tree, value: Any, out: Sequence[list[Any]], what: str) -> None:
    """Append the scalars of a value to its leaves."""
    match tree:
        case RealTree():
            out[0].append(_real(value, what))
        case BoolTree():
            out[0].append(_bool(value, what))
        case IndexTree(size):
            out[0].append(_index(value, size, what))
        case NoneTree():
            if value is not None:
                raise mismatch(f"{what}: expected None, given {describe(value)}")
        case VecTree(size, elem):
            _flatten_vec(tree, value, out, what)
        case TupleTree(items) | StructTree(items=items):

            def fail(why: str) -> RoseError:
                return mismatch(f"{what}: {why}")

            start = 0
            for item, part in zip(items, items_of(tree, value, fail), strict=True):
                stop = start + len(leaf_types(item))
                _flatten(item, part, out[start:stop], what)
                start = stop
        case RawTree():
            if not isinstance(value, RawResult) or value.tree != tree:
                raise mismatch(f"{what}: expected the residuals of this function's vjp")
            out[0].extend(value.scalars)
        case _:
            assert_never(tree)


def _flatten_vec(tree: VecTree, value: Any, out: Sequence[list[Any]], what: str) -> None:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, list | tuple):
        try:
            value = list(value)
        except TypeError:
            raise mismatch(f"{what}: expected a {tree}, given {describe(value)}") from None
    if len(value) != tree.size:
        raise mismatch(f"{what}: expected a {tree}, given {len(value)} elements")
    if isinstance(tree.elem, RealTree) and all(type(x) is float for x in value):
        out[0].extend(value)
        return
    for k, item in enumerate(value):
        _flatten(tree.elem, item, out, f"{what}, element {k}")


def _real(value: Any, what: str) -> float:
    if type(value) is float:
        return value
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise mismatch(f"{what}: expected a Real, given {describe(value)}")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise mismatch(f"{what}: expected a Real, given {describe(value)}") from None


def _bool(value: Any, what: str) -> bool:
    if isinstance(value, bool) or (hasattr(value, "dtype") and value.dtype == bool):
        return bool(value)
    raise mismatch(f"{what}: expected a Bool, given {describe(value)}")


def _index(value: Any, size: int, what: str) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise mismatch(f"{what}: expected an Index[{size}], an int, given {describe(value)}")
    number = int(value)
    if not 0 <= number < size:
        raise IndexRangeError(f"{what}: index {number} is outside 0 to {size - 1}")
    return number


class RawResult:
    """Residuals on their way from a forward function to its pullback."""

    __slots__ = ("scalars", "tree")

    def __init__(self, tree: RawTree, scalars: tuple[Any, ...]) -> None:
        self.tree = tree
        self.scalars = scalars


def read(memory: Any, tree: Tree, buffers: Sequence[Buffer], as_numpy: bool) -> Any:
    """The result in its buffers as a new Python value: floats, bools, ints, lists, tuples, structures.

    Args:
        as_numpy: give a Vec of numbers as a NumPy array instead of a list.
    """
    leaves = [
        _format(buffer.elem.__class__, buffer.count).unpack_from(memory, buffer.address)
        for buffer in buffers
    ]
    return _build(tree, iter(leaves), as_numpy)


def _build(tree: Tree, leaves: Iterator[tuple[Any, ...]], as_numpy: bool) -> Any:
    match tree:
        case RealTree() | BoolTree() | IndexTree():
            return next(leaves)[0]
        case NoneTree():
            return None
        case VecTree():
            own = [next(leaves) for _ in leaf_types(tree)]
            return _build_vec(tree, own, as_numpy)
        case TupleTree(items) | StructTree(items=items):
            return rebuild(tree, [_build(item, leaves, as_numpy) for item in items])
        case RawTree():
            return RawResult(tree, next(leaves))
        case _:
            assert_never(tree)


def _build_vec(tree: VecTree, leaves: list[tuple[Any, ...]], as_numpy: bool) -> Any:
    if as_numpy and len(leaves) == 1 and _is_plain(tree):
        import numpy

        (leaf,) = leaf_types(tree)
        return numpy.array(leaves[0]).reshape(leaf.shape)
    if isinstance(tree.elem, RealTree | BoolTree | IndexTree):
        return list(leaves[0])
    rows = []
    for k in range(tree.size):
        parts = [
            leaf[k * len(leaf) // tree.size : (k + 1) * len(leaf) // tree.size] for leaf in leaves
        ]
        rows.append(_build(tree.elem, iter(parts), as_numpy))
    return rows


def _is_plain(tree: Tree) -> bool:
    """Whether it is a Vec of Vecs … of scalars."""
    while isinstance(tree, VecTree):
        tree = tree.elem
    return isinstance(tree, RealTree | BoolTree | IndexTree)


def has_numpy(values: Sequence[Any]) -> bool:
    """Whether an argument is, or holds in a tuple or list, a NumPy array."""
    stack = list(values)
    while stack:
        value = stack.pop()
        if hasattr(value, "dtype") and getattr(value, "shape", ()) != ():
            return True
        if isinstance(value, tuple) or (isinstance(value, list) and len(value) <= 16):
            stack.extend(value)
    return False
