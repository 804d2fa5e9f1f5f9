"""Folds: what f(0), …, f(n - 1) come to under an operation, from left to right; or the elements of a Vec."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from rose.errors import ArgumentError, TypeMismatchError, user_location
from rose.front.checks import check_function, length, trace_only
from rose.front.index import Index
from rose.front.leaves import SMALL_UNROLLED
from rose.front.tracer import current
from rose.front.tree import (
    BOOL_TREE,
    REAL_TREE,
    BoolTree,
    IndexTree,
    NoneTree,
    RealTree,
    Tree,
    describe,
    leaf_types,
)
from rose.front.values import emit
from rose.front.vec import Vec, infer, passed, wrap_passed
from rose.ir.types import BOOL, REAL, Array, Type
from rose.ir.types import Index as IndexType


class Fold(NamedTuple):
    """An operation with the value that it starts from.

    Attributes:
        name: what users call it, after `rose.`.
        verb: what it does with its terms, for errors.
        primitive: the operation.
        start: changes nothing: op(start, x) = x.
    """

    name: str
    verb: str
    primitive: str
    start: float | bool

    @property
    def type(self) -> Type:
        return BOOL if isinstance(self.start, bool) else REAL


def sum(n: int | Vec, f: Callable[[Index], Any] | None = None) -> Any:
    """f(0) + … + f(n - 1), from left to right, or the sum of the elements of a Vec.

    Args:
        n: how many terms, at least 1; or a Vec, and then no `f`.
        f: gets a traced `Index[n]`, gives a Real, a Vec or a structure of Reals, summed elementwise.

    Raises:
        TypeMismatchError: if a term holds something that cannot be added.
        ArgumentError: if f takes another number of arguments.
    """
    return fold(Fold("sum", "adds", "add", 0.0), n, f)


def prod(n: int | Vec, f: Callable[[Index], Any] | None = None) -> Any:
    """f(0) · … · f(n - 1), from left to right, or the product of the elements of a Vec; else as `sum`."""
    return fold(Fold("prod", "multiplies", "mul", 1.0), n, f)


def least(n: int | Vec, f: Callable[[Index], Any] | None = None) -> Any:
    """The least of f(0), …, f(n - 1), or of the elements of a Vec: `rose.min(n, f)`; else as `sum`."""
    return fold(Fold("min", "compares", "min", math.inf), n, f)


def greatest(n: int | Vec, f: Callable[[Index], Any] | None = None) -> Any:
    """The greatest of f(0), …, f(n - 1), or of the elements of a Vec: `rose.max(n, f)`; else as `sum`."""
    return fold(Fold("max", "compares", "max", -math.inf), n, f)


def any(n: int | Vec, f: Callable[[Index], Any] | None = None) -> Any:
    """Whether one of f(0), …, f(n - 1), or of the elements of a Vec, is true. All are computed.

    Args:
        n: how many, at least 1; or a Vec of Bools, and then no `f`.
        f: gets a traced `Index[n]`, gives a Bool, or a Vec or structure of Bools, taken elementwise.

    Raises:
        TypeMismatchError: if f gives something else.
        ArgumentError: if f takes another number of arguments.
    """
    return fold(Fold("any", "takes", "or", False), n, f)


def all(n: int | Vec, f: Callable[[Index], Any] | None = None) -> Any:
    """Whether f(0), …, f(n - 1), or all elements of a Vec, are true; else as `any`."""
    return fold(Fold("all", "takes", "and", True), n, f)


def fold(operation: Fold, n: int | Vec, f: Callable[[Index], Any] | None) -> Any:
    """The fold of n terms, or of a Vec; see `sum`."""
    name = operation.name
    trace_only(name)
    if isinstance(n, Vec):
        whole = n
        if f is not None:
            raise ArgumentError(
                f"rose.{name} takes a Vec alone, or a length and a function, given a Vec and a "
                f"function; write rose.{name}(len(v), lambda i: ...)"
            )
        elem = whole.tree.elem
        if len(whole) <= SMALL_UNROLLED and elem == (
            REAL_TREE if operation.type == REAL else BOOL_TREE
        ):
            return _unrolled(operation, whole)
        return fold(operation, len(whole), lambda i: whole[i])
    if f is None:
        raise TypeMismatchError(
            f"rose.{name} takes a Vec, or a length and a function, given {describe(n)}"
        )
    size = length(name, n)
    check_function(name, f, 1)
    builder = current().builder
    with builder.block([IndexType(size)]) as block:
        term = f(Index(current(), block.params[0]))
        tree = infer(term, f"the result of the function given to rose.{name}")
        _check_term(operation, tree)
        terms = passed(tree, term, f"a term of {name}")
        carries = builder.values([builder.types[v] for v in terms])
        block.params += carries
        pairs = zip(carries, terms, strict=True)
        totals = [_combined(operation.primitive, a, b) for a, b in pairs]
    inits = [_start(operation, builder.types[v]) for v in carries]
    builder.loc = user_location()
    return wrap_passed(tree, builder.loop(size, inits, block.close(totals)))


def _unrolled(operation: Fold, whole: Vec) -> Any:
    """The fold of a short Vec of scalars, without a loop."""
    total = _start(operation, operation.type)
    for x in whole:
        total = emit(operation.primitive, total, x.id)
    return wrap_passed(whole.tree.elem, [total])


_REAL_HINTS: dict[type, str] = {
    NoneTree: "; does it return its value?",
    BoolTree: "; write rose.where(b, 1.0, 0.0)",
    IndexTree: "; write 1.0 * i",
}
_BOOL_HINTS: dict[type, str] = {
    NoneTree: "; does it return its value?",
    RealTree: "; compare it, as in x > 0",
    IndexTree: "; compare it, as in i > 0",
}


def _check_term(operation: Fold, tree: Tree) -> None:
    leaves = leaf_types(tree)
    if not leaves or {leaf.elem for leaf in leaves} != {operation.type}:
        reals = operation.type == REAL
        hint = (_REAL_HINTS if reals else _BOOL_HINTS).get(type(tree), "")
        raise TypeMismatchError(
            f"rose.{operation.name} {operation.verb} {'Reals' if reals else 'Bools'}; "
            f"the function gives {tree}{hint}"
        )


def _start(operation: Fold, type: Type) -> int:
    """The start of a carried value: the same number everywhere."""
    builder = current().builder
    if not isinstance(type, Array):
        return current().const(operation.start, type)
    if operation.start == 0:
        return builder.zeros(type)
    constant = (operation.start,) * type.count
    return current().const(constant, type)


def _combined(primitive: str, a: int, b: int) -> int:
    """The operation on two scalars, or on two arrays element by element."""
    builder = current().builder
    type = builder.types[a]
    if not isinstance(type, Array):
        return emit(primitive, a, b)
    with builder.block([IndexType(type.shape[0])]) as block:
        i = block.params[0]
        both = _combined(primitive, emit("index", a, i), emit("index", b, i))
    (result,) = builder.loop(type.shape[0], (), block.close([both]))
    return result


__all__ = ["all", "any", "greatest", "least", "prod", "sum"]
