"""fuse: two loops of equal length, of which the second waits for no more than rows of the first, become one.

So the gradient of a sum over n things needs one sweep and no memory: what the forward loop hands to the backward one as a row of an
array is used in the iteration that made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_

from rose.ir.func import Apply, Block, Func, Instr, Loop, Values, instrs_of
from rose.ir.record import replace
from rose.ir.stages import stage
from rose.ir.types import Ref, Type
from rose.ir.uses import used_by

FAR = 200  # instructions between two loops that are looked at
LARGEST = 500  # instructions of two bodies that are put together


@stage("fuse")
def fuse(func: Func) -> Func:
    """No loop is left that could run in step with the one of its length before it.

    The second one may use nothing that depends on the first but the row of the same iteration. Iterations keep their
    order, and additions into an accumulator theirs, so that no bit changes.
    """
    body = _Fusion(func.types).block(func.body)
    return func if body is func.body else Func(func.name, func.types, body)


class _Fusion:
    def __init__(self, types: Sequence[Type]) -> None:
        self.types = types

    def block(self, block: Block) -> Block:
        """The same block if nothing is to be fused."""
        if not any([instr.blocks for instr in block.instrs]):
            return block
        instrs: list[Instr] = []
        latest: dict[int, int] = {}  # length of a loop -> where the last one of it stands
        for old in block.instrs:
            instr = self.inside(old)
            if isinstance(instr, Loop):
                place = latest.get(instr.size, len(instrs))
                fused = self.fused(instrs[place:], instr) if len(instrs) - place <= FAR else None
                if fused is None:
                    latest[instr.size] = len(instrs)
                else:
                    del instrs[place:]
                    latest = {size: k for size, k in latest.items() if k < place}
                    for new in fused:
                        if isinstance(new, Loop):
                            latest[new.size] = len(instrs)
                        instrs.append(new)
                    continue
            instrs.append(instr)
        if len(instrs) == len(block.instrs) and all(map(is_, instrs, block.instrs)):
            return block
        return Block(block.params, tuple(instrs), block.results)

    def inside(self, instr: Instr) -> Instr:
        """An instruction with its blocks fused."""
        blocks = tuple(map(self.block, instr.blocks))
        if all(map(is_, blocks, instr.blocks)):
            return instr
        return instr.rebuilt(instr.operands, instr.results, blocks)

    def fused(self, since: Sequence[Instr], second: Loop) -> list[Instr] | None:
        """What `since`, which begins with a loop of equal length, and the second loop become; None if they must not."""
        if not since:
            return None
        first, *between = since
        assert isinstance(first, Loop), "places of loops are remembered"
        if len(instrs_of(first.body)) + len(instrs_of(second.body)) > LARGEST:
            return None
        directed = self.in_step(first, second)
        if directed is None:
            return None
        waits = {
            *first.results,
            *self.refs(first),
        }  # what is known, or changed, when the first loop has run
        before: list[Instr] = []
        after: list[Instr] = []
        for instr in between:
            if waits.isdisjoint(used_by(instr)):
                before.append(instr)
            else:
                after.append(instr)
                waits.update(instr.results, self.refs(instr))
        rows = dict(zip(first.results, first.body.results, strict=True))
        needed = waits.intersection(used_by(second))
        if not needed.issubset(first.results[first.carries :]):
            return None
        together = _Together(*directed, {v: rows[v] for v in needed}).loop()
        return None if together is None else [*before, together, *after]

    def in_step(self, first: Loop, second: Loop) -> tuple[Loop, Loop] | None:
        """Both loops in one direction: one whose iterations are independent may be turned."""
        if first.operands and second.operands and first.checkpoint != second.checkpoint:
            return None
        if first.reverse == second.reverse:
            return first, second
        if not second.operands and not self.refs(second):
            return first, replace(second, reverse=first.reverse)
        if not first.operands and not self.refs(first):
            return replace(first, reverse=second.reverse), second
        return None

    def refs(self, instr: Instr) -> list[int]:
        """The accumulators that an instruction adds into, opens or closes."""
        return [v for v in (*used_by(instr), *instr.results) if isinstance(self.types[v], Ref)]


class _Together:
    """Two loops as one, in which rows of the first are used by the second.

    Attributes:
        rows: stack of the first loop -> its row.
        name: value of the second body -> value that it equals.
    """

    def __init__(self, first: Loop, second: Loop, rows: dict[int, int]) -> None:
        self.first = first
        self.second = second
        self.rows = rows
        self.name = {second.body.params[0]: first.body.params[0]}

    def loop(self) -> Loop | None:
        """None if the second loop uses more of a stack than the row of its iteration."""
        first, second = self.first, self.second
        body = self.block(second.body)
        if body is None or not self.rows.keys().isdisjoint(second.operands):
            return None
        one, two = first.carries, second.carries
        ends, others = first.body.results, body.results
        results = (*ends[:one], *others[:two], *ends[one:], *others[two:])
        params = (*first.body.params, *body.params[1:])
        whole = Block(params, (*first.body.instrs, *body.instrs), results)
        given = (
            *first.results[:one],
            *second.results[:two],
            *first.results[one:],
            *second.results[two:],
        )
        checkpoint = first.checkpoint if first.operands else second.checkpoint
        operands = (*first.operands, *second.operands)
        return Loop(
            first.size, first.reverse, operands, whole, given, second.loc, checkpoint=checkpoint
        )

    def block(self, block: Block) -> Block | None:
        """A block of the second loop with values of the first; None if that cannot be."""
        instrs: list[Instr] = []
        for instr in block.instrs:
            if isinstance(instr, Apply) and self.is_row(instr):
                stack, _, *rest = instr.operands
                row = self.rows[stack]
                if not rest:
                    self.name[instr.results[0]] = row
                    continue
                operands: Values | None = self.values((row, *rest))
            else:
                operands = self.values(instr.operands)
            blocks = [self.block(inner) for inner in instr.blocks]
            if operands is None or None in blocks:
                return None
            inner = tuple([b for b in blocks if b is not None])
            instrs.append(instr.rebuilt(operands, instr.results, inner))
        results = self.values(block.results)
        return None if results is None else Block(block.params, tuple(instrs), results)

    def is_row(self, instr: Apply) -> bool:
        operands = instr.operands
        return (
            instr.prim.name == "index"
            and operands[0] in self.rows
            and operands[1] == self.second.body.params[0]
            and self.rows.keys().isdisjoint(operands[2:])
        )

    def values(self, values: Values) -> Values | None:
        if not self.rows.keys().isdisjoint(values):
            return None
        return tuple([self.name.get(v, v) for v in values])
