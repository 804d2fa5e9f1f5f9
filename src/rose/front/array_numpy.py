"""NumPy's elementwise functions by name, each with the one of ours that means the same."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from rose.front import functions, typed
from rose.front.elementwise import broadcastable
from rose.front.numpy_protocol import UFUNCS
from rose.front.traced import Traced
from rose.front.vec import Vec

_SAME = (
    "exp exp2 expm1 log log2 log10 log1p sin cos tan sinh cosh tanh sqrt cbrt hypot floor ceil trunc "
    "copysign sign logaddexp fmod floor_divide isnan isfinite"
)
_OTHER: dict[str, typed.Function[Any]] = {
    "absolute": functions.abs,
    "fabs": functions.abs,
    "rint": functions.round,
    "remainder": functions.mod,
    "float_power": functions.pow,
    "maximum": functions.maximum,
    "minimum": functions.minimum,
    "arcsin": functions.asin,
    "arccos": functions.acos,
    "arctan": functions.atan,
    "arctan2": functions.atan2,
    "arcsinh": functions.asinh,
    "arccosh": functions.acosh,
    "arctanh": functions.atanh,
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "power": operator.pow,
    "matmul": operator.matmul,
    "negative": operator.neg,
    "positive": operator.pos,
    "isinf": lambda x: functions.abs(x) == math.inf,
    "conjugate": operator.pos,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1.0 / x,
    "degrees": lambda x: x * (180 / math.pi),
    "rad2deg": lambda x: x * (180 / math.pi),
    "radians": lambda x: x * (math.pi / 180),
    "deg2rad": lambda x: x * (math.pi / 180),
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
    "equal": operator.eq,
    "not_equal": operator.ne,
    "logical_and": operator.and_,
    "logical_or": operator.or_,
    "logical_xor": operator.xor,
    "logical_not": operator.invert,
    "bitwise_and": operator.and_,
    "bitwise_or": operator.or_,
    "bitwise_xor": operator.xor,
    "invert": operator.invert,
}


def _plain(x: Any) -> Any:
    """An operand with which Python's operators go on to ours: a NumPy array as a Vec, a NumPy scalar as Python's."""
    if isinstance(x, Traced | Vec):
        return x
    whole = broadcastable(x)
    return (
        x.item() if whole is x and hasattr(x, "item") and getattr(x, "shape", None) == () else whole
    )


def _taking_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: function(*map(_plain, args))


UFUNCS.update({name: _taking_arrays(getattr(functions, name)) for name in _SAME.split()})
UFUNCS.update({name: _taking_arrays(function) for name, function in _OTHER.items()})
