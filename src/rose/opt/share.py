"""share: functions with equal bodies become one."""

from __future__ import annotations

from collections.abc import Hashable

from rose.ir.func import Apply, Block, Call, Func, Instr, Loop, Values, callees_first, exact, size
from rose.ir.replace import with_callees
from rose.ir.stages import stage

LOOKED_AT = 20  # instructions that are compared before all of them are


def share(root: Func) -> Func:
    """No two functions of the program have the same types and instructions."""
    return share_all([root])[0]


@stage("share")
def share_all(roots: list[Func]) -> list[Func]:
    """No two functions of all the programs together have the same types and instructions."""
    groups: dict[object, _Group] = {}
    new: dict[Func, Func] = {}
    for func in callees_first(roots):
        rebuilt = with_callees(func, new)
        if rebuilt.is_fixed:
            new[func] = rebuilt
            continue
        new[func] = groups.setdefault(_from_afar(rebuilt), _Group(rebuilt)).member(rebuilt)
    return [new[root] for root in roots]


def _from_afar(func: Func) -> Hashable:
    """What is seen at once, the same for equal functions."""
    first = [i for i in func.body.instrs[:LOOKED_AT] if isinstance(i, Apply)]
    static = tuple([(i.prim, exact(i.attrs)) for i in first])
    return func.param_types, func.result_types, size(func), static


class _Group:
    """Functions that look equal from afar. What they do is compared only where there are two."""

    def __init__(self, first: Func) -> None:
        self.first = first
        self.members: dict[Hashable, Func] = {}

    def member(self, func: Func) -> Func:
        """The first function that is equal to this one."""
        if func is self.first:
            return func
        if not self.members:
            self.members[_Structure(self.first).of_func()] = self.first
        return self.members.setdefault(_Structure(func).of_func(), func)


class _Structure:
    """A Func as nested tuples, equal for equal Funcs, whatever the numbers of their values are.

    What differs in the sign of a zero is not equal.
    """

    def __init__(self, func: Func) -> None:
        self.func = func
        self.number: dict[int, int] = {}  # of values, in the order of their definition

    def of_func(self) -> Hashable:
        return self.block(self.func.body)

    def define(self, values: Values) -> Hashable:
        for v in values:
            self.number[v] = len(self.number)
        return tuple([self.func.types[v] for v in values])

    def use(self, values: Values) -> Hashable:
        number = self.number
        return tuple([number[v] for v in values])

    def block(self, block: Block) -> Hashable:
        params = self.define(block.params)
        return params, tuple([self.instr(i) for i in block.instrs]), self.use(block.results)

    def instr(self, instr: Instr) -> Hashable:
        operands = self.use(instr.operands)
        blocks = tuple([self.block(block) for block in instr.blocks])
        return instr.__class__, _static(instr), operands, blocks, self.define(instr.results)


def _static(instr: Instr) -> Hashable:
    match instr:
        case Apply(prim=prim, attrs=attrs):
            return prim, exact(attrs)
        case Call(func=func):
            return func
        case Loop(size=size, reverse=reverse, checkpoint=checkpoint, either_way=either_way):
            return size, reverse, checkpoint, either_way
        case _:
            return None
