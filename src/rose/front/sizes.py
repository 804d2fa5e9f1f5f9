"""How annotations say sizes in the ways that type checkers understand too.

`Vec[3]` is no type to a checker. These are, and mean the same: `Vec[Literal[3]]`, and `Annotated[Vec, 3]`, in which
the size may be any expression. `Vec[Any, T]` has no size: as the type of a parameter it takes Vecs of any.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Annotated, Any, Literal

from rose.errors import SignatureError
from rose.ir.record import record

# Stands for the elements of a Vec about which nothing is said.
ANYTHING: Any = object()


@record
class OpenVec:
    """What `Vec[Any]` and `Vec[Any, T]` stand for: Vecs of any length.

    Attributes:
        elem: what is written for the elements; `ANYTHING` for those of the class Vec without more words.
    """

    elem: Any

    def __repr__(self) -> str:
        return "Vec" if self.elem is ANYTHING else f"Vec[Any, {_name(self.elem)}]"


def _name(annotation: Any) -> str:
    return str(getattr(annotation, "__name__", annotation))


# The annotations that wait for a size, and what they are with it; annotations.py, vec.py and index.py add theirs.
SIZED: dict[Any, Callable[[Any], Any]] = {}


def unwrapped(annotation: Any) -> Any:
    """An annotation without `Annotated` around it, whose numbers are sizes, and without the names of aliases and NewTypes.

    Raises:
        SignatureError: if it has two sizes.
    """
    while hasattr(annotation, "__value__") or hasattr(annotation, "__supertype__"):
        annotation = getattr(annotation, "__supertype__", None) or annotation.__value__
    if typing.get_origin(annotation) in _KEY_MARKS:
        return unwrapped(annotation.__args__[0])
    if typing.get_origin(annotation) is not Annotated:
        return annotation
    inner = unwrapped(annotation.__origin__)
    sizes = [extra for extra in annotation.__metadata__ if _is_size(extra)]
    key = OpenVec if isinstance(inner, OpenVec) else inner
    if not sizes or not isinstance(key, type) or key not in SIZED:
        return inner
    if len(sizes) > 1:
        raise SignatureError(
            f"an annotation has one size, given {' and '.join(map(str, sizes))}, as Annotated in Annotated is one; "
            f"write Annotated[Vec[Any, Annotated[Vec, {sizes[0]}]], {sizes[1]}] for {sizes[1]} rows of {sizes[0]} Reals"
        )
    return SIZED[key]((sizes[0], inner.elem) if isinstance(inner, OpenVec) else sizes[0])


# What a TypedDict may say about a key.
_KEY_MARKS = (typing.Required, typing.NotRequired)


def _is_size(extra: Any) -> bool:
    return hasattr(extra, "__index__") and not isinstance(extra, type)


def plain_size(size: Any) -> Any:
    """The number that a `Literal` of one number holds; anything else as it is."""
    while hasattr(size, "__value__"):
        size = size.__value__
    if typing.get_origin(size) is Literal and len(size.__args__) == 1:
        return size.__args__[0]
    return size
