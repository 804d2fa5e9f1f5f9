"""Loops that only add things up run forwards: in step with the loop that they are the transpose of, so that both may become one.

The transpose of a loop runs in reverse, as its iterations wait for those after them. If it carries nothing but sums, they do
not: all that the direction settles is the order of additions, which a transpose is free to choose.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from rose.ir.copy import used_by
from rose.ir.func import Apply, Block, Func, Instr, Loop, callees_first, instrs_of
from rose.ir.replace import with_callees


def forwards(root: Func) -> Func:
    """No loop of the program runs in reverse that carries only sums."""
    new: dict[Func, Func] = {}
    for func in callees_first([root]):
        plain = with_callees(func, new)
        turned = not plain.is_fixed and any(map(_may_turn, instrs_of(plain.body)))
        new[func] = Func(plain.name, plain.types, _block(plain.body)) if turned else plain
    return new[root]


def _block(block: Block) -> Block:
    return Block(block.params, tuple(map(_instr, block.instrs)), block.results)


def _instr(instr: Instr) -> Instr:
    if not instr.blocks:
        return instr
    new = instr.rebuilt(instr.operands, instr.results, tuple(map(_block, instr.blocks)))
    return replace(new, reverse=False) if isinstance(new, Loop) and _may_turn(new) else new


def _may_turn(instr: Instr) -> bool:
    if not isinstance(instr, Loop) or not instr.reverse:
        return False
    body = instr.body
    uses = Counter([v for inner in body.instrs for v in used_by(inner)])
    uses.update(body.results)
    adds = {
        v: inner
        for inner in body.instrs
        if isinstance(inner, Apply) and inner.prim.name in ("add", "sub")
        for v in inner.operands
    }
    carried = zip(body.params[1:], body.results, strict=False)
    return all(_is_sum(param, following, adds, uses) for param, following in carried)


def _is_sum(param: int, following: int, adds: dict[int, Apply], uses: Counter[int]) -> bool:
    """Whether the next value is the param plus or minus things that know neither."""
    v = param
    while v != following:
        add = adds.get(v)
        if uses[v] != 1 or add is None or (add.prim.name == "sub" and add.operands[0] != v):
            return False
        (v,) = add.results
    return uses[v] == 1
