"""`check_grads`: derivatives beside difference quotients."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rose.api import Fn, expect_fn, jvp, vjp
from rose.errors import ArgumentError, TypeMismatchError, user_location
from rose.front.signature import Signature
from rose.front.trace import trace
from rose.front.tree import (
    NONE_TREE,
    RealTree,
    StructTree,
    Tree,
    TupleTree,
    VecTree,
    items_of,
    rebuild,
    tangent_tree,
)
from rose.front.words import describe
from rose.ir.record import record, replace
from rose.lazy import Lazy

if TYPE_CHECKING:
    import random
else:
    random = Lazy("random")


@record
class _How:
    """How derivatives are checked; see `check_grads`."""

    order: int
    modes: Sequence[str]
    tolerance: float
    step: float
    seed: int

    def of_derivatives(self) -> _How:
        """How the derivatives are checked themselves, one order further on."""
        return _How(self.order - 1, self.modes, self.tolerance * 10, self.step, self.seed + 1)


def check_grads(
    f: Fn[..., Any],
    args: Sequence[Any],
    order: int = 1,
    modes: Sequence[str] = ("fwd", "rev"),
    *,
    tolerance: float = 1e-5,
    step: float = 1e-5,
    seed: int = 0,
) -> None:
    """Compare the derivatives of f with difference quotients along a random direction.

    Args:
        f: a function marked with @rose.fn.
        args: where; a point at which f is smooth.
        order: up to which order; the second is the derivative of the first.
        modes: "fwd" for jvp, "rev" for vjp.
        tolerance: largest relative difference that passes (absolute, below 1).
        step: of the difference quotient.
        seed: of the direction.

    Raises:
        AssertionError: if they differ, saying by how much, in which mode and at which order.
        ArgumentError: if there are too few or too many arguments, no known mode, an order below 1, or a tolerance, step
            or seed that is no such number.
        TypeMismatchError: if an argument is not of its type, or they are no tuple.
        DerivativeError: if f is no function marked with @rose.fn.

    Example:
        >>> rose.check_grads(fn([Real])(lambda x: rose.sin(x)), (0.5,), order=2)
    """
    expect_fn("check_grads", f)
    _check_how(args, order, modes)
    _check_steps(tolerance, step, seed)
    how = _How(order, modes, tolerance, step, seed)
    f = f.specialized(*args)
    at = tuple(replace(f.signature, by_name=0).bind(f.__name__, args, {}))
    f.signature.call(f, at)  # which looks at the arguments
    _check_at(f, at, how)


def _check_at(f: Fn[..., Any], at: tuple[Any, ...], how: _How) -> None:
    """Compare the first derivatives of f, and then those of its derivatives."""
    draw = random.Random(how.seed)
    tangents = tuple(_random(tree, draw) for tree in f.signature.params)
    weights = _random(f.signature.result, draw)
    difference = _difference(f, at, tangents, how.step)
    following: list[tuple[Fn[..., Any], tuple[Any, ...]]] = []
    if "fwd" in how.modes:
        _, out = jvp(f)(at, tangents)
        _compare(f, "fwd", list(zip(_flat(out), difference, strict=True)), how)
        following.append((jvp(f), (at, tangents)))
    if "rev" in how.modes:
        _, pullback = f.signature.call(vjp(f), at)
        _compare(
            f, "rev", [(_inner(pullback(weights), tangents), _inner(weights, difference))], how
        )
        following.append((_pulled_back(f), (at, weights)))
    if how.order > 1:
        for g, its_args in following:
            _check_at(g, its_args, how.of_derivatives())


def _difference(
    f: Fn[..., Any], args: Sequence[Any], tangents: Sequence[Any], step: float
) -> list[float]:
    """The difference quotient of the Reals that f gives, along tangents."""
    after, before = (
        _flat(f.signature.call(f, _moved(TupleTree(f.signature.params), args, tangents, by)))
        for by in (step, -step)
    )
    return [(a - b) / (2 * step) for a, b in zip(after, before, strict=True)]


def _check_how(args: Any, order: Any, modes: Any) -> None:
    """Refuse what `check_grads` cannot go by; errors as there."""
    if not isinstance(args, tuple | list):
        raise TypeMismatchError(
            f"rose.check_grads takes the arguments of f as a tuple, given {describe(args)}; "
            "write rose.check_grads(f, (x, y))"
        )
    if isinstance(order, bool) or not isinstance(order, int) or order < 1:
        raise ArgumentError(
            f"rose.check_grads takes an order of at least 1, given {describe(order)}; "
            "the second derivative is of order 2"
        )
    known = isinstance(modes, list | tuple | set) and all(m in ("fwd", "rev") for m in modes)
    if not known or not modes:
        raise ArgumentError(
            f'rose.check_grads takes modes=("fwd", "rev") or one of them in a tuple, given {describe(modes)}'
        )


def _check_steps(tolerance: Any, step: Any, seed: Any) -> None:
    """Refuse what `check_grads` cannot measure with; errors as there."""
    for name, value in {"tolerance": tolerance, "step": step}.items():
        is_real = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_real or not value > 0:
            raise ArgumentError(
                f"rose.check_grads takes a positive number as its {name}, given {describe(value)}; write {name}=1e-5"
            )
    if not isinstance(seed, int):
        raise ArgumentError(
            f"rose.check_grads takes an int as its seed, given {describe(seed)}; write seed=0"
        )


def _pulled_back(f: Fn[..., Any]) -> Fn[..., Any]:
    """The function from arguments and a cotangent of f's result to the cotangents of the arguments."""
    inner = f.signature
    result = TupleTree(tuple(map(tangent_tree, inner.params)))
    signature = Signature(
        ("args", "cotangent"), (TupleTree(inner.params), tangent_tree(inner.result)), result
    )

    def run(args: Any, cotangent: Any) -> Any:
        _, pullback = f.signature.call(vjp(f), args)
        return pullback(cotangent)

    run.__name__ = f"vjp_{f.__name__}"
    located = user_location()
    return Fn(run.__name__, lambda: signature, lambda: trace(run, signature, located), located)


