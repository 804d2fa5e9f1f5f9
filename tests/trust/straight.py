"""Values and single instructions of generated programs: whatever is no region and no call."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import strategies as st
from trust.inputs import array_types, booleans, shapes, types, upto, values
from trust.vocabulary import HOSTS, OF_ARRAYS, PLAIN, REALS, ROUNDED, SCALAR, is_exact

from rose.ir.builder import Builder
from rose.ir.primitive import REGISTRY, Primitive
from rose.ir.types import REAL, Array, Index, Real, Type, scalars_of

Draw = st.DrawFn
X = TypeVar("X")

LARGEST_INDEX = 1000  # sizes of indices that arithmetic makes
LARGEST_ARRAY = 100  # scalars of what is put together from arrays


@dataclass
class Scope:
    """What a block sees.

    Attributes:
        values: with their types, the latest last.
        refs: open accumulators.
        depth: how many blocks it is in.
        work: how often it runs.
    """

    values: list[tuple[int, Type]]
    refs: list[tuple[int, Array]] = field(default_factory=list[tuple[int, Array]])
    depth: int = 0
    work: int = 1

    def inner(self, more: Sequence[tuple[int, Type]] = (), times: int = 1) -> Scope:
        return Scope([*self.values, *more], list(self.refs), self.depth + 1, self.work * times)


class Straight:
    """Draws what one Func is made of, but for calls and regions.

    Args:
        draw: of hypothesis.
        rounded: whether it uses functions whose last bits differ from Python's.
    """

    def __init__(self, draw: Draw, name: str, *, rounded: bool) -> None:
        self.draw = draw
        self.builder = Builder(name)
        self.rounded = rounded

    # --- values -------------------------------------------------------------------------------------------

    def one(self, options: Sequence[X]) -> X:
        return options[self.draw(upto(0, len(options) - 1))]

    def chance(self, one_in: int) -> bool:
        return self.draw(upto(0, one_in - 1)) == one_in - 1

    def pick(self, scope: Scope, type: Type) -> int:
        """A value of a type: one in scope, or a new one."""
        found = [v for v, t in scope.values if t == type]
        if found:
            return found[-1 - self.draw(upto(0, min(len(found), 12) - 1))]
        return self.fresh(scope, type)

    def fresh(self, scope: Scope, type: Type) -> int:
        """A new value of a type: a constant, or of elements in scope."""
        if not isinstance(type, Array):
            return self.const(scope, type)
        if type.count <= 6 and self.draw(booleans):
            items = [self.pick(scope, type.elem) for _ in range(type.count)]
            return self.have(scope, "pack", items, (type.shape,))
        if self.draw(booleans):
            return self.have(scope, "zeros", (), (type,))
        return self.const(scope, type)

    def const(self, scope: Scope, type: Type) -> int:
        if isinstance(type, Array):
            few = [self.draw(values(type.elem)) for _ in range(min(type.count, 3))]
            items = tuple([few[k % len(few)] for k in range(type.count)])
            return self.have(scope, "const", (), (items, type))
        return self.have(scope, "const", (), (self.draw(values(type)), type))

    def have(
        self, scope: Scope, name: str, operands: Sequence[int], attrs: tuple[Any, ...] = ()
    ) -> int:
        """Apply a primitive, and have its result in scope."""
        v = self.builder.apply(REGISTRY[name], operands, attrs)
        scope.values.append((v, self.builder.types[v]))
        return v

    def index_below(self, scope: Scope, size: int) -> int:
        """An index that is always smaller than `size`."""
        found = [v for v, t in scope.values if isinstance(t, Index) and t.size <= size]
        if found and not self.chance(4):
            return found[-1 - self.draw(upto(0, min(len(found), 6) - 1))]
        return self.const(scope, Index(size))

    # --- instructions -------------------------------------------------------------------------------------

    def any_value(self, scope: Scope) -> None:
        self.fresh(scope, self.draw(types))

    def scalar(self, scope: Scope) -> None:
        """A primitive of scalars."""
        kind = PLAIN if not self.rounded or self.draw(booleans) else ROUNDED
        name = self.one(kind)
        prim = REGISTRY[name]
        operands: list[int] = []
        wanted = self.one(SCALAR[name])
        size = self.draw(upto(1, 5))  # of indices, which must be equal for some
        for k, type in enumerate(wanted):
            if isinstance(type, Index):
                v = self.index_below(scope, size if prim.name == "select" else LARGEST_INDEX)
                operands.append(self.widened(scope, v, size) if prim.name == "select" else v)
            else:
                v = self.pick(scope, type)
                operands.append(self.inside(v, prim, k) if isinstance(type, Real) else v)
        attrs = self.attrs(prim, [self.builder.types[v] for v in operands])
        result = prim.type_rule([self.builder.types[v] for v in operands], attrs)
        if not isinstance(result, Index) or result.size <= LARGEST_INDEX:
            self.have(scope, name, operands, attrs)

    def widened(self, scope: Scope, v: int, size: int) -> int:
        if self.builder.types[v] == Index(size):
            return v
        return self.have(scope, "index_widen", (v,), (size,))

    def inside(self, v: int, prim: Primitive, k: int) -> int:
        """The Real, or one made of it that lies where the primitive is smooth."""
        if k >= len(prim.domain) or self.chance(3):
            return v
        low, high = prim.domain[k]
        if high - low > 100 and low < 0:
            return v
        high = min(high, low + 4)
        x = self.builder.var(v)
        one = self.builder.var(self.builder.const(1.0, REAL))
        root = self.builder.apply(REGISTRY["sqrt"], [(x * x + one).id])
        return ((x / self.builder.var(root) + 1.01) * ((high - low) / 2.02) + low).id

    def attrs(self, prim: Primitive, operands: Sequence[Type]) -> tuple[Any, ...]:
        """Static data that fits the operands."""
        if prim.attrs == ("host",):
            return (HOSTS[len(operands)],)
        attrs = tuple([self.draw(upto(1, 5)) for _ in prim.attrs])
        try:
            prim.type_rule(operands, attrs)
        except ValueError:
            largest = max([t.size for t in operands if isinstance(t, Index)], default=0)
            return tuple([a + largest for a in attrs])
        return attrs

    def arrays(self, scope: Scope) -> list[tuple[int, Array]]:
        return [(v, t) for v, t in scope.values if isinstance(t, Array)]

    def array(self, scope: Scope) -> tuple[int, Array]:
        found = self.arrays(scope)
        if not found:
            type = self.draw(array_types)
            return self.fresh(scope, type), type
        return found[-1 - self.draw(upto(0, min(len(found), 8) - 1))]

    def position(self, scope: Scope, type: Array) -> tuple[list[int], Type]:
        """Indices of an element or row of an array, and its type."""
        depth = self.draw(upto(1, len(type.shape)))
        return [self.index_below(scope, n) for n in type.shape[:depth]], type.at(depth)

    def element(self, scope: Scope) -> None:
        array, type = self.array(scope)
        at, _ = self.position(scope, type)
        self.have(scope, "index", [array, *at])

    def of_array(self, scope: Scope) -> None:
        """A primitive of a whole array."""
        name = self.one(sorted(OF_ARRAYS))
        elem = self.one(OF_ARRAYS[name])
        found = [v for v, t in self.arrays(scope) if isinstance(t.elem, type(elem))]
        array = self.one(found) if found else self.fresh(scope, Array(elem, self.draw(shapes)))
        self.have(scope, name, [array])

    def updated(self, scope: Scope) -> None:
        array, type = self.array(scope)
        at, part = self.position(scope, type)
        self.have(scope, "update", [array, *at, self.pick(scope, part)])

    def repeated(self, scope: Scope) -> None:
        """The same primitives of Reals again and again, as what was unrolled is; what they take differs from time to time."""
        names = [name for name in REALS if self.rounded or is_exact(REGISTRY[name])]
        steps = [self.one(names) for _ in range(self.draw(upto(1, 3)))]
        sources = [[self.source(scope, len(steps)) for _ in REALS[name]] for name in steps]
        made: list[list[int]] = []
        for time in range(self.draw(upto(2, 7))):
            now: list[int] = []
            made.append(now)
            for name, its_sources in zip(steps, sources, strict=True):
                operands = [find(time, made) for find in its_sources]
                now.append(self.have(scope, name, operands))

    def source(self, scope: Scope, steps: int) -> Callable[[int, list[list[int]]], int]:
        """Where one operand comes from each time: what is made before, an element, a constant, or always the same."""
        step, back = self.draw(upto(0, steps - 1)), self.draw(upto(0, 3))
        start, reals = self.pick(scope, REAL), [self.draw(values(REAL)) for _ in range(3)]
        found = [(v, t) for v, t in self.arrays(scope) if t.elem == REAL and len(t.shape) == 1]

        def earlier(time: int, made: list[list[int]]) -> int:
            at = time - back
            return made[at][step] if at >= 0 and step < len(made[at]) else start

        def element(time: int, _: list[list[int]]) -> int:
            array, type = found[-1]
            at = self.builder.const(
                (time * (back + 1) + step) % type.shape[0], Index(type.shape[0])
            )
            return self.have(scope, "index", [array, at])

        def constant(time: int, _: list[list[int]]) -> int:
            return self.builder.const(reals[time % 3], REAL)

        def same(_: int, __: list[list[int]]) -> int:
            return start

        return self.one([earlier, earlier, constant, same, *[element] * len(found[:2])])

    def packed(self, scope: Scope) -> None:
        _, type = self.one(scope.values) if scope.values else (0, REAL)
        if isinstance(type, Array) and type.count > 6:
            type = type.elem
        shape = self.one([(1,), (2,), (3,), (2, 2), (1, 2), (5,)])
        items = [self.pick(scope, type) for _ in range(math.prod(shape))]
        self.have(scope, "pack", items, (shape,))

    def part(self, scope: Scope) -> None:
        array, type = self.array(scope)
        count = self.draw(upto(1, type.count))
        start = self.draw(upto(0, type.count - count))
        shape = self.one(
            [(count,), (1, count), *[(count // 2, 2)] * (count % 2 == 0), *[()] * (count == 1)]
        )
        self.have(scope, "part", [array], (start, shape))

    def joined(self, scope: Scope) -> None:
        array, type = self.array(scope)
        arrays = [(v, t) for v, t in self.arrays(scope) if t.elem == type.elem]
        alike = [*arrays, *[(v, t) for v, t in scope.values if t == type.elem]]
        items = [(array, type), *[self.one(alike) for _ in range(self.draw(upto(0, 2)))]]
        count = sum([scalars_of(t) for _, t in items])
        if count <= LARGEST_ARRAY:
            self.have(scope, "join", [v for v, _ in items], (self.one([(count,), (1, count)]),))
