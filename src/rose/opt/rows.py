"""rows: where a loop reads elements of a row that is the same in every iteration, the row is taken in front of it.

A row is an address. What is left to do in the loop is to add to it where the element is.
"""

from __future__ import annotations

from itertools import takewhile
from operator import is_

from rose.ir.func import Apply, Block, Func, Instr, Loop, Values
from rose.ir.primitive import REGISTRY
from rose.ir.record import replace
from rose.ir.stages import stage
from rose.ir.types import Array
from rose.opt.nests import Nests

LEAST = 2  # iterations


@stage("rows")
def rows(func: Func) -> Func:
    """No loop reads an element a[i, j] directly in its body, with a and i from outside of it, but from the row a[i].

    Except where it begins with a, which may change in its place: a row of it would have to be copied.
    """
    taking = _Rows(func, LEAST)
    body = taking.block(func.body)
    return func if body is func.body else Func(func.name, tuple(taking.types), body)


class _Rows(Nests):
    """`taken` has, per block under way, array and indices of the rows that were taken in it."""

    def __init__(self, func: Func, least: int) -> None:
        super().__init__(func, least)
        self.taken: list[dict[Values, int]] = []

    def block(self, block: Block) -> Block:
        self.taken.append({})
        new = super().block(block)
        self.taken.pop()
        return new

    def outer(self, outer: Loop, before: list[Instr]) -> Loop:
        """The loop reading from rows, which are appended to `before`."""
        body = outer.body
        changing = {*outer.operands, *body.params, *[v for i in body.instrs for v in i.results]}
        instrs: list[Instr] = []
        for instr in body.instrs:
            same = _unchanged(instr, changing)
            if len(same) < 2:
                instrs.append(instr)
            elif len(same) < len(instr.operands):
                operands = (self.row(instr, same, before), *instr.operands[len(same) :])
                instrs.append(instr.rebuilt(operands, instr.results, ()))
            else:
                # a row that was taken in front of a loop in this one
                self.taken[-1].setdefault(same, instr.results[0])
                before.append(instr)
        if all(map(is_, instrs, body.instrs)) and len(instrs) == len(body.instrs):
            return outer
        return replace(outer, body=Block(body.params, tuple(instrs), body.results))

    def row(self, read: Instr, operands: Values, before: list[Instr]) -> int:
        """The row of an array, by some indices, that an instruction reads from."""
        taken = self.taken[-1]
        if operands not in taken:
            array = self.types[operands[0]]
            assert isinstance(array, Array), "only arrays are indexed"
            taken[operands] = v = len(self.types)
            self.types.append(array.at(len(operands) - 1))
            before.append(Apply(REGISTRY["index"], operands, (v,), (), read.loc))
        return taken[operands]


def _unchanged(instr: Instr, changing: set[int]) -> Values:
    """An array that an instruction reads, with those of the indices, from the first on, that do not change."""
    if not isinstance(instr, Apply) or instr.prim.name != "index":
        return ()
    return tuple(takewhile(lambda v: v not in changing, instr.operands))
