"""The loop that does what a group of instructions does again and again; see `roll`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

from rose.ir.func import Apply, Block, Instr, Loop, Values
from rose.ir.primitive import REGISTRY
from rose.ir.types import REAL, Array, Index, Type, stacked
from rose.opt.cells import Cells
from rose.opt.groups import Before, Constants, Earlier, Elements, Group, Now, Others, Same, Slot


class Writer:
    """Writes the loop.

    Attributes:
        group: what it does.
        cells: for what is used further on than the time after.
        reverse: whether it counts down, which spares tables where places do.
        body: its instructions.
        now: result of the group -> the value in the body.
        carried: what is carried of the time before -> its param.
        array: the cells as they are now.
        known: what the body has already: tables, and elements of arrays.
    """

    def __init__(self, group: Group, cells: Cells) -> None:
        self.group = group
        self.cells = cells
        self.around = group.around
        self.times = group.times
        sources = [source for each in group.sources for source in each]
        places = [each for s in sources if isinstance(s, Elements) for each in s.indices]
        self.reverse = any(map(_counts_down, places))
        self.body: list[Instr] = []
        self.now: dict[Slot, int] = {}
        self.known: dict[object, int] = {}
        self.counter = self.fresh(Index(self.times))
        before = [source for source in sources if isinstance(source, Before)]
        self.carried = {source: self.fresh(self.around.types[source.first]) for source in before}
        self.array = -1

    def write(self) -> None:
        """Append the loop, and in front of it what it needs."""
        around, group = self.around, self.group
        starts = [source.first for source in self.carried]
        around.compute(starts)
        params = [self.counter, *self.carried.values()]
        if self.cells.count:
            starts.append(self.filled_cells())
            self.array = self.fresh(around.types[starts[-1]])
            params.append(self.array)
        for q, column in enumerate(group.columns):
            self.write_instr(q, column[0])
        nexts = [self.now[source.slot] for source in self.carried]
        finals = [self.final(source.slot) for source in self.carried]
        if self.cells.count:
            nexts.append(self.array)
            finals.append(self.final_cells())
        rows = [slot for slot in group.made if self.is_wanted(slot)]
        stacks = [self.stack(slot) for slot in rows]
        body = Block(tuple(params), tuple(self.body), (*nexts, *[self.now[slot] for slot in rows]))
        loc = group.columns[0][0].loc
        results = (*finals, *stacks)
        around.out.append(Loop(self.times, self.reverse, tuple(starts), body, results, loc))

    def write_instr(self, q: int, instr: Instr) -> None:
        """Append what is in one place of the group."""
        operands = tuple([self.operand(q, k) for k in range(len(instr.operands))])
        results = tuple([self.fresh(self.around.types[v]) for v in instr.results])
        self.body.append(instr.rebuilt(operands, results, ()))
        for r, v in enumerate(results):
            self.now[q, r] = v
            if (q, r) in self.cells.writes:
                at = self.index(self.cells.writes[q, r])
                type = self.around.types[self.array]
                self.array = self.apply("update", (self.array, at, v), type)

    def operand(self, q: int, k: int) -> int:
        """The value in the body for an operand."""
        source = self.group.sources[q][k]
        match source:
            case Same(v):
                self.around.compute([v])
                return v
            case Now(slot):
                return self.now[slot]
            case Before():
                return self.carried[source]
            case Constants(values, type):
                return self.constant(values, type)
            case Elements(array, indices):
                return self.element(array, indices)
            case Others(values):
                number = {v: k for k, v in enumerate(dict.fromkeys(values))}
                array = self.packed(tuple(number))
                return self.element(array, [tuple([number[v] for v in values])])
            case Earlier():
                return self.element(self.array, [tuple(self.cells.reads[q, k])])
            case _:
                assert_never(source)

    # --- what is read -------------------------------------------------------------------------------------

    def element(self, array: int, indices: Sequence[Values]) -> int:
        """An element of an array, whose indices differ from time to time."""
        at = tuple(map(self.index, indices))
        key = array, at
        if key not in self.known:
            array_type = self.around.types[array]
            assert isinstance(array_type, Array), "elements are of arrays"
            self.known[key] = self.apply("index", (array, *at), array_type.elem)
        return self.known[key]

    def index(self, by_time: Sequence[int]) -> int:
        """An index that differs from time to time: the counter, or the element of a table."""
        values = tuple(by_time[::-1] if self.reverse else by_time)
        first = values[0]
        if values == tuple(range(self.times)):
            return self.counter
        if values.count(first) == self.times:
            return self.apply("const", (), Index(first + 1), (first, Index(first + 1)))
        return self.table(values, Index(max(values) + 1))

    def constant(self, by_time: tuple[Any, ...], type: Type) -> int:
        return self.table(tuple(by_time[::-1] if self.reverse else by_time), type)

    def table(self, values: tuple[Any, ...], elem: Type) -> int:
        """The element for the counter of a constant array."""
        key = elem, tuple(map(repr, values)) if elem == REAL else values  # 0.0 is not -0.0
        if key not in self.known:
            type = stacked(self.times, elem)
            array = self.around.apply("const", (), type, (values, type))
            self.known[key] = self.apply("index", (array, self.counter), elem)
        return self.known[key]

    def packed(self, values: Values) -> int:
        """An array of values from before the loop."""
        if values not in self.known:
            self.around.compute(values)
            type = stacked(len(values), self.around.types[values[0]])
            self.known[values] = self.around.apply("pack", values, type, ((len(values),),))
        return self.known[values]

    def filled_cells(self) -> int:
        """The array of the cells at the beginning."""
        count, starts = self.cells.count, self.cells.starts
        type = Array(REAL, (count,))
        if not starts:
            return self.around.apply("zeros", (), type, (type,))
        self.around.compute(starts)
        empty = [self.around.apply("const", (), REAL, (0.0, REAL))] * (count - len(starts))
        return self.around.apply("pack", (*starts, *empty), type, ((count,),))

    # --- what is given ------------------------------------------------------------------------------------

    def is_late(self, v: int) -> bool:
        """Whether something behind the loop uses a value."""
        return self.around.last.get(v, -1) >= self.group.end

    def final(self, slot: Slot) -> int:
        """The result for what is carried: its last value by its own name, if that is what is used of it."""
        v = self.group.made[slot][-1]
        if self.is_wanted(slot) or slot in self.cells.writes or v in self.around.given:
            return self.fresh(self.around.types[v])
        self.around.given.add(v)
        return v

    def final_cells(self) -> int:
        """The result for the cells, in which values are that are used behind the loop."""
        array = self.fresh(self.around.types[self.array])
        for v, cell in self.cells.of.items():
            if self.is_late(v) and self.around.made.get(v, -1) >= self.group.begin:
                self.around.places[v] = array, (cell,)
                self.around.absent.add(v)
        return array

    def is_wanted(self, slot: Slot) -> bool:
        """Whether the loop is to give the values of all times: if more is used behind it than the last one of what is carried."""
        if slot in self.cells.writes:
            return False
        values = self.group.made[slot]
        is_carried = any([source.slot == slot for source in self.carried])
        return any(map(self.is_late, values[:-1] if is_carried else values))

    def stack(self, slot: Slot) -> int:
        """The result for the values of all times."""
        values = self.group.made[slot]
        array = self.fresh(stacked(self.times, self.around.types[values[0]]))
        ordered = reversed(values) if self.reverse else values
        self.around.places.update({v: (array, (k,)) for k, v in enumerate(ordered)})
        self.around.absent.update(values)
        return array

    # --- instructions -------------------------------------------------------------------------------------

    def apply(self, name: str, operands: Values, type: Type, attrs: tuple[Any, ...] = ()) -> int:
        """Append a primitive to the body."""
        v = self.fresh(type)
        self.body.append(Apply(REGISTRY[name], operands, (v,), attrs, self.group.columns[0][0].loc))
        return v

    def fresh(self, type: Type) -> int:
        return self.around.fresh(type)


def _counts_down(values: Values) -> bool:
    first, times = values[0], len(values)
    return values == tuple(range(first, first - times, -1))
