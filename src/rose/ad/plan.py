"""The plan of a split into a forward and a linear part: what is saved, what recomputed, what is in segments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from rose.ad.activity import Mask, activity
from rose.ad.checkpoints import steps_of
from rose.errors import DerivativeError
from rose.ir.builder import Builder
from rose.ir.copy import inline_call
from rose.ir.demand import Demands
from rose.ir.func import Add, Apply, Block, Call, Cond, Func, Instr, Loop, While, is_straight
from rose.ir.order import is_read
from rose.ir.record import record
from rose.ir.types import Array, Index, Ref, Type, scalars_of
from rose.ir.uses import free_values

# How a Func is split: which params are linear; which are arrays that a loop of its callers makes or carries; whether
# it is called in a loop.
Key: TypeAlias = tuple[Mask, Mask, bool]

MOST_RESIDUALS = (
    2**16
)  # a function called with more scalars than these recomputes its inside instead


@record
class Linearized:
    """The outcome of `linearize`.

    Attributes:
        forward: takes the nonlinear params; gives the nonlinear results, then the residuals.
        linear: takes the nonlinear params numbered `needed`, the residuals, and the linear params; gives the
            linear results.
        needed: numbers, among the nonlinear params, of those that `linear` takes.
        residuals: types of the residuals.
        params: which params of the Func are linear.
        results: which of its results are linear.
    """

    forward: Func
    linear: Func
    needed: tuple[int, ...]
    residuals: tuple[Type, ...]
    params: Mask
    results: Mask

    @property
    def scalars(self) -> int:
        """How many scalars the residuals are."""
        return sum(map(scalars_of, self.residuals))


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
    return Linearized(primal, linear.finish(outputs), everything, (), split.params, split.results)


class Plan:
    """Decides, from the last instruction to the first, which nonlinear values the linear part needs.

    Attributes:
        linear: per value, whether it is linear.
        needed: per value, whether the linear part uses it.
        saved: per value, whether the forward part hands it out.
        chosen: values that are saved though they are cheap; see `narrow.py`.
        used: the values that the linear part uses for more than to compute others again.
        kept_in: per branch (by id) the arrays carried by the loop around it that only this branch needs: it hands them
            out, so that an iteration in which it does not run keeps none.
        passing: arrays that are made or carried in loops, here or by callers: to keep one is to keep one an iteration.
        sparse: those of them of which so little is read that the elements are handed out and not the array.
        callees: per call with linear arguments, how the function called was split.
    """

    def __init__(self, func: Func, key: Key, chosen: frozenset[int] = frozenset()) -> None:
        self.func = func
        self.params, passing, self.repeated = key
        params = self.params
        pairs = zip(func.body.params, passing, strict=True)
        self.passing = {v for v, on in pairs if on and isinstance(func.types[v], Array)}
        found = activity(func, params)
        self.results = found.results
        self.linear = found.values
        self.needed = [False] * len(func.types)
        self.saved = [False] * len(func.types)
        self.chosen = chosen
        self.used: set[int] = set()
        self.kept_in: dict[int, list[int]] = {}
        self._branches: list[
            int | None
        ] = []  # per open loop, the outermost branch that is open in its body
        self._users: dict[
            int, tuple[int, set[int | None]]
        ] = {}  # carried array -> its loop, and these for its needs
        self.sparse, made = _sparsely_read(func, self.passing, repeated=self.repeated)
        self.passing |= made
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

    def use(self, values: Sequence[int]) -> None:
        """Note that the linear part uses values as they are."""
        self.used.update([v for v in values if not self.linear[v]])
        self.need(values)

    def need(self, values: Sequence[int]) -> None:
        for v in values:
            if not self.linear[v]:
                self.needed[v] = True
                if v in self._users:
                    depth, users = self._users[v]
                    users.add(self._branches[depth])

    def need_block(self, block: Block, results: Sequence[int]) -> Demands:
        """Plan a block that has a linear part; its results become `results` of the region around it."""
        for instr in block.instrs:
            self.definition.update(dict.fromkeys(instr.results, instr))
        # A linear result of the region may be a zero in this block, and that is a nonlinear value.
        pairs = zip(block.results, results, strict=True)
        self.use([v for v, outside in pairs if self.linear[outside]])
        for instr in reversed(block.instrs):
            if isinstance(instr, Apply):
                self.need_apply(instr)
            else:
                yield from self.need_instr(instr)

    def need_apply(self, instr: Apply) -> None:
        v = instr.results[0]
        if self.linear[v]:
            self.use(instr.operands)
        elif self.needed[v]:
            if not self.saved[v] and self.is_recomputed(instr):
                self.need(instr.operands)
            else:
                self.saved[v] = True

    def need_instr(self, instr: Instr) -> Demands:
        if self.is_mixed(instr):
            yield from self.need_mixed(instr)
        elif self.is_linear(instr):
            self.use(instr.operands)
        for v in instr.results:
            if self.needed[v] and not self.linear[v]:
                self.saved[v] = True

    def is_recomputed(self, instr: Apply) -> bool:
        """Whether the linear part computes what it needs of a primitive again."""
        if not instr.prim.cheap or instr.results[0] in self.chosen:
            return False
        of_sparse = is_read(instr) and instr.operands[0] in self.sparse
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
                mask = tuple([self.linear[v] for v in operands])
                passing = tuple([v in self.passing for v in operands])
                split = yield callee, (mask, passing, self.repeated or bool(self._branches))
                if (split.scalars > MOST_RESIDUALS or callee.remat) and self.may_rerun(
                    instr, split
                ):
                    split = recompute_inside(split)
                self.callees[instr] = split
                primals = [v for v in operands if not self.linear[v]]
                self.use([primals[k] for k in split.needed])
            case Loop(body=body, operands=operands):
                carried = body.params[1:]
                arrays = [v for v in carried if isinstance(self.func.types[v], Array)]
                self._users.update({v: (len(self._branches), set()) for v in arrays})
                self._branches.append(None)
                yield from self.need_block(body, (*carried, *instr.results[len(carried) :]))
                self._branches.pop()
                for v in carried:
                    self.save_carried(v)
                pairs = zip(operands, carried, strict=True)
                self.use([v for v, inside in pairs if self.linear[inside]])
            case Cond(branches=branches, operands=(selector,)):
                for branch in branches:
                    outermost = bool(self._branches) and self._branches[-1] is None
                    if outermost:
                        self._branches[-1] = id(branch)
                    yield from self.need_block(branch, instr.results)
                    if outermost:
                        self._branches[-1] = None
                self.use([selector])
                self.saved[selector] = self.saved[selector] or self.is_costly(selector)
            case _:
                raise AssertionError("only calls and regions have a linear and a nonlinear part")

    def may_rerun(self, instr: Call, split: Linearized) -> bool:
        """Whether a function may run again in the linear part, and what it takes is no more to keep than its residuals.

        A function that adds into its caller's accumulators must not run twice. An array that a loop makes or carries
        is otherwise not kept, and to copy it in every iteration may take longer than the iteration.
        """
        if any([isinstance(t, Ref) for t in split.forward.param_types]):
            return False
        primals = [v for v in instr.operands if not self.linear[v]]
        kept = {primals[k] for k in split.needed}
        more = {v for v in primals if v in self.passing and not self.needed[v]} - kept
        return not more or sum([scalars_of(self.func.types[v]) for v in more]) < split.scalars

    def save_carried(self, v: int) -> None:
        """Save a carried value that is needed: an array that only one branch needs, there."""
        _, users = self._users.pop(v, (0, {None}))
        branch = next(iter(users)) if len(users) == 1 else None
        if branch is None:
            self.saved[v] = self.needed[v]
        else:
            self.kept_in.setdefault(branch, []).append(v)

    def saved_in(self, block: Block) -> int:
        """How many scalars one run of a region's block hands out."""
        values = [v for v in block.params if self.saved[v]] + self.kept_in.get(id(block), [])
        count = 0
        for instr in block.instrs:
            values += [v for v in instr.results if self.saved[v]]
            if isinstance(instr, Call) and instr in self.callees:
                count += self.callees[instr].scalars
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


