"""Independent iterations: `vec` and `map`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from rose.errors import ArgumentError, TypeMismatchError
from rose.front import typed
from rose.front.checks import check_function, length, trace_only
from rose.front.elementwise import broadcastable, stack_rows
from rose.front.vec import Vec
from rose.front.words import describe

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
X = TypeVar("X")


@overload
def vec(n: int, f: Callable[[typed.Index], T]) -> typed.Vec[Any, T]: ...


@overload
def vec(n: Sequence[float]) -> typed.Vec[Any, float]: ...


@overload
def vec(n: Sequence[T]) -> typed.Vec[Any, T]: ...


@overload
def vec(n: typed.Array) -> typed.Vec[Any, Any]: ...


def vec(n: Any, f: Callable[[Any], Any] | None = None) -> Any:
    """The Vec of f(0), …, f(n - 1), whose iterations are independent of each other; or that of given elements.

    Args:
        n: how many elements; or a list, tuple or array of the elements, and then no `f`.
        f: gets a traced `Index[n]`, gives a number, a Vec or a structure. It is run once, to be traced.

    Raises:
        TypeMismatchError: if n is negative, or no int and no list, or an element is no value.
        ArgumentError: if f takes another number of arguments.

    Example:
        >>> fn([Real])(lambda x: rose.vec(3, lambda i: x * i))(2)
        [0.0, 2.0, 4.0]
    """
    trace_only("vec")
    if f is None:
        return _given(n)
    size = length("vec", n)
    check_function("vec", f, 1)
    return stack_rows(size, f, "the result of the function given to rose.vec")


def _given(elements: Any) -> Vec:
    """The Vec of the elements of a list, tuple or array."""
    whole = broadcastable(elements)
    if not isinstance(whole, Vec):
        raise TypeMismatchError(
            "rose.vec takes a length and a function, as in rose.vec(3, lambda i: 1.0 * i), or a list of elements, "
            f"given {describe(elements)}"
        )
    return whole


@overload
def map(f: Callable[[A], X], v: Sequence[A], /) -> typed.Vec[Any, X]: ...


@overload
def map(f: Callable[[A, B], X], v: Sequence[A], w: Sequence[B], /) -> typed.Vec[Any, X]: ...


@overload
def map(
    f: Callable[[A, B, C], X], v: Sequence[A], w: Sequence[B], u: Sequence[C], /
) -> typed.Vec[Any, X]: ...


@overload
def map(f: typed.Function[X], /, *vecs: Any) -> typed.Vec[Any, X]: ...


def map(f: Callable[..., Any], *vecs: Any) -> Any:
    """The Vec of f(v[0], w[0], …), f(v[1], w[1], …), …; the iterations are independent of each other.

    Args:
        f: gets an element of each Vec, gives a number, a Vec or a structure. It is run once, to be traced.
        vecs: one or more Vecs of one length, of any elements; lists and arrays of numbers count as Vecs.

    Raises:
        TypeMismatchError: if a Vec is none, they differ in length, or f gives something that is no value.
        ArgumentError: if there is no Vec, or f takes another number of arguments.

    Example:
        >>> fn([Vec[3]])(lambda v: rose.map(lambda x, k: k * x, v, [1, 10, 100]))([1, 2, 3])
        [1.0, 20.0, 300.0]
    """
    trace_only("map")
    if not vecs:
        raise ArgumentError(
            "rose.map takes a function and one or more Vecs, given no Vec; write rose.map(f, v)"
        )
    check_function("map", f, len(vecs))
    columns = [_column(v) for v in vecs]
    if len({len(v) for v in columns}) > 1:
        given = " and ".join(f"a {v.tree}" for v in columns)
        raise TypeMismatchError(f"rose.map needs Vecs of one length, given {given}")
    return stack_rows(
        len(columns[0]),
        lambda i: f(*[v[i] for v in columns]),
        "the result of the function given to rose.map",
    )


def _column(value: Any) -> Vec:
    vec = broadcastable(value)
    if isinstance(vec, Vec):
        return vec
    hint = "; write [*values]" if isinstance(value, Sequence) and not isinstance(value, str) else ""
    raise TypeMismatchError(
        f"rose.map takes Vecs after its function, given {describe(value)}{hint}"
    )


__all__ = ["map", "vec"]
