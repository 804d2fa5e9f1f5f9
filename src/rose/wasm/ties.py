"""Which results of conds live in the local of the carried value that they replace.

A cond that gives a carried value as it is on one side and another one on the other, such as a sum to which only
that side adds, then costs nothing on the first side.
"""

from __future__ import annotations

from collections.abc import Mapping

from rose.ir.func import Block, Cond, Func, Instr, Loop, While
from rose.ir.uses import Uses


def find_ties(func: Func) -> dict[int, int]:
    """Result of a cond -> the carried value, or result of the cond around it, in whose local it is put.

    Nothing reads a carried value any more when such a result takes its place.
    """
    search = _Ties()
    search.block(func.body, {}, {})
    return search.ties


class _Ties:
    """State of the search."""

    def __init__(self) -> None:
        self.ties: dict[int, int] = {}
        self.uses = Uses()

    def block(self, block: Block, wanted: Mapping[int, int], carried: Mapping[int, int]) -> None:
        """Tie the results of conds in a block.

        Args:
            block: what is searched.
            wanted: value -> the result of the block that is to be in its local.
            carried: of these values, those in the local of a carried one -> that one.
        """
        makers = {v: i for i in block.instrs if isinstance(i, Cond) for v in i.results}
        tied: dict[int, int] = {}
        for target, v in wanted.items():
            if v not in makers or v in tied:
                continue
            old = carried.get(target, target)
            inside = sum([self.uses.of(branch)[old] for branch in makers[v].branches])
            if self.uses.of(block)[old] == inside:
                tied[v] = old
                self.ties[v] = target
        for instr in block.instrs:
            for inner in instr.blocks:
                self.block(inner, _wanted(instr, inner), tied)


def _wanted(instr: Instr, block: Block) -> Mapping[int, int]:
    """What is to be in the local of what, when a block of an instruction has run."""
    match instr:
        case Loop():
            return dict(zip(block.params[1:], block.results, strict=False))
        case While(body=body) if block is body:
            return dict(zip(block.params, block.results, strict=True))
        case Cond():
            return dict(zip(instr.results, block.results, strict=True))
        case _:
            return {}