def _compare(f: Fn[..., Any], mode: str, pairs: Sequence[tuple[float, float]], how: _How) -> None:
    """Hold what was found in a mode against what was expected; errors as for `check_grads`."""
    for found, expected in pairs:
        error = abs(found - expected) / max(1.0, abs(expected))
        assert error <= how.tolerance, (
            f"check_grads: {mode} mode of {f.__name__} gives {found}, the difference quotient {expected} "
            f"(order {how.order} to go, relative difference {error:.1e}, tolerance {how.tolerance:.1e})"
        )


def _random(tree: Tree, draw: random.Random) -> Any:
    """A random tangent of a tree, as Python values."""
    match tree:
        case RealTree():
            return draw.uniform(-1, 1)
        case VecTree(size, elem) if tangent_tree(tree) != NONE_TREE:
            return [_random(elem, draw) for _ in range(size)]
        case TupleTree(items) | StructTree(items=items):
            return rebuild(tree, [_random(item, draw) for item in items])
        case _:
            return None


def _flat(value: Any) -> list[float]:
    """The Reals of a value; None, Bools and indices have no tangents."""
    if value is None or isinstance(value, bool | int):
        return []
    if isinstance(value, float):
        return [value]
    if hasattr(value, "__dataclass_fields__"):
        return [x for name in value.__dataclass_fields__ for x in _flat(getattr(value, name))]
    items = value.values() if isinstance(value, dict) else value
    return [x for item in items for x in _flat(item)]


def _moved(tree: Tree, value: Any, tangent: Any, by: float) -> Any:
    """value + by · tangent, where the value may be anything that stands for one of the tree."""
    match tree:
        case RealTree():
            return float(value) + by * tangent
        case VecTree(_, elem) if tangent is not None:
            return [_moved(elem, x, x_dot, by) for x, x_dot in zip(value, tangent, strict=True)]
        case TupleTree(items) | StructTree(items=items):
            values, tangents = (items_of(tree, x, AssertionError) for x in (value, tangent))
            parts = zip(items, values, tangents, strict=True)
            return rebuild(tree, [_moved(item, x, x_dot, by) for item, x, x_dot in parts])
        case _:
            return value


def _inner(a: Any, b: Any) -> float:
    """The sum of products of corresponding Reals."""
    return math.fsum(x * y for x, y in zip(_flat(a), _flat(b), strict=True))
