"""Transformations written in the language itself, on top of `jvp`, `vjp` and `grad`: Jacobians and Hessians."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeAlias, TypeVar, overload

from rose.api import Argnums, Fn, argnums_of, expect_fn, grad, is_several, jvp, shown, vjp
from rose.errors import ArgumentError, DerivativeError, user_location
from rose.front.control import where
from rose.front.families import DerivedFamily, first_argument
from rose.front.maps import vec
from rose.front.signature import Signature
from rose.front.trace import trace
from rose.front.tree import (
    NONE_TREE,
    BoolTree,
    IndexTree,
    NoneTree,
    RawTree,
    RealTree,
    StaticTree,
    StructTree,
    Tree,
    TupleTree,
    VecTree,
    has_reals,
    leaf_types,
    rebuild,
    tangent_tree,
)

if TYPE_CHECKING:
    from rose.api.functions import Derivable, Unknown
    from rose.front.typed import N, Q, Vec, VecOf

P = ParamSpec("P")
A = TypeVar("A")

Mode: TypeAlias = Literal["fwd", "rev"] | None

# --- walking trees ----------------------------------------------------------------------------------------


def _with_reals(tree: Tree, put: Tree) -> Tree:
    """The tangent tree of `tree` with every Real replaced."""
    match tree:
        case RealTree():
            return put
        case BoolTree() | IndexTree() | NoneTree() | RawTree() | StaticTree():
            return NONE_TREE
        case VecTree(size, elem):
            inner = _with_reals(elem, put)
            return NONE_TREE if inner == NONE_TREE else VecTree(size, inner)
        case TupleTree(items):
            return TupleTree(tuple(_with_reals(item, put) for item in items))
        case StructTree(cls, names, items):
            return StructTree(cls, names, tuple(_with_reals(item, put) for item in items))


def _each_real(tree: Tree, make: Callable[[Sequence[Any]], Any], path: Sequence[Any] = ()) -> Any:
    """A value of `_with_reals(tree, …)`: what `make` gives for every Real, told by the path that leads to it.

    A path has an index for each Vec, and a number for each tuple or structure, on the way from the whole.
    """
    match tree:
        case RealTree():
            return make(path)
        case VecTree(size, elem) if tangent_tree(tree) != NONE_TREE:
            return vec(size, lambda i: _each_real(elem, make, [*path, i]))
        case TupleTree(items) | StructTree(items=items):
            parts = [_each_real(item, make, [*path, k]) for k, item in enumerate(items)]
            return rebuild(tree, parts)
        case _:
            return None


def _basis(tree: Tree, path: Sequence[Any]) -> Any:
    """The tangent of a tree that is 1 at one Real and 0 elsewhere. A None in the path leads nowhere."""
    match tree:
        case RealTree():
            return 1.0
        case VecTree(size, elem) if tangent_tree(tree) != NONE_TREE:
            i, *rest = path
            one, zero = _basis(elem, rest), _zero(elem)
            return vec(size, lambda k: where(k == i, one, zero))
        case TupleTree(items) | StructTree(items=items):
            chosen, *rest = path
            parts = [
                _basis(item, rest) if k == chosen else _zero(item) for k, item in enumerate(items)
            ]
            return rebuild(tree, parts)
        case _:
            return None


def _zero(tree: Tree) -> Any:
    """The tangent that is 0 everywhere."""
    match tree:
        case RealTree():
            return 0.0
        case VecTree(size, elem) if tangent_tree(tree) != NONE_TREE:
            return vec(size, lambda _: _zero(elem))
        case TupleTree(items) | StructTree(items=items):
            return rebuild(tree, [_zero(item) for item in items])
        case _:
            return None


def _at(tree: Tree, value: Any, path: Sequence[Any]) -> Any:
    """The part of a value that a path leads to."""
    for step in path:
        if isinstance(tree, StructTree):
            name = tree.names[step]
            value = value[name] if tree.cls is dict else getattr(value, name)
            tree = tree.items[step]
        elif isinstance(tree, TupleTree):
            value, tree = value[step], tree.items[step]
        else:
            assert isinstance(tree, VecTree), "a path leads through Vecs, tuples and structures"
            value, tree = value[step], tree.elem
    return value


def _count(tree: Tree) -> int:
    """How many Reals a tree has."""
    return sum(leaf.count for leaf in leaf_types(tangent_tree(tree)))


# --- jacobian, hessian, hvp -------------------------------------------------------------------------------


@overload
def jacobian(f: Unknown[Any], argnums: Argnums = 0, *, mode: Mode = None) -> Fn[..., Any]: ...


@overload
def jacobian(
    f: Derivable[P, Concatenate[A, Q], float], argnums: Literal[0] = 0, *, mode: Mode = None
) -> Fn[P, A]: ...


@overload
def jacobian(
    f: Derivable[P, Concatenate[A, Q], VecOf[N, float]],
    argnums: Literal[0] = 0,
    *,
    mode: Mode = None,
) -> Fn[P, Vec[N, A]]: ...


@overload
def jacobian(f: Fn[P, Any], argnums: Argnums = 0, *, mode: Mode = None) -> Fn[P, Any]: ...


def jacobian(f: Any, argnums: Argnums = 0, *, mode: Any = None) -> Any:
    """A function that gives all partial derivatives of f's result by one of its parameters.

    The result has the structure of f's result, with the structure of the parameter in place of every Real: for
    f from Vec[n] to Vec[m] it is a Vec[m, Vec[n]]. In place of Bools and indices stands None.

    Args:
        f: a function marked with @rose.fn.
        argnums: the parameter to differentiate by; for a tuple of numbers, a tuple stands in place of every Real.
        mode: "fwd" runs jvp once per Real of the parameter, "rev" vjp's pullback once per Real of the result; by
            default what takes fewer runs.

    Raises:
        DerivativeError: if f is no Fn; when first used, if the parameter or the result holds no Reals.
        ArgumentError: if mode is another; when first used, if argnums names no parameter.

    Example:
        >>> rose.jacobian(fn([Vec[2]])(lambda v: [v[0] * v[1], v[1]]))([3, 4])
        [[4.0, 3.0], [0.0, 1.0]]
    """
    expect_fn("jacobian", f)
    if mode not in (None, "fwd", "rev"):
        raise ArgumentError(f'rose.jacobian: mode is "fwd", "rev" or None, given {mode!r}')
    located = user_location()

    def signature() -> Signature:
        inner: Signature = f.signature
        _, tree = _by(f, argnums)
        return inner.giving(_with_reals(inner.result, tangent_tree(tree)))

    def run(*args: Any) -> Any:
        _, tree = _by(f, argnums)
        forward = mode == "fwd" or (mode is None and _count(tree) <= _count(f.signature.result))
        return (_by_columns if forward else _by_rows)(f, argnums, args)

    run.__name__ = f"jacobian_{f.__name__}"
    made: Fn[..., Any] = Fn(
        run.__name__,
        signature,
        lambda: trace(run, made.signature, located),
        located,
        DerivedFamily(f, lambda g: jacobian(g, argnums, mode=mode)),
    )
    return made.shown_as(shown.taking(f), f"The partial derivatives of {f.__name__}.")


def _by(f: Fn[..., Any], argnums: Argnums) -> tuple[tuple[int, ...], Tree]:
    """The numbers of the parameters that a Jacobian is by, and their tree, checked."""
    chosen = argnums_of("jacobian", f, argnums)
    if not has_reals(f.signature.result):
        raise DerivativeError(
            f"rose.jacobian: the result of {f.__name__} is {f.signature.result}, which has no Reals"
        )
    trees = tuple([f.signature.params[k] for k in chosen])
    return chosen, TupleTree(trees) if is_several(argnums) else trees[0]


def _by_rows(f: Fn[..., Any], argnums: Argnums, args: Sequence[Any]) -> Any:
    """Reverse mode: a pullback of the same forward pass for every Real of the result."""
    chosen, _ = _by(f, argnums)
    _, pullback = f.signature.call(vjp(f), args)
    tree = f.signature.result

    def row(path: Sequence[Any]) -> Any:
        bars = pullback(_basis(tree, path))
        parts = tuple([bars[k] for k in chosen])
        return parts if is_several(argnums) else parts[0]

    return _each_real(tree, row)


def _by_columns(f: Fn[..., Any], argnums: Argnums, args: Sequence[Any]) -> Any:
    """Forward mode: the columns first, then read across."""
    chosen, by = _by(f, argnums)
    pushforward = jvp(f)

    def column(path: Sequence[Any]) -> Any:
        tangents = _tangents(f.signature.params, chosen, argnums, _basis(by, path))
        return pushforward(tuple(args), tangents)[1]

    columns = _each_real(by, column)
    result = f.signature.result

    def row(out: Sequence[Any]) -> Any:
        return _each_real(by, lambda path: _at(result, _at(by, columns, path), out))

    return _each_real(result, row)


def _tangents(
    trees: Sequence[Tree], chosen: Sequence[int], argnums: Argnums, direction: Any
) -> tuple[Any, ...]:
    """A tangent for every parameter: the direction's for those chosen, and 0 for the others."""
    parts = direction if is_several(argnums) else (direction,)
    along = dict(zip(chosen, parts, strict=True))
    return tuple([along[k] if k in along else _zero(tree) for k, tree in enumerate(trees)])


