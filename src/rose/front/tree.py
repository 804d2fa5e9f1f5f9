"""Tree types: what a user's annotation says, and how such a value is laid out as IR values.

A tree is flattened to *leaves* in order of its fields. A leaf is a scalar, or an array of scalars: a Vec of
structures is a structure of arrays. As parameters and results of a Func, arrays of at most `SMALL` scalars
are passed as that many scalars, so that a Vec[2] costs two f64 and no memory.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias, assert_never

from rose.errors import RoseError, SignatureError, TypeMismatchError
from rose.ir.types import BOOL, REAL, Array, Index, Scalar, Type

SMALL = 4


@dataclass(frozen=True, slots=True)
class RealTree:
    def __str__(self) -> str:
        return "Real"


@dataclass(frozen=True, slots=True)
class BoolTree:
    def __str__(self) -> str:
        return "Bool"


@dataclass(frozen=True, slots=True)
class IndexTree:
    size: int

    def __str__(self) -> str:
        return f"Index[{self.size}]"


@dataclass(frozen=True, slots=True)
class NoneTree:
    """No value: what `None` is, and the tangent of what has no tangent."""

    def __str__(self) -> str:
        return "None"


@dataclass(frozen=True, slots=True)
class VecTree:
    size: int
    elem: Tree

    def __str__(self) -> str:
        return f"Vec[{self.size}]" if self.elem == REAL_TREE else f"Vec[{self.size}, {self.elem}]"


@dataclass(frozen=True, slots=True)
class TupleTree:
    items: tuple[Tree, ...]

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True, slots=True)
class StructTree:
    """A dataclass or NamedTuple."""

    cls: type
    names: tuple[str, ...]
    items: tuple[Tree, ...]

    def __str__(self) -> str:
        return self.cls.__name__


@dataclass(frozen=True, slots=True)
class RawTree:
    """One IR value as it is: a residual. It never comes from an annotation."""

    type: Type

    def __str__(self) -> str:
        return str(self.type)


Tree: TypeAlias = (
    RealTree | BoolTree | IndexTree | NoneTree | VecTree | TupleTree | StructTree | RawTree
)

REAL_TREE = RealTree()
BOOL_TREE = BoolTree()
NONE_TREE = NoneTree()


@dataclass(frozen=True, slots=True)
class LeafType:
    """Scalars in row-major order; shape () is one scalar. `raw` ones are never split."""

    elem: Scalar
    shape: tuple[int, ...]
    raw: bool = False

    @property
    def count(self) -> int:
        return prod(self.shape)

    @property
    def passed_as(self) -> list[Type]:
        """The IR types it has as parameters or results of a Func."""
        if not self.shape:
            return [self.elem]
        if self.count <= SMALL and not self.raw:
            return [self.elem] * self.count
        return [Array(self.elem, self.shape)]


def children(tree: Tree) -> tuple[Tree, ...]:
    """The trees of a tuple's items or a structure's fields; none for other trees."""
    return tree.items if isinstance(tree, TupleTree | StructTree) else ()


def leaf_types(tree: Tree) -> list[LeafType]:
    """The leaves of a tree, in order."""
    match tree:
        case RealTree():
            return [LeafType(REAL, ())]
        case BoolTree():
            return [LeafType(BOOL, ())]
        case IndexTree(size):
            return [LeafType(Index(size), ())]
        case NoneTree():
            return []
        case VecTree(size, elem):
            return [LeafType(leaf.elem, (size, *leaf.shape)) for leaf in leaf_types(elem)]
        case TupleTree(items) | StructTree(items=items):
            return [leaf for item in items for leaf in leaf_types(item)]
        case RawTree(type):
            if isinstance(type, Array):
                return [LeafType(type.elem, type.shape, raw=True)]
            assert isinstance(type, Scalar), "references are no values of the user"
            return [LeafType(type, (), raw=True)]
        case _:
            assert_never(tree)


def passed_types(tree: Tree) -> list[Type]:
    """The IR types of a tree as parameters or results of a Func."""
    return [type for leaf in leaf_types(tree) for type in leaf.passed_as]


def tangent_tree(tree: Tree) -> Tree:
    """The tree of tangents: the same, with None in place of Bools and indices."""
    match tree:
        case RealTree():
            return tree
        case BoolTree() | IndexTree() | NoneTree():
            return NONE_TREE
        case VecTree(size, elem):
            inner = tangent_tree(elem)
            return NONE_TREE if inner == NONE_TREE else VecTree(size, inner)
        case TupleTree(items):
            return TupleTree(tuple(map(tangent_tree, items)))
        case StructTree(cls, names, items):
            return StructTree(cls, names, tuple(map(tangent_tree, items)))
        case RawTree():
            raise AssertionError("residuals are not differentiated by users")
        case _:
            assert_never(tree)


def rebuild(tree: TupleTree | StructTree, items: Sequence[Any]) -> Any:
    """A tuple or structure from its items."""
    return tuple(items) if isinstance(tree, TupleTree) else tree.cls(*items)


def items_of(tree: TupleTree | StructTree, value: Any, fail: Callable[[str], RoseError]) -> list[Any]:
    """The items of a value that should be such a tuple or structure.

    A structure may be given as an instance, as a dict of its fields, or as a sequence in their order.

    Raises:
        RoseError: what `fail` makes of the reason, if it is none of them.
    """
    if isinstance(tree, StructTree):
        if isinstance(value, tree.cls):
            return [getattr(value, name) for name in tree.names]
        if isinstance(value, dict) and set(value) == set(tree.names):
            return [value[name] for name in tree.names]
    if isinstance(value, tuple | list) and not dataclasses.is_dataclass(value):
        if len(value) == len(tree.items):
            return list(value)
        raise fail(f"expected {len(tree.items)} items ({tree}), given {len(value)}")
    raise fail(f"expected {tree}, given {describe(value)}")


def describe(value: Any) -> str:
    """A short description of a value for error messages."""
    text = repr(value)
    if len(text) > 40:
        text = text[:37] + "..."
    return f"{type(value).__name__} {text}"


# --- annotations ------------------------------------------------------------------------------------------

# Classes that stand for a tree; `rose.front.values` adds Real and Bool.
NAMED_TREES: dict[Any, Tree] = {float: REAL_TREE, bool: BOOL_TREE, None: NONE_TREE}
NAMED_TREES[type(None)] = NONE_TREE

_HOW = "use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple or a tuple of those"


def to_tree(annotation: Any, what: str) -> Tree:
    """The tree that an annotation stands for.

    Args:
        annotation: what the user wrote, evaluated.
        what: what it annotates, for the error.

    Raises:
        SignatureError: if it is not a type of the language.
    """
    if isinstance(annotation, Tree):
        return annotation
    if isinstance(annotation, typing.Hashable) and annotation in NAMED_TREES:
        return NAMED_TREES[annotation]
    if typing.get_origin(annotation) is tuple:
        arguments = typing.get_args(annotation)
        return TupleTree(tuple(to_tree(a, what) for a in arguments if a != ()))
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        if dataclasses.is_dataclass(annotation):
            return _struct(annotation, [f.name for f in dataclasses.fields(annotation)])
        if issubclass(annotation, tuple) and hasattr(annotation, "_fields"):
            return _struct(annotation, list(annotation._fields))
    name = getattr(annotation, "__name__", None) or str(annotation)
    if name in ("Vec", "Index"):
        raise SignatureError(
            f"{what} is annotated {name}, which needs a size: write {name}[3]"
            + (" or Vec[3, T]" if name == "Vec" else "")
        )
    raise SignatureError(f"{what} is annotated {name}, which is not a type of Rose: {_HOW}")


def _struct(cls: type, names: list[str]) -> StructTree:
    try:
        hints = typing.get_type_hints(cls)
    except NameError as error:
        raise SignatureError(
            f"the fields of {cls.__name__} cannot be resolved: {error}; structures used by @fn "
            "are defined where their annotations can be looked up, at the top of a module"
        ) from None
    trees = tuple(to_tree(hints[n], f"field {n} of {cls.__name__}") for n in names)
    return StructTree(cls, tuple(names), trees)


def vec_tree(parameters: Any) -> VecTree:
    """What `Vec[n]` and `Vec[n, T]` stand for."""
    size, elem = parameters if isinstance(parameters, tuple) else (parameters, REAL_TREE)
    return VecTree(_size("Vec", size), to_tree(elem, "the element of a Vec"))


def index_tree(size: Any) -> IndexTree:
    """What `Index[n]` stands for."""
    return IndexTree(_size("Index", size))


def _size(name: str, size: Any) -> int:
    if not isinstance(size, int) or isinstance(size, bool):
        raise SignatureError(f"the size of a {name} is an int, given {describe(size)}")
    if size < 1:
        raise SignatureError(f"the size of a {name} is at least 1, given {size}")
    return size


def mismatch(message: str) -> TypeMismatchError:
    """The error for a value that is not of its tree."""
    return TypeMismatchError(message)
