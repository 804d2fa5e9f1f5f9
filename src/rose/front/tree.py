"""Tree types: what a value is to its user, and how it is laid out as IR values.

A tree is flattened to *leaves* in order of its fields. A leaf is a scalar, or an array of scalars: a Vec of
structures is a structure of arrays. As parameters and results of a Func, arrays of at most `SMALL` scalars
are passed as that many scalars, so that a Vec[2] costs two f64 and no memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, assert_never

from rose.errors import NoAttributeError, SignatureError, TypeMismatchError
from rose.front.absent_operators import COMPUTING, ELEMENTS, refuse
from rose.front.generics import variables_of
from rose.front.range import Range
from rose.front.structures import has_named_fields, is_dataclass
from rose.front.words import counted, describe
from rose.ir.record import field, record
from rose.ir.types import BOOL, REAL, Array, Index, Real, Scalar, Type

SMALL = 4


class _Named:
    """A tree says in errors what it is."""

    __slots__ = ()

    def in_words(self) -> str:
        return f"the type {self}"

    def __call__(self, *values: object) -> NoReturn:
        """Types make no values, though users may expect so."""
        given = f" of {describe(values[0])}" if len(values) == 1 else ""
        raise TypeMismatchError(
            f"{self} is a type, and makes no values{given}; write numbers and lists, or rose.vec([x, y])"
        )

    def __or__(self, other: object) -> NoReturn:
        raise SignatureError(
            f"a value has one type, given a choice of {self} and {_of_choice(other)}; leave the annotation out, "
            "and each type of argument makes a function of its own"
        )

    __ror__ = __or__

    def __instancecheck__(self, value: object) -> NoReturn:
        raise TypeMismatchError(
            f"isinstance takes a class, given {self.in_words()}; write Real, Bool, Index or Vec, and len(v) == n"
        )

    def __bool__(self) -> bool:
        return True  # Python would ask for its length, which it refuses to have

    if not TYPE_CHECKING:  # to checkers a class with it has every attribute

        def __getattr__(self, name: str) -> NoReturn:
            if name.startswith("_"):  # Python's and its tools' own question
                raise AttributeError(f"{self.in_words()} has no attribute {name!r}")
            raise NoAttributeError(
                f"{self.in_words()} has no attribute {name!r}; it is for annotations, as in x: {self}"
            )


def _of_choice(other: object) -> str:
    """The other side of |, as it is written."""
    return str(other if isinstance(other, _Named) else getattr(other, "__name__", other))


refuse(
    _Named,
    "{} is no value: it is for annotations, and lists and rose.vec([x, y]) are values to compute with",
    COMPUTING.replace(" or ror ", " "),
)
refuse(
    _Named,
    "{} has no elements, and takes no more in brackets; write Vec[2, Vec[3]] for the type of 2 rows of 3 Reals",
    ELEMENTS,
)


@record
class RealTree(_Named):
    """A 64-bit float.

    Attributes:
        range: between which numbers it is meant to lie, for tools that make controls; it makes no other type.
    """

    range: Range | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return "Real"


@record
class BoolTree(_Named):
    """True or false."""

    def __repr__(self) -> str:
        return "Bool"


@record
class IndexTree(_Named):
    """An integer from 0 to size - 1. One of size 0 has no values: it is what a loop of no iterations counts by."""

    size: int

    @property
    def type(self) -> Index:
        """Its IR type, which has a value in any case, so that what never runs can be written down."""
        return Index(max(self.size, 1))

    def __repr__(self) -> str:
        return f"Index[{self.size}]"


@record
class NoneTree(_Named):
    """No value: what `None` is, and the tangent of what has no tangent."""

    def __repr__(self) -> str:
        return "None"


@record
class VecTree(_Named):
    """So many values of one tree."""

    size: int
    elem: Tree

    def __repr__(self) -> str:
        return f"Vec[{self.size}]" if self.elem == REAL_TREE else f"Vec[{self.size}, {self.elem}]"


@record
class TupleTree(_Named):
    """A tuple of a known length."""

    items: tuple[Tree, ...]

    def __repr__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items))}]"


@record
class StructTree(_Named):
    """A dataclass or NamedTuple, or a dict with fixed keys."""

    cls: type
    names: tuple[str, ...]
    items: tuple[Tree, ...]

    def __repr__(self) -> str:
        fields = ", ".join(f"{n}: {t}" for n, t in zip(self.names, self.items, strict=True))
        if self.cls is dict:
            return f"{{{fields}}}"
        return f"{self.cls.__name__}({fields})" if variables_of(self.cls) else self.cls.__name__


@record
class RawTree(_Named):
    """One IR value as it is: a residual. It never comes from an annotation."""

    type: Type

    def __repr__(self) -> str:
        return str(self.type)


@record
class StaticTree(_Named):
    """A Python value that is known while tracing: a static argument. It has no leaves.

    Attributes:
        value: what the traced function gets.
        key: tells it from other values, also from those that Python holds equal, as 1, 1.0 and True.
    """

    value: Any = field(compare=False)
    key: Any

    def __repr__(self) -> str:
        return describe(self.value).removeprefix(f"{type(self.value).__name__} ")


Tree: TypeAlias = (
    RealTree
    | BoolTree
    | IndexTree
    | NoneTree
    | VecTree
    | TupleTree
    | StructTree
    | RawTree
    | StaticTree
)

REAL_TREE = RealTree()
BOOL_TREE = BoolTree()
NONE_TREE = NoneTree()


@record
class LeafType:
    """Scalars in row-major order; shape () is one scalar. `raw` ones are never split.

    With a 0 in the shape there are none, and nothing is passed: no array of the IR is empty.
    """

    elem: Scalar
    shape: tuple[int, ...]
    raw: bool = False

    @property
    def count(self) -> int:
        return prod(self.shape)

    @property
    def is_passed_whole(self) -> bool:
        """Whether it is one array as a parameter or result of a Func, and not its scalars."""
        return bool(self.shape) and (self.raw or self.count > SMALL)

    @property
    def passed_as(self) -> list[Type]:
        """The IR types it has as parameters or results of a Func."""
        return [Array(self.elem, self.shape)] if self.is_passed_whole else [self.elem] * self.count


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
        case IndexTree():
            return [LeafType(tree.type, ())]
        case NoneTree() | StaticTree():
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


def leaves_of_trees(trees: Sequence[Tree]) -> tuple[Any, ...]:
    """The element type and shape of every leaf."""
    return tuple((leaf.elem, leaf.shape) for tree in trees for leaf in leaf_types(tree))


def passed_types(tree: Tree) -> list[Type]:
    """The IR types of a tree as parameters or results of a Func."""
    return [type for leaf in leaf_types(tree) for type in leaf.passed_as]


def has_reals(tree: Tree) -> bool:
    """Whether a value of the tree has a Real in it."""
    return any([isinstance(leaf.elem, Real) for leaf in leaf_types(tree)])


def ranged(tree: Tree, between: Range) -> Tree:
    """The tree with a range for every Real that has none."""
    match tree:
        case RealTree(None):
            return RealTree(between)
        case VecTree(size, elem):
            return VecTree(size, ranged(elem, between))
        case TupleTree(items):
            return TupleTree(tuple(ranged(item, between) for item in items))
        case StructTree(cls, names, items):
            return StructTree(cls, names, tuple(ranged(item, between) for item in items))
        case _:
            return tree


def tangent_tree(tree: Tree) -> Tree:
    """The tree of tangents: the same, with None in place of Bools and indices."""
    match tree:
        case RealTree():
            return tree
        case BoolTree() | IndexTree() | NoneTree() | StaticTree():
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
    if isinstance(tree, TupleTree):
        return tuple(items)
    if tree.cls is dict:
        return dict(zip(tree.names, items, strict=True))
    if _is_built_by_name(tree.cls):
        return tree.cls(**dict(zip(tree.names, items, strict=True)))
    return tree.cls(*items)


@lru_cache(maxsize=4096)
def _is_built_by_name(cls: type) -> bool:
    """Whether a structure has fields that its constructor takes by name only."""
    return is_dataclass(cls) and has_named_fields(cls)


def items_of(
    tree: TupleTree | StructTree, value: Any, fail: Callable[[str], Exception]
) -> list[Any]:
    """The items of a value that should be such a tuple or structure.

    A structure may be given as an instance, as a dict of its fields, or as a sequence in their order; a dict
    with fixed keys as such a dict.

    Raises:
        Exception: what `fail` makes of the reason, if it is none of them.
    """
    if isinstance(tree, StructTree):
        if tree.cls is not dict and isinstance(value, tree.cls):
            return [getattr(value, name) for name in tree.names]
        if isinstance(value, dict):
            if set(value) == set(tree.names):
                return [value[name] for name in tree.names]
            what = "keys" if tree.cls is dict else "fields"
            fields = f"{'a dict' if tree.cls is dict else with_article(tree)} with {what} {', '.join(tree.names)}"
            raise fail(f"expected {fields}, given those of {describe(value)}")
    is_dict = isinstance(tree, StructTree) and tree.cls is dict
    is_other = is_dict or (isinstance(tree, StructTree) and hasattr(value, "_fields"))
    if isinstance(value, tuple | list) and not is_other:
        if len(value) == len(tree.items):
            return list(value)
        raise fail(
            f"expected {with_article(tree)} of {counted(len(tree.items), 'item')}, given {len(value)}"
        )
    raise fail(f"expected {with_article(tree)}, given {describe(value)}")


def with_article(tree: Tree) -> str:
    """A tree with its article, as it is spoken, for errors."""
    if isinstance(tree, NoneTree):
        return "None"
    if isinstance(tree, StructTree) and tree.cls is dict:
        return f"a dict {tree}"
    return f"{'an' if _VOWEL.match(str(tree)) else 'a'} {tree}"


_VOWEL = re.compile(r"[AEIO]|[FHLMNRSX]\b")  # at the beginning, or of a letter that is a whole name


def item_names(tree: TupleTree | StructTree) -> list[str]:
    """What the items are called in errors."""
    if isinstance(tree, StructTree):
        return [f"{'key' if tree.cls is dict else 'field'} {name}" for name in tree.names]
    return [f"item {k}" for k in range(len(tree.items))]
