"""From what a user's annotation says to a tree."""

from __future__ import annotations

import operator
import re
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rose.errors import RoseError, SignatureError
from rose.front.generics import bound_by, is_open, owner_of, substituted, variables_of
from rose.front.range import range_of
from rose.front.sizes import SIZED, OpenVec, plain_size, unwrapped
from rose.front.structures import field_names, is_dataclass
from rose.front.tree import (
    BOOL_TREE,
    NONE_TREE,
    REAL_TREE,
    IndexTree,
    StructTree,
    Tree,
    TupleTree,
    VecTree,
    has_reals,
    ranged,
    with_article,
)
from rose.front.words import cut, describe
from rose.ir.record import record
from rose.lazy import Lazy

if TYPE_CHECKING:
    import inspect
else:
    inspect = Lazy("inspect")

# Classes that stand for a tree; `rose.front.values` adds Real and Bool.
NAMED_TREES: dict[Any, Tree] = {float: REAL_TREE, bool: BOOL_TREE, None: NONE_TREE}
NAMED_TREES[type(None)] = NONE_TREE

_HOW = "use Real, Bool, Index[n], Vec[n, T], a dataclass, a NamedTuple, a TypedDict or a tuple of those"

# What to write in place of annotations that are Python's but not ours.
_INSTEAD: dict[Any, str] = {
    int: "write Index[n] for a whole number below n, or Real",
    complex: "write tuple[Real, Real]",
    list: "write Vec[n, T], for n values of type T",
    tuple: "write tuple[Real, Real], with the type of each item",
    dict: "write a dataclass or a typing.TypedDict, with the type of each item",
    **dict.fromkeys((Sequence, Iterable, set), "write Vec[n, T], for n values of type T"),
}

# The same of NumPy's classes, by the beginnings of their names.
_INSTEAD_OF_NUMPY = {
    "ndarray": "write Vec[n], or Vec[n, Vec[m]] for n rows of m; leave it out for arrays of any shape",
    "float": "write Real",
    "bool": "write Bool",
    "int": _INSTEAD[int],
    "uint": _INSTEAD[int],
}


def to_tree(annotation: Any, what: str) -> Tree:
    """The tree that an annotation stands for.

    Args:
        annotation: what the user wrote, evaluated.
        what: what it annotates, for the error.

    Raises:
        SignatureError: if it is not a type of the language, or a range is given for what has no Real in it.
    """
    between = range_of(annotation)
    tree = _plain_tree(unwrapped(annotation), what)
    if between is None:
        return tree
    if not has_reals(tree):
        raise SignatureError(
            f"{what} has a {between}, which is for Reals, and there is none in {with_article(tree)}"
        )
    return ranged(tree, between)


def _plain_tree(annotation: Any, what: str) -> Tree:
    """The tree of an annotation without `Annotated` around it."""
    if isinstance(annotation, Tree):
        return annotation
    if _is_hashable(annotation) and annotation in NAMED_TREES:
        return NAMED_TREES[annotation]
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is tuple and not any([x is ... for x in arguments]):
        empty = len(arguments) == 1 and isinstance(arguments[0], tuple) and not arguments[0]
        return TupleTree(() if empty else tuple(to_tree(x, what) for x in arguments))
    cls = typing.get_origin(annotation) or annotation  # a generic one has arguments
    if typing.is_typeddict(cls):
        return _typed_dict(typing.cast(typing.Hashable, cls), arguments)
    names = structure_fields(cls)
    if names is not None:
        return _struct(cls, names, arguments)
    raise SignatureError(
        f"{what} is annotated {written(annotation)}, which {_why_not(annotation, what)}"
    )


def structure_fields(cls: Any) -> tuple[str, ...] | None:
    """The fields of a dataclass or NamedTuple; None if it is none."""
    if not isinstance(cls, type):
        return None
    if is_dataclass(cls):
        return field_names(cls)
    fields: tuple[str, ...] | None = getattr(cls, "_fields", None)
    return fields if issubclass(cls, tuple) else None


def _is_hashable(annotation: Any) -> bool:
    try:
        hash(annotation)
    except TypeError:
        return False
    return True


