"""linearize: split a jvp into a forward Func and a Func that is linear in the tangents.

The forward Func computes the primal results and hands out *residuals*: values of its own that the linear part
needs. What is cheap to recompute is not handed out: the linear Func computes it again from what it has
(function parameters, loop counters and other residuals). Three kinds of value are always handed out: what
control flow depends on (one byte saves a whole side of a `cond`), what loops carry (one row an iteration), and
results of loops, calls and costly primitives.

Source of the idea: Radul, Paszke, Frostig, Johnson, Maclaurin, You Only Linearize Once, POPL 2023.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rose.ad.activity import Mask, activity
from rose.errors import DerivativeError
from rose.ir.builder import Builder
from rose.ir.copy import copy_instr, inline_call
from rose.ir.demand import Demands, complete
from rose.ir.func import Add, Apply, Block, Call, Cond, Func, Instr, Loop, While
from rose.ir.primitive import REGISTRY
from rose.ir.types import REAL, Index, Ref, Type

MOST_RESIDUALS = 16  # a function called with more than these recomputes its inside instead
MOST_SCALARS = 16  # more Reals than these are handed out as one array


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


def linearize(func: Func, params: Mask) -> Linearized:
    """Split a Func that is linear in the params chosen, as a jvp is in its tangents."""
    return complete(linearize_func, func, activity(func, params).params)  # type: ignore[no-any-return]


def linearize_func(func: Func, params: Mask) -> Demands:
    """The rule for one Func: plan what is saved and what recomputed, then write both Funcs."""
    plan = _Plan(func, params)
    yield from plan.need_block(func.body, func.body.results)
    return _Writer(plan).write()


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


class _Plan:
    """Decides, from the last instruction to the first, which nonlinear values the linear part needs.

    Attributes:
        linear: per value, whether it is linear.
        needed: per value, whether the linear part uses it.
        saved: per value, whether the forward part hands it out.
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
            for v in instr.results:
                self.definition[v] = instr
        # A linear result of the region may be a zero in this block, and that is a nonlinear value.
        pairs = zip(block.results, results, strict=True)
        self.need([v for v, outside in pairs if self.linear[outside]])
        for instr in reversed(block.instrs):
            yield from self.need_instr(instr)

    def need_instr(self, instr: Instr) -> Demands:
        if self.is_mixed(instr):
            yield from self.need_mixed(instr)
        elif self.is_linear(instr):
            self.need(instr.operands)
        for v in instr.results:
            if self.needed[v] and not self.linear[v]:
                if isinstance(instr, Apply) and instr.prim.cheap and not self.saved[v]:
                    self.need(instr.operands)
                else:
                    self.saved[v] = True

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

    def is_costly(self, selector: int) -> bool:
        """Whether what control flow depends on is more than arithmetic of indices."""
        definition = self.definition.get(selector)
        if not isinstance(definition, Apply):
            return False
        return not all(isinstance(self.func.types[v], Index) for v in definition.operands)


