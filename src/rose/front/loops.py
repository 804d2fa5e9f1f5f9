"""Loops that carry a value from one iteration to the next: `loop`, `scan` and `while_loop`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

from rose.errors import ArgumentError, TypeMismatchError, user_location
from rose.front import typed
from rose.front.checks import check_flag, check_function, length, steps_kept, trace_only
from rose.front.flatten import infer, leaves_of, passed
from rose.front.index import iterations
from rose.front.leaves import from_stacks, rows_of
from rose.front.traced import Traced
from rose.front.tracer import current
from rose.front.tree import NONE_TREE, Tree, VecTree, leaf_types, passed_types, with_article
from rose.front.values import Bool, to_bool
from rose.front.vec import Vec, empty_vec, wrap_passed
from rose.front.words import describe
from rose.ir.types import BOOL

T = TypeVar("T")
X = TypeVar("X")

# What reverse mode keeps of the values that a loop carries; see `loop`.
Checkpoint: TypeAlias = Literal["all", "sqrt"] | int | None


class _Body(NamedTuple):
    """The function that the user gives to a loop, and the ways in which it is run."""

    body: Any
    reverse: bool
    checkpoint: Any


def loop(
    n: int,
    init: T,
    body: Callable[[typed.Index, T], T],
    *,
    reverse: bool = False,
    checkpoint: Checkpoint = None,
) -> T:
    """Carry a value through n iterations: `for t in range(n): value = body(t, value)`.

    Args:
        n: how many iterations; after none the value is `init`.
        init: the value at the start: numbers, Vecs, structures. Numbers count as Reals.
        body: gets a traced `Index[n]` and the value, gives the next value, of the same type.
        reverse: whether t goes from n - 1 down to 0.
        checkpoint: what derivatives in reverse mode keep of the values carried. "all" keeps those of every iteration;
            an int k from 1 to n those of every k-th, and runs the k - 1 between again on the way back, which
            costs one more run of the loop; "sqrt" does so with k = √n, rounded up. None keeps all if these and what else
            the iterations have to keep are at most 2**20 numbers, 8 MiB of Reals, and is "sqrt" above.

    Returns:
        The value after the last iteration.

    Raises:
        TypeMismatchError: if body gives a value of another type than `init`, or `checkpoint` is none of these.
        ArgumentError: if body takes another number of arguments.

    Example:
        >>> fn([Real])(lambda x: rose.loop(3, 1, lambda t, y: x * y))(2)
        8.0
    """
    trace_only("loop")
    given = _Body(body, reverse, checkpoint)
    final, _ = _carry("loop", n, init, lambda t, value: (body(t, value), ()), given)
    return final  # type: ignore[no-any-return]


def scan(
    n: int,
    init: T,
    body: Callable[[typed.Index, T], tuple[T, X]],
    *,
    reverse: bool = False,
    checkpoint: Checkpoint = None,
) -> tuple[T, typed.Vec[Any, X]]:
    """Like `loop`, and stack a second result of every iteration.

    Args:
        n: how many iterations.
        init: the value carried, at the start.
        body: gets a traced `Index[n]` and the value, gives a pair: the next value, and an output.
        reverse: whether t goes from n - 1 down to 0. The output of iteration t is element t in any case.
        checkpoint: what derivatives in reverse mode keep of the values carried, as in `loop`.

    Returns:
        A pair: the value after the last iteration, and the Vec of the n outputs.

    Raises:
        TypeMismatchError: if body does not give a pair whose first item is of the type of `init`, or `checkpoint` is
            none of what `loop` takes.
        ArgumentError: if body takes another number of arguments.

    Example:
        >>> fn([Vec[3]])(lambda v: rose.scan(3, 0, lambda t, s: (s + v[t], s)))([1, 2, 3])
        (6.0, [0.0, 1.0, 3.0])
    """
    trace_only("scan")
    given = _Body(body, reverse, checkpoint)
    return _carry("scan", n, init, lambda t, value: _pair(body(t, value)), given)


def _carry(
    name: str,
    n: Any,
    init: Any,
    step: Callable[[Any, Any], tuple[Any, Any]],
    given: _Body,
) -> tuple[Any, Any]:
    """A loop of `step`, which gives the next value and an output."""
    size = length(name, n)
    check_flag(f"reverse of rose.{name}", given.reverse)
    kept = steps_kept(name, given.checkpoint, size)
    check_function(name, given.body, 2)
    tree, inits = _start(name, init)
    with iterations(size, passed_types(tree)) as (block, t):
        carry, output = step(t, wrap_passed(tree, block.params[1:]))
        carries = _next(name, tree, carry)
        elem = infer(output, f"the output of rose.{name}")
        rows = rows_of(leaves_of(elem, output, f"the output of rose.{name}"))
    outputs = VecTree(size, elem)
    if not size:
        return wrap_passed(tree, inits), empty_vec(outputs)
    builder = current().builder
    builder.loc = user_location()
    results = builder.loop(
        size,
        inits,
        block.close([*carries, *rows]),
        reverse=given.reverse,
        checkpoint=kept,
    )
    finals, stacks = results[: len(inits)], results[len(inits) :]
    return wrap_passed(tree, finals), Vec(outputs, from_stacks(leaf_types(outputs), stacks))


def _start(name: str, init: Any) -> tuple[Tree, list[int]]:
    """The type of a carried value, and the IR values that it starts as."""
    tree = infer(init, f"the start of rose.{name}")
    return tree, passed(tree, init, f"the start of rose.{name}")


def _next(name: str, tree: Tree, value: Any) -> list[int]:
    """The IR values that a carried value goes on as."""
    if value is None and tree != NONE_TREE:
        raise TypeMismatchError(
            f"the body of rose.{name} gives None, and started with {with_article(tree)}; does it lack a return?"
        )
    return passed(tree, value, f"the body of rose.{name} gives another type than its start")


def _pair(value: Any) -> tuple[Any, Any]:
    if not isinstance(value, tuple) or len(value) != 2:
        hint = "; does it lack a return?" if value is None else ""
        raise TypeMismatchError(
            f"the body of rose.scan gives a pair (next value, output), given {describe(value)}{hint}"
        )
    return value


def while_loop(
    test: Callable[[T], int],
    body: Callable[[T], T],
    init: T,
    max_steps: int | None = None,
    *,
    checkpoint: Checkpoint = None,
) -> T:
    """Carry a value for as long as a test holds: `while test(value): value = body(value)`.

    Without `max_steps`, it has forward derivatives only (`rose.jvp`), since nobody knows how many steps there
    would be to remember. With it, there are derivatives of every kind: it becomes a loop of `max_steps`
    iterations which remembers them. An iteration after the test has failed costs a branch, and copies
    nothing. The function stops after `max_steps` steps even if the test still holds.

    Args:
        test: gets the value, gives a Bool; asked before every step, the first included.
        body: gets the value, gives the next one, of the same type.
        init: the value at the start: numbers, Vecs, structures. Numbers count as Reals.
        max_steps: the most steps that are taken; None for as many as it takes.
        checkpoint: what derivatives in reverse mode keep of the values carried, as in `loop`; only with `max_steps`.

    Returns:
        The first value for which the test does not hold, or that after `max_steps` steps.

    Raises:
        TypeMismatchError: if test gives no traced Bool, body a value of another type than `init`, or `checkpoint` is
            none of what `loop` takes.
        ArgumentError: if test or body takes another number of arguments, or `checkpoint` is without `max_steps`.

    Example:
        >>> halved = fn([Real])(
        ...     lambda x: rose.while_loop(lambda y: y > 1, lambda y: y / 2, x, max_steps=9)
        ... )
        >>> halved(5.0), rose.grad(halved)(5.0)
        (0.625, 0.125)
    """
    trace_only("while_loop")
    check_function("while_loop", test, 1)
    check_function("while_loop", body, 1)
    bound = _bound(max_steps, checkpoint)
    tree, inits = _start("while_loop", init)
    if not inits:
        raise TypeMismatchError(
            "rose.while_loop needs a value that its test can look at, given None as its start"
        )
    if bound is not None:
        return _bounded(bound, test, body, tree, inits)  # type: ignore[no-any-return]
    return _unbounded(test, body, tree, inits)  # type: ignore[no-any-return]


def _bound(max_steps: Any, checkpoint: Any) -> tuple[int, int] | None:
    """The most steps of a while loop, and every how many of them are kept; None if it has no bound."""
    if max_steps is not None:
        size = length("while_loop", max_steps, "max_steps")
        return size, steps_kept("while_loop", checkpoint, size)
    if checkpoint is not None:
        raise ArgumentError(
            "rose.while_loop takes checkpoint= only with max_steps=, since there is no reverse mode without a bound; "
            f"given checkpoint={checkpoint!r}; write while_loop(..., max_steps=n, checkpoint={checkpoint!r})"
        )
    return None


def _holds(test: Callable[[Any], Any], value: Any) -> int:
    """The IR value of the Bool that a test gives."""
    given = test(value)
    if not isinstance(given, Bool):
        hint = "; compare it, as in x > 0" if isinstance(given, Traced) else ""
        raise TypeMismatchError(
            f"the test of rose.while_loop gives a Bool made of its value, given {describe(given)}{hint}"
        )
    return to_bool(given)


def _unbounded(
    test: Callable[[Any], Any], body: Callable[[Any], Any], tree: Tree, inits: Sequence[int]
) -> Any:
    """A while loop that runs for as long as it takes."""
    builder = current().builder
    with builder.block(passed_types(tree)) as asked:
        holds = _holds(test, wrap_passed(tree, asked.params))
    with builder.block(passed_types(tree)) as block:
        carries = _next("while_loop", tree, body(wrap_passed(tree, block.params)))
    builder.loc = user_location()
    results = builder.while_loop(inits, asked.close([holds]), block.close(carries))
    return wrap_passed(tree, results)


def _bounded(
    bound: tuple[int, int],
    test: Callable[[Any], Any],
    body: Callable[[Any], Any],
    tree: Tree,
    inits: Sequence[int],
) -> Any:
    """A while loop that is bounded: a loop that carries whether it still runs, as its first value.

    An iteration that runs asks the test, takes the step if it holds, and stops running if not.
    """
    size, kept = bound
    builder = current().builder
    running = current().const(True, BOOL)
    with iterations(size, [BOOL, *passed_types(tree)]) as (block, _):
        _, runs, *values = block.params
        with builder.block() as asks:
            holds = _holds(test, wrap_passed(tree, values))
            with builder.block() as steps:
                carries = _next("while_loop", tree, body(wrap_passed(tree, values)))
            with builder.block() as ends:
                pass
            stepped = builder.cond(holds, [ends.close(values), steps.close(carries)])
        with builder.block() as rests:
            stopped = current().const(False, BOOL)
        branches = [rests.close([stopped, *values]), asks.close([holds, *stepped])]
        after = builder.cond(runs, branches)
    if not size:
        return wrap_passed(tree, inits)
    builder.loc = user_location()
    _, *finals = builder.loop(size, [running, *inits], block.close(after), checkpoint=kept)
    return wrap_passed(tree, finals)


__all__ = ["loop", "scan", "while_loop"]
