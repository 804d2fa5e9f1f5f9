"""hoist: what a loop computes anew in every iteration, from values that do not change, is computed before it."""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_

from rose.ir.func import Accum, Add, Block, Func, Instr, Loop, Resolve
from rose.ir.stages import stage
from rose.ir.types import Ref, Type
from rose.ir.uses import used_by


@stage("hoist")
def hoist(func: Func) -> Func:
    """Nothing stands directly in a loop's body that uses values from outside of the loop alone, and adds into no accumulator.

    A loop runs at least once, so nothing is computed in vain. Nothing leaves a branch of a cond.
    """
    body = _block(func.body, func.types)
    return func if body is func.body else Func(func.name, func.types, body)


def _block(block: Block, types: Sequence[Type]) -> Block:
    """The same block if nothing is to be moved."""
    if not any(instr.blocks for instr in block.instrs):
        return block
    instrs: list[Instr] = []
    for instr in block.instrs:
        new: Instr = instr
        moved: Sequence[Instr] = ()
        if isinstance(instr, Loop):
            body, moved = _loop_body(_block(instr.body, types), types)
            if body is not instr.body:
                new = instr.rebuilt(instr.operands, instr.results, (body,))
        elif instr.blocks:
            blocks = tuple([_block(inner, types) for inner in instr.blocks])
            if not all(map(is_, blocks, instr.blocks)):
                new = instr.rebuilt(instr.operands, instr.results, blocks)
        instrs += (*moved, new)
    if len(instrs) == len(block.instrs) and all(map(is_, instrs, block.instrs)):
        return block
    return Block(block.params, tuple(instrs), block.results)


def _loop_body(body: Block, types: Sequence[Type]) -> tuple[Block, Sequence[Instr]]:
    """The body without what can stand before the loop, and that."""
    inside = set(body.params)
    kept: list[Instr] = []
    moved: list[Instr] = []
    for instr in body.instrs:
        if _is_invariant(instr, inside, types):
            moved.append(instr)
        else:
            inside.update(instr.results)
            kept.append(instr)
    return (Block(body.params, tuple(kept), body.results) if moved else body), moved


def _is_invariant(instr: Instr, inside: set[int], types: Sequence[Type]) -> bool:
    if isinstance(instr, Accum | Add | Resolve) or not inside.isdisjoint(instr.operands):
        return False
    used = used_by(instr)
    return inside.isdisjoint(used) and not any([isinstance(types[v], Ref) for v in used])
