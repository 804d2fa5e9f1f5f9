"""Vecs and structures of traced values, and the way from and to Python values and leaves."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import is_dataclass
from typing import Any, NoReturn

from rose.errors import IndexRangeError, TracedValueError, TypeMismatchError
from rose.front.index import Index, plain_index, to_index
from rose.front.leaves import (
    SMALL_UNROLLED,
    Items,
    Leaf,
    Position,
    Stored,
    at,
    from_passed,
    materialize,
    renamed,
    renamed_part,
    sliced,
    to_passed,
)
from rose.front.numpy_protocol import call_ufunc, refuse_function
from rose.front.sizes import SIZED, OpenVec
from rose.front.tracer import Home, current
from rose.front.tree import (
    BOOL_TREE,
    NONE_TREE,
    REAL_TREE,
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
    check_static,
    counted,
    describe,
    item_names,
    items_of,
    leaf_types,
    mismatch,
    rebuild,
    to_tree,
    vec_tree,
)
from rose.front.values import (
    Bool,
    Real,
    Traced,
    describe_int,
    is_bool,
    is_int,
    is_number,
    not_compared,
    not_computed,
    refuse,
    to_bool,
    to_float,
    to_real,
)
from rose.ir.types import Array
from rose.ir.types import Index as IndexType

# What Vec's methods do, by name: filled by the modules array_*.py, which are written in terms of Vecs themselves.
METHODS: dict[str, Callable[..., Any]] = {}


def _forward(name: str) -> Callable[[Vec, Any], Any]:
    return lambda self, other: vec_operator(name, self, other)


def _reversed(name: str) -> Callable[[Vec, Any], Any]:
    return lambda self, other: vec_operator(name, other, self)


class Vec(Sequence[Any]):
    """`Vec[n]` is n Reals, `Vec[n, T]` n values of any type T.

    Indexed by ints (negative ones count from the end), slices and traced indices. Arithmetic, comparisons and
    the logic of Bools are elementwise, scalars broadcast; `@` is the product of Vecs and matrices.

    Raises:
        SignatureError: if, in an annotation, n is no int of at least 1 or T no type.
        IndexRangeError: if an index may lie outside, or a slice is empty.
        TypeMismatchError: if an operator does not take the elements, or the lengths differ.

    Example:
        `def total(v: Vec[9]) -> Real: return (v[1:] * v[:-1]).sum()`
    """

    __slots__ = ("_leaves", "home", "tree")

    def __init__(self, tree: VecTree, leaves: Sequence[Leaf] = ()) -> None:
        if not isinstance(tree, VecTree):  # pyright: ignore[reportUnnecessaryIsInstance] (users call it)
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

    def __class_getitem__(cls, parameters: Any) -> VecTree | OpenVec:
        return vec_tree(parameters)

    def __len__(self) -> int:
        return self.tree.size

    def __getitem__(self, i: Any) -> Any:
        self.home.enter("Vec")
        if isinstance(i, slice):
            return self._slice(i)
        if isinstance(i, tuple):
            return _nested(self, i)
        return self.element(self.position(i))

    def element(self, position: Position) -> Any:
        """The element at a place that was checked."""
        return wrap(self.tree.elem, [at(leaf, position) for leaf in self.leaves])

    def position(self, i: Any) -> Position:
        """Where an int or an Index points, which is checked to lie inside."""
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
        if not places:
            given_bounds = bounds if given.step is not None else bounds[:2]
            written = ":".join("" if bound is None else str(int(bound)) for bound in given_bounds)
            raise IndexRangeError(
                f"the slice [{written}] of a {self.tree} is empty, and a Vec has at least 1 element"
            )
        tree = VecTree(len(places), self.tree.elem)
        return Vec(tree, [sliced(leaf, places) for leaf in self.leaves])

    def _static_position(self, i: int) -> Position:
        size = self.tree.size
        if not -size <= i < size:
            raise IndexRangeError(
                f"index {describe_int(i)} is outside a {self.tree}, whose elements are 0 to {size - 1}"
            )
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
            raise IndexRangeError(
                f"an Index[{i.size}] may lie outside a {self.tree}; take it modulo the length: "
                f"i % {size}"
            )
        return i.id, i.size

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __neg__(self) -> Vec:
        return elementwise(_negative, self)

    def __pos__(self) -> Vec:
        return self

    def __invert__(self) -> Vec:
        return elementwise(_inverted, self)

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

    __array_ufunc__ = call_ufunc
    __array_function__ = refuse_function

    @property
    def T(self) -> Vec:  # noqa: N802 (its name in mathematics and in NumPy)
        """The transpose: of a Vec[n, Vec[m, T]] the Vec[m, Vec[n, T]].

        Raises:
            TypeMismatchError: if the elements are no Vecs.

        Example:
            `m.T[j][i]` is `m[i][j]`.
        """
        return METHODS["transpose"](self)  # type: ignore[no-any-return]

    @property
    def at(self) -> Any:
        """Places to update: `v.at[i].set(x)` is a Vec like v with x at i, `v.at[i].add(x)` one with x added there.

        i is an int or a traced Index; `v.at[i, j]` is a place in a nested Vec. v itself does not change.

        Raises:
            IndexRangeError: if the place may lie outside.
            TypeMismatchError: if x is not of the type of the elements; with `add`, if they are no Reals.

        Example:
            `rose.loop(3, v, lambda t, w: w.at[t].set(0.0))`
        """
        return METHODS["at"](self)

    def sum(self) -> Any:
        """The sum of the elements, as `rose.sum(v)`: Reals, Vecs or structures of Reals.

        Raises:
            TypeMismatchError: if they cannot be added.

        Example:
            `v.sum() / len(v)`
        """
        return METHODS["sum"](self)

    def prod(self) -> Any:
        """The product of the elements, as `rose.prod(v)`: Reals, or Vecs of Reals elementwise.

        Raises:
            TypeMismatchError: if they are none.

        Example:
            `v[:3].prod()`
        """
        return METHODS["prod"](self)

    def min(self) -> Any:
        """The least element, as `rose.min(v)`: of Reals, or of Vecs of Reals elementwise; nan if one is nan.

        Raises:
            TypeMismatchError: if they are none.

        Example:
            `v - v.min()`
        """
        return METHODS["min"](self)

    def max(self) -> Any:
        """The largest element, as `rose.max(v)`: of Reals, or of Vecs of Reals elementwise; nan if one is nan.

        Raises:
            TypeMismatchError: if they are none.

        Example:
            `v / v.max()`
        """
        return METHODS["max"](self)

    def argmin(self) -> Index:
        """Where the least of n Reals is, as an Index[n]: the first of equal ones, as `rose.argmin(v)`.

        Raises:
            TypeMismatchError: if it is no Vec of Reals.

        Example:
            `w[v.argmin()]`
        """
        return METHODS["argmin"](self)  # type: ignore[no-any-return]

    def argmax(self) -> Index:
        """Where the largest of n Reals is, as an Index[n]: the first of equal ones, as `rose.argmax(v)`.

        Raises:
            TypeMismatchError: if it is no Vec of Reals.

        Example:
            `w[v.argmax()]`
        """
        return METHODS["argmax"](self)  # type: ignore[no-any-return]

    def any(self) -> Any:
        """Whether one of the Bools is true, as `rose.any(v)`; elementwise for Vecs of Bools.

        Raises:
            TypeMismatchError: if they are no Bools.

        Example:
            `(v < 0).any()`
        """
        return METHODS["any"](self)

    def all(self) -> Any:
        """Whether all of the Bools are true, as `rose.all(v)`; elementwise for Vecs of Bools.

        Raises:
            TypeMismatchError: if they are no Bools.

        Example:
            `(v >= 0).all()`
        """
        return METHODS["all"](self)

    def mean(self) -> Any:
        """The sum of the elements divided by their number, as `rose.mean(v)`: Reals, or Vecs of Reals.

        Raises:
            TypeMismatchError: if they are none.

        Example:
            `v - v.mean()`
        """
        return METHODS["mean"](self)

    def norm(self) -> Real:
        """The Euclidean length of a Vec of Reals, as `rose.norm(v)`; its gradient at 0 is 0.

        Raises:
            TypeMismatchError: if it is no Vec of Reals.

        Example:
            `v / v.norm()`
        """
        return METHODS["norm"](self)  # type: ignore[no-any-return]

    def __getattr__(self, name: str) -> Any:
        elem = self.tree.elem if name != "tree" else None
        if isinstance(elem, StructTree) and name in elem.names:
            size = self.tree.size
            raise TypeMismatchError(
                f"a {self.tree} has no field {name}, but its elements have: write v[i].{name}, "
                f"or rose.vec({size}, lambda i: v[i].{name}) for all of them"
            )
        raise AttributeError(f"a Vec has no attribute {name!r}")

    def __hash__(self) -> NoReturn:
        raise TracedValueError("a traced Vec is no key for a dict, a set or a cache")

    def __bool__(self) -> NoReturn:
        raise TracedValueError("a traced Vec has no truth value; use len(v) for its length")

    def __copy__(self) -> Vec:
        return self

    def __deepcopy__(self, memo: Any) -> Vec:
        return self

    def in_words(self) -> str:
        """What it is, for errors."""
        return f"a {self.tree}"

    def __repr__(self) -> str:
        return f"<traced {self.tree}>"


SIZED[Vec] = vec_tree
refuse(Vec, "a Vec has no divmod; write v // w and v % w", "divmod rdivmod")
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


def _negative(x: Any) -> Any:
    if not isinstance(x, Real | Index | Vec):
        raise TypeMismatchError(f"cannot compute -x of {describe(x)}")
    return -x


def _inverted(x: Any) -> Any:
    if not isinstance(x, Bool | Vec):
        raise TypeMismatchError(f"~ is for Bools and Vecs of Bools, given a Vec of {describe(x)}")
    return ~x


def _nested(v: Vec, path: tuple[Any, ...]) -> Any:
    """v[i, j, …]: v[i][j]…; after a slice, the rest of the path goes into every element."""
    first, *rest = path or (slice(None),)
    part = v[first]
    if not rest:
        return part
    if not isinstance(part, Vec):
        raise TypeMismatchError(
            f"a {v.tree} takes 1 index, given {len(path)}: its elements are {v.tree.elem}"
        )
    inner = tuple(rest)
    return (
        elementwise(lambda x: _row(v, x)[inner], part) if isinstance(first, slice) else part[inner]
    )


def _row(v: Vec, x: Any) -> Vec:
    if not isinstance(x, Vec):
        raise TypeMismatchError(
            f"a {v.tree} takes 1 index or slice, given more: its elements are {v.tree.elem}"
        )
    return x


def _index_hint(i: Any, size: int) -> str:
    """What to write in place of an index that is none."""
    if isinstance(i, Real):
        return f"; Reals and i - 1 are no indices: write (i - 1) % {size} for the one before i"
    return ""


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


# --- leaves -> traced values ------------------------------------------------------------------------------


def wrap(tree: Tree, leaves: Sequence[Leaf | int]) -> Any:
    """The traced value of a tree, given its leaves."""
    match tree:
        case RealTree():
            return Real(current(), _scalar(leaves))
        case BoolTree():
            return Bool(current(), _scalar(leaves))
        case IndexTree():
            return Index(current(), _scalar(leaves))
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
    leaves, start = [], 0
    for type in leaf_types(tree):
        stop = start + len(type.passed_as)
        leaves.append(from_passed(type, values[start:stop]))
        start = stop
    return wrap(tree, leaves)


# --- Python or traced values -> leaves --------------------------------------------------------------------


def infer(value: Any, what: str) -> Tree:
    """The tree of a value: numbers are Reals, lists and arrays Vecs, tuples tuples.

    Raises:
        TypeMismatchError: if it is not a value of the language; `what` names it.
    """
    match value:
        case None:
            return NONE_TREE
        case Real():
            return REAL_TREE
        case Bool():
            return BOOL_TREE
        case Index():
            return IndexTree(value.size)
        case Vec() | RawValue():
            return value.tree
        case _:
            return _infer_python(value, what)


def _infer_python(value: Any, what: str) -> Tree:
    """`infer` of what is not traced, or holds traced values."""
    if is_number(value):
        return REAL_TREE
    if is_bool(value):
        return BOOL_TREE
    if (is_dataclass(value) or hasattr(value, "_fields")) and not isinstance(value, type):
        return _as_held(to_tree(type(value), what), value, what)
    if isinstance(value, dict):
        return _infer_dict(value, what)
    if isinstance(value, tuple):
        return TupleTree(tuple(infer(item, what) for item in value))
    scalar = _KINDS.get(getattr(getattr(value, "dtype", None), "kind", None))
    shape: tuple[int, ...] = getattr(value, "shape", (0,))
    if scalar is not None and all(shape):
        return _array_tree(shape, scalar)
    items = sequence(value)
    if items:
        trees = {infer(item, what) for item in items}
        if len(trees) == 1:
            return VecTree(len(items), trees.pop())
        raise mismatch(f"{what}: the elements of a Vec are of one type, given {_names(trees)}")
    raise mismatch(f"{what}: expected numbers, Vecs or structures of them, given {describe(value)}")


# What the elements of a NumPy array are, by the kind of its dtype.
_KINDS: dict[Any, Tree] = {"f": REAL_TREE, "i": REAL_TREE, "u": REAL_TREE, "b": BOOL_TREE}


def _array_tree(shape: Sequence[int], elem: Tree) -> Tree:
    for size in reversed(shape):
        elem = VecTree(size, elem)
    return elem


def _infer_dict(value: dict[Any, Any], what: str) -> StructTree:
    for key in value:
        if not isinstance(key, str):
            raise mismatch(f"{what}: the keys of a dict are strings, given {describe(key)}")
    items = [infer(item, what) for item in value.values()]
    return StructTree(dict, tuple(value), tuple(items))


def _as_held(declared: Tree, value: Any, what: str) -> Tree:
    """The declared tree of a structure, but for what its fields hold instead.

    A tangent has None in place of a Bool or an index, a Jacobian a Vec or a structure in place of a Real.
    """
    if isinstance(declared, StructTree) and isinstance(value, declared.cls):
        held = value if isinstance(value, dict) else {n: getattr(value, n) for n in declared.names}
        pairs = zip(declared.names, declared.items, strict=True)
        items = tuple(_as_held(tree, held[name], what) for name, tree in pairs)
        return StructTree(declared.cls, declared.names, items)
    if value is None:
        return NONE_TREE
    if isinstance(value, Vec):
        return value.tree
    is_scalar = isinstance(declared, RealTree | BoolTree | IndexTree)
    return infer(value, what) if is_scalar and isinstance(value, list | tuple) else declared


def _names(trees: set[Tree]) -> str:
    return " and ".join(sorted(map(str, trees)))


def leaves_of(tree: Tree, value: Any, what: str) -> list[Leaf | int]:
    """The leaves of a value that should be of this tree; constants are emitted for numbers.

    Raises:
        TypeMismatchError: if it is not of this tree; `what` names it.
        IndexRangeError: if a number given for an Index is out of range.
    """
    match tree:
        case RealTree() | BoolTree() | IndexTree():
            return [_scalar_leaf(tree, value, what)]
        case NoneTree():
            if value is not None:
                raise mismatch(f"{what}: expected None, given {describe(value)}")
            return []
        case VecTree():
            return list(_vec_leaves(tree, value, what))
        case TupleTree(items) | StructTree(items=items):
            values = items_of(tree, value, lambda why: mismatch(f"{what}: {why}"))
            parts = zip(items, values, item_names(tree), strict=True)
            return [leaf for t, x, name in parts for leaf in leaves_of(t, x, f"{what}, {name}")]
        case RawTree():
            if not isinstance(value, RawValue) or value.tree != tree:
                raise mismatch(f"{what}: expected what the forward function of this vjp gave")
            value.home.enter("residual")
            return [renamed_part(value.leaf, value.home.local)]
        case StaticTree():
            check_static(tree, value, lambda why: mismatch(f"{what}: {why}"))
            return []


def _scalar_leaf(tree: RealTree | BoolTree | IndexTree, value: Any, what: str) -> int:
    try:
        match tree:
            case RealTree():
                return to_real(value)
            case BoolTree():
                return to_bool(value)
            case IndexTree(size):
                return to_index(value, size)[0]
    except (TypeMismatchError, IndexRangeError) as error:
        raise type(error)(f"{what}: {error.message}") from None


def _vec_leaves(tree: VecTree, value: Any, what: str) -> Sequence[Leaf]:
    if isinstance(value, Vec):
        value.home.enter("Vec")
        if value.tree == tree:
            return value.leaves
        if value.tree.size == tree.size:
            value = list(value)
    items = sequence(value)
    if items is None or len(items) != tree.size:
        given = describe(value) if items is None else counted(len(items), "element")
        raise mismatch(f"{what}: expected a {tree}, given {given}")
    constant = _constant_leaf(tree, items, what)
    if constant is not None:
        return [constant]
    rows = [leaves_of(tree.elem, item, f"{what}, element {k}") for k, item in enumerate(items)]
    return [Items(tuple(parts)) for parts in zip(*rows, strict=True)]


def _constant_leaf(tree: VecTree, items: Sequence[Any], what: str) -> Leaf | None:
    """One constant array of more than a few numbers, Bools or indices, in Vecs in Vecs; None if some are traced."""
    shape: list[int] = []
    elem: Tree = tree
    while isinstance(elem, VecTree):
        shape.append(elem.size)
        elem = elem.elem
    if math.prod(shape) <= SMALL_UNROLLED:
        return None
    if not isinstance(elem, RealTree | BoolTree | IndexTree):
        return None
    flat: list[Any] = []
    if not _flatten(tree, items, what, flat):
        return None
    (leaf,) = leaf_types(tree)
    return Stored(current().const(tuple(flat), Array(leaf.elem, tuple(shape))))


def _flatten(tree: VecTree, items: Sequence[Any], what: str, flat: list[Any]) -> bool:
    """Append the constants of a sequence, checked; False if one of them is no constant, or no sequence of the size."""
    elem = tree.elem
    if isinstance(elem, VecTree):
        for k, item in enumerate(items):
            row = None if isinstance(item, Vec) else sequence(item)
            if row is None or len(row) != elem.size:
                return False
            if not _flatten(elem, row, f"{what}, element {k}", flat):
                return False
        return True
    if any([isinstance(item, Traced) for item in items]):
        return False
    flat += [_constant(elem, item, f"{what}, element {k}") for k, item in enumerate(items)]
    return True


def _constant(tree: Tree, item: Any, what: str) -> float | bool | int:
    """A plain value of a scalar's tree; errors as for `leaves_of`."""
    match tree:
        case IndexTree(size):
            try:
                return plain_index(item, size)
            except (TypeMismatchError, IndexRangeError) as error:
                raise type(error)(f"{what}: {error.message}") from None
        case BoolTree():
            if not is_bool(item):
                raise mismatch(f"{what}: expected a Bool, given {describe(item)}")
            return bool(item)
        case _:
            if not is_number(item):
                raise mismatch(f"{what}: expected a Real, given {describe(item)}")
            return to_float(item)


