"""Choice in traced programs: `where`, `cond` and `switch`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar, TypeVarTuple, overload

from rose.errors import IndexRangeError, TypeMismatchError, user_location
from rose.front import typed
from rose.front.checks import check_function, trace_only
from rose.front.elementwise import broadcastable, elementwise, not_nested_alike
from rose.front.flatten import infer, passed
from rose.front.index import Index
from rose.front.plain import is_int, is_list, is_plain_list
from rose.front.traced import Traced
from rose.front.tracer import current, tracing
from rose.front.tree import NONE_TREE, IndexTree, RealTree, Tree, TupleTree, VecTree, leaf_types
from rose.front.values import Bool, emit, is_bool, is_number, to_bool
from rose.front.vec import Vec, wrap_passed
from rose.front.words import describe
from rose.ir.builder import OpenBlock
from rose.ir.types import Array
from rose.ir.types import Index as IndexType

T = TypeVar("T")
Operands = TypeVarTuple("Operands")


@overload
def where(condition: int, a: typed.V, b: float) -> typed.V: ...


@overload
def where(condition: int, a: float, b: typed.V) -> typed.V: ...


@overload
def where(condition: int, a: T, b: T) -> T: ...


@overload
def where(condition: typed.VecOf[Any, bool], a: typed.V, b: Any) -> typed.V: ...


@overload
def where(condition: typed.VecOf[Any, bool], a: Any, b: typed.V) -> typed.V: ...


@overload
def where(
    condition: typed.VecOf[typed.N, bool], a: float, b: float
) -> typed.Vec[typed.N, float]: ...


def where(condition: Any, a: Any, b: Any) -> Any:
    """a if condition else b, with both computed; elementwise on Vecs and structures.

    Prefer `cond` where a side is costly, or where it is not finite when it is not chosen: the derivative
    of `where` multiplies the unchosen side by zero, and 0 · inf is nan.

    Args:
        condition: a Bool, or a concrete bool; with a Vec of Bools, elements are chosen one by one.
        a, b: values of one type; numbers count as Reals, and indices of two sizes as those of the larger. A scalar
            beside a Vec goes with every element. With a Vec of Bools they are Vecs of its length, or scalars.

    Raises:
        TypeMismatchError: if the condition is no Bool or the sides have different types.

    Example:
        >>> fn([Vec[3]])(lambda v: rose.where(v > 0, v, 0))([1, -2, 3])
        [1.0, 0.0, 3.0]
    """
    if isinstance(condition, Vec) or is_list(condition):
        trace_only("where")
        return _where_elementwise(*map(broadcastable, (condition, a, b)))
    if tracing() and (_is_beside(a, b) or _is_beside(b, a)):
        return elementwise(lambda x, y: where(condition, x, y), *map(broadcastable, (a, b)))
    if is_bool(condition) and not isinstance(condition, Bool):
        return a if condition else b
    c = _condition("where", condition)
    tree, sides = _unify("where", [(None, a), (None, b)])
    pairs = zip(*sides, strict=True)
    return wrap_passed(tree, [_select(c, x, y) for x, y in pairs])


select = where


def _is_beside(scalar: Any, whole: Any) -> bool:
    """Whether one side is a number or Bool, and the other a Vec, with whose elements it goes."""
    is_vec = isinstance(whole, Vec) or is_list(whole) or is_plain_list(whole)
    return is_vec and (is_number(scalar) or is_bool(scalar))


def _where_elementwise(condition: Vec, a: Any, b: Any) -> Vec:
    for side in (a, b):
        is_flat = isinstance(side, Vec) and not isinstance(side.tree.elem, VecTree)
        if is_flat and isinstance(condition.tree.elem, VecTree):
            raise not_nested_alike(condition, side)
    return elementwise(where, condition, a, b)


def _condition(name: str, condition: Any) -> int:
    """The IR value of a traced Bool."""
    trace_only(name)
    if not isinstance(condition, Bool):
        hint = "compare it, as in x > 0" if isinstance(condition, Traced) else "write True or False"
        raise TypeMismatchError(
            f"rose.{name} needs a Bool as its condition, given {describe(condition)}; {hint}"
        )
    return to_bool(condition)


def _select(c: int, a: int, b: int) -> int:
    """Choose between two scalars, or between two arrays element by element."""
    builder = current().builder
    type = builder.types[a]
    if not isinstance(type, Array):
        return emit("select", c, a, b)
    with builder.block([IndexType(type.shape[0])]) as block:
        i = block.params[0]
        chosen = _select(c, emit("index", a, i), emit("index", b, i))
    (result,) = builder.loop(type.shape[0], (), block.close([chosen]))
    return result


@overload
def logical_not(b: int) -> bool: ...


@overload
def logical_not(b: typed.VecOf[typed.N, bool]) -> typed.Vec[typed.N, bool]: ...


@overload
def logical_not(b: typed.Array) -> bool: ...


def logical_not(b: Any) -> Any:
    """The opposite, as `~b`: of a Bool, of Python's bools, elementwise of a Vec of Bools.

    Raises:
        TypeMismatchError: if it is something else.

    Example:
        >>> rose.logical_not(True)
        False
    """
    if is_bool(b) and not isinstance(b, Bool):
        return not b
    if not isinstance(b, Bool | Vec):
        hint = "; compare it, as in x > 0" if isinstance(b, Traced) else ""
        raise TypeMismatchError(
            f"rose.logical_not takes a Bool or a Vec of Bools, given {describe(b)}{hint}"
        )
    return ~b


def cond(
    condition: int,
    then: Callable[[*Operands], T],
    otherwise: Callable[[*Operands], T],
    *operands: *Operands,
) -> T:
    """then(*operands) if condition else otherwise(*operands); only that side runs, forward and backward.

    Args:
        condition: a Bool, or a concrete bool.
        then, otherwise: functions of the operands that give values of one type.
        operands: what they are called with, most often nothing. Functions also see the values around them.

    Raises:
        TypeMismatchError: if the condition is no Bool or the sides give different types.
        ArgumentError: if a side is a function of another number of arguments.

    Example:
        >>> root = fn([Real])(lambda x: rose.cond(x > 0, lambda: rose.sqrt(x), lambda: 0))
        >>> root(4.0), rose.grad(root)(-1.0)
        (2.0, 0.0)
    """
    check_function("cond", then, len(operands))
    check_function("cond", otherwise, len(operands))
    given: Any = condition  # checkers know a traced Bool as a bool
    if is_bool(given) and not isinstance(given, Bool):
        return then(*operands) if given else otherwise(*operands)
    sides = [lambda: otherwise(*operands), lambda: then(*operands)]
    return _branch("cond", _condition("cond", given), sides)  # type: ignore[no-any-return]


def switch(index: int, branches: Sequence[Callable[[*Operands], T]], *operands: *Operands) -> T:
    """branches[index](*operands); only that one runs, forward and backward.

    Args:
        index: an `Index[n]` with n = len(branches), or a concrete int from 0 to n - 1.
        branches: n functions that give values of one type, and take the operands.
        operands: what the function is called with. Functions also see the values around them.

    Raises:
        TypeMismatchError: if the index is no Index, the branches are no list of functions, or they give
            different types.
        IndexRangeError: if the index has another size than there are branches.
        ArgumentError: if a branch is a function of another number of arguments.

    Example:
        >>> fn([Index[2], Real])(lambda i, x: rose.switch(i, [rose.sqrt, lambda y: y * y], x))(
        ...     1, 3.0
        ... )
        9.0
    """
    if not isinstance(branches, list | tuple) or not branches:
        raise TypeMismatchError(
            "rose.switch takes its branches as a list of functions, as in "
            f"rose.switch(i, [f, g]), given {describe(branches)}"
        )
    for branch in branches:
        check_function("switch", branch, len(operands))
    count = len(branches)
    if is_int(index):
        if not 0 <= index < count:
            raise IndexRangeError(f"rose.switch has {_counted(count)}, given the index {index}")
        return branches[operator.index(index)](*operands)  # type: ignore[no-any-return]
    sides = [partial(branch, *operands) for branch in branches]
    return _branch("switch", _selector(index, count), sides)  # type: ignore[no-any-return]


def _selector(index: Any, count: int) -> int:
    """The IR value of a traced Index of the size of a switch."""
    trace_only("switch")
    if not isinstance(index, Index):
        hint = (
            "; rose.cond takes a Bool"
            if isinstance(index, Bool)
            else f"; write rose.to_index(x, {count})"
        )
        raise TypeMismatchError(f"rose.switch needs an Index, given {describe(index)}{hint}")
    index.enter()
    if index.size != count:
        modulo = f"take it modulo their number: i % {count}"
        hint = modulo if index.size > count else "give as many branches as it has values"
        raise IndexRangeError(
            f"rose.switch has {_counted(count)}, which need an Index[{count}], "
            f"given an Index[{index.size}]; {hint}"
        )
    return index.id


def _counted(count: int) -> str:
    return "1 branch" if count == 1 else f"{count} branches"


def _branch(name: str, selector: int, functions: Sequence[Callable[[], Any]]) -> Any:
    """A Cond whose branches are these functions, in the order of the selector."""
    builder = current().builder
    sides: list[tuple[OpenBlock | None, Any]] = []
    for function in functions:
        with builder.block() as block:
            sides.append((block, function()))
    tree, results = _unify(name, sides)
    blocks = [
        block.close(values)
        for (block, _), values in zip(sides, results, strict=True)
        if block is not None
    ]
    builder.loc = user_location()
    return wrap_passed(tree, builder.cond(selector, blocks))


def _unify(name: str, sides: list[tuple[OpenBlock | None, Any]]) -> tuple[Tree, list[list[int]]]:
    """A tree that fits all sides, and the values of each, emitted in its block.

    Numbers fit Reals and tuples of numbers fit Vecs, so the tree of one side has to fit the others; but for
    the sizes of indices, the largest of which fits all.
    """
    builder = current().builder
    trees: list[Tree] = []
    for block, value in sides:
        with builder.reopen(block or builder.blocks[-1]):
            trees.append(infer(value, f"a side of rose.{name}"))
    tree = _widest(trees)

    def convert(block: OpenBlock | None, value: Any) -> list[int]:
        with builder.reopen(block or builder.blocks[-1]):
            return passed(tree, value, f"a side of rose.{name}")

    try:
        return tree, [convert(block, value) for block, value in sides]
    except TypeMismatchError:
        hint = "; does one of them lack a return?" if NONE_TREE in trees else ""
        sizes = [tree.size for tree in trees if isinstance(tree, IndexTree)]
        if sizes and any(isinstance(tree, RealTree) for tree in trees):
            hint = f"; write rose.to_index(x, {max(sizes)}) for an index, rose.real(i) for a Real"
        given = (
            reversed(trees) if name == "cond" else trees
        )  # whose sides are in the order of its selector
        names = " and ".join(dict.fromkeys(map(str, given)))
        raise TypeMismatchError(
            f"the sides of rose.{name} are of different types: {names}{hint}"
        ) from None


def _widest(trees: Sequence[Tree]) -> Tree:
    """The strictest tree, with the largest index size wherever all have an index."""
    strictest = max(trees, key=_strictness)
    match strictest:
        case IndexTree():
            return IndexTree(max(t.size if isinstance(t, IndexTree) else 1 for t in trees))
        case TupleTree(items):
            tuples = [t.items for t in trees if isinstance(t, TupleTree)]
            if len({len(t) for t in tuples}) > 1:
                return strictest
            return TupleTree(tuple(map(_widest, zip(*tuples, strict=True)))) if items else strictest
        case VecTree(size):
            elems = [t.elem for t in trees if isinstance(t, VecTree)]
            return VecTree(size, _widest(elems))
        case _:
            return strictest


def _strictness(tree: Tree) -> int:
    """How little freedom a tree leaves: a tuple literal may stand for a Vec or a structure, not the reverse."""
    match tree:
        case TupleTree(items):
            return min((_strictness(item) for item in items), default=1)
        case RealTree():
            return 1
        case VecTree(_, elem):
            return 1 + _strictness(elem)
        case _:
            return 2 + len(leaf_types(tree))


__all__ = ["cond", "logical_not", "select", "switch", "where"]
