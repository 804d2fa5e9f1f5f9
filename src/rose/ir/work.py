"""How long a program can run at most, known from its text: all loops but `While` have a length."""

from __future__ import annotations

import math
from typing import assert_never

from rose.ir.func import (
    Accum,
    Add,
    Apply,
    Block,
    Call,
    Cond,
    Func,
    Instr,
    Loop,
    Resolve,
    While,
    callees_first,
)
from rose.ir.stages import stage
from rose.ir.types import Array


@stage("work")
def most_work(func: Func) -> float:
    """An upper bound of the scalars that a call computes or copies; infinite if a `While` is in the program."""
    for inner in callees_first([func]):
        if "work" not in inner.memo:
            counts = [type.count if isinstance(type, Array) else 0 for type in inner.types]
            inner.memo["work"] = _work_of_block(counts, inner.body)
    return float(func.memo["work"])


def _work_of_block(counts: list[int], block: Block) -> float:
    """That of a block, given the elements of every array, and 0 for every scalar."""
    return sum([_work_of_instr(counts, instr) for instr in block.instrs])


def _work_of_instr(counts: list[int], instr: Instr) -> float:
    match instr:
        case Apply() | Accum() | Resolve() | Add():
            made = counts[instr.results[0]] if instr.results else 0
            return 1 + made + (counts[instr.operands[-1]] if instr.operands else 0)
        case Call(func=func):
            return 1 + float(func.memo["work"])
        case Loop(size=size, body=body):
            carried = sum([counts[v] for v in body.results])
            return 1 + size * (1 + carried + _work_of_block(counts, body))
        case While():
            return math.inf
        case Cond(branches=branches):
            return 1 + max(_work_of_block(counts, branch) for branch in branches)
        case _:
            assert_never(instr)
