"""Programs nobody wrote by hand: a hypothesis strategy for well-typed IR, and for what such a program is called with.

Primitives come from the registry: those of scalars are drawn by the types that their own rules accept, and
`STRUCTURAL` has a method for each of the others. `test_generated.py` holds that none is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any

from hypothesis import strategies as st

from rose.ad.jvp import jvp
from rose.ir.builder import Builder
from rose.ir.check import check
from rose.ir.func import Func
from rose.ir.host import Host
from rose.ir.primitive import REGISTRY, MathCall, Primitive
from rose.ir.types import BOOL, REAL, Array, Bool, Index, Real, Ref, Scalar, Type
from rose.ir.work import most_work

Draw = Callable[[st.SearchStrategy[Any]], Any]

MOST_WORK = 3000  # scalars computed by a program, so that the interpreter takes milliseconds
LARGEST_INDEX = 1000  # sizes of indices that arithmetic makes
DEEPEST = 3  # blocks in blocks

SPECIAL = [
    *[0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 10.0, math.pi, -math.pi / 2, 1e-9],
    *[math.inf, -math.inf, math.nan, 5e-324, -5e-324, 2.0**-1022, 1.7976931348623157e308],
    *[1e16, -(2.0**31), 2.0**52 + 0.5, 709.8, -745.2, 1 + 2.0**-52, 0.1],
]

# --- functions of the host --------------------------------------------------------------------------------


def _host_body(count: int) -> Func:
    """x0 · x1 + … of so many Reals: what Python and JavaScript compute alike."""
    builder = Builder(f"host{count}.body")
    xs = [builder.var(builder.param(REAL)) for _ in range(count)]
    total = xs[0] * 0.5
    for x in xs:
        total = total * x + 0.25
    return builder.finish([total.id])


def _host_call(*args: float) -> float:
    total = args[0] * 0.5
    for x in args:
        total = total * x + 0.25
    return total


HOSTS = {
    count: Host(
        f"host{count}",
        f"trust.host{count}",
        count,
        _host_call,
        jvp(_host_body(count), (True,) * count).func,
    )
    for count in (1, 2, 3)
}

# --- primitives --------------------------------------------------------------------------------

KINDS: tuple[Scalar, ...] = (REAL, BOOL, Index(3))


def _scalar_operands(prim: Primitive) -> list[tuple[Scalar, ...]]:
    """The scalars that a primitive takes, by its own type rule; indices stand for those of any size."""
    attrs = tuple([7 for _ in prim.attrs])
    found = []
    for count in (1, 2, 3):
        for types in product(KINDS, repeat=count):
            try:
                prim.type_rule(types, attrs)
            except (ValueError, TypeError):
                continue
            found.append(types)
    return found


SCALAR = {
    name: found
    for name, prim in REGISTRY.items()
    if name != "pack" and (found := _scalar_operands(prim))
}
STRUCTURAL = ("const", "zeros", "unread", "index", "update", "pack")


def _takes(prim: Primitive, elem: Scalar) -> bool:
    """Whether a primitive takes one array, of any shape, of such scalars."""
    try:
        prim.type_rule([Array(elem, (2, 3))], ())
    except (ValueError, TypeError):
        return False
    return not prim.attrs


OF_ARRAYS = {
    name: found
    for name, prim in REGISTRY.items()
    if name not in STRUCTURAL and (found := [kind for kind in KINDS if _takes(prim, kind)])  # type: ignore[misc]
}
EXACT = ("fmod", "mod", "floor_divide", "copysign")  # math functions whose results are exact


def is_exact(prim: Primitive) -> bool:
    """Whether every host gives it the same bits by the standard of floating-point numbers."""
    return not isinstance(prim.wasm, MathCall) or prim.name in EXACT


PLAIN = [name for name in SCALAR if is_exact(REGISTRY[name])]
ROUNDED = [name for name in SCALAR if not is_exact(REGISTRY[name])]


@lru_cache(maxsize=1000)
def upto(low: int, high: int) -> st.SearchStrategy[int]:
    """Integers from low to high. Strategies are slow to make, so each is made once."""
    return st.integers(low, high)


# --- types and inputs -------------------------------------------------------------------------------------

shapes = st.one_of(
    st.tuples(st.integers(1, 4)),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.integers(5, 20)),
    st.tuples(st.integers(1, 2), st.integers(4, 9)),
    st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(1, 3)),
)
scalar_types: st.SearchStrategy[Scalar] = st.one_of(
    st.just(REAL), st.just(REAL), st.just(BOOL), st.builds(Index, st.integers(1, 5))
)
array_types = st.builds(Array, st.one_of(st.just(REAL), scalar_types), shapes)
types: st.SearchStrategy[Type] = st.one_of(
    st.just(REAL), st.just(REAL), scalar_types, array_types, array_types
)
wild_reals = st.one_of(
    st.sampled_from(SPECIAL), st.floats(-4, 4), st.floats(), st.floats(-100, 100)
)
mild_reals = st.floats(-2, 2)
booleans = st.booleans()


@lru_cache(maxsize=1000)
def values(type: Type, *, wild: bool = True) -> st.SearchStrategy[Any]:
    """Python values of a type, as the interpreter takes them; wild Reals are any, the others of moderate size."""
    match type:
        case Real():
            return wild_reals if wild else mild_reals
        case Bool():
            return booleans
        case Index(size):
            return st.integers(0, size - 1)
        case Array(_, shape):
            elems = values(type.at(1), wild=wild)
            return st.lists(elems, min_size=shape[0], max_size=shape[0])
        case _:
            raise AssertionError("references are no inputs")


# --- programs ---------------------------------------------------------------------------------------------


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
    refs: list[tuple[int, Array]] = field(default_factory=list)
    depth: int = 0
    work: int = 1

    def inner(self, more: Sequence[tuple[int, Type]] = (), times: int = 1) -> Scope:
        return Scope([*self.values, *more], list(self.refs), self.depth + 1, self.work * times)


class FuncMaker:
    """Draws one Func.

    Args:
        draw: of hypothesis.
        callees: functions that it may call.
        rounded: whether it uses functions whose last bits differ from Python's.
    """

    def __init__(self, draw: Draw, name: str, callees: Sequence[Func], *, rounded: bool) -> None:
        self.draw = draw
        self.builder = Builder(name)
        self.callees = callees
        self.rounded = rounded
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
        if results is None:
            latest = [v for v, _ in reversed(scope.values)] or [self.const(scope, REAL)]
            latest = latest[: self.draw(upto(1, 5))]
            return self.builder.finish(latest)
        return self.builder.finish([self.pick(scope, type) for type in results])

    # --- values -------------------------------------------------------------------------------------------

    def one(self, options: Sequence[Any]) -> Any:
        return options[self.draw(upto(0, len(options) - 1))]

    def chance(self, one_in: int) -> bool:
        return self.draw(upto(0, one_in - 1)) == one_in - 1  # type: ignore[no-any-return]

    def pick(self, scope: Scope, type: Type) -> int:
        """A value of a type: one in scope, or a new one."""
        found = [v for v, t in scope.values if t == type]
        if found:
            return found[-1 - self.draw(upto(0, min(len(found), 12) - 1))]  # type: ignore[no-any-return]
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
            return found[-1 - self.draw(upto(0, min(len(found), 6) - 1))]  # type: ignore[no-any-return]
        return self.const(scope, Index(size))

    # --- instructions -------------------------------------------------------------------------------------

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
        options += [self.element, self.element, self.updated, self.packed, self.any_value]
        options += [self.of_array] * bool(OF_ARRAYS)
        options += [self.add] * (2 if scope.refs else 0)
        options += [self.call] * (2 if self.callees else 0)
        if scope.depth < DEEPEST and scope.work < 200:
            options += [self.loop, self.loop, self.cond, self.cond, self.while_loop]
            options += [self.elementwise] * 2
            options += [self.not_read]
            options.append(lambda inner: self.open(inner, opened))
        self.one(options)(scope)

    def any_value(self, scope: Scope) -> None:
        self.fresh(scope, self.draw(types))

    def scalar(self, scope: Scope) -> None:
        """A primitive of scalars."""
        kind = PLAIN if not self.rounded or self.draw(booleans) else ROUNDED
        name = self.one(kind)
        prim = REGISTRY[name]
        operands = []
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
        return found[-1 - self.draw(upto(0, min(len(found), 8) - 1))]  # type: ignore[no-any-return]

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

    def packed(self, scope: Scope) -> None:
        _, type = self.one(scope.values) if scope.values else (0, REAL)
        if isinstance(type, Array) and type.count > 6:
            type = type.elem
        shape = self.one([(1,), (2,), (3,), (2, 2), (1, 2), (5,)])
        items = [self.pick(scope, type) for _ in range(math.prod(shape))]
        self.have(scope, "pack", items, (shape,))

    # --- accumulators -------------------------------------------------------------------------------------

    def open(self, scope: Scope, opened: list[tuple[int, Array]]) -> None:
        found = [(v, t) for v, t in self.arrays(scope) if t.elem == REAL]
        if found and self.draw(booleans):
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
        operands = []
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
            return found[1]  # type: ignore[no-any-return]
        return self.draw(types)  # type: ignore[no-any-return]

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
        """A loop over the rows of arrays, which carries a sum or nothing."""
        array, type = self.array(scope)
        size = type.shape[0]
        others = [v for v, t in self.arrays(scope) if t.shape[0] == size][-3:]
        inits = [self.pick(scope, REAL)] if self.chance(3) else []
        params: list[Type] = [Index(size), *[REAL for _ in inits]]
        with self.builder.block(params) as block:
            inner = scope.inner(list(zip(block.params, params, strict=True)), size)
            for v in dict.fromkeys([array, *others]):
                self.have(inner, "index", [v, block.params[0]])
            for _ in range(self.draw(upto(1, 5))):
                self.scalar(inner)
            rows = [self.pick(inner, REAL) for _ in range(self.draw(upto(1, 2)))]
            sums = [(self.builder.var(v) + self.builder.var(rows[0])).id for v in block.params[1:]]
        closed = block.close([*sums, *rows])
        results = self.builder.loop(size, inits, closed, reverse=self.chance(4))
        scope.values += [(v, self.builder.types[v]) for v in results]

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
        branches = []
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
        sides = []
        for made in (False, True):
            with self.builder.block() as block:
                inner = scope.inner()
                array = self.pick(inner, type) if made else self.builder.unread(type)
            sides.append(block.close([array]))
        (array,) = self.builder.cond(test, sides)
        at, part = self.position(scope, type)
        readers = []
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
    """

    func: Func
    wild: list[Any]
    mild: list[Any]
    directions: list[float]


def draw_func(draw: Draw, params: Sequence[Type], results: Sequence[Type] | None = None) -> Func:
    """A Func from these types to those, and a few that it calls."""
    rounded = draw(booleans)
    callees: list[Func] = []
    for k in range(draw(upto(0, 3))):
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
    )
