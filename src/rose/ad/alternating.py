"""Loops whose steps give back the opposites of cotangents carry them with a sign that alternates from step to step.

The transpose of `c = y / c` hands on -c_bar y / c² and adds c_bar / c to what y has. With the opposite of everything in every second step, the first
is handed on without its minus, and what y has is taken from what comes; what is left of the signs is one minus behind the loop, as the number of steps is
known. Rounding does not know of signs, so that no bit changes but for the signs of zeros.
"""

from __future__ import annotations

from collections.abc import Sequence

from rose.ir.func import Apply, Block, Loop
from rose.ir.types import Array, Type


def may_spare_minus(
    loop: Loop, turned: Block, linear: Sequence[bool], types: Sequence[Type]
) -> bool:
    """Whether the body of a loop, turned round, has a minus that alternating signs may spare.

    The loop must be of primitives of scalars: what is added elsewhere would have to have the sign of the step.
    """
    instrs = loop.body.instrs
    values = {*loop.body.params, *[v for i in instrs for v in (*i.operands, *i.results)]}
    return (
        any(isinstance(i, Apply) and i.prim.name == "neg" for i in turned.instrs)
        and all(isinstance(i, Apply) for i in instrs)
        and not any(linear[v] and isinstance(types[v], Array) for v in values)
    )