def sequence(value: Any) -> Sequence[Any] | None:
    """The elements of a list, a tuple or an array; None of anything else."""
    if isinstance(value, list | tuple):
        return list(value)
    return list(value) if hasattr(value, "__array__") and getattr(value, "shape", None) else None


def passed(tree: Tree, value: Any, what: str) -> list[int]:
    """The IR values that a value of this tree is passed as; errors as for `leaves_of`."""
    pairs = zip(leaf_types(tree), leaves_of(tree, value, what), strict=True)
    return [v for type, leaf in pairs for v in to_passed(type, leaf)]


def to_vec(items: Sequence[Any]) -> Vec:
    """A Vec of the given elements, which may be traced, numbers or sequences."""
    tree = infer(list(items), "the elements of a Vec")
    assert isinstance(tree, VecTree), "a list is inferred as a Vec"
    return wrap(tree, leaves_of(tree, items, "a Vec"))  # type: ignore[no-any-return]


# --- elementwise ------------------------------------------------------------------------------------------


def stack_rows(size: int, body: Callable[[Index], Any], what: str) -> Vec:
    """[body(0), …, body(size - 1)], traced once as a loop with independent iterations."""
    builder = current().builder
    with builder.block([IndexType(size)]) as block:
        value = body(Index(current(), block.params[0]))
        elem = infer(value, what)
        if not leaf_types(elem):
            raise mismatch(f"{what} is {elem}, of which there is no Vec; does it return its value?")
        leaves = leaves_of(elem, value, what)
        rows = [leaf if isinstance(leaf, int) else materialize(leaf) for leaf in leaves]
    stacks = builder.loop(size, (), block.close(rows))
    return Vec(VecTree(size, elem), [Stored(stack) for stack in stacks])


