"""Evaluate the wasm functions of `rose.wasm.math` on many arguments and measure their errors.

Calls from Python into wasm are slow, so that a wasm loop maps a function over an array in memory.
"""

from __future__ import annotations

import math
import operator
from array import array
from collections.abc import Callable, Sequence
from ctypes import c_void_p, cast, memmove, string_at
from struct import pack
from typing import Any, TypeAlias

import wasmtime
from mpmath import MPContext

from rose.wasm.encode import PAGE, encode
from rose.wasm.math import math_function
from rose.wasm.module import Function, Module, Op, reachable

mp = MPContext()  # of our own, because the precision of mpmath.mp is everybody's
mp.prec = 130

Exact: TypeAlias = Any  # one of its numbers

Reference: TypeAlias = Callable[..., Exact]

ROOM = 1 << 16  # arguments a call of the loop
INPUT = 1 << 20  # where the first column of arguments lies, far from constant data


def mapping_loop(function: Function) -> Function:
    """A function that overwrites the first column of arguments by the results, from the last on."""
    arity = len(function.params)
    loop = Function(f"map_{function.name}", ("i32",), ())
    address = loop.new_local("i32")
    load: list[Op] = [
        op
        for column in range(arity)
        for op in (("local.get", address), ("f64.load", INPUT + 8 * ROOM * column))
    ]
    loop.body = [
        ("loop", None),
        ("local.get", 0),
        ("i32.const", 1),
        ("i32.sub",),
        ("local.tee", 0),
        ("i32.const", 3),
        ("i32.shl",),
        ("local.tee", address),
        *load,
        ("call", function),
        ("f64.store", INPUT),
        ("local.get", 0),
        ("br_if", 0),
        ("end",),
    ]
    return loop


