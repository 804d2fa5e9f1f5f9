"""Vecs of traced values, how they are indexed, and the way from leaves to traced values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from rose.errors import IndexRangeError, TracedValueError, TypeMismatchError
from rose.front.absent_operators import SHIFTS, refuse
from rose.front.annotations import GenericVec, vec_tree
from rose.front.attributes import no_attribute
from rose.front.index import Index, Whole
from rose.front.leaves import Leaf, Position, at, empty, from_passed, renamed, sliced
from rose.front.methods import METHODS, Methods
from rose.front.numpy_protocol import call_ufunc, refuse_function
from rose.front.plain import describe_int, is_int, is_list
from rose.front.sizes import SIZED, OpenVec
from rose.front.tracer import Home, current
from rose.front.tree import (
    BoolTree,
    IndexTree,
    NoneTree,
    RawTree,
    RealTree,
    StaticTree,
    StructTree,
    Tree,
    TupleTree,
    VecTree,
    leaf_types,
    passed_types,
    rebuild,
)
from rose.front.values import Bool, Real
from rose.front.words import describe


class Vec(Methods, Sequence[Any]):
    """`Vec[n]` is n Reals, `Vec[n, T]` n values of any type T.

    Indexed by ints (negative ones count from the end), slices, traced indices, and Vecs or lists of indices. Arithmetic,
    comparisons and the logic of Bools are elementwise, scalars broadcast; `@` is the product of Vecs and matrices.

    Raises:
        SignatureError: if, in an annotation, n is no int of at least 0 or T no type.
        IndexRangeError: if an index may lie outside.
        TypeMismatchError: if an operator does not take the elements, or the lengths differ.

    Example:
        >>> fn([Vec[3]])(lambda v: (v[1:] * v[:-1]).sum())([1, 2, 3])
        8.0
    """

    __slots__ = ("_leaves", "home", "tree")

    def __init__(self, tree: VecTree | None = None, leaves: Sequence[Leaf] = ()) -> None:
        if not isinstance(tree, VecTree):  # (users call it)
            raise TypeMismatchError(
                f"Vec is for annotations, and makes no values of {describe(tree)}; "
                "write a list of the elements, or rose.vec(n, lambda i: ...)"
            )
        self.tree = tree
        self._leaves = leaves
        self.home = Home(current())

    @property
    def leaves(self) -> Sequence[Leaf]:
        """Its leaves in the trace under way."""
        if self.home.tracer is current():
            return self._leaves
        return [renamed(leaf, self.home.local) for leaf in self._leaves]

    def __class_getitem__(cls, parameters: Any) -> VecTree | OpenVec | GenericVec:
        return vec_tree(parameters)

    def __len__(self) -> int:
        return self.tree.size

    def __getitem__(self, i: Any) -> Any:
        self.home.enter("Vec")
        if isinstance(i, slice):
            return self._slice(i)
        if isinstance(i, tuple):
            return _nested(self, i)
        if isinstance(i, Vec) or is_list(i):
            return METHODS["gather"](self, i)
        return self.element(self.position(i))

    def element(self, position: Position) -> Any:
        """The element at a place that was checked; in an empty Vec that is one where the trace never runs."""
        if not len(self):
            elem = self.tree.elem
            return wrap_passed(elem, [current().builder.zeros(t) for t in passed_types(elem)])
        return wrap(self.tree.elem, [at(leaf, position) for leaf in self.leaves])

    def position(self, i: Any) -> Position:
        """Where an int or an Index points, which is checked to lie inside."""
        if i.__class__ is int:
            return self._static_position(i)
        return self._static_position(int(i)) if is_int(i) else self._traced_position(i)

    def _slice(self, given: slice) -> Vec:
        bounds = [given.start, given.stop, given.step]
        for bound in bounds:
            if bound is not None and not is_int(bound):
                raise TypeMismatchError(
                    f"the bounds of a slice are ints, given {describe(bound)}; with a traced start write "
                    "rose.vec(3, lambda k: v[i + k])"
                )
        if given.step is not None and int(given.step) == 0:
            raise TypeMismatchError("the step of a slice is not 0; write v[::-1] to reverse a Vec")
        places = range(len(self))[given]
        tree = VecTree(len(places), self.tree.elem)
        if not places:
            return empty_vec(tree)
        return Vec(tree, [sliced(leaf, places) for leaf in self.leaves])

    def _static_position(self, i: int) -> Position:
        size = self.tree.size
        if not size and current().never:
            return 0
        if not -size <= i < size:
            has = f"whose elements are 0 to {size - 1}" if size else "which has no elements"
            raise IndexRangeError(f"index {describe_int(i)} is outside a {self.tree}, {has}")
        return i % size

    def _traced_position(self, i: Any) -> Position:
        size = self.tree.size
        if not isinstance(i, Index):
            raise TypeMismatchError(
                f"a {self.tree} is indexed by an int or a traced Index[{size}], "
                f"given {describe(i)}{_index_hint(i, size)}"
            )
        i.enter()
        if i.size > size:
            instead = (
                f"take it modulo the length: i % {size}, or let i run over {i.size - size} fewer"
                if size
                else "it has no elements: let i run over none, as in rose.vec(len(v), lambda i: v[i])"
            )
            raise IndexRangeError(f"an Index[{i.size}] may lie outside a {self.tree}; {instead}")
        return i.id, max(i.size, 1)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    __array_ufunc__ = call_ufunc
    __array_function__ = refuse_function

    def __getattr__(self, name: str) -> Any:
        elem = self.tree.elem if name != "tree" else None
        if isinstance(elem, StructTree) and name in elem.names:
            size = self.tree.size
            raise TypeMismatchError(
                f"a {self.tree} has no field {name}, but its elements have: write v[i].{name}, "
                f"or rose.vec({size}, lambda i: v[i].{name}) for all of them"
            )
        raise no_attribute(self, name)

    def __hash__(self) -> NoReturn:
        raise TracedValueError("a traced Vec is no key for a dict, a set or a cache")

    def __bool__(self) -> NoReturn:
        raise TracedValueError("a traced Vec has no truth value; use len(v) for its length")

    def __format__(self, spec: str) -> str:
        if spec:
            raise TracedValueError(
                "a traced Vec has no numbers to format; print what the function gives"
            )
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TracedValueError(
            "a traced Vec has no numbers to pickle; pickle what the function gives"
        )

    def __copy__(self) -> Vec:
        return self

    def __deepcopy__(self, memo: Any) -> Vec:
        return self

    def in_words(self) -> str:
        """What it is, for errors."""
        return f"a {self.tree}"

    def __repr__(self) -> str:
        return f"<traced {self.tree}>"


def empty_vec(tree: VecTree) -> Vec:
    """The Vec without scalars of this tree."""
    return Vec(tree, [empty(type.shape) for type in leaf_types(tree)])


SIZED[Vec] = vec_tree
refuse(Vec, "a Vec has no divmod; write v // w and v % w", "divmod rdivmod")
refuse(Vec, "a Vec has no << and >>; write v * 2**n", SHIFTS)
refuse(
    Vec,
    "abs(v) of a Vec is not defined; write rose.abs(v) for elements, rose.norm(v) for its length",
    "abs",
)
refuse(
    Vec, "a Vec is not one number; take an element, as in v[0], or rose.norm(v)", "float int round"
)
refuse(
    Vec,
    "a Vec does not change; make another with one element replaced, as in v.at[i].set(x)",
    "setitem delitem",
)


def _nested(v: Vec, path: tuple[Any, ...]) -> Any:
    """v[i, j, …]: v[i][j]…; after a slice, the rest of the path goes into every element."""
    if any([isinstance(place, Vec) or is_list(place) for place in path]):
        raise TypeMismatchError(
            "a Vec of indices goes alone into the brackets, as in v[indices]; "
            "write rose.map(lambda i: m[i, j], indices) for an element of each row"
        )
    if any([place is None for place in path]):
        v.position(None)  # which says what to write
    first, *rest = path or (slice(None),)
    part = v[first]
    if not rest:
        return part
    if not isinstance(part, Vec):
        raise TypeMismatchError(
            f"a {v.tree} takes 1 index, given {len(path)}: its elements are {v.tree.elem}"
        )
    inner = tuple(rest)

    def of_row(x: Any) -> Any:
        return _row(v, x)[inner]

    return METHODS["elementwise"](of_row, part) if isinstance(first, slice) else part[inner]


def _row(v: Vec, x: Any) -> Vec:
    if not isinstance(x, Vec):
        raise TypeMismatchError(
            f"a {v.tree} takes 1 index or slice, given more: its elements are {v.tree.elem}"
        )
    return x


def _index_hint(i: Any, size: int) -> str:
    """What to write in place of an index that is none."""
    if isinstance(i, Bool):
        return "; write rose.where(b, v, 0.0) for the elements at which b is true"
    if isinstance(i, Whole):
        return (
            f"; a difference may be negative: write (i - 1) % {size} for the one before i in a ring, "
            f"rose.to_index(i - 1, {size}) on a line"
        )
    if isinstance(i, Real):
        return f"; write rose.to_index(x, {size}) for the nearest index to x rounded down"
    if isinstance(i, float):
        return "; write an int, as in v[n // 2]"
    if i is None:
        return "; write [v] for a Vec of one row, rose.map(lambda x: [x], v) for rows of one"
    return "; write : for each dimension, as in m[:, 0]" if i is ... else ""


class RawValue:
    """A residual: kept and passed on, nothing else."""

    __slots__ = ("home", "leaf", "tree")

    def __init__(self, tree: RawTree, leaf: Leaf | int) -> None:
        self.tree = tree
        self.leaf = leaf
        self.home = Home(current())

    def in_words(self) -> str:
        """What it is, for errors."""
        return "a residual"


# --- leaves -> traced values --------------------------------------------------------------------------------


def wrap(tree: Tree, leaves: Sequence[Leaf | int]) -> Any:
    """The traced value of a tree, given its leaves."""
    match tree:
        case RealTree():
            return Real(current(), _scalar(leaves))
        case BoolTree():
            return Bool(current(), _scalar(leaves))
        case IndexTree(size):
            return Index(current(), _scalar(leaves), size)
        case NoneTree():
            return None
        case VecTree():
            return Vec(tree, [leaf for leaf in leaves if not isinstance(leaf, int)])
        case TupleTree(items) | StructTree(items=items):
            return rebuild(tree, [wrap(*part) for part in _split(items, leaves)])
        case RawTree():
            return RawValue(tree, leaves[0])
        case StaticTree():
            return tree.value


def _scalar(leaves: Sequence[Leaf | int]) -> int:
    (leaf,) = leaves
    assert isinstance(leaf, int), "a scalar's leaf is one IR value"
    return leaf


def _split(items: Sequence[Tree], leaves: Sequence[Any]) -> Iterator[tuple[Tree, Sequence[Any]]]:
    """Each item's tree with its share of the leaves."""
    start = 0
    for item in items:
        stop = start + len(leaf_types(item))
        yield item, leaves[start:stop]
        start = stop


def wrap_passed(tree: Tree, values: Sequence[int]) -> Any:
    """The traced value of a tree, given the IR values that it is passed as."""
    leaves: list[Leaf | int] = []
    start = 0
    for type in leaf_types(tree):
        stop = start + len(type.passed_as)
        leaves.append(from_passed(type, values[start:stop]))
        start = stop
    return wrap(tree, leaves)
