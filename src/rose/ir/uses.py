"""What instructions and blocks use, those nested in them included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rose.ir.func import Block, Instr


def free_values(block: Block) -> dict[int, None]:
    """The values that a block, or one nested in it, uses and that are defined outside of it, in order."""
    defined: set[int] = set()
    used: dict[int, None] = {}
    stack = [block]
    while stack:
        inner = stack.pop()
        defined.update(inner.params)
        used.update(dict.fromkeys(inner.results))
        for instr in inner.instrs:
            used.update(dict.fromkeys(instr.operands))
            defined.update(instr.results)
            stack.extend(instr.blocks)
    return {v: None for v in used if v not in defined}


def used_by(instr: Instr) -> Sequence[int]:
    """What an instruction uses, in its blocks too."""
    if not instr.blocks:
        return instr.operands
    return [*instr.operands, *[v for block in instr.blocks for v in free_values(block)]]


class Uses:
    """How often blocks use each value, in nested blocks too; every block is counted once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Block, Counter[int]]] = {}  # by the id of a block

    def of(self, block: Block) -> Counter[int]:
        """How often a block, and those nested in it, use each value."""
        known = self._known.get(id(block))
        if known is None:
            count = Counter(block.results)
            for instr in block.instrs:
                count.update(instr.operands)
                for inner in instr.blocks:
                    count.update(self.of(inner))
            known = self._known[id(block)] = (block, count)
        return known[1]
