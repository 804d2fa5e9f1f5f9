"""What makes one value of a Vec: means, extremes and their places; and the products of Vecs and matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, TypeVar, cast, overload

from rose.errors import ArgumentError, TypeMismatchError
from rose.front import folds, typed
from rose.front.checks import trace_only
from rose.front.control import where
from rose.front.elementwise import broadcastable, stack_rows
from rose.front.flatten import sequence, to_vec
from rose.front.functions import maximum, minimum
from rose.front.index import Index
from rose.front.leaves import SMALL_UNROLLED
from rose.front.loops import loop
from rose.front.methods import METHODS
from rose.front.tracer import current
from rose.front.tree import IndexTree, RealTree, Tree, VecTree
from rose.front.values import Real, emit, to_real
from rose.front.vec import Vec
from rose.front.words import describe
from rose.ir.types import Index as IndexType

T = TypeVar("T")
N = TypeVar("N")
M = TypeVar("M")


def _vec(name: str, value: Any, holds: Callable[[Tree], bool], what: str) -> Vec:
    """A Vec of certain elements, or a list or array as one."""
    trace_only(name)
    vec = broadcastable(value)
    if not isinstance(vec, Vec) or not holds(vec.tree.elem):
        raise TypeMismatchError(f"rose.{name} takes {what}, given {describe(value)}")
    return vec


def _scalars(*kinds: type) -> Callable[[Tree], bool]:
    """Whether a tree is a scalar of these kinds, or Vecs of such."""

    def holds(tree: Tree) -> bool:
        while isinstance(tree, VecTree):
            tree = tree.elem
        return isinstance(tree, kinds)

    return holds


def _reals(name: str, value: Any) -> Vec:
    return _vec(name, value, _scalars(RealTree), "a Vec of Reals, or of Vecs of Reals")


@overload
def mean(v: Sequence[T]) -> T: ...


@overload
def mean(v: typed.Array) -> Any: ...


def mean(v: Any) -> Any:
    """The sum of a Vec's elements divided by their number; nan of none.

    Args:
        v: a Vec of Reals; of a Vec of Vecs of Reals it is the Vec of the means over the first dimension.

    Raises:
        TypeMismatchError: if it is none.
        TracedValueError: outside of an @fn.

    Example:
        >>> fn([Vec[3]])(lambda v: rose.mean(v))([1, 2, 6])
        3.0
    """
    whole = _reals("mean", v)
    return folds.sum(whole) / len(whole)


@overload
def min(a: float, b: float, /) -> float: ...


@overload
def min(a: int, b: Callable[[typed.Index], T], /) -> T: ...


@overload
def min(a: typed.V, b: Any, /) -> typed.V: ...


@overload
def min(a: Any, b: typed.V, /) -> typed.V: ...


@overload
def min(a: Sequence[T], /) -> T: ...


@overload
def min(a: typed.Array, /) -> Any: ...


def min(*args: Any) -> Any:
    """The smaller one of two numbers, elementwise on Vecs; or the least of many. nan if one is nan; -0 < 0.

    The derivative goes to the least one; those of a tie share it equally.

    Args:
        args: two Reals, plain numbers or Vecs of one length; or a Vec or list of Reals, or of Vecs of Reals, which
            are compared elementwise; or how many, and a function from a traced Index to one of them.

    Raises:
        TypeMismatchError: if an argument is none of them.
        ArgumentError: if there are none or more than two.

    Example:
        >>> rose.min(2.0, 3.0)
        2.0
    """
    return _extreme("min", minimum, folds.least, args)


@overload
def max(a: float, b: float, /) -> float: ...


@overload
def max(a: int, b: Callable[[typed.Index], T], /) -> T: ...


@overload
def max(a: typed.V, b: Any, /) -> typed.V: ...


@overload
def max(a: Any, b: typed.V, /) -> typed.V: ...


@overload
def max(a: Sequence[T], /) -> T: ...


@overload
def max(a: typed.Array, /) -> Any: ...


def max(*args: Any) -> Any:
    """The larger one of two numbers, elementwise on Vecs; or the largest of many. nan if one is nan; -0 < 0.

    The derivative goes to the largest one; those of a tie share it equally.

    Args:
        args: two Reals, plain numbers or Vecs of one length; or a Vec or list of Reals, or of Vecs of Reals, which
            are compared elementwise; or how many, and a function from a traced Index to one of them.

    Raises:
        TypeMismatchError: if an argument is none of them.
        ArgumentError: if there are none or more than two.

    Example:
        >>> rose.max(2.0, 3.0)
        3.0
    """
    return _extreme("max", maximum, folds.greatest, args)


def _extreme(
    name: str, of_two: Callable[..., Any], of_many: Callable[..., Any], args: tuple[Any, ...]
) -> Any:
    if len(args) == 2:
        return of_many(*args) if callable(args[1]) else of_two(*args)
    if len(args) != 1:
        raise ArgumentError(
            f"rose.{name} takes 2 numbers, a Vec or a list, or a length and a function, given {len(args)}"
            f"{f'; write rose.{name}([x, y, z])' if len(args) > 2 else ''}"
        )
    (whole,) = args
    return of_many(whole if sequence(whole) is not None else _reals(name, whole))


def argmin(v: typed.Elements) -> typed.Index:
    """Where the least element of a Vec is: the first of equal ones; the first nan if there is one.

    Args:
        v: a Vec of n Reals.

    Returns:
        A traced Index[n].

    Raises:
        TypeMismatchError: if it is no Vec of Reals.
        ArgumentError: if it has no elements.
        TracedValueError: outside of an @fn.

    Example:
        >>> fn([Vec[3]])(lambda v: rose.argmin(v))([3, 1, 2])
        1
    """
    return cast("typed.Index", _place("argmin", v, lambda x, best: x < best))


def argmax(v: typed.Elements) -> typed.Index:
    """Where the largest element of a Vec is: the first of equal ones; the first nan if there is one.

    Args:
        v: a Vec of n Reals.

    Returns:
        A traced Index[n].

    Raises:
        TypeMismatchError: if it is no Vec of Reals.
        ArgumentError: if it has no elements.
        TracedValueError: outside of an @fn.

    Example:
        >>> fn([Vec[3]])(lambda v: rose.argmax(v))([3, 1, 2])
        0
    """
    return cast("typed.Index", _place("argmax", v, lambda x, best: x > best))


def _place(name: str, value: Any, better: Callable[[Any, Any], Any]) -> Any:
    """The first place of the best element."""
    v = _vec(name, value, lambda tree: isinstance(tree, RealTree), "a Vec of Reals")
    size = len(v)
    if not size:
        raise ArgumentError(
            f"rose.{name} of no elements has no value; give a Vec of at least one, as in rose.{name}([0, *v])"
        )

    def place(k: int) -> Index:
        return Index(current(), current().const(k, IndexType(size)))

    def step(i: Any, before: tuple[Any, Any]) -> tuple[Any, Any]:
        best, found = before
        x = v[i]
        wins = better(x, best) | ((x != x) & (best == best))  # the first nan wins over numbers
        return where(wins, (x, i), (best, found))

    start = (v[0], place(0))
    if size <= SMALL_UNROLLED:
        return reduce(lambda before, k: step(place(k), before), range(1, size), start)[1]
    return loop(size - 1, start, lambda t, before: step(t + 1, before))[1]


# --- products ---------------------------------------------------------------------------------------------


def dot(a: typed.Elements, b: typed.Elements) -> float:
    """Σ a_i · b_i of two Vecs of Reals of one length, from left to right; 0 of none.

    Raises:
        TypeMismatchError: if they are no Vecs of Reals, or of different lengths.
        TracedValueError: outside of an @fn.

    Example:
        >>> fn([Vec[2]])(lambda v: rose.dot(v, [1, 10]))([3, 4])
        43.0
    """
    v, w = _vec_of_reals("dot", a), _vec_of_reals("dot", b)
    if len(v) != len(w):
        raise TypeMismatchError(f"rose.dot needs Vecs of one length, given {v.tree} and {w.tree}")
    return cast("float", _total(len(v), lambda i: v[i] * w[i]))


def _total(size: int, term: Callable[[Any], Any]) -> Any:
    """term(0) + … + term(size - 1), from left to right."""
    if not size or size > SMALL_UNROLLED:
        return folds.sum(size, term)
    return reduce(lambda total, k: total + term(k), range(1, size), term(0))


def _vec_of_reals(name: str, value: Any) -> Vec:
    """A Vec, or a list or array of numbers as one."""
    trace_only(name)
    if isinstance(value, list | tuple) or getattr(value, "shape", None):
        value = to_vec(value)
    if not isinstance(value, Vec) or not isinstance(value.tree.elem, RealTree | IndexTree):
        raise TypeMismatchError(
            f"rose.{name} takes a Vec of Reals, or a list of them, given {describe(value)}"
        )
    return value


def norm(v: typed.Elements) -> float:
    """The Euclidean length of a Vec of Reals: sqrt(Σ v_i²). Its gradient at 0 is 0.

    Raises:
        TypeMismatchError: if it is no Vec of Reals.
        TracedValueError: outside of an @fn.

    Example:
        >>> fn([Vec[2]])(lambda v: rose.norm(v))([3, 4])
        5.0
    """
    whole = _vec_of_reals("norm", v)
    return cast("float", Real(current(), emit("norm_sqrt", to_real(dot(whole, whole)))))


@overload
def matmul(a: typed.VecOf[Any, float], b: typed.VecOf[Any, float]) -> float: ...


@overload
def matmul(
    a: typed.VecOf[N, typed.Vec[M, float]], b: typed.VecOf[Any, float]
) -> typed.Vec[N, float]: ...


@overload
def matmul(
    a: typed.VecOf[Any, float], b: typed.VecOf[Any, typed.Vec[M, float]]
) -> typed.Vec[M, float]: ...


@overload
def matmul(a: Any, b: Any) -> Any: ...


def matmul(a: Any, b: Any) -> Any:
    """The product of Vecs and matrices of Reals, as `a @ b`; a matrix of n rows of m is a Vec[n, Vec[m]].

    The last dimension of a is that of the sums, which go from left to right, and the first one of b.

    Args:
        a, b: two Vecs give a Real; a matrix and a Vec, a Vec and a matrix a Vec; two matrices a matrix.

    Raises:
        TypeMismatchError: if one is neither a Vec nor a matrix of Reals, or the lengths do not fit.
        TracedValueError: outside of an @fn.

    Example:
        >>> fn([Vec[2, Vec[2]]])(lambda m: rose.matmul(m, [1, 10]))([[1, 2], [3, 4]])
        [21.0, 43.0]
    """
    trace_only("matmul")
    left, right = broadcastable(a), broadcastable(b)
    if not (_is_factor(left) and _is_factor(right)):
        raise TypeMismatchError(
            f"a @ b takes Vecs and matrices of Reals, given {describe(a)} @ {describe(b)}"
        )
    inner = left.tree.elem.size if _is_matrix(left) else len(left)
    if inner != len(right):
        raise TypeMismatchError(
            f"a @ b needs as many columns of a as rows of b, given {describe(left)} @ {describe(right)}"
        )
    if _is_matrix(left):
        return _each(len(left), lambda i: _row_times(left[i], right))
    return _row_times(left, right)


def _row_times(v: Vec, right: Vec) -> Any:
    """A Vec times a Vec or a matrix."""
    if not _is_matrix(right):
        return dot(v, right)
    columns = right.tree.elem
    assert isinstance(columns, VecTree), "the rows of a matrix are Vecs"
    return _each(columns.size, lambda j: _total(len(v), lambda i: v[i] * right[i][j]))


def _is_matrix(x: Any) -> bool:
    return isinstance(x, Vec) and isinstance(x.tree.elem, VecTree)


def _is_factor(x: Any) -> bool:
    """Whether it is a Vec or a matrix of Reals."""
    if not isinstance(x, Vec):
        return False
    elem = x.tree.elem
    return isinstance(elem.elem if isinstance(elem, VecTree) else elem, RealTree | IndexTree)


def _each(size: int, body: Callable[[Any], Any]) -> Vec:
    """[body(0), …, body(size - 1)]; a loop for many."""
    if not size or size > SMALL_UNROLLED:
        return stack_rows(size, body, "an element")
    return to_vec([body(k) for k in range(size)])


METHODS.update(
    sum=folds.sum,
    prod=folds.prod,
    mean=mean,
    min=folds.least,
    max=folds.greatest,
    argmin=argmin,
    argmax=argmax,
    any=folds.any,
    all=folds.all,
    norm=norm,
    matmul=matmul,
)
