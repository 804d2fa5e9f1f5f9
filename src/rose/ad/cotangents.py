"""The cotangents of the values of a linear Func, while its transpose is written.

That of a scalar is a value that is added to; that of an array is an accumulator, so that the transpose of reading one
element costs one addition, unless one whole array is all that is given, or loops read it by row (`rows.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from rose.ir.builder import Builder
from rose.ir.primitive import REGISTRY
from rose.ir.types import REAL, Array


class Cotangents:
    """What has been given to each value so far.

    Args:
        builder: of the transpose; it knows the types of the linear Func's values.
        linear: per value of the linear Func, whether it has a cotangent.

    Attributes:
        scalars: linear scalar -> its cotangent so far, or the opposite of it.
        minus: those of which `scalars` has the opposite: a minus is put off until it meets a sum, or has to be done.
        arrays: linear array -> its cotangent, while only one whole array was given.
        refs: linear array -> the open accumulator of its cotangent.
        rows: linear array of which the loop under way reads one element an iteration -> a scalar that stands for that.
    """

    def __init__(self, builder: Builder, linear: Sequence[bool]) -> None:
        self.builder = builder
        self.linear = linear
        self.scalars: dict[int, int] = {}
        self.minus: set[int] = set()
        self.arrays: dict[int, int] = {}
        self.refs: dict[int, int] = {}
        self.rows: dict[int, int] = {}

    def give(self, v: int, bar: int, at: Sequence[int] = (), *, minus: bool = False) -> None:
        """Add to the cotangent of a value, or of an element of it, or subtract; nothing if the value is not linear."""
        if not self.linear[v]:
            return
        if v in self.rows:
            self.give_scalar(self.rows[v], bar, minus=minus)
        elif at:
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

    def give_array(self, v: int, bar: int) -> None:
        if v in self.refs or v in self.arrays:
            self.builder.add(self.open_ref(v), (), bar)
        else:
            self.arrays[v] = bar

    def open_ref(self, v: int) -> int:
        """The accumulator of a linear array's cotangent; opened here if there is none yet."""
        if v not in self.refs:
            array = self.builder.types[v]
            assert isinstance(array, Array), "only arrays have accumulators"
            self.refs[v] = self.builder.accum(array, self.arrays.pop(v, None))
        return self.refs[v]

    def open_row(self, v: int, t: int) -> None:
        """The cotangent of an array goes on as that of its element in iteration t."""
        self.rows[v] = row = self.builder.value(REAL)
        if v in self.arrays:
            so_far = self.arrays.pop(v)
            self.scalars[row] = self.builder.apply(REGISTRY["index"], (so_far, t))

    def take_row(self, v: int) -> int:
        """The whole cotangent of that element."""
        return self.take_or_zero(self.rows.pop(v))

    def take(self, v: int) -> int | None:
        """The whole cotangent of a value, all of whose uses are behind us; None is zero."""
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

    def signed(self, bar: int, *, minus: bool) -> int:
        return (-self.builder.var(bar)).id if minus else bar

    def is_array(self, v: int) -> bool:
        return isinstance(self.builder.types[v], Array)
