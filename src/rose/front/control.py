"""Control flow of traced programs: `vec`, `sum`, `loop`, `scan`, `where` and `cond`."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from typing import Any, TypeVar

from rose.errors import ArgumentError, TracedValueError, TypeMismatchError
from rose.front.leaves import Stored, materialize
from rose.front.tracer import current, tracing
from rose.front.tree import (
    LARGEST,
    NONE_TREE,
    BoolTree,
    IndexTree,
    NoneTree,
    RealTree,
    Tree,
    TupleTree,
    VecTree,
    counted,
    describe,
    leaf_types,
    passed_types,
    tangent_tree,
)
from rose.front.values import Bool, Index, Traced, emit, is_bool, is_int, to_bool
from rose.front.vec import Vec, infer, leaves_of, passed, stack_rows, wrap_passed
from rose.ir.builder import OpenBlock
from rose.ir.types import Array
from rose.ir.types import Index as IndexType

T = TypeVar("T")


def trace_only(name: str) -> None:
    """Refuse to go on outside of an @fn."""
    if not tracing():
        raise TracedValueError(
            f"rose.{name} is called outside of an @fn; put it into a function decorated with @rose.fn, "
            "or use Python's own loops and conditions where nothing is to be compiled"
        )


def _size(name: str, n: Any) -> int:
    if not is_int(n):
        hint = "; it is fixed when the function is compiled" if isinstance(n, Traced) else ""
        raise TypeMismatchError(
            f"rose.{name} needs its length as an int, given {describe(n)}{hint}"
        )
    size = operator.index(n)
    if size < 1:
        raise TypeMismatchError(f"rose.{name} needs a length of at least 1, given {n}")
    if size > LARGEST:
        raise TypeMismatchError(
            f"rose.{name} takes a length of at most {LARGEST}, given {describe(n)}"
        )
    return size


# How the functions given to control flow are to be written.
_BODIES = {
    "vec": "lambda i: ...",
    "sum": "lambda i: ...",
    "loop": "lambda t, value: ...",
    "scan": "lambda t, value: ...",
    "cond": "lambda: ...",
}


def _body(name: str, function: Any, count: int) -> None:
    """Check that a function given to control flow can be called with so many arguments.

    Raises:
        TypeMismatchError: if it is no function.
        ArgumentError: if it takes another number of arguments.
    """
    if not callable(function):
        raise TypeMismatchError(
            f"rose.{name} takes a function, as in {_BODIES[name]}, given {describe(function)}"
        )
    try:
        signature = inspect.signature(function)
    except ValueError:  # some functions written in C do not say
        return
    try:
        signature.bind(*range(count))
    except TypeError:
        called = getattr(function, "__name__", type(function).__name__)
        raise ArgumentError(
            f"rose.{name} calls its function with {counted(count, 'argument')}, as in {_BODIES[name]}; "
            f"given {called}{signature}"
        ) from None


def vec(n: int, f: Callable[[Index], Any]) -> Vec:
    """The Vec of f(0), …, f(n - 1); the iterations are independent of each other.

    Args:
        n: how many elements, at least 1.
        f: gets a traced `Index[n]`, gives a number, a Vec or a structure. It is run once, to be traced.

    Raises:
        TypeMismatchError: if n is no positive int, or f gives something that is no value.
        ArgumentError: if f takes another number of arguments.
    """
    trace_only("vec")
    size = _size("vec", n)
    _body("vec", f, 1)
    return stack_rows(size, f, "the result of the function given to rose.vec")


def sum(n: int | Vec, f: Callable[[Index], Any] | None = None) -> Any:
    """f(0) + … + f(n - 1), from left to right, or the sum of the elements of a Vec.

    Args:
        n: how many terms, at least 1; or a Vec, and then no `f`.
        f: gets a traced `Index[n]`, gives a Real, a Vec or a structure of Reals, summed elementwise.

    Raises:
        TypeMismatchError: if a term holds something that cannot be added.
        ArgumentError: if f takes another number of arguments.
    """
    trace_only("sum")
    if isinstance(n, Vec):
        whole = n
        if f is not None:
            raise ArgumentError(
                "rose.sum takes a Vec alone, or a length and a function, given a Vec and a function; "
                "write rose.sum(len(v), lambda i: ...)"
            )
        return sum(len(whole), lambda i: whole[i])
    if f is None:
        raise TypeMismatchError(
            f"rose.sum takes a Vec, or a length and a function, given {describe(n)}"
        )
    size = _size("sum", n)
    _body("sum", f, 1)
    builder = current().builder
    with builder.block([IndexType(size)]) as block:
        term = f(Index(current(), block.params[0]))
        tree = infer(term, "the result of the function given to rose.sum")
        if tangent_tree(tree) != tree or not leaf_types(tree):
            hint = _TERM_HINTS.get(type(tree), "")
            raise TypeMismatchError(f"rose.sum adds Reals; the function gives {tree}{hint}")
        terms = passed(tree, term, "a term of sum")
        carries = builder.values([builder.types[v] for v in terms])
        block.params += carries
        totals = [_add(a, b) for a, b in zip(carries, terms, strict=True)]
    inits = [builder.zeros(builder.types[v]) for v in carries]
    return wrap_passed(tree, builder.loop(size, inits, block.close(totals)))


_TERM_HINTS: dict[type, str] = {
    NoneTree: "; does it return its value?",
    BoolTree: "; write rose.where(b, 1.0, 0.0)",
    IndexTree: "; write 1.0 * i",
}


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
        ArgumentError: if body takes another number of arguments.
    """
    trace_only("loop")
    final, _ = _carry("loop", n, init, body)
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
        ArgumentError: if body takes another number of arguments.
    """
    trace_only("scan")
    return _carry("scan", n, init, body)


def _carry(name: str, n: Any, init: Any, function: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    size = _size(name, n)
    _body(name, function, 2)
    tree = infer(init, f"the start of rose.{name}")
    inits = passed(tree, init, f"the start of rose.{name}")
    builder = current().builder
    with builder.block([IndexType(size), *passed_types(tree)]) as block:
        t = Index(current(), block.params[0])
        given = function(t, wrap_passed(tree, block.params[1:]))
        carry, output = (given, ()) if name == "loop" else _pair(given)
        carries = passed(tree, carry, f"the body of rose.{name} gives another type than its start")
        elem = infer(output, f"the output of rose.{name}")
        leaves = leaves_of(elem, output, f"the output of rose.{name}")
        rows = [leaf if isinstance(leaf, int) else materialize(leaf) for leaf in leaves]
    results = builder.loop(size, inits, block.close([*carries, *rows]))
    finals, stacks = results[: len(inits)], results[len(inits) :]
    return wrap_passed(tree, finals), Vec(VecTree(size, elem), [Stored(s) for s in stacks])


def _pair(value: Any) -> tuple[Any, Any]:
    if not isinstance(value, tuple) or len(value) != 2:
        raise TypeMismatchError(
            f"the body of rose.scan gives a pair (next value, output), given {describe(value)}"
        )
    return value


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
    if is_bool(condition) and not isinstance(condition, Bool):
        return a if condition else b
    c = _condition("where", condition)
    tree, sides = _unify("where", [(None, a), (None, b)])
    pairs = zip(*sides, strict=True)
    return wrap_passed(tree, [_select(c, x, y) for x, y in pairs])


select = where


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


def cond(condition: Any, then: Callable[[], T], otherwise: Callable[[], T]) -> T:
    """then() if condition else otherwise(); only that side runs, forward and backward.

    Args:
        condition: a Bool, or a concrete bool.
        then, otherwise: functions of nothing that give values of one type.

    Raises:
        TypeMismatchError: if the condition is no Bool or the sides give different types.
        ArgumentError: if a side is a function that takes arguments.
    """
    _body("cond", then, 0)
    _body("cond", otherwise, 0)
    if is_bool(condition) and not isinstance(condition, Bool):
        return then() if condition else otherwise()
    selector = _condition("cond", condition)
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


def _unify(name: str, sides: list[tuple[OpenBlock | None, Any]]) -> tuple[Tree, list[list[int]]]:
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
            return passed(tree, value, f"a side of rose.{name}")

    try:
        return tree, [convert(block, value) for block, value in sides]
    except TypeMismatchError:
        hint = "; does one of them lack a return?" if NONE_TREE in trees else ""
        names = " and ".join(sorted(map(str, trees)))
        raise TypeMismatchError(
            f"the sides of rose.{name} are of different types: {names}{hint}"
        ) from None


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
