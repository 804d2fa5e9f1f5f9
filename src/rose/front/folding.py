"""How folds are made: of n terms, of a Vec, and of a list."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any, NamedTuple

from rose.errors import ArgumentError, TypeMismatchError, user_location
from rose.front.checks import check_function, length, trace_only
from rose.front.elementwise import stack_rows
from rose.front.flatten import infer, passed, sequence, to_vec
from rose.front.index import Index, iterations
from rose.front.leaves import SMALL_UNROLLED, Stored, materialize
from rose.front.plain import to_float
from rose.front.ties import extreme_of_rows, extreme_of_scalars
from rose.front.traced import Traced
from rose.front.tracer import current, tracing
from rose.front.tree import (
    BOOL_TREE,
    REAL_TREE,
    BoolTree,
    IndexTree,
    NoneTree,
    RealTree,
    Tree,
    leaf_types,
)
from rose.front.values import emit, is_bool, is_number, to_bool, to_real
from rose.front.vec import Vec, wrap, wrap_passed
from rose.front.words import describe
from rose.ir.types import BOOL, REAL, Array, Type
from rose.ir.types import Index as IndexType
from rose.primitives import REGISTRY


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

    @property
    def is_extreme(self) -> bool:
        """Whether it is one of its terms, or several that are equal."""
        return math.isinf(self.start)

    def as_plain(self, x: Any) -> Any:
        """A number or Bool of Python or NumPy as Python's own."""
        return bool(x) if self.type == BOOL else to_float(x)


def fold(operation: Fold, n: int | Sequence[Any], f: Callable[[Index], Any] | None) -> Any:
    """The fold of n terms, or of the elements of a Vec or list; see `sum`."""
    items = n if isinstance(n, int | Vec) else sequence(n)
    if items is None or isinstance(items, int):
        return _of_function(operation, n, f)
    if f is not None:
        raise ArgumentError(
            f"rose.{operation.name} takes a Vec or a list alone, or a length and a function, given {_kind(n)} and a "
            f"function; write rose.{operation.name}(len(v), lambda i: ...)"
        )
    return _of_vec(operation, items) if isinstance(items, Vec) else _of_list(operation, items)


def _of_function(operation: Fold, n: Any, f: Callable[[Index], Any] | None) -> Any:
    """The fold of f(0), …, f(n - 1), checked."""
    name = operation.name
    trace_only(name)
    if f is None:
        scalar = isinstance(n, Traced | str)
        hint = "; write [*values]" if hasattr(type(n), "__iter__") and not scalar else ""
        raise TypeMismatchError(
            f"rose.{name} takes a Vec or a list, or a length and a function, given {describe(n)}{hint}"
        )
    size = length(name, n)
    check_function(name, f, 1)
    if not size:
        _check_value_of_none(operation)
    if operation.is_extreme and size > 2:
        rows = stack_rows(size, partial(_checked_term, operation, f), _result_of(operation))
        return _extreme_of_rows(operation, rows)
    return _looped(operation, size, f)


def _looped(operation: Fold, size: int, f: Callable[[Index], Any]) -> Any:
    """The fold as a loop that carries it. Their types are those of a term, so they become params when it is traced."""
    builder = current().builder
    with iterations(size) as (block, i):
        term = _checked_term(operation, f, i)
        tree = infer(term, _result_of(operation))
        terms = passed(tree, term, f"a term of {operation.name}")
        carries = builder.values([builder.types[v] for v in terms])
        block.params += carries
        pairs = zip(carries, terms, strict=True)
        totals = [_combined(operation.primitive, a, b) for a, b in pairs]
    inits = [_start(operation, builder.types[v]) for v in carries]
    if not size:
        return wrap_passed(tree, inits)
    builder.loc = user_location()
    return wrap_passed(tree, builder.loop(size, inits, block.close(totals)))


def _checked_term(operation: Fold, f: Callable[[Index], Any], i: Index) -> Any:
    term = f(i)
    _check_term(operation, infer(term, _result_of(operation)))
    return term