def _sparsely_read(func: Func, passing: set[int], *, repeated: bool) -> tuple[set[int], set[int]]:
    """The arrays made or carried in loops of which, each time, at most half as many scalars are read as they have.

    Given the params that are such arrays of a caller's, and whether the function is called in a loop. Gives the sparsely
    read ones, and all that are made or carried here.
    """
    made = dict.fromkeys(passing, 1)  # array -> how often it is made
    reads: dict[int, int] = {}  # array -> how many scalars are read of all of them
    if is_straight(func) and not passing and not repeated:
        return set(), set()

    def is_array(v: int) -> bool:
        return isinstance(func.types[v], Array)

    def visit(block: Block, times: int, *, in_loop: bool) -> None:
        params = () if block is func.body else block.params
        if in_loop:
            made.update(dict.fromkeys(filter(is_array, params), times))
        for instr in block.instrs:
            if in_loop and not (is_read(instr) and instr.operands[0] not in made):
                made.update(dict.fromkeys(filter(is_array, instr.results), times))
            if is_read(instr):
                whole = instr.operands[0]
                if not is_array(instr.results[0]):
                    reads[whole] = reads.get(whole, 0) + times
            for inner in instr.blocks:
                many = times * instr.size if isinstance(instr, Loop) else times
                visit(inner, many, in_loop=in_loop or isinstance(instr, Loop))

    visit(func.body, 1, in_loop=repeated)
    sparse = {
        v for v, times in made.items() if 2 * reads.get(v, 0) <= times * scalars_of(func.types[v])
    }
    return sparse, made.keys() - passing


def steps_between(plan: Plan) -> dict[int, int]:
    """Per loop (by id) that is to keep fewer than all of its carries: every how many steps; outermost loops only."""
    steps: dict[int, int] = {}

    def visit(block: Block) -> None:
        for instr in block.instrs:
            if isinstance(instr, Loop) and plan.is_mixed(instr):
                each = plan.saved_in(instr.body)
                k = steps_of(instr, each * instr.size)
                if k > 1 and may_segment(plan, instr) and carried_scalars(plan, instr) < k * each:
                    steps[id(instr)] = k
                    continue
            for inner in instr.blocks:
                visit(inner)

    visit(plan.func.body)
    return steps


def may_segment(plan: Plan, loop: Loop) -> bool:
    """Whether the steps of a loop may run again: what adds into an accumulator from outside must not."""
    refs = [v for v in free_values(loop.body) if isinstance(plan.func.types[v], Ref)]
    return all([plan.linear[v] for v in refs])


def carried_scalars(plan: Plan, loop: Loop) -> int:
    """How many scalars a checkpoint of a loop is.

    If they are more than the steps of a segment keep, then to keep all takes less memory, and less time: a loop that
    changes one element of a long array at each step keeps what it reads of it, and not the array.
    """
    carried = [v for v in loop.body.params[1:] if not plan.linear[v]]
    return sum([scalars_of(plan.func.types[v]) for v in carried])
