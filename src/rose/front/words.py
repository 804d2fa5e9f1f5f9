"""How errors speak of values: short descriptions, and what is shown of a long one."""

from __future__ import annotations

import re
import types
from collections.abc import Collection
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
_NO_STRUCTURES = "(?:int|float|complex|bool|str|bytes|list|tuple|set|NoneType|function|range|Real|Bool|Index|Vec)"

# What Python itself says of the misuse of a traced value, where nothing of ours is asked.
_PYTHONS_WORDS = (
    (
        re.compile(r"'(Real|Bool|Index)' object is not subscriptable"),
        "{0} traced {1} has no elements; n values of a type T are a Vec[n, T]",
    ),
    (
        re.compile(r"'(Real|Bool|Index|Vec)' object is not callable"),
        "{0} traced {1} is no function; write x * (y) for a product, and v[i] for an element",
    ),
    (
        re.compile(
            r"(?:Methods\.)?(sum|prod|min|max|any|all|mean|norm|argmin|argmax)\(\) "
            r"(?:got an unexpected keyword argument '\w+'|takes 1 positional argument but 2 were given)"
        ),
        (
            "{1} of a Vec takes nothing else, such as an axis: of a nested Vec it goes over the first dimension; "
            "write m.T.{1}() for the second, and rose.map for the rows"
        ),
    ),
    (
        re.compile(
            r"unsupported operand type\(s\) for (\S+?)=?(?: or pow\(\))?: "
            rf"(?!'{_NO_STRUCTURES}' and '{_NO_STRUCTURES}')'(\w+)' and '(\w+)'"
        ),
        "cannot compute {2} {1} {3}; " + STRUCTURES,
    ),
)


def refusal_in_our_words(said: str) -> str | None:
    """What there is to say in place of a TypeError of Python's; None if it is about something else."""
    for pattern, ours in _PYTHONS_WORDS:
        found = pattern.fullmatch(said)
        if found is not None:
            return ours.format("an" if found[1] == "Index" else "a", *found.groups())
    return None
