"""Control flow of traced programs: `vec`, `sum`, `loop`, `scan`, `where` and `cond`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rose.errors import TracedValueError, TypeMismatchError
from rose.front.leaves import Stored, materialize
from rose.front.tracer import current, tracing
from rose.front.tree import (
    RealTree,
    Tree,
    TupleTree,
    VecTree,
    describe,
    leaf_types,
    passed_types,
    tangent_tree,
)
from rose.front.values import Bool, Index, emit, is_int, to_bool
from rose.front.vec import Vec, infer, leaves_of, passed, stack_rows, wrap_passed
from rose.ir.builder import OpenBlock
from rose.ir.types import Array
from rose.ir.types import Index as IndexType

T = TypeVar("T")


def _trace_only(name: str) -> None:
    if not tracing():
        raise TracedValueError(
            f"rose.{name} is called outside of an @fn; put it into a function decorated with @rose.fn, "
            "or use Python's own loops and conditions where nothing is to be compiled"
        )


def _size(name: str, n: Any) -> int:
    if not is_int(n):
        raise TypeMismatchError(f"rose.{name} needs its length as an int, given {describe(n)}")
    if n < 1:
        raise TypeMismatchError(f"rose.{name} needs a length of at least 1, given {n}")
    return int(n)


def vec(n: int, f: Callable[[Index], Any]) -> Vec:
    """The Vec of f(0), …, f(n - 1); the iterations are independent of each other.

    Args:
        n: how many elements, at least 1.
        f: gets a traced `Index[n]`, gives a number, a Vec or a structure. It is run once, to be traced.

    Raises:
        TypeMismatchError: if n is no positive int, or f gives something that is no value.
    """
    _trace_only("vec")
    return stack_rows(_size("vec", n), f, "the result of the function given to vec")


def sum(n: int | Vec, f: Callable[[Index], Any] | None = None) -> Any:
    """f(0) + … + f(n - 1), from left to right, or the sum of the elements of a Vec.

    Args:
        n: how many terms, at least 1; or a Vec, and then no `f`.
        f: gets a traced `Index[n]`, gives a Real, a Vec or a structure of Reals, summed elementwise.

    Raises:
        TypeMismatchError: if a term holds something that cannot be added.
    """
    _trace_only("sum")
    if isinstance(n, Vec):
        whole = n
        return sum(len(whole), lambda i: whole[i])
    if f is None:
        raise TypeMismatchError(
            f"rose.sum takes a Vec, or a length and a function, given {describe(n)}"
        )
    size = _size("sum", n)
    builder = current().builder
    with builder.block([IndexType(size)]) as block:
        term = f(Index(current(), block.params[0]))
        tree = infer(term, "the result of the function given to sum")
        if tangent_tree(tree) != tree:
            raise TypeMismatchError(f"rose.sum adds Reals; the function gives {tree}")
        terms = passed(tree, term, "a term of sum")
        carries = builder.values([builder.types[v] for v in terms])
        block.params += carries
        totals = [_add(a, b) for a, b in zip(carries, terms, strict=True)]
    inits = [builder.zeros(builder.types[v]) for v in carries]
    return wrap_passed(tree, builder.loop(size, inits, block.close(totals)))


def _add(a: int, b: int) -> int:
    """a + b of two scalars or two arrays."""
    builder = current().builder
    type = builder.types[a]
    if not isinstance(type, Array):
        return emit("add", a, b)
    with builder.block([IndexType(type.shape[0])]) as block:
        i = block.params[0]
        total = _add(emit("index", a, i), emit("index", b, i))
    (result,) = builder.loop(type.shape[0], (), block.close([total]))
    return result


def loop(n: int, init: T, body: Callable[[Index, T], T]) -> T:
    """Carry a value through n iterations: `for t in range(n): value = body(t, value)`.

    Args:
        n: how many iterations, at least 1.
        init: the value at the start: numbers, Vecs, structures. Numbers count as Reals.
        body: gets a traced `Index[n]` and the value, gives the next value, of the same type.

    Returns:
        The value after the last iteration.

    Raises:
        TypeMismatchError: if body gives a value of another type than `init`.
    """
    _trace_only("loop")
    final, _ = _carry("loop", n, init, lambda t, carry: (body(t, carry), ()))
    return final  # type: ignore[no-any-return]


def scan(n: int, init: T, body: Callable[[Index, T], tuple[T, Any]]) -> tuple[T, Any]:
    """Like `loop`, and stack a second result of every iteration.

    Args:
        n: how many iterations, at least 1.
        init: the value carried, at the start.
        body: gets a traced `Index[n]` and the value, gives a pair: the next value, and an output.

    Returns:
        A pair: the value after the last iteration, and the Vec of the n outputs.

    Raises:
        TypeMismatchError: if body does not give a pair whose first item is of the type of `init`.
    """
    _trace_only("scan")
    return _carry("scan", n, init, body)


def _carry(name: str, n: Any, init: Any, body: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    size = _size(name, n)
    tree = infer(init, f"the start of rose.{name}")
    inits = passed(tree, init, f"the start of rose.{name}")
    builder = current().builder
    with builder.block([IndexType(size), *passed_types(tree)]) as block:
        t = Index(current(), block.params[0])
        pair = body(t, wrap_passed(tree, block.params[1:]))
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeMismatchError(
                f"the body of rose.{name} gives a pair (next value, output), given {describe(pair)}"
            )
        carry, output = pair
        carries = passed(tree, carry, f"the value carried by rose.{name}")
        elem = infer(output, f"the output of rose.{name}")
        leaves = leaves_of(elem, output, f"the output of rose.{name}")
        rows = [leaf if isinstance(leaf, int) else materialize(leaf) for leaf in leaves]
    results = builder.loop(size, inits, block.close([*carries, *rows]))
    finals, stacks = results[: len(inits)], results[len(inits) :]
    return wrap_passed(tree, finals), Vec(VecTree(size, elem), [Stored(s) for s in stacks])


def where(condition: Any, a: Any, b: Any) -> Any:
    """a if condition else b, with both computed; elementwise on Vecs and structures.

    Prefer `cond` where a side is costly, or where it is not finite when it is not chosen: the derivative
    of `where` multiplies the unchosen side by zero, and 0 · inf is nan.

    Args:
        condition: a Bool, or a concrete bool.
        a, b: values of one type; numbers count as Reals.

    Raises:
        TypeMismatchError: if the condition is no Bool or the sides have different types.
    """
    if isinstance(condition, bool):
        return a if condition else b
    _trace_only("where")
    c = to_bool(condition)
    tree, sides = _unify("where", [(None, a), (None, b)])
    pairs = zip(*sides, strict=True)
    return wrap_passed(tree, [_select(c, x, y) for x, y in pairs])


select = where


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


def cond(condition: Any, then: Callable[[], T], otherwise: Callable[[], T]) -> T:
    """then() if condition else otherwise(); only that side runs, forward and backward.

    Args:
        condition: a Bool, or a concrete bool.
        then, otherwise: functions of nothing that give values of one type.

    Raises:
        TypeMismatchError: if the condition is no Bool or the sides give different types.
    """
    if isinstance(condition, bool):
        return then() if condition else otherwise()
    _trace_only("cond")
    if not isinstance(condition, Bool):
        raise TypeMismatchError(
            f"rose.cond needs a Bool as its condition, given {describe(condition)}"
        )
    selector = to_bool(condition)
    builder = current().builder
    sides: list[tuple[OpenBlock | None, Any]] = []
    for function in (otherwise, then):
        with builder.block() as block:
            sides.append((block, function()))
    tree, results = _unify("cond", sides)
    blocks = [
        block.close(values)
        for (block, _), values in zip(sides, results, strict=True)
        if block is not None
    ]
    return wrap_passed(tree, builder.cond(selector, blocks))  # type: ignore[no-any-return]


def _unify(
    name: str, sides: list[tuple[OpenBlock | None, Any]]
) -> tuple[Tree, list[list[int]]]:
    """A tree that fits all sides, and the values of each, emitted in its block.

    Numbers fit Reals and tuples of numbers fit Vecs, so the tree of one side has to fit the others.
    """
    builder = current().builder
    trees: list[Tree] = []
    for block, value in sides:
        with builder.reopen(block or builder.blocks[-1]):
            trees.append(infer(value, f"a side of rose.{name}"))
    tree = max(trees, key=_strictness)

    def convert(block: OpenBlock | None, value: Any) -> list[int]:
        with builder.reopen(block or builder.blocks[-1]):
            return passed(tree, value, f"a side of rose.{name}, whose other side is {tree}")

    return tree, [convert(block, value) for block, value in sides]


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


__all__ = ["cond", "loop", "scan", "select", "sum", "vec", "where"]
