"""split: large functions become several, since engines take more than linear time for one.

wasmtime compiles a function of 100,000 instructions in half a minute and a hundred of 1000 in half a second; V8 refuses more than
50,000 locals. So a block of too many instructions is cut into segments, and each becomes a function of its own that is called
in its place. What a segment uses are its params, and what others use of it are its results; a segment that gives many
scalars of a type gives them as one array, which those that need one are passed whole.

It runs last, on the program that is lowered. No bit of a result changes.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from itertools import accumulate
from typing import TypeGuard

from rose.ir.builder import Builder
from rose.ir.copy import copy_instr
from rose.ir.func import Accum, Apply, Block, Call, Func, Instr, Resolve, Values, instrs_of, size
from rose.ir.primitive import REGISTRY
from rose.ir.stages import stage
from rose.ir.types import Array, Index, Ref, Type, stacked
from rose.ir.uses import used_by

MOST = 1000  # instructions of a function
LEAST = 50  # instructions of a block, however deep it is nested
FEWEST = 8  # a segment of fewer instructions stays where it is
WINDOW = 10  # a segment may end by so small a part of it earlier, where it has fewest results
SINGLE_RESULTS = 8  # scalars of a type that a segment gives one by one
SINGLE_PARAMS = 100  # scalars of a type that a segment takes one by one
MOST_ARRAYS = 500  # that a segment takes and gives, as each is a param and engines allow 1000


@stage("split")
def split(func: Func) -> Func:
    """No function has many more than `MOST` instructions, unless it opens that many accumulators."""
    return _Split(func).run() if size(func) > MOST else func


class _Split:
    """State of splitting one Func.

    Attributes:
        types: of its values, the new ones included.
        consts: the instructions of its constant scalars; a segment that uses one has its own.
        parts: how many segments were made.
    """

    def __init__(self, func: Func) -> None:
        self.func = func
        self.types: list[Type] = list(func.types)
        self.consts: dict[int, Apply] = {}
        self.parts = 0

    def run(self) -> Func:
        body = self.block(self.func.body, MOST)
        return Func(self.func.name, tuple(self.types), body)

    def block(self, old: Block, most: int) -> Block:
        """The block in at most so many instructions, nested ones included, and those for its accumulators."""
        instrs: list[Instr] = []
        for instr in old.instrs:
            new = instr
            if instr.blocks:
                each = max(most // len(instr.blocks), LEAST)
                blocks = tuple([self.block(block, each) for block in instr.blocks])
                new = instr.rebuilt(instr.operands, instr.results, blocks)
            elif _is_constant_scalar(instr):
                self.consts[instr.results[0]] = instr  # the blocks that follow may use it
            instrs.append(new)
        block = Block(old.params, tuple(instrs), old.results)
        count = sum(map(_size, instrs))
        while count > most:
            block = _Segments(self, block, most).run()
            before, count = count, sum(map(_size, block.instrs))
            if count > before // 2:
                break
        return block

    def fresh(self, type: Type) -> int:
        self.types.append(type)
        return len(self.types) - 1


class _Segments:
    """State of cutting one block.

    Attributes:
        instrs: what the block becomes.
        packed: scalars that are elements of an array, by array and place.
        constants: its own constant scalars that are not computed yet.
        last: where in the block each value is used last; what the block gives is used behind it.
    """

    def __init__(self, split: _Split, block: Block, most: int) -> None:
        self.split = split
        self.types = split.types
        self.old = block
        self.most = most
        self.instrs: list[Instr] = []
        self.packed: dict[int, tuple[int, int]] = {}
        self.constants = {i.results[0]: i for i in block.instrs if _is_constant_scalar(i)}
        split.consts.update(self.constants)
        self.last = _last_uses(block)

    def run(self) -> Block:
        for first, behind in _cuts(self.old.instrs, self.last, self.most):
            self.segment(first, behind)
        self.compute(self.old.results)
        return Block(self.old.params, tuple(self.instrs), self.old.results)

    def segment(self, first: int, behind: int) -> None:
        """Append what becomes of some of the instructions: themselves if they are few, or a call, or two."""
        segment = [i for i in self.old.instrs[first:behind] if not _is_constant_scalar(i)]
        if sum(map(_size, segment)) < FEWEST:
            for instr in segment:
                self.compute(used_by(instr))
                self.instrs.append(instr)
        elif len(segment) > 1 and self.count_arrays(segment, behind) > MOST_ARRAYS:
            middle = (first + behind) // 2
            self.segment(first, middle)
            self.segment(middle, behind)
        else:
            self.outline(segment, behind)

    def count_arrays(self, segment: Sequence[Instr], behind: int) -> int:
        """How many arrays and accumulators the function of a segment would take and give."""
        made = {v for instr in segment for v in instr.results}
        taken = {v for instr in segment for v in used_by(instr)} - made
        taken = {self.packed[v][0] if v in self.packed else v for v in taken}
        given = [v for v in made if self.last.get(v, -1) >= behind]
        return sum([isinstance(self.types[v], Array | Ref) for v in (*taken, *given)])

    def compute(self, values: Iterable[int]) -> None:
        """Have values in the block that so far are constants, or elements of arrays."""
        for v in values:
            if v in self.constants:
                self.instrs.append(self.constants.pop(v))
            elif v in self.packed:
                array, place = self.packed.pop(v)
                index = Index(place + 1)
                at = self.apply("const", (), index, (place, index))
                self.instrs.append(Apply(REGISTRY["index"], (array, at), (v,)))

    def outline(self, segment: Sequence[Instr], behind: int) -> None:
        """Append the call of a new function that does what a segment did, which ends before `behind`."""
        inside = _Outlined(self, segment)
        results: list[int] = []
        given: list[int] = []
        made = [v for instr in segment for v in instr.results if self.last.get(v, -1) >= behind]
        for group in self.groups(made):
            if len(group) <= SINGLE_RESULTS:
                results += group
                given += [inside.env[v] for v in group]
                continue
            array, values = self.array_of(group), [inside.env[v] for v in group]
            results.append(array)
            given.append(inside.builder.apply(REGISTRY["pack"], values, ((len(group),),)))
            self.packed.update({v: (array, place) for place, v in enumerate(group)})
        func = inside.builder.finish(given)
        self.instrs.append(Call(func, tuple(inside.operands), tuple(results), segment[0].loc))

    def packed_params(self, group: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Put scalars into an array before a call: per scalar that array, and its place there."""
        array = self.array_of(group)
        self.instrs.append(Apply(REGISTRY["pack"], tuple(group), (array,), ((len(group),),)))
        return {v: (array, place) for place, v in enumerate(group)}

    def groups(self, values: Iterable[int]) -> list[list[int]]:
        """Scalars by type, and every array and accumulator by itself."""
        groups: dict[object, list[int]] = {}
        for v in values:
            type = self.types[v]
            groups.setdefault(v if isinstance(type, Array | Ref) else type, []).append(v)
        return list(groups.values())

    def array_of(self, group: Sequence[int]) -> int:
        """A new value for an array of these scalars."""
        return self.split.fresh(stacked(len(group), self.types[group[0]]))

    def apply(self, name: str, operands: Values, type: Type, attrs: tuple[object, ...]) -> int:
        v = self.split.fresh(type)
        self.instrs.append(Apply(REGISTRY[name], operands, (v,), attrs))
        return v


