"""The interpreter: the meaning of the IR, in plain Python, which every other way to run it is tested against.

Values are floats, bools, ints, and nested lists for arrays. Lists are never changed once made, except those of
accumulators, which are private until they are resolved.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from typing import Any, TypeAlias, assert_never

from rose.errors import NanError
from rose.ir.func import Accum, Add, Apply, Block, Call, Cond, Func, Loop, Resolve, While
from rose.ir.types import Array, Ref
from rose.primitives.memory import nested

# A running block yields the calls it makes and is sent their results, so that calls nest without recursion.
Run: TypeAlias = Generator[tuple[Func, list[Any]], list[Any], list[Any]]


class Counter:
    """Counts executed instructions: the unit in which the cost of a derivative is judged."""

    def __init__(self) -> None:
        self.count = 0

    def ran(self, func: Func, count: int) -> None:
        """Called for so many instructions in a row of a function."""
        self.count += count

    def saw(self, instr: Apply, args: Sequence[Any], value: Any) -> None:
        """Called after every primitive; for observers to override."""


class NanWatch(Counter):
    """Stops at the first primitive that makes a NaN out of operands that are none.

    Raises:
        NanError: from `interpret`, with the user's line.
    """

    def saw(self, instr: Apply, args: Sequence[Any], value: Any) -> None:
        if value.__class__ is not float or not math.isnan(value) or not args:
            return
        if not any([_may_be_nan(x) for x in args]):
            shown = ", ".join(map(repr, args))
            raise NanError(f"{instr.prim.name} of ({shown}) is nan", instr.loc)


def _may_be_nan(x: Any) -> bool:
    """Whether an operand is a NaN, or an array, which what is read from it was in before."""
    return x.__class__ is list or (x.__class__ is float and math.isnan(x))


def interpret(func: Func, args: Sequence[Any], counter: Counter | None = None) -> list[Any]:
    """Run a Func on one Python value per parameter; gives one per result.

    Args:
        func: any Func; parameters that are references take nested lists, which are added into.
        args: floats, bools, ints, nested lists.
        counter: if given, the number of executed instructions is added to it.
    """
    counter = counter or Counter()
    stack = [_run_func(func, args, counter)]
    sent: Any = None
    while True:
        try:
            callee, call_args = stack[-1].send(sent)
        except StopIteration as stop:
            stack.pop()
            if not stack:
                return list(stop.value)
            sent = stop.value
        else:
            stack.append(_run_func(callee, call_args, counter))
            sent = None


def _run_func(func: Func, args: Sequence[Any], counter: Counter) -> Run:
    return (yield from _run_block(func, func.body, args, [None] * len(func.types), counter))


def _run_block(
    func: Func, block: Block, args: Sequence[Any], env: list[Any], counter: Counter
) -> Run:
    for v, arg in zip(block.params, args, strict=True):
        env[v] = arg
    watched = counter.__class__ is not Counter
    counter.ran(func, len(block.instrs))
    for instr in block.instrs:
        if isinstance(instr, Apply):
            args = [env[v] for v in instr.operands]
            env[instr.results[0]] = value = instr.prim.evaluate(*args, *instr.attrs)
            if watched:
                counter.saw(instr, args, value)
            continue
        results = yield from _eval_instr(func, instr, env, counter)
        for v, result in zip(instr.results, results, strict=True):
            env[v] = result
    return [env[v] for v in block.results]


def _eval_instr(
    func: Func,
    instr: Call | Loop | While | Cond | Accum | Add | Resolve,
    env: list[Any],
    counter: Counter,
) -> Run:
    args = [env[v] for v in instr.operands]
    match instr:
        case Call(func=callee):
            return (yield callee, args)
        case Loop():
            return (yield from _eval_loop(func, instr, args, env, counter))
        case While():
            return (yield from _eval_while(func, instr, args, env, counter))
        case Cond(branches=branches):
            return (yield from _run_block(func, branches[int(args[0])], [], env, counter))
        case Accum():
            type = func.types[instr.results[0]]
            assert isinstance(type, Ref), "an accumulator has a reference type"
            return [_copy(args[0]) if args else zeros(type.array)]
        case Add():
            add_into(args[0], args[1:-1], args[-1])
            return []
        case Resolve():
            return args
        case _:
            assert_never(instr)


def _eval_loop(
    func: Func, instr: Loop, carries: list[Any], env: list[Any], counter: Counter
) -> Run:
    stacks: list[list[Any]] = [[None] * instr.size for _ in instr.results[instr.carries :]]
    order = range(instr.size)
    for t in reversed(order) if instr.reverse else order:
        out = yield from _run_block(func, instr.body, [t, *carries], env, counter)
        carries, rows = out[: instr.carries], out[instr.carries :]
        for stack, row in zip(stacks, rows, strict=True):
            stack[t] = row
    return [*carries, *stacks]


def _eval_while(
    func: Func, instr: While, carries: list[Any], env: list[Any], counter: Counter
) -> Run:
    while (yield from _run_block(func, instr.test, carries, env, counter))[0]:
        carries = yield from _run_block(func, instr.body, carries, env, counter)
    return carries


def add_into(array: list[Any], indices: Sequence[int], value: Any) -> None:
    """array[indices] += value, elementwise if it is a row."""
    if not indices:
        for k, x in enumerate(value):
            add_into(array, [k], x)
        return
    for i in indices[:-1]:
        array = array[i]
    last = indices[-1]
    if isinstance(array[last], list):
        add_into(array[last], [], value)
    else:
        array[last] += value


def _copy(array: Any) -> Any:
    return [_copy(x) for x in array] if isinstance(array, list) else array


def zeros(type: Array) -> Any:
    """A fresh accumulator's contents."""
    return nested([0.0] * type.count, type.shape)
