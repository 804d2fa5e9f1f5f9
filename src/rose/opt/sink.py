"""sink: what only one side of a cond needs is computed there, and so not at all if the other side runs."""

from __future__ import annotations

from operator import is_

from rose.ir.func import Apply, Block, Cond, Func, Instr
from rose.ir.order import is_read, updated_arrays
from rose.ir.stages import stage
from rose.ir.uses import free_values

# A branch: the cond it belongs to (by its place in the block) and its number.
Branch = tuple[int, int]


@stage("sink")
def sink(func: Func) -> Func:
    """No primitive stands in front of a cond whose result is used in one branch of it and nowhere else.

    Except for an element of an array that is updated before the cond.
    """
    body = _block(func.body)
    return func if body is func.body else Func(func.name, func.types, body)


def _block(block: Block) -> Block:
    """The same block if nothing is to be moved."""
    if not any(instr.blocks for instr in block.instrs):
        return block
    sunk = _plan(block)
    gone = {id(instr) for instrs in sunk.values() for instr in instrs}
    instrs: list[Instr] = []
    for place, instr in enumerate(block.instrs):
        if id(instr) in gone:
            continue
        blocks = tuple(
            [
                _block(_before(sunk.get((place, k), []), inner))
                for k, inner in enumerate(instr.blocks)
            ]
        )
        same = all(map(is_, blocks, instr.blocks))
        instrs.append(instr if same else instr.rebuilt(instr.operands, instr.results, blocks))
    if all(map(is_, instrs, block.instrs)):
        return block
    return Block(block.params, tuple(instrs), block.results)


def _before(reversed_instrs: list[Instr], block: Block) -> Block:
    if not reversed_instrs:
        return block
    return Block(block.params, (*reversed(reversed_instrs), *block.instrs), block.results)


def _plan(block: Block) -> dict[Branch, list[Instr]]:
    """Per branch the instructions to move into it, last one first."""
    sunk: dict[Branch, list[Instr]] = {}
    if not any(isinstance(instr, Cond) for instr in block.instrs):
        return sunk
    # Where a value is used: in one branch only, or (None) elsewhere or in several places.
    used: dict[int, Branch | None] = dict.fromkeys(block.results)

    def use(v: int, where: Branch | None) -> None:
        used[v] = where if used.get(v, where) == where else None

    updated: dict[int, int] = {}  # array -> where it is updated first, of what has been seen
    for place in range(len(block.instrs) - 1, -1, -1):
        instr = block.instrs[place]
        updated |= dict.fromkeys(updated_arrays(instr), place)
        where = used.get(instr.results[0]) if isinstance(instr, Apply) else None
        if (
            where is not None
            and is_read(instr)
            and updated.get(instr.operands[0], where[0]) < where[0]
        ):
            where = None  # to be read when the array is there no more, it would have to be copied
        if where is not None:
            sunk.setdefault(where, []).append(instr)
        for v in instr.operands:
            use(v, where)
        for k, inner in enumerate(instr.blocks):
            for v in free_values(inner):
                use(v, (place, k) if isinstance(instr, Cond) else None)
    return sunk
