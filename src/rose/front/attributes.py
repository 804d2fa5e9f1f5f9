"""Attributes and methods that users of NumPy, of lists and of numbers try on traced values, and what there is instead."""

from __future__ import annotations

from typing import Any

from rose.errors import NoAttributeError

# What to write in place of the attributes and methods of NumPy's arrays, of lists and of Python's numbers.
_ATTRIBUTES_INSTEAD = {
    "shape": "write len(v) for the length of a Vec, len(v[0]) for that of its rows",
    "size": "write len(v) for the length of a Vec, len(v[0]) for that of its rows",
    "ndim": "write len(v) for the length of a Vec, len(v[0]) for that of its rows",
    "dot": "write v @ w",
    "transpose": "write m.T",
    "append": "a Vec does not change: write rose.concat(v, [x])",
    "extend": "a Vec does not change: write rose.concat(v, w)",
    "copy": "a Vec does not change, so it needs no copy",
    "astype": "numbers are Reals, 64-bit floats",
    "std": "write rose.sqrt(((v - v.mean()) ** 2).mean())",
    "var": "write ((v - v.mean()) ** 2).mean()",
    "reshape": "write rose.vec(n, lambda i: rose.vec(m, lambda j: v[m * i + j])) for n rows of m",
    "flatten": "write rose.concat(*m) for the elements of all rows",
    "ravel": "write rose.concat(*m) for the elements of all rows",
    "is_integer": "write rose.floor(x) == x",
    "set": "write v.at[i].set(x)",
    "add": "write v.at[i].add(x)",
}


def no_attribute(value: Any, name: str) -> AttributeError:
    """The error for an attribute that a traced value does not have.

    Python and NumPy ask for some themselves, to find out what a value is, and want a plain error, soon.
    """
    if name == "dtype" or name.startswith("__"):
        return AttributeError(f"{value.in_words()} has no attribute {name!r}")
    ours = ours_for(name)
    plain = f"write {ours}" if ours else "use the operators, and the functions of rose"
    instead = _ATTRIBUTES_INSTEAD.get(name, plain)
    return NoAttributeError(f"{value.in_words()} has no attribute {name!r}; {instead}")


# The functions that NumPy looks for as methods of the items of its object arrays.
NUMPY_METHODS = frozenset(
    """
    sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh arcsinh arccosh arctanh hypot
    exp exp2 expm1 log log2 log10 log1p logaddexp logaddexp2 sqrt cbrt fabs rint fmod
    degrees radians deg2rad rad2deg conjugate isnan isinf isfinite signbit copysign nextafter
    spacing modf frexp ldexp
    """.split()  # noqa: SIM905 (a list would be forty lines)
)


# Those of them, and what else users take for methods, that we have as functions, by another name or the same.
_RENAMED = {
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "fabs": "abs",
}


_SAME_NAME = frozenset(
    """
    sin cos tan sinh cosh tanh asin acos atan atan2 asinh acosh atanh hypot exp exp2 expm1 log log2 log10 log1p
    logaddexp sqrt cbrt fmod isnan isfinite copysign abs floor ceil trunc sign erf erfc sigmoid softplus
    """.split()  # noqa: SIM905 (a list would be forty lines)
)


_OF_TWO = frozenset({"atan2", "hypot", "fmod", "copysign", "logaddexp"})


def ours_for(name: str) -> str | None:
    """The call of the function of rose that is meant by a method of this name."""
    known = _RENAMED.get(name, name)
    if known not in _SAME_NAME:
        return None
    return f"rose.{known}({'x, y' if known in _OF_TWO else 'x'})"