@overload
def hessian(f: Unknown[float], argnums: Argnums = 0) -> Fn[..., Any]: ...


@overload
def hessian(  # pyright: ignore[reportOverlappingOverload] (to it, a Vec may be a float)
    f: Derivable[P, Concatenate[Vec[N, float], Q], float], argnums: Literal[0] = 0
) -> Fn[P, Vec[N, Vec[N, float]]]: ...


@overload
def hessian(
    f: Derivable[P, Concatenate[float, Q], float], argnums: Literal[0] = 0
) -> Fn[P, float]: ...


@overload
def hessian(f: Fn[P, float], argnums: Argnums = 0) -> Fn[P, Any]: ...


def hessian(f: Any, argnums: Argnums = 0) -> Any:
    """A function that gives all second derivatives of f's one Real by one of its parameters.

    Forward mode over reverse mode. For a parameter Vec[n] the result is a Vec[n, Vec[n]]; for a tuple of parameters it is a
    tuple of tuples.

    Raises:
        DerivativeError: as for `grad` and `jacobian`.

    Example:
        >>> rose.hessian(fn([Vec[2]])(lambda v: v[0] ** 2 * v[1]))([3, 4])
        [[8.0, 6.0], [6.0, 0.0]]
    """
    return jacobian(grad(f, argnums), argnums, mode="fwd")


