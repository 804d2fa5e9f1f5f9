"""What Python says of the misuse of structures while a function is traced, in our words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any

from rose.errors import ArgumentError, Location, NoAttributeError, RoseError, TypeMismatchError
from rose.front.annotations import structure_fields
from rose.front.fault import values_at, visible_at
from rose.front.tree import StructTree, Tree, VecTree, children
from rose.front.vec import Vec

MOST_SEEN = 10_000  # values that are looked at, of programs that hold many

_MAKING = re.compile(r"(?:.*\.)?(\w+)\.__(?:init|new)__\(\) (.*)")
_CALLING = re.compile(r".*\(\) (?:missing|takes|got) .*")


def structure_refusal(error: Exception, place: TracebackType, line: Location) -> RoseError | None:
    """What there is to say in place of an error of Python's that comes from this place; None if it is about something else."""
    if isinstance(error, KeyError):
        return _no_key(error.args[0], place, line)
    if isinstance(error, AttributeError) and error.obj is not None:
        return _no_field(error.obj, error.name, line)
    said = str(error)
    making = _MAKING.fullmatch(said)
    if making is not None:
        return _made_wrongly(making[1], making[2], place, line)
    return None if _CALLING.fullmatch(said) else _no_value(said, place, line)


def _no_key(key: object, place: TracebackType, line: Location) -> RoseError | None:
    for value in values_at(place):
        if isinstance(value, dict) and key not in value and "<traced" in repr(value):
            return NoAttributeError(f"a dict has no key {key!r}; it has {_listed(value)}", line)
    return None


def _no_field(given: object, name: object, line: Location) -> RoseError | None:
    if isinstance(given, dict) and name in given:
        return NoAttributeError(f"a dict has no attribute {name!r}; write d[{name!r}]", line)
    fields = structure_fields(type(given))
    if not fields:
        return None
    cls = type(given).__name__
    return NoAttributeError(
        f"the structure {cls} has no field {name!r}; it has {_listed(fields)}", line
    )


def _made_wrongly(name: str, said: str, place: TracebackType, line: Location) -> RoseError | None:
    for cls, fields in _structures(place):
        if cls.__name__ == name:
            written = ", ".join(f"{field}=..." for field in fields)
            return ArgumentError(
                f"{name} is made of its fields, and Python says: {said}; write {name}({written})",
                line,
            )
    return None


def _no_value(said: str, place: TracebackType, line: Location) -> RoseError | None:
    """The error for a structure in place of a list, a number or a function."""
    for cls, fields in _structures(place):
        if fields and re.search(rf"\b{cls.__name__}\b", said):
            return TypeMismatchError(
                f"Python says: {said}. But {cls.__name__} is a structure: take its fields by name, "
                f"as in p.{fields[0]}; it has {_listed(fields)}",
                line,
            )
    return None


def _structures(place: TracebackType) -> Iterator[tuple[type, tuple[str, ...]]]:
    """The classes of structures that can be seen there, with their fields: named ones, and those of values and of what these hold."""
    waiting, seen = visible_at(place), set[int]()
    while waiting and len(seen) < MOST_SEEN:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Vec):
            waiting += _classes_in(value.tree)
        cls = value if isinstance(value, type) else type(value)
        fields = structure_fields(cls)
        if fields is None:
            continue
        yield cls, fields
        if cls is not value:
            waiting += [getattr(value, field, None) for field in fields]


def _classes_in(tree: Tree) -> list[Any]:
    inner = [tree.elem] if isinstance(tree, VecTree) else children(tree)
    own = [tree.cls] if isinstance(tree, StructTree) else []
    return [*own, *[cls for item in inner for cls in _classes_in(item)]]


def _listed(names: Iterable[object]) -> str:
    return " and ".join(map(str, names))
