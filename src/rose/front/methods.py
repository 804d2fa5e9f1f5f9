"""What a Vec does by functions of other modules, which are written in terms of Vecs: operators, reductions, updates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

# The functions by name: filled by elementwise.py and the modules array_*.py.
METHODS: dict[str, Callable[..., Any]] = {}


def _forward(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: METHODS["operator"](name, self, other)


def _reversed(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: METHODS["operator"](name, other, self)


class Methods:
    """The operators and methods of a Vec that look at all of its elements."""

    __slots__ = ()

    def __neg__(self) -> Any:
        return METHODS["neg"](self)

    def __pos__(self) -> Self:
        return self

    def __invert__(self) -> Any:
        return METHODS["invert"](self)

    __add__, __radd__ = _forward("add"), _reversed("add")
    __sub__, __rsub__ = _forward("sub"), _reversed("sub")
    __mul__, __rmul__ = _forward("mul"), _reversed("mul")
    __truediv__, __rtruediv__ = _forward("div"), _reversed("div")
    __floordiv__, __rfloordiv__ = _forward("floor_divide"), _reversed("floor_divide")
    __mod__, __rmod__ = _forward("mod"), _reversed("mod")
    __pow__, __rpow__ = _forward("pow"), _reversed("pow")
    __and__, __rand__ = _forward("and"), _reversed("and")
    __or__, __ror__ = _forward("or"), _reversed("or")
    __xor__, __rxor__ = _forward("xor"), _reversed("xor")
    __lt__, __le__ = _forward("lt"), _forward("le")
    __gt__, __ge__ = _forward("gt"), _forward("ge")
    __eq__, __ne__ = _forward("eq"), _forward("ne")

    def __matmul__(self, other: Any) -> Any:
        return METHODS["matmul"](self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return METHODS["matmul"](other, self)

    @property
    def T(self) -> Any:  # noqa: N802 (its name in mathematics and in NumPy)
        """The transpose: of a Vec[n, Vec[m, T]] the Vec[m, Vec[n, T]].

        Raises:
            TypeMismatchError: if the elements are no Vecs.

        Example:
            >>> fn([Vec[2, Vec[2]]])(lambda m: m.T)([[1, 2], [3, 4]])
            [[1.0, 3.0], [2.0, 4.0]]
        """
        return METHODS["transpose"](self)

    @property
    def at(self) -> Any:
        """Places to update: `v.at[i].set(x)` is a Vec like v with x at i, `v.at[i].add(x)` one with x added there.

        i is an int or a traced Index; `v.at[i, j]` is a place in a nested Vec. v itself does not change.

        Raises:
            IndexRangeError: if the place may lie outside.
            TypeMismatchError: if x is not of the type of the elements; with `add`, if they are no Reals.

        Example:
            >>> fn([Vec[3]])(lambda v: v.at[1].set(0))([1, 2, 3])
            [1.0, 0.0, 3.0]
        """
        return METHODS["at"](self)

    def sum(self) -> Any:
        """The sum of the elements, as `rose.sum(v)`: Reals, Vecs or structures of Reals.

        Raises:
            TypeMismatchError: if they cannot be added.

        Example:
            >>> fn([Vec[3]])(lambda v: v.sum())([1, 2, 3])
            6.0
        """
        return METHODS["sum"](self)

    def prod(self) -> Any:
        """The product of the elements, as `rose.prod(v)`: Reals, or Vecs of Reals elementwise.

        Raises:
            TypeMismatchError: if they are none.

        Example:
            >>> fn([Vec[3]])(lambda v: v.prod())([1, 2, 3])
            6.0
        """
        return METHODS["prod"](self)

    def min(self) -> Any:
        """The least element, as `rose.min(v)`: of Reals, or of Vecs of Reals elementwise; nan if one is nan.

        Raises:
            TypeMismatchError: if they are none.

        Example:
            >>> fn([Vec[3]])(lambda v: v.min())([1, 2, 3])
            1.0
        """
        return METHODS["min"](self)

    def max(self) -> Any:
        """The largest element, as `rose.max(v)`: of Reals, or of Vecs of Reals elementwise; nan if one is nan.

        Raises:
            TypeMismatchError: if they are none.

        Example:
            >>> fn([Vec[3]])(lambda v: v.max())([1, 2, 3])
            3.0
        """
        return METHODS["max"](self)

    def argmin(self) -> Any:
        """Where the least of n Reals is, as an Index[n]: the first of equal ones, as `rose.argmin(v)`.

        Raises:
            TypeMismatchError: if it is no Vec of Reals.

        Example:
            >>> fn([Vec[3]])(lambda v: v.argmin())([3, 1, 2])
            1
        """
        return METHODS["argmin"](self)

    def argmax(self) -> Any:
        """Where the largest of n Reals is, as an Index[n]: the first of equal ones, as `rose.argmax(v)`.

        Raises:
            TypeMismatchError: if it is no Vec of Reals.

        Example:
            >>> fn([Vec[3]])(lambda v: v.argmax())([3, 1, 2])
            0
        """
        return METHODS["argmax"](self)

    def any(self) -> Any:
        """Whether one of the Bools is true, as `rose.any(v)`; elementwise for Vecs of Bools.

        Raises:
            TypeMismatchError: if they are no Bools.

        Example:
            >>> fn([Vec[3]])(lambda v: (v < 2).any())([1, 2, 3])
            True
        """
        return METHODS["any"](self)

    def all(self) -> Any:
        """Whether all of the Bools are true, as `rose.all(v)`; elementwise for Vecs of Bools.

        Raises:
            TypeMismatchError: if they are no Bools.

        Example:
            >>> fn([Vec[3]])(lambda v: (v < 2).all())([1, 2, 3])
            False
        """
        return METHODS["all"](self)

    def mean(self) -> Any:
        """The sum of the elements divided by their number, as `rose.mean(v)`: Reals, or Vecs of Reals.

        Raises:
            TypeMismatchError: if they are none.

        Example:
            >>> fn([Vec[3]])(lambda v: v.mean())([1, 2, 6])
            3.0
        """
        return METHODS["mean"](self)

    def norm(self) -> Any:
        """The Euclidean length of a Vec of Reals, as `rose.norm(v)`; its gradient at 0 is 0.

        Raises:
            TypeMismatchError: if it is no Vec of Reals.

        Example:
            >>> fn([Vec[2]])(lambda v: v.norm())([3, 4])
            5.0
        """
        return METHODS["norm"](self)
