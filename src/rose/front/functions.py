"""The functions of Reals that users call: on traced values, on plain numbers, and elementwise on Vecs."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from rose.errors import ArgumentError, TypeMismatchError
from rose.front.control import where
from rose.front.tree import counted, describe
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
from rose.front.vec import Vec, broadcastable, elementwise
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
            return elementwise(function, *map(broadcastable, args))
        _check_numbers(prim.name, args)
        if any([isinstance(x, Traced) for x in args]):
            tracer = home_of(*args)
            return Real(tracer, emit(prim.name, *[to_real(x) for x in args]))
        return prim.evaluate(*[to_float(x) for x in args])

    function.__name__ = function.__qualname__ = prim.name
    function.__doc__ = (
        f"{prim.summary}.\n\nTakes Reals or plain numbers; elementwise on Vecs of one length, where a number goes "
        "with every element.\n\nRaises:\n    TypeMismatchError: if an argument is no number.\n"
        "    ArgumentError: if there are too few or too many.\n\n"
        f"Example:\n    {_example(prim)}\n"
    )
    return function


def _example(prim: Primitive) -> str:
    """A call of a primitive at a place where it has a value, with the value."""
    x = next(x for x in (0.5, 1.5) if not math.isnan(prim.evaluate(*[x] * len(prim.domain))))
    written = ", ".join([str(x)] * len(prim.domain))
    return f"rose.{prim.name}({written})  # {prim.evaluate(*[x] * len(prim.domain))!r}"


def _check_numbers(name: str, args: Sequence[Any]) -> None:
    for x in args:
        if not is_number(x):
            hint = "; write rose.where(b, 1.0, 0.0)" if is_bool(x) else ""
            raise TypeMismatchError(f"rose.{name} takes Reals, given {describe(x)}{hint}")


def _composed(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of numbers, written with those above, as one that also takes Vecs and says what is wrong."""
    name = function.__name__.rstrip("_")
    names = tuple(inspect.signature(function).parameters)

    @wraps(function)
    def checked(*args: Any, **by_name: Any) -> Any:
        args += tuple(by_name.pop(n) for n in names[len(args) :] if n in by_name)
        if by_name or len(args) != len(names):
            numbers = counted(len(names), "number")
            given = f"the argument {next(iter(by_name))}" if by_name else len(args)
            raise ArgumentError(f"rose.{name} takes {numbers}, {', '.join(names)}; given {given}")
        if any([isinstance(x, Vec) for x in args]):
            return elementwise(checked, *map(broadcastable, args))
        _check_numbers(name, args)
        return function(*map(_as_real, args))

    return checked


def _as_real(x: Any) -> Any:
    """A number as a traced Real or a float."""
    return Real(home_of(x), to_real(x)) if isinstance(x, Traced) else to_float(x)


# --- the primitives ---------------------------------------------------------------------------------------

exp = _lifted(REGISTRY["exp"])
exp2 = _lifted(REGISTRY["exp2"])
expm1 = _lifted(REGISTRY["expm1"])
log = _lifted(REGISTRY["log"])
log1p = _lifted(REGISTRY["log1p"])
log2 = _lifted(REGISTRY["log2"])
log10 = _lifted(REGISTRY["log10"])
sin = _lifted(REGISTRY["sin"])
cos = _lifted(REGISTRY["cos"])
tan = _lifted(REGISTRY["tan"])
asin = _lifted(REGISTRY["asin"])
acos = _lifted(REGISTRY["acos"])
atan = _lifted(REGISTRY["atan"])
atan2 = _lifted(REGISTRY["atan2"])
sinh = _lifted(REGISTRY["sinh"])
cosh = _lifted(REGISTRY["cosh"])
tanh = _lifted(REGISTRY["tanh"])
asinh = _lifted(REGISTRY["asinh"])
acosh = _lifted(REGISTRY["acosh"])
atanh = _lifted(REGISTRY["atanh"])
sqrt = _lifted(REGISTRY["sqrt"])
cbrt = _lifted(REGISTRY["cbrt"])
hypot = _lifted(REGISTRY["hypot"])
erf = _lifted(REGISTRY["erf"])
erfc = _lifted(REGISTRY["erfc"])
lgamma = _lifted(REGISTRY["lgamma"])
digamma = _lifted(REGISTRY["digamma"])
floor = _lifted(REGISTRY["floor"])
ceil = _lifted(REGISTRY["ceil"])
trunc = _lifted(REGISTRY["trunc"])
round = _lifted(REGISTRY["round"])
fmod = _lifted(REGISTRY["fmod"])
mod = _lifted(REGISTRY["mod"])
floor_divide = _lifted(REGISTRY["floor_divide"])
copysign = _lifted(REGISTRY["copysign"])
abs = _lifted(REGISTRY["abs"])
minimum = _lifted(REGISTRY["min"])
maximum = _lifted(REGISTRY["max"])


