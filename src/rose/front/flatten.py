"""From Python or traced values to leaves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rose.errors import IndexRangeError, TypeMismatchError
from rose.front.annotations import generic_struct, structure_fields, to_tree
from rose.front.generics import variables_of
from rose.front.index import Index, plain_index, to_index
from rose.front.leaves import SMALL_UNROLLED, Items, Leaf, Stored, renamed_part, to_passed
from rose.front.plain import is_list, to_float
from rose.front.statics import check_static
from rose.front.structures import is_dataclass
from rose.front.traced import Traced
from rose.front.tracer import current
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
    item_names,
    items_of,
    leaf_types,
)
from rose.front.values import Bool, Real, is_bool, is_number, to_bool, to_real
from rose.front.vec import RawValue, Vec, empty_vec, wrap
from rose.front.words import counted, describe, mismatch
from rose.ir.types import Array


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
        return _as_held(declared_tree(value, what), value, what)
    if isinstance(value, dict):
        return _infer_dict(value, what)
    if isinstance(value, tuple):
        return TupleTree(tuple(infer(item, what) for item in value))
    scalar = _KINDS.get(getattr(getattr(value, "dtype", None), "kind", None))
    shape: tuple[int, ...] = getattr(value, "shape", ())
    if scalar is not None and shape:
        return _array_tree(shape, scalar)
    items = sequence(value)
    if items is not None:
        trees = {infer(item, what) for item in items} or {REAL_TREE}
        if len(trees) == 1:
            return VecTree(len(items), trees.pop())
        raise mismatch(f"{what}: the elements of a Vec are of one type, given {_names(trees)}")
    raise mismatch(
        f"{what}: expected numbers, Vecs or structures of them, given {describe(value)}{_instead(value)}"
    )


def _instead(value: Any) -> str:
    """What to write in place of what is no value of the language, where something is near."""
    if isinstance(value, type):
        return f"; make a value of it, as in {value.__name__}(...)"
    if callable(value) and hasattr(value, "__name__"):
        return "; call it first, as in f(x)"
    if isinstance(value, str | bytes):
        return ""
    if hasattr(value, "__iter__"):
        return "; write [*values] for a Vec of its elements"
    return "; make its class a dataclass" if hasattr(value, "__dict__") else ""


def declared_tree(value: Any, what: str) -> Tree:
    """The tree of a structure's class; what the type variables of a generic one stand for, the value says."""
    cls = type(value)
    names = structure_fields(cls)
    if names is None or not variables_of(cls):
        return to_tree(cls, what)
    return generic_struct(
        cls, names, lambda name: infer(getattr(value, name), f"{what}, field {name}")
    )


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
        fields = tuple(_as_held(tree, held[name], what) for name, tree in pairs)
        return StructTree(declared.cls, declared.names, fields)
    if value is None:
        return NONE_TREE
    if isinstance(value, Vec):
        return value.tree
    if isinstance(declared, TupleTree) and isinstance(value, tuple):
        if len(value) != len(declared.items):
            return declared
        held_items = zip(declared.items, value, strict=True)
        return TupleTree(tuple(_as_held(tree, item, what) for tree, item in held_items))
    items = sequence(value)
    if isinstance(declared, VecTree) and items:
        trees = {_as_held(declared.elem, item, what) for item in items}
        return VecTree(declared.size, trees.pop()) if len(trees) == 1 else declared
    is_scalar = isinstance(declared, RealTree | BoolTree | IndexTree)
    has_parts = isinstance(value, list | tuple | dict) or is_dataclass(value)
    return infer(value, what) if is_scalar and has_parts else declared


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
    if not items:
        return empty_vec(tree).leaves
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
    return list(value) if is_list(value) else None


def passed(tree: Tree, value: Any, what: str) -> list[int]:
    """The IR values that a value of this tree is passed as; errors as for `leaves_of`."""
    pairs = zip(leaf_types(tree), leaves_of(tree, value, what), strict=True)
    return [v for type, leaf in pairs for v in to_passed(type, leaf)]


def to_vec(items: Sequence[Any]) -> Vec:
    """A Vec of the given elements, which may be traced, numbers or sequences."""
    tree = infer(list(items), "a list")
    assert isinstance(tree, VecTree), "a list is inferred as a Vec"
    return wrap(tree, leaves_of(tree, items, "a Vec"))  # type: ignore[no-any-return]
