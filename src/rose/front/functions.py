"""The functions of Reals that users call: on traced values, on plain numbers, and elementwise on Vecs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rose.errors import TypeMismatchError
from rose.front.tracer import current, tracing
from rose.front.control import sum as sum_
from rose.front.values import Bool, Real, Traced, emit, is_number, raise_to, to_real, what_is
from rose.front.vec import Vec, elementwise, to_vec
from rose.ir.primitive import Primitive
from rose.primitives import REGISTRY


def _lifted(prim: Primitive) -> Callable[..., Any]:
    """The user's function of a primitive from Reals to a Real."""

    def function(*args: Any) -> Any:
        if len(args) != len(prim.domain):
            raise TypeMismatchError(
                f"rose.{prim.name} takes {len(prim.domain)} numbers, given {len(args)}"
            )
        if any(isinstance(x, Vec) for x in args):
            return elementwise(function, *args)
        for x in args:
            if not is_number(x):
                hint = "; write rose.where(b, 1.0, 0.0)" if isinstance(x, Bool) else ""
                raise TypeMismatchError(
                    f"rose.{prim.name} takes Reals, given {what_is(x)}{hint}"
                )
        if tracing() and any(isinstance(x, Traced) for x in args):
            return Real(current(), emit(prim.name, *[to_real(x) for x in args]))
        return prim.evaluate(*[float(x) for x in args])

    function.__name__ = function.__qualname__ = prim.name
    function.__doc__ = (
        f"{prim.summary}.\n\nTakes Reals or plain numbers; elementwise on Vecs of one length.\n\n"
        "Raises:\n    TypeMismatchError: if an argument is no number.\n"
    )
    return function


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
    result = raise_to(x, p) if tracing() else REGISTRY["pow"].evaluate(float(x), float(p))
    if result is NotImplemented:
        raise TypeMismatchError(f"rose.pow takes Reals, given {what_is(x)} and {what_is(p)}")
    return result


def dot(a: Any, b: Any) -> Any:
    """Σ a_i · b_i of two Vecs of Reals of one length, from left to right."""
    a, b = (x if isinstance(x, Vec) else to_vec(x) for x in (a, b))
    if len(a) != len(b):
        raise TypeMismatchError(f"rose.dot needs Vecs of one length, given {a.tree} and {b.tree}")
    if len(a) <= 4:
        total = a[0] * b[0]
        for k in range(1, len(a)):
            total = total + a[k] * b[k]
        return total
    return sum_(len(a), lambda i: a[i] * b[i])


def norm(v: Any) -> Any:
    """The Euclidean length of a Vec of Reals: sqrt(Σ v_i²). Its gradient at 0 is 0."""
    return Real(current(), emit("norm_sqrt", to_real(dot(v, v))))
