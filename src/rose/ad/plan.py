"""The plan of a split into a forward and a linear part: what is saved, what recomputed, what is in segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rose.ad.activity import Mask, activity
from rose.ad.checkpoints import scalars_of, steps_of
from rose.errors import DerivativeError
from rose.ir.builder import Builder
from rose.ir.copy import free_values, inline_call
from rose.ir.demand import Demands
from rose.ir.func import Add, Apply, Block, Call, Cond, Func, Instr, Loop, While, is_straight
from rose.ir.types import Array, Index, Ref, Type

MOST_RESIDUALS = 16  # a function called with more than these recomputes its inside instead


@dataclass(frozen=True)
class Linearized:
    """The outcome of `linearize`.

    Attributes:
        forward: takes the nonlinear params; gives the nonlinear results, then the residuals.
        linear: takes the nonlinear params numbered `needed`, the residuals, and the linear params; gives the
            linear results.
        needed: numbers, among the nonlinear params, of those that `linear` takes.
        residuals: types of the residuals.
        count: how many values those are, before Reals are put together into an array.
        params: which params of the Func are linear.
        results: which of its results are linear.
    """

    forward: Func
    linear: Func
    needed: tuple[int, ...]
    residuals: tuple[Type, ...]
    count: int
    params: Mask
    results: Mask


def recompute_inside(split: Linearized) -> Linearized:
    """The same with no residuals: the linear Func takes all nonlinear params and runs the forward one again."""
    types = split.forward.param_types
    results = len(split.forward.body.results) - len(split.residuals)
    forward = Builder(split.forward.name)
    operands = [forward.param(t) for t in types]
    primal = forward.finish(inline_call(forward, split.forward, operands)[:results])
    linear = Builder(split.linear.name)
    inputs = [linear.param(t) for t in types]
    first_dot = len(split.needed) + len(split.residuals)
    dots = [linear.param(t) for t in split.linear.param_types[first_dot:]]
    residuals = linear.call(split.forward, inputs)[results:]
    kept = [inputs[k] for k in split.needed]
    outputs = linear.call(split.linear, [*kept, *residuals, *dots])
    everything = tuple(range(len(types)))
    return Linearized(
        primal, linear.finish(outputs), everything, (), 0, split.params, split.results
    )


class Plan:
    """Decides, from the last instruction to the first, which nonlinear values the linear part needs.

    Attributes:
        linear: per value, whether it is linear.
        needed: per value, whether the linear part uses it.
        saved: per value, whether the forward part hands it out.
        sparse: arrays of which so little is read that the elements are handed out and not the array.
        callees: per call with linear arguments, how the function called was split.
    """

    def __init__(self, func: Func, params: Mask) -> None:
        self.func = func
        self.params = params
        found = activity(func, params)
        self.results = found.results
        self.linear = found.values
        self.needed = [False] * len(func.types)
        self.saved = [False] * len(func.types)
        self.sparse = _sparsely_read(func)
        self.callees: dict[Call, Linearized] = {}
        self.definition: dict[int, Instr] = {}

    def is_linear(self, instr: Instr) -> bool:
        """Whether an instruction belongs to the linear part and not to the forward part."""
        if isinstance(instr, Loop | While | Cond):
            return False
        values = instr.operands if isinstance(instr, Add) else instr.results
        return any([self.linear[v] for v in values])

    def is_mixed(self, instr: Instr) -> bool:
        """Whether an instruction has a linear part."""
        if isinstance(instr, Call):
            return any([self.linear[v] for v in instr.operands + instr.results])
        if isinstance(instr, Loop | While | Cond):
            return any(self.linear[v] for v in instr.results) or any(
                self.is_linear(i) or self.is_mixed(i) for b in instr.blocks for i in b.instrs
            )
        return False

    def need(self, values: Sequence[int]) -> None:
        for v in values:
            if not self.linear[v]:
                self.needed[v] = True

    def need_block(self, block: Block, results: Sequence[int]) -> Demands:
        """Plan a block that has a linear part; its results become `results` of the region around it."""
        for instr in block.instrs:
            self.definition.update(dict.fromkeys(instr.results, instr))
        # A linear result of the region may be a zero in this block, and that is a nonlinear value.
        pairs = zip(block.results, results, strict=True)
        self.need([v for v, outside in pairs if self.linear[outside]])
        for instr in reversed(block.instrs):
            if isinstance(instr, Apply):
                self.need_apply(instr)
            else:
                yield from self.need_instr(instr)

    def need_apply(self, instr: Apply) -> None:
        v = instr.results[0]
        if self.linear[v]:
            self.need(instr.operands)
        elif self.needed[v]:
            if not self.saved[v] and self.is_recomputed(instr):
                self.need(instr.operands)
            else:
                self.saved[v] = True

    def need_instr(self, instr: Instr) -> Demands:
        if self.is_mixed(instr):
            yield from self.need_mixed(instr)
        elif self.is_linear(instr):
            self.need(instr.operands)
        for v in instr.results:
            if self.needed[v] and not self.linear[v]:
                self.saved[v] = True

    def is_recomputed(self, instr: Apply) -> bool:
        """Whether the linear part computes what it needs of a primitive again."""
        if not instr.prim.cheap:
            return False
        of_sparse = instr.prim.name == "index" and instr.operands[0] in self.sparse
        return not of_sparse or isinstance(self.func.types[instr.results[0]], Array)

    def need_mixed(self, instr: Instr) -> Demands:
        match instr:
            case While():
                raise DerivativeError(
                    "a while_loop has no reverse-mode derivative, since nobody knows how many steps there are to "
                    "remember; give a bound, while_loop(..., max_steps=n), or use jvp",
                    instr.loc,
                )
            case Call(func=callee, operands=operands):
                split = yield callee, tuple([self.linear[v] for v in operands])
                # A function that adds into its caller's accumulators must not run twice.
                adds = any([isinstance(t, Ref) for t in split.forward.param_types])
                if (split.count > MOST_RESIDUALS or callee.remat) and not adds:
                    split = recompute_inside(split)
                self.callees[instr] = split
                primals = [v for v in operands if not self.linear[v]]
                self.need([primals[k] for k in split.needed])
            case Loop(body=body, operands=operands):
                carried = body.params[1:]
                yield from self.need_block(body, (*carried, *instr.results[len(carried) :]))
                for v in carried:
                    self.saved[v] = self.needed[v]
                pairs = zip(operands, carried, strict=True)
                self.need([v for v, inside in pairs if self.linear[inside]])
            case Cond(branches=branches, operands=(selector,)):
                for branch in branches:
                    yield from self.need_block(branch, instr.results)
                self.need([selector])
                self.saved[selector] = self.saved[selector] or self.is_costly(selector)
            case _:
                raise AssertionError("only calls and regions have a linear and a nonlinear part")

    def saved_in(self, block: Block) -> int:
        """How many scalars one run of a region's block hands out."""
        values = [v for v in block.params if self.saved[v]]
        count = 0
        for instr in block.instrs:
            values += [v for v in instr.results if self.saved[v]]
            if isinstance(instr, Call) and instr in self.callees:
                count += sum(map(scalars_of, self.callees[instr].residuals))
            elif self.is_mixed(instr):
                size = instr.size if isinstance(instr, Loop) else 1
                count += size * sum(map(self.saved_in, instr.blocks))
        return count + sum([scalars_of(self.func.types[v]) for v in values])

    def is_costly(self, selector: int) -> bool:
        """Whether what control flow depends on is more than arithmetic of indices."""
        definition = self.definition.get(selector)
        if not isinstance(definition, Apply):
            return False
        return not all(isinstance(self.func.types[v], Index) for v in definition.operands)


