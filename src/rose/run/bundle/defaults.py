"""Defaults of parameters, as the pages show them that are made of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rose.front.tree import (
    IndexTree,
    NoneTree,
    RealTree,
    StructTree,
    Tree,
    TupleTree,
    VecTree,
)


def default_of(tree: Tree, defaults: Mapping[str, Any], name: str) -> Any:
    """The default of the parameter of this name, as JavaScript takes it; None if it has none."""
    return _plain(tree, defaults[name]) if name in defaults else None


def _plain(tree: Tree, value: Any) -> Any:
    """A default as JavaScript takes it. It fits its tree: that is checked when the function is marked."""
    match tree:
        case VecTree(_, elem):
            return [_plain(elem, item) for item in value]
        case TupleTree(items):
            return [_plain(item, v) for item, v in zip(items, value, strict=True)]
        case StructTree(_, names, items):
            fields = _fields(names, value)
            return {n: _plain(t, v) for n, t, v in zip(names, items, fields, strict=True)}
        case NoneTree():
            return None
        case IndexTree():
            return int(value)
        case RealTree():
            return float(value)
        case _:
            return bool(value)


def _fields(names: Sequence[str], value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [value[name] for name in names]
    if all(hasattr(value, name) for name in names):
        return [getattr(value, name) for name in names]
    return list(value)
