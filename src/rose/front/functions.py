"""The functions of Reals that users call: on traced values, on plain numbers, and elementwise on Vecs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rose.errors import ArgumentError, TypeMismatchError
from rose.front.control import sum as sum_
from rose.front.control import trace_only
from rose.front.tracer import current
from rose.front.tree import IndexTree, RealTree, counted, describe
from rose.front.values import (
    Real,
    Traced,
    emit,
    home_of,
    is_bool,
    is_number,
    raise_to,
    to_float,
    to_real,
)
from rose.front.vec import Vec, elementwise, to_vec
from rose.ir.primitive import Primitive
from rose.primitives import REGISTRY


def _lifted(prim: Primitive) -> Callable[..., Any]:
    """The user's function of a primitive from Reals to a Real."""

    def function(*args: Any) -> Any:
        if len(args) != len(prim.domain):
            raise ArgumentError(
                f"rose.{prim.name} takes {counted(len(prim.domain), 'number')}, given {len(args)}"
            )
        if any([isinstance(x, Vec) for x in args]):
            return elementwise(function, *args)
        _check_numbers(prim.name, args)
        if any([isinstance(x, Traced) for x in args]):
            tracer = home_of(*args)
            return Real(tracer, emit(prim.name, *[to_real(x) for x in args]))
        return prim.evaluate(*[to_float(x) for x in args])

    function.__name__ = function.__qualname__ = prim.name
    function.__doc__ = (
        f"{prim.summary}.\n\nTakes Reals or plain numbers; elementwise on Vecs of one length.\n\n"
        "Raises:\n    TypeMismatchError: if an argument is no number.\n    ArgumentError: if there are too few or too many.\n"
    )
    return function


def _check_numbers(name: str, args: Sequence[Any]) -> None:
    for x in args:
        if not is_number(x):
            hint = "; write rose.where(b, 1.0, 0.0)" if is_bool(x) else ""
            raise TypeMismatchError(f"rose.{name} takes Reals, given {describe(x)}{hint}")


exp = _lifted(REGISTRY["exp"])
log = _lifted(REGISTRY["log"])
sin = _lifted(REGISTRY["sin"])
cos = _lifted(REGISTRY["cos"])
tanh = _lifted(REGISTRY["tanh"])
sqrt = _lifted(REGISTRY["sqrt"])
abs = _lifted(REGISTRY["abs"])
min = _lifted(REGISTRY["min"])
max = _lifted(REGISTRY["max"])


def pow(x: Any, p: Any) -> Any:
    """x to the p, as `x ** p`: a small constant integer p is repeated multiplication."""
    if isinstance(x, Vec) or isinstance(p, Vec):
        return elementwise(pow, x, p)
    _check_numbers("pow", (x, p))
    if isinstance(x, Traced) or isinstance(p, Traced):
        home_of(x, p)
        return raise_to(x, p)
    return REGISTRY["pow"].evaluate(to_float(x), to_float(p))


def dot(a: Any, b: Any) -> Any:
    """Σ a_i · b_i of two Vecs of Reals of one length, from left to right."""
    v, w = _vec_of_reals("dot", a), _vec_of_reals("dot", b)
    if len(v) != len(w):
        raise TypeMismatchError(f"rose.dot needs Vecs of one length, given {v.tree} and {w.tree}")
    if len(v) <= 4:
        total = v[0] * w[0]
        for k in range(1, len(v)):
            total = total + v[k] * w[k]
        return total
    return sum_(len(v), lambda i: v[i] * w[i])


def _vec_of_reals(name: str, value: Any) -> Vec:
    """A Vec, or a list or array of numbers as one."""
    trace_only(name)
    if isinstance(value, list | tuple) or getattr(value, "shape", None):
        value = to_vec(value)
    if not isinstance(value, Vec) or not isinstance(value.tree.elem, RealTree | IndexTree):
        raise TypeMismatchError(
            f"rose.{name} takes a Vec of Reals, or a list of them, given {describe(value)}"
        )
    return value


def norm(v: Any) -> Any:
    """The Euclidean length of a Vec of Reals: sqrt(Σ v_i²). Its gradient at 0 is 0."""
    whole = _vec_of_reals("norm", v)
    return Real(current(), emit("norm_sqrt", to_real(dot(whole, whole))))
