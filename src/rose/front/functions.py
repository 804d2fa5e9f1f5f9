"""The functions of Reals that users call: on traced values, on plain numbers, and elementwise on Vecs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, overload

from rose.errors import ArgumentError, TypeMismatchError
from rose.front import typed
from rose.front.control import where
from rose.front.elementwise import broadcastable, elementwise
from rose.front.plain import is_list, is_plain_list, to_float
from rose.front.traced import Traced
from rose.front.tracer import current, tracing
from rose.front.values import Real, emit, home_of, is_bool, is_number, raise_to, to_real
from rose.front.vec import Vec
from rose.front.words import counted, describe
from rose.ir.primitive import Primitive
from rose.primitives import REGISTRY

_PLAIN = frozenset({Real, float, int})

# A call of every function, at a place where it is plain, and what it gives.
EXAMPLES = {
    "abs": ("-2.5", "2.5"),
    "acos": ("1.0", "0.0"),
    "acosh": ("1.0", "0.0"),
    "asin": ("0.0", "0.0"),
    "asinh": ("0.0", "0.0"),
    "atan": ("0.0", "0.0"),
    "atan2": ("0.0, -1.0", "3.141592653589793"),
    "atanh": ("0.0", "0.0"),
    "cbrt": ("1.0", "1.0"),
    "ceil": ("2.1", "3.0"),
    "copysign": ("2.5, -0.0", "-2.5"),
    "cos": ("0.0", "1.0"),
    "cosh": ("0.0", "1.0"),
    "digamma": ("1.0", "-0.577215664901532..."),
    "erf": ("0.0", "0.0"),
    "erfc": ("0.0", "1.0"),
    "exp": ("0.0", "1.0"),
    "exp2": ("3.0", "8.0"),
    "expm1": ("0.0", "0.0"),
    "floor": ("-2.1", "-3.0"),
    "floor_divide": ("-7.5, 2", "-4.0"),
    "fmod": ("-7.5, 2", "-1.5"),
    "hypot": ("3.0, 4.0", "5.0"),
    "lgamma": ("1.0", "0.0"),
    "log": ("1.0", "0.0"),
    "log10": ("1000.0", "3.0"),
    "log1p": ("0.0", "0.0"),
    "log2": ("8.0", "3.0"),
    "max": ("2.0, 3.0", "3.0"),
    "min": ("2.0, 3.0", "2.0"),
    "mod": ("-7.5, 2", "0.5"),
    "round": ("2.5", "2.0"),
    "sign": ("-2.5", "-1.0"),
    "sin": ("0.0", "0.0"),
    "sinh": ("0.0", "0.0"),
    "sqrt": ("9.0", "3.0"),
    "tan": ("0.0", "0.0"),
    "tanh": ("0.0", "0.0"),
    "trunc": ("-2.9", "-2.0"),
}


# Where Python looks for what a function takes; to make a Signature at once would import `inspect`.
_BY_PLACE: dict[int, typed.Function[object]] = {
    1: lambda x, /: x,
    2: lambda a, b, /: (a, b),
    3: lambda a, b, c, /: (a, b, c),
}


def _lifted(prim: Primitive) -> Any:
    """The user's function of a primitive from Reals to a Real."""

    def function(*args: Any) -> Any:
        if len(args) != len(prim.domain):
            raise ArgumentError(
                f"rose.{prim.name} takes {counted(len(prim.domain), 'number')}, given {len(args)}"
            )
        kinds = {x.__class__ for x in args}
        if Real in kinds and kinds <= _PLAIN:  # the most frequent kind of call
            return Real(current(), emit(prim.name, *[to_real(x) for x in args]))
        if _goes_through(args):
            return elementwise(function, *map(broadcastable, args))
        _check_numbers(prim.name, args)
        if any([isinstance(x, Traced) for x in args]):
            tracer = home_of(*args)
            return Real(tracer, emit(prim.name, *[to_real(x) for x in args]))
        return prim.evaluate(*[to_float(x) for x in args])

    function.__name__ = function.__qualname__ = prim.name
    function.__wrapped__ = _BY_PLACE[len(prim.domain)]  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]
    function.__doc__ = (
        f"{prim.summary}.\n\nTakes Reals or plain numbers; elementwise on Vecs of one length, where a number goes "
        "with every element.\n\nRaises:\n    TypeMismatchError: if an argument is no number.\n"
        "    ArgumentError: if there are too few or too many.\n\n"
        f"Example:\n    >>> rose.{prim.name}({EXAMPLES[prim.name][0]})\n    {EXAMPLES[prim.name][1]}\n"
    )
    return function


