"""Between the arguments of an Fn and the flat values that the interpreter works on; and finite differences."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, TypeGuard

import rose
from rose import Fn
from rose.front.tree import leaf_types, tangent_tree
from rose.ir.types import Array, Index, Real
from rose.opt import finish
from rose.primitives.memory import nested
from rose.run import marshal
from rose.run.interp import Counter, interpret


def flat_args(f: Fn[..., Any], args: tuple[Any, ...]) -> list[Any]:
    """The arguments as the interpreter takes them: one value per IR param."""
    flat: list[Any] = []
    for tree, value in zip(f.signature.params, args, strict=True):
        leaves: list[list[Any]] = [[] for _ in leaf_types(tree)]
        marshal._flatten(tree, value, leaves)
        for leaf, scalars in zip(leaf_types(tree), leaves, strict=True):
            flat += [nested(scalars, leaf.shape)] if leaf.is_passed_whole else scalars
    return flat


def run_interp(f: Fn[..., Any], args: tuple[Any, ...], counter: Counter | None = None) -> list[Any]:
    """All scalars of the result, in order, by the interpreter."""
    return flatten(interpret(f.func, flat_args(f, args), counter))


def run_wasm(f: Fn[..., Any], args: tuple[Any, ...]) -> list[Any]:
    """All scalars of the result, in order, by wasmtime."""
    return by_leaves(f, f(*args))


def by_leaves(f: Fn[..., Any], result: Any) -> list[Any]:
    """All scalars of a result, in the order in which the interpreter gives them."""
    leaves: list[list[Any]] = [[] for _ in leaf_types(f.signature.result)]
    marshal._flatten(f.signature.result, result, leaves)
    return [x for leaf in leaves for x in leaf]


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether it is a list, and then of anything: to checkers `isinstance` leaves open of what."""
    return isinstance(value, list)


def is_sequence(value: object) -> TypeGuard[Sequence[Any]]:
    """Whether it is a list or a tuple, and then of anything."""
    return isinstance(value, list | tuple)


def flatten(value: Any) -> list[Any]:
    """The scalars of nested lists, tuples and structures."""
    if is_sequence(value):
        return [x for item in value for x in flatten(item)]
    return [value]


def bits_of(value: Any) -> list[str]:
    """The bits of every number in a result, fields in order."""
    if value is None:
        return []
    if is_sequence(value):
        return [x for item in value for x in bits_of(item)]
    if hasattr(value, "__dataclass_fields__"):
        return [x for name in value.__dataclass_fields__ for x in bits_of(getattr(value, name))]
    return [struct.pack(">d", value).hex()]


def real_positions(f: Fn[..., Any]) -> list[tuple[int, ...]]:
    """The path of every Real of the flat arguments."""
    paths: list[tuple[int, ...]] = []
    for k, type in enumerate(f.func.param_types):
        if isinstance(type, Real):
            paths.append((k,))
        elif isinstance(type, Array) and isinstance(type.elem, Real):
            paths += [(k, *at) for at in _positions(type.shape)]
        else:
            assert not isinstance(type, Array) or isinstance(type.elem, Index)
    return paths


def _positions(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    if not shape:
        return [()]
    return [(i, *rest) for i in range(shape[0]) for rest in _positions(shape[1:])]


def moved(values: Any, path: tuple[int, ...], by: float) -> Any:
    """A copy of nested lists with one scalar changed."""
    if not path:
        return values + by
    return [moved(v, path[1:], by) if k == path[0] else v for k, v in enumerate(values)]


def finite_difference(
    run: Callable[[list[Any]], float], values: list[Any], path: tuple[int, ...], by: float = 1e-5
) -> float:
    """Five-point difference quotient: its error falls with the fourth power of the step."""

    def at(k: int) -> float:
        return run(moved(values, path, k * by))

    return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * by)


# The functions of rose without their types, for calls that are meant to be wrong.
untyped: Any = rose

# The tangent or cotangent of a Bool or an index: None, where checkers know the class of the value.
NO_DOT: Any = None


def applied(f: Callable[..., Any], values: Sequence[Any]) -> Any:
    """f of its arguments in a list, as `finite_difference` moves them."""
    return f(*values)


def has_reals(f: Fn[..., Any], k: int) -> bool:
    """Whether a parameter can be differentiated by."""
    return bool(leaf_types(tangent_tree(f.signature.params[k])))


def gradient(f: Fn[..., Any]) -> Fn[..., Any]:
    """The value and the gradient by every parameter that has one."""
    chosen = tuple(k for k in range(len(f.signature.params)) if has_reals(f, k))
    return rose.value_and_grad(f, argnums=chosen)


def work(f: Fn[..., Any], *args: Any) -> int:
    """How many instructions the finished program executes."""
    counter = Counter()
    interpret(finish(f.func), flat_args(f, args), counter)
    return counter.count
