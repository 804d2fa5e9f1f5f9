"""Between Python values and the flat buffers of an export, guided by the trees of its signature."""

from __future__ import annotations

import operator
import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, assert_never

from rose.errors import IndexRangeError, RoseError, TypeMismatchError
from rose.front.plain import describe_int, is_int
from rose.front.statics import check_static
from rose.front.tracer import Home
from rose.front.tree import (
    BoolTree,
    IndexTree,
    NoneTree,
    RawTree,
    RealTree,
    StaticTree,
    StructTree,
    Tree,
    TupleTree,
    VecTree,
    item_names,
    items_of,
    leaf_types,
    rebuild,
    with_article,
)
from rose.front.values import is_bool, is_number
from rose.front.words import counted, describe
from rose.ir.types import Bool, Index, Real
from rose.wasm.layout import Buffer

# What a host buffer holds, in struct's letters.
_LETTERS: dict[type, str] = {Real: "d", Index: "i", Bool: "?"}


@lru_cache(maxsize=4096)
def _format(letter: str, count: int) -> struct.Struct:
    return struct.Struct(f"<{count}{letter}")


def write(
    memory: Any,
    trees: Sequence[Tree],
    names: Sequence[str],
    values: Sequence[Any],
    buffers: Sequence[Buffer],
    *,
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
        try:
            _flatten(tree, value, own)
        except _FaultError as fault:
            raise fault.error(f"argument {name} of {function}") from None
        leaves += own
    for leaf, buffer in zip(leaves, buffers, strict=True):
        _format(_LETTERS[buffer.elem.__class__], len(leaf)).pack_into(memory, buffer.address, *leaf)


class _FaultError(Exception):
    """What is wrong with a value, on its way out of the structure that it is in.

    Attributes:
        path: where it is, innermost first: `element 3`, `field x`.
    """

    def __init__(self, message: str, kind: type[RoseError] = TypeMismatchError) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.path: list[str] = []

    def error(self, what: str) -> RoseError:
        return self.kind(f"{', '.join([what, *reversed(self.path)])}: {self.message}")


def _expected(what: str, value: Any) -> _FaultError:
    """The fault of a value that is something else.

    Raises:
        EscapedValueError: if it is a traced value, which has left its function.
    """
    home = getattr(value, "home", None)
    if isinstance(home, Home):
        home.enter(describe(value).split(maxsplit=1)[-1])
    return _FaultError(f"expected {what}, given {describe(value)}")


def _flatten(tree: Tree, value: Any, out: Sequence[list[Any]]) -> None:
    """Append the scalars of a value to its leaves."""
    match tree:
        case RealTree():
            out[0].append(_real(value))
        case BoolTree():
            out[0].append(_bool(value))
        case IndexTree(size):
            out[0].append(_index(value, size))
        case NoneTree():
            if value is not None:
                raise _expected("None", value)
        case VecTree():
            _flatten_vec(tree, value, out)
        case TupleTree() | StructTree():
            _flatten_items(tree, value, out)
        case RawTree():
            if not isinstance(value, RawResult) or value.tree != tree:
                raise _expected("what the forward function of this vjp gave", value)
            out[0].extend(value.scalars)
        case StaticTree():
            check_static(tree, value, _FaultError)
        case _:
            assert_never(tree)


def _flatten_items(tree: TupleTree | StructTree, value: Any, out: Sequence[list[Any]]) -> None:
    start = 0
    for k, (item, part) in enumerate(
        zip(tree.items, items_of(tree, value, _FaultError), strict=True)
    ):
        stop = start + len(leaf_types(item))
        try:
            _flatten(item, part, out[start:stop])
        except _FaultError as fault:
            fault.path.append(item_names(tree)[k])
            raise
        start = stop


def _flatten_vec(tree: VecTree, value: Any, out: Sequence[list[Any]]) -> None:
    items = _elements(tree, value)
    if len(items) != tree.size:
        raise _FaultError(f"expected {with_article(tree)}, given {counted(len(items), 'element')}")
    if isinstance(tree.elem, RealTree) and all(type(x) is float for x in items):
        out[0].extend(items)
        return
    for k, item in enumerate(items):
        try:
            _flatten(tree.elem, item, out)
        except _FaultError as fault:
            fault.path.append(f"element {k}")
            raise


# Sequences of Python whose items are no elements of a Vec, or in no order.
_NO_VECS = (str, bytes, bytearray, dict, set, frozenset)


def _elements(tree: VecTree, value: Any) -> Sequence[Any]:
    """The elements of a list, a tuple, an array, or any other sequence."""
    if isinstance(value, list | tuple):
        return value
    if hasattr(value, "tolist"):
        items = value.tolist()
        if isinstance(items, list):
            return items
    is_sequence = hasattr(type(value), "__getitem__") and hasattr(type(value), "__len__")
    has_no_order = isinstance(value, _NO_VECS) or getattr(value, "shape", None) == ()
    if not is_sequence or has_no_order or hasattr(value, "home"):
        raise _expected(with_article(tree), value)
    return list(value)


def _real(value: Any) -> float:
    if type(value) is float:
        return value
    if not is_number(value) and (isinstance(value, bool | str) or not _is_like_float(value)):
        raise _expected("a Real", value)
    try:
        return float(value)
    except OverflowError:
        raise _FaultError(
            "expected a Real, a 64-bit float, given an int too large for one"
        ) from None
    except (TypeError, ValueError):
        raise _expected("a Real", value) from None


def _is_like_float(value: Any) -> bool:
    """Whether it converts itself: a Fraction, a Decimal; no NumPy array and no traced value."""
    return (
        hasattr(type(value), "__float__")
        and not hasattr(value, "dtype")
        and not hasattr(value, "home")
    )


def _bool(value: Any) -> bool:
    if not is_bool(value) or hasattr(value, "home"):
        raise _expected("a Bool", value)
    return bool(value)


def _index(value: Any, size: int) -> int:
    if not is_int(value):
        raise _expected(f"an Index[{size}], an int", value)
    number = operator.index(value)
    if not size:
        raise _FaultError(
            f"an Index[0] has no values, given {describe_int(number)}", IndexRangeError
        )
    if not 0 <= number < size:
        raise _FaultError(
            f"index {describe_int(number)} is outside 0 to {size - 1}", IndexRangeError
        )
    return number


class RawResult:
    """Residuals on their way from a forward function to its pullback."""

    __slots__ = ("scalars", "tree")

    def __init__(self, tree: RawTree, scalars: tuple[Any, ...]) -> None:
        self.tree = tree
        self.scalars = scalars


def scalars(memory: Any, buffer: Buffer) -> tuple[Any, ...]:
    """What a buffer holds."""
    letter = _LETTERS[buffer.elem.__class__]
    return _format(letter, buffer.count).unpack_from(memory, buffer.address)


def read(memory: Any, tree: Tree, buffers: Sequence[Buffer], as_numpy: bool) -> Any:
    """The result in its buffers as a new Python value: floats, bools, ints, lists, tuples, structures.

    Args:
        as_numpy: give a Vec of numbers as a NumPy array instead of a list.
    """
    return _build(tree, iter([scalars(memory, buffer) for buffer in buffers]), as_numpy)


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
        case StaticTree(value):
            return value
        case _:
            assert_never(tree)


def _build_vec(tree: VecTree, leaves: list[tuple[Any, ...]], as_numpy: bool) -> Any:
    if as_numpy and len(leaves) == 1 and _is_plain(tree):
        import numpy as np  # noqa: PLC0415 (there if an argument was an array of it)

        (leaf,) = leaf_types(tree)
        return np.array(leaves[0]).reshape(leaf.shape)
    if isinstance(tree.elem, RealTree | BoolTree | IndexTree):
        return list(leaves[0])
    rows: list[Any] = []
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
