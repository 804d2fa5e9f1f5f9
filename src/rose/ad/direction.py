"""Loops that only add things up run forwards: in step with the loop that they are the transpose of, so that both may become one.

The transpose of a loop runs in reverse, as its iterations wait for those after them. If it carries nothing but sums, they do
not: all that the direction settles is the order of additions, which a transpose is free to choose. A loop of the user's in it, which is
computed again, is no such loop: it gives what it gave before.
"""

from __future__ import annotations

from rose.ir.func import Apply, Block, Cond, Func, Instr, Loop, callees_first, instrs_of
from rose.ir.record import replace
from rose.ir.replace import with_callees
from rose.ir.stages import stage
from rose.ir.uses import Uses


@stage("direction")
def forwards(root: Func) -> Func:
    """No loop that a transpose made runs in reverse if it carries only sums; none is marked `either_way` any more."""
    new: dict[Func, Func] = {}
    for func in callees_first([root]):
        plain = with_callees(func, new)
        turned = not plain.is_fixed and any(map(_is_free, instrs_of(plain.body)))
        new[func] = Func(plain.name, plain.types, _block(plain.body)) if turned else plain
    return new[root]


def _block(block: Block) -> Block:
    return Block(block.params, tuple(map(_instr, block.instrs)), block.results)


def _instr(instr: Instr) -> Instr:
    if not instr.blocks:
        return instr
    new = instr.rebuilt(instr.operands, instr.results, tuple(map(_block, instr.blocks)))
    if not isinstance(new, Loop) or not new.either_way:
        return new
    return replace(new, reverse=new.reverse and not _carries_sums(new), either_way=False)


def _is_free(instr: Instr) -> bool:
    return isinstance(instr, Loop) and instr.either_way


def _carries_sums(loop: Loop) -> bool:
    """Whether it carries sums alone."""
    body = loop.body
    uses = _Uses(body)
    carried = zip(body.params[1:], body.results, strict=False)
    return all(uses.is_sum(param, following, body) for param, following in carried)


class _Uses:
    """How the values of a loop's body are used.

    Attributes:
        user: per block (by id), value -> the addition, subtraction or cond that uses it.
    """

    def __init__(self, body: Block) -> None:
        self.uses = Uses()
        self.user: dict[int, dict[int, Instr]] = {}
        self.visit(body)

    def visit(self, block: Block) -> None:
        """Find the users in a block, and in those nested in it."""
        user = self.user[id(block)] = {}
        for instr in block.instrs:
            for inner in instr.blocks:
                self.visit(inner)
                if isinstance(instr, Cond):
                    user.update(dict.fromkeys(self.uses.of(inner), instr))
            if isinstance(instr, Apply) and instr.prim.name in ("add", "sub"):
                user.update(dict.fromkeys(instr.operands, instr))

    def is_sum(self, v: int, end: int, block: Block) -> bool:
        """Whether a block makes `end` of v by adding and subtracting what does not know v."""
        count, user = self.uses.of(block), self.user[id(block)]
        following: int | None = v
        while following is not None and following != end:
            v = following
            instr = user.get(v)
            if isinstance(instr, Cond):
                following = self.through(instr, v, count[v])
            elif isinstance(instr, Apply) and count[v] == 1:
                subtracted = instr.prim.name == "sub" and instr.operands[0] != v
                following = None if subtracted else instr.results[0]
            else:
                following = None
        return following is not None and count[end] == 1

    def through(self, cond: Cond, v: int, count: int) -> int | None:
        """The result of a cond that is v and what each side adds to it, if v is used there only."""
        if count != sum([self.uses.of(branch)[v] for branch in cond.branches]):
            return None
        for k, result in enumerate(cond.results):
            if all(self.is_sum(v, branch.results[k], branch) for branch in cond.branches):
                return result
        return None
