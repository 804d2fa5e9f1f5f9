"""Which arrays follow from which by updates; reads of an array before its updates, where that can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rose.ir.func import (
    Accum,
    Apply,
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
from rose.ir.types import Array


def is_read(instr: Instr) -> bool:
    """Whether an instruction reads an array; what it gives, unless that is a scalar, is in the memory of the array."""
    return isinstance(instr, Apply) and instr.prim.name in ("index", "part")


def reads_first(instrs: Sequence[Instr]) -> list[Instr]:
    """The instructions of a block, each that reads an array in front of what updates it, unless it depends on that."""
    return list(_Order(instrs).run() if any(map(may_update, instrs)) else instrs)


def may_update(instr: Instr) -> bool:
    """Whether an instruction, or one inside it, may be built over an array; said quickly."""
    if type(instr) is Apply:
        return instr.prim.name == "update"
    if isinstance(instr, Call):
        return any(updated_params(instr.func).values())
    return bool(instr.blocks) or (isinstance(instr, Accum) and bool(instr.operands))


def updated_arrays(instr: Instr) -> Iterator[int]:
    """The arrays that an instruction may be built over."""
    match instr:
        case Apply(prim=prim, operands=(array, *_)) if prim.name == "update":
            yield array
        case Accum() | Loop() | While():
            yield from instr.operands
        case Call():
            for params in updated_params(instr.func).values():
                yield from [instr.operands[k] for k in params]
        case Cond(branches=branches):
            for branch in branches:
                for inner in branch.instrs:
                    yield from updated_arrays(inner)
        case _:
            pass


def built_over(array: int, makers: Mapping[int, Instr]) -> Iterator[int]:
    """The arrays without a maker from which an array follows by updates, in regions and calls too."""
    todo = [array]
    seen: set[int] = set()
    while todo:
        v = todo.pop()
        if v in seen:
            continue
        seen.add(v)
        match makers.get(v):
            case None:
                yield v
            case Apply(prim=prim, operands=(whole, *_)) if prim.name == "update":
                todo.append(whole)
            case Loop(results=results, operands=operands) if v in results[: len(operands)]:
                todo.append(operands[results.index(v)])
            case Cond(results=results, branches=branches):
                todo += [branch.results[results.index(v)] for branch in branches]
            case Call(func=func, operands=operands, results=results):
                todo += [operands[k] for k in updated_params(func).get(results.index(v), ())]
            case Resolve(operands=operands) | Accum(operands=operands):
                todo += operands
            case _:
                pass


def updated_params(func: Func) -> dict[int, tuple[int, ...]]:
    """Per array that a Func gives back (by number), the params from which it follows by updates. Memoised."""
    if "updated" not in func.memo:
        for inner in callees_first([func]):
            if "updated" not in inner.memo:
                inner.memo["updated"] = _updated_params(inner)
    return func.memo["updated"]  # type: ignore[no-any-return]


def _updated_params(func: Func) -> dict[int, tuple[int, ...]]:
    number = {v: k for k, v in enumerate(func.body.params)}
    arrays = {k: v for k, v in enumerate(func.body.results) if isinstance(func.types[v], Array)}
    makers = {v: i for i in instrs_of(func.body) for v in i.results} if arrays else {}
    return {
        k: tuple([number[u] for u in built_over(v, makers) if u in number])
        for k, v in arrays.items()
    }


class _Order:
    """State of ordering the instructions of one block.

    Attributes:
        place: value -> where in the block it is made.
        reads: array -> where its elements are read.
    """

    def __init__(self, instrs: Sequence[Instr]) -> None:
        self.instrs = instrs
        self.place = {v: k for k, instr in enumerate(instrs) for v in instr.results}
        self.reads: dict[int, list[int]] = {}
        for k, instr in enumerate(instrs):
            if is_read(instr):
                self.reads.setdefault(instr.operands[0], []).append(k)
        self.done: set[int] = set()

    def run(self) -> Iterator[Instr]:
        """The instructions in their new order."""
        for k, instr in enumerate(self.instrs):
            for array in dict.fromkeys(updated_arrays(instr)) if self.reads else ():
                for read in self.reads.get(array, ()):
                    if read > k:
                        yield from self.before(k, read)
            if k not in self.done:
                yield instr

    def before(self, k: int, read: int) -> Iterator[Instr]:
        """An instruction and all it needs, to stand in front of number k; nothing if that cannot be."""
        needed: set[int] = set()
        todo = [read]
        while todo:
            place = todo.pop()
            if place < k or place in needed or place in self.done:
                continue
            if not isinstance(self.instrs[place], Apply) or place == k:
                return
            needed.add(place)
            todo += [self.place[v] for v in self.instrs[place].operands if v in self.place]
        for place in sorted(needed):
            self.done.add(place)
            yield self.instrs[place]
