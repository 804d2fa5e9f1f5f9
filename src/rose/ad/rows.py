"""Arrays of which loops read no more than the element of their iteration: their cotangents are rows that the loops give.

A row takes no clearing and no addition in memory, and leaves the iterations independent of each other, so that the transposes of maps may be fused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rose.ir.func import Apply, Block, Loop
from rose.ir.types import Array, Type
from rose.ir.uses import Uses, free_values


def read_by_row(loop: Loop, types: Sequence[Type]) -> Counter[int]:
    """The arrays from outside of which a loop reads the element of each iteration and nothing else, and how often it does."""
    body, free = loop.body, free_values(loop.body)
    found = Counter(
        [
            i.operands[0]
            for i in body.instrs
            if isinstance(i, Apply)
            and i.prim.name == "index"
            and i.operands[1:] == body.params[:1]
            and i.operands[0] in free
        ]
    )
    uses = Uses().of(body) if found else found
    return Counter(
        {
            v: count
            for v, count in found.items()
            if uses[v] == count and _shape(types[v]) == (loop.size,)
        }
    )


def only_read_by_row(block: Block, types: Sequence[Type]) -> set[int]:
    """The arrays that a block uses in no other way than its loops do that read them by row."""
    found: Counter[int] = Counter()
    for instr in block.instrs:
        if isinstance(instr, Loop):
            found += read_by_row(instr, types)
    uses = Uses().of(block)
    return {v for v, count in found.items() if uses[v] == count}


def _shape(type: Type) -> tuple[int, ...]:
    return type.shape if isinstance(type, Array) else ()
