"""Loops into which a single tangent goes: their slopes are computed on the way there, and nothing is kept.

All that is linear in such a loop is what it would be for a tangent of 1, times the tangent. So the loop runs with 1 in place
of the tangent in the forward part, beside its values, and gives the slope of each of its results; the linear part is
one product for each. It has no rows and no checkpoints, and a pullback takes one product a direction.

With one tangent in, forwards is not more work than backwards: either way there is a product for each slope of an
instruction, and backwards what the slopes are made of is written and read, or computed again. Where a function runs again, for
`remat` or at checkpoints, the first run leaves the slopes out, since nothing uses them there. A loop whose linear part
needs nothing of what the loop computes would only run it twice, and stays as it is.

The products have another order than on the way back, so last bits differ. And the slope of the whole loop may overflow where
cotangents small enough would not, on the way back: an infinite slope times a cotangent of 0 is nan.
"""

from __future__ import annotations

from collections.abc import Sequence

from rose.ad.plan import Plan
from rose.ir.copy import Kept, renamed
from rose.ir.func import Apply, Block, Func, Instr, Loop
from rose.ir.primitive import REGISTRY
from rose.ir.record import replace
from rose.ir.types import REAL
from rose.ir.uses import free_values


def with_slopes(plan: Plan) -> Func:
    """The Func of a plan with nothing linear left in loops into which a single tangent goes; itself if it has none."""
    return _WithSlopes(plan).func_with_slopes()


class _WithSlopes:
    """Rewrites blocks, outer loops before those in them; `types` comes to have those of all values."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.types = list(plan.func.types)

    def func_with_slopes(self) -> Func:
        func = self.plan.func
        body = self.block(func.body)
        if len(self.types) == len(func.types):
            return func
        return replace(func, types=tuple(self.types), body=body, memo={})

    def block(self, block: Block) -> Block:
        if not any([instr.blocks for instr in block.instrs]):
            return block
        instrs = [new for old in block.instrs for new in self.instr(old)]
        return Block(block.params, tuple(instrs), block.results)

    def instr(self, instr: Instr) -> Sequence[Instr]:
        """What stands in place of an instruction."""
        if isinstance(instr, Loop) and (tangent := self.single_tangent(instr)) is not None:
            return self.loop(instr, tangent)
        if not instr.blocks:
            return [instr]
        return [instr.rebuilt(instr.operands, instr.results, tuple(map(self.block, instr.blocks)))]

    def single_tangent(self, loop: Loop) -> int | None:
        """The Real that is all that is linear of what a loop takes, if what is linear of what it gives are Reals, too."""
        given = self.linear_of(loop.results)
        taken = set(self.linear_of([*loop.operands, *free_values(loop.body)]))
        if not given or len(taken) != 1 or {self.types[v] for v in (*given, *taken)} != {REAL}:
            return None
        return taken.pop() if self.is_needed(loop.body) else None

    def linear_of(self, values: Sequence[int]) -> list[int]:
        return [v for v in values if self.plan.linear[v]]

    def is_needed(self, block: Block) -> bool:
        """Whether the linear part needs something that a region's block, or one in it, has or computes."""
        needed = self.plan.needed
        if any([needed[v] for v in block.params]):
            return True
        return any(
            any([needed[v] for v in instr.results]) or any(map(self.is_needed, instr.blocks))
            for instr in block.instrs
        )

    def loop(self, loop: Loop, tangent: int) -> Sequence[Instr]:
        """The loop for a tangent of 1, and the products with what it gives."""
        one = self.real()
        slope_of = {v: self.real() for v in self.linear_of(loop.results)}
        there = renamed(loop, Kept({tangent: one}))
        results = tuple([slope_of.get(v, v) for v in loop.results])
        mul = REGISTRY["mul"]
        return [
            Apply(REGISTRY["const"], (), (one,), (1.0, REAL), loop.loc),
            there.rebuilt(there.operands, results, there.blocks),
            *[Apply(mul, (tangent, x), (v,), (), loop.loc) for v, x in slope_of.items()],
        ]

    def real(self) -> int:
        """A new value."""
        self.types.append(REAL)
        return len(self.types) - 1
