"""jvp: a Func that computes the results of another and their tangents.

Zeros are symbolic: only active parameters have tangents, only active results get them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from rose.ad.activity import Activity, Mask, activity
from rose.ad.multiples import factored
from rose.errors import DerivativeError
from rose.ir.builder import Builder, Var
from rose.ir.copy import Kept, keep_instr
from rose.ir.demand import Demands, complete
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
    Values,
    While,
)
from rose.ir.record import record, replace
from rose.ir.types import Ref, is_real


@record
class Jvp:
    """The outcome of `jvp`.

    Attributes:
        func: takes the params, then the tangents of the active ones; gives the results, then the tangents of
            the active ones.
        params: which params are active.
        results: which results are active.
    """

    func: Func
    params: Mask
    results: Mask


def jvp(func: Func, params: Mask) -> Jvp:
    """Differentiate forward with respect to the chosen parameters.

    Source of the method: Griewank and Walther, Evaluating Derivatives, 2nd edition, chapter 3 (forward mode).
    """
    return complete(jvp_func, func, activity(func, params).params)  # type: ignore[no-any-return]


def jvp_func(func: Func, params: Mask) -> Demands:
    """The rule for one Func, whose active accumulators are among the params chosen."""
    if func.rule is not None:
        if func.rule.func is None:
            raise DerivativeError(
                f"the derivative rule of {func.name} asks for a derivative of {func.name}, which is what it gives; "
                f"write that derivative out, in terms of {func.name} and of other functions"
            )
        return _by_rule(func, func.rule.func, activity(func, params))
    func = factored(func)
    rule = _JvpFunc(func, activity(func, params))
    return (yield from rule.jvp_func())


def _by_rule(func: Func, rule: Func, active: Activity) -> Jvp:
    """What the user's rule gives, with zeros for the tangents that are not there."""
    builder = Builder(func.name + ".jvp")
    primals = [builder.param(t) for t in func.param_types]
    tangents = [
        builder.param(t) if on else builder.zeros(t)
        for t, on in zip(func.param_types, active.params, strict=True)
        if is_real(t)
    ]
    # Params come first: those of active tangents were appended in order, whatever zeros stand between.
    results = builder.call(rule, [*primals, *tangents])
    kept = results if any(active.results) else results[: len(func.body.results)]
    return Jvp(builder.finish(kept), active.params, active.results)


