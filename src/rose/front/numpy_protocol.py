"""NumPy's protocols for traced values: its elementwise functions work on them, all others say what to write.

NumPy calls these methods of ours; it is never imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from rose.errors import TypeMismatchError
from rose.instead import INSTEAD

# What NumPy's elementwise functions do, by their names; `rose.front.array_numpy` fills it.
UFUNCS: dict[str, Callable[..., Any]] = {}


# What to write in place of NumPy's functions that are no elementwise ones, where we have one of the same name, and
# of its reductions.
_INSTEAD = {
    "where": "write rose.where(condition, a, b)",
    "clip": "write rose.clip(x, lo, hi)",
    "linalg.norm": "write rose.norm(v)",
    "dot": "write rose.dot(v, w)",
    "matmul": "write v @ w",
    **{
        name: f"write rose.{name}(v)"
        for name in ("sum", "prod", "mean", "max", "min", "argmax", "argmin", "any", "all")
    },
    "add.reduce": "write rose.sum(v)",
    "multiply.reduce": "write rose.prod(v)",
    "maximum.reduce": "write rose.max(v)",
    "minimum.reduce": "write rose.min(v)",
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
    instead = (
        _INSTEAD.get(name)
        or INSTEAD.get(name)
        or "use the functions of rose, as in rose.sum(v) and rose.dot(v, w)"
    )
    return TypeMismatchError(f"numpy.{name} takes no {_kind(value).split(' ', 1)[1]}; {instead}")


def _kind(value: Any) -> str:
    return f"a traced {type(value).__name__}"
