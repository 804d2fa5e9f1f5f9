"""Removing instructions whose result is another value: the shared part of `fold` and `cse`."""

from __future__ import annotations

from collections.abc import Callable

from rose.ir.func import Apply, Block, Func, Instr

# Given an instruction with its operands renamed: the value its result equals, a better instruction, or None.
Rewrite = Callable[[Apply], "int | Apply | None"]


class Renaming:
    """Rewrites the primitives of a Func from first to last.

    Args:
        func: what is rewritten; values keep their numbers, those without a definition become unused.
        rewrite: what to put in place of an instruction.
        enter, leave: called around every nested block.
    """

    def __init__(
        self,
        func: Func,
        rewrite: Rewrite,
        enter: Callable[[], object] = lambda: None,
        leave: Callable[[], object] = lambda: None,
    ) -> None:
        self.func = func
        self.rewrite = rewrite
        self.enter = enter
        self.leave = leave
        self.name = list(range(len(func.types)))

    def run(self) -> Func:
        return Func(self.func.name, self.func.types, self.block(self.func.body))

    def block(self, block: Block) -> Block:
        self.enter()
        instrs: list[Instr] = []
        for instr in block.instrs:
            new = self.instr(instr)
            if new is not None:
                instrs.append(new)
        self.leave()
        return Block(block.params, tuple(instrs), tuple([self.name[v] for v in block.results]))

    def instr(self, instr: Instr) -> Instr | None:
        operands = tuple([self.name[v] for v in instr.operands])
        if not isinstance(instr, Apply):
            return instr.rebuilt(operands, instr.results, tuple(map(self.block, instr.blocks)))
        if operands != instr.operands:
            instr = instr.rebuilt(operands, instr.results, ())
        new = self.rewrite(instr)
        if isinstance(new, int):
            self.name[instr.results[0]] = new
            return None
        return instr if new is None else new
