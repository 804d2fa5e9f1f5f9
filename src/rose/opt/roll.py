"""roll: code that was unrolled becomes a loop again, so that a large trace is small code and not slower than a loop by hand.

A processor reads straight code of megabytes from memory at every call, and engines take long to compile it. Where a block does the same
instructions again and again, a loop does them. What differs from one time to the next is read from tables: constants, and places
in arrays of the values that are there before. What later code uses of it are rows of arrays that the loop gives. What one time uses of another one,
further back than the one before, is in *cells* of an array that the loop carries: a value has a cell from where it is computed to
where it is used last, so that a sum which goes on from time to time stays in one place.

It runs once, on the program that is lowered. The instructions are the same ones in the same order, so no bit changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import is_
from typing import Any

from rose.ir.func import Add, Apply, Block, Call, Func, Instr, Values, exact, instrs_of
from rose.ir.order import may_update, updated_arrays
from rose.ir.primitive import REGISTRY
from rose.ir.stages import stage
from rose.ir.types import Array, Index, Ref, Type
from rose.ir.uses import used_by
from rose.opt.cells import Cells
from rose.opt.groups import Group
from rose.opt.repeats import repeats
from rose.opt.rolled import Writer

FROM = 1000  # instructions of a block: engines manage what is smaller as it is
FEWEST = 64  # instructions that become a loop
DEEPEST = 20  # a group is divided so often; one that loses its first time again and again would be looked at for each
TIMES = 16  # iterations of it
ALONE = 0x20000  # letters from here on are for instructions that are like no other


@stage("roll")
def roll(func: Func) -> Func:
    """No block of more than `FROM` instructions does the same primitives many times in a row."""
    if len(instrs_of(func.body)) <= FROM:
        return func
    types = list(func.types)
    body = _block(func.body, types)
    return func if body is func.body else Func(func.name, tuple(types), body)


def _block(old: Block, types: list[Type]) -> Block:
    """The same block if nothing is repeated in it."""
    instrs: list[Instr] = []
    for instr in old.instrs:
        blocks = tuple([_block(block, types) for block in instr.blocks])
        same = all(map(is_, blocks, instr.blocks))
        instrs.append(instr if same else instr.rebuilt(instr.operands, instr.results, blocks))
    same = all(map(is_, instrs, old.instrs))
    block = old if same else Block(old.params, tuple(instrs), old.results)
    return Rolling(block, types).block() if len(instrs) > FROM else block


class Rolling:
    """State of rolling one block.

    Attributes:
        types: of the values of the function, the new ones included.
        instrs: those of the block that compute something; not its constants, nor what reads an element at a constant place.
        out: what the block becomes.
        waiting: what the others compute -> the instruction, until something needs it.
        constants: scalar -> what it is.
        places: scalar -> the array of which it is an element, and its indices there.
        absent: those of them that loops gave, and that have to be read where they are needed.
        given: what loops gave as it is.
        made: value -> the number of the instruction that makes it.
        last: value -> the number of the instruction that uses it last; what the block gives is used behind all.
    """

    def __init__(self, block: Block, types: list[Type]) -> None:
        self.types = types
        self.old = block
        self.instrs: list[Instr] = []
        self.out: list[Instr] = []
        self.waiting: dict[int, Apply] = {}
        self.constants: dict[int, Any] = {}
        self.places: dict[int, tuple[int, Values]] = {}
        self.absent: set[int] = set()
        self.given: set[int] = set()
        self.set_apart()
        self.made = {v: k for k, instr in enumerate(self.instrs) for v in instr.results}
        self.last = {v: k for k, instr in enumerate(self.instrs) for v in used_by(instr)}
        self.last |= dict.fromkeys(block.results, len(self.instrs))

    def set_apart(self) -> None:
        """Tell what computes something from constants, and from what reads elements of arrays that stay as they are."""
        block, types, constants = self.old, self.types, self.constants
        updated = {v for i in block.instrs if may_update(i) for v in updated_arrays(i)}
        for instr in block.instrs:
            if isinstance(instr, Apply):
                name, v = instr.prim.name, instr.results[0]
                if name == "const" and not isinstance(types[v], Array):
                    constants[v] = instr.attrs[0]
                    self.waiting[v] = instr
                    continue
                if name == "index" and instr.operands[0] not in updated:
                    array, *indices = instr.operands
                    place = tuple([constants[i] for i in indices if i in constants])
                    if len(place) == len(indices) and not isinstance(types[v], Array):
                        self.places[v] = (array, place)
                        self.waiting[v] = instr
                        continue
            self.instrs.append(instr)

    def block(self) -> Block:
        """The block with loops."""
        behind = 0
        for begin, period, end in repeats(self.letters(), FEWEST, TIMES):
            self.keep(behind, begin)
            times = (end - begin) // period
            behind = begin + times * period
            self.roll(begin, period, times)
        if not behind:
            return self.old
        self.keep(behind, len(self.instrs))
        self.compute(self.old.results)
        return Block(self.old.params, tuple(self.out), self.old.results)

    def letters(self) -> str:
        """A letter for each instruction, the same for those that differ in their operands only."""
        types = self.types
        letter: dict[object, str] = {}
        found: list[str] = []
        for k, instr in enumerate(self.instrs):
            key: object = None
            if isinstance(instr, Apply):
                type = types[instr.results[0]]
                if not isinstance(type, Array):
                    attrs = instr.attrs
                    key = instr.prim, type, len(instr.operands), exact(attrs) if attrs else ()
            elif isinstance(instr, Add):
                key = Add, types[instr.operands[-1]], len(instr.operands)
            elif isinstance(instr, Call) and not any(
                isinstance(types[v], Array) for v in instr.results
            ):
                key = instr.func
            if key is None:
                found.append(chr(ALONE + k % ALONE))
            else:
                found.append(letter.setdefault(key, chr(len(letter))))
        return "".join(found)

    def roll(self, begin: int, period: int, times: int, depth: int = 0) -> None:
        """Append a loop for a group of instructions, or several, or the instructions; a part of parts is at some depth."""
        if times < TIMES or times * period < FEWEST or depth > DEEPEST:
            self.keep(begin, begin + period * times)
            return
        group = Group(self, begin, period, times)
        parts = group.parts()
        if len(parts) == 1 and not self.is_loop(group):
            parts = group.sections()
            if len(parts) == 1:
                self.keep(begin, group.end)
        if len(parts) > 1:
            for part, its_times in parts:
                self.roll(part, period, its_times, depth + 1)

    def is_loop(self, group: Group) -> bool:
        """Append a loop for all of a group; whether there is one that is worth it."""
        if not group.is_possible():
            return False
        cells = Cells(group)
        if 2 * cells.count > group.end - group.begin:
            return False
        Writer(group, cells).write()
        return True

    def keep(self, begin: int, end: int) -> None:
        """Append instructions as they are."""
        for instr in self.instrs[begin:end]:
            self.compute(used_by(instr))
            self.out.append(instr)

    def compute(self, values: Iterable[int]) -> None:
        """Have values in the block that so far are constants, or elements of arrays."""
        for v in values:
            if v in self.waiting:
                instr = self.waiting.pop(v)
                self.compute(instr.operands)
                self.out.append(instr)
            elif v in self.absent:
                self.absent.discard(v)
                array, place = self.places[v]
                at = [self.apply("const", (), Index(i + 1), (i, Index(i + 1))) for i in place]
                self.out.append(Apply(REGISTRY["index"], (array, *at), (v,)))

    def apply(
        self, name: str, operands: Sequence[int], type: Type, attrs: tuple[Any, ...] = ()
    ) -> int:
        """Append a primitive."""
        v = self.fresh(type)
        self.out.append(Apply(REGISTRY[name], tuple(operands), (v,), attrs))
        return v

    def fresh(self, type: Type) -> int:
        self.types.append(type)
        return len(self.types) - 1

    def is_scalar(self, v: int) -> bool:
        return not isinstance(self.types[v], Array | Ref)
