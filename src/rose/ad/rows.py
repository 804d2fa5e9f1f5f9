"""Arrays of which loops read no more than the row of their iteration: their cotangents are rows that the loops give.

A row takes no clearing and no addition in memory, and leaves the iterations independent of each other, so that the transposes of maps may be fused.
A row is a scalar, or an array of which in turn loops inside may read by row: so it is with the elements of matrices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from rose.ir.func import Apply, Instr, Loop, Values, instrs_of
from rose.ir.uses import Uses, free_values


def read_by_row(loop: Loop, places: Mapping[int, Values], uses: Uses) -> Counter[int]:
    """The arrays from outside of which a loop reads the row of each iteration and nothing else, and in how many places.

    Args:
        loop: with what is nested in it.
        places: array of which it is a row that counts -> the indices of that, such as the counters of the loops around.
        uses: of blocks.
    """
    t = loop.body.params[0]
    reads = [
        i.operands[0]
        for i in instrs_of(loop.body)
        if _is_index(i) and _begins(i, (*places.get(i.operands[0], ()), t))
    ]
    if not reads:
        return Counter()
    free, used = free_values(loop.body), uses.of(loop.body)
    found = Counter([v for v in reads if v in free])
    return Counter({v: count for v, count in found.items() if used[v] == count})


def _is_index(instr: Instr) -> bool:
    return isinstance(instr, Apply) and instr.prim.name == "index"


def _begins(read: Instr, indices: Values) -> bool:
    """Whether the first indices of what is read are these."""
    return read.operands[1 : 1 + len(indices)] == indices
