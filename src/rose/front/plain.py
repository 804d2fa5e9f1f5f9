"""What Python values are: ints, lists, structures, NumPy's numbers."""

from __future__ import annotations

from typing import Any

from rose.errors import TypeMismatchError
from rose.front.structures import is_dataclass
from rose.front.traced import Traced
from rose.front.words import describe


def is_int(value: Any) -> bool:
    """Whether it is a concrete integer: a Python or NumPy int, but no bool and no traced value."""
    if hasattr(value, "dtype"):
        return is_numpy(value, "iu")
    return hasattr(type(value), "__index__") and not isinstance(value, bool | Traced)


def is_list(value: Any) -> bool:
    """Whether it is a list, or a NumPy array with dimensions."""
    if isinstance(value, list):
        return True
    is_array = hasattr(type(value), "__array__") and not isinstance(value, Traced)
    return is_array and bool(value.shape)


def is_plain_list(value: Any) -> bool:
    """Whether it is a list, or a tuple with items, that counts as a Vec: it is no structure."""
    is_sequence = isinstance(value, list) or (isinstance(value, tuple) and bool(value))
    return is_sequence and not is_structure(value)


def is_structure(value: Any) -> bool:
    """Whether it is a dataclass, a NamedTuple or a dict."""
    is_class = isinstance(value, type)
    has_fields = is_dataclass(value) or hasattr(type(value), "_fields")
    return (has_fields and not is_class) or isinstance(value, dict)


def is_numpy(value: Any, kinds: str) -> bool:
    """Whether it is a NumPy scalar or array without dimensions, of one of these kinds."""
    dtype = getattr(value, "dtype", None)
    return getattr(dtype, "kind", "-") in kinds and getattr(value, "shape", None) == ()


def to_float(value: Any) -> float:
    """A concrete number as a float.

    Raises:
        TypeMismatchError: if it is an int too large for one.
    """
    try:
        return float(value)
    except OverflowError:
        raise TypeMismatchError(
            "expected a Real, a 64-bit float, given an int too large for one; write math.inf or a float"
        ) from None


def describe_int(number: int) -> str:
    """An int for errors; Python refuses to print those of more than 4300 digits."""
    return describe(number).removeprefix("int").strip() or "of thousands of digits"


def is_elementwise(other: Any) -> bool:
    """Whether the right operand of an operator is a Vec or a NumPy array, which go through their elements."""
    return hasattr(type(other), "__array_ufunc__") and (
        hasattr(type(other), "__len__") and not isinstance(other, Traced)
    )