def written(annotation: Any) -> str:
    """An annotation as its user wrote it, more or less."""
    return cut(_in_full(annotation))


def _in_full(annotation: Any) -> str:
    arguments = typing.get_args(annotation)
    if _is_choice(annotation):
        return " | ".join(map(_in_full, arguments))
    if isinstance(annotation, list):
        return f"[{', '.join(map(_in_full, annotation))}]"
    if isinstance(annotation, Tree):
        return str(annotation)
    if annotation is ... or annotation is types.NoneType:
        return "..." if annotation is ... else "None"
    name = getattr(annotation, "__name__", None)
    if name is not None and arguments:
        how = repr if typing.get_origin(annotation) is typing.Literal else _in_full
        return f"{name}[{', '.join(map(how, arguments))}]"
    return name or re.sub(r"<class '(?:[\w.<>]+\.)?(\w+)'>", r"\1", repr(annotation))


def _is_choice(annotation: Any) -> bool:
    return typing.get_origin(annotation) in (typing.Union, types.UnionType)


def _why_not(annotation: Any, what: str) -> str:
    """Why the annotation of this is no type of ours, and what to write instead."""
    name = getattr(annotation, "__name__", "")
    if isinstance(annotation, OpenVec):
        return "needs a size: write Vec[3] or Vec[3, T]"
    if isinstance(annotation, type) and name in ("Vec", "Index"):
        more = " or Vec[3, T]" if name == "Vec" else ""
        return f"needs a size: write {name}[3]{more}"
    if is_open(annotation):
        return (
            "leaves a type open: write the type, as in G[Real] for a generic class G, "
            "or leave the annotation of a parameter out, which stands for any type"
        )
    if isinstance(annotation, str):
        return f"is text, not a type: {_HOW}"
    origin = typing.get_origin(annotation)
    if origin is None:
        origin = annotation
    if isinstance(annotation, tuple):
        origin = tuple
    if _is_choice(annotation):
        instead = "leave it out, and each type of argument makes a function of its own"
        return f"is a choice of types, and a value has one: {instead if what.startswith('parameter') else _HOW}"
    instead = _instead(origin) or f"{_HOW}{_as_static(annotation, origin, what)}"
    return f"is not a type of Rose: {instead}"


def _instead(origin: Any) -> str | None:
    """What to write in place of a class of Python's or of NumPy's, if it is known."""
    if not isinstance(origin, type) or origin.__module__ != "numpy":
        return _INSTEAD.get(origin) if isinstance(origin, type) else None
    ways = [way for name, way in _INSTEAD_OF_NUMPY.items() if origin.__name__.startswith(name)]
    return ways[0] if ways else None


def _as_static(annotation: Any, origin: Any, what: str) -> str:
    """How a Python value of this class could be given, which is no value of ours."""
    if not isinstance(origin, type):
        return ""
    if what.startswith("parameter"):
        return f"; or rose.Static[{written(annotation)}] for a Python value that is known while tracing"
    if what.startswith("field"):
        return "; a Python value that is known while tracing is a parameter of its own"
    return ""


# The structures whose fields are being looked at, to find those that contain themselves.
_INSIDE: ContextVar[tuple[type, ...]] = ContextVar("inside", default=())


@lru_cache(maxsize=4096)
def _struct(cls: type, names: tuple[str, ...], arguments: tuple[Any, ...]) -> StructTree:
    trees = _field_trees(cls, names, arguments)
    _check_constructor(cls, names)
    return StructTree(cls, names, trees)


def generic_struct(cls: type, names: tuple[str, ...], held: Callable[[str], Tree]) -> StructTree:
    """The tree of a value of a generic class: `held` gives the trees of the fields that type variables leave open."""
    trees = _field_trees(cls, names, (), held)
    _check_constructor(cls, names)
    return StructTree(cls, names, trees)


@lru_cache(maxsize=4096)
def _typed_dict(cls: Any, arguments: tuple[Any, ...]) -> StructTree:
    names = tuple(cls.__annotations__)
    tree = StructTree(dict, names, _field_trees(cls, names, arguments))
    hints = typing.get_type_hints(cls, include_extras=True)
    marked = {name for name in names if typing.get_origin(hints[name]) is typing.NotRequired}
    optional = sorted(marked | cls.__optional_keys__)
    if optional:
        raise SignatureError(
            f"{cls.__name__} may lack {' and '.join(optional)}, and a dict of Rose has all of its keys; "
            "write it without NotRequired and total=False"
        )
    return tree


