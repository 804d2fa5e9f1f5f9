"""jam: short sums of one row after another, as in the product of a matrix with a vector, are computed four rows at a time.

Each term of a sum waits for the one before it, so that a processor has little to do in one sum and much in four. Every sum keeps
its order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import is_
from typing import Any

from rose.ir.func import Apply, Block, Func, Instr, Loop, Values, instrs_of
from rose.ir.primitive import REGISTRY, Memory, Opcodes
from rose.ir.stages import stage
from rose.ir.types import REAL, Index, Type, stacked
from rose.ir.uses import used_by
from rose.opt.nests import Nests

ROWS = 4
LEAST = 8  # iterations of either loop
LARGEST = 8  # instructions of the inner one
DEAR = frozenset({"f64.div", "f64.sqrt"})  # of which one at a time is work enough


@stage("jam")
def jam(func: Func) -> Func:
    """No loop directly in another one carries Reals only, in a few quick instructions that know nothing else of the outer one than its counter."""
    if not any(
        isinstance(i, Loop) and any(map(_is_short_sum, i.body.instrs)) for i in instrs_of(func.body)
    ):
        return func
    search = _Jam(func, LEAST)
    body = search.block(func.body)
    return func if body is func.body else Func(func.name, tuple(search.types), body)


def _is_short_sum(instr: Instr) -> bool:
    if not isinstance(instr, Loop) or instr.size < LEAST or len(instr.body.instrs) > LARGEST:
        return False
    sums = len(instr.results) == instr.carries > 0
    return sums and all(isinstance(i, Apply) and _is_quick(i) for i in instr.body.instrs)


def _is_quick(instr: Apply) -> bool:
    match instr.prim.wasm:
        case Opcodes(names=names):
            return DEAR.isdisjoint(names)
        case Memory():
            return instr.prim.name == "index"
        case _:
            return False


class _Jam(Nests):
    def outer(self, outer: Loop, before: list[Instr]) -> Loop:
        """A loop that finds the sums in it computed; what computes them is appended to `before`."""
        body = outer.body
        makers: dict[int, Apply] = {}  # what is made of the counter and of values from outside
        unknown = set(body.params[1:])
        instrs: list[Instr] = []
        for instr in body.instrs:
            free = used_by(instr)
            if isinstance(instr, Apply) and unknown.isdisjoint(free) and _is_quick(instr):
                makers[instr.results[0]] = instr
                instrs.append(instr)
                continue
            unknown.update(instr.results)
            is_sum = isinstance(instr, Loop) and _is_short_sum(instr)
            if (
                is_sum
                and unknown.isdisjoint(free)
                and all(self.types[v] == REAL for v in instr.operands)
            ):
                assert isinstance(instr, Loop), "a sum is a loop"
                rows = _Rows(self.types, outer, instr, makers)
                before.append(rows.loop())
                instrs += rows.reads(before[-1].results)
            else:
                instrs.append(instr)
        if all(map(is_, instrs, body.instrs)):
            return outer
        new = Block(body.params, tuple(instrs), body.results)
        return outer.rebuilt(outer.operands, outer.results, (new,))


class _Rows:
    """Writes the loop that computes four rows of sums at a time.

    Attributes:
        outer, inner: the loops.
        makers: value of the outer body -> what makes it of the counter.
        out: the instructions written last.
    """

    def __init__(
        self, types: list[Type], outer: Loop, inner: Loop, makers: Mapping[int, Apply]
    ) -> None:
        self.types = types
        self.outer = outer
        self.inner = inner
        self.makers = makers
        self.out: list[Instr] = []

    def loop(self) -> Loop:
        """The loop over groups of rows; it gives an array of four sums per group, for everything that is carried."""
        groups = -(-self.outer.size // ROWS)
        group = self.fresh(Index(groups))
        names = [self.row(group, groups, r) for r in range(ROWS)]
        finals = self.sums(names)
        packs: list[int] = []
        for k in range(self.inner.carries):
            four = [finals[r * self.inner.carries + k] for r in range(ROWS)]
            packs.append(self.apply("pack", four, ((ROWS,),)))
        stacks = tuple([self.fresh(stacked(groups, self.types[v])) for v in packs])
        body = Block((group,), tuple(self.out), tuple(packs))
        return Loop(groups, False, (), body, stacks, self.inner.loc)

    def reads(self, stacks: Sequence[int]) -> list[Instr]:
        """What takes the place of the inner loop."""
        self.out = []
        counter = self.outer.body.params[0]
        group = self.apply("index_div", (counter,), (ROWS,))
        row = self.apply("index_mod", (counter,), (ROWS,))
        index = REGISTRY["index"]
        for stack, v in zip(stacks, self.inner.results, strict=True):
            self.out.append(Apply(index, (stack, group, row), (v,), (), self.inner.loc))
        return self.out

    def row(self, group: int, groups: int, r: int) -> dict[int, int]:
        """The names, for the r-th row of a group, of what the inner loop uses; rows behind the last are the first ones again."""
        size = self.outer.size
        four = self.apply("const", (), (ROWS, Index(ROWS + 1)))
        first = self.apply("index_mul", (group, four))
        at = self.apply("index_add", (first, self.apply("const", (), (r, Index(r + 1)))))
        over = (groups - 1) * ROWS + r >= size
        name = {
            self.outer.body.params[0]: self.apply(
                "index_mod" if over else "index_widen", (at,), (size,)
            )
        }
        for v in self.needed():
            name[v] = self.copy(self.makers[v], name)
        return name

    def needed(self) -> list[int]:
        """Which values of the outer body the inner loop needs, in order."""
        needed: set[int] = set()
        stack = list(used_by(self.inner))
        while stack:
            v = stack.pop()
            if v in self.makers and v not in needed:
                needed.add(v)
                stack.extend(self.makers[v].operands)
        return [v for v in self.makers if v in needed]

    def sums(self, names: list[dict[int, int]]) -> Values:
        """Append the inner loop for several rows; gives the sums, row by row."""
        inner, around = self.inner, self.out
        counter, *carries = inner.body.params
        operands = [name.get(v, v) for name in names for v in inner.operands]
        params = [self.fresh(self.types[counter])]
        for name in names:
            name[counter] = params[0]
            name.update({v: self.fresh(self.types[v]) for v in carries})
            params += [name[v] for v in carries]
        self.out = []
        differing = {v for v in names[0] if v != counter}  # from row to row
        for instr in inner.body.instrs:
            assert isinstance(instr, Apply), "sums are made of primitives"
            (v,) = instr.results
            if differing.isdisjoint(instr.operands):
                once = self.copy(instr, names[0])
                for name in names:
                    name[v] = once
            else:
                differing.add(v)
                for name in names:
                    name[v] = self.copy(instr, name)
        nexts = [name.get(v, v) for name in names for v in inner.body.results]
        body = Block(tuple(params), tuple(self.out), tuple(nexts))
        results = tuple([self.fresh(self.types[v]) for v in operands])
        self.out = around
        self.out.append(Loop(inner.size, inner.reverse, tuple(operands), body, results, inner.loc))
        return results

    def copy(self, instr: Apply, name: Mapping[int, int]) -> int:
        (v,) = instr.results
        new = self.fresh(self.types[v])
        operands = tuple([name.get(u, u) for u in instr.operands])
        self.out.append(instr.rebuilt(operands, (new,), ()))
        return new

    def apply(self, name: str, operands: Sequence[int], attrs: tuple[Any, ...] = ()) -> int:
        prim = REGISTRY[name]
        new = self.fresh(prim.type_rule([self.types[v] for v in operands], attrs))
        self.out.append(Apply(prim, tuple(operands), (new,), attrs, self.inner.loc))
        return new

    def fresh(self, type: Type) -> int:
        self.types.append(type)
        return len(self.types) - 1
