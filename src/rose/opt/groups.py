"""The parts of a block that `roll` makes loops of: which instructions they are, and where what these use comes from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias, assert_never

from rose.ir.func import Add, Apply, Instr, Values
from rose.ir.record import record
from rose.ir.types import REAL, Array, Index, Ref, Type

if TYPE_CHECKING:
    from rose.opt.roll import Rolling

FEWEST_TIMES = 16  # iterations of a part
EDGE = 16  # times at the beginning or end of a part that may be different

Slot: TypeAlias = tuple[int, int]
"""A result of the instructions in one place of the group: the number of the place, and that of the result."""

Times: TypeAlias = tuple[int, int]
"""The first of some times, and the one behind the last."""


@record
class Same:
    """An operand that is the same value every time."""

    value: int


@record
class Now:
    """What the group has computed this time."""

    slot: Slot


@record
class Before:
    """What the group computed the time before; `first` for the first time."""

    slot: Slot
    first: int


@record
class Constants:
    """A constant that differs from time to time."""

    values: tuple[Any, ...]
    type: Type


@record
class Elements:
    """Elements of one array: per dimension of it the indices, by time."""

    array: int
    indices: tuple[Values, ...]


@record
class Others:
    """Any values from before the loop, by time."""

    values: Values


@record
class Earlier:
    """What was computed some times before, or before the loop."""

    values: Values


Source: TypeAlias = Same | Now | Before | Constants | Elements | Others | Earlier


class Group:
    """Instructions that are the same, but for their operands, as those a period before them.

    Attributes:
        begin, end: the numbers of the first one, and behind the last one.
        columns: for each place in the group the instructions in it, by time.
        made: what they compute, by time.
        operands: for each place and operand the values, by time.
        sources: for each place and operand where that comes from.
        inner: the times at which all of these do, so all but some at the edges.
    """

    def __init__(self, around: Rolling, begin: int, period: int, times: int) -> None:
        self.around = around
        self.begin = begin
        self.end = begin + period * times
        self.period = period
        self.times = times
        self.columns = [around.instrs[k : self.end : period] for k in range(begin, begin + period)]
        self.made: dict[Slot, Values] = {
            (q, r): tuple([instr.results[r] for instr in column])
            for q, column in enumerate(self.columns)
            for r in range(len(column[0].results))
        }
        self.operands = [
            list(zip(*[instr.operands for instr in column], strict=True)) for column in self.columns
        ]
        found = [list(map(self.source, each)) for each in self.operands]
        self.sources = [[source for source, _ in each] for each in found]
        inner = [times for each in found for _, times in each]
        self.inner = (
            max([0, *[begin for begin, _ in inner]]),
            min([times, *[end for _, end in inner]]),
        )

    def source(self, values: Values) -> tuple[Source, Times]:
        """Where the operands in one place come from, and at which times they do."""
        around, made, half = self.around, self.around.made, self.times // 2
        always = 0, self.times
        first, typical = values[0], values[half]
        number = made.get(typical, -1)
        if number >= self.begin:
            r = around.instrs[number].results.index(typical)
            slot = (number - self.begin) % self.period, r
            results = self.made[slot]
            if typical == results[half] and (times := self.fitting(values, results)):
                return Now(slot), times
            before = (first if made.get(first, -1) < self.begin else -1, *results[:-1])
            if typical == results[half - 1] and (times := self.fitting(values, before)):
                return Before(slot, first), times
        elif values.count(typical) == self.times:
            return Same(typical), always
        elif times := self.fitting(
            [made.get(v, -1) < self.begin for v in values], [True] * self.times
        ):
            return self.gathered(values), times
        return Earlier(values), always

    def fitting(self, found: Sequence[int], expected: Sequence[int]) -> Times | None:
        """The times at which what was found is what was expected: all but some at either end, the edges; None if there are more."""
        if found == expected:
            return 0, self.times
        wrong = [k for k in range(self.times) if found[k] != expected[k]]
        half = self.times // 2
        begin = max([k + 1 for k in wrong if k < half], default=0)
        end = min([k for k in wrong if k >= half], default=self.times)
        if begin > EDGE or end < self.times - EDGE:
            return None
        return begin, end

    def gathered(self, values: Values) -> Source:
        """The source of values from before the loop that differ."""
        constants, places = self.around.constants, self.around.places
        numbers = [constants.get(v) for v in values]
        if None not in numbers:
            return Constants(tuple(numbers), self.widest(values))
        found = [places[v] for v in values if v in places]
        arrays = {array for array, _ in found}
        if len(arrays) == 1 and len(found) == self.times:
            return Elements(arrays.pop(), tuple(zip(*[at for _, at in found], strict=True)))
        return Others(values)

    def widest(self, values: Values) -> Type:
        """The type that the values have in common; that of the largest index."""
        types = list(dict.fromkeys([self.around.types[v] for v in values]))
        return max(types, key=lambda t: t.size if isinstance(t, Index) else 0)

    def parts(self) -> list[tuple[int, int]]:
        """Begin and times of the parts that are clean, and in which every operand from an array is from one; the whole if they are many."""
        cuts = {0, *self.inner} - {self.times}
        if self.inner == (0, self.times):
            others = {k for each in self.sources for source in each for k in self.turns(source)}
            cuts.update(others if len(others) <= self.times // FEWEST_TIMES else ())
        return self.divided(cuts)

    def sections(self) -> list[tuple[int, int]]:
        """Begin and times of the parts in which operands come from the same or the next time throughout, or never; as for `parts`."""
        cuts = {0}
        for values in [values for each in self.operands for values in each]:
            ages = [self.age(v, k) for k, v in enumerate(values)]
            cuts.update([k for k in range(1, self.times) if ages[k] != ages[k - 1]])
        return self.divided(cuts if len(cuts) <= self.times // FEWEST_TIMES else {0})

    def age(self, v: int, time: int) -> int:
        """How many times before a value was computed that is used at a time: none, 1, or 2 for what is older."""
        number = self.around.made.get(v, -1)
        return 2 if number < self.begin else min(2, time - (number - self.begin) // self.period)

    def divided(self, cuts: set[int]) -> list[tuple[int, int]]:
        """Begin and times of the parts that begin at some times."""
        begins = [*sorted(cuts), self.times]
        return [(self.begin + k * self.period, behind - k) for k, behind in pairwise(begins)]

    def turns(self, source: Source) -> list[int]:
        """The times at which a source turns to another array."""
        if not isinstance(source, Others):
            return []
        places = self.around.places
        arrays = [places[v][0] if v in places else None for v in source.values]
        return [k for k in range(1, self.times) if arrays[k] != arrays[k - 1]]

    def is_possible(self) -> bool:
        """Whether a loop can do it, with less than half as many instructions in front of it as it has."""
        types, gathered = self.around.types, set[int]()
        for column, sources in zip(self.columns, self.sources, strict=True):
            for k, source in enumerate(sources):
                match source:
                    case Same() | Now() | Elements():
                        pass
                    case Before(slot, first):
                        if types[first] != types[self.made[slot][0]]:
                            return False
                    case Constants(type=type):
                        # The types of what is computed depend on those of indices, but for where they are places.
                        is_place = isinstance(column[0], Add) or _is_index(column[0])
                        if not is_place and type != types[column[-1].operands[k]]:
                            return False
                    case Others(values):
                        gathered.update(values)
                        if not self.is_of_one_type(values):
                            return False
                    case Earlier(values):
                        made = self.around.made
                        gathered.update([v for v in values if made.get(v, -1) < self.begin])
                        if any([types[v] != REAL for v in values]):
                            return False
                    case _:
                        assert_never(source)
        return 2 * len(gathered) < self.end - self.begin

    def is_of_one_type(self, values: Values) -> bool:
        types = {self.around.types[v] for v in values}
        return len(types) == 1 and not any(isinstance(t, Array | Ref) for t in types)


def _is_index(instr: Instr) -> bool:
    return isinstance(instr, Apply) and instr.prim.name == "index"