def _goes_through(args: Sequence[Any]) -> bool:
    """Whether a function goes through the elements of its arguments: one is a Vec, or a list while a function is traced."""
    if any([isinstance(x, Vec) for x in args]):
        return True
    return any([is_plain_list(x) or is_list(x) for x in args]) and tracing()


def _check_numbers(name: str, args: Sequence[Any]) -> None:
    for x in args:
        if not is_number(x):
            hint = "; write rose.where(b, 1.0, 0.0)" if is_bool(x) else ""
            raise TypeMismatchError(f"rose.{name} takes Reals, given {describe(x)}{hint}")


@overload
def _composed(function: Callable[[Any], Any]) -> typed.Composed: ...


@overload
def _composed(function: Callable[[Any, Any], Any]) -> typed.ComposedOfTwo: ...


@overload
def _composed(function: Callable[[Any, Any, Any], Any]) -> typed.Clip: ...


def _composed(function: Callable[..., Any]) -> Any:
    """A function of numbers, written with those above, as one that also takes Vecs and says what is wrong."""
    name = function.__name__.rstrip("_")
    code = function.__code__
    names: tuple[str, ...] = code.co_varnames[: code.co_argcount]

    @wraps(function)
    def checked(*args: Any, **by_name: Any) -> Any:
        args += tuple(by_name.pop(n) for n in names[len(args) :] if n in by_name)
        if by_name or len(args) != len(names):
            numbers = counted(len(names), "number")
            given = f"the argument {next(iter(by_name))}" if by_name else len(args)
            raise ArgumentError(f"rose.{name} takes {numbers}, {', '.join(names)}; given {given}")
        if _goes_through(args):
            return elementwise(checked, *map(broadcastable, args))
        _check_numbers(name, args)
        return function(*map(_as_real, args))

    return checked


def _asked(function: Callable[[Any], Any]) -> typed.Test:
    """The same of a question, whose answer is a Bool."""
    checked: Any = _composed(function)
    return checked  # type: ignore[no-any-return]


def _as_real(x: Any) -> Any:
    """A number as a traced Real or a float."""
    return Real(home_of(x), to_real(x)) if isinstance(x, Traced) else to_float(x)


# --- the primitives ---------------------------------------------------------------------------------------

exp: typed.Unary = _lifted(REGISTRY["exp"])
exp2: typed.Unary = _lifted(REGISTRY["exp2"])
expm1: typed.Unary = _lifted(REGISTRY["expm1"])
log: typed.Unary = _lifted(REGISTRY["log"])
log1p: typed.Unary = _lifted(REGISTRY["log1p"])
log2: typed.Unary = _lifted(REGISTRY["log2"])
log10: typed.Unary = _lifted(REGISTRY["log10"])
sin: typed.Unary = _lifted(REGISTRY["sin"])
cos: typed.Unary = _lifted(REGISTRY["cos"])
tan: typed.Unary = _lifted(REGISTRY["tan"])
asin: typed.Unary = _lifted(REGISTRY["asin"])
acos: typed.Unary = _lifted(REGISTRY["acos"])
atan: typed.Unary = _lifted(REGISTRY["atan"])
atan2: typed.Binary = _lifted(REGISTRY["atan2"])
sinh: typed.Unary = _lifted(REGISTRY["sinh"])
cosh: typed.Unary = _lifted(REGISTRY["cosh"])
tanh: typed.Unary = _lifted(REGISTRY["tanh"])
asinh: typed.Unary = _lifted(REGISTRY["asinh"])
acosh: typed.Unary = _lifted(REGISTRY["acosh"])
atanh: typed.Unary = _lifted(REGISTRY["atanh"])
sqrt: typed.Unary = _lifted(REGISTRY["sqrt"])
cbrt: typed.Unary = _lifted(REGISTRY["cbrt"])
hypot: typed.Binary = _lifted(REGISTRY["hypot"])
erf: typed.Unary = _lifted(REGISTRY["erf"])
erfc: typed.Unary = _lifted(REGISTRY["erfc"])
lgamma: typed.Unary = _lifted(REGISTRY["lgamma"])
digamma: typed.Unary = _lifted(REGISTRY["digamma"])
floor: typed.Unary = _lifted(REGISTRY["floor"])
ceil: typed.Unary = _lifted(REGISTRY["ceil"])
trunc: typed.Unary = _lifted(REGISTRY["trunc"])
round: typed.Unary = _lifted(REGISTRY["round"])
fmod: typed.Binary = _lifted(REGISTRY["fmod"])
mod: typed.Binary = _lifted(REGISTRY["mod"])
floor_divide: typed.Binary = _lifted(REGISTRY["floor_divide"])
copysign: typed.Binary = _lifted(REGISTRY["copysign"])
abs: typed.Unary = _lifted(REGISTRY["abs"])
sign: typed.Unary = _lifted(REGISTRY["sign"])
minimum: typed.Binary = _lifted(REGISTRY["min"])
maximum: typed.Binary = _lifted(REGISTRY["max"])


