"""Tree types: what a user's annotation says, and how such a value is laid out as IR values.

A tree is flattened to *leaves* in order of its fields. A leaf is a scalar, or an array of scalars: a Vec of
structures is a structure of arrays. As parameters and results of a Func, arrays of at most `SMALL` scalars
are passed as that many scalars, so that a Vec[2] costs two f64 and no memory.
"""

from __future__ import annotations

import dataclasses
import inspect
import operator
import re
import types
import typing
from collections.abc import Callable, Collection, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any, TypeAlias, assert_never

from rose.errors import RoseError, SignatureError, TypeMismatchError
from rose.front.sizes import SIZED, OpenVec, plain_size, unwrapped
from rose.ir.types import BOOL, REAL, Array, Index, Scalar, Type

SMALL = 4


@dataclass(frozen=True, slots=True)
class RealTree:
    """A 64-bit float."""

    def __str__(self) -> str:
        return "Real"


@dataclass(frozen=True, slots=True)
class BoolTree:
    """True or false."""

    def __str__(self) -> str:
        return "Bool"


@dataclass(frozen=True, slots=True)
class IndexTree:
    """An integer from 0 to size - 1."""

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
    """So many values of one tree."""

    size: int
    elem: Tree

    def __str__(self) -> str:
        return f"Vec[{self.size}]" if self.elem == REAL_TREE else f"Vec[{self.size}, {self.elem}]"


@dataclass(frozen=True, slots=True)
class TupleTree:
    """A tuple of a known length."""

    items: tuple[Tree, ...]

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True, slots=True)
class StructTree:
    """A dataclass or NamedTuple, or a dict with fixed keys."""

    cls: type
    names: tuple[str, ...]
    items: tuple[Tree, ...]

    def __str__(self) -> str:
        if self.cls is not dict:
            return self.cls.__name__
        return f"{{{', '.join(f'{n}: {t}' for n, t in zip(self.names, self.items, strict=True))}}}"


@dataclass(frozen=True, slots=True)
class RawTree:
    """One IR value as it is: a residual. It never comes from an annotation."""

    type: Type

    def __str__(self) -> str:
        return str(self.type)


@dataclass(frozen=True, slots=True)
class StaticTree:
    """A Python value that is known while tracing: a static argument. It has no leaves.

    Attributes:
        value: what the traced function gets.
        key: tells it from other values, also from those that Python holds equal, as 1, 1.0 and True.
    """

    value: Any = dataclasses.field(compare=False)
    key: Any

    def __str__(self) -> str:
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


def passed_types(tree: Tree) -> list[Type]:
    """The IR types of a tree as parameters or results of a Func."""
    return [type for leaf in leaf_types(tree) for type in leaf.passed_as]


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


def static_tree(value: Any, what: str) -> StaticTree:
    """The tree of a static argument.

    Raises:
        TypeMismatchError: if it is not hashable; `what` names it.
    """
    try:
        hash(value)
    except TypeError:
        raise mismatch(
            f"{what}: a static value is hashable, given {describe(value)}; "
            "write a tuple in place of a list, and a frozen dataclass in place of an object that changes"
        ) from None
    return StaticTree(value, _key(value))


def check_static(tree: StaticTree, value: Any, fail: Callable[[str], Exception]) -> None:
    """Refuse another value than the one that a function was specialised for.

    Raises:
        Exception: what `fail` makes of the reason, if it is another.
    """
    if type(tree.value) is int and hasattr(value, "dtype") and hasattr(value, "__index__"):
        value = operator.index(value)  # NumPy's ints count as ints
    is_value = value is tree.value or (type(value) is type(tree.value) and _key(value) == tree.key)
    if not is_value:
        raise fail(
            f"expected {tree}, the static value that this function is for, given {describe(value)}"
        )


def _key(value: Any) -> Any:
    """Equal for values that a traced function cannot tell apart."""
    if isinstance(value, tuple):
        return type(value), *map(_key, value)
    return type(value), value.hex() if type(value) is float else value


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
    return dataclasses.is_dataclass(cls) and any([f.kw_only for f in dataclasses.fields(cls)])


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
            fields = f"{'dict' if tree.cls is dict else tree} with {what} {', '.join(tree.names)}"
            raise fail(f"expected a {fields}, given those of {describe(value)}")
    is_dict = isinstance(tree, StructTree) and tree.cls is dict
    is_other = is_dict or (isinstance(tree, StructTree) and hasattr(value, "_fields"))
    if isinstance(value, tuple | list) and not is_other:
        if len(value) == len(tree.items):
            return list(value)
        raise fail(f"expected {with_article(tree)} of {len(tree.items)} items, given {len(value)}")
    raise fail(f"expected {with_article(tree)}, given {describe(value)}")


def with_article(tree: Tree) -> str:
    """A tree with its article, for errors."""
    if isinstance(tree, NoneTree):
        return "None"
    if isinstance(tree, StructTree) and tree.cls is dict:
        return f"a dict {tree}"
    return f"{'an' if str(tree)[0] in 'AEIO' else 'a'} {tree}"


