"""prune: nothing is computed, passed or given back that nobody uses, across calls too."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from operator import is_
from typing import Any, TypeAlias, assert_never

from rose.ir.builder import Builder
from rose.ir.copy import inline_call
from rose.ir.demand import Demands, Request, complete
from rose.ir.func import (
    PASSED,
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
    Values,
    While,
    is_straight,
)
from rose.ir.record import record
from rose.ir.stages import stage
from rose.ir.types import Ref

Mask = tuple[bool, ...]
# Says whether something was found that has to run.
Found: TypeAlias = Generator[Request, Any, bool]


@record
class Pruned:
    """A Func that gives only the results asked for, and takes only the params (numbered in the mask) it needs."""

    func: Func
    params: Mask


@stage("prune")
def prune(root: Func) -> Func:
    """No instruction, block result, param or result of a called function is unused; the root keeps its own."""
    pruned = complete(prune_func, root, (True,) * len(root.body.results))
    if all(pruned.params):
        return pruned.func  # type: ignore[no-any-return]
    builder = Builder(root.name)
    params = [builder.param(t) for t in root.param_types]
    kept = [v for v, wanted in zip(params, pruned.params, strict=True) if wanted]
    return builder.finish(inline_call(builder, pruned.func, kept))


def prune_func(func: Func, results: Mask) -> Demands:
    """The rule for one Func: mark what is needed, from last to first, then leave the rest out."""
    if func.is_fixed:
        return Pruned(func, (True,) * len(func.body.params))
    needs = _Needs(func, results)
    yield from needs.sweep(func.body)
    while needs.passed_late:
        needs.passed_late = False
        yield from needs.sweep(func.body)
    body = needs.body(results)
    kept = tuple([bool(needs.needed[v]) for v in func.body.params])
    new = func if body is func.body else Func(func.name, func.types, body)
    if PASSED in func.memo and is_straight(new):
        new.memo[PASSED] = True  # primitives that are gone leave nothing to do
    return Pruned(new, kept)


class _Needs:
    """Which values are needed. An accumulator is needed if its array is, or if the caller passed it.

    Attributes:
        needed: per value 1 or 0.
        callees: what the function of a Call became, by the id of the Call.
        passed_late: whether an accumulator was found to be needed by a Call, after the additions behind that Call were swept.
    """

    def __init__(self, func: Func, results: Mask) -> None:
        self.func = func
        self.types = func.types
        self.needed = bytearray(len(func.types))
        self.callees: dict[int, Pruned] = {}
        self.passed_late = False
        self.need([v for v in func.body.params if isinstance(func.types[v], Ref)])
        self.need([v for v, wanted in zip(func.body.results, results, strict=True) if wanted])

    def need(self, values: Sequence[int]) -> None:
        for v in values:
            self.needed[v] = 1

    def any(self, values: Sequence[int]) -> bool:
        return any([self.needed[v] for v in values])

    # --- marking ------------------------------------------------------------------------------------------

    def sweep(self, block: Block) -> Found:
        """Mark what a block's instructions need; whether any of them has to run."""
        needed, found = self.needed, False
        for instr in reversed(block.instrs):
            if not isinstance(instr, Apply):
                found |= yield from self.sweep_instr(instr)
            elif needed[instr.results[0]]:
                found = True
                for v in instr.operands:
                    needed[v] = 1
        return found

    def sweep_instr(self, instr: Instr) -> Found:
        match instr:
            case Apply() | Resolve() | Accum():
                found = self.any(instr.results)
            case Add():
                found = bool(self.needed[instr.operands[0]])
            case Call():
                return (yield from self.sweep_call(instr))
            case Loop():
                return (yield from self.sweep_loop(instr))
            case While():
                return (yield from self.sweep_while(instr))
            case Cond():
                found = self.any(instr.results)
                for branch in instr.branches:
                    self.need_where(branch.results, instr.results)
                    found |= yield from self.sweep(branch)
            case _:
                assert_never(instr)
        if found:
            self.need(instr.operands)
        return found

    def need_where(self, values: Values, outside: Values) -> None:
        """Need the values whose counterparts are needed."""
        self.need([v for v, w in zip(values, outside, strict=True) if self.needed[w]])

    def sweep_call(self, instr: Call) -> Found:
        refs = [v for v in instr.operands if isinstance(self.types[v], Ref)]
        if not self.any(instr.results) and not self.any(refs):
            return False
        if instr.func.is_fixed:  # its signature stays
            self.need(instr.results)
        results = tuple([bool(self.needed[v]) for v in instr.results])
        callee: Pruned = yield instr.func, results
        self.callees[id(instr)] = callee
        self.passed_late |= not all([self.needed[v] for v in refs])
        pairs = zip(instr.operands, callee.params, strict=True)
        self.need([v for v, wanted in pairs if wanted])
        return True

    def sweep_loop(self, instr: Loop) -> Found:
        """Sweep the body until no more of what it carries is needed."""
        body, count = instr.body, instr.carries
        self.need_carries(instr)
        self.need_where(body.results[count:], instr.results[count:])
        found = yield from self.sweep(body)
        while self.need_carries(instr):
            found = yield from self.sweep(body)
        return found or self.any(instr.results)

    def need_carries(self, instr: Loop) -> bool:
        """A carried value is kept whole: start, param, next value and result, or not at all. Whether one was new."""
        found = False
        for k in range(instr.carries):
            each = (
                instr.body.params[1 + k],
                instr.results[k],
                instr.operands[k],
                instr.body.results[k],
            )
            if self.any(each[:2]) and not all([self.needed[v] for v in each]):
                self.need(each)
                found = True
        return found

    def sweep_while(self, instr: While) -> Found:
        """All of its carried values are kept if it is: an unused one is as good as never there."""
        test, body = instr.test, instr.body
        if not self.any(instr.results) and not (yield from self.sweep(body)):
            return False
        self.need([*instr.operands, *instr.results, *test.params, *test.results])
        self.need([*body.params, *body.results])
        yield from self.sweep(body)
        yield from self.sweep(test)
        return True

    # --- leaving out --------------------------------------------------------------------------------------

    def body(self, results: Mask) -> Block:
        """The function's body with what is needed."""
        body = self.func.body
        given = tuple([v for v, wanted in zip(body.results, results, strict=True) if wanted])
        return self.kept_block(body, self.kept(body.params), given)

    def kept(self, values: Values) -> Values:
        return tuple([v for v in values if self.needed[v]])

    def kept_block(self, block: Block, params: Values, results: Values) -> Block:
        """The same block if it has nothing that is not needed."""
        needed = self.needed
        instrs: list[Instr] = []
        for instr in block.instrs:
            if isinstance(instr, Apply):
                if needed[instr.results[0]]:
                    instrs.append(instr)
                continue
            new = self.kept_instr(instr)
            if new is not None:
                instrs.append(new)
        same = (params, results) == (block.params, block.results)
        if same and len(instrs) == len(block.instrs) and all(map(is_, instrs, block.instrs)):
            return block
        return Block(params, tuple(instrs), results)

    def kept_instr(self, instr: Instr) -> Instr | None:
        match instr:
            case Apply() | Accum() | Resolve():
                return instr if self.any(instr.results) else None
            case Add():
                return instr if self.needed[instr.operands[0]] else None
            case Call():
                return self.kept_call(instr)
            case Loop(body=body):
                count = instr.carries
                wanted = [
                    v for v, w in zip(body.results, instr.results, strict=True) if self.needed[w]
                ]
                params = (body.params[0], *self.kept(body.params[1:]))
                blocks: tuple[Block, ...] = (self.kept_block(body, params, tuple(wanted)),)
                carried = [k for k in range(count) if self.needed[instr.results[k]]]
                operands = tuple([instr.operands[k] for k in carried])
            case While():
                if not self.any(instr.results):
                    return None
                operands = instr.operands
                blocks = tuple([self.kept_block(b, b.params, b.results) for b in instr.blocks])
            case Cond():
                some = [k for k, v in enumerate(instr.results) if self.needed[v]]
                blocks = tuple(
                    [
                        self.kept_block(b, (), tuple([b.results[k] for k in some]))
                        for b in instr.branches
                    ]
                )
                operands = instr.operands
            case _:
                assert_never(instr)
        results = self.kept(instr.results)
        if not results and not any(block.instrs for block in blocks):
            return None
        if len(results) == len(instr.results) and all(map(is_, blocks, instr.blocks)):
            return instr
        return instr.rebuilt(operands, results, blocks)

    def kept_call(self, instr: Call) -> Call | None:
        callee = self.callees.get(id(instr))
        if callee is None:
            return None
        pairs = zip(instr.operands, callee.params, strict=True)
        operands = tuple([v for v, wanted in pairs if wanted])
        results = self.kept(instr.results)
        same = len(operands) == len(instr.operands) and len(results) == len(instr.results)
        if same and callee.func is instr.func:
            return instr
        return Call(callee.func, operands, results, instr.loc)
