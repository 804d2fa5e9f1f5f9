"""Loops that go back over the steps of another one carry along what that carried: where a step ended, the one behind it began.

Reverse mode reads what a loop carried into each step, from the last step to the first. What it carried out of a step was read
just before, for the step behind, or is what the loop gave. So there is no need to keep it, nor to compute it again.

That makes a loop carry something nonlinear beside cotangents, and is done when no transpose of it will be made.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import is_

from rose.ir.func import Apply, Block, Func, Instr, Loop, callees_first, exact
from rose.ir.record import replace
from rose.ir.replace import with_callees
from rose.ir.stages import stage
from rose.ir.types import Array, Type


@stage("retrace")
def retrace(root: Func) -> Func:
    """No loop that goes back over the steps of another one, and reads what it carried into them, computes or reads what it carried out."""
    new: dict[Func, Func] = {}
    for func in callees_first([root]):
        plain = with_callees(func, new)
        new[func] = plain if plain.is_fixed else _func(plain)
    return new[root]


def _func(func: Func) -> Func:
    types = list(func.types)
    body = _block(func.body, types)
    return func if body is func.body else Func(func.name, tuple(types), body)


def _block(block: Block, types: list[Type]) -> Block:
    """The same block if there is nothing to carry along; `types` are those of all values, new ones included."""
    instrs: list[Instr] = []
    maker: dict[int, Loop] = {}  # stack -> the loop that gives it
    for old in block.instrs:
        blocks = tuple([_block(inner, types) for inner in old.blocks])
        same = all(map(is_, blocks, old.blocks))
        instr = old if same else old.rebuilt(old.operands, old.results, blocks)
        if isinstance(instr, Loop):
            if instr.operands:
                for there in _makers(instr, maker):
                    instr = _carrying_along(there, instr, types)
            maker.update(dict.fromkeys(instr.results[instr.carries :], instr))
        instrs.append(instr)
    if all(map(is_, instrs, block.instrs)):
        return block
    return Block(block.params, tuple(instrs), block.results)


def _makers(back: Loop, maker: dict[int, Loop]) -> Iterable[Loop]:
    """The loops over whose steps one goes back, reading their rows."""
    read = [i.operands[0] for i in back.body.instrs if isinstance(i, Apply) and _is_row(i, back)]
    found = {id(maker[v]): maker[v] for v in read if v in maker}
    return [
        there
        for there in found.values()
        if there.reverse != back.reverse and there.size == back.size
    ]


def _is_row(instr: Apply, loop: Loop) -> bool:
    """Whether it reads the row of an array for the iteration of a loop."""
    return instr.prim.name == "index" and instr.operands[1:] == loop.body.params[:1]


def _carrying_along(there: Loop, back: Loop, types: list[Type]) -> Loop:
    """The way back, on which what ended a step on the way there is the start of the step behind."""
    found = _counterparts(there, back)
    carries = zip(there.results, there.body.params[1:], there.body.results, strict=False)
    along: dict[int, tuple[int, int]] = {}  # value of the way back -> its first, and its next value
    for final, start, end in carries:
        if start in found and end in found and not isinstance(types[end], Array):
            along.setdefault(found[end], (final, found[start]))
    if not along:
        return back
    body, count = back.body, back.carries
    finals = tuple(range(len(types), len(types) + len(along)))
    types += [types[v] for v in along]
    nexts = tuple([following for _, following in along.values()])
    instrs = tuple([i for i in body.instrs if along.keys().isdisjoint(i.results)])
    return replace(
        back,
        operands=(*back.operands, *[first for first, _ in along.values()]),
        body=Block(
            (*body.params, *along), instrs, (*body.results[:count], *nexts, *body.results[count:])
        ),
        results=(*back.results[:count], *finals, *back.results[count:]),
    )


def _counterparts(there: Loop, back: Loop) -> dict[int, int]:
    """Value of an iteration on the way there -> what the same iteration on the way back computes or reads that is equal to it."""
    rows = dict(
        zip(there.results[there.carries :], there.body.results[there.carries :], strict=True)
    )
    made = {_key(i, {}): i.results[0] for i in there.body.instrs if isinstance(i, Apply)}
    equal = {back.body.params[0]: there.body.params[0]}  # value of the way back -> its counterpart
    found: dict[int, int] = {}
    for instr in back.body.instrs:
        if not isinstance(instr, Apply):
            continue
        known = made.get(_key(instr, equal))
        if known is None and _is_row(instr, back):
            known = rows.get(instr.operands[0])
        if known is not None:
            (v,) = instr.results
            equal[v] = known
            found.setdefault(known, v)
    return found


def _key(instr: Apply, equal: dict[int, int]) -> object:
    """The same for instructions that compute the same of equal values."""
    return instr.prim, tuple([equal.get(v, v) for v in instr.operands]), exact(instr.attrs)
