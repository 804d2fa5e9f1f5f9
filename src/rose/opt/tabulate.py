"""tabulate: what a loop inside a loop computes of its own counter, and not of the outer loop, is computed once and kept in a table.

Such as where each of n balls will be, in a loop over all pairs of them.
"""

from __future__ import annotations

from collections import Counter
from operator import is_

from rose.ir.func import Apply, Block, Func, Instr, Loop, instrs_of
from rose.ir.primitive import REGISTRY, HostCall, Inline, MathCall, Opcodes
from rose.ir.stages import stage
from rose.ir.types import REAL, Array, Type, stacked
from rose.ir.uses import used_by
from rose.opt.nests import Nests

LEAST_RUNS = 4  # of the outer loop
LEAST_COST = 2  # of what is kept, in additions; a load costs about as much as one
MOST_KEPT = 1 << 14  # scalars of a table
COSTS = {"f64.div": 8, "f64.sqrt": 8, "i32.rem_u": 4, "i32.div_u": 4}
MATH_COST = COSTS["call"] = 20


@stage("tabulate")
def tabulate(func: Func) -> Func:
    """No loop directly in another one computes Reals of its counter alone, by more than one addition or multiplication."""
    if not any(
        isinstance(inner, Loop)
        for i in instrs_of(func.body)
        for b in i.blocks
        for inner in b.instrs
    ):
        return func
    search = _Tabulate(func, LEAST_RUNS)
    body = search.block(func.body)
    return func if body is func.body else Func(func.name, tuple(search.types), body)


class _Tabulate(Nests):
    def outer(self, outer: Loop, before: list[Instr]) -> Loop:
        """A loop with tables for the loops in it, the loops that fill them being appended to `before`."""
        body = outer.body
        if not any(isinstance(instr, Loop) for instr in body.instrs):
            return outer
        made = {*body.params, *[v for instr in body.instrs for v in instr.results]}
        instrs: list[Instr] = []
        for instr in body.instrs:
            new = self.inner(instr, made, before) if isinstance(instr, Loop) else instr
            instrs.append(new)
        if all(map(is_, instrs, body.instrs)):
            return outer
        new_body = Block(body.params, tuple(instrs), body.results)
        return outer.rebuilt(outer.operands, outer.results, (new_body,))

    def inner(self, inner: Loop, made: set[int], before: list[Instr]) -> Loop:
        """A loop that reads tables of what it computed of its counter and of what is not in `made`."""
        found = _Found(inner.body, made, self.types)
        kept = found.kept()
        if not kept or len(kept) * inner.size > MOST_KEPT:
            return inner
        before.append(self.filling(inner, found.needed(kept), kept))
        tables = dict(zip(kept, before[-1].results, strict=True))
        read: list[Instr] = []
        counter = inner.body.params[0]
        for instr in inner.body.instrs:
            if instr.results and instr.results[0] in tables:
                (v,) = instr.results
                read.append(Apply(REGISTRY["index"], (tables[v], counter), (v,), (), instr.loc))
            else:
                read.append(instr)
        body = Block(inner.body.params, tuple(read), inner.body.results)
        return inner.rebuilt(inner.operands, inner.results, (found.without_unused(body),))

    def filling(self, inner: Loop, instrs: list[Apply], kept: list[int]) -> Loop:
        """The loop that computes values of every iteration of another one."""
        name = {inner.body.params[0]: self.fresh(self.types[inner.body.params[0]])}
        copied: list[Apply] = []
        for instr in instrs:
            (v,) = instr.results
            name[v] = self.fresh(self.types[v])
            operands = tuple([name.get(u, u) for u in instr.operands])
            copied.append(instr.rebuilt(operands, (name[v],), ()))
        body = Block((name[inner.body.params[0]],), tuple(copied), tuple([name[v] for v in kept]))
        tables = tuple([self.fresh(stacked(inner.size, self.types[v])) for v in kept])
        return Loop(inner.size, False, (), body, tables, inner.loc)

    def fresh(self, type: Type) -> int:
        self.types.append(type)
        return len(self.types) - 1


class _Found:
    """What a loop's body computes of its counter alone.

    Attributes:
        makers: value -> the instruction that computes it so.
        uses: how often each value is used by anything else.
    """

    def __init__(self, body: Block, made: set[int], types: list[Type]) -> None:
        self.types = types
        self.makers: dict[int, Apply] = {}
        self.uses: Counter[int] = Counter(body.results)
        inside = made | set(body.params[1:])
        alone = {body.params[0]}
        for instr in body.instrs:
            if isinstance(instr, Apply) and not alone.isdisjoint(instr.operands):
                (v,) = instr.results
                if self.is_computed(instr) and inside.isdisjoint(instr.operands):
                    alone.add(v)
                    self.makers[v] = instr
                    continue
            inside.update(instr.results)
            self.uses.update(used_by(instr))

    def is_computed(self, instr: Apply) -> bool:
        return not isinstance(instr.prim.wasm, HostCall) and not isinstance(
            self.types[instr.results[0]], Array
        )

    def kept(self) -> list[int]:
        """The Reals to keep in tables."""
        return [
            v
            for v in self.makers
            if self.uses[v] and self.types[v] == REAL and self.cost(v) >= LEAST_COST
        ]

    def needed(self, kept: list[int]) -> list[Apply]:
        """The instructions that compute some of the values, in order."""
        needed: set[int] = set()
        stack = list(kept)
        while stack:
            v = stack.pop()
            if v in self.makers and v not in needed:
                needed.add(v)
                stack.extend(self.makers[v].operands)
        return [instr for v, instr in self.makers.items() if v in needed]

    def cost(self, v: int) -> int:
        """What it costs to compute a value, in additions; what is read from memory costs nothing."""
        return sum(map(_cost, self.needed([v])))

    def without_unused(self, body: Block) -> Block:
        """A body without instructions of this kind whose results are not used any more."""
        used = Counter(body.results)
        for instr in body.instrs:
            used.update(used_by(instr))
        kept: list[Instr] = []
        for instr in reversed(body.instrs):
            if instr.results and instr.results[0] in self.makers and not used[instr.results[0]]:
                used.subtract(instr.operands)
            else:
                kept.append(instr)
        return Block(body.params, tuple(reversed(kept)), body.results)


def _cost(instr: Apply) -> int:
    match instr.prim.wasm:
        case MathCall():
            return MATH_COST
        case Opcodes(names=names) | Inline(names=names):
            return sum([COSTS.get(name, 1) for name in names if isinstance(name, str)])
        case _:
            return 0
