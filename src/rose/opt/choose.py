"""choose: a side of a `where` that calls math functions is computed only where it is chosen.

Derivatives are not made of this form: where both sides run, what a tangent meets in the other one belongs to the result.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import is_

from rose.ir.func import Apply, Block, Cond, Func, Instr, instrs_of
from rose.ir.primitive import HostCall
from rose.ir.stages import stage
from rose.ir.uses import Uses, used_by

NEAR = 50  # instructions in front of a choice that are looked at


@stage("choose")
def choose(func: Func) -> Func:
    """No select is left for one side of which only math functions are called: a cond stands there, into which `sink` moves them."""
    if not any(isinstance(i, Apply) and i.prim.calls_math for i in instrs_of(func.body)):
        return func
    body = _block(func.body, Uses().of(func.body))
    return func if body is func.body else Func(func.name, func.types, body)


def _block(block: Block, uses: Counter[int]) -> Block:
    """The same block if no select is to be replaced."""
    instrs = [_inside(instr, uses) for instr in block.instrs]
    gone: set[int] = set()  # places of selects that are a part of a cond further on
    for at in range(len(instrs) - 1, -1, -1):
        if at in gone or not _is_select(instrs[at]):
            continue
        group = _selects_up_to(instrs, at)
        if _is_worth_it(instrs, at, group, uses):
            instrs[at] = _choice(list(group.values()))
            gone.update(group.keys() - {at})
    if not gone and all(map(is_, instrs, block.instrs)):
        return block
    kept = tuple([instr for k, instr in enumerate(instrs) if k not in gone])
    return Block(block.params, kept, block.results)


def _inside(instr: Instr, uses: Counter[int]) -> Instr:
    """The instruction with its blocks done."""
    if not instr.blocks:
        return instr
    blocks = tuple([_block(inner, uses) for inner in instr.blocks])
    same = all(map(is_, blocks, instr.blocks))
    return instr if same else instr.rebuilt(instr.operands, instr.results, blocks)


def _is_select(instr: Instr) -> bool:
    return isinstance(instr, Apply) and instr.prim.name == "select"


def _selects_up_to(instrs: Sequence[Instr], at: int) -> dict[int, Apply]:
    """By their places, the select there and those before it by the same condition that nothing in between uses."""
    group: dict[int, Apply] = {}
    condition = instrs[at].operands[0]
    used: set[int] = set()
    for k in range(at, max(at - NEAR, -1), -1):
        instr = instrs[k]
        same = _is_select(instr) and instr.operands[0] == condition
        if same and isinstance(instr, Apply) and used.isdisjoint(instr.results):
            group[k] = instr
        used.update(used_by(instr))
    return group


def _choice(group: Sequence[Apply]) -> Cond:
    """The cond that chooses what selects do."""
    condition, loc = group[0].operands[0], group[0].loc
    results = tuple([instr.results[0] for instr in group])
    yes, no = (tuple([instr.operands[k] for instr in group]) for k in (1, 2))
    return Cond((condition,), (Block((), (), no), Block((), (), yes)), results, loc)


def _is_worth_it(
    instrs: Sequence[Instr], at: int, group: Mapping[int, Apply], uses: Counter[int]
) -> bool:
    """Whether a math function is called, up to a place, for nothing but one side of selects."""
    (condition,) = {instr.operands[0] for instr in group.values()}
    for side in (1, 2):
        inside = Counter([instr.operands[side] for instr in group.values()])
        for k in range(at - 1, max(at - NEAR, -1), -1):
            instr = instrs[k]
            if not isinstance(instr, Apply) or isinstance(instr.prim.wasm, HostCall):
                continue
            (v,) = instr.results
            if v != condition and inside[v] and inside[v] == uses[v]:
                if instr.prim.calls_math:
                    return True
                inside.update(instr.operands)
    return False
