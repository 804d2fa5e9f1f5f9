"""Elementary functions as wasm functions of our own: no host calls, equal bits in every engine."""

from __future__ import annotations

from rose.wasm.math.error_function import erf, erfc
from rose.wasm.math.exponential import exp, exp2, expm1
from rose.wasm.math.gamma import digamma, lgamma, trigamma
from rose.wasm.math.hyperbolic import acosh, asinh, atanh, cosh, sinh, tanh
from rose.wasm.math.inverse import acos, asin, atan, atan2, atan2_slope
from rose.wasm.math.logarithm import log, log1p, log2, log10
from rose.wasm.math.power import pow_
from rose.wasm.math.remainder import floor_divide, fmod, mod
from rose.wasm.math.roots import cbrt, hypot
from rose.wasm.math.sign import copysign
from rose.wasm.math.trigonometric import cos, sin, tan
from rose.wasm.module import Function

_FUNCTIONS = {
    function.name: function
    for function in (
        *(exp, exp2, expm1, log, log1p, log2, log10, pow_, cbrt, hypot),
        *(sin, cos, tan, asin, acos, atan, atan2, atan2_slope),
        *(sinh, cosh, tanh, asinh, acosh, atanh),
        *(fmod, mod, floor_divide, copysign),
        *(erf, erfc, lgamma, digamma, trigamma),
    )
}

MATH_NAMES = frozenset(_FUNCTIONS)


def math_function(name: str) -> Function:
    """The elementary function of this name, always the same object; it takes and returns f64."""
    assert name in _FUNCTIONS, f"no elementary function {name!r}; there are {sorted(MATH_NAMES)}"
    return _FUNCTIONS[name]
