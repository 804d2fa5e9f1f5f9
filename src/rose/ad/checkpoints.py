"""Checkpoints: a loop in segments, of whose carried values reverse mode keeps those at the start of each segment.

A loop of n steps becomes one over n // k segments, each a call of a function of k steps that is marked `remat`, so
that the linear part runs a segment again just before it goes backwards through it; and one of the n % k steps that
are left, whose values are kept. The steps are the same ones in the same order, so results are equal to the bit.

An array of n rows of which a step reads its own and nothing else, or a row of an array that is one, is cut where the loop is: a
segment is handed its k rows, of which a step reads the one of its number. So no step counts from the start of its segment, neither on the way there nor when it
runs again nor on the way back, and the cotangent of the array is again the rows that loops give (`rows.py`).

Source: Griewank and Walther, Evaluating Derivatives, 2nd edition, chapter 12; with k near √n, the √n checkpoints and
the k steps of one segment take memory for about 2 √n steps, for one more run of the loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isqrt, prod

from rose.ad.rows import read_by_row
from rose.ir.builder import Builder
from rose.ir.copy import Env, copy_instr, copy_instrs
from rose.ir.func import Apply, Block, Cond, Func, Instr, Loop, Values, instrs_of
from rose.ir.primitive import REGISTRY
from rose.ir.record import record, replace
from rose.ir.types import Array, Index, Type
from rose.ir.uses import Uses, free_values

KEPT = 1  # Loop.checkpoint of a loop that keeps all
OWN = -1  # stands for the number of a step in its segment, while a loop is cut
MOST_KEPT = (
    2**20
)  # a loop with more scalars to keep, 8 MiB of Reals, has √n checkpoints if it may choose


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


@record
class _Cut:
    """A loop that is cut into segments.

    Attributes:
        func: the Func that has it.
        loop: as it was.
        body: its body, which reads the arrays that are cut with it at `OWN`.
        arrays: each of these -> the rows in its place, in the Func under construction.
        steps: how many a segment has.
    """

    func: Func
    loop: Loop
    body: Block
    arrays: Mapping[int, int]
    steps: int

    @property
    def count(self) -> int:
        """How many segments there are."""
        return self.loop.size // self.steps

    @property
    def left(self) -> int:
        """How many steps are behind them."""
        return self.loop.size % self.steps


def _places(loop: Loop) -> dict[int, Values]:
    """The arrays from outside that a loop reads with its counter as an index -> the indices in front of that."""
    t, free = loop.body.params[0], free_values(loop.body)
    places: dict[int, Values] = {}
    for instr in instrs_of(loop.body):
        if isinstance(instr, Apply) and instr.prim.name == "index" and t in instr.operands:
            array, *indices = instr.operands
            before = tuple(indices[: indices.index(t)])
            if free.keys() >= {array, *before}:
                places.setdefault(array, before)
    return places


def _by_own_number(block: Block, by_row: Mapping[int, Values]) -> Block:
    """A block that reads, in place of these arrays, their rows, and these at `OWN`."""

    def instr(old: Instr) -> Instr:
        operands = old.operands
        if isinstance(old, Apply) and operands[:1] and operands[0] in by_row:
            array, *indices = operands
            rest = indices[len(by_row[array]) + 1 :]
            return old.rebuilt((array, OWN, *rest), old.results, ())
        if not old.blocks:
            return old
        blocks = tuple([_by_own_number(inner, by_row) for inner in old.blocks])
        return old.rebuilt(operands, old.results, blocks)

    return Block(block.params, tuple(map(instr, block.instrs)), block.results)


class _InSegments:
    """Copies a Func; `env` maps its values into the copy."""

    def __init__(self, func: Func, steps: Mapping[int, int]) -> None:
        self.func = func
        self.types = func.types
        self.steps = steps
        self.builder = Builder(func.name)
        self.env: dict[int, int] = {}
        self.uses = Uses()

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

    def loop(self, loop: Loop, steps: int) -> None:
        """Append a loop in segments; in reverse, the steps that no segment has come first."""
        cut = self.cut(loop, steps)
        carries: Sequence[int] = [self.env[v] for v in loop.operands]
        rows: Sequence[int] = ()
        if cut.left and loop.reverse:
            carries, rows = self.rest(cut, carries)
        carries, stacks = self.segments(cut, carries)
        if cut.left and not loop.reverse:
            carries, rows = self.rest(cut, carries)
        parts = zip(stacks, rows, strict=True) if cut.left else [(stack,) for stack in stacks]
        joined = [self.joined(each, loop.size) for each in parts]
        self.env.update(zip(loop.results, [*carries, *joined], strict=True))

    def cut(self, loop: Loop, steps: int) -> _Cut:
        """Where a loop is to be cut, and with it the arrays that it reads by row, or rows of which it does."""
        places = _places(loop)
        found = {v: places[v] for v in read_by_row(loop, places, self.uses)}
        by_row = {v: at for v, at in found.items() if _shape(self.types[v])[len(at)] == loop.size}
        arrays = {v: self.row(v, at) for v, at in by_row.items()}
        return _Cut(self.func, loop, _by_own_number(loop.body, by_row), arrays, steps)

    def row(self, v: int, at: Values) -> int:
        """An array, or its row at some indices."""
        operands = [self.env[v], *[self.env[i] for i in at]]
        return self.builder.apply(REGISTRY["index"], operands) if at else operands[0]

    def segments(self, cut: _Cut, inits: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
        """Append the loop over segments; gives what it carries, and per row an array [segment, step, …]."""
        builder, loop = self.builder, cut.loop
        shape = (cut.count, cut.steps)
        captured = {v: self.env[v] for v in free_values(loop.body)}
        captured |= {v: self.part(array, 0, shape) for v, array in cut.arrays.items()}
        running = running_flag(loop)
        with builder.block([Index(cut.count), *[builder.types[v] for v in inits]]) as block:
            if running is None:
                outputs = self.segment(cut, captured, block.params)
            else:
                with builder.block() as runs:
                    outputs = self.segment(cut, captured, block.params)
                with builder.block() as rests:
                    handed_on = block.params[1:]
                branches = [rests.close(handed_on), runs.close(outputs)]
                outputs = builder.cond(block.params[1 + running], branches)
        results = builder.loop(
            cut.count, inits, block.close(outputs), reverse=loop.reverse, checkpoint=KEPT
        )
        return results[: len(inits)], results[len(inits) :]

    def segment(self, cut: _Cut, captured: Mapping[int, int], params: Sequence[int]) -> Values:
        """Append the call of a segment, given its number and the carried values, on the rows that it reads."""
        builder, number = self.builder, params[0]
        inside = dict(captured)
        for v in cut.arrays:
            inside[v] = builder.apply(REGISTRY["index"], (captured[v], number))
        operands = (*params, *inside.values())
        types = [builder.types[v] for v in operands]
        return builder.call(_segment_func(cut, list(inside), types), operands)

    def rest(self, cut: _Cut, inits: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
        """Append a loop of the steps that no segment has; gives what it carries, and its stacks."""
        first = cut.loop.size - cut.left
        start = self.builder.const(first, Index(first + 1))
        parts = {v: self.part(array, first, (cut.left,)) for v, array in cut.arrays.items()}
        env = {**self.env, **parts}
        results = _steps(self.builder, cut, env, inits, (start, cut.left))
        return results[: len(inits)], results[len(inits) :]

    def part(self, array: int, first: int, shape: tuple[int, ...]) -> int:
        """The rows of an array from number `first` on, as an array of this shape of rows."""
        row = _shape(self.builder.types[array])[1:]
        attrs = (first * prod(row), shape + row)
        return self.builder.apply(REGISTRY["part"], (array,), attrs)

    def joined(self, parts: Sequence[int], size: int) -> int:
        """One array of so many rows, from [segment, step, …] and the rows of the steps that no segment has."""
        row = _shape(self.builder.types[parts[0]])[2:]
        return self.builder.apply(REGISTRY["join"], parts, ((size, *row),))


def _segment_func(cut: _Cut, captured: Sequence[int], types: Sequence[Type]) -> Func:
    """A Func of the number of a segment, the carried values and what the body captures, which are of these types."""
    loop = cut.loop
    builder = Builder(f"{cut.func.name}.segment")
    builder.loc = loop.loc
    number, *given = map(builder.param, types)
    inits, env = given[: loop.carries], dict(zip(captured, given[loop.carries :], strict=True))
    each = builder.const(cut.steps, Index(cut.steps + 1))
    start = builder.apply(REGISTRY["index_mul"], (number, each))
    # so that the sum with a step is an index of the loop, and no step has to widen it
    start = builder.apply(REGISTRY["index_widen"], (start,), (loop.size - cut.steps + 1,))
    results = _steps(builder, cut, env, inits, (start, cut.steps))
    return replace(builder.finish(results), remat=True, memo={})


def _steps(
    builder: Builder, cut: _Cut, env: Env, inits: Sequence[int], some: tuple[int, int]
) -> Values:
    """Append a loop of some of a loop's steps: the value of its first index, the largest of which leaves just so many, and how many."""
    body, (start, count) = cut.body, some
    types = [Index(count), *[builder.types[v] for v in inits]]
    with builder.block(types) as block:
        j, *carries = block.params
        t = builder.apply(REGISTRY["index_add"], (start, j))
        env.update(zip((OWN, *body.params), (j, t, *carries), strict=True))
        copy_instrs(builder, cut.func.types, body.instrs, env)
        results = [env[v] for v in body.results]
    reverse = cut.loop.reverse
    return builder.loop(count, inits, block.close(results), reverse=reverse, checkpoint=KEPT)


def _shape(type: Type) -> tuple[int, ...]:
    assert isinstance(type, Array), "only arrays have rows"
    return type.shape
