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
from rose.ir.types import Array, Type


def most_work(func: Func) -> float:
    """An upper bound of the scalars that a call computes or copies; infinite if a `While` is in the program."""
    for inner in callees_first([func]):
        if "work" not in inner.memo:
            inner.memo["work"] = _work_of_block(inner.types, inner.body)
    return float(func.memo["work"])


def _work_of_block(types: tuple[Type, ...], block: Block) -> float:
    return sum([_work_of_instr(types, instr) for instr in block.instrs])


def _work_of_instr(types: tuple[Type, ...], instr: Instr) -> float:
    match instr:
        case Apply() | Accum() | Resolve() | Add():
            return 1 + sum(_count(types[v]) for v in (*instr.results, *instr.operands[-1:]))
        case Call(func=func):
            return 1 + float(func.memo["work"])
        case Loop(size=size, body=body):
            carried = sum(_count(types[v]) for v in body.results)
            return 1 + size * (1 + carried + _work_of_block(types, body))
        case While():
            return math.inf
        case Cond(branches=branches):
            return 1 + max(_work_of_block(types, branch) for branch in branches)
        case _:
            assert_never(instr)


def _count(type: Type) -> int:
    return type.count if isinstance(type, Array) else 0
