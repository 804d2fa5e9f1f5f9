"""Generic structures: `Pair[Real]` is the dataclass `Pair` with Real in place of its type variable."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any, Generic, TypeAlias

Bound: TypeAlias = Mapping[Any, Any]  # what stands in place of type variables


def is_open(annotation: Any) -> bool:
    """Whether a type variable is left in it."""
    return not isinstance(annotation, type) and bool(variables_of(annotation))


def variables_of(annotation: Any) -> tuple[Any, ...]:
    """The type variables in an annotation, or those of a generic class."""
    if isinstance(annotation, typing.TypeVar):
        return (annotation,)
    return getattr(annotation, "__parameters__", ())


def substituted(annotation: Any, bound: Bound) -> Any:
    """An annotation with what is bound in place of its type variables."""
    if isinstance(annotation, typing.TypeVar):
        return bound.get(annotation, annotation)
    if not is_open(annotation):
        return annotation
    return annotation[tuple(bound.get(x, x) for x in variables_of(annotation))]


def bound_by(cls: type, arguments: tuple[Any, ...]) -> dict[type, Bound]:
    """What stands in place of the type variables of a class, and of those of the classes that it is made of.

    The same variable may stand for something else in each of them, as T in `class B(A[Real], Generic[T])`.
    """
    own = dict(zip(variables_of(cls), arguments, strict=False))
    found: dict[type, Bound] = {cls: own}
    for base in cls.__dict__.get("__orig_bases__", cls.__bases__):
        origin = typing.get_origin(base) or base
        if isinstance(origin, type) and origin is not Generic:
            given = tuple(substituted(x, own) for x in typing.get_args(base))
            found = {**bound_by(origin, given), **found}
    return found


def owner_of(cls: type, field: str) -> type:
    """The class that annotates a field: this one, or one that it is made of."""
    annotated = (c for c in cls.__mro__ if field in getattr(c, "__annotations__", {}))
    return next(annotated, cls)