def _field_trees(
    cls: type,
    names: tuple[str, ...],
    arguments: tuple[Any, ...],
    held: Callable[[str], Tree] | None = None,
) -> tuple[Tree, ...]:
    """The trees of fields that are annotated, with these arguments in place of the type variables of the class."""
    if cls in _INSIDE.get():
        raise SignatureError(
            f"{cls.__name__} contains itself, so that its size is not known; "
            "keep its parts in a Vec, and refer to one by an Index"
        )
    outside = _INSIDE.set((*_INSIDE.get(), cls))
    try:
        hints = _field_hints(cls, arguments)
        for name in names:
            _check_annotated(cls, name, hints)
        return tuple(
            held(n)
            if held and is_open(hints[n])
            else to_tree(hints[n], f"field {n} of {cls.__name__}")
            for n in names
        )
    finally:
        _INSIDE.reset(outside)


def _field_hints(cls: type, arguments: tuple[Any, ...]) -> dict[str, Any]:
    """The annotations of a structure's fields, evaluated."""
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
        bound = bound_by(cls, arguments)
        return {n: substituted(hint, bound.get(owner_of(cls, n), {})) for n, hint in hints.items()}
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


@record
class GenericVec:
    """What `Vec[n, T]` stands for in a generic class, where T has a type variable: as for typing's own, [] replaces it."""

    size: int
    elem: Any

    @property
    def __parameters__(self) -> tuple[Any, ...]:
        return variables_of(self.elem)

    def __getitem__(self, arguments: tuple[Any, ...]) -> Any:
        bound = dict(zip(self.__parameters__, arguments, strict=True))
        return vec_tree((self.size, substituted(self.elem, bound)))

    def __str__(self) -> str:
        return f"Vec[{self.size}, {written(self.elem)}]"

    __repr__ = __str__


def vec_tree(parameters: Any) -> VecTree | OpenVec | GenericVec:
    """What `Vec[n]` and `Vec[n, T]` stand for; an OpenVec if n is Any, a GenericVec if T has a type variable."""
    size, *rest = parameters if isinstance(parameters, tuple) and parameters else (parameters,)
    size = plain_size(size)
    if len(rest) > 1:
        raise SignatureError(
            f"Vec takes a size and one type, given {len(rest) + 1} parameters; "
            "write Vec[2, Vec[3]] for 2 rows of 3 Reals"
        )
    if rest and isinstance(rest[0], int):
        (n,) = rest
        turned = f"Vec[{n}, {written(size)}]"
        write = (
            f"Vec[{size}, Vec[{n}]] for {size} rows of {n} Reals"
            if isinstance(size, int)
            else turned
        )
        raise SignatureError(
            f"Vec takes a size and a type, given {written(parameters)}; write {write}"
        )
    elem = rest[0] if rest else REAL_TREE
    if size is Any:
        return OpenVec(elem)
    if is_open(elem):
        return GenericVec(_size("Vec", size), elem)
    return VecTree(_size("Vec", size), to_tree(elem, "the element of a Vec"))


def index_tree(size: Any) -> IndexTree:
    """What `Index[n]` stands for."""
    return IndexTree(_size("Index", plain_size(size)))


SIZED[OpenVec] = vec_tree


LARGEST = 2**31 - 1  # of an i32, which indices are in WebAssembly


def _size(name: str, size: Any) -> int:
    what = f"the size of {'an' if name == 'Index' else 'a'} {name}"
    hint = " for 3 Reals" if name == "Vec" else ""
    try:
        number = None if isinstance(size, bool) else operator.index(size)
    except TypeError:
        number = None
    if number is None:
        raise SignatureError(f"{what} is an int, given {describe(size)}; write {name}[3]{hint}")
    if number < 0:
        raise SignatureError(f"{what} is at least 0, given {number}")
    if number > LARGEST:
        raise SignatureError(f"{what} is at most {LARGEST}, given {describe(number)}")
    return number
