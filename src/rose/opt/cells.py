"""Cells: where a loop that `roll` makes has what is used further on than in the next iteration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rose.ir.func import Values
from rose.opt.groups import Earlier, Group, Slot


class Cells:
    """Which values are in which cells of an array when.

    Attributes:
        of: value -> its cell, while it has one.
        count: of all cells.
        starts: what is in cells from the beginning.
        reads: per place and operand of the group the cells to read, by time.
        writes: per result of the group the cells to write to, by time.
    """

    def __init__(self, group: Group) -> None:
        self.group = group
        self.of: dict[int, int] = {}
        self.count = 0
        self.free: list[int] = []
        self.last = group.around.last
        read = {
            (q, k): source.values
            for q, sources in enumerate(group.sources)
            for k, source in enumerate(sources)
            if isinstance(source, Earlier)
        }
        used = {v for values in read.values() for v in values}
        written = {
            slot: values for slot, values in group.made.items() if not used.isdisjoint(values)
        }
        self.reads: dict[Slot, list[int]] = {where: [] for where in read}
        self.writes: dict[Slot, list[int]] = {slot: [] for slot in written}
        self.starts = sorted([v for v in used if group.around.made.get(v, -1) < group.begin])
        for v in self.starts:
            self.put(v)
        self.run(read, written)

    def run(self, read: Mapping[Slot, Values], written: Mapping[Slot, Values]) -> None:
        """Go through all times, given which values are read and written where."""
        group = self.group
        steps = [
            (
                q,
                [(self.reads[where], values) for where, values in read.items() if where[0] == q],
                [(self.writes[slot], values) for slot, values in written.items() if slot[0] == q],
            )
            for q in range(group.period)
        ]
        steps = [step for step in steps if step[1] or step[2]]
        for time in range(group.times):
            for q, reads, writes in steps:
                self.step(time, group.begin + time * group.period + q, reads, writes)

    def step(
        self,
        time: int,
        number: int,
        reads: Sequence[tuple[list[int], Values]],
        writes: Sequence[tuple[list[int], Values]],
    ) -> None:
        """An instruction: what it uses last is gone before its results come."""
        of, last = self.of, self.last
        for cells, values in reads:
            cells.append(of[values[time]])
        for _, values in reads:
            v = values[time]
            if last[v] == number and v in of:
                self.free.append(of.pop(v))
        for cells, values in writes:
            v = values[time]
            cells.append(self.put(v))
            if v not in last:
                self.free.append(of.pop(v))

    def put(self, v: int) -> int:
        """A cell for a value."""
        if self.free:
            cell = self.free.pop()
        else:
            cell = self.count
            self.count += 1
        self.of[v] = cell
        return cell