@overload
def hvp(f: Unknown[float], argnums: Argnums = 0) -> Fn[[tuple[Any, ...], Any], Any]: ...


@overload
def hvp(
    f: Derivable[P, Concatenate[A, Q], float], argnums: Literal[0] = 0
) -> Fn[[tuple[Any, ...], A], A]: ...


@overload
def hvp(f: Fn[P, float], argnums: Argnums = 0) -> Fn[[tuple[Any, ...], Any], Any]: ...


def hvp(f: Any, argnums: Argnums = 0) -> Any:
    """A function that gives the product of f's Hessian with a direction, without making the Hessian.

    `hvp(f)(args, direction)`: args is the tuple of f's arguments, the direction has the structure of
    `grad(f, argnums)`'s result, and so has the product. Forward mode over reverse mode.

    Raises:
        DerivativeError: as for `grad`.

    Example:
        >>> rose.hvp(fn([Vec[2]])(lambda v: v[0] ** 2 * v[1]))(([3, 4],), [1, 0])
        [8.0, 6.0]
    """
    gradient: Fn[..., Any] = grad(f, argnums)
    located = user_location()

    def signature() -> Signature:
        inner = gradient.signature
        params = (TupleTree(inner.params), inner.result)
        return Signature(("args", "direction"), params, inner.result)

    def run(args: Any, direction: Any) -> Any:
        chosen = argnums_of("hvp", f, argnums)
        tangents = _tangents(gradient.signature.params, chosen, argnums, direction)
        return jvp(gradient)(args, tangents)[1]

    run.__name__ = f"hvp_{f.__name__}"
    made: Fn[..., Any] = Fn(
        run.__name__,
        signature,
        lambda: trace(run, made.signature, located),
        located,
        DerivedFamily(f, lambda g: hvp(g, argnums), first_argument),
    )
    doc = f"The product of the Hessian of {f.__name__} with a direction."
    return made.shown_as(shown.of("args", "direction"), doc)