def _sparsely_read(func: Func) -> set[int]:
    """The arrays made or carried in loops of which, each time, at most half as many scalars are read as they have."""
    made: dict[int, int] = {}  # array -> how often it is made
    reads: dict[int, int] = {}  # array -> how many scalars are read of all of them
    if is_straight(func):
        return set()

    def visit(block: Block, times: int, *, in_loop: bool) -> None:
        results = [v for instr in block.instrs for v in instr.results] if in_loop else []
        arrays = [v for v in (*block.params, *results) if isinstance(func.types[v], Array)]
        if in_loop:
            made.update(dict.fromkeys(arrays, times))
        for instr in block.instrs:
            if isinstance(instr, Apply) and instr.prim.name == "index":
                whole = instr.operands[0]
                if not isinstance(func.types[instr.results[0]], Array):
                    reads[whole] = reads.get(whole, 0) + times
            for inner in instr.blocks:
                many = times * instr.size if isinstance(instr, Loop) else times
                visit(inner, many, in_loop=in_loop or isinstance(instr, Loop))

    visit(func.body, 1, in_loop=False)
    return {
        v for v, times in made.items() if 2 * reads.get(v, 0) <= times * scalars_of(func.types[v])
    }


def steps_between(plan: Plan) -> dict[int, int]:
    """Per loop (by id) that is to keep fewer than all of its carries: every how many steps; outermost loops only."""
    steps: dict[int, int] = {}

    def visit(block: Block) -> None:
        for instr in block.instrs:
            if isinstance(instr, Loop) and plan.is_mixed(instr):
                k = steps_of(instr, plan.saved_in(instr.body) * instr.size)
                refs = [v for v in free_values(instr.body) if isinstance(plan.func.types[v], Ref)]
                # What adds into an accumulator from outside must not run twice.
                if k > 1 and all([plan.linear[v] for v in refs]):
                    steps[id(instr)] = k
                    continue
            for inner in instr.blocks:
                visit(inner)

    visit(plan.func.body)
    return steps