def item_names(tree: TupleTree | StructTree) -> list[str]:
    """What the items are called in errors."""
    if isinstance(tree, StructTree):
        return [f"{'key' if tree.cls is dict else 'field'} {name}" for name in tree.names]
    return [f"item {k}" for k in range(len(tree.items))]


def counted(number: int, noun: str) -> str:
    """`1 argument`, `2 arguments`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


LONGEST = 40  # characters of a value's repr in an error


def describe(value: Any) -> str:
    """A short description of a value for errors: `float 2.5`, `a list of 12`, `a Vec[3]`, `None`.

    Traced values and functions of ours say what they are by a method `in_words`.
    """
    if value is None or value is NotImplemented or value is ...:
        return str(value)
    if isinstance(value, type):
        return f"the class {value.__name__}"
    in_words = getattr(type(value), "in_words", None)
    if in_words is not None:
        return str(in_words(value))
    if isinstance(value, types.FunctionType | types.BuiltinFunctionType | types.MethodType):
        return f"the function {value.__name__}"
    if isinstance(value, Tree):
        return f"the type {value}"
    name = type(value).__name__
    if getattr(value, "shape", None):
        return f"an array of shape {value.shape} and dtype {getattr(value, 'dtype', '?')}"
    if isinstance(value, list | tuple | set | frozenset) and (_is_long(value) or _is_traced(value)):
        return f"a {name} of {len(value)}"
    return f"{name} {_shortened(value)}".rstrip()


def _is_long(value: Collection[Any]) -> bool:
    return len(value) > LONGEST // 3 or len(_shortened(value)) == LONGEST


def _is_traced(value: Collection[Any]) -> bool:
    return any([hasattr(type(item), "in_words") for item in value])


def _shortened(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 (the repr is the user's, or the int too long for Python to print)
        return ""
    return _cut("" if text.startswith("<") else text)


def _cut(text: str) -> str:
    return text if len(text) < LONGEST else f"{text[: LONGEST - 3]}..."


# --- annotations ------------------------------------------------------------------------------------------

# Classes that stand for a tree; `rose.front.values` adds Real and Bool.
NAMED_TREES: dict[Any, Tree] = {float: REAL_TREE, bool: BOOL_TREE, None: NONE_TREE}
NAMED_TREES[type(None)] = NONE_TREE

_HOW = "use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple or a tuple of those"

# What to write in place of annotations that are Python's but not ours.
_INSTEAD: dict[Any, str] = {
    int: "write Index[n] for a whole number below n, or Real",
    complex: "write tuple[Real, Real]",
    list: "write Vec[n, T], for n values of type T",
    tuple: "write tuple[Real, Real], with the type of each item",
    dict: "write a dataclass or a typing.TypedDict, with the type of each item",
}


def to_tree(annotation: Any, what: str) -> Tree:
    """The tree that an annotation stands for.

    Args:
        annotation: what the user wrote, evaluated.
        what: what it annotates, for the error.

    Raises:
        SignatureError: if it is not a type of the language.
    """
    annotation = unwrapped(annotation)
    if isinstance(annotation, Tree):
        return annotation
    if isinstance(annotation, typing.Hashable) and annotation in NAMED_TREES:
        return NAMED_TREES[annotation]
    if typing.get_origin(annotation) is tuple and ... not in typing.get_args(annotation):
        arguments = typing.get_args(annotation)
        return TupleTree(tuple(to_tree(x, what) for x in arguments if x != ()))
    if inspect.isclass(annotation):
        if dataclasses.is_dataclass(annotation):
            return _struct(annotation, tuple(f.name for f in dataclasses.fields(annotation)))
        fields: tuple[str, ...] | None = getattr(annotation, "_fields", None)
        if issubclass(annotation, tuple) and fields is not None:
            return _struct(annotation, fields)
        if typing.is_typeddict(annotation):
            return _typed_dict(typing.cast(typing.Hashable, annotation))
    raise SignatureError(
        f"{what} is annotated {_written(annotation)}, which {_why_not(annotation)}"
    )


def _written(annotation: Any) -> str:
    """An annotation as its user wrote it, more or less."""
    name = getattr(annotation, "__name__", None)
    if name is None or isinstance(annotation, types.GenericAlias):
        name = re.sub(r"<class '([\w.]+)'>", r"\1", repr(annotation))
    return _cut(re.sub(r"\brose\.front\.\w+\.", "", name))


def _why_not(annotation: Any) -> str:
    """Why an annotation is no type of ours, and what to write instead."""
    name = getattr(annotation, "__name__", "")
    if isinstance(annotation, OpenVec):
        return "needs a size: write Vec[3] or Vec[3, T]"
    if isinstance(annotation, type) and name in ("Vec", "Index"):
        more = " or Vec[3, T]" if name == "Vec" else ""
        return f"needs a size: write {name}[3]{more}"
    if isinstance(annotation, str):
        return f"is text, not a type: {_HOW}"
    origin = typing.get_origin(annotation) or annotation
    if isinstance(annotation, tuple):
        origin = tuple
    if origin in (typing.Union, types.UnionType):
        return f"is a choice of types, and a value has one: {_HOW}"
    if isinstance(origin, type) and origin in _INSTEAD:
        return f"is not a type of Rose: {_INSTEAD[origin]}"
    return f"is not a type of Rose: {_HOW}"


# The structures whose fields are being looked at, to find those that contain themselves.
_INSIDE: ContextVar[tuple[type, ...]] = ContextVar("inside", default=())


@lru_cache(maxsize=4096)
def _struct(cls: type, names: tuple[str, ...]) -> StructTree:
    trees = _field_trees(cls, names)
    _check_constructor(cls, names)
    return StructTree(cls, names, trees)


@lru_cache(maxsize=4096)
def _typed_dict(cls: Any) -> StructTree:
    names = tuple(cls.__annotations__)
    tree = StructTree(dict, names, _field_trees(cls, names))
    hints = typing.get_type_hints(cls, include_extras=True)
    marked = {name for name in names if typing.get_origin(hints[name]) is typing.NotRequired}
    optional = sorted(marked | cls.__optional_keys__)
    if optional:
        raise SignatureError(
            f"{cls.__name__} may lack {' and '.join(optional)}, and a dict of Rose has all of its keys; "
            "write it without NotRequired and total=False"
        )
    return tree


def _field_trees(cls: type, names: tuple[str, ...]) -> tuple[Tree, ...]:
    """The trees of fields that are annotated."""
    if cls in _INSIDE.get():
        raise SignatureError(
            f"{cls.__name__} contains itself, so that its size is not known; "
            "keep its parts in a Vec, and refer to one by an Index"
        )
    outside = _INSIDE.set((*_INSIDE.get(), cls))
    try:
        hints = _field_hints(cls)
        for name in names:
            _check_annotated(cls, name, hints)
        return tuple(to_tree(hints[n], f"field {n} of {cls.__name__}") for n in names)
    finally:
        _INSIDE.reset(outside)


def _field_hints(cls: type) -> dict[str, Any]:
    """The annotations of a structure's fields, evaluated."""
    try:
        return typing.get_type_hints(cls, include_extras=True)
    except RoseError:
        raise
    except Exception as error:  # noqa: BLE001 (evaluating an annotation can raise anything)
        raise SignatureError(
            f"the fields of {cls.__name__} cannot be resolved: {error}; structures used by @fn "
            "are defined where their annotations can be looked up, at the top of a module"
        ) from None


