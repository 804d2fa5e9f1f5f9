"""branch: a cond on `a and b` asks b only where a holds, so that what b costs is paid only there.

It runs once, on the program that is lowered: derivatives are better made of the simpler form, where one Bool says
which side ran.
"""

from __future__ import annotations

from operator import is_

from rose.ir.func import Apply, Block, Cond, Func, Instr
from rose.ir.primitive import REGISTRY, Inline, Opcodes
from rose.ir.stages import stage
from rose.ir.types import BOOL, Type

SMALL = 8  # instructions of the other side that are worth writing twice
NEAR = 50  # how many instructions before a cond its conjunction may stand
LOOKED_AT = 200  # how many instructions are looked at to find what a value costs
DEAR = frozenset({"f64.div", "f64.sqrt"})


@stage("branch")
def branch(func: Func) -> Func:
    """No cond is left on a conjunction whose second half is dear and wanted only if the first holds."""
    return _Branch(func).run()


class _Branch:
    def __init__(self, func: Func) -> None:
        self.func = func
        self.types: list[Type] = list(func.types)

    def run(self) -> Func:
        body = self.block(self.func.body)
        if body is self.func.body:
            return self.func
        return Func(self.func.name, tuple(self.types), body)

    def block(self, block: Block) -> Block:
        """The same block if it has no such cond."""
        if not any([instr.blocks for instr in block.instrs]):
            return block
        instrs: list[Instr] = []
        made: dict[int, int] = {}  # value -> place of its instruction in `instrs`
        for instr in block.instrs:
            inner = tuple(map(self.block, instr.blocks))
            same = all(map(is_, inner, instr.blocks))
            new = instr if same else instr.rebuilt(instr.operands, instr.results, inner)
            if isinstance(new, Cond):
                new = self.split(new, instrs, made)
            for v in new.results:
                made[v] = len(instrs)
            instrs.append(new)
        if all(map(is_, instrs, block.instrs)):
            return block
        return Block(block.params, tuple(instrs), block.results)

    def split(self, cond: Cond, before: list[Instr], made: dict[int, int]) -> Cond:
        """The cond, or two of them in place of one on a conjunction, which is taken out of `before`."""
        (selector,) = cond.operands
        place = made.get(selector)
        # A conjunction far above is used elsewhere too, or the scan for its uses is not worth its time.
        if place is None or len(before) - place > NEAR:
            return cond
        if not self.is_worth_it(cond, before, place, made):
            return cond
        conjunction = before[place]
        first, second = conjunction.operands
        if _cost(first, before, made) > _cost(second, before, made):
            first, second = second, first
        before[place] = Apply(REGISTRY["const"], (), (self.fresh(BOOL),), (False, BOOL))
        no = before[place].results[0]
        otherwise, then = cond.branches
        results = tuple([self.fresh(self.types[v]) for v in cond.results])
        inner = Cond((second,), (otherwise, then), results, cond.loc)
        short = self.copied(otherwise)
        return Cond(
            (first,),
            (
                Block((), short.instrs, (no, *short.results)),
                Block((), (inner,), (second, *results)),
            ),
            (selector, *cond.results),
            cond.loc,
        )

    def is_worth_it(
        self, cond: Cond, before: list[Instr], place: int, made: dict[int, int]
    ) -> bool:
        maker = before[place]
        if not isinstance(maker, Apply) or maker.prim.name != "and" or len(cond.branches) != 2:
            return False
        (selector,) = cond.operands
        otherwise = cond.branches[0].instrs
        return (
            len(otherwise) <= SMALL
            and all(isinstance(instr, Apply) for instr in otherwise)
            and not any(_uses(instr, selector) for instr in before[place + 1 :])
            and not _uses_inside(cond, selector)
            and max(_cost(v, before, made) for v in maker.operands) > 0
        )

    def fresh(self, type: Type) -> int:
        self.types.append(type)
        return len(self.types) - 1

    def copied(self, block: Block) -> Block:
        """A block of primitives with values of its own."""
        name: dict[int, int] = {}
        instrs: list[Instr] = []
        for instr in block.instrs:
            for v in instr.results:
                name[v] = self.fresh(self.types[v])
            operands = tuple([name.get(v, v) for v in instr.operands])
            instrs.append(instr.rebuilt(operands, tuple([name[v] for v in instr.results]), ()))
        return Block((), tuple(instrs), tuple([name.get(v, v) for v in block.results]))


def _uses(instr: Instr, v: int) -> bool:
    """Whether a value is used by an instruction or inside it."""
    return v in instr.operands or _uses_inside(instr, v)


def _uses_inside(instr: Instr, v: int) -> bool:
    return any(
        v in block.results or any(_uses(i, v) for i in block.instrs) for block in instr.blocks
    )


def _cost(v: int, instrs: list[Instr], made: dict[int, int]) -> int:
    """How many dear instructions of this block a value takes."""
    seen: set[int] = set()
    stack, cost = [v], 0
    while stack and len(seen) < LOOKED_AT:
        place = made.get(stack.pop())
        if place is None or place in seen:
            continue
        seen.add(place)
        instr = instrs[place]
        stack.extend(instr.operands)
        cost += _is_dear(instr)
    return cost


def _is_dear(instr: Instr) -> bool:
    if not isinstance(instr, Apply):
        return True
    rule = instr.prim.wasm
    return not instr.prim.cheap or (
        isinstance(rule, Opcodes | Inline) and not DEAR.isdisjoint(rule.names)
    )
