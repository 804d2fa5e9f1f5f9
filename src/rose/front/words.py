"""How errors speak of values: short descriptions, and what is shown of a long one."""

from __future__ import annotations

import types
from collections.abc import Collection
from functools import partial
from typing import Any

from rose.errors import TypeMismatchError


def counted(number: int, noun: str) -> str:
    """`1 argument`, `2 arguments`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


LONGEST = 40  # characters of a value's repr in an error


def describe(value: Any) -> str:
    """A short description of a value for errors: `float 2.5`, `a list of 12`, `a Vec[3]`, `None`.

    Traced values, types and functions of ours say what they are by a method `in_words`.
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
    if isinstance(value, partial):
        return f"a partial of {describe(value.func)}"
    name = type(value).__name__
    if _is_made_of_traced(value):
        return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
    if getattr(value, "shape", None):
        return f"an array of shape {value.shape} and dtype {getattr(value, 'dtype', '?')}"
    if isinstance(value, list | tuple | set | frozenset) and (_is_long(value) or _is_traced(value)):
        return f"a {name} of {len(value)}"
    return f"{name} {_shortened(value)}".rstrip()


def _is_made_of_traced(value: Any) -> bool:
    """Whether it is a structure with a traced value in it."""
    return "__dataclass_fields__" in dir(type(value)) and "<traced" in _shortened(value)


def _is_long(value: Collection[Any]) -> bool:
    return len(value) > LONGEST // 3 or len(_shortened(value)) == LONGEST


def _is_traced(value: Collection[Any]) -> bool:
    return any([hasattr(type(item), "in_words") for item in value])


def _shortened(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 (the repr is the user's, or the int too long for Python to print)
        return ""
    return cut("" if text.startswith("<") else text)


def cut(text: str) -> str:
    """The beginning of a long text."""
    return text if len(text) < LONGEST else f"{text[: LONGEST - 3]}..."


def mismatch(message: str) -> TypeMismatchError:
    """The error for a value that is not of its tree."""
    return TypeMismatchError(message)


# What there is in place of arithmetic with structures.
STRUCTURES = (
    "structures have no arithmetic: write it field by field, as in P(p.x + q.x, p.y + q.y), "
    "or rose.tree_map(lambda x, y: x + y, p, q)"
)
