"""What is known of the signs of Reals: which are never -0.0, and which never have a sign at all.

A nan counts as having no sign, since no comparison holds for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import copysign

from rose.ir.func import Apply, Block, Cond, Func, Loop, Values
from rose.ir.types import REAL, Type

NEVER_NEGATIVE = frozenset({"abs", "exp", "index_to_real"})


class Signs:
    """The signs of the values of a Func.

    Attributes:
        unsigned: values that are at least 0.0, or nan.
        plus: values that are not -0.0. What is unsigned is plus as well.
    """

    def __init__(self, func: Func) -> None:
        self.types: Sequence[Type] = func.types
        self.unsigned: set[int] = set()
        self.plus: set[int] = set()
        self.visit(func.body)

    def visit(self, block: Block) -> None:
        """Find the signs of what a block makes."""
        for instr in block.instrs:
            if isinstance(instr, Apply):
                self.visit_apply(instr)
            elif isinstance(instr, Loop):
                self.visit_loop(instr)
            else:
                for inner in instr.blocks:
                    self.visit(inner)
                if isinstance(instr, Cond):
                    self.agree(instr.results, [branch.results for branch in instr.branches])

    def visit_apply(self, instr: Apply) -> None:
        (v,) = instr.results
        if self.types[v] != REAL:
            return
        rule = _RULES.get(instr.prim.name)
        if instr.prim.name == "const":
            value = instr.attrs[0]
            unsigned, plus = value != value or copysign(1, value) > 0, value != 0
        elif rule:
            unsigned, plus = rule(self, instr.operands)
        else:
            unsigned = plus = instr.prim.name in NEVER_NEGATIVE
        _put(self.unsigned, v, known=unsigned)
        _put(self.plus, v, known=unsigned or plus)

    def visit_loop(self, instr: Loop) -> None:
        """What holds at the start, and for the next value if it holds for this one, holds in every iteration."""
        params, count = instr.body.params[1:], instr.carries
        nexts = instr.body.results[:count]
        self.agree(params, [instr.operands])
        while True:
            self.visit(instr.body)
            known = self.known(params)
            self.agree(params, [params, nexts])
            if self.known(params) == known:
                break
        self.agree(instr.results[:count], [nexts])

    def known(self, values: Sequence[int]) -> list[tuple[bool, bool]]:
        return [(v in self.unsigned, v in self.plus) for v in values]

    def agree(self, values: Sequence[int], sources: Sequence[Sequence[int]]) -> None:
        """Each of `values` is one of its counterparts in `sources`."""
        for v, *each in zip(values, *sources, strict=True):
            for known in (self.unsigned, self.plus):
                _put(known, v, known=all(u in known for u in each))


def _put(found: set[int], v: int, *, known: bool) -> None:
    if known:
        found.add(v)
    else:
        found.discard(v)


# Operands -> whether the result is unsigned, and whether it is plus.
Rule = Callable[[Signs, Values], tuple[bool, bool]]


def _add(s: Signs, operands: Values) -> tuple[bool, bool]:
    """A sum is -0.0 only if both terms are."""
    return s.unsigned.issuperset(operands), not s.plus.isdisjoint(operands)


def _product(s: Signs, operands: Values) -> tuple[bool, bool]:
    a, b = operands
    return a == b or s.unsigned.issuperset(operands), False


def _one_of(s: Signs, operands: Values) -> tuple[bool, bool]:
    reals = [v for v in operands if s.types[v] == REAL]
    return s.unsigned.issuperset(reals), s.plus.issuperset(reals)


def _root(s: Signs, operands: Values) -> tuple[bool, bool]:
    """The root of -0.0 is -0.0, that of less is nan."""
    known = s.plus.issuperset(operands)
    return known, known


_RULES: dict[str, Rule] = {
    "add": _add,
    "mul": _product,
    "div": _product,
    "max": _one_of,
    "min": _one_of,
    "select": _one_of,
    "sqrt": _root,
    "norm_sqrt": _root,
}
