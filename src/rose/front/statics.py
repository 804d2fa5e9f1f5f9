"""Static arguments: Python values that are known while tracing, and what tells two of them apart."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from rose.front.tree import StaticTree
from rose.front.words import describe, mismatch


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
