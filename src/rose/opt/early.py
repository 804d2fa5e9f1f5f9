"""early: what is read of an array is read before the array is updated, where that can be.

An update of an array that nobody reads afterwards is done in place (`wasm/reuse.py`). Reading sooner what is needed later,
as in an exchange of two elements, makes more of them so.
"""

from __future__ import annotations

from operator import is_

from rose.ir.func import Block, Func, Instr
from rose.ir.order import may_update, reads_first
from rose.ir.stages import stage


@stage("early")
def early(func: Func) -> Func:
    """No element is read behind an update of its array, unless it depends on the update."""
    body = _block(func.body)
    return func if body is func.body else Func(func.name, func.types, body)


def _block(block: Block) -> Block:
    """The same block if nothing is to be moved."""
    if not any(map(may_update, block.instrs)):
        return block
    inner: list[Instr] = []
    for instr in block.instrs:
        blocks = tuple(map(_block, instr.blocks))
        same = all(map(is_, blocks, instr.blocks))
        inner.append(instr if same else instr.rebuilt(instr.operands, instr.results, blocks))
    instrs = reads_first(inner)
    if all(map(is_, instrs, block.instrs)):
        return block
    return Block(block.params, tuple(instrs), block.results)
