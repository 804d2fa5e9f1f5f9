"""absorb: what is added to a result of a cond is added inside, so that a side which gives zero adds nothing.

The sums that a loop carries then stay as they are in an iteration that takes such a side. Only what is exact is done: x - 0.0 is x,
and x + 0.0 is x if x is not -0.0.
"""

from __future__ import annotations

from math import copysign
from operator import is_

from rose.ir.func import Apply, Block, Cond, Func, Instr, instrs_of
from rose.ir.stages import stage
from rose.ir.types import REAL
from rose.ir.uses import Uses
from rose.opt.signs import Signs


@stage("absorb")
def absorb(func: Func) -> Func:
    """No result of a cond is used only to be added to a value from before it, and zero on half of the sides or more."""
    if not any(isinstance(instr, Cond) for instr in instrs_of(func.body)):
        return func
    search = _Absorb(func)
    body = search.block(func.body)
    return func if body is func.body else Func(func.name, tuple(search.types), body)


class _Absorb:
    """State of the pass.

    Attributes:
        zeros: constants that are zero -> their sign.
        uses: how often each value is used.
    """

    def __init__(self, func: Func) -> None:
        self.types = list(func.types)
        self.signs = Signs(func)
        self.zeros: dict[int, float] = {}
        self.uses = Uses().of(func.body)
        for instr in instrs_of(func.body):
            if isinstance(instr, Apply) and instr.prim.name == "const":
                (v,) = instr.results
                if self.types[v] == REAL and instr.attrs[0] == 0:
                    self.zeros[v] = copysign(1, instr.attrs[0])

    def block(self, block: Block) -> Block:
        """The same block if nothing is to be moved."""
        instrs: list[Instr] = []
        place: dict[int, int] = {}  # value -> where in `instrs` it is made
        for old in block.instrs:
            blocks = tuple(map(self.block, old.blocks))
            same = all(map(is_, blocks, old.blocks))
            instr = old if same else old.rebuilt(old.operands, old.results, blocks)
            if isinstance(instr, Apply) and instr.prim.name in ("add", "sub"):
                maker = self.absorbing(instr, instrs, place)
                if maker is not None:
                    place[instr.results[0]] = maker
                    continue
            place.update(dict.fromkeys(instr.results, len(instrs)))
            instrs.append(instr)
        if len(instrs) == len(block.instrs) and all(map(is_, instrs, block.instrs)):
            return block
        return Block(block.params, tuple(instrs), block.results)

    def absorbing(self, add: Apply, instrs: list[Instr], place: dict[int, int]) -> int | None:
        """Put an addition into the cond that one of its operands comes from; gives where that is, None if it must not be."""
        a, b = add.operands
        for x, v in ((a, b), (b, a)):
            at = place.get(v)
            if at is None or self.uses[v] != 1 or place.get(x, -1) >= at:
                continue
            cond = instrs[at]
            if isinstance(cond, Cond) and not (add.prim.name == "sub" and v == a):
                k = cond.results.index(v)
                idle = [self.changes_nothing(add, x, b.results[k]) for b in cond.branches]
                if 2 * sum(idle) >= len(idle):
                    instrs[at] = self.with_sum(cond, k, add, x, idle)
                    return at
        return None

    def changes_nothing(self, add: Apply, x: int, value: int) -> bool:
        """Whether an addition to x, or a subtraction from it, of a value gives x."""
        if value not in self.zeros:
            return False
        negative = self.zeros[value] < 0
        return x in self.signs.plus or negative == (add.prim.name == "add")

    def with_sum(self, cond: Cond, k: int, add: Apply, x: int, idle: list[bool]) -> Cond:
        """The cond, giving the sum as its k-th result."""
        (v,) = add.results
        results = list(cond.results)
        gone, results[k] = results[k], v
        branches: list[Block] = []
        for branch, is_idle in zip(cond.branches, idle, strict=True):
            given, instrs = list(branch.results), branch.instrs
            if is_idle:
                given[k] = x
            else:
                total = len(self.types)
                self.types.append(REAL)
                terms = tuple([given[k] if u == gone else u for u in add.operands])
                instrs = (*instrs, Apply(add.prim, terms, (total,), (), add.loc))
                given[k] = total
            branches.append(Block((), instrs, tuple(given)))
        return Cond(cond.operands, tuple(branches), tuple(results), cond.loc)
