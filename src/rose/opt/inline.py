"""inline: calls of small functions, and the only call of a function, become the function's body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from rose.ir.builder import Builder
from rose.ir.copy import Env, inline_call
from rose.ir.func import Block, Call, Func, Instr, called, callees, callees_first, size
from rose.ir.stages import stage

SMALL = 16  # instructions that cost about as much as the call
LARGEST = 500  # a function does not grow beyond this by absorbing others; longer chains take too long to copy


def absorbed_functions(root: Func) -> set[Func]:
    """The functions that become part of the one place that calls them, callees before callers."""
    order = callees_first([root])
    counts = Counter([callee for func in order for callee in called(func)])
    absorbed: set[Func] = set()
    merged: dict[Func, int] = {}
    for func in order:
        merged[func] = size(func)
        for callee in callees(func):
            whole = merged[func] + merged[callee]
            if counts[callee] == 1 and not callee.is_fixed and whole <= LARGEST:
                absorbed.add(callee)
                merged[func] = whole
    return absorbed


@stage("inline")
def inline(func: Func, absorbed: Collection[Func]) -> Func:
    """No call is left of a function that is small or absorbed."""

    def wanted(callee: Func) -> bool:
        return not callee.is_fixed and (size(callee) <= SMALL or callee in absorbed)

    if not any(map(wanted, callees(func))):
        return func
    builder = Builder(func.name)
    env: Env = {v: builder.param(func.types[v]) for v in func.body.params}

    def block(old: Block) -> None:
        for instr in old.instrs:
            builder.loc = instr.loc
            if isinstance(instr, Call) and wanted(instr.func):
                results = inline_call(builder, instr.func, [env[v] for v in instr.operands])
                env.update(zip(instr.results, results, strict=True))
            else:
                builder.append(copied(instr))

    def copied(instr: Instr) -> Instr:
        operands = tuple([env[v] for v in instr.operands])
        blocks: list[Block] = []
        for inner in instr.blocks:
            with builder.block([func.types[v] for v in inner.params]) as opened:
                env.update(zip(inner.params, opened.params, strict=True))
                block(inner)
            blocks.append(opened.close([env[v] for v in inner.results]))
        results = builder.values([func.types[v] for v in instr.results])
        env.update(zip(instr.results, results, strict=True))
        return instr.rebuilt(operands, results, tuple(blocks))

    block(func.body)
    return builder.finish([env[v] for v in func.body.results])
