"""Sweeping over the primitives of a Func: some are replaced, others are gone since their result is another value.

What a function gives back as it was given is, for its caller, what it passed.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import is_

from rose.ir.func import Apply, Block, Call, Func, Instr

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
        self.name: dict[int, int] = {}  # a value that is gone -> the one it equals

    def run(self) -> Func:
        """The Func itself if nothing was to be rewritten."""
        body = self.block(self.func.body)
        return self.func if body is self.func.body else Func(self.func.name, self.func.types, body)

    def block(self, block: Block) -> Block:
        self.enter()
        rewrite, name = self.rewrite, self.name
        instrs: list[Instr] = []
        for old in block.instrs:
            if not isinstance(old, Apply):
                name.update(_given_back(renamed := self.renamed(old)))
                instrs.append(renamed)
                continue
            instr = old
            if name and not name.keys().isdisjoint(old.operands):
                operands = tuple([name.get(v, v) for v in old.operands])
                instr = Apply(old.prim, operands, old.results, old.attrs, old.loc)
            new = rewrite(instr)
            if new is None:
                instrs.append(instr)
            elif isinstance(new, int):
                name[instr.results[0]] = new
            else:
                instrs.append(new)
        self.leave()
        results = self.values(block.results)
        same = len(instrs) == len(block.instrs) and results is block.results
        if same and all(map(is_, instrs, block.instrs)):
            return block
        return Block(block.params, tuple(instrs), results)

    def renamed(self, instr: Instr) -> Instr:
        """An instruction with its operands renamed, and its blocks rewritten."""
        operands = self.values(instr.operands)
        blocks = instr.blocks
        if not blocks:
            if operands is instr.operands:
                return instr
            return instr.rebuilt(operands, instr.results, ())
        new = tuple(map(self.block, blocks))
        if operands is instr.operands and all(map(is_, new, blocks)):
            return instr
        return instr.rebuilt(operands, instr.results, new)

    def values(self, values: tuple[int, ...]) -> tuple[int, ...]:
        """The same tuple if none of them is gone."""
        name = self.name
        if name.keys().isdisjoint(values):
            return values
        return tuple([name.get(v, v) for v in values])


def _given_back(instr: Instr) -> dict[int, int]:
    """The results of a call that are its operands, unless a rule makes something else of them in a derivative."""
    if not isinstance(instr, Call) or instr.func.is_fixed:
        return {}
    body = instr.func.body
    operand = dict(zip(body.params, instr.operands, strict=True))
    pairs = zip(instr.results, body.results, strict=True)
    return {result: operand[v] for result, v in pairs if v in operand}
