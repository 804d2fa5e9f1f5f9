"""Attributes and methods that users of NumPy, of lists and of numbers try on traced values, and what there is instead."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NoReturn

from rose.errors import NoAttributeError
from rose.instead import INSTEAD

# What to write in place of attributes and methods that mean something else than functions of these names.
_OF_VALUES = {
    "dot": "write v @ w",
    "grad": "write rose.grad(f)(x), of a function f that gives a Real",
    "backward": "write rose.grad(f)(x), of a function f that gives a Real",
    "numpy": "it has no value until the compiled function runs; convert what the function gives",
    "item": "it has no value until the compiled function runs; convert what the function gives",
    "tolist": "write [*v], or convert what the function gives",
    "real": "numbers are Reals",
    "round": "write rose.round(x)",
    "clip": "write rose.clip(x, low, high)",
    "append": "a Vec does not change: write rose.concat(v, [x])",
    "extend": "a Vec does not change: write rose.concat(v, w)",
    "insert": "a Vec does not change: write rose.concat(v[:k], [x], v[k:])",
    "pop": "a Vec does not change: write v[-1], and v[:-1] for the others",
    "reverse": "a Vec does not change: write v[::-1]",
    "copy": "a Vec does not change, so it needs no copy",
    "index": "write rose.argmin(rose.abs(v - x)) for the place of the element nearest to x",
    "is_integer": "write rose.floor(x) == x",
    **{
        name: f"the coordinates of a point are its elements: write v[{k}]"
        for k, name in enumerate("xyz")
    },
    "set": "write v.at[i].set(x)",
    "add": "write v.at[i].add(x)",
}


def no_attribute(value: Any, name: str) -> AttributeError:
    """The error for an attribute that a traced value does not have.

    Python and NumPy ask for some themselves, to find out what a value is, and want a plain error, soon.
    """
    if name == "dtype" or name.startswith("__"):
        return AttributeError(f"{value.in_words()} has no attribute {name!r}")
    instead = (
        _OF_VALUES.get(name) or ours_for(name) or "use the operators, and the functions of rose"
    )
    return NoAttributeError(f"{value.in_words()} has no attribute {name!r}; {instead}")


# What to write in place of the attributes that users of other packages try on functions.
OF_FUNCTIONS = {
    "wat": "write rose.compile(f).wat",
    "data": "write rose.compile(f).data",
    "size_report": "write rose.compile(f).size_report()",
    "memory_report": "write rose.compile(f).memory_report()",
    "memory_bytes": "write rose.compile(f).memory_bytes",
    "lower": "write rose.compile(f), or print(f) for its IR",
    "ir": "print(f) shows its IR",
    "map": "write rose.map(f, v)",
    "jit": "it is compiled when it is first called",
    "backward": "write rose.grad(f)(x)",
    "derivative": "write rose.grad(f)",
    **{name: INSTEAD[name] for name in ("vmap", "gradient")},
    **{
        name: f"write rose.{name}(f)"
        for name in (
            "bundle compile debug_nans grad hessian jacobian jvp linearize remat value_and_grad vjp".split()  # noqa: SIM905 (as below)
        )
    },
    "hvp": "write rose.hvp(f)(x, v)",
    "defjvp": "mark it with @rose.custom_jvp in place of what it is marked with",
    "defvjp": "mark it with @rose.custom_vjp in place of what it is marked with",
    "defjvps": "write f.defjvp(rule), one rule for all parameters, of an f marked with @rose.custom_jvp",
    "check_grads": "write rose.check_grads(f, (x,))",
}


class Absent:
    """An attribute that users of other packages try on functions.

    It is one of the class, since a `__getattr__` would be asked also when a property of a function has raised an
    AttributeError, as the user's code may while it is traced, and would hide it.
    """

    def __init__(self, name: str, instead: str) -> None:
        self._name = name
        self._instead = instead

    def __get__(self, instance: Any, owner: type) -> NoReturn:
        given = owner.__name__ if instance is None else instance.in_words()
        raise NoAttributeError(f"{given} has no attribute {self._name!r}; {self._instead}")


# What to write in place of the attributes that users try on modules.
_MODULE_INSTEAD = {
    "wasm": "write module.data",
    "bytes": "write module.data",
    "size": "write len(module.data), or module.size_report()",
    "wast": "write module.wat",
    "mjs": "write rose.bundle({...}).mjs",
    "types": "write rose.bundle({...}).types",
    "html": "write rose.bundle({...}).html",
    "ir": "print(f) shows the IR of a function",
}


def no_attribute_of_module(module: Any, name: str, functions: Collection[str]) -> AttributeError:
    """The error for an attribute that a module of these functions does not have.

    Python and its tools ask for some themselves, which begin with _, and want a plain error, soon.
    """
    if name.startswith("_"):
        return AttributeError(f"{module.in_words()} has no attribute {name!r}")
    instead = "it has data, wat, size_report(), memory_report(), call and prepared"
    if name in functions:
        instead = f'its functions are called as in f(x), or as in module.call("{name}", [x])'
    instead = _MODULE_INSTEAD.get(name, instead)
    return NoAttributeError(f"{module.in_words()} has no attribute {name!r}; {instead}")


# The functions that NumPy looks for as methods of the items of its object arrays.
NUMPY_METHODS = frozenset(
    """
    sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh arcsinh arccosh arctanh hypot
    exp exp2 expm1 log log2 log10 log1p logaddexp logaddexp2 sqrt cbrt fabs rint fmod
    degrees radians deg2rad rad2deg conjugate isnan isinf isfinite signbit copysign nextafter
    spacing modf frexp ldexp
    """.split()  # noqa: SIM905 (a list would be forty lines)
)


# Those of them, and what else users take for methods, that we have as functions of the same name.
_SAME_NAME = frozenset(
    """
    sin cos tan sinh cosh tanh asin acos atan atan2 asinh acosh atanh hypot exp exp2 expm1 log log2 log10 log1p
    logaddexp sqrt cbrt fmod isnan isfinite copysign abs floor ceil trunc sign erf erfc sigmoid softplus
    """.split()  # noqa: SIM905 (a list would be forty lines)
)


_OF_TWO = frozenset({"atan2", "hypot", "fmod", "copysign", "logaddexp"})


def ours_for(name: str) -> str | None:
    """What to write in place of a method of this name, if we know it."""
    if name in _SAME_NAME:
        return f"write rose.{name}({'x, y' if name in _OF_TWO else 'x'})"
    return INSTEAD.get(name)
