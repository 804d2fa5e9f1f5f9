"""roots: no square root is compared with a constant; what it is the root of is compared with another constant.

The root is monotone and correctly rounded, so sqrt(s) < c holds for exactly those s that are less than the least double
whose root is not less than c. What else the root is needed for is often on one side of a cond, where `sink` puts it.
"""

from __future__ import annotations

import math
from operator import is_

from rose.ir.func import Apply, Block, Func, Instr, instrs_of
from rose.ir.primitive import REGISTRY
from rose.ir.stages import stage
from rose.ir.types import REAL
from rose.opt.signs import Signs

ROOTS = frozenset({"sqrt", "norm_sqrt"})
MIRRORED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le"}
LEAST, MOST = 1e-150, 1e150  # of constants whose squares are far from where precision is lost


@stage("roots")
def roots(func: Func) -> Func:
    """No comparison of a root with a constant is left that the number under the root decides."""
    names = {i.prim.name for i in instrs_of(func.body) if isinstance(i, Apply)}
    if names.isdisjoint(ROOTS) or names.isdisjoint(MIRRORED):
        return func
    search = _Roots(func)
    body = search.block(func.body)
    return func if body is func.body else Func(func.name, tuple(search.types), body)


class _Roots:
    """State of the pass.

    Attributes:
        root_of: value -> what it is the square root of.
        constant: value -> the number that it is.
    """

    def __init__(self, func: Func) -> None:
        self.types = list(func.types)
        self.signs = Signs(func)
        self.root_of: dict[int, int] = {}
        self.constant: dict[int, float] = {}

    def block(self, block: Block) -> Block:
        """The same block if it has no such comparison."""
        instrs: list[Instr] = []
        for instr in block.instrs:
            if isinstance(instr, Apply):
                instrs += self.apply(instr)
                continue
            blocks = tuple(map(self.block, instr.blocks))
            same = all(map(is_, blocks, instr.blocks))
            instrs.append(instr if same else instr.rebuilt(instr.operands, instr.results, blocks))
        if len(instrs) == len(block.instrs) and all(map(is_, instrs, block.instrs)):
            return block
        return Block(block.params, tuple(instrs), block.results)

    def apply(self, instr: Apply) -> list[Instr]:
        (v,) = instr.results
        name = instr.prim.name
        if name in ROOTS:
            self.root_of[v] = instr.operands[0]
        elif name == "const" and self.types[v] == REAL:
            self.constant[v] = instr.attrs[0]
        elif name in MIRRORED:
            a, b = instr.operands
            if b in self.root_of and a in self.constant:
                a, b, name = b, a, MIRRORED[name]
            if a in self.root_of and b in self.constant:
                return self.compared(instr, name, self.root_of[a], self.constant[b])
        return [instr]

    def compared(self, instr: Apply, name: str, inside: int, c: float) -> list[Instr]:
        """`sqrt(inside) name c` without the root."""
        # Below zero the root is nan, which is neither less nor more than anything.
        below = name in ("lt", "le")
        if not (LEAST <= c <= MOST or (c == 0 and not below)):
            return [instr]
        if below and inside not in self.signs.unsigned:
            return [instr]
        bound = least_with_root(c) if name in ("lt", "ge") else most_with_root(c)
        new = len(self.types)
        self.types.append(REAL)
        return [
            Apply(REGISTRY["const"], (), (new,), (bound, REAL), instr.loc),
            Apply(REGISTRY[name], (inside, new), instr.results, (), instr.loc),
        ]


def least_with_root(c: float) -> float:
    """The least double whose root is at least c, for c >= 0."""
    s = c * c
    while math.sqrt(s) < c:
        s = math.nextafter(s, math.inf)
    while s > 0 and math.sqrt(math.nextafter(s, 0)) >= c:
        s = math.nextafter(s, 0)
    return s


def most_with_root(c: float) -> float:
    """The greatest double whose root is at most c, for c >= 0."""
    s = c * c
    while math.sqrt(s) > c:
        s = math.nextafter(s, 0)
    while math.sqrt(math.nextafter(s, math.inf)) <= c:
        s = math.nextafter(s, math.inf)
    return s
