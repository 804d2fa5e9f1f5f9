"""share: functions with equal bodies become one."""

from __future__ import annotations

from collections.abc import Hashable

from rose.ir.func import Apply, Block, Call, Func, Instr, Loop, callees_first, exact
from rose.opt.replace import with_callees


def share(root: Func) -> Func:
    """No two functions of the program have the same types and instructions."""
    return share_all([root])[0]


def share_all(roots: list[Func]) -> list[Func]:
    """No two functions of all the programs together have the same types and instructions."""
    canonical: dict[object, Func] = {}
    new: dict[Func, Func] = {}
    for func in callees_first(roots):
        rebuilt = with_callees(func, new)
        if rebuilt.is_fixed:
            new[func] = rebuilt
            continue
        new[func] = canonical.setdefault((rebuilt.types, _structure(rebuilt.body)), rebuilt)
    return [new[root] for root in roots]


def _structure(block: Block) -> Hashable:
    """A block as nested tuples, equal for equal blocks; what differs in the sign of a zero is not equal."""
    instrs = tuple([_structure_of_instr(instr) for instr in block.instrs])
    return block.params, instrs, block.results


def _structure_of_instr(instr: Instr) -> Hashable:
    static: Hashable
    match instr:
        case Apply(prim=prim, attrs=attrs):
            static = (prim, exact(attrs))
        case Call(func=func):
            static = func
        case Loop(size=size, reverse=reverse, checkpoint=checkpoint):
            static = (size, reverse, checkpoint)
        case _:
            static = None
    blocks = tuple([_structure(block) for block in instr.blocks])
    return instr.__class__, static, instr.operands, instr.results, blocks
