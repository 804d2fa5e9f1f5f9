"""Vecs and structures of traced values, and the way from and to Python values and leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import is_dataclass
from typing import Any, NoReturn

from rose.errors import IndexRangeError, TracedValueError, TypeMismatchError
from rose.front.leaves import Items, Leaf, Position, Stored, at, from_passed, materialize, to_passed
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
    StructTree,
    Tree,
    TupleTree,
    VecTree,
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
    DIVISIONS,
    LOGIC,
    REMAINDERS,
    Bool,
    Index,
    Real,
    Traced,
    arithmetic,
    describe_int,
    is_bool,
    is_int,
    is_number,
    not_computed,
    refuse,
    to_bool,
    to_float,
    to_index,
    to_real,
)
from rose.ir.types import REAL, Array
from rose.ir.types import Index as IndexType

SMALL_UNROLLED = (
    4  # Vecs up to this length are computed with element by element, longer ones in a loop
)


def _forward(name: str) -> Callable[[Vec, Any], Any]:
    return lambda self, other: vec_arithmetic(name, self, other)


def _reversed(name: str) -> Callable[[Vec, Any], Any]:
    return lambda self, other: vec_arithmetic(name, other, self)


class Vec(Sequence[Any]):
    """`Vec[n]` is n Reals, `Vec[n, T]` n values of any type T.

    Indexed by ints (negative ones count from the end) and by traced indices; added, subtracted, multiplied
    and divided elementwise, scalars broadcast.
    """

    __slots__ = ("home", "leaves", "tree")

    def __init__(self, tree: VecTree, leaves: Sequence[Leaf] = ()) -> None:
        if not isinstance(tree, VecTree):
            raise TypeMismatchError(
                f"Vec is for annotations, and makes no values of {describe(tree)}; "
                "write a list of the elements, or rose.vec(n, lambda i: ...)"
            )
        self.tree = tree
        self.leaves = leaves
        self.home = Home(current())

    def __class_getitem__(cls, parameters: Any) -> VecTree:
        return vec_tree(parameters)

    def __len__(self) -> int:
        return self.tree.size

    def __getitem__(self, i: Any) -> Any:
        self.home.enter("Vec")
        position = self._static_position(int(i)) if is_int(i) else self._traced_position(i)
        return wrap(self.tree.elem, [at(leaf, position) for leaf in self.leaves])

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

    __add__, __radd__ = _forward("add"), _reversed("add")
    __sub__, __rsub__ = _forward("sub"), _reversed("sub")
    __mul__, __rmul__ = _forward("mul"), _reversed("mul")
    __truediv__, __rtruediv__ = _forward("div"), _reversed("div")
    __pow__, __rpow__ = _forward("pow"), _reversed("pow")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **_: Any) -> Any:
        """NumPy leaves its arithmetic with a Vec to us, and does nothing else with it."""
        name = _UFUNCS.get(ufunc.__name__)
        if name is None or method != "__call__":
            called = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
            raise TypeMismatchError(
                f"numpy.{called} takes no traced Vec; use the functions of rose, "
                "as in rose.sum(v) and rose.dot(v, w)"
            )
        return vec_arithmetic(name, *inputs)

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


_UFUNCS = {"add": "add", "subtract": "sub", "multiply": "mul", "divide": "div", "power": "pow"}

refuse(
    Vec,
    "Vecs are not compared as wholes; compare their elements, as in v[0] < w[0]",
    "lt le gt ge eq ne",
)
refuse(Vec, "a Vec has no @; write rose.dot(v, w), of two Vecs of Reals", "matmul rmatmul")
refuse(Vec, "a Vec has no //, % and divmod", f"{DIVISIONS} {REMAINDERS}")
refuse(Vec, "a Vec has no & | ^ ~; write rose.vec(n, lambda i: v[i] & w[i])", LOGIC)
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
    "a Vec does not change; make another, as in rose.vec(len(v), lambda i: rose.where(i == 0, x, v[i]))",
    "setitem delitem",
)


def _negative(x: Any) -> Any:
    if not isinstance(x, Real | Index | Vec):
        raise TypeMismatchError(f"cannot compute -x of {describe(x)}")
    return -x


def _index_hint(i: Any, size: int) -> str:
    """What to write in place of an index that is none."""
    if isinstance(i, Real):
        return f"; Reals and i - 1 are no indices: write (i + {size - 1}) % {size} for the one before i"
    if isinstance(i, tuple):
        return "; write v[i][j]"
    if isinstance(i, slice):
        return "; write a list of the elements, as in [v[k] for k in range(2)]"
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
    if isinstance(value, tuple):
        return TupleTree(tuple(infer(item, what) for item in value))
    items = _sequence(value)
    if items:
        trees = {infer(item, what) for item in items}
        if len(trees) == 1:
            return VecTree(len(items), trees.pop())
        raise mismatch(f"{what}: the elements of a Vec are of one type, given {_names(trees)}")
    raise mismatch(f"{what}: expected numbers, Vecs or structures of them, given {describe(value)}")


def _as_held(declared: Tree, value: Any, what: str) -> Tree:
    """The declared tree of a structure, but for what its fields hold instead.

    A tangent has None in place of a Bool or an index, a Jacobian a Vec or a structure in place of a Real.
    """
    if isinstance(declared, StructTree) and isinstance(value, declared.cls):
        pairs = zip(declared.names, declared.items, strict=True)
        items = tuple(_as_held(tree, getattr(value, name), what) for name, tree in pairs)
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
            return [value.leaf]


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
    items = _sequence(value)
    if items is None or len(items) != tree.size:
        given = describe(value) if items is None else counted(len(items), "element")
        raise mismatch(f"{what}: expected a {tree}, given {given}")
    if tree.elem == REAL_TREE and tree.size > SMALL_UNROLLED and not _any_traced(items):
        constant = tuple(_number(item, f"{what}, element {k}") for k, item in enumerate(items))
        return [Stored(current().const(constant, Array(REAL, (tree.size,))))]
    rows = [leaves_of(tree.elem, item, f"{what}, element {k}") for k, item in enumerate(items)]
    return [Items(tuple(parts)) for parts in zip(*rows, strict=True)]


def _sequence(value: Any) -> Sequence[Any] | None:
    if isinstance(value, list | tuple):
        return list(value)
    return list(value) if hasattr(value, "__array__") and getattr(value, "shape", None) else None


def _any_traced(items: Sequence[Any]) -> bool:
    return any(isinstance(item, Traced) for item in items)


def _number(item: Any, what: str) -> float:
    if not is_number(item):
        raise mismatch(f"{what}: expected a Real, given {describe(item)}")
    return to_float(item)


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

    if size > SMALL_UNROLLED and all(isinstance(leaf, Stored) for x in vecs for leaf in x.leaves):
        return stack_rows(size, element, "an element")
    return to_vec([element(i) for i in range(size)])


def vec_arithmetic(name: str, a: Any, b: Any) -> Any:
    """a ∘ b elementwise, at least one of them a Vec; lists and arrays of numbers count as Vecs."""

    def scalar(x: Any, y: Any) -> Any:
        both = isinstance(x, Vec) or isinstance(y, Vec)
        return vec_arithmetic(name, x, y) if both else arithmetic(name, x, y)

    if not (_is_operand(a) and _is_operand(b)):
        raise not_computed(name, a, b)
    return elementwise(scalar, _broadcastable(a), _broadcastable(b))


def _is_operand(x: Any) -> bool:
    return isinstance(x, Vec) or is_number(x) or bool(_sequence(x))


def _broadcastable(x: Any) -> Any:
    items = None if isinstance(x, Vec) else _sequence(x)
    return x if items is None else to_vec(items)