class _JvpFunc:
    def __init__(self, func: Func, active: Activity) -> None:
        self.func = func
        self.types = func.types
        self.activity = active
        self.active = active.values
        self.builder = Builder(func.name + ".jvp", func.types)
        self.env = Kept()  # old value -> primal
        self.dots: dict[int, int] = {}  # old value -> tangent; absent means zero
        self.unread: set[int] = set()  # old values that nobody reads, nor their tangents

    def jvp_func(self) -> Demands:
        body = self.func.body
        self.builder.keep_params(body.params)
        for v in body.params:
            if self.active[v]:
                self.dots[v] = self.builder.param(self.types[v])
        results = yield from self.jvp_block(body, self.activity.results)
        made = self.builder.finish(results)
        if self.func.remat:
            made = replace(made, remat=True, memo={})
        return Jvp(made, self.activity.params, self.activity.results)

    def jvp_block(self, block: Block, with_tangent: Sequence[bool]) -> Demands:
        """Append a block's instructions; gives its results followed by the tangents asked for."""
        for instr in block.instrs:
            self.builder.loc = instr.loc
            if isinstance(instr, Apply):
                self.jvp_apply(instr)
            else:
                yield from self.jvp_instr(instr)
        return self.duals(block.results, with_tangent)

    def duals(self, values: Sequence[int], with_tangent: Sequence[bool]) -> list[int]:
        """Primals, then the tangents of those chosen, zeros where there is none."""
        chosen = [v for v, wanted in zip(values, with_tangent, strict=True) if wanted]
        return [self.env[v] for v in values] + [self.dot(v) for v in chosen]

    def dot(self, v: int) -> int:
        if v in self.dots:
            return self.dots[v]
        zero = self.builder.unread if v in self.unread else self.builder.zeros
        return zero(self.types[v])

    def bind_duals(self, values: Sequence[int], active: Sequence[bool], new: Sequence[int]) -> None:
        """The inverse of `duals`: values, then the tangents of the active ones, are `new`."""
        self.env.update(zip(values, new, strict=False))
        chosen = [v for v, is_active in zip(values, active, strict=True) if is_active]
        self.dots.update(zip(chosen, new[len(values) :], strict=True))

    def is_active(self, values: Sequence[int]) -> list[bool]:
        return [self.active[v] for v in values]

    def jvp_instr(self, instr: Call | Loop | While | Cond | Accum | Add | Resolve) -> Demands:
        if not self.touches_active(instr):
            keep_instr(self.builder, instr, self.env)
            return
        match instr:
            case Call():
                yield from self.jvp_call(instr)
            case Loop():
                yield from self.jvp_loop(instr)
            case While():
                yield from self.jvp_while(instr)
            case Cond():
                yield from self.jvp_cond(instr)
            case Accum(operands=operands, results=(ref,)):
                self.jvp_accum(operands, ref)
            case Add(operands=(ref, *indices, value)):
                at = [self.env[v] for v in indices]
                self.builder.add(self.env[ref], at, self.env[value])
                if value in self.dots:
                    self.builder.add(self.dots[ref], at, self.dots[value])
            case Resolve(operands=(ref,), results=(array,)):
                self.env[array] = self.builder.resolve(self.env[ref])
                self.dots[array] = self.builder.resolve(self.dots[ref])
            case Accum() | Add() | Resolve():
                raise AssertionError("malformed accumulator instruction")
            case _:
                assert_never(instr)

    def touches_active(self, instr: Instr) -> bool:
        """Whether an instruction, or one nested in it, makes, takes or adds something active."""
        active = self.active
        if isinstance(instr, Apply):
            return active[instr.results[0]]
        if any([active[v] for v in instr.results]):
            return True
        if isinstance(instr, Call | Add):
            return any([active[v] for v in instr.operands])
        return any(self.touches_active(i) for block in instr.blocks for i in block.instrs)

    def jvp_apply(self, instr: Apply) -> None:
        builder, prim = self.builder, instr.prim
        keep_instr(builder, instr, self.env)
        (result,) = instr.results
        if not self.active[result]:
            if prim.name == "unread":
                self.unread.add(result)
            return
        assert prim.jvp is not None, "an active result comes from a differentiable primitive"
        xs = [builder.var(self.env[v]) for v in instr.operands]
        dots = [self.var_dot(v) for v in instr.operands]
        y_dot = prim.jvp(xs, dots, builder.var(self.env[result]), instr.attrs)
        if y_dot is not None:
            self.dots[result] = y_dot.id

    def var_dot(self, v: int) -> Var | None:
        return self.builder.var(self.dots[v]) if v in self.dots else None

    def jvp_call(self, instr: Call) -> Demands:
        wanted = tuple(self.is_active(instr.operands))
        callee: Jvp = yield instr.func, wanted
        new = self.builder.call(callee.func, self.duals(instr.operands, callee.params))
        self.bind_duals(instr.results, callee.results, new)

    def jvp_loop(self, instr: Loop) -> Demands:
        body, builder = instr.body, self.builder
        t, carries = body.params[0], body.params[1:]
        rows = body.results[len(carries) :]
        active, active_rows = self.is_active(carries), self.is_active(rows)
        inits = self.duals(instr.operands, active)
        types = [self.types[t], *[builder.types[v] for v in inits]]
        with builder.block(types) as block:
            self.env[t] = block.params[0]
            self.bind_duals(carries, active, block.params[1:])
            yield from self.jvp_block(body, [False] * len(body.results))
            out = self.duals(body.results[: len(carries)], active) + self.duals(rows, active_rows)
        results = builder.loop(
            instr.size, inits, block.close(out), reverse=instr.reverse, checkpoint=instr.checkpoint
        )
        self.bind_duals(instr.results[: len(carries)], active, results[: len(inits)])
        self.bind_duals(instr.results[len(carries) :], active_rows, results[len(inits) :])

    def jvp_while(self, instr: While) -> Demands:
        builder = self.builder
        active = self.is_active(instr.body.params)
        inits = self.duals(instr.operands, active)
        types = [builder.types[v] for v in inits]
        with builder.block(types) as test:
            self.bind_duals(instr.test.params, active, test.params)
            # the answer has no tangent, so the tangents in it are pruned away
            answer = yield from self.jvp_block(instr.test, [False])
        with builder.block(types) as body:
            self.bind_duals(instr.body.params, active, body.params)
            out = yield from self.jvp_block(instr.body, active)
        results = builder.while_loop(inits, test.close(answer), body.close(out))
        self.bind_duals(instr.results, active, results)

    def jvp_cond(self, instr: Cond) -> Demands:
        active = self.is_active(instr.results)
        branches: list[Block] = []
        for branch in instr.branches:
            with self.builder.block() as block:
                out = yield from self.jvp_block(branch, active)
            branches.append(block.close(out))
        (selector,) = instr.operands
        new = self.builder.cond(self.env[selector], branches)
        self.bind_duals(instr.results, active, new)

    def jvp_accum(self, operands: Values, ref: int) -> None:
        type = self.types[ref]
        assert isinstance(type, Ref), "an accumulator has a reference type"
        init = self.env[operands[0]] if operands else None
        init_dot = self.dots.get(operands[0]) if operands else None
        self.env[ref] = self.builder.accum(type.array, init)
        self.dots[ref] = self.builder.accum(type.array, init_dot)
