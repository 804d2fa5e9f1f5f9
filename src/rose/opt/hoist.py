"""hoist: what a loop computes anew in every iteration, from values that do not change, is computed before it."""

from __future__ import annotations

from rose.ir.func import Apply, Block, Func, Instr, Loop


def hoist(func: Func) -> Func:
    """No primitive stands directly in a loop's body whose operands all come from outside of the loop.

    A loop runs at least once, so nothing is computed in vain. Nothing leaves a branch of a cond.
    """
    if not any(instr.blocks for instr in func.body.instrs):
        return func
    return Func(func.name, func.types, _block(func.body))


def _block(block: Block) -> Block:
    instrs: list[Instr] = []
    for instr in block.instrs:
        if isinstance(instr, Loop):
            body, moved = _loop_body(_block(instr.body))
            instrs += moved
            instrs.append(instr.rebuilt(instr.operands, instr.results, (body,)))
        elif instr.blocks:
            blocks = tuple(map(_block, instr.blocks))
            instrs.append(instr.rebuilt(instr.operands, instr.results, blocks))
        else:
            instrs.append(instr)
    return Block(block.params, tuple(instrs), block.results)


def _loop_body(body: Block) -> tuple[Block, list[Instr]]:
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
    return Block(body.params, tuple(kept), body.results), moved
