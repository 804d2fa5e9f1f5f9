"""Conversions between Reals and indices: `real` and `to_index`."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from rose.errors import TypeMismatchError
from rose.front import typed
from rose.front.checks import length
from rose.front.index import Index, never
from rose.front.index import to_index as index_value
from rose.front.plain import to_float
from rose.front.traced import Traced
from rose.front.tracer import current, tracing
from rose.front.values import Real, home_of, is_bool, is_number, to_real
from rose.front.words import describe
from rose.ir.types import Index as IndexType
from rose.primitives import REGISTRY

N = TypeVar("N", bound=int)


def real(x: float) -> float:
    """An Index, a Real or a number as a Real.

    Raises:
        TypeMismatchError: if it is something else.

    Example:
        >>> fn([Index[3]])(lambda i: rose.real(i) / 2)(1)
        0.5
    """
    given: Any = x  # checkers know a traced Real as a float
    if not is_number(given):
        raise _no_number("real", "an Index or a Real", given)
    if isinstance(given, Traced):
        return cast("float", Real(home_of(given), to_real(given)))
    return to_float(given)


def to_index(x: float, n: N) -> typed.Index[N]:
    """The Index[n] nearest to x rounded down: 0 below 0 and for nan, n - 1 from there on.

    Args:
        x: a Real, a number, or an Index or difference of indices, as in `rose.to_index(i - 1, n)`.
        n: the size of the Index, at least 1; 0 in the body of a loop of no iterations.

    Raises:
        TypeMismatchError: if x is no number, or n no such int.

    Example:
        >>> fn([Real, Vec[3]])(lambda x, v: v[rose.to_index(x, 3)])(1.9, [5, 6, 7])
        6.0
    """
    return _nearest(x, length("to_index", n, "size"))  # type: ignore[no-any-return]


def _nearest(x: Any, size: int) -> Any:
    """`to_index` for a size that is checked."""
    if not is_number(x):
        raise _no_number("to_index", "a Real or an Index", x)
    if not size:
        return _of_no_size(x)
    if isinstance(x, Index) and x.size <= size:
        return Index(home_of(x), index_value(x, size)[0])
    if isinstance(x, Traced):
        tracer = home_of(x)
        return Index(tracer, tracer.emit("real_to_index", (to_real(x),), (size - 1,)))
    number: int = REGISTRY["real_to_index"].evaluate(to_float(x), size - 1)
    if not tracing():
        return number
    return Index(current(), current().const(number, IndexType(size)))


def _of_no_size(x: Any) -> Index:
    """An Index[0], which there is only where nothing runs."""
    if not (tracing() and current().never):
        raise TypeMismatchError(
            f"rose.to_index needs a size of at least 1, given 0: an Index[0] has no values, and {describe(x)} is one; "
            "let a loop of len(v) iterations read v"
        )
    return never(0)


def _no_number(name: str, wanted: str, x: Any) -> TypeMismatchError:
    hint = "; write rose.where(b, 1, 0)" if is_bool(x) else ""
    return TypeMismatchError(f"rose.{name} takes {wanted}, given {describe(x)}{hint}")


__all__ = ["real", "to_index"]
