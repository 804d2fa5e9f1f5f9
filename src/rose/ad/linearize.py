"""linearize: split a jvp into a forward Func and a Func that is linear in the tangents.

The forward Func computes the primal results and hands out *residuals*: values of its own that the linear part
needs. What is cheap to recompute is not handed out, unless that takes fewer bytes (`narrow.py`): the linear Func
computes it again from what it has (function parameters, loop counters and other residuals). Three kinds of value are
handed out if they are needed: what control flow depends on (one byte saves a whole side of a `cond`), what loops carry
(one row an iteration, or at checkpoints only), and results of loops, calls and costly primitives.

Source of the idea: Radul, Paszke, Frostig, Johnson, Maclaurin, You Only Linearize Once, POPL 2023.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from itertools import islice
from typing import Any

from rose.ad.activity import Mask, activity
from rose.ad.checkpoints import in_segments
from rose.ad.narrow import cheaper
from rose.ad.plan import Key, Linearized, Plan, steps_between
from rose.ad.single import with_slopes
from rose.ir.builder import Builder, OpenBlock
from rose.ir.copy import Kept, keep_instr
from rose.ir.demand import Demands, complete
from rose.ir.func import PASSED, Apply, Block, Call, Cond, Func, Instr, Loop, is_straight
from rose.ir.primitive import REGISTRY
from rose.ir.types import Array, Type, scalars_of

MOST_SCALARS = 16  # more scalars of a type than these are handed out as one array
MOST_ARRAYS = 4  # and more arrays of a type than these


def linearize(func: Func, params: Mask) -> Linearized:
    """Split a Func that is linear in the params chosen, as a jvp is in its tangents."""
    key = (activity(func, params).params, (False,) * len(params), False)
    return complete(linearize_func, func, key)  # type: ignore[no-any-return]


def linearize_func(func: Func, key: Key) -> Demands:
    """The rule for one Func: plan what is saved and what recomputed, then write both Funcs."""
    plan = yield from planned(func, key)
    slopes = with_slopes(plan)
    if slopes is not func:
        plan = yield from planned(slopes, key)
    steps = steps_between(plan)
    if steps:
        plan = yield from planned(in_segments(slopes, steps), key)
    return _Writer(plan).write()


def planned(func: Func, key: Key) -> Generator[Any, Any, Plan]:
    """A finished plan."""
    plan = Plan(func, key)
    yield from plan.need_block(func.body, func.body.results)
    if chosen := cheaper(plan):
        plan = Plan(func, key, chosen)
        yield from plan.need_block(func.body, func.body.results)
    return plan


def _together(types: Sequence[Type]) -> list[list[int]]:
    """The places of the values that are handed out as one array, for each type of which there are many."""
    places: dict[Type, list[int]] = {}
    for k, type in enumerate(types):
        places.setdefault(type, []).append(k)
    return [
        many
        for type, many in places.items()
        if len(many) > (MOST_ARRAYS if isinstance(type, Array) else MOST_SCALARS)
    ]


class _Writer:
    """Writes the two Funcs of a plan.

    What a block of the forward part hands out is a list in a fixed order: its params that are saved, then per
    instruction what that hands out. The linear part reads the same list in the same order.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.func = plan.func
        self.types = plan.func.types
        name = plan.func.name.removesuffix(".jvp")
        self.forward = Builder(f"{name}.forward", self.types)
        self.linear = Builder(f"{name}.linear", self.types)
        self.env = Kept()  # of the forward Func
        self.lin = Kept()  # of the linear Func
        self.handed_out: dict[int, int] = {}  # per region's block (by id): how many values

    def write(self) -> Linearized:
        plan, body = self.plan, self.func.body
        nonlinear = tuple([v for v in body.params if not plan.linear[v]])
        self.forward.keep_params(nonlinear)
        handed_out = self.forward_block(body)
        residuals = self.pack(handed_out)
        primal_results = [
            self.env[v] for v, lin in zip(body.results, plan.results, strict=True) if not lin
        ]
        forward = self.forward.finish([*primal_results, *residuals])

        needed = tuple(k for k, v in enumerate(nonlinear) if plan.needed[v])
        self.linear.keep_params(tuple([nonlinear[k] for k in needed]))
        residual_types = tuple(self.forward.types[v] for v in residuals)
        received = [self.linear.param(t) for t in residual_types]
        self.linear.keep_params(tuple([v for v in body.params if plan.linear[v]]))
        incoming = self.unpack(received, [self.forward.types[v] for v in handed_out])
        self.linear_block(body, iter(incoming))
        linear_results = [
            self.lin[v] for v, lin in zip(body.results, plan.results, strict=True) if lin
        ]
        linear = self.linear.finish(linear_results)
        if PASSED in self.func.memo and is_straight(self.func):  # then it is so of any part of it
            forward.memo[PASSED] = linear.memo[PASSED] = True
        return Linearized(forward, linear, needed, residual_types, plan.params, plan.results)

    def pack(self, values: list[int]) -> list[int]:
        """The same values, with those in `_together` put together into arrays, which come first."""
        together = _together([self.forward.types[v] for v in values])
        packed = [
            self.forward.apply(REGISTRY["pack"], [values[k] for k in many], ((len(many),),))
            for many in together
        ]
        taken = {k for many in together for k in many}
        return packed + [v for k, v in enumerate(values) if k not in taken]

    def unpack(self, values: list[int], types: list[Type]) -> list[int]:
        """The inverse of `pack`, in the linear Func; `types` are those of the values packed."""
        together = _together(types)
        rest = iter(values[len(together) :])
        found: dict[int, int] = {}
        for packed, many in zip(values, together, strict=False):
            type = types[many[0]]
            shape = type.shape if isinstance(type, Array) else ()
            for i, k in enumerate(many):
                attrs = (i * scalars_of(type), shape)
                found[k] = self.linear.apply(REGISTRY["part"], (packed,), attrs)
        return [found[k] if k in found else next(rest) for k in range(len(types))]

    # --- the forward part ---------------------------------------------------------------------------------

    def forward_block(self, block: Block) -> list[int]:
        """Append the nonlinear part of a block; gives what it hands out."""
        top = block is self.func.body
        params = [] if top else [v for v in block.params if self.plan.saved[v]]
        out = [self.env[v] for v in params]
        out += [self.copied(self.env[v]) for v in self.plan.kept_in.get(id(block), ())]
        linear, saved = self.plan.linear, self.plan.saved
        for instr in block.instrs:
            if isinstance(instr, Apply):
                v = instr.results[0]
                if not linear[v]:
                    keep_instr(self.forward, instr, self.env)
                if saved[v]:
                    out.append(v)
                continue
            self.forward.loc = instr.loc
            out += self.forward_instr(instr)
            out += [self.env[v] for v in instr.results if saved[v]]
        return out

    def copied(self, array: int) -> int:
        """A copy of an array that a loop carries, so that what follows may be built over the array itself."""
        type = self.forward.types[array]
        assert isinstance(type, Array), "only arrays are kept in branches"
        return self.forward.resolve(self.forward.accum(type, array))

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
            keep_instr(self.forward, instr, self.env)
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
        values = self.forward.loop(
            instr.size,
            inits,
            block.close(results),
            reverse=instr.reverse,
            checkpoint=instr.checkpoint,
        )
        self.handed_out[id(body)] = len(out)
        primals = self.nonlinear(instr.results)
        self.env.update(zip(primals, values, strict=False))
        return list(values[len(primals) :])

    def forward_cond(self, instr: Cond) -> list[int]:
        primals = self.nonlinear(instr.results)
        sides: list[tuple[OpenBlock, list[int], list[int]]] = []
        for branch in instr.branches:
            with self.forward.block() as block:
                out = self.forward_block(branch)
                kept = self.nonlinear(branch.results, instr.results)
                sides.append((block, [self.env[v] for v in kept], out))
            self.handed_out[id(branch)] = len(out)
        types = [[self.forward.types[v] for v in out] for _, _, out in sides]
        blocks: list[Block] = []
        for k, (block, kept, out) in enumerate(sides):
            with self.forward.reopen(block):
                filled = [
                    out if j == k else [self.forward.unread(t) for t in types[j]]
                    for j in range(len(sides))
                ]
            blocks.append(block.close([*kept, *[v for part in filled for v in part]]))
        (selector,) = instr.operands
        values = self.forward.cond(self.env[selector], blocks)
        self.env.update(zip(primals, values, strict=False))
        return list(values[len(primals) :])

    # --- the linear part ----------------------------------------------------------------------------------

    def linear_block(self, block: Block, incoming: Iterator[int]) -> None:
        """Append the linear part of a block, given what its forward part handed out."""
        plan = self.plan
        if block is not self.func.body:
            for v in block.params:
                if plan.saved[v]:
                    self.lin[v] = next(incoming)
            for v in plan.kept_in.get(id(block), ()):
                self.lin[v] = next(incoming)
        linear, needed, saved = plan.linear, plan.needed, plan.saved
        for instr in block.instrs:
            if isinstance(instr, Apply):
                v = instr.results[0]
                if linear[v] or (needed[v] and not saved[v]):
                    keep_instr(self.linear, instr, self.lin)
            elif plan.is_mixed(instr):
                self.linear.loc = instr.loc
                self.linear_mixed(instr, incoming)
            elif plan.is_linear(instr) or any([needed[v] and not saved[v] for v in instr.results]):
                keep_instr(self.linear, instr, self.lin)
            for v in instr.results:
                if saved[v]:
                    self.lin[v] = next(incoming)

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
        values = self.linear.loop(
            instr.size,
            inits,
            block.close(results),
            reverse=instr.reverse,
            checkpoint=instr.checkpoint,
        )
        self.lin.update(zip(self.chosen(instr.results), values, strict=True))

    def linear_cond(self, instr: Cond, incoming: Iterator[int]) -> None:
        parts = [list(islice(incoming, self.handed_out[id(b)])) for b in instr.branches]
        blocks: list[Block] = []
        for branch, part in zip(instr.branches, parts, strict=True):
            with self.linear.block() as block:
                self.linear_block(branch, iter(part))
                kept = self.chosen(branch.results, instr.results)
            blocks.append(block.close([self.lin[v] for v in kept]))
        (selector,) = instr.operands
        values = self.linear.cond(self.lin[selector], blocks)
        self.lin.update(zip(self.chosen(instr.results), values, strict=True))