def _check_annotated(cls: type, name: str, hints: dict[str, Any]) -> None:
    if name not in hints:
        raise SignatureError(
            f"field {name} of {cls.__name__} has no annotation; "
            "write a dataclass or a typing.NamedTuple, with the type of each field"
        )


def _check_constructor(cls: type, names: tuple[str, ...]) -> None:
    """A structure is made anew from its fields, so its constructor has to take them and nothing else."""
    try:
        inspect.signature(cls).bind(**dict.fromkeys(names))
    except TypeError as error:
        raise SignatureError(
            f"{cls.__name__} cannot be made from its fields ({', '.join(names)}): {error}; "
            "let its constructor take each field, and nothing else"
        ) from None


def vec_tree(parameters: Any) -> VecTree | OpenVec:
    """What `Vec[n]` and `Vec[n, T]` stand for; an OpenVec if n is Any."""
    size, *rest = parameters if isinstance(parameters, tuple) and parameters else (parameters,)
    size = plain_size(size)
    if len(rest) > 1:
        raise SignatureError(
            f"Vec takes a size and one type, given {len(rest) + 1} parameters; "
            "write Vec[2, Vec[3]] for 2 rows of 3 Reals"
        )
    if rest and isinstance(rest[0], int):
        (n,) = rest
        turned = f"Vec[{n}, {_written(size)}]"
        write = (
            f"Vec[{size}, Vec[{n}]] for {size} rows of {n} Reals"
            if isinstance(size, int)
            else turned
        )
        raise SignatureError(
            f"Vec takes a size and a type, given {_written(parameters)}; write {write}"
        )
    elem = rest[0] if rest else REAL_TREE
    if size is Any:
        return OpenVec(elem)
    return VecTree(_size("Vec", size), to_tree(elem, "the element of a Vec"))


def index_tree(size: Any) -> IndexTree:
    """What `Index[n]` stands for."""
    return IndexTree(_size("Index", plain_size(size)))


SIZED[OpenVec] = vec_tree


LARGEST = 2**31 - 1  # of an i32, which indices are in WebAssembly


def _size(name: str, size: Any) -> int:
    what = f"the size of {'an' if name == 'Index' else 'a'} {name}"
    hint = " for 3 Reals" if name == "Vec" else ""
    if not hasattr(size, "__index__") or isinstance(size, bool | type):
        raise SignatureError(f"{what} is an int, given {describe(size)}; write {name}[3]{hint}")
    number = operator.index(size)
    if number < 1:
        raise SignatureError(f"{what} is at least 1, given {number}")
    if number > LARGEST:
        raise SignatureError(f"{what} is at most {LARGEST}, given {describe(number)}")
    return number


def mismatch(message: str) -> TypeMismatchError:
    """The error for a value that is not of its tree."""
    return TypeMismatchError(message)
