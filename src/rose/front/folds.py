"""Folds: what f(0), …, f(n - 1) come to under an operation, from left to right; or the elements of a Vec or list."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from rose.front import typed
from rose.front.folding import Fold, fold

T = TypeVar("T")


@overload
def sum(n: int, f: Callable[[typed.Index], T]) -> T: ...


@overload
def sum(n: Sequence[T]) -> T: ...


@overload
def sum(n: typed.Array) -> Any: ...


def sum(n: Any, f: Callable[[Any], Any] | None = None) -> Any:
    """f(0) + … + f(n - 1), from left to right, or the sum of the elements of a Vec or list; 0 of none.

    Args:
        n: how many terms; or a Vec, and then no `f`; or a list, tuple or NumPy array of numbers and
            traced values, outside of an @fn of numbers. Of lists of equal lengths it is elementwise.
        f: gets a traced `Index[n]`, gives a Real, a Vec or a structure of Reals, summed elementwise.

    Raises:
        TypeMismatchError: if a term holds something that cannot be added.
        ArgumentError: if f takes another number of arguments.

    Example:
        >>> fn([Vec[3]])(lambda v: rose.sum(3, lambda i: v[i] ** 2))([1, 2, 3])
        14.0
        >>> rose.sum([1, 2.5])
        3.5
    """
    return fold(Fold("sum", "adds", "add", 0.0), n, f)


@overload
def prod(n: int, f: Callable[[typed.Index], T]) -> T: ...


@overload
def prod(n: Sequence[T]) -> T: ...


@overload
def prod(n: typed.Array) -> Any: ...


def prod(n: Any, f: Callable[[Any], Any] | None = None) -> Any:
    """f(0) · … · f(n - 1), from left to right, or the product of the elements of a Vec or list; 1 of none.

    Arguments and errors are as for `sum`.

    Example:
        >>> fn([Vec[3]])(lambda v: rose.prod(v))([2, 3, 4])
        24.0
    """
    return fold(Fold("prod", "multiplies", "mul", 1.0), n, f)


@overload
def least(n: int, f: Callable[[typed.Index], T]) -> T: ...


@overload
def least(n: Sequence[T]) -> T: ...


@overload
def least(n: typed.Array) -> Any: ...


def least(n: Any, f: Callable[[Any], Any] | None = None) -> Any:
    """The least of f(0), …, f(n - 1), or of the elements of a Vec or list: `rose.min(n, f)`; else as `sum`.

    Raises:
        ArgumentError: if there are none.
    """
    return fold(Fold("min", "compares", "min", math.inf), n, f)


@overload
def greatest(n: int, f: Callable[[typed.Index], T]) -> T: ...


@overload
def greatest(n: Sequence[T]) -> T: ...


@overload
def greatest(n: typed.Array) -> Any: ...


def greatest(n: Any, f: Callable[[Any], Any] | None = None) -> Any:
    """The greatest of f(0), …, f(n - 1), or of the elements of a Vec or list: `rose.max(n, f)`; else as `sum`.

    Raises:
        ArgumentError: if there are none.
    """
    return fold(Fold("max", "compares", "max", -math.inf), n, f)


@overload
def any(n: int, f: Callable[[typed.Index], T]) -> T: ...


@overload
def any(n: Sequence[T]) -> T: ...


@overload
def any(n: typed.Array) -> Any: ...


def any(n: Any, f: Callable[[Any], Any] | None = None) -> Any:
    """Whether one of f(0), …, f(n - 1), or of the elements of a Vec or list, is true; all are computed. False of none.

    Args:
        n: how many; or a Vec, list or tuple of Bools, and then no `f`.
        f: gets a traced `Index[n]`, gives a Bool, or a Vec or structure of Bools, taken elementwise.

    Raises:
        TypeMismatchError: if f gives something else.
        ArgumentError: if f takes another number of arguments.

    Example:
        >>> fn([Vec[3]])(lambda v: rose.any(v < 0))([1, -2, 3])
        True
    """
    return fold(Fold("any", "takes", "or", False), n, f)


@overload
def all(n: int, f: Callable[[typed.Index], T]) -> T: ...


@overload
def all(n: Sequence[T]) -> T: ...


@overload
def all(n: typed.Array) -> Any: ...


def all(n: Any, f: Callable[[Any], Any] | None = None) -> Any:
    """Whether f(0), …, f(n - 1), or all elements of a Vec or list, are true. True of none; else as `any`.

    Example:
        >>> fn([Vec[3]])(lambda v: rose.all(3, lambda i: v[i] < 3))([1, 2, 3])
        False
    """
    return fold(Fold("all", "takes", "and", True), n, f)


__all__ = ["all", "any", "greatest", "least", "prod", "sum"]
