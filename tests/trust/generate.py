"""Programs nobody wrote by hand: a hypothesis strategy for well-typed IR, and for what such a program is called with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from trust.inputs import booleans, shapes, types, upto, values
from trust.straight import Draw, Scope, Straight
from trust.twists import MUTANT, SPOILS, TWISTS
from trust.vocabulary import OF_ARRAYS

from rose.ir.check import check
from rose.ir.func import Block, Func, callees_first
from rose.ir.primitive import REGISTRY
from rose.ir.types import BOOL, REAL, Array, Index, Ref, Scalar, Type
from rose.ir.work import most_work

MOST_WORK = 3000  # scalars computed by a program, so that the interpreter takes milliseconds
DEEPEST = 3  # blocks in blocks


class FuncMaker(Straight):
    """Draws one Func.

    Args:
        draw: of hypothesis.
        callees: functions that it may call.
        rounded: whether it uses functions whose last bits differ from Python's.
    """

    def __init__(self, draw: Draw, name: str, callees: Sequence[Func], *, rounded: bool) -> None:
        super().__init__(draw, name, rounded=rounded)
        self.callees = callees
        self.budget = draw(upto(1, 30))

    def make(self, params: Sequence[Type], results: Sequence[Type] | None = None) -> Func:
        """A Func from these types to those, or to the types of what it computed last."""
        scope = Scope([])
        for type in params:
            v = self.builder.param(type)
            if isinstance(type, Ref):
                scope.refs.append((v, type.array))
            else:
                scope.values.append((v, type))
        self.instrs(scope)
        if self.callees and not self.chance(4):
            self.call(scope)
        if results is None:
            latest = [v for v, _ in reversed(scope.values)] or [self.const(scope, REAL)]
            latest = latest[: self.draw(upto(1, 5))]
            return self.builder.finish(latest)
        return self.builder.finish([self.pick(scope, type) for type in results])

    def instrs(self, scope: Scope) -> None:
        """A few instructions; what they give is in scope afterwards."""
        opened: list[tuple[int, Array]] = []
        for _ in range(self.draw(upto(0, 12))):
            if self.budget <= 0:
                break
            self.budget -= 1
            self.instr(scope, opened)
        for ref, array in opened:
            scope.refs.remove((ref, array))
            scope.values.append((self.builder.resolve(ref), array))

    def instr(self, scope: Scope, opened: list[tuple[int, Array]]) -> None:
        options: list[Callable[[Scope], object]] = [self.scalar] * 5
        options += [
            self.element,
            self.element,
            self.updated,
            self.packed,
            self.part,
            self.joined,
            self.any_value,
            self.repeated,
        ]
        options += [self.of_array] * bool(OF_ARRAYS)
        options += [self.add] * (2 if scope.refs else 0)
        options += [self.call] * (4 if self.callees else 0)
        if scope.depth < DEEPEST and scope.work < 200:
            options += [self.loop, self.loop, self.cond, self.cond, self.while_loop]
            options += [self.elementwise, self.elementwise, self.by_stored]
            options += [self.not_read]
            options.append(lambda inner: self.open(inner, opened))
        self.one(options)(scope)

    # --- accumulators -------------------------------------------------------------------------------------

    def open(self, scope: Scope, opened: list[tuple[int, Array]]) -> None:
        found = [(v, t) for v, t in self.arrays(scope) if t.elem == REAL]
        again = bool(found) and self.draw(booleans)
        if again:
            start, type = found[-1 - self.draw(upto(0, len(found) - 1))]
            ref = self.builder.accum(type, start)
        else:
            type = Array(REAL, self.draw(shapes))
            ref = self.builder.accum(type)
        opened.append((ref, type))
        scope.refs.append((ref, type))
        self.add(scope)

    def add(self, scope: Scope) -> None:
        ref, type = self.one(scope.refs)
        if self.chance(5):
            self.builder.add(ref, (), self.pick(scope, type))
            return
        at, part = self.position(scope, type)
        self.builder.add(ref, at, self.pick(scope, part))

    # --- calls and regions --------------------------------------------------------------------------------

    def call(self, scope: Scope) -> None:
        callee = self.one(self.callees)
        operands: list[int] = []
        for type in callee.param_types:
            if not isinstance(type, Ref):
                operands.append(self.pick(scope, type))
                continue
            found = [v for v, t in scope.refs if t == type.array and v not in operands]
            if not found:
                return
            operands.append(self.one(found))
        if most_work(callee) * scope.work <= MOST_WORK:
            results = self.builder.call(callee, operands)
            scope.values += zip(results, callee.result_types, strict=True)

    def some(self, scope: Scope, most: int) -> list[int]:
        """Values of any types: what a region carries or gives."""
        count = self.draw(upto(0, most))
        return [self.pick(scope, self.type_here(scope)) for _ in range(count)]

    def type_here(self, scope: Scope) -> Type:
        if scope.values and not self.chance(4):
            found = scope.values[-1 - self.draw(upto(0, min(len(scope.values), 8) - 1))]
            return found[1]
        return self.draw(types)

    def loop(self, scope: Scope) -> None:
        size = self.draw(upto(1, 5))
        inits = self.some(scope, 3)
        carried = [self.builder.types[v] for v in inits]
        with self.builder.block([Index(size), *carried]) as block:
            params = zip(block.params, [Index(size), *carried], strict=True)
            inner = scope.inner(list(params), size)
            self.instrs(inner)
            following = [self.pick(inner, type) for type in carried]
            rows = [v for v in self.some(inner, 2) if self.small(v)]
        closed = block.close([*following, *rows])
        checkpoint = self.draw(upto(0, size)) if self.chance(3) else 0
        reverse = self.draw(booleans)
        results = self.builder.loop(size, inits, closed, reverse=reverse, checkpoint=checkpoint)
        scope.values += [(v, self.builder.types[v]) for v in results]

    def elementwise(self, scope: Scope) -> None:
        """A loop over the rows of arrays, which carries a sum, that it may look at, or nothing."""
        array, type = self.array(scope)
        size = type.shape[0]
        others = [v for v, t in self.arrays(scope) if t.shape[0] == size][-3:]
        inits = [self.pick(scope, REAL)] if self.chance(2) else []
        params: list[Type] = [Index(size), *[REAL for _ in inits]]
        with self.builder.block(params) as block:
            seen = list(zip(block.params, params, strict=True))
            inner = scope.inner(seen[:1] if self.draw(booleans) else seen, size)
            for v in dict.fromkeys([array, *others]):
                self.have(inner, "index", [v, block.params[0]])
            for _ in range(self.draw(upto(1, 5))):
                self.scalar(inner)
            rows = [self.pick(inner, REAL) for _ in range(self.draw(upto(1, 2)))]
            sums = [(self.builder.var(v) + self.builder.var(rows[0])).id for v in block.params[1:]]
        closed = block.close([*sums, *rows])
        results = self.builder.loop(size, inits, closed, reverse=self.draw(booleans))
        scope.values += [(v, self.builder.types[v]) for v in results]

    def by_stored(self, scope: Scope) -> None:
        """A loop that looks up in a row of Bools or indices what each iteration does: often nothing."""
        row = self.stored(scope)
        type = self.builder.types[row]
        assert isinstance(type, Array), "a row is an array"
        size, kind = type.shape[0], type.elem
        inits = self.some(scope, 2)
        carried = [self.builder.types[v] for v in inits]
        with self.builder.block([Index(size), *carried]) as block:
            params = zip(block.params, [Index(size), *carried], strict=True)
            inner = scope.inner(list(params), size)
            which = self.have(inner, "index", [row, block.params[0]])
            branches: list[Block] = []
            for _ in range(kind.size if isinstance(kind, Index) else 2):
                following = block.params[1:]
                with self.builder.block() as branch:
                    if not self.chance(2):
                        deeper = inner.inner()
                        self.instrs(deeper)
                        following = [self.pick(deeper, type) for type in carried]
                branches.append(branch.close(following))
            results = self.builder.cond(which, branches)
        closed = block.close(results)
        results = self.builder.loop(size, inits, closed, reverse=self.draw(booleans))
        scope.values += zip(results, carried, strict=True)

    def stored(self, scope: Scope) -> int:
        """A row of Bools, or of indices, that say what to do."""
        found = [
            (v, t)
            for v, t in self.arrays(scope)
            if t.elem == BOOL or (isinstance(t.elem, Index) and t.elem.size <= 4)
        ]
        if not found or self.chance(3):
            kinds: list[Scalar] = [BOOL, BOOL, Index(1), Index(2), Index(3)]
            kind = self.one(kinds)
            return self.pick(scope, Array(kind, (self.draw(upto(1, 9)),)))
        row, type = self.one(found)
        at = [self.index_below(scope, n) for n in type.shape[:-1]]
        return self.have(scope, "index", [row, *at]) if at else row

    def small(self, v: int) -> bool:
        type = self.builder.types[v]
        return not isinstance(type, Array) or (type.count <= 30 and len(type.shape) < 4)

    def while_loop(self, scope: Scope) -> None:
        """A while loop that ends, as it counts down from a number of its own."""
        steps = self.draw(upto(0, 4))
        inits = [self.builder.const(float(steps), REAL), *self.some(scope, 3)]
        carried = [self.builder.types[v] for v in inits]
        with self.builder.block(carried) as test:
            inner = scope.inner(list(zip(test.params, carried, strict=True)), 4)
            inner.refs = []  # a question changes nothing
            self.instrs(inner)
            zero = self.builder.const(0.0, REAL)
            goes_on = self.builder.apply(REGISTRY["gt"], (test.params[0], zero))
            if self.draw(booleans):
                also = self.pick(inner, BOOL)
                goes_on = self.builder.apply(REGISTRY["and"], (goes_on, also))
        with self.builder.block(carried) as body:
            inner = scope.inner(list(zip(body.params, carried, strict=True)), 4)
            self.instrs(inner)
            left = self.builder.var(body.params[0]) - 1.0
            following = [left.id, *[self.pick(inner, type) for type in carried[1:]]]
        closed = test.close([goes_on]), body.close(following)
        results = self.builder.while_loop(inits, *closed)
        scope.values += [(v, self.builder.types[v]) for v in results]

    def cond(self, scope: Scope) -> None:
        found = [
            (v, t) for v, t in scope.values if t == BOOL or (isinstance(t, Index) and t.size <= 5)
        ]
        if found and not self.chance(4):
            selector, type = found[-1 - self.draw(upto(0, min(len(found), 6) - 1))]
        else:
            type = BOOL
            selector = self.builder.apply(
                REGISTRY["lt"], (self.pick(scope, REAL), self.pick(scope, REAL))
            )
        count = type.size if isinstance(type, Index) else 2
        given = [self.type_here(scope) for _ in range(self.draw(upto(0, 3)))]
        branches: list[Block] = []
        for _ in range(count):
            with self.builder.block() as block:
                inner = scope.inner()
                self.instrs(inner)
                results = [self.pick(inner, t) for t in given]
            branches.append(block.close(results))
        new = self.builder.cond(selector, branches)
        scope.values += zip(new, given, strict=True)

    def not_read(self, scope: Scope) -> None:
        """An array that one side of a cond makes, and that only the same side of a second one reads."""
        type = Array(REAL, self.draw(shapes))
        test = self.pick(scope, BOOL)
        sides: list[Block] = []
        for made in (False, True):
            with self.builder.block() as block:
                inner = scope.inner()
                array = self.pick(inner, type) if made else self.builder.unread(type)
            sides.append(block.close([array]))
        (array,) = self.builder.cond(test, sides)
        at, part = self.position(scope, type)
        readers: list[Block] = []
        for made in (False, True):
            with self.builder.block() as block:
                inner = scope.inner()
                read = self.have(inner, "index", [array, *at]) if made else self.pick(inner, part)
            readers.append(block.close([read]))
        (read,) = self.builder.cond(test, readers)
        scope.values.append((read, self.builder.types[read]))


@dataclass
class Case:
    """A program and what it is called with.

    Attributes:
        func: the program.
        wild: arguments of any kind.
        mild: arguments of moderate size, for derivatives.
        directions: numbers that tangents and cotangents are taken from.
        marks: how functions of these names are fixed; see `rules.py`.
    """

    func: Func
    wild: list[Any]
    mild: list[Any]
    directions: list[float]
    marks: dict[str, str] = field(default_factory=dict[str, str])


def draw_func(draw: Draw, params: Sequence[Type], results: Sequence[Type] | None = None) -> Func:
    """A Func from these types to those, and a few that it calls."""
    rounded = draw(booleans)
    callees: list[Func] = []
    for k in range(draw(upto(1, 3))):
        refs = [Ref(Array(REAL, draw(shapes)))] if draw(upto(0, 2)) == 2 else []
        its_params = [*draw(st.lists(types, max_size=3)), *refs]
        maker = FuncMaker(draw, f"f{k}", callees, rounded=rounded)
        callees = [*callees, maker.make(its_params)]
    return check(FuncMaker(draw, "main", callees, rounded=rounded).make(params, results))


@st.composite
def cases(draw: Draw) -> Case:
    """A program with inputs."""
    params = draw(st.lists(types, min_size=1, max_size=4))
    func = draw_func(draw, params)
    return Case(
        func,
        [draw(values(t)) for t in params],
        [draw(values(t, wild=False)) for t in params],
        draw(st.lists(st.floats(-1, 1).filter(lambda x: abs(x) > 1e-3), min_size=3, max_size=3)),
        draw_marks(draw, func),
    )


def draw_marks(draw: Draw, root: Func) -> dict[str, str]:
    """How functions are fixed, in two thirds of the programs most of them."""
    if draw(upto(0, 2)) == 0:
        return {}
    marks = {func.name: _mark(draw, func) for func in callees_first([root])}
    return {name: mark for name, mark in marks.items() if mark}


def _mark(draw: Draw, func: Func) -> str:
    if any(isinstance(t, Ref) for t in func.param_types) or draw(upto(0, 3)) == 0:
        return ""  # users have no accumulators, and so neither do functions that they fix
    kind = draw(st.sampled_from(["remat", "jvp", "jvp", "vjp", "remat jvp", "remat vjp"]))
    words = [kind, *["direct"] * draw(booleans)]
    if kind != "remat":
        words += draw(st.one_of(st.just([]), _twists, _twists, _spoils, _mutants))
    if "vjp" in kind and "during" in words:
        words.remove("during")  # which has no transpose
    return " ".join(words)


_twists = st.lists(st.sampled_from(sorted(TWISTS)), min_size=1, max_size=2, unique=True)
_spoils = st.sampled_from(sorted(SPOILS)).map(lambda word: [word])
_mutants = st.tuples(upto(0, 200), upto(0, 3), upto(0, 50)).map(
    lambda numbers: [MUTANT + ":".join(map(str, numbers))]
)
