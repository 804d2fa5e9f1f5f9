"""Functions of scalars applied to Vecs, element by element."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

from rose.errors import TypeMismatchError
from rose.front import typed
from rose.front.flatten import infer, leaves_of, sequence, to_vec
from rose.front.index import Index, iterations
from rose.front.leaves import SMALL_UNROLLED, Items, from_stacks, is_empty, rows_of
from rose.front.methods import METHODS
from rose.front.plain import is_list, is_plain_list
from rose.front.traced import Traced
from rose.front.tracer import current
from rose.front.tree import NONE_TREE, VecTree, leaf_types
from rose.front.values import Bool, Real, is_bool, is_number, not_compared, not_computed
from rose.front.vec import Vec
from rose.front.words import describe, mismatch


def stack_rows(size: int, body: Callable[[Index], Any], what: str) -> Vec:
    """[body(0), …, body(size - 1)], traced once as a loop with independent iterations."""
    with iterations(size) as (block, i):
        value = body(i)
        elem = infer(value, what)
        if elem == NONE_TREE:
            raise mismatch(f"{what} is None, of which there is no Vec; does it return its value?")
        rows = rows_of(leaves_of(elem, value, what))
    tree = VecTree(size, elem)
    stacks = current().builder.loop(size, (), block.close(rows)) if size and rows else ()
    return Vec(tree, from_stacks(leaf_types(tree), stacks))


def elementwise(function: typed.Function[Any], *operands: Any) -> Vec:
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

    if not size or (size > SMALL_UNROLLED and not any(map(_has_items, vecs))):
        return stack_rows(size, element, "an element")
    return to_vec([element(i) for i in range(size)])


def _has_items(v: Vec) -> bool:
    """Whether scalars of a Vec are known one by one."""
    return any(isinstance(leaf, Items) and not is_empty(leaf) for leaf in v.leaves)


def gather(v: Vec, places: Any) -> Vec:
    """v[i] for every i of a Vec or a list of indices.

    Raises:
        TypeMismatchError: if they are no indices.
        IndexRangeError: if one may lie outside.
    """
    if isinstance(places, Vec):
        return elementwise(lambda i: v[i], places)
    return to_vec([v[i] for i in places]) if len(places) else v[:0]


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
        if isinstance(x, Vec) or isinstance(y, Vec):
            if both and not (isinstance(x, Vec) and isinstance(y, Vec)):
                raise not_nested_alike(a, b)
            return apply(x, y)
        if takes(x) and takes(y):
            return apply(x, y)
        raise refusal(name, x, y)

    for x in (a, b):
        if not (isinstance(x, Vec) or takes(x) or is_list(x) or is_plain_list(x)):
            raise refusal(name, a, b)
    a, b = broadcastable(a), broadcastable(b)
    both = isinstance(a, Vec) and isinstance(b, Vec)
    if both and isinstance(a.tree.elem, VecTree) != isinstance(b.tree.elem, VecTree):
        raise not_nested_alike(a, b)
    return elementwise(element, a, b)


def not_nested_alike(a: Any, b: Any) -> TypeMismatchError:
    """The error for a Vec of Vecs with a Vec of numbers, of which NumPy takes one for rows, others for columns."""
    return TypeMismatchError(
        f"what is elementwise goes through the rows of both Vecs, given {describe(a)} and {describe(b)}; "
        "write rose.map(lambda row: row * v, m) for v with each row, rose.map(lambda row, x: row * x, m, v) for a number each"
    )


def _is_scalar(x: Any) -> bool:
    return is_number(x) or is_bool(x)


def _not_logic(name: str, a: Any, b: Any) -> TypeMismatchError:
    sign = {"and": "&", "or": "|", "xor": "^"}[name]
    hint = "; write v**2 for a power" if name == "xor" else ""
    return TypeMismatchError(
        f"& | ^ are for Bools and Vecs of Bools, given {describe(a)} {sign} {describe(b)}{hint}"
    )


def broadcastable(x: Any) -> Any:
    """A list or an array as a Vec; anything else as it is."""
    items = None if isinstance(x, Vec) else sequence(x)
    return x if items is None else to_vec(items)


def _negative(x: Any) -> Any:
    if not isinstance(x, Real | Index | Vec):
        raise TypeMismatchError(f"cannot compute -x of {describe(x)}")
    return -x


def _inverted(x: Any) -> Any:
    if not isinstance(x, Bool | Vec):
        raise TypeMismatchError(f"~ is for Bools and Vecs of Bools, given a Vec of {describe(x)}")
    return ~x


METHODS.update(
    elementwise=elementwise,
    gather=gather,
    operator=vec_operator,
    neg=partial(elementwise, _negative),
    invert=partial(elementwise, _inverted),
)
