"""The types that users annotate with, as type checkers see them.

A function of the language is called in two ways: with traced values, and from Python, with numbers, lists and arrays
and for floats and lists. No type of Python's says "a Vec here, a list there" of one parameter, so these types are
the ones with the fewest false errors:

- a Real is a float, and a Bool a bool: traced ones do in Python's syntax what those do;
- an Index[N] is an int, which remembers its size;
- a Vec[N, T] is a list of T with arithmetic, or anything (`| Any`), so that lists, tuples and arrays fit wherever a
  Vec is expected, while its elements, its operators and its methods have types.

N is a Literal, or Any for a size that is not known to checkers.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, SupportsIndex, TypeAlias, overload

from typing_extensions import ParamSpec, TypeVar

N = TypeVar("N", default=Any)
E = TypeVar("E", default=float)
M = TypeVar("M")
X = TypeVar("X")
Q = ParamSpec("Q", default=...)

Real: TypeAlias = float
Bool: TypeAlias = bool

class IndexOf(int, Generic[N]):
    """An integer i with 0 <= i < N. As an annotation, `i: Index[Literal[5]]`."""

class VecOf(list[E], Generic[N, E]):
    """N values of a type: `Vec[Literal[3]]` is 3 Reals, `Vec[Literal[3], Ball]` 3 Balls.

    Indexed by ints (negative ones count from the end), slices and traced indices. Arithmetic, comparisons and
    the logic of Bools are elementwise, scalars broadcast; `@` is the product of Vecs and matrices.
    """

    def __add__(self, other: Any, /) -> VecOf[N, E]: ...  # type: ignore[override]
    def __radd__(self, other: Any, /) -> VecOf[N, E]: ...
    def __sub__(self, other: Any, /) -> VecOf[N, E]: ...
    def __rsub__(self, other: Any, /) -> VecOf[N, E]: ...
    def __mul__(self, other: Any, /) -> VecOf[N, E]: ...
    def __rmul__(self, other: Any, /) -> VecOf[N, E]: ...
    def __truediv__(self, other: Any, /) -> VecOf[N, E]: ...
    def __rtruediv__(self, other: Any, /) -> VecOf[N, E]: ...
    def __floordiv__(self, other: Any, /) -> VecOf[N, E]: ...
    def __rfloordiv__(self, other: Any, /) -> VecOf[N, E]: ...
    def __mod__(self, other: Any, /) -> VecOf[N, E]: ...
    def __rmod__(self, other: Any, /) -> VecOf[N, E]: ...
    def __pow__(self, other: Any, /) -> VecOf[N, E]: ...
    def __rpow__(self, other: Any, /) -> VecOf[N, E]: ...
    def __neg__(self) -> VecOf[N, E]: ...
    def __pos__(self) -> VecOf[N, E]: ...
    def __and__(self, other: Any, /) -> VecOf[N, E]: ...
    def __rand__(self, other: Any, /) -> VecOf[N, E]: ...
    def __or__(self, other: Any, /) -> VecOf[N, E]: ...
    def __ror__(self, other: Any, /) -> VecOf[N, E]: ...
    def __xor__(self, other: Any, /) -> VecOf[N, E]: ...
    def __rxor__(self, other: Any, /) -> VecOf[N, E]: ...
    def __invert__(self) -> VecOf[N, E]: ...
    def __lt__(self, other: Any, /) -> VecOf[N, bool]: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
    def __le__(self, other: Any, /) -> VecOf[N, bool]: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
    def __gt__(self, other: Any, /) -> VecOf[N, bool]: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
    def __ge__(self, other: Any, /) -> VecOf[N, bool]: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
    def __eq__(self, other: Any, /) -> VecOf[N, bool]: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
    def __ne__(self, other: Any, /) -> VecOf[N, bool]: ...  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
    @overload
    def __matmul__(  # pyright: ignore[reportOverlappingOverload] (float and Vec exclude each other)
        self: VecOf[N, float], other: VecOf[Any, float], /
    ) -> float: ...
    @overload
    def __matmul__(
        self: VecOf[N, Vec[M, float]], other: VecOf[Any, float], /
    ) -> VecOf[N, float]: ...
    @overload
    def __matmul__(
        self: VecOf[N, float], other: VecOf[Any, Vec[M, float]], /
    ) -> VecOf[M, float]: ...
    @overload
    def __matmul__(
        self: VecOf[N, Vec[X, float]], other: VecOf[Any, Vec[M, float]], /
    ) -> VecOf[N, Vec[M, float]]: ...
    @overload
    def __matmul__(self, other: Any, /) -> Any: ...
    def __rmatmul__(self, other: Any, /) -> Any: ...
    @overload
    def __getitem__(self, i: SupportsIndex, /) -> E: ...
    @overload
    def __getitem__(self, i: slice, /) -> VecOf[Any, E]: ...
    @overload
    def __getitem__(  # type: ignore[overload-overlap]  # a tuple is a path
        self: VecOf[N, Vec[M, X]], i: tuple[int, int], /
    ) -> X: ...
    @overload
    def __getitem__(self: VecOf[N, Vec[M, X]], i: tuple[slice, int], /) -> VecOf[Any, X]: ...
    @overload
    def __getitem__(self, i: tuple[Any, ...], /) -> Any: ...
    @overload
    def __getitem__(self, i: Sequence[SupportsIndex] | Array, /) -> VecOf[Any, E]: ...
    @overload
    def __getitem__(self, i: Sequence[Any], /) -> VecOf[Any, Any]: ...
    @property
    def T(self: VecOf[N, Vec[M, X]]) -> VecOf[M, Vec[N, X]]:  # noqa: N802 (its name in mathematics)
        """The transpose: of a Vec[n, Vec[m, T]] the Vec[m, Vec[n, T]]."""
    @property
    def at(self) -> Places[N, E]:
        """Places to update: `v.at[i].set(x)` is a Vec like v with x at i, `v.at[i].add(x)` one with x added there."""
    def sum(self) -> E:
        """The sum of the elements, as `rose.sum(v)`: Reals, Vecs or structures of Reals."""
    def prod(self) -> E:
        """The product of the elements, as `rose.prod(v)`: Reals, or Vecs of Reals elementwise."""
    def min(self) -> E:
        """The least element, as `rose.min(v)`: of Reals, or of Vecs of Reals elementwise; nan if one is nan."""
    def max(self) -> E:
        """The largest element, as `rose.max(v)`: of Reals, or of Vecs of Reals elementwise; nan if one is nan."""
    def argmin(self) -> Index[N]:
        """Where the least of n Reals is, as an Index[n]: the first of equal ones, as `rose.argmin(v)`."""
    def argmax(self) -> Index[N]:
        """Where the largest of n Reals is, as an Index[n]: the first of equal ones, as `rose.argmax(v)`."""
    def any(self) -> E:
        """Whether one of the Bools is true, as `rose.any(v)`; elementwise for Vecs of Bools."""
    def all(self) -> E:
        """Whether all of the Bools are true, as `rose.all(v)`; elementwise for Vecs of Bools."""
    def mean(self) -> E:
        """The sum of the elements divided by their number, as `rose.mean(v)`: Reals, or Vecs of Reals."""
    def norm(self) -> float:
        """The Euclidean length of a Vec of Reals, as `rose.norm(v)`; its gradient at 0 is 0."""

Index: TypeAlias = IndexOf[N] | int
Vec: TypeAlias = VecOf[N, E] | Any

class Places(Generic[N, E]):
    """The places of a Vec: `v.at`."""

    @overload
    def __getitem__(self, path: int, /) -> Place[E, N, E]: ...
    @overload
    def __getitem__(self, path: tuple[int, ...], /) -> Place[Any, N, E]: ...

class Place(Generic[X, N, E]):
    """One element or row of a Vec, to be replaced in a copy."""

    def set(self, x: X, /) -> VecOf[N, E]:
        """A Vec like the given one, with x at this place."""
    def add(self, x: X, /) -> VecOf[N, E]:
        """A Vec like the given one, with x added at this place."""

class Array(Protocol):
    """A NumPy array."""

    def __array__(self) -> Any: ...

# What counts as a Vec where one is expected: a Vec, a list or tuple, or an array.
Elements: TypeAlias = Sequence[E] | Array

# A function of a few parameters of any types, or of any parameters. A lambda that is given for it has parameters of
# types that are known (Any), which it has not where `Callable[..., X]` is expected.
Function: TypeAlias = (
    Callable[[], X]
    | Callable[[Any], X]
    | Callable[[Any, Any], X]
    | Callable[[Any, Any, Any], X]
    | Callable[[Any, Any, Any, Any], X]
    | Callable[[Any, Any, Any, Any, Any], X]
)

# --- functions of numbers ---------------------------------------------------------------------------------

V = TypeVar("V", bound=VecOf[Any, Any])

class Unary(Protocol):
    """A function of a number, elementwise on Vecs."""

    @overload
    def __call__(self, x: float, /) -> float: ...
    @overload
    def __call__(self, x: V, /) -> V: ...

class Binary(Protocol):
    """A function of two numbers, elementwise on Vecs."""

    @overload
    def __call__(self, a: float, b: float, /) -> float: ...
    @overload
    def __call__(self, a: V, b: Any, /) -> V: ...
    @overload
    def __call__(self, a: Any, b: V, /) -> V: ...

class Composed(Protocol):
    """A function of a number with a name, elementwise on Vecs."""

    @overload
    def __call__(self, x: float) -> float: ...
    @overload
    def __call__(self, x: V) -> V: ...

class ComposedOfTwo(Protocol):
    """A function of two numbers with names, elementwise on Vecs."""

    @overload
    def __call__(self, a: float, b: float) -> float: ...
    @overload
    def __call__(self, a: V, b: Any) -> V: ...
    @overload
    def __call__(self, a: Any, b: V) -> V: ...

class Clip(Protocol):
    """A function of a number and two bounds, elementwise on Vecs."""

    @overload
    def __call__(self, x: float, lo: float, hi: float) -> float: ...
    @overload
    def __call__(self, x: V, lo: Any, hi: Any) -> V: ...
    @overload
    def __call__(self, x: float, lo: V, hi: Any) -> V: ...
    @overload
    def __call__(self, x: float, lo: float, hi: V) -> V: ...

class Test(Protocol):
    """A question about a number, elementwise on Vecs."""

    @overload
    def __call__(self, x: float) -> bool: ...
    @overload
    def __call__(self, x: VecOf[N, Any]) -> VecOf[N, bool]: ...