class _Outlined:
    """A segment as a function under construction.

    Attributes:
        operands: what the call passes, by param.
        env: value of the block -> value of the function.
        packed: scalars that are passed as elements of an array, by array and place.
    """

    def __init__(self, around: _Segments, segment: Sequence[Instr]) -> None:
        split = around.split
        split.parts += 1
        self.types = around.types
        self.consts = split.consts
        self.builder = Builder(f"{split.func.name}.part{split.parts}")
        self.env: dict[int, int] = {}
        self.operands: list[int] = []
        self.packed: MutableMapping[int, tuple[int, int]] = around.packed
        self.take_params(around, segment)
        env = self.env
        for instr in segment:
            self.builder.loc = instr.loc
            for v in used_by(instr):
                if v not in env:
                    self.compute(v)
            copy_instr(self.builder, self.types, instr, env)

    def take_params(self, around: _Segments, segment: Sequence[Instr]) -> None:
        """Declare what the segment uses and does not compute."""
        inside = {v for instr in segment for v in instr.results}
        used = dict.fromkeys([v for instr in segment for v in used_by(instr) if v not in inside])
        used = {v: None for v in used if v not in self.consts}
        for group in around.groups([v for v in used if v not in self.packed]):
            if len(group) > SINGLE_PARAMS:
                self.packed = ChainMap(around.packed_params(group), self.packed)
        for v in [self.packed[v][0] if v in self.packed else v for v in used]:
            if v not in self.env:
                self.env[v] = self.builder.param(self.types[v])
                self.operands.append(v)

    def compute(self, v: int) -> None:
        """Have a value in the function that is a constant, or an element of an array."""
        if v in self.consts:
            copy_instr(self.builder, self.types, self.consts[v], self.env)
            return
        array, place = self.packed[v]
        at = self.builder.const(place, Index(place + 1))
        self.env[v] = self.builder.apply(REGISTRY["index"], (self.env[array], at))


def _cuts(instrs: Sequence[Instr], last: Mapping[int, int], most: int) -> Iterator[tuple[int, int]]:
    """Where the segments begin and end. What opens or closes an accumulator is one by itself."""
    crossing = _crossing(instrs, last)
    first = total = 0
    for k, instr in enumerate(instrs):
        alone = isinstance(instr, Accum | Resolve)
        if k > first and (alone or total + _size(instr) > most):
            earliest = k if alone else max(first + 1, k - most // WINDOW)
            cut = min(range(k, earliest - 1, -1), key=crossing.__getitem__)
            yield first, cut
            first, total = cut, sum(map(_size, instrs[cut:k]))
        total += _size(instr)
        if alone:
            yield k, k + 1
            first, total = k + 1, 0
    if first < len(instrs):
        yield first, len(instrs)


def _crossing(instrs: Sequence[Instr], last: Mapping[int, int]) -> list[int]:
    """Per place in a block how many values from before it are used behind it."""
    changes = [0] * (len(instrs) + 2)
    for k, instr in enumerate(instrs):
        for v in instr.results:
            if v in last:
                changes[k + 1] += 1
                changes[last[v] + 1] -= 1
    return list(accumulate(changes))


def _last_uses(block: Block) -> dict[int, int]:
    last = {v: k for k, instr in enumerate(block.instrs) for v in used_by(instr)}
    return last | dict.fromkeys(block.results, len(block.instrs))


def _size(instr: Instr) -> int:
    return 1 + sum([len(instrs_of(block)) for block in instr.blocks]) if instr.blocks else 1


def _is_constant_scalar(instr: Instr) -> TypeGuard[Apply]:
    return (
        isinstance(instr, Apply)
        and instr.prim.name == "const"
        and not isinstance(instr.attrs[1], Array)
    )
