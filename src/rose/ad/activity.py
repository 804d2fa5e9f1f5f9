"""Which values of a Func depend, in a way that has derivatives, on a given set of its parameters.

Asked of a function it gives the active values; asked of a jvp and its tangents, it gives the linear ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, assert_never

from rose.ir.demand import Demands, complete
from rose.ir.func import Accum, Add, Apply, Block, Call, Cond, Func, Instr, Loop, Resolve, While
from rose.ir.record import record
from rose.ir.types import is_real

Mask: TypeAlias = tuple[bool, ...]


@record
class Activity:
    """The outcome for one Func and one choice of active parameters.

    Attributes:
        values: per value, whether it is active.
        params: the choice, plus the accumulators that active values are added into.
        results: per result, whether it is active.
    """

    values: Sequence[bool]
    params: Mask
    results: Mask


def activity(func: Func, params: Mask) -> Activity:
    """Propagate activity from the parameters chosen."""
    return complete(activity_func, func, params)  # type: ignore[no-any-return]


def linearity(func: Func, params: Mask) -> Activity:
    """Which values of a linear Func are tangents, given which of its params are.

    Like activity, but of a call or region that has tangents in it all Reals are tangents: one that does not depend on
    the params is a zero that an optimisation put in place of a tangent, and must not be taken for a primal value.
    """
    return complete(linearity_func, func, params)  # type: ignore[no-any-return]


def linearity_func(func: Func, params: Mask) -> Demands:
    """The rule of `linearity`."""
    return (yield from _propagate(func, _Sweep(func, params, whole=True)))


def activity_func(func: Func, params: Mask) -> Demands:
    """The rule of `activity`."""
    if func.rule is not None:
        return _of_rule(func, params)
    return (yield from _propagate(func, _Sweep(func, params)))


def _propagate(func: Func, sweep: _Sweep) -> Demands:
    """Sweep forward until nothing changes, which loops may need."""
    again = True
    while again:
        sweep.changed = False
        yield from sweep.activity_block(func.body)
        again = sweep.changed and not sweep.straight
    active = sweep.active
    return Activity(
        active,
        tuple(active[v] for v in func.body.params),
        tuple(active[v] for v in func.body.results),
    )


def _of_rule(func: Func, params: Mask) -> Activity:
    """With a rule of the user's, every result of Reals depends on every parameter of Reals."""
    active = tuple(on and is_real(t) for on, t in zip(params, func.param_types, strict=True))
    results = tuple(any(active) and is_real(t) for t in func.result_types)
    return Activity((), active, results)


class _Sweep:
    """One way through a Func after the other, marking what is active; `whole` is `linearity`'s.

    Attributes:
        straight: whether there are primitives only, for which one way is enough.
        changed: whether something was marked on this way.
    """

    def __init__(self, func: Func, params: Mask, *, whole: bool = False) -> None:
        self.whole = whole
        self.types = func.types
        self.active = [False] * len(func.types)
        self.straight = all([instr.__class__ is Apply for instr in func.body.instrs])
        self.changed = False
        for v, active in zip(func.body.params, params, strict=True):
            self.active[v] = active and is_real(self.types[v])

    def mark(self, v: int, active: bool) -> None:
        if active and not self.active[v] and is_real(self.types[v]):
            self.active[v] = self.changed = True

    def mark_all(self, values: Sequence[int], sources: Sequence[int]) -> None:
        for v, source in zip(values, sources, strict=True):
            self.mark(v, self.active[source])

    def mark_each(self, values: Sequence[int]) -> None:
        for v in values:
            self.mark(v, True)

    def mark_region(self, instr: Instr, values: Sequence[int]) -> None:
        """For `linearity`: in a region with something linear in it, mark these values."""
        if self.whole and self.touches(instr):
            self.mark_each(values)

    def touches(self, instr: Instr) -> bool:
        """Whether an instruction, or one nested in it, makes or takes something marked."""
        values = instr.operands if isinstance(instr, Add | Call) else instr.results
        return any([self.active[v] for v in values]) or any(
            self.touches(i) for block in instr.blocks for i in block.instrs
        )

    def activity_block(self, block: Block) -> Demands:
        active = self.active
        for instr in block.instrs:
            if not isinstance(instr, Apply):
                yield from self.activity_instr(instr)
            elif instr.prim.jvp is not None:
                for v in instr.operands:
                    if active[v]:
                        self.mark(instr.results[0], True)
                        break

    def activity_instr(self, instr: Call | Loop | While | Cond | Accum | Add | Resolve) -> Demands:
        active = self.active
        match instr:
            case Call(func=callee, operands=operands, results=results):
                inner = yield callee, tuple([active[v] for v in operands])
                for v, is_active in zip(results, inner.results, strict=True):
                    self.mark(v, is_active)
                for v, is_active in zip(operands, inner.params, strict=True):
                    self.mark(v, is_active)
                if self.whole and any([active[v] for v in operands]):
                    self.mark_each(results)
            case Loop(operands=operands, body=body, results=results):
                carries = body.params[1:]
                self.mark_all(carries, operands)
                yield from self.activity_block(body)
                self.mark_all(carries, body.results[: len(carries)])
                self.mark_all(results[: len(carries)], carries)
                self.mark_all(results, body.results)
                self.mark_region(instr, (*carries, *results))
            case While(operands=operands, body=body, results=results):
                self.mark_all(body.params, operands)
                yield from self.activity_block(body)
                self.mark_all(body.params, body.results)
                self.mark_all(results, body.params)
                self.mark_all(instr.test.params, body.params)
                yield from self.activity_block(instr.test)
            case Cond(branches=branches, results=results):
                for branch in branches:
                    yield from self.activity_block(branch)
                    self.mark_all(results, branch.results)
                self.mark_region(instr, results)
            case Accum() | Resolve():
                for v in instr.operands:
                    self.mark(instr.results[0], active[v])
            case Add(operands=operands):
                self.mark(operands[0], active[operands[-1]])
            case _:
                assert_never(instr)
