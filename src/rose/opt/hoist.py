"""hoist: what a loop computes anew in every iteration, from values that do not change, is computed before it."""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_

from rose.ir.func import Apply, Block, Func, Instr, Loop
from rose.ir.stages import stage


@stage("hoist")
def hoist(func: Func) -> Func:
    """No primitive stands directly in a loop's body whose operands all come from outside of the loop.

    A loop runs at least once, so nothing is computed in vain. Nothing leaves a branch of a cond.
    """
    body = _block(func.body)
    return func if body is func.body else Func(func.name, func.types, body)


def _block(block: Block) -> Block:
    """The same block if nothing is to be moved."""
    if not any(instr.blocks for instr in block.instrs):
        return block
    instrs: list[Instr] = []
    for instr in block.instrs:
        new: Instr = instr
        moved: Sequence[Instr] = ()
        if isinstance(instr, Loop):
            body, moved = _loop_body(_block(instr.body))
            if body is not instr.body:
                new = instr.rebuilt(instr.operands, instr.results, (body,))
        elif instr.blocks:
            blocks = tuple(map(_block, instr.blocks))
            if not all(map(is_, blocks, instr.blocks)):
                new = instr.rebuilt(instr.operands, instr.results, blocks)
        instrs += (*moved, new)
    if len(instrs) == len(block.instrs) and all(map(is_, instrs, block.instrs)):
        return block
    return Block(block.params, tuple(instrs), block.results)


def _loop_body(body: Block) -> tuple[Block, Sequence[Instr]]:
    """The body without what can stand before the loop, and that."""
    inside = set(body.params)
    kept: list[Instr] = []
    moved: list[Instr] = []
    for instr in body.instrs:
        if isinstance(instr, Apply) and inside.isdisjoint(instr.operands):
            moved.append(instr)
        else:
            inside.update(instr.results)
            kept.append(instr)
    return (Block(body.params, tuple(kept), body.results) if moved else body), moved
