"""A failing program made small: instructions become constants, regions their bodies, for as long as it fails in the same way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flat import flatten, is_list
from trust.generate import Case

from rose.errors import RoseError
from rose.ir.builder import _ZERO
from rose.ir.check import check
from rose.ir.func import (
    Accum,
    Add,
    Apply,
    Block,
    Call,
    Cond,
    Func,
    Instr,
    Loop,
    Resolve,
    While,
    callees_first,
    instrs_of,
)
from rose.ir.primitive import REGISTRY
from rose.ir.printer import print_program
from rose.ir.replace import with_callees
from rose.ir.types import Array, Ref, Type

Fails = Callable[[Case], bool]


def shrunk(case: Case, fails: Fails) -> Case:
    """A smaller case that fails as well."""
    before = None
    while before is not case:
        before = case
        for candidates in (_fewer_marks, *SMALLER, _fewer_results, _plain_args):
            case = _least(case, candidates, fails)
    return case


def smaller_program(case: Case, fails: Fails) -> Case:
    """A case with a smaller program of the same params and results that fails as well."""
    before = None
    while before is not case:
        before = case
        for candidates in SMALLER:
            case = _least(case, candidates, fails)
    return case


def _least(case: Case, candidates: Callable[[Case], Iterator[Case]], fails: Fails) -> Case:
    """Take the first candidate that fails, again and again."""
    improved = True
    while improved:
        improved = False
        for candidate in candidates(case):
            if _measure(candidate) < _measure(case) and fails(candidate):
                case, improved = candidate, True
                break
    return case


def _measure(case: Case) -> tuple[int, int, int]:
    """What is to become smaller: instructions that are no constants, all text, the arguments."""
    work = sum(
        not (isinstance(i, Apply) and i.prim.name in ("const", "zeros"))
        for func in callees_first([case.func])
        for i in instrs_of(func.body)
    )
    plain = sum(x != 0 for x in flatten([case.wild, case.mild]))
    return work, len(print_program(case.func)) + len(str(case.marks)), plain


def _with_func(case: Case, func: Func) -> Iterator[Case]:
    """The case with another program, if that is one."""
    try:
        smaller = check(_without_dead(func))
    except (RoseError, KeyError):
        return
    if all(map(ends, callees_first([smaller]))):
        yield replace(case, func=smaller)


def ends(func: Func) -> bool:
    """Whether all while loops still count down from a constant, as those that are drawn do, and so come to an end."""
    instrs = instrs_of(func.body)
    makers = {i.results[0]: i for i in instrs if isinstance(i, Apply)}

    def is_made(v: int, name: str, first: int) -> bool:
        made = makers.get(v)
        return made is not None and made.prim.name == name and made.operands[0] == first

    for loop in instrs:
        if isinstance(loop, While):
            asked = loop.test.results[0]
            both = makers[asked].operands if asked in makers else ()
            left, start = loop.body.results[:1], makers.get(next(iter(loop.operands), -1))
            counts = [is_made(v, "sub", loop.body.params[0]) for v in left]
            asks = [is_made(v, "gt", loop.test.params[0]) for v in (asked, *both) if left]
            if not (any(counts) and any(asks) and start is not None and start.prim.name == "const"):
                return False
    return True


# --- rewriting --------------------------------------------------------------------------------------------

# Given a position in the program and the instruction there: what takes its place, and which values its results become.
Edit = Callable[["_Rewrite", int, Instr], "tuple[list[Instr], dict[int, int]] | None"]


class _Rewrite:
    """One pass over a Func; positions count instructions of the whole program."""

    def __init__(self, func: Func, start: int, edit: Edit) -> None:
        self.func = func
        self.types = list(func.types)
        self.position = start
        self.edit = edit
        self.new: dict[int, int] = {}

    def run(self) -> Func:
        body = self.block(self.func.body)
        return Func(self.func.name, tuple(self.types), body)

    def use(self, v: int) -> int:
        while v in self.new:
            v = self.new[v]
        return v

    def uses(self, values: Sequence[int]) -> tuple[int, ...]:
        return tuple(map(self.use, values))

    def block(self, block: Block) -> Block:
        out: list[Instr] = []
        for instr in block.instrs:
            position = self.position
            self.position += 1
            edited = self.edit(self, position, instr)
            if edited is None:
                blocks = tuple(map(self.block, instr.blocks))
                out.append(instr.rebuilt(self.uses(instr.operands), instr.results, blocks))
            else:
                self.position += sum(1 for inner in instr.blocks for _ in instrs_of(inner))
                instrs, new = edited
                self.new.update(new)
                out += instrs
        return Block(block.params, tuple(out), self.uses(block.results))

    def fresh(self, type: Type) -> int:
        self.types.append(type)
        return len(self.types) - 1

    def zero(self, type: Type) -> Apply:
        if isinstance(type, Array):
            return Apply(REGISTRY["zeros"], (), (self.fresh(type),), (type,))
        return Apply(REGISTRY["const"], (), (self.fresh(type),), (_ZERO[type.__class__], type))


def _edited(root: Func, edit: Edit) -> Func:
    made: dict[Func, Func] = {}
    position = 0
    for func in callees_first([root]):
        made[func] = _Rewrite(with_callees(func, made), position, edit).run()
        position += len(instrs_of(func.body))
    return made[root]


def _count(root: Func) -> int:
    return sum(len(instrs_of(func.body)) for func in callees_first([root]))


def _without_dead(root: Func) -> Func:
    """Without instructions that nobody uses, and without accumulators whose arrays nobody takes."""
    used: dict[Func, set[int]] = {}
    needed: dict[Func, set[int]] = {}
    for func in callees_first([root]):
        instrs = instrs_of(func.body)
        results = {v for b in _blocks(func.body) for v in b.results}
        used[func] = {v for i in instrs for v in i.operands} | results
        made = {v for i in instrs if isinstance(i, Accum) for v in i.results}
        taken = {v for i in instrs if isinstance(i, Resolve | Call) for v in i.operands}
        needed[func] = {v for i in instrs for v in i.operands} - (made - taken)
    position_of: dict[int, Func] = {}
    position = 0
    for func in callees_first([root]):
        for _ in instrs_of(func.body):
            position_of[position] = func
            position += 1

    def edit(_: _Rewrite, at: int, instr: Instr) -> tuple[list[Instr], dict[int, int]] | None:
        func = position_of[at]
        if isinstance(instr, Apply) and used[func].isdisjoint(instr.results):
            return [], {}
        if isinstance(instr, Accum) and needed[func].isdisjoint(instr.results):
            return [], {}
        if isinstance(instr, Add) and instr.operands[0] not in needed[func]:
            return [], {}
        return None

    before = _count(root)
    after = _edited(root, edit)
    return after if _count(after) == before else _without_dead(after)


def _blocks(block: Block) -> list[Block]:
    return [block, *[b for i in block.instrs for inner in i.blocks for b in _blocks(inner)]]


# --- candidates -------------------------------------------------------------------------------------------


def _fewer_instrs(case: Case) -> Iterator[Case]:
    """Instructions replaced by zeros, many at once, then fewer."""
    count = _count(case.func)
    size = count
    while size:
        for start in range(0, count, size):
            chosen = range(start, min(start + size, count))
            yield from _with_func(
                case,
                _edited(case.func, partial(_as_zero, chosen=chosen)),
            )
        size //= 2


def _as_zero(
    rewrite: _Rewrite, at: int, instr: Instr, chosen: Collection[int]
) -> tuple[list[Instr], dict[int, int]] | None:
    if at not in chosen or (isinstance(instr, Apply) and instr.prim.name in ("const", "zeros")):
        return None
    types = [rewrite.types[v] for v in instr.results]
    if any(isinstance(t, Ref) for t in types):
        return None
    made = [rewrite.zero(t) for t in types]
    return list(made), {v: m.results[0] for v, m in zip(instr.results, made, strict=True)}


def _no_regions(case: Case) -> Iterator[Case]:
    """A cond replaced by a branch, a loop or while loop by one round of its body, a call by what it calls."""
    for at in range(_count(case.func)):
        for branch in range(3):
            yield from _with_func(
                case,
                _edited(case.func, partial(_opened, chosen=at, branch=branch)),
            )


def _opened(
    rewrite: _Rewrite, at: int, instr: Instr, chosen: int, branch: int
) -> tuple[list[Instr], dict[int, int]] | None:
    if at != chosen:
        return None
    params: dict[int, int] = {}
    before: list[Instr] = []
    match instr:
        case Cond(branches=branches) if branch < len(branches):
            block = branches[branch]
        case While(body=block) if branch == 0:
            params = dict(zip(block.params, instr.operands, strict=True))
        case Loop(body=block) if branch == 0 and len(instr.results) == instr.carries:
            t = rewrite.zero(rewrite.types[block.params[0]])
            params = dict(zip(block.params, [*t.results, *instr.operands], strict=True))
            before = [t]
        case _:
            return None
    rewrite.new.update(params)
    inner = rewrite.block(block)
    rewrite.position -= len(instrs_of(block))  # which the caller counts
    return [*before, *inner.instrs], dict(zip(instr.results, inner.results, strict=True))


def _fewer_carried(case: Case) -> Iterator[Case]:
    """A loop or cond without one of its results; a carried value stays what it was."""
    for at in range(_count(case.func)):
        for k in range(8):
            yield from _with_func(
                case,
                _edited(case.func, partial(_narrowed, chosen=at, k=k)),
            )


def _narrowed(
    rewrite: _Rewrite, at: int, instr: Instr, chosen: int, k: int
) -> tuple[list[Instr], dict[int, int]] | None:
    if at != chosen or not instr.blocks or k >= len(instr.results):
        return None
    carries = len(instr.operands) if isinstance(instr, Loop | While) else 0
    first = 1 if isinstance(instr, Loop) else 0
    is_carried = k < carries
    if is_carried:
        for block in instr.blocks:
            rewrite.new[block.params[first + k]] = instr.operands[k]
    blocks: list[Block] = []
    for block in instr.blocks:
        inner = rewrite.block(block)
        results = inner.results
        if not (isinstance(instr, While) and block is instr.test):
            results = _without(results, k)
        params = _without(inner.params, first + k) if is_carried else inner.params
        blocks.append(Block(params, inner.instrs, results))
        rewrite.position -= len(instrs_of(block))
    operands = rewrite.uses(instr.operands)
    operands = _without(operands, k) if is_carried else operands
    v = instr.results[k]
    made: list[Instr] = [] if is_carried else [rewrite.zero(rewrite.types[v])]
    stands = instr.operands[k] if is_carried else made[0].results[0]
    return [*made, instr.rebuilt(operands, _without(instr.results, k), tuple(blocks))], {v: stands}


def _without(values: tuple[int, ...], k: int) -> tuple[int, ...]:
    return values[:k] + values[k + 1 :]


def _fewer_results(case: Case) -> Iterator[Case]:
    body = case.func.body
    for k in range(len(body.results)):
        kept = Block(body.params, body.instrs, _without(body.results, k))
        yield from _with_func(case, Func(case.func.name, case.func.types, kept))
    used = {v for b in _blocks(body) for i in b.instrs for v in i.operands}
    used |= {v for b in _blocks(body) for v in b.results}
    for k, v in enumerate(body.params):
        if v not in used:
            fewer = Block(_without(body.params, k), body.instrs, body.results)
            smaller = replace(
                case,
                wild=case.wild[:k] + case.wild[k + 1 :],
                mild=case.mild[:k] + case.mild[k + 1 :],
            )
            yield from _with_func(smaller, Func(case.func.name, case.func.types, fewer))


def _fewer_marks(case: Case) -> Iterator[Case]:
    """A case in which a function fewer is fixed, or in a simpler way."""
    for name, mark in case.marks.items():
        others = {other: words for other, words in case.marks.items() if other != name}
        yield replace(case, marks=others)
        words = mark.split()
        for k in range(len(words) * (len(words) > 1)):
            yield replace(case, marks={**others, name: " ".join(words[:k] + words[k + 1 :])})


def _plain_args(case: Case) -> Iterator[Case]:
    """Arguments that are zeros or ones."""
    for name in ("wild", "mild"):
        args = getattr(case, name)
        for k, arg in enumerate(args):
            for simple in (0.0, 1.0):
                plain = _like(arg, simple)
                if repr(plain) != repr(arg):
                    changed: dict[str, Any] = {name: [*args[:k], plain, *args[k + 1 :]]}
                    yield replace(case, **changed)


def _like(value: Any, simple: float) -> Any:
    if is_list(value):
        return [_like(v, simple) for v in value]
    return simple if isinstance(value, float) else value.__class__(0)


def size_of(case: Case) -> int:
    """How large a case is, in instructions."""
    return _count(case.func)


SMALLER = (_fewer_instrs, _no_regions, _fewer_carried)
