"""The order of instructions in a block: reads of an array before its updates, where that can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rose.ir.func import Accum, Apply, Cond, Instr, Loop, While


def reads_first(instrs: Sequence[Instr]) -> list[Instr]:
    """The instructions of a block, each `index` in front of what updates its array, unless it depends on that."""
    return list(_Order(instrs).run() if any(map(may_update, instrs)) else instrs)


def may_update(instr: Instr) -> bool:
    """Whether an instruction, or one inside it, may be built over an array; said quickly."""
    if instr.__class__ is Apply:
        return instr.prim.name == "update"
    return bool(instr.blocks) or (isinstance(instr, Accum) and bool(instr.operands))


def updated_arrays(instr: Instr) -> Iterator[int]:
    """The arrays that an instruction may be built over."""
    match instr:
        case Apply(prim=prim, operands=(array, *_)) if prim.name == "update":
            yield array
        case Accum() | Loop() | While():
            yield from instr.operands
        case Cond(branches=branches):
            for branch in branches:
                for inner in branch.instrs:
                    yield from updated_arrays(inner)
        case _:
            pass


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
            if isinstance(instr, Apply) and instr.prim.name == "index":
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