@overload
def pow(x: float, p: float) -> float: ...


@overload
def pow(x: typed.V, p: Any) -> typed.V: ...


@overload
def pow(x: Any, p: typed.V) -> typed.V: ...


def pow(x: Any, p: Any) -> Any:
    """x to the p, as `x ** p`: a small constant integer p is repeated multiplication.

    Takes Reals or plain numbers; elementwise on Vecs of one length.

    Raises:
        TypeMismatchError: if an argument is no number.

    Example:
        >>> rose.pow(2.0, 0.5)
        1.4142135623730951
    """
    if _goes_through((x, p)):
        return elementwise(pow, broadcastable(x), broadcastable(p))
    _check_numbers("pow", (x, p))
    if isinstance(x, Traced) or isinstance(p, Traced):
        home_of(x, p)
        return raise_to(x, p)
    return REGISTRY["pow"].evaluate(to_float(x), to_float(p))


# --- composites -------------------------------------------------------------------------------------------


@_composed
def clip(x: Any, lo: Any, hi: Any) -> Any:
    """min(max(x, lo), hi): the number from lo to hi next to x, with the derivatives of min and max; hi if lo > hi.

    Takes Reals or plain numbers; elementwise on Vecs of one length.

    Raises:
        TypeMismatchError: if an argument is no number.

    Example:
        >>> rose.clip(1.5, 0, 1)
        1.0
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
        >>> rose.sigmoid(0.0)
        0.5
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
        >>> rose.softplus(0.0)
        0.6931471805599453
    """
    return where(x > 0, x, 0.0) + log1p(exp(_toward_minus(x)))


@_composed
def logaddexp(a: Any, b: Any) -> Any:
    """log(exp(a) + exp(b)), without overflow, and with derivatives of any order, also where a = b.

    Takes Reals or plain numbers; elementwise on Vecs of one length.

    Raises:
        TypeMismatchError: if an argument is no number.

    Example:
        >>> rose.logaddexp(0.0, 0.0)
        0.6931471805599453
    """
    larger = where(a > b, a, b)
    # inf - inf is nan: where the larger one is infinite, the smaller one does not count, unless it is nan
    infinite = (abs(larger) == math.inf) & (a == a)
    apart = where(infinite, -math.inf, where(a > b, b - a, a - b))
    return larger + log1p(exp(apart))


@_asked
def isnan(x: Any) -> Any:
    """Whether x is nan: a Bool, elementwise a Vec of Bools.

    Takes Reals or plain numbers, or a Vec of Reals.

    Raises:
        TypeMismatchError: if x is no number.

    Example:
        >>> rose.isnan(math.nan)
        True
    """
    return x != x


@_asked
def isfinite(x: Any) -> Any:
    """Whether x is neither infinite nor nan: a Bool, elementwise a Vec of Bools.

    Takes Reals or plain numbers, or a Vec of Reals.

    Raises:
        TypeMismatchError: if x is no number.

    Example:
        >>> rose.isfinite(math.inf)
        False
    """
    return abs(x) < math.inf