def elementwise(function: Callable[..., Any], *operands: Any) -> Vec:
    """A function of scalars applied to Vecs of equal length, element by element; scalars broadcast."""
    vecs = [x for x in operands if isinstance(x, Vec)]
    for x in operands:
        if isinstance(x, Vec | Traced):
            x.home.enter("Vec" if isinstance(x, Vec) else x.kind)
    size = len(vecs[0])
    for other in vecs[1:]:
        if len(other) != size:
            raise TypeMismatchError(
                "elementwise arithmetic needs Vecs of one length, given "
                f"a {vecs[0].tree} and a {other.tree}"
            )

    def element(i: Any) -> Any:
        return function(*[x[i] if isinstance(x, Vec) else x for x in operands])

    if size > SMALL_UNROLLED and not any(
        isinstance(leaf, Items) for x in vecs for leaf in x.leaves
    ):
        return stack_rows(size, element, "an element")
    return to_vec([element(i) for i in range(size)])


# The operators between elements.
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "floor_divide": operator.floordiv,
    "mod": operator.mod,
    "pow": operator.pow,
}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
}
_LOGIC: dict[str, Callable[[Any, Any], Any]] = {
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
}


def vec_operator(name: str, a: Any, b: Any) -> Vec:
    """a ∘ b elementwise, at least one of them a Vec; lists and arrays count as Vecs, scalars go with every element.

    Raises:
        TypeMismatchError: if the operator does not take the elements, or the Vecs have different lengths.
    """
    takes: Callable[[Any], bool]
    if name in _LOGIC:
        apply, takes, refusal = _LOGIC[name], is_bool, _not_logic
    elif name in _COMPARISONS:
        apply, takes, refusal = _COMPARISONS[name], _is_scalar, not_compared
    else:
        apply, takes, refusal = _ARITHMETIC[name], is_number, not_computed

    def element(x: Any, y: Any) -> Any:
        if isinstance(x, Vec) or isinstance(y, Vec) or (takes(x) and takes(y)):
            return apply(x, y)
        raise refusal(name, x, y)

    for x in (a, b):
        if not (isinstance(x, Vec) or takes(x) or bool(sequence(x))):
            raise refusal(name, a, b)
    return elementwise(element, broadcastable(a), broadcastable(b))


def _is_scalar(x: Any) -> bool:
    return is_number(x) or is_bool(x)


def _not_logic(name: str, a: Any, b: Any) -> TypeMismatchError:
    sign = {"and": "&", "or": "|", "xor": "^"}[name]
    return TypeMismatchError(
        f"& | ^ are for Bools and Vecs of Bools, given {describe(a)} {sign} {describe(b)}"
    )


def broadcastable(x: Any) -> Any:
    """A list or an array as a Vec; anything else as it is."""
    items = None if isinstance(x, Vec) else sequence(x)
    return x if items is None else to_vec(items)
