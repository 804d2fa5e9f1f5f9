"""simplify: `fold` and `cse` in one sweep, each on what the other makes of an instruction."""

from __future__ import annotations

from rose.ir.func import Apply, Func
from rose.ir.stages import stage
from rose.opt.cse import CommonSubexpressions
from rose.opt.fold import Folding
from rose.opt.rename import Renaming


@stage("simplify")
def simplify(func: Func) -> Func:
    """No primitive is left that can be computed now, that equals an operand, or that equals one in scope."""
    folding, common = Folding(func), CommonSubexpressions()
    folded, shared = folding.rewrite, common.rewrite

    def rewrite(instr: Apply) -> int | Apply | None:
        new = folded(instr)
        if isinstance(new, int):
            return new
        known = shared(new or instr)
        return new if known is None else known

    return Renaming(func, rewrite, common.enter, common.leave).run()
