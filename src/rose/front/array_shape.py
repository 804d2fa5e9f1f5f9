"""What makes Vecs of Vecs: put together, turned round, and with one element replaced."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, NoReturn, TypeVar, overload

from rose.errors import NoAttributeError, TypeMismatchError
from rose.front import typed
from rose.front.arguments import checked
from rose.front.attributes import no_attribute
from rose.front.checks import trace_only
from rose.front.control import cond, where
from rose.front.elementwise import broadcastable, stack_rows
from rose.front.flatten import leaves_of, sequence, to_vec
from rose.front.index import Index
from rose.front.leaves import SMALL_UNROLLED, Items, Position, joined, updated
from rose.front.methods import METHODS
from rose.front.tree import (
    BoolTree,
    IndexTree,
    RealTree,
    StructTree,
    Tree,
    TupleTree,
    VecTree,
    items_of,
    rebuild,
    tangent_tree,
    with_article,
)
from rose.front.vec import Vec, wrap
from rose.front.words import describe

T = TypeVar("T")


@overload
def concat(*vecs: Sequence[float]) -> typed.Vec[Any, float]: ...


@overload
def concat(*vecs: Sequence[T]) -> typed.Vec[Any, T]: ...


@overload
def concat(*vecs: Any) -> typed.Vec[Any, Any]: ...


def concat(*vecs: Any) -> Any:
    """One Vec of the elements of several, in order.

    Args:
        vecs: at least one Vec; all have elements of one type. Lists and NumPy arrays count as Vecs; an empty one has
            elements of any type.

    Returns:
        A Vec whose length is the sum of theirs.

    Raises:
        TypeMismatchError: if one is no Vec, or their elements are of different types.
        TracedValueError: outside of an @fn.

    Example:
        >>> fn([Vec[3]])(lambda v: rose.concat(v[1:], v[:1]))([1, 2, 3])
        [2.0, 3.0, 1.0]
    """
    trace_only("concat")
    if not vecs:
        raise TypeMismatchError("rose.concat takes at least one Vec, given none")
    parts = [_part(v) for v in vecs if not (isinstance(v, list) and not v)] or [_part([])]
    elem = parts[0].tree.elem
    for part in parts:
        part.home.enter("Vec")
        if part.tree.elem != elem:
            raise TypeMismatchError(
                f"rose.concat takes Vecs of elements of one type, given {_listed(parts)}"
            )
    parts = [part for part in parts if len(part)] or parts[:1]
    size = sum(map(len, parts))
    if size <= SMALL_UNROLLED or all(isinstance(x, Items) for v in parts for x in v.leaves):
        leaves = [joined(column) for column in zip(*[v.leaves for v in parts], strict=True)]
        return Vec(VecTree(size, elem), leaves)
    starts = [0, *accumulate(map(len, parts))]
    return stack_rows(size, lambda i: _pick(parts, starts, i), "an element")


def _part(value: Any) -> Vec:
    vec = broadcastable(value)
    if not isinstance(vec, Vec):
        hint = "; write [x] for a Vec of one" if not isinstance(value, list | tuple) else ""
        raise TypeMismatchError(f"rose.concat takes Vecs, given {describe(value)}{hint}")
    return vec


def _listed(vecs: Sequence[Vec]) -> str:
    return " and ".join(dict.fromkeys(describe(v) for v in vecs))


def _pick(parts: Sequence[Vec], starts: Sequence[int], i: Index) -> Any:
    """Element i of Vecs that follow one another: a choice between an element of each."""

    def element(k: int) -> Any:
        size = len(parts[k])
        return parts[k][0 if size == 1 else (i - starts[k]) % size]

    def pick(k: int) -> Any:
        if k == len(parts) - 1:
            return element(k)
        here = i < starts[k + 1]
        if isinstance(parts[k].tree.elem, RealTree | BoolTree | IndexTree):
            return where(here, element(k), pick(k + 1))
        return cond(here, lambda: element(k), lambda: pick(k + 1))

    return pick(0)


def transpose(m: Vec) -> Vec:
    """The Vec[m, Vec[n, T]] of a Vec[n, Vec[m, T]], as `m.T`."""
    m.home.enter("Vec")
    rows = m.tree.elem
    if not isinstance(rows, VecTree):
        raise TypeMismatchError(f"v.T needs a Vec of Vecs, given {describe(m)}")
    height, width = len(m), rows.size
    if 1 <= height <= SMALL_UNROLLED and 1 <= width <= SMALL_UNROLLED:
        return to_vec([[m[i][j] for i in range(height)] for j in range(width)])
    return stack_rows(width, lambda j: stack_rows(height, lambda i: m[i][j], "an element"), "a row")


# --- updates ----------------------------------------------------------------------------------------------


class Places:
    """The places of a Vec: `v.at`."""

    __slots__ = ("vec",)

    def __init__(self, vec: Vec) -> None:
        self.vec = vec

    def __getitem__(self, path: Any) -> Place:
        """The place at an index, or at several for a nested Vec.

        Raises:
            IndexRangeError: if it may lie outside.
            TypeMismatchError: if it is no place: a slice, or more indices than there are dimensions.
        """
        return Place(self.vec, path if isinstance(path, tuple) else (path,))

    def __getattr__(self, name: str) -> Any:
        raise no_attribute(self, name)

    def __setitem__(self, path: Any, x: Any) -> NoReturn:
        raise TypeMismatchError("a Vec does not change; write v = v.at[i].set(x)")

    def in_words(self) -> str:
        """What it is, for errors."""
        return f"v.at of {with_article(self.vec.tree)}"


class Place:
    """One element or row of a Vec, to be replaced in a copy."""

    __slots__ = ("elem", "positions", "vec")

    def __init__(self, vec: Vec, path: Sequence[Any]) -> None:
        vec.home.enter("Vec")
        self.vec = vec
        self.elem: Tree = vec.tree
        self.positions: list[Position] = []
        for i in path or (None,):
            if isinstance(i, slice):
                raise TypeMismatchError(
                    "v.at takes ints and indices, given a slice; "
                    "write rose.concat(v[:1], w, v[3:]) to replace several elements"
                )
            if isinstance(i, Vec) or sequence(i) is not None:
                raise TypeMismatchError(
                    f"v.at takes ints and indices, given {describe(i)}; write rose.loop(k, v, lambda t, w: "
                    "w.at[i[t]].set(x[t])) to replace elements at k places, rose.where(b, x, v) where a Vec of Bools is true"
                )
            if not isinstance(self.elem, VecTree):
                raise TypeMismatchError(
                    f"v.at has {len(path)} indices, and a {vec.tree} has no elements so deep"
                )
            self.positions.append(Vec(self.elem).position(i))
            self.elem = self.elem.elem

    @checked("v.at[i].set")
    def set(self, x: Any) -> Vec:
        """A Vec like the given one, with x at this place.

        Args:
            x: of the type of the element or row there.

        Raises:
            TypeMismatchError: if x is of another type.
            IndexRangeError: if x is to be an Index, and may be too large.

        Example:
            >>> fn([Vec[3], Index[3]])(lambda v, i: v.at[i].set(0))([1, 2, 3], 1)
            [1.0, 0.0, 3.0]
        """
        self.vec.home.enter("Vec")
        values = leaves_of(self.elem, x, "what v.at[i] is set to")
        pairs = zip(self.vec.leaves, values, strict=True)
        return Vec(self.vec.tree, [updated(leaf, self.positions, x) for leaf, x in pairs])

    @checked("v.at[i].add")
    def add(self, x: Any) -> Vec:
        """A Vec like the given one, with x added at this place.

        Args:
            x: of the type of the element or row there, which holds Reals only: numbers, Vecs, structures of them.

        Raises:
            TypeMismatchError: if x is of another type, or the element holds Bools or indices.

        Example:
            >>> fn([Vec[3], Index[3]])(lambda v, i: v.at[i].add(10))([1, 2, 3], 1)
            [1.0, 12.0, 3.0]
        """
        if tangent_tree(self.elem) != self.elem:
            raise TypeMismatchError(
                f"v.at[i].add adds Reals, and the element of a {self.vec.tree} there is {self.elem}; "
                "write v.at[i].set(x)"
            )
        more = wrap(self.elem, leaves_of(self.elem, x, "what is added to v.at[i]"))
        return self.set(_added(self.elem, self._get(), more))

    def _get(self) -> Any:
        part: Any = self.vec
        for position in self.positions:
            part = part.element(position)
        return part

    def __getattr__(self, name: str) -> Any:
        if name in _PLACE_INSTEAD:
            raise NoAttributeError(
                f"{self.in_words()} has no attribute {name!r}; {_PLACE_INSTEAD[name]}; "
                "a place has set(x) and add(x)"
            )
        raise no_attribute(self, name)

    def in_words(self) -> str:
        """What it is, for errors."""
        return f"a place in a {self.vec.tree}"


# What to write in place of the methods that places have elsewhere.
_PLACE_INSTEAD = {
    "get": "write v[i]",
    "multiply": "write v.at[i].set(v[i] * x)",
    "mul": "write v.at[i].set(v[i] * x)",
    "divide": "write v.at[i].set(v[i] / x)",
    "subtract": "write v.at[i].add(-x)",
    "power": "write v.at[i].set(v[i] ** x)",
    "min": "write v.at[i].set(rose.min(v[i], x))",
    "max": "write v.at[i].set(rose.max(v[i], x))",
    "apply": "write v.at[i].set(f(v[i]))",
}


def _added(tree: Tree, a: Any, b: Any) -> Any:
    """a + b of two values of a tree of Reals."""
    match tree:
        case VecTree(size, elem) if not _is_plain(tree):
            return stack_rows(size, lambda i: _added(elem, a[i], b[i]), "an element")
        case TupleTree(items) | StructTree(items=items):
            parts = zip(items, _items(tree, a), _items(tree, b), strict=True)
            return rebuild(tree, [_added(item, x, y) for item, x, y in parts])
        case _:
            return None if a is None else a + b


def _items(tree: TupleTree | StructTree, value: Any) -> list[Any]:
    """The items of a value of this tree."""
    return items_of(tree, value, AssertionError)


def _is_plain(tree: Tree) -> bool:
    """Whether it is a Real, or Vecs of Reals."""
    return _is_plain(tree.elem) if isinstance(tree, VecTree) else isinstance(tree, RealTree)


METHODS.update(transpose=transpose, at=Places)
