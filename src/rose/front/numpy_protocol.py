"""NumPy's protocols for traced values: its elementwise functions work on them, all others say what to write.

NumPy calls these methods of ours; it is never imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from rose.errors import TypeMismatchError

# What NumPy's elementwise functions do, by their names; `rose.front.array_numpy` fills it.
UFUNCS: dict[str, Callable[..., Any]] = {}


# What to write in place of NumPy's functions that are no elementwise ones, by their names.
_INSTEAD = {
    "where": "rose.where(condition, a, b)",
    "clip": "rose.clip(x, lo, hi)",
    "linalg.norm": "rose.norm(v)",
    "sum": "rose.sum(v)",
    "prod": "rose.prod(v)",
    "mean": "rose.mean(v)",
    "max": "rose.max(v)",
    "amax": "rose.max(v)",
    "min": "rose.min(v)",
    "amin": "rose.min(v)",
    "argmax": "rose.argmax(v)",
    "argmin": "rose.argmin(v)",
    "any": "rose.any(v)",
    "all": "rose.all(v)",
    "dot": "rose.dot(v, w)",
    "vdot": "rose.dot(v, w)",
    "inner": "rose.dot(v, w)",
    "matmul": "v @ w",
    "transpose": "m.T",
    "concatenate": "rose.concat(v, w)",
    "hstack": "rose.concat(v, w)",
    "cumsum": "rose.scan(len(v), 0, lambda i, s: (s + v[i], s + v[i]))[1]",
    "linspace": "rose.vec(n, lambda i: a + (b - a) / (n - 1) * i)",
    "zeros_like": "[0.0] * len(v)",
    "ones_like": "[1.0] * len(v)",
    "isclose": "rose.abs(a - b) < 1e-9",
    "allclose": "rose.all(rose.abs(v - w) < 1e-9)",
    "outer": "rose.vec(len(v), lambda i: v[i] * w)",
    "var": "((v - v.mean()) ** 2).mean()",
    "std": "rose.sqrt(((v - v.mean()) ** 2).mean())",
    "flip": "v[::-1]",
    "diagonal": "rose.vec(n, lambda i: m[i, i])",
    "trace": "rose.sum(n, lambda i: m[i, i])",
    "stack": "a list of the Vecs, [v, w]",
    "vstack": "a list of the Vecs, [v, w]",
    "add": "rose.sum(v)",
    "multiply": "rose.prod(v)",
    "maximum": "rose.max(v)",
    "minimum": "rose.min(v)",
}


def call_ufunc(self: Any, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
    """Our function of the same meaning, for `numpy.sin(x)` and for arithmetic with arrays.

    Raises:
        TypeMismatchError: if we have none, for reductions, and for options such as `out`.
    """
    function = UFUNCS.get(ufunc.__name__)
    if method != "__call__":
        raise _not_taken(f"{ufunc.__name__}.{method}", self)
    if function is None:
        raise _not_taken(ufunc.__name__, self)
    if options:
        raise TypeMismatchError(
            f"numpy.{ufunc.__name__} of {_kind(self)} takes no {next(iter(options))}; "
            "a traced value does not go into a NumPy array: use what the function gives"
        )
    return function(*inputs)


def refuse_function(self: Any, function: Any, *_: Any) -> NoReturn:
    """NumPy's other functions, such as `numpy.sum` and `numpy.where`."""
    module = str(getattr(function, "__module__", "numpy")).removeprefix("numpy").lstrip(".")
    raise _not_taken(f"{module}.{function.__name__}".lstrip("."), self)


def _not_taken(name: str, value: Any) -> TypeMismatchError:
    written = _INSTEAD.get(name.removesuffix(".reduce"))
    instead = (
        f"write {written}"
        if written
        else "use the functions of rose, as in rose.sum(v) and rose.dot(v, w)"
    )
    return TypeMismatchError(f"numpy.{name} takes no {_kind(value).split(' ', 1)[1]}; {instead}")


def _kind(value: Any) -> str:
    return f"a traced {type(value).__name__}"
