"""The cotangents of the values of a linear Func, while its transpose is written.

That of a scalar is a value that is added to; that of an array is an accumulator, so that the transpose of reading one
element costs one addition, unless one whole array is all that is given, or parts of one, or loops read it by row (`rows.py`).
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence

from rose.ad.rows import read_by_row
from rose.ir.builder import Builder
from rose.ir.func import Block, Loop, Values
from rose.ir.primitive import REGISTRY
from rose.ir.record import record
from rose.ir.types import Array, Ref, scalars_of
from rose.ir.uses import Uses, free_values


@record
class Row:
    """A row of an array, in the iteration under way of the loops that read it by row.

    Attributes:
        value: what stands for it, and has its cotangent.
        counters: of the loops, in the linear Func.
        around: the row of which this is one.
    """

    value: int
    counters: Values
    around: Row | None


class Cotangents:
    """What has been given to each value so far.

    Args:
        builder: of the transpose; it knows the types of the linear Func's values.
        linear: per value of the linear Func, whether it has a cotangent.

    Attributes:
        uses: of the blocks of the linear Func.
        scalars: linear scalar -> its cotangent so far, or the opposite of it.
        minus: those of which `scalars` has the opposite: a minus is put off until it meets a sum, or has to be done.
        arrays: linear array -> its cotangent, while only one whole array was given.
        parts: linear array -> in order, the number of a scalar and the cotangent of the part that begins there. None has a scalar of
            another one, so that they are put together, and added at once: before the block under way ends, or the array has to be there.
        refs: linear array -> the open accumulator of its cotangent.
        rows: linear array of which the loops under way read by row -> what they read of it now.
    """

    def __init__(self, builder: Builder, linear: Sequence[bool]) -> None:
        self.builder = builder
        self.linear = {v for v, is_linear in enumerate(linear) if is_linear}
        self.uses = Uses()
        self.scalars: dict[int, int] = {}
        self.minus: set[int] = set()
        self.arrays: dict[int, int] = {}
        self.parts: dict[int, list[tuple[int, int]]] = {}
        self.refs: dict[int, int] = {}
        self.rows: dict[int, Row] = {}

    def give(self, v: int, bar: int, at: Sequence[int] = (), *, minus: bool = False) -> None:
        """Add to the cotangent of a value, or of an element of it, or subtract; nothing if the value is not linear."""
        if v not in self.linear:
            return
        if v in self.rows:
            at = at[len(self.rows[v].counters) :]
            v = self.rows[v].value
        if at:
            self.builder.add(self.open_ref(v), at, self.signed(bar, minus=minus))
        elif self.is_array(v):
            assert not minus, "only Reals have a minus"
            self.give_array(v, bar)
        else:
            self.give_scalar(v, bar, minus=minus)

    def give_scalar(self, v: int, bar: int, *, minus: bool) -> None:
        if v not in self.scalars:
            self.scalars[v] = bar
            if minus:
                self.minus.add(v)
            return
        so_far, more = self.builder.var(self.scalars[v]), self.builder.var(bar)
        if (v in self.minus) == minus:
            total = so_far + more
        else:
            total = so_far - more if minus else more - so_far
            self.minus.discard(v)
        self.scalars[v] = total.id

    def give_part(self, v: int, bar: int, start: int, *, minus: bool) -> None:
        """Add to the cotangent of the scalars of an array from number `start` on; nothing if the array is not linear."""
        if v not in self.linear:
            return
        bar = self.signed(bar, minus=minus)
        parts = self.parts.setdefault(v, [])
        at = bisect(parts, (start, -1))
        before, behind = parts[max(at - 1, 0) : at], parts[at : at + 1]
        if any([self.end(*part) > start for part in before]) or any(
            [self.end(start, bar) > part[0] for part in behind]
        ):
            self.join_parts(v)
            self.parts[v] = [(start, bar)]
        else:
            parts.insert(at, (start, bar))

    def end(self, start: int, bar: int) -> int:
        """The number of the scalar behind a part."""
        return start + scalars_of(self.builder.types[bar])

    def joined(self, v: int, parts: Sequence[tuple[int, int]]) -> int:
        """An array like v that has these parts, and zeros where there is none."""
        array = self.builder.types[v]
        assert isinstance(array, Array), "only arrays have parts"
        operands: list[int] = []
        end = 0
        for start, bar in [*parts, (array.count, None)]:
            if start > end:
                operands.append(self.builder.zeros(Array(array.elem, (start - end,))))
            if bar is not None:
                operands.append(bar)
                end = self.end(start, bar)
        return self.builder.apply(REGISTRY["join"], operands, (array.shape,))

    def join_parts(self, v: int) -> None:
        """Put the parts that were given to an array together, and add them."""
        if parts := self.parts.pop(v, None):
            self.give_array(v, self.joined(v, parts))

    def give_array(self, v: int, bar: int) -> None:
        if v in self.refs or v in self.arrays:
            self.builder.add(self.open_ref(v), (), bar)
        else:
            self.arrays[v] = bar

    def open_ref(self, v: int) -> int:
        """The accumulator of a linear array's cotangent; opened here if there is none yet."""
        if v not in self.refs:
            self.join_parts(v)
        if v not in self.refs:
            array = self.builder.types[v]
            assert isinstance(array, Array), "only arrays have accumulators"
            self.refs[v] = self.builder.accum(array, self.arrays.pop(v, None))
        return self.refs[v]

    def value_of(self, v: int) -> int:
        """What has the cotangent of a value: of an array that is read by row, its row."""
        return self.rows[v].value if v in self.rows else v

    def open_row(self, v: int, counter: int, t: int) -> None:
        """The cotangent of an array goes on as that of its row in iteration t of a loop with this counter."""
        whole, around = self.value_of(v), self.rows.get(v)
        type = self.builder.types[whole]
        assert isinstance(type, Array), "only arrays have rows"
        row = self.builder.value(type.at(1))
        self.linear.add(row)
        if whole in self.arrays:
            so_far = self.builder.apply(REGISTRY["index"], (self.arrays.pop(whole), t))
            (self.arrays if self.is_array(row) else self.scalars)[row] = so_far
        counters = (*around.counters, counter) if around else (counter,)
        self.rows[v] = Row(row, counters, around)

    def take_row(self, v: int) -> int:
        """The whole cotangent of that row."""
        row = self.rows.pop(v)
        if row.around:
            self.rows[v] = row.around
        return self.take_or_zero(row.value)

    def take(self, v: int) -> int | None:
        """The whole cotangent of a value, all of whose uses are behind us; None is zero."""
        self.join_parts(v)
        if v in self.refs:
            return self.builder.resolve(self.refs.pop(v))
        if self.is_array(v):
            return self.arrays.pop(v, None)
        bar = self.scalars.pop(v, None)
        minus = v in self.minus
        self.minus.discard(v)
        return None if bar is None else self.signed(bar, minus=minus)

    def take_or_zero(self, v: int) -> int:
        bar = self.take(v)
        return self.builder.zeros(self.builder.types[v]) if bar is None else bar

    def captured(self, blocks: Iterable[Block], handed_on: Sequence[int]) -> list[int]:
        """Linear scalars that blocks use from outside; accumulators for such arrays are opened here, but for those handed on."""
        scalars: list[int] = []
        for v in {v: None for block in blocks for v in free_values(block)}:
            value, type = self.value_of(v), self.builder.types[v]
            if v not in self.linear or isinstance(type, Ref) or v in handed_on:
                continue
            if self.is_array(value):
                self.open_ref(value)
            else:
                scalars.append(value)
        return scalars

    def read_by_row(self, loop: Loop) -> list[int]:
        """The linear arrays that a loop reads by row, and whose accumulators are not open."""
        counters = {v: row.counters for v, row in self.rows.items()}
        found = [v for v in read_by_row(loop, counters, self.uses) if v in self.linear]
        for v in found:  # in front of the loop
            self.join_parts(self.value_of(v))
        return [v for v in found if self.may_have_rows(self.value_of(v), loop.size)]

    def may_have_rows(self, value: int, size: int) -> bool:
        """Whether the cotangent of an array may be made of so many rows."""
        type = self.builder.types[value]
        return isinstance(type, Array) and type.shape[0] == size and value not in self.refs

    def signed(self, bar: int, *, minus: bool) -> int:
        return (-self.builder.var(bar)).id if minus else bar

    def is_array(self, v: int) -> bool:
        return isinstance(self.builder.types[v], Array)
