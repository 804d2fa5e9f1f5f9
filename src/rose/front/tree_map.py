"""`tree_map`: a function applied to all numbers of a structure, traced or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from rose.errors import TypeMismatchError
from rose.front import typed
from rose.front.checks import check_function
from rose.front.elementwise import broadcastable, elementwise
from rose.front.flatten import declared_tree, sequence
from rose.front.index import Index
from rose.front.plain import is_structure
from rose.front.structures import field_names
from rose.front.tree import StructTree, has_reals
from rose.front.values import Bool
from rose.front.vec import Vec
from rose.front.words import describe

T = TypeVar("T")


@overload
def tree_map(f: Callable[[float], Any], tree: T, /) -> T: ...


@overload
def tree_map(f: Callable[[float, float], Any], tree: T, one: Any, /) -> T: ...


@overload
def tree_map(f: Callable[[float, float, float], Any], tree: T, one: Any, other: Any, /) -> T: ...


@overload
def tree_map(f: typed.Function[Any], tree: T, /, *rest: Any) -> T: ...


def tree_map(f: Callable[..., Any], tree: T, *rest: Any) -> T:
    """A structure like `tree` with f(x, …) in place of every Real x, elementwise in Vecs.

    It takes traced values, and plain ones: what functions and their gradients give. Bools and indices stay as they
    are; an int counts as a Real where no annotation of a field says that it is an Index.

    Args:
        f: gets a Real of `tree` and those at the same place of the rest, gives what is there instead.
        tree: a number, a Vec, list, tuple or array, a dict, a dataclass or a NamedTuple, and these in each other.
        rest: structures like it; they may have None, as gradients have, for what stays.

    Raises:
        TypeMismatchError: if f is no function, or the rest are not like `tree`.
        ArgumentError: if f takes another number of arguments.

    Example:
        >>> rose.tree_map(
        ...     lambda x, slope: x - 0.5 * slope,
        ...     {"a": 1.0, "b": [2.0, 3.0]},
        ...     {"a": 2.0, "b": [0.0, 4.0]},
        ... )
        {'a': 0.0, 'b': [2.0, 1.0]}
    """
    check_function("tree_map", f, 1 + len(rest))
    return _mapped(f, (tree, *rest))  # type: ignore[no-any-return]


def _mapped(f: Callable[..., Any], trees: tuple[Any, ...]) -> Any:
    first = trees[0]
    if isinstance(first, Bool | Index | bool) or any([tree is None for tree in trees]):
        return first
    if any([isinstance(tree, Vec) for tree in trees]):
        vecs = [broadcastable(tree) for tree in trees]
        if not all([isinstance(vec, Vec) for vec in vecs]):
            raise _not_alike(trees)
        if not has_reals(vecs[0].tree):
            return first

        def of_elements(*items: Any) -> Any:
            return _mapped(f, items)

        return elementwise(of_elements, *vecs)
    if is_structure(first):
        return _with_fields(f, trees)
    rows = [sequence(tree) for tree in trees]
    if all([row is None and not is_structure(tree) for row, tree in zip(rows, trees, strict=True)]):
        return f(*trees)
    if len({-1 if row is None else len(row) for row in rows}) > 1:
        raise _not_alike(trees)
    items = [_mapped(f, parts) for parts in zip(*[row or () for row in rows], strict=True)]
    return tuple(items) if isinstance(first, tuple) else items


def _with_fields(f: Callable[..., Any], trees: tuple[Any, ...]) -> Any:
    """A dict, a dataclass or a NamedTuple made anew."""
    cls = type(trees[0])
    if not all([isinstance(tree, cls) for tree in trees]):
        raise _not_alike(trees)
    fields = [_fields(tree) for tree in trees]
    names = list(fields[0])
    if any([set(given) != set(names) for given in fields]):
        raise _not_alike(trees)
    made = dict(fields[0])
    for name in names if cls is dict else _with_reals(trees[0]):
        made[name] = _mapped(f, tuple(given[name] for given in fields))
    return made if cls is dict else cls(**made)


def _with_reals(structure: Any) -> list[str]:
    """The fields of a structure that have a Real in them, as its class declares them."""
    declared = declared_tree(structure, f"the class {type(structure).__name__}")
    assert isinstance(declared, StructTree), "a dataclass or NamedTuple is a structure"
    pairs = zip(declared.names, declared.items, strict=True)
    return [name for name, tree in pairs if has_reals(tree)]


def _fields(tree: Any) -> dict[str, Any]:
    if isinstance(tree, dict):
        return tree
    names = tree._fields if hasattr(tree, "_fields") else field_names(tree)
    return {name: getattr(tree, name) for name in names}


def _not_alike(trees: tuple[Any, ...]) -> TypeMismatchError:
    given = " and ".join(map(describe, trees))
    return TypeMismatchError(
        f"rose.tree_map goes through structures that are alike, given {given} at one place"
    )
