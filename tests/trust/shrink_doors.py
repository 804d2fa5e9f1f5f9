"""A failing function with structures made small: fewer parameters, fields, instructions and digits, for as long as it fails in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from trust.doors import Door, door_of, items_of, with_items
from trust.generate import Case
from trust.shrink import smaller_program

from rose.front.tree import StructTree, Tree, TupleTree, VecTree, leaf_types
from rose.ir.builder import Builder
from rose.ir.copy import inline_call
from rose.ir.func import Func

Fails = Callable[[Door], bool]
# A smaller tree, which of the leaves are left, and what becomes of a value.
Smaller = tuple[Tree, list[bool], Callable[[Any], Any]]


def shrunk_door(door: Door, fails: Fails) -> Door:
    """A smaller one that fails as well."""
    before = None
    while before is not door:
        before = door
        for candidates in (_fewer_params, _smaller_params, _smaller_result, _plain_args):
            found: Door | None = door
            while found is not None:
                door = found
                found = next((c for c in candidates(door) if fails(c)), None)
        door = _smaller_func(door, fails)
    return door


def _smaller_func(door: Door, fails: Fails) -> Door:
    signature = door.function.signature

    def with_func(func: Func) -> Door:
        return door_of(signature.params, signature.result, func, door.args)

    case = Case(door.function.func, [], [], [])
    smaller = smaller_program(case, lambda candidate: fails(with_func(candidate.func)))
    return door if smaller is case else with_func(smaller.func)


def _fewer_params(door: Door) -> Iterator[Door]:
    trees, result = door.function.signature.params, door.function.signature.result
    for k in range(len(trees) if len(trees) > 1 else 0):
        kept = [[j != k] * len(leaf_types(t)) for j, t in enumerate(trees)]
        func = _of_leaves(door.function.func, trees, kept)
        yield door_of(_without(trees, k), result, func, _without(door.args, k))


def _without(items: Sequence[Any], k: int) -> list[Any]:
    return [*items[:k], *items[k + 1 :]]


def _smaller_params(door: Door) -> Iterator[Door]:
    trees, result = door.function.signature.params, door.function.signature.result
    for k, tree in enumerate(trees):
        for new, leaves, project in _smaller(tree):
            kept = [leaves if j == k else [True] * len(leaf_types(t)) for j, t in enumerate(trees)]
            func = _of_leaves(door.function.func, trees, kept)
            args = [project(x) if j == k else x for j, x in enumerate(door.args)]
            yield door_of([*trees[:k], new, *trees[k + 1 :]], result, func, args)


def _smaller_result(door: Door) -> Iterator[Door]:
    trees, result = door.function.signature.params, door.function.signature.result
    func = door.function.func
    for new, leaves, _ in _smaller(result):
        builder = Builder(func.name)
        results = inline_call(builder, func, [builder.param(t) for t in func.param_types])
        pairs = zip(leaf_types(result), leaves, strict=True)
        passed = [on for leaf, on in pairs for _ in leaf.passed_as]
        given = [v for v, on in zip(results, passed, strict=True) if on]
        yield door_of(trees, new, builder.finish(given), door.args)


def _of_leaves(func: Func, trees: Sequence[Tree], kept: Sequence[Sequence[bool]]) -> Func:
    """The program of some of the leaves of its params; the others are zeros."""
    builder = Builder(func.name)
    operands = [
        builder.param(type) if on else builder.zeros(type)
        for tree, leaves in zip(trees, kept, strict=True)
        for leaf, on in zip(leaf_types(tree), leaves, strict=True)
        for type in leaf.passed_as
    ]
    return builder.finish(inline_call(builder, func, operands))


def _smaller(tree: Tree) -> Iterator[Smaller]:
    """One item in place of a tuple or a structure, also of those that a Vec is made of."""
    match tree:
        case TupleTree(items) | StructTree(items=items):
            for k, item in enumerate(items):
                leaves = [j == k for j, t in enumerate(items) for _ in leaf_types(t)]
                yield item, leaves, lambda x, k=k: items_of(tree, x)[k]  # type: ignore[misc]
            for k, item in enumerate(items):
                for new, inside, project in _smaller(item):
                    others = [[True] * len(leaf_types(t)) for t in items]
                    leaves = [on for part in (*others[:k], inside, *others[k + 1 :]) for on in part]
                    less = TupleTree((*items[:k], new, *items[k + 1 :]))
                    yield less, leaves, lambda x, k=k, f=project: _replaced(items_of(tree, x), k, f)  # type: ignore[misc]
        case VecTree(size, elem):
            for new, leaves, project in _smaller(elem):
                yield VecTree(size, new), leaves, lambda x, f=project: [f(y) for y in x]  # type: ignore[misc]
        case _:
            return


def _replaced(items: list[Any], k: int, project: Callable[[Any], Any]) -> tuple[Any, ...]:
    return tuple([project(x) if j == k else x for j, x in enumerate(items)])


def _plain_args(door: Door) -> Iterator[Door]:
    """Arguments that are zeros or ones."""
    signature = door.function.signature
    for k, (tree, x) in enumerate(zip(signature.params, door.args, strict=True)):
        for simple in (0.0, 1.0):
            plain = _like(tree, x, simple)
            if _weight(tree, plain) < _weight(tree, x):
                args = [*door.args[:k], plain, *door.args[k + 1 :]]
                yield door_of(signature.params, signature.result, door.function.func, args)


def _weight(tree: Tree, value: Any) -> int:
    """How far a value is from plain."""
    return len(str(_scalars(tree, value)).replace("0.0", "0").replace("1.0", "01"))


def _scalars(tree: Tree, value: Any) -> list[Any]:
    match tree:
        case VecTree(_, elem):
            return [_scalars(elem, x) for x in value]
        case TupleTree(items) | StructTree(items=items):
            return [_scalars(t, x) for t, x in zip(items, items_of(tree, value), strict=True)]
        case _:
            return [value]


def _like(tree: Tree, value: Any, simple: float) -> Any:
    match tree:
        case VecTree(_, elem):
            return [_like(elem, x, simple) for x in value]
        case TupleTree(items) | StructTree(items=items):
            pairs = zip(items, items_of(tree, value), strict=True)
            return with_items(tree, [_like(t, x, simple) for t, x in pairs])
        case _:
            return simple if isinstance(value, float) else value.__class__(0)