class _Writer:
    """Writes the two Funcs of a plan.

    What a block of the forward part hands out is a list in a fixed order: its params that are saved, then per
    instruction what that hands out. The linear part reads the same list in the same order.
    """

    def __init__(self, plan: _Plan) -> None:
        self.plan = plan
        self.func = plan.func
        self.types = plan.func.types
        self.forward = Builder(plan.func.name.removesuffix(".jvp") + ".forward")
        self.linear = Builder(plan.func.name.removesuffix(".jvp") + ".linear")
        self.env: dict[int, int] = {}  # in the forward Func
        self.lin: dict[int, int] = {}  # in the linear Func
        self.handed_out: dict[int, int] = {}  # per region's block (by id): how many values

    def write(self) -> Linearized:
        plan, body = self.plan, self.func.body
        nonlinear = [v for v in body.params if not plan.linear[v]]
        for v in nonlinear:
            self.env[v] = self.forward.param(self.types[v])
        handed_out = self.forward_block(body)
        residuals = self.pack(handed_out)
        primal_results = [
            self.env[v] for v, lin in zip(body.results, plan.results, strict=True) if not lin
        ]
        forward = self.forward.finish([*primal_results, *residuals])

        needed = tuple(k for k, v in enumerate(nonlinear) if plan.needed[v])
        for k in needed:
            self.lin[nonlinear[k]] = self.linear.param(self.types[nonlinear[k]])
        residual_types = tuple(self.forward.types[v] for v in residuals)
        received = [self.linear.param(t) for t in residual_types]
        for v in body.params:
            if plan.linear[v]:
                self.lin[v] = self.linear.param(self.types[v])
        incoming = self.unpack(received, [self.forward.types[v] for v in handed_out])
        self.linear_block(body, iter(incoming))
        linear_results = [
            self.lin[v] for v, lin in zip(body.results, plan.results, strict=True) if lin
        ]
        linear = self.linear.finish(linear_results)
        count = len(handed_out)
        return Linearized(forward, linear, needed, residual_types, count, plan.params, plan.results)

    def pack(self, values: list[int]) -> list[int]:
        """The same values, with the Reals among them in one array at the front if they are many."""
        reals = [v for v in values if self.forward.types[v] == REAL]
        if len(reals) <= MOST_SCALARS:
            return values
        packed = self.forward.apply(REGISTRY["pack"], reals, ((len(reals),),))
        return [packed, *[v for v in values if self.forward.types[v] != REAL]]

    def unpack(self, values: list[int], types: list[Type]) -> list[int]:
        """The inverse of `pack`, in the linear Func; `types` are those of the values packed."""
        count = types.count(REAL)
        if count <= MOST_SCALARS:
            return values
        packed, *others = values
        rest = iter(others)
        number = iter(range(count))

        def real() -> int:
            at = self.linear.const(next(number), Index(count))
            return self.linear.apply(REGISTRY["index"], (packed, at))

        return [real() if t == REAL else next(rest) for t in types]

    # --- the forward part ---------------------------------------------------------------------------------

    def forward_block(self, block: Block) -> list[int]:
        """Append the nonlinear part of a block; gives what it hands out."""
        top = block is self.func.body
        out = [] if top else [self.env[v] for v in block.params if self.plan.saved[v]]
        for instr in block.instrs:
            self.forward.loc = instr.loc
            out += self.forward_instr(instr)
            out += [self.env[v] for v in instr.results if self.plan.saved[v]]
        return out

    def forward_instr(self, instr: Instr) -> list[int]:
        plan = self.plan
        if plan.is_mixed(instr):
            match instr:
                case Call():
                    return self.forward_call(instr)
                case Loop():
                    return self.forward_loop(instr)
                case Cond():
                    return self.forward_cond(instr)
                case _:
                    raise AssertionError("only calls and regions are mixed")
        if not plan.is_linear(instr):
            copy_instr(self.forward, self.func, instr, self.env)
        return []

    def nonlinear(self, values: Sequence[int], like: Sequence[int] | None = None) -> list[int]:
        """Those of `values` whose counterparts in `like` are not linear."""
        pairs = zip(values, like if like is not None else values, strict=True)
        return [v for v, model in pairs if not self.plan.linear[model]]

    def forward_call(self, instr: Call) -> list[int]:
        split = self.plan.callees[instr]
        operands = [self.env[v] for v in self.nonlinear(instr.operands)]
        results = self.forward.call(split.forward, operands)
        primals = self.nonlinear(instr.results)
        self.env.update(zip(primals, results, strict=False))
        return list(results[len(primals) :])

    def forward_loop(self, instr: Loop) -> list[int]:
        body, count = instr.body, instr.carries
        carries = body.params[1:]
        inits = [self.env[v] for v in self.nonlinear(instr.operands, carries)]
        kept = self.nonlinear(carries)
        types = [self.types[v] for v in (body.params[0], *kept)]
        with self.forward.block(types) as block:
            self.env.update(zip((body.params[0], *kept), block.params, strict=True))
            out = self.forward_block(body)
            rows = self.nonlinear(body.results[count:], instr.results[count:])
            nexts = self.nonlinear(body.results[:count], carries)
            results = [self.env[v] for v in nexts + rows] + out
        values = self.forward.loop(instr.size, inits, block.close(results), reverse=instr.reverse)
        self.handed_out[id(body)] = len(out)
        primals = self.nonlinear(instr.results)
        self.env.update(zip(primals, values, strict=False))
        return list(values[len(primals) :])

    def forward_cond(self, instr: Cond) -> list[int]:
        primals = self.nonlinear(instr.results)
        sides = []
        for branch in instr.branches:
            with self.forward.block() as block:
                out = self.forward_block(branch)
                kept = self.nonlinear(branch.results, instr.results)
                sides.append((block, [self.env[v] for v in kept], out))
            self.handed_out[id(branch)] = len(out)
        types = [[self.forward.types[v] for v in out] for _, _, out in sides]
        blocks = []
        for k, (block, kept, out) in enumerate(sides):
            with self.forward.reopen(block):
                filled = [
                    out if j == k else [self.unused(t) for t in types[j]] for j in range(len(sides))
                ]
            blocks.append(block.close([*kept, *[v for part in filled for v in part]]))
        (selector,) = instr.operands
        values = self.forward.cond(self.env[selector], blocks)
        self.env.update(zip(primals, values, strict=False))
        return list(values[len(primals) :])

    def unused(self, type: Type) -> int:
        """A value that nobody will read: the residual of the side that did not run."""
        return self.forward.zeros(type)

    # --- the linear part ----------------------------------------------------------------------------------

    def linear_block(self, block: Block, incoming: Iterator[int]) -> None:
        """Append the linear part of a block, given what its forward part handed out."""
        plan = self.plan
        if block is not self.func.body:
            for v in block.params:
                if plan.saved[v]:
                    self.lin[v] = next(incoming)
        for instr in block.instrs:
            self.linear.loc = instr.loc
            if plan.is_mixed(instr):
                self.linear_mixed(instr, incoming)
            elif plan.is_linear(instr) or self.is_recomputed(instr):
                copy_instr(self.linear, self.func, instr, self.lin)
            for v in instr.results:
                if plan.saved[v]:
                    self.lin[v] = next(incoming)

    def is_recomputed(self, instr: Instr) -> bool:
        plan = self.plan
        return any([plan.needed[v] and not plan.saved[v] for v in instr.results])

    def linear_mixed(self, instr: Instr, incoming: Iterator[int]) -> None:
        match instr:
            case Call():
                self.linear_call(instr, incoming)
            case Loop():
                self.linear_loop(instr, incoming)
            case Cond():
                self.linear_cond(instr, incoming)
            case _:
                raise AssertionError("only calls and regions are mixed")

    def chosen(self, values: Sequence[int], like: Sequence[int] | None = None) -> list[int]:
        """Those of `values` whose counterparts in `like` are linear."""
        pairs = zip(values, like if like is not None else values, strict=True)
        return [v for v, model in pairs if self.plan.linear[model]]

    def linear_call(self, instr: Call, incoming: Iterator[int]) -> None:
        split = self.plan.callees[instr]
        primals = self.nonlinear(instr.operands)
        operands = [self.lin[primals[k]] for k in split.needed]
        operands += islice(incoming, len(split.residuals))
        operands += self.linear_operands(instr, split)
        results = self.linear.call(split.linear, operands)
        self.lin.update(zip(self.chosen(instr.results), results, strict=True))

    def linear_operands(self, instr: Call, split: Linearized) -> list[int]:
        pairs = zip(instr.operands, split.params, strict=True)
        return [self.lin[v] for v, is_linear in pairs if is_linear]

    def linear_loop(self, instr: Loop, incoming: Iterator[int]) -> None:
        body, count = instr.body, instr.carries
        stacks = list(islice(incoming, self.handed_out[id(body)]))
        carries = body.params[1:]
        inits = [self.lin[v] for v in self.chosen(instr.operands, carries)]
        kept = self.chosen(carries)
        types = [self.types[v] for v in (body.params[0], *kept)]
        with self.linear.block(types) as block:
            t = block.params[0]
            self.lin.update(zip((body.params[0], *kept), block.params, strict=True))
            saved = [self.linear.apply(REGISTRY["index"], (stack, t)) for stack in stacks]
            self.linear_block(body, iter(saved))
            rows = self.chosen(body.results[count:], instr.results[count:])
            nexts = self.chosen(body.results[:count], carries)
            results = [self.lin[v] for v in nexts + rows]
        values = self.linear.loop(instr.size, inits, block.close(results), reverse=instr.reverse)
        self.lin.update(zip(self.chosen(instr.results), values, strict=True))

    def linear_cond(self, instr: Cond, incoming: Iterator[int]) -> None:
        parts = [list(islice(incoming, self.handed_out[id(b)])) for b in instr.branches]
        blocks = []
        for branch, part in zip(instr.branches, parts, strict=True):
            with self.linear.block() as block:
                self.linear_block(branch, iter(part))
                kept = self.chosen(branch.results, instr.results)
            blocks.append(block.close([self.lin[v] for v in kept]))
        (selector,) = instr.operands
        values = self.linear.cond(self.lin[selector], blocks)
        self.lin.update(zip(self.chosen(instr.results), values, strict=True))