def _result_of(operation: Fold) -> str:
    return f"the result of the function given to rose.{operation.name}"


def _extreme_of_rows(operation: Fold, rows: Vec) -> Any:
    """The least or greatest of a Vec's elements; of structures, field by field."""
    elem = rows.tree.elem
    _check_term(operation, elem)
    arrays = [materialize(leaf) for leaf in rows.leaves]
    best = [extreme_of_rows(operation.primitive, operation.start, array) for array in arrays]
    parts = [
        v if leaf.shape == () else Stored(v) for v, leaf in zip(best, leaf_types(elem), strict=True)
    ]
    return wrap(elem, parts)


def _kind(whole: Any) -> str:
    return "a Vec" if isinstance(whole, Vec) else f"a {type(whole).__name__}"


def _of_vec(operation: Fold, whole: Vec) -> Any:
    """The fold of a Vec: a short one of scalars without a loop."""
    whole.home.enter("Vec")
    if not len(whole):
        _check_value_of_none(operation)
    elem = whole.tree.elem
    is_scalar = elem == (REAL_TREE if operation.type == REAL else BOOL_TREE)
    if len(whole) <= SMALL_UNROLLED and is_scalar:
        return _unrolled(operation, list(whole))
    if operation.is_extreme and len(whole) > 2:
        return _extreme_of_rows(operation, whole)
    return _looped(operation, len(whole), lambda i: whole[i])


def _of_list(operation: Fold, items: Sequence[Any]) -> Any:
    """The fold of Python's own sequence: computed now, unless something in it is traced."""
    if not items:
        _check_value_of_none(operation)
    is_element = is_number if operation.type == REAL else is_bool
    if all(map(is_element, items)):
        if any(isinstance(x, Traced) for x in items):
            return _unrolled(operation, items)
        numbers = [operation.as_plain(x) for x in items]
        return reduce(REGISTRY[operation.primitive].evaluate, numbers, operation.start)
    for x in items:
        if not is_element(x) and (x is None or isinstance(x, Traced | str | bool | int | float)):
            raise _not_folded(operation, describe(x), _hint(x))
    if tracing():
        return _of_vec(operation, to_vec(items))
    rows = [sequence(x) for x in items]
    for x, row in zip(items, rows, strict=True):
        if row is None:
            raise _not_folded(operation, describe(x), _hint(x))
    if len({len(row or ()) for row in rows}) != 1:
        raise _not_folded(operation, "lists of different lengths")
    return [_of_list(operation, column) for column in zip(*rows, strict=True)]


def _check_value_of_none(operation: Fold) -> None:
    """Refuse the least and the greatest of no elements."""
    if operation.is_extreme:
        raise ArgumentError(
            f"rose.{operation.name} of no elements has no value; give at least one, as in "
            f"rose.{operation.name}([{operation.start}, *items])"
        )


def _hint(wrong: Any) -> str:
    if is_bool(wrong):
        return "; write rose.where(b, 1.0, 0.0)"
    return "; compare it, as in x > 0" if isinstance(wrong, Traced) else ""


def _not_folded(operation: Fold, given: str, hint: str = "") -> TypeMismatchError:
    """The error for a list with something in it that does not fit."""
    kind = "Reals" if operation.type == REAL else "Bools"
    return TypeMismatchError(f"rose.{operation.name} {operation.verb} {kind}, given {given}{hint}")


def _unrolled(operation: Fold, items: Sequence[Any]) -> Any:
    """The fold of scalars, without a loop."""
    real = operation.type == REAL
    if operation.is_extreme and len(items) > 2:
        if len(items) > SMALL_UNROLLED:
            return _extreme_of_rows(operation, to_vec(items))
        scalars = [to_real(x) for x in items]
        best = extreme_of_scalars(operation.primitive, operation.start, scalars)
        return wrap_passed(REAL_TREE, [best])
    total = _start(operation, operation.type)
    for x in items:
        total = emit(operation.primitive, total, to_real(x) if real else to_bool(x))
    return wrap_passed(REAL_TREE if real else BOOL_TREE, [total])


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