def pow(x: Any, p: Any) -> Any:
    """x to the p, as `x ** p`: a small constant integer p is repeated multiplication.

    Takes Reals or plain numbers; elementwise on Vecs of one length.

    Raises:
        TypeMismatchError: if an argument is no number.

    Example:
        rose.pow(2.0, 0.5)  # 1.4142135623730951
    """
    if isinstance(x, Vec) or isinstance(p, Vec):
        return elementwise(pow, broadcastable(x), broadcastable(p))
    _check_numbers("pow", (x, p))
    if isinstance(x, Traced) or isinstance(p, Traced):
        home_of(x, p)
        return raise_to(x, p)
    return REGISTRY["pow"].evaluate(to_float(x), to_float(p))


# --- composites -------------------------------------------------------------------------------------------


@_composed
def sign(x: Any) -> Any:
    """-1, 0 or 1, of the sign of x; nan of nan. Its derivative is 0.

    Takes Reals or plain numbers; elementwise on Vecs.

    Raises:
        TypeMismatchError: if x is no number.

    Example:
        rose.sign(-2.5)  # -1.0
    """
    return where(x > 0, 1.0, where(x < 0, -1.0, 0.0 * x))


@_composed
def clip(x: Any, lo: Any, hi: Any) -> Any:
    """min(max(x, lo), hi): the number from lo to hi next to x, with the derivatives of min and max; hi if lo > hi.

    Takes Reals or plain numbers; elementwise on Vecs of one length.

    Raises:
        TypeMismatchError: if an argument is no number.

    Example:
        rose.clip(1.5, 0, 1)  # 1.0
    """
    return minimum(maximum(x, lo), hi)


def _toward_minus(x: Any) -> Any:
    """-|x|, with derivative 1 at 0, so that what is composed with it is smooth there from below."""
    return where(x > 0, -x, x)


@_composed
def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)), from 0 to 1; without overflow, and with derivatives of any order everywhere.

    Takes Reals or plain numbers; elementwise on Vecs.

    Raises:
        TypeMismatchError: if x is no number.

    Example:
        rose.sigmoid(0.0)  # 0.5
    """
    small = exp(_toward_minus(x))
    return where(x > 0, 1.0, small) / (1.0 + small)


@_composed
def softplus(x: Any) -> Any:
    """log(1 + exp(x)), without overflow; its derivative is sigmoid(x), with derivatives of any order everywhere.

    Takes Reals or plain numbers; elementwise on Vecs.

    Raises:
        TypeMismatchError: if x is no number.

    Example:
        rose.softplus(0.0)  # 0.6931471805599453
    """
    return where(x > 0, x, 0.0) + log1p(exp(_toward_minus(x)))


@_composed
def logaddexp(a: Any, b: Any) -> Any:
    """log(exp(a) + exp(b)), without overflow, and with derivatives of any order, also where a = b.

    Takes Reals or plain numbers; elementwise on Vecs of one length.

    Raises:
        TypeMismatchError: if an argument is no number.

    Example:
        rose.logaddexp(0.0, 0.0)  # 0.6931471805599453
    """
    larger = where(a > b, a, b)
    # inf - inf is nan: where the larger one is infinite, the smaller one does not count
    apart = where(abs(larger) == math.inf, -math.inf, where(a > b, b - a, a - b))
    return larger + log1p(exp(apart))


@_composed
def isnan(x: Any) -> Any:
    """Whether x is nan: a Bool, elementwise a Vec of Bools.

    Takes Reals or plain numbers, or a Vec of Reals.

    Raises:
        TypeMismatchError: if x is no number.

    Example:
        rose.isnan(math.nan)  # True
    """
    return x != x


@_composed
def isfinite(x: Any) -> Any:
    """Whether x is neither infinite nor nan: a Bool, elementwise a Vec of Bools.

    Takes Reals or plain numbers, or a Vec of Reals.

    Raises:
        TypeMismatchError: if x is no number.

    Example:
        rose.isfinite(math.inf)  # False
    """
    return abs(x) < math.inf
