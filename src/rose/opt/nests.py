"""What passes over loops in loops share: the walk that hands over each loop with the instructions in front of it."""

from __future__ import annotations

from operator import is_

from rose.ir.func import Block, Func, Instr, Loop
from rose.ir.types import Type


class Nests:
    """A walk over a Func, inner blocks before outer ones.

    Attributes:
        least: iterations of a loop from which on it is handed to `outer`.
        types: those of the values, to which `outer` may append.
    """

    def __init__(self, func: Func, least: int) -> None:
        self.least = least
        self.types: list[Type] = list(func.types)

    def outer(self, outer: Loop, before: list[Instr]) -> Loop:
        """What becomes of a loop; it may append to the instructions in front of it."""
        raise NotImplementedError

    def block(self, block: Block) -> Block:
        """The same block if there is nothing to do."""
        instrs: list[Instr] = []
        for old in block.instrs:
            blocks = tuple(map(self.block, old.blocks))
            same = all(map(is_, blocks, old.blocks))
            instr = old if same else old.rebuilt(old.operands, old.results, blocks)
            if isinstance(instr, Loop) and instr.size >= self.least:
                instr = self.outer(instr, instrs)
            instrs.append(instr)
        if len(instrs) == len(block.instrs) and all(map(is_, instrs, block.instrs)):
            return block
        return Block(block.params, tuple(instrs), block.results)