def module_bytes(name: str) -> bytes:
    """A module that exports `map` for the named function."""
    loop = mapping_loop(math_function(name))
    end = INPUT + 8 * ROOM * len(math_function(name).params)
    return encode(Module(reachable([loop]), {"map": loop}, 0, -(-end // PAGE) * PAGE))


class Evaluator:
    """One elementary function, compiled by wasmtime."""

    def __init__(self, name: str) -> None:
        self.name = name
        engine = wasmtime.Engine()
        self.store = wasmtime.Store(engine)
        module = wasmtime.Module(engine, module_bytes(name))
        exports = wasmtime.Instance(self.store, module, []).exports(self.store)
        loop, memory = exports["map"], exports["memory"]
        assert isinstance(loop, wasmtime.Func)
        assert isinstance(memory, wasmtime.Memory)
        self.loop, self.memory = loop, memory

    def column(self, number: int) -> int:
        """The address in this process of a column of arguments."""
        base = cast(self.memory.data_ptr(self.store), c_void_p).value
        assert base is not None, "a memory has an address"
        return base + INPUT + 8 * ROOM * number

    def __call__(self, *columns: Sequence[float]) -> array[float]:
        """The results for columns of arguments."""
        results = array("d")
        for start in range(0, len(columns[0]), ROOM):
            chunks = [_bytes(column[start : start + ROOM]) for column in columns]
            for number, chunk in enumerate(chunks):
                memmove(self.column(number), chunk, len(chunk))
            self.loop(self.store, len(chunks[0]) // 8)
            results.frombytes(string_at(self.column(0), len(chunks[0])))
        return results


def _bytes(column: Any) -> bytes:
    """The bytes of some floats; numpy's go quickly."""
    return column.tobytes() if hasattr(column, "tobytes") else array("d", column).tobytes()


def ulp_error(result: float, exact: Exact, least_size: float = 0.0) -> float:
    """The distance in units of the last place of the exact result, rounded, or of least_size."""
    nearest = float(exact)
    if not math.isfinite(nearest) or not math.isfinite(result):
        return 0.0 if same_number(result, nearest) else math.inf
    return float(abs(mp.mpf(result) - exact) / mp.mpf(math.ulp(max(abs(nearest), least_size))))


def same_number(left: float, right: float) -> bool:
    """Equal, or both NaN."""
    return left == right or (left != left and right != right)


def same_bits(left: float, right: float) -> bool:
    """Equal, zeros with their signs; any NaN equals any other."""
    return same_number(left, right) and (left != left or pack("d", left) == pack("d", right))


def exact_result(name: str, args: Sequence[float]) -> Exact:
    """The function's value with many digits; NaN where it is not real."""
    value = REFERENCES[name](*map(mp.mpf, args))
    return mp.nan if isinstance(value, mp.mpc) else value


def error_of(name: str, args: Sequence[float], result: float) -> float:
    """The error of a result in ulp; infinities and NaN among the arguments are not judged."""
    if not all(map(math.isfinite, args)):
        return 0.0
    least_size = LEAST_SIZES.get(name, 0.0) if args[0] < 0 else 0.0
    return ulp_error(result, exact_result(name, args), least_size)


def power_reference(x: Exact, y: Exact) -> Exact:
    """pow; where the result is out of range, a number out of range as well, found quickly."""
    if x == 0:
        return mp.mpf(1) if y == 0 else mp.mpf(0) if y > 0 else mp.inf
    size = y * mp.log(abs(x), 2)
    if abs(size) > 2000:
        sign = -1 if x < 0 and mp.isint(y) and y % 2 else 1
        if x < 0 and not mp.isint(y):
            return mp.nan
        return sign * mp.ldexp(1, 2000 if size > 0 else -2000)
    return mp.power(x, y)


def with_value_at(place: float, value: float, function: Reference) -> Reference:
    """The function with C's result where mpmath has none."""
    return lambda x: mp.mpf(value) if x == place else function(x)


def log_gamma_reference(x: Exact) -> Exact:
    """log(|Gamma(x)|), infinite at 0 and the negative whole numbers."""
    return mp.inf if x <= 0 and mp.isint(x) else mp.re(mp.loggamma(x))


def digamma_reference(x: Exact) -> Exact:
    """digamma, NaN at the negative whole numbers."""
    if x <= 0 and mp.isint(x):
        return mp.nan if x else -mp.inf
    return mp.digamma(x)


def atan2_slope_reference(y: Exact, x: Exact) -> Exact:
    """x / (x² + y²), NaN at the point (0, 0)."""
    return x / (x * x + y * y) if x or y else mp.nan


def trigamma_reference(x: Exact) -> Exact:
    """The derivative of digamma, infinite at 0 and the negative whole numbers, by reflection below 0."""
    if x <= 0 and mp.isint(x):
        return mp.inf
    if x < 0:
        return (mp.pi / mp.sinpi(x)) ** 2 - mp.psi(1, 1 - x)
    return mp.psi(1, x)


def of_floats(function: Callable[[float, float], float]) -> Reference:
    """A function of Python's own that is exact."""
    return lambda x, y: mp.mpf(function(float(x), float(y)))


REFERENCES: dict[str, Reference] = {
    "acos": mp.acos,
    "acosh": mp.acosh,
    "asin": mp.asin,
    "asinh": mp.asinh,
    "atan": mp.atan,
    "atan2": mp.atan2,
    "atan2_slope": atan2_slope_reference,
    "atanh": mp.atanh,
    "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
    "cos": mp.cos,
    "cosh": mp.cosh,
    "digamma": digamma_reference,
    "erf": mp.erf,
    # mpmath fails on huge arguments, where the value is far below the least double, or next to 2
    "erfc": lambda x: mp.erfc(min(max(x, -100), 100)),
    "exp": mp.exp,
    "exp2": lambda x: mp.power(2, x),
    "expm1": mp.expm1,
    "floor_divide": of_floats(operator.floordiv),
    "fmod": of_floats(math.fmod),
    "copysign": of_floats(math.copysign),
    "hypot": mp.hypot,
    "lgamma": log_gamma_reference,
    "log": with_value_at(0, -math.inf, mp.log),
    "log10": with_value_at(0, -math.inf, mp.log10),
    "log1p": with_value_at(-1, -math.inf, mp.log1p),
    "log2": with_value_at(0, -math.inf, lambda x: mp.log(x) / mp.ln2),
    "mod": of_floats(operator.mod),
    "pow": power_reference,
    "sin": mp.sin,
    "sinh": mp.sinh,
    "tan": mp.tan,
    "tanh": mp.tanh,
    "trigamma": trigamma_reference,
}

# The largest error in ulp that each function may have.
BOUNDS = {
    **dict.fromkeys(("fmod", "mod", "floor_divide", "copysign"), 0.0),
    **dict.fromkeys(("exp", "log", "sin", "cos", "pow"), 1.0),
    **dict.fromkeys(("exp2", "expm1", "log1p", "log2", "log10", "cbrt", "hypot"), 1.5),
    **dict.fromkeys(("tan", "asin", "acos", "atan", "atan2", "tanh"), 1.5),
    **dict.fromkeys(("sinh", "cosh", "asinh", "acosh", "atanh"), 2.5),
    **dict.fromkeys(("erf", "erfc", "atan2_slope"), 2.5),
    **dict.fromkeys(("lgamma", "digamma", "trigamma"), 4.0),
}

# Below 0, these have zeros where two terms of about this size cancel, so that the error is theirs.
LEAST_SIZES = {"lgamma": 2.0, "digamma": 4.0}

# Pairs of bounds, one pair an argument, between which arguments are uniformly random.
QUOTIENTS = [(-100.0, 100.0, -3.0, 3.0), (-1.0, 1.0, -1e-308, 1e-308), (0.0, 1e22, 0.0, 1.0)]
INTERVALS: dict[str, list[tuple[float, ...]]] = {
    **dict.fromkeys(("fmod", "mod", "floor_divide", "copysign"), QUOTIENTS),
    "acos": [(-1.0, 1.0), (0.99, 1.0), (-1.0, -0.99)],
    "acosh": [(1.0, 2.0), (1.0, 1.0001), (2.0, 1e10)],
    "asin": [(-1.0, 1.0), (0.99, 1.0), (0.49, 0.51)],
    "asinh": [(-2.0, 2.0), (-1e10, 1e10), (-1e-3, 1e-3)],
    "atan": [(-3.0, 3.0), (0.6, 1.6), (-1e3, 1e3)],
    "atan2": [(-1.0, 1.0, -1.0, 1.0), (-1e-308, 1e-308, -1e-308, 1e-308), (-0.1, 0.1, -9.0, 9.0)],
    "atan2_slope": [
        (-1.0, 1.0, -1.0, 1.0),
        (-1e-307, 1e-307, -1e-307, 1e-307),
        (0.0, 1e300, 0.0, 1e300),
    ],
    "atanh": [(-1.0, 1.0), (0.99, 1.0), (-1e-3, 1e-3)],
    "cbrt": [(-10.0, 10.0), (-1e-308, 1e-308)],
    "cos": [(-0.8, 0.8), (-7.0, 7.0), (-1e6, 1e6)],
    "cosh": [(-2.0, 2.0), (-711.0, 711.0)],
    "digamma": [(0.0, 2.2), (2.2, 8.0), (-6.0, 0.0), (-100.0, -10.0)],
    "erf": [(-3.0, 3.0), (-0.9, 0.9), (-1e-3, 1e-3)],
    "erfc": [(-1.0, 3.0), (0.25, 1.1), (1.0, 28.0), (26.0, 27.3)],
    "exp": [(-1.0, 1.0), (-745.2, 709.8), (-746.0, -708.0)],
    "exp2": [(-1.0, 1.0), (-1080.0, 1024.0), (-1075.0, -1020.0)],
    "expm1": [(-1.0, 1.0), (-40.0, 710.0), (-1e-3, 1e-3)],
    "hypot": [(-1.0, 1.0, -1.0, 1.0), (-1e-308, 1e-308, -1e-308, 1e-308), (0.0, 1e308, 0.0, 1e308)],
    "lgamma": [(0.0, 2.3), (2.3, 9.0), (0.99, 1.01), (-6.0, 0.0), (-100.0, -10.0)],
    "log": [(0.5, 2.0), (0.999, 1.001), (0.0, 1e-307)],
    "log10": [(0.5, 2.0), (0.999, 1.001), (0.0, 1e-307)],
    "log1p": [(-1.0, 3.0), (-0.5, 0.5), (-1e-3, 1e-3)],
    "log2": [(0.5, 2.0), (0.999, 1.001), (0.0, 1e-307)],
    "pow": [(0.7, 1.5, -1500.0, 1500.0), (0.0, 10.0, -300.0, 300.0), (0.0, 1e-307, -1.0, 1.0)],
    "sin": [(-0.8, 0.8), (-7.0, 7.0), (-1e6, 1e6)],
    "sinh": [(-2.0, 2.0), (-711.0, 711.0)],
    "tan": [(-0.8, 0.8), (-7.0, 7.0), (-1e6, 1e6)],
    "tanh": [(-1.0, 1.0), (-20.0, 20.0)],
    "trigamma": [(0.0, 2.2), (2.2, 13.0), (-6.0, 0.0), (-100.0, -10.0)],
}
