"""transpose: turn a linear Func round, from tangents of inputs to outputs into cotangents of outputs to inputs.

What is nonlinear runs first and forward; then the linear instructions run from last to first. The cotangent of a
scalar is a value that is added to; that of an array is an accumulator, so that the transpose of reading one
element costs one addition. An array parameter of a function that is called becomes an accumulator parameter that the caller
passes, but for one that is given back updated: then its cotangent is that of the result, turned round, and it is given back,
too. An accumulator parameter becomes an array.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial
from typing import Any, assert_never

from rose.ad.activity import Mask, linearity
from rose.ad.alternating import may_spare_minus
from rose.ad.cotangents import Cotangents
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
    While,
    instrs_of,
    is_straight,
)
from rose.ir.order import built_over, reads_first
from rose.ir.primitive import REGISTRY
from rose.ir.record import record
from rose.ir.types import REAL, Array, Ref


@record
class Transposed:
    """The outcome of `transpose`.

    Attributes:
        func: takes the nonlinear params; then, per linear result that has a cotangent, that; then, per linear array
            param that is not given, an accumulator for its cotangent, and per linear accumulator param, its
            cotangent. Gives the cotangents of the linear params that are given.
        params: which params are linear.
        results: which results have a cotangent.
        given: per linear param, whether its cotangent is a result: scalars, and arrays that become a result; all arrays of what
            `transpose` gives.
    """

    func: Func
    params: Mask
    results: Mask
    given: Mask


def transpose(func: Func, params: Mask, results: Mask) -> Transposed:
    """Turn round a Func that is linear in the params chosen, with cotangents for the results chosen."""
    key = (linearity(func, params).params, results, True)
    return complete(transpose_func, func, key)  # type: ignore[no-any-return]


def transpose_func(func: Func, key: tuple[Mask, Mask, bool]) -> Demands:
    """The rule for one Func: which params are linear, which results have a cotangent, and whether nothing linear calls it."""
    params, results, outermost = key
    return (yield from _TransposeFunc(func, params, results).transpose_func(outermost=outermost))


def gradient(func: Func, params: Mask, count: int) -> Func:
    """The results of a function and the gradient of the first, a Real, given its jvp, which is straight.

    So all that is computed forwards is at hand on the way back, and `linearize` has nothing to choose.

    Args:
        func: the jvp.
        params: which of its params are tangents.
        count: how many results the function has; the tangent of the first comes behind them.
    """
    assert is_straight(func), "what is called, or runs in a loop, hands out residuals"
    return complete(gradient_func, func, (params, count))  # type: ignore[no-any-return]


def gradient_func(func: Func, key: tuple[Mask, int]) -> Demands:
    """The rule of `gradient`."""
    params, count = key
    return (yield from _TransposeFunc(func, params, ()).gradient(count))


class _TransposeFunc:
    """State of one transposition; values of the linear Func are mapped into the new one.

    Attributes:
        env: nonlinear value -> its copy.
        bars: the cotangents of linear values.
        contents: linear accumulator -> the cotangent of its contents.
    """

    def __init__(self, func: Func, params: Mask, results: Mask) -> None:
        self.func = func
        self.params = params
        self.results = results
        self.types = func.types
        self.linear = linearity(func, params).values
        self.builder = Builder(func.name.removesuffix(".linear") + ".transpose", func.types)
        self.env = Kept()
        self.bars = Cotangents(self.builder, self.linear)
        self.contents: dict[int, int] = {}

    def transpose_func(self, *, outermost: bool) -> Demands:
        body, builder = self.func.body, self.builder
        linear_params = [v for v, lin in zip(body.params, self.params, strict=True) if lin]
        nonlinear = [v for v, lin in zip(body.params, self.params, strict=True) if not lin]
        builder.keep_params(tuple(nonlinear))
        whole = {*self.built_over([body], self.results)}
        if outermost:  # else a caller might have to add each to an accumulator
            whole.update([v for v in linear_params if isinstance(self.types[v], Array)])
        given = [
            v for v in linear_params if v in whole or not isinstance(self.types[v], Array | Ref)
        ]
        seeds = [
            (v, builder.param(self.types[v]))
            for v, given in zip(body.results, self.results, strict=True)
            if given
        ]
        for v in linear_params:
            match self.types[v]:
                case Array() as array if v not in whole:
                    self.bars.refs[v] = builder.param(Ref(array))
                case Ref(array):
                    self.contents[v] = builder.param(array)
                case _:
                    pass
        for v, bar in seeds:
            self.bars.give(v, bar)
        yield from self.transpose_block(body)
        func = builder.finish([self.bars.take_or_zero(v) for v in given])
        mask = tuple(map(set(given).__contains__, linear_params))
        return Transposed(func, self.params, self.results, mask)

    def gradient(self, count: int) -> Demands:
        """The first results, so many, and the gradient of the first of them."""
        body, builder = self.func.body, self.builder
        builder.name = f"{self.func.name.removesuffix('.jvp')}.value_and_grad"
        tangents = [v for v, lin in zip(body.params, self.params, strict=True) if lin]
        builder.keep_params(tuple([v for v in body.params if v not in tangents]))
        self.bars.give(body.results[count], builder.const(1.0, REAL))
        yield from self.transpose_block(body)
        return builder.finish([*body.results[:count], *map(self.bars.take_or_zero, tangents)])

    # --- blocks and instructions --------------------------------------------------------------------------

    def is_linear(self, instr: Instr) -> bool:
        """Whether an instruction, or one nested in it, makes or adds something linear."""
        if isinstance(instr, Apply):
            return self.linear[instr.results[0]]
        values = instr.operands if isinstance(instr, Add | Call) else instr.results
        return any([self.linear[v] for v in values]) or any(
            self.is_linear(i) for block in instr.blocks for i in block.instrs
        )

    def transpose_block(self, block: Block) -> Demands:
        """Append a block's nonlinear instructions, then its linear ones turned round.

        The cotangent of an array that is read and updated is that of the update, to which those of the elements are
        added. So the reads are turned round last.
        """
        linear: list[Instr] = []
        around, self.bars.parts = self.bars.parts, {}
        for instr in block.instrs:
            if self.is_linear(instr):
                linear.append(instr)
            else:
                keep_instr(self.builder, instr, self.env)
        for instr in reversed(reads_first(linear)):
            self.builder.loc = instr.loc
            if isinstance(instr, Apply):
                self.transpose_apply(instr)
            else:
                yield from self.transpose_instr(instr)
        for v in [*self.bars.parts]:
            self.bars.join_parts(v)
        self.bars.parts = around

    def transpose_instr(self, instr: Call | Loop | While | Cond | Accum | Add | Resolve) -> Demands:
        match instr:
            case Call():
                yield from self.transpose_call(instr)
            case Loop():
                yield from self.transpose_loop(instr)
            case Cond():
                yield from self.transpose_cond(instr)
            case While():
                raise AssertionError("linearize refuses a while loop with a linear part")
            case Accum(operands=operands, results=(ref,)):
                for v in operands:
                    if ref in self.contents:
                        self.bars.give(v, self.contents[ref])
            case Add(operands=(ref, *indices, value)):
                self.transpose_add(ref, indices, value)
            case Resolve(operands=(ref,), results=(array,)):
                bar = self.bars.take(array)
                if bar is not None:
                    self.contents[ref] = bar
            case Accum() | Add() | Resolve():
                raise AssertionError("malformed accumulator instruction")
            case _:
                assert_never(instr)

    def transpose_apply(self, instr: Apply) -> None:
        linear = [self.linear[v] for v in instr.operands]
        (result,) = instr.results
        # with several operands, one minus now is less than one for each
        negative = result in self.bars.minus and (
            linear.count(True) == 1 or instr.prim.name == "sub"
        )
        if negative:
            self.bars.minus.discard(result)
        bar = self.bars.take(result)
        if bar is None:
            return
        assert instr.prim.transpose is not None, f"{instr.prim.name} is not linear"
        builder = self.builder
        xs = [
            builder.var(v if lin else self.env[v])
            for v, lin in zip(instr.operands, linear, strict=True)
        ]

        def give(
            k: int,
            value: Var,
            at: Sequence[Var] = (),
            *,
            start: int | None = None,
            minus: bool = False,
        ) -> None:
            v, places = instr.operands[k], [i.id for i in at]
            if start is not None:
                self.bars.give_part(v, value.id, start, minus=minus != negative)
            else:
                self.bars.give(v, value.id, places, minus=minus != negative)

        instr.prim.transpose(builder.var(bar), xs, linear, instr.attrs, give)

    def transpose_add(self, ref: int, indices: Sequence[int], value: int) -> None:
        if ref not in self.contents:
            return
        bar = self.contents[ref]
        if indices:
            at = [self.env[v] for v in indices]
            bar = self.builder.apply(REGISTRY["index"], (bar, *at))
        self.bars.give(value, bar)

    def transpose_call(self, instr: Call) -> Demands:
        params = tuple([self.linear[v] for v in instr.operands])
        bars = list(map(self.bars.take, instr.results))
        linear_operands = [v for v in instr.operands if self.linear[v]]
        has_contents = any(v in self.contents for v in linear_operands)
        if all(bar is None for bar in bars) and not has_contents:
            return
        inner: Transposed = yield (
            instr.func,
            (linearity(instr.func, params).params, tuple([bar is not None for bar in bars]), False),
        )
        operands = [self.env[v] for v in instr.operands if not self.linear[v]]
        operands += [bar for bar in bars if bar is not None]
        pairs = list(zip(linear_operands, inner.given, strict=True))
        for v, given in pairs:
            match self.types[v]:
                case Array() if not given:
                    operands.append(self.bars.open_ref(v))
                case Ref(array):
                    found = self.contents.get(v)
                    operands.append(self.builder.zeros(array) if found is None else found)
                case _:
                    pass
        results = self.builder.call(inner.func, operands)
        for v, cotangent in zip([v for v, given in pairs if given], results, strict=True):
            self.bars.give(v, cotangent)

    # --- regions ------------------------------------------------------------------------------------------

    def transpose_loop(self, instr: Loop) -> Demands:
        body, builder = instr.body, self.builder
        ends = zip(instr.results, body.params[1:], strict=False)
        inits = [self.bars.take_or_zero(v) for v, p in ends if self.linear[p]]
        stacks = list(map(self.bars.take, instr.results[instr.carries :]))
        carried = len(inits)
        by_row = self.bars.read_by_row(instr)
        captured = self.bars.captured([body], by_row)
        inits += [self.bars.take_or_zero(v) for v in captured]
        turning = partial(self.turned_body, instr, stacks, captured, by_row)
        block, alternates = (yield from turning()), False
        if {*stacks} <= {None} and may_spare_minus(instr, block, self.linear, self.types):
            other = yield from turning(alternating=True)
            if alternates := len(other.instrs) < len(block.instrs):
                block = other
        if alternates:
            inits = [self.bars.signed(v, minus=k >= carried) for k, v in enumerate(inits)]
        results = builder.loop(
            instr.size,
            inits,
            block,
            reverse=not instr.reverse,
            checkpoint=instr.checkpoint,
            either_way=True,
        )
        pairs = zip(instr.operands, body.params[1:], strict=True)
        given = [*[v for v, p in pairs if self.linear[p]], *captured, *by_row]
        for k, (v, bar) in enumerate(zip(given, results, strict=True)):
            is_odd = (instr.size % 2 == 1) == (k < carried)
            self.bars.give(v, bar, minus=alternates and is_odd)

    def turned_body(
        self,
        instr: Loop,
        stacks: Sequence[int | None],
        captured: Sequence[int],
        by_row: Sequence[int],
        *,
        alternating: bool = False,
    ) -> Generator[Any, Any, Block]:
        """The body of a loop turned round, which carries the cotangents of what that carried and captured.

        With `alternating`, it carries the opposites of all of them in every second iteration: those of what is captured in the
        first one, so that a step may give back the opposite of a cotangent, and subtract a sum from what it adds to it.
        """
        body, builder = instr.body, self.builder
        carried = [v for v in body.params[1:] if self.linear[v]]
        types = builder.types
        with builder.block([types[v] for v in (body.params[0], *carried, *captured)]) as block:
            t, *incoming = block.params
            self.env[body.params[0]] = t
            for v in by_row:
                self.bars.open_row(v, body.params[0], t)
            self.bars.scalars.update(zip(captured, incoming[len(carried) :], strict=True))
            if alternating:
                self.bars.minus.update(captured)
            pairs = zip(body.results, body.params[1:], strict=False)
            nexts = [u for u, v in pairs if self.linear[v]]
            for u, bar in zip(nexts, incoming, strict=False):
                self.bars.give(u, bar)
            for u, stack in zip(body.results[instr.carries :], stacks, strict=True):
                if stack is not None:
                    self.bars.give(u, builder.apply(REGISTRY["index"], (stack, t)))
            yield from self.transpose_block(body)
            if alternating:
                self.bars.minus.symmetric_difference_update(carried)
            out = [self.bars.take_or_zero(v) for v in (*carried, *captured)]
            out += map(self.bars.take_row, by_row)
        return block.close(out)

    def transpose_cond(self, instr: Cond) -> Demands:
        """Turn round each side. An array that a side hands on, updated or not, has its cotangent handed on, too.

        A side adds to the cotangents of scalars from outside as they are so far, so that one that adds nothing hands them on.
        """
        (selector,) = instr.operands
        bars = list(map(self.bars.take, instr.results))
        handed_on = self.handed_on(instr, bars)
        captured = self.bars.captured(instr.branches, handed_on)
        found = [(v, self.bars.take(v)) for v in captured]
        outside = {v: bar for v, bar in found if bar is not None}
        starts = {v: self.bars.arrays.pop(v) for v in handed_on if v in self.bars.arrays}
        blocks: list[Block] = []
        for branch in instr.branches:
            with self.builder.block() as block:
                self.bars.scalars.update(outside)
                self.bars.arrays.update(starts)
                for u, bar in zip(branch.results, bars, strict=True):
                    if bar is not None:
                        self.bars.give(u, bar)
                yield from self.transpose_block(branch)
                out = [self.bars.take_or_zero(v) for v in (*captured, *handed_on)]
            blocks.append(block.close(out))
        results = self.builder.cond(self.env[selector], blocks)
        for v, bar in zip((*captured, *handed_on), results, strict=True):
            self.bars.give(v, bar)

    def handed_on(self, instr: Cond, bars: Sequence[int | None]) -> list[int]:
        """Linear arrays from outside that a branch gives, updated or not, and whose accumulators are not open."""
        found = self.built_over(instr.branches, [bar is not None for bar in bars])
        return [v for v in found if v not in self.bars.refs]

    def built_over(self, blocks: Sequence[Block], results: Sequence[bool]) -> dict[int, None]:
        """Linear arrays from outside of blocks from which one of the results chosen follows by updates."""
        found: dict[int, None] = {}
        for block in blocks:
            chosen = [v for v, on in zip(block.results, results, strict=True) if on]
            chosen = [v for v in chosen if self.is_linear_array(v)]
            makers = {v: i for i in instrs_of(block) for v in i.results} if chosen else {}
            found.update({v: None for array in chosen for v in built_over(array, makers)})
        return {v: None for v in found if self.is_linear_array(v)}

    def is_linear_array(self, v: int) -> bool:
        return self.linear[v] and isinstance(self.types[v], Array)
