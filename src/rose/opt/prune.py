"""prune: nothing is computed, passed or given back that nobody uses, across calls too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from rose.ir.builder import Builder
from rose.ir.copy import inline_call
from rose.ir.demand import Demands, complete
from rose.ir.func import Accum, Add, Apply, Block, Call, Cond, Func, Instr, Loop, Resolve, While
from rose.ir.types import Ref

Mask = tuple[bool, ...]


@dataclass(frozen=True)
class Pruned:
    """A Func that gives only the results asked for, and takes only the params (numbered in the mask) it needs."""

    func: Func
    params: Mask


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
    """The rule for one Func: mark what is needed, from last to first until nothing changes, then rebuild."""
    if func.is_fixed:
        return Pruned(func, (True,) * len(func.body.params))
    needs = _Needs(func, results)
    while needs.changed:
        needs.changed = False
        yield from needs.need_block(func.body)
    return _rebuild(func, needs, results)


class _Needs:
    """Which values are needed. An accumulator is needed if its array is, or if the caller passed it."""

    def __init__(self, func: Func, results: Mask) -> None:
        self.needed = [False] * len(func.types)
        self.types = func.types
        self.changed = True
        self.callees: dict[int, Pruned] = {}  # by the id of the Call
        for v in func.body.params:
            self.needed[v] = isinstance(func.types[v], Ref)
        for v, wanted in zip(func.body.results, results, strict=True):
            self.needed[v] = self.needed[v] or wanted

    def need(self, values: Sequence[int]) -> None:
        for v in values:
            if not self.needed[v]:
                self.needed[v] = self.changed = True

    def any(self, values: Sequence[int]) -> bool:
        return any([self.needed[v] for v in values])

    def keeps(self, instr: Instr) -> bool:
        """Whether an instruction is needed, as far as is known now."""
        if isinstance(instr, Add):
            return self.needed[instr.operands[0]]
        if isinstance(instr, Call):
            refs = [v for v in instr.operands if isinstance(self.types[v], Ref)]
            return self.any(instr.results) or self.any(refs)
        return self.any(instr.results) or any(
            self.keeps(i) for block in instr.blocks for i in block.instrs
        )

    def need_block(self, block: Block) -> Demands:
        for instr in reversed(block.instrs):
            yield from self.need_instr(instr)

    def need_instr(self, instr: Instr) -> Demands:
        match instr:
            case Apply() | Add() | Resolve() | Accum():
                if self.keeps(instr):
                    self.need(instr.operands)
            case Call():
                if self.keeps(instr):
                    if instr.func.is_fixed:  # its signature stays
                        self.need(instr.results)
                    results = tuple([self.needed[v] for v in instr.results])
                    callee: Pruned = yield instr.func, results
                    self.callees[id(instr)] = callee
                    pairs = zip(instr.operands, callee.params, strict=True)
                    self.need([v for v, wanted in pairs if wanted])
            case Loop():
                yield from self.need_loop(instr)
            case While():
                yield from self.need_while(instr)
            case Cond():
                for branch in instr.branches:
                    outer = zip(branch.results, instr.results, strict=True)
                    self.need([v for v, outside in outer if self.needed[outside]])
                    yield from self.need_block(branch)
                if self.keeps(instr):
                    self.need(instr.operands)
            case _:
                assert_never(instr)

    def need_loop(self, instr: Loop) -> Demands:
        body, count = instr.body, instr.carries
        self.need_carries(instr)
        pairs = zip(body.results[count:], instr.results[count:], strict=True)
        self.need([v for v, outside in pairs if self.needed[outside]])
        yield from self.need_block(body)
        self.need_carries(instr)

    def need_while(self, instr: While) -> Demands:
        """All of its carried values are kept if it is: an unused one is as good as never there."""
        if self.keeps(instr):
            test, body = instr.test, instr.body
            self.need([*instr.operands, *instr.results, *test.params, *test.results])
            self.need([*body.params, *body.results])
            yield from self.need_block(body)
            yield from self.need_block(test)

    def need_carries(self, instr: Loop) -> None:
        """A carried value is kept whole: start, param, next value and result, or not at all."""
        for k in range(instr.carries):
            param, result = instr.body.params[1 + k], instr.results[k]
            if self.needed[param] or self.needed[result]:
                self.need([param, result, instr.operands[k], instr.body.results[k]])


def _rebuild(func: Func, needs: _Needs, results: Mask) -> Pruned:
    builder = Builder(func.name)
    kept = tuple(needs.needed[v] for v in func.body.params)
    env: dict[int, int] = {}
    for v, wanted in zip(func.body.params, kept, strict=True):
        if wanted:
            env[v] = builder.param(func.types[v])
    _Rebuild(func, needs, builder, env).block(func.body)
    outputs = [env[v] for v, wanted in zip(func.body.results, results, strict=True) if wanted]
    return Pruned(builder.finish(outputs), kept)


class _Rebuild:
    def __init__(self, func: Func, needs: _Needs, builder: Builder, env: dict[int, int]) -> None:
        self.types = func.types
        self.needs = needs
        self.builder = builder
        self.env = env

    def kept(self, values: Sequence[int]) -> list[int]:
        return [v for v in values if self.needs.needed[v]]

    def block(self, block: Block) -> None:
        for instr in block.instrs:
            if self.needs.keeps(instr):
                self.builder.loc = instr.loc
                self.builder.append(self.instr(instr))

    def define(self, values: Sequence[int]) -> tuple[int, ...]:
        new = self.builder.values([self.types[v] for v in values])
        self.env.update(zip(values, new, strict=True))
        return new

    def nested(self, block: Block, params: Sequence[int], results: Sequence[int]) -> Block:
        with self.builder.block([self.types[v] for v in params]) as opened:
            self.env.update(zip(params, opened.params, strict=True))
            self.block(block)
        return opened.close([self.env[v] for v in results])

    def instr(self, instr: Instr) -> Instr:
        env = self.env
        match instr:
            case Apply() | Accum() | Add() | Resolve():
                operands = tuple([env[v] for v in instr.operands])
                return instr.rebuilt(operands, self.define(instr.results), ())
            case Call():
                callee = self.needs.callees[id(instr)]
                pairs = zip(instr.operands, callee.params, strict=True)
                operands = tuple([env[v] for v, wanted in pairs if wanted])
                return Call(callee.func, operands, self.define(self.kept(instr.results)), instr.loc)
            case Loop():
                return self.loop(instr)
            case While(test=test, body=body):
                operands = tuple([env[v] for v in instr.operands])
                blocks = tuple(
                    self.nested(block, block.params, block.results) for block in (test, body)
                )
                return instr.rebuilt(operands, self.define(instr.results), blocks)
            case Cond():
                wanted = [k for k, v in enumerate(instr.results) if self.needs.needed[v]]
                blocks = tuple(
                    self.nested(branch, (), [branch.results[k] for k in wanted])
                    for branch in instr.branches
                )
                operands = tuple([env[v] for v in instr.operands])
                return instr.rebuilt(operands, self.define(self.kept(instr.results)), blocks)
            case _:
                assert_never(instr)

    def loop(self, instr: Loop) -> Loop:
        params = [instr.body.params[0], *self.kept(instr.body.params[1:])]
        wanted = [k for k, v in enumerate(instr.results) if self.needs.needed[v]]
        inits = tuple([self.env[instr.operands[k]] for k in wanted if k < instr.carries])
        body = self.nested(instr.body, params, [instr.body.results[k] for k in wanted])
        return instr.rebuilt(inits, self.define(self.kept(instr.results)), (body,))
