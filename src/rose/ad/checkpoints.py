"""Checkpoints: a loop in segments, of whose carried values reverse mode keeps those at the start of each segment.

A loop of n steps becomes one over n // k segments, each a call of a function of k steps that is marked `remat`, so
that the linear part runs a segment again just before it goes backwards through it; and one of the n % k steps that
are left, whose values are kept. The steps are the same ones in the same order, so results are equal to the bit.

Source: Griewank and Walther, Evaluating Derivatives, 2nd edition, chapter 12; with k near √n, the √n checkpoints and
the k steps of one segment take memory for about 2 √n steps, for one more run of the loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isqrt

from rose.ir.builder import Builder
from rose.ir.copy import Env, copy_instr, copy_instrs
from rose.ir.func import Apply, Block, Cond, Func, Instr, Loop
from rose.ir.primitive import REGISTRY
from rose.ir.record import replace
from rose.ir.types import Array, Index, Type
from rose.ir.uses import free_values

KEPT = 1  # Loop.checkpoint of a loop that keeps all
MOST_KEPT = (
    2**20
)  # a loop with more scalars to keep, 8 MiB of Reals, has √n checkpoints if it may choose


def scalars_of(type: Type) -> int:
    """How many scalars a value is."""
    return type.count if isinstance(type, Array) else 1


def root_steps(size: int) -> int:
    """√n rounded up: every how many steps a loop of n steps has √n checkpoints."""
    return isqrt(size - 1) + 1


def steps_of(loop: Loop, scalars: int) -> int:
    """Every how many steps a loop keeps its carried values, if keeping everything would take so many scalars."""
    if not loop.carries or not scalars:
        return KEPT
    if loop.checkpoint:
        return loop.checkpoint
    return root_steps(loop.size) if scalars > MOST_KEPT else KEPT


def running_flag(loop: Loop) -> int | None:
    """The number of a carried Bool without which a step hands on all that the loop carries, as a bounded while has one."""
    body, carried = loop.body, loop.body.params[1:]
    match body.instrs:
        case (Cond(operands=(flag,), branches=(rests, _), results=results),):
            pass
        case _:
            return None
    if flag not in carried or results != body.results or len(results) != len(carried):
        return None
    if not all([isinstance(i, Apply) for i in rests.instrs]):
        return None  # it may add into an accumulator
    stops = {i.results[0] for i in rests.instrs if isinstance(i, Apply) and i.attrs[:1] == (False,)}
    pairs = zip(rests.results, carried, strict=True)
    rest = all(v == p or (p == flag and v in stops) for v, p in pairs)
    return carried.index(flag) if rest else None


def in_segments(func: Func, steps: Mapping[int, int]) -> Func:
    """The same Func with the loops whose ids are given in segments of so many steps."""
    return _InSegments(func, steps).func_in_segments()


class _InSegments:
    """Copies a Func; `env` maps its values into the copy."""

    def __init__(self, func: Func, steps: Mapping[int, int]) -> None:
        self.func = func
        self.types = func.types
        self.steps = steps
        self.builder = Builder(func.name)
        self.env: dict[int, int] = {}

    def func_in_segments(self) -> Func:
        body = self.func.body
        for v in body.params:
            self.env[v] = self.builder.param(self.types[v])
        for instr in body.instrs:
            self.instr(instr)
        made = self.builder.finish([self.env[v] for v in body.results])
        return replace(made, remat=self.func.remat, memo={})

    def block(self, block: Block) -> Block:
        with self.builder.block([self.types[v] for v in block.params]) as opened:
            self.env.update(zip(block.params, opened.params, strict=True))
            for instr in block.instrs:
                self.instr(instr)
        return opened.close([self.env[v] for v in block.results])

    def instr(self, instr: Instr) -> None:
        self.builder.loc = instr.loc
        if isinstance(instr, Loop) and id(instr) in self.steps:
            self.loop(instr, self.steps[id(instr)])
        elif instr.blocks:
            operands = tuple([self.env[v] for v in instr.operands])
            blocks = tuple(map(self.block, instr.blocks))
            results = self.builder.values([self.types[v] for v in instr.results])
            self.env.update(zip(instr.results, results, strict=True))
            self.builder.append(instr.rebuilt(operands, results, blocks))
        else:
            copy_instr(self.builder, self.func.types, instr, self.env)

    # --- one loop -----------------------------------------------------------------------------------------

    def loop(self, old: Loop, steps: int) -> None:
        """Append a loop in segments; in reverse, the steps that no segment has come first."""
        count, left = divmod(old.size, steps)
        carries = [self.env[v] for v in old.operands]
        rows: list[int] = []
        if old.reverse and left:
            carries, rows = self.rest(old, carries, left)
        carries, stacks = self.segments(old, carries, count, steps)
        if left and not old.reverse:
            carries, rows = self.rest(old, carries, left)
        tails: Sequence[int | None] = rows if left else [None] * len(stacks)
        joined = [
            self.joined(stack, row, old.size, count * steps)
            for stack, row in zip(stacks, tails, strict=True)
        ]
        self.env.update(zip(old.results, [*carries, *joined], strict=True))

    def segments(
        self, old: Loop, inits: Sequence[int], count: int, steps: int
    ) -> tuple[list[int], list[int]]:
        """Append the loop over segments; gives what it carries, and per row an array [segment, step, …]."""
        captured = list(free_values(old.body))
        segment = self.segment(old, captured, count, steps)
        types = [Index(count), *[self.builder.types[v] for v in inits]]
        running = running_flag(old)
        with self.builder.block(types) as block:
            operands = [*block.params, *[self.env[v] for v in captured]]
            if running is None:
                outputs = self.builder.call(segment, operands)
            else:
                with self.builder.block() as runs:
                    outputs = self.builder.call(segment, operands)
                with self.builder.block() as rests:
                    handed_on = block.params[1:]
                branches = [rests.close(handed_on), runs.close(outputs)]
                outputs = self.builder.cond(block.params[1 + running], branches)
        results = self.builder.loop(
            count, inits, block.close(outputs), reverse=old.reverse, checkpoint=KEPT
        )
        return list(results[: len(inits)]), list(results[len(inits) :])

    def segment(self, old: Loop, captured: Sequence[int], count: int, steps: int) -> Func:
        """A Func of the number of a segment, the carried values and what the body captures."""
        builder = Builder(f"{self.func.name}.segment")
        builder.loc = old.loc
        number = builder.param(Index(count))
        inits = [builder.param(self.types[v]) for v in old.operands]
        env = {v: builder.param(self.types[v]) for v in captured}
        each = builder.const(steps, Index(steps + 1))
        start = builder.apply(REGISTRY["index_mul"], (number, each))
        # so that the sum with a step is an index of the loop, and no step has to widen it
        start = builder.apply(REGISTRY["index_widen"], (start,), (old.size - steps + 1,))
        results = _steps(builder, (self.func, old), env, inits, (start, steps))
        return replace(builder.finish(results), remat=True, memo={})

    def rest(self, old: Loop, inits: Sequence[int], left: int) -> tuple[list[int], list[int]]:
        """Append a loop of the last `left` steps; gives what it carries, and its stacks."""
        first = old.size - left
        start = self.builder.const(first, Index(first + 1))
        results = _steps(self.builder, (self.func, old), self.env, inits, (start, left))
        return list(results[: len(inits)]), list(results[len(inits) :])

    def joined(self, stack: int, rest: int | None, size: int, first: int) -> int:
        """One array of `size` rows from those of the segments, and of the steps from `first` on."""
        builder = self.builder
        with builder.block([Index(size)]) as block:
            (t,) = block.params
            if rest is None:
                row = self.row(stack, t)
            else:
                with builder.block() as late:
                    # these are fewer than the steps of one segment, so t < 2 first
                    at = builder.apply(REGISTRY["index_mod"], (t,), (first,))
                    at = builder.apply(REGISTRY["index_mod"], (at,), (size - first,))
                    late_row = builder.apply(REGISTRY["index"], (rest, at))
                with builder.block() as early:
                    early_row = self.row(
                        stack, builder.apply(REGISTRY["index_mod"], (t,), (first,))
                    )
                bound = builder.const(first, Index(size))
                is_early = builder.apply(REGISTRY["index_lt"], (t, bound))
                (row,) = builder.cond(is_early, [late.close([late_row]), early.close([early_row])])
        (array,) = builder.loop(size, (), block.close([row]))
        return array

    def row(self, stack: int, t: int) -> int:
        """Row t of an array [segment, step, …]."""
        type = self.builder.types[stack]
        assert isinstance(type, Array), "a stack is an array"
        steps = type.shape[1]
        segment = self.builder.apply(REGISTRY["index_div"], (t,), (steps,))
        step = self.builder.apply(REGISTRY["index_mod"], (t,), (steps,))
        return self.builder.apply(REGISTRY["index"], (stack, segment, step))


def _steps(
    builder: Builder,
    copied: tuple[Func, Loop],
    env: Env,
    inits: Sequence[int],
    part: tuple[int, int],
) -> Sequence[int]:
    """Append a loop of a part of a loop's steps: the value of its first index, the largest of which leaves just so many, and how many."""
    func, old = copied
    start, count = part
    types = [Index(count), *[builder.types[v] for v in inits]]
    with builder.block(types) as block:
        j, *carries = block.params
        t = builder.apply(REGISTRY["index_add"], (start, j))
        env.update(zip(old.body.params, (t, *carries), strict=True))
        copy_instrs(builder, func.types, old.body.instrs, env)
        results = [env[v] for v in old.body.results]
    return builder.loop(count, inits, block.close(results), reverse=old.reverse, checkpoint=KEPT)
