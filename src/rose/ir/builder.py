"""Building Funcs: a `Builder` appends instructions, a `Var` is a handle on a value that rules compute with."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from rose.errors import NOWHERE, Location
from rose.ir.func import (
    Accum,
    Add,
    Apply,
    Block,
    Call,
    Cond,
    Func,
    Instr,
    Loop,
    Resolve,
    Values,
    While,
)
from rose.ir.primitive import REGISTRY, Primitive
from rose.ir.record import field, record
from rose.ir.types import REAL, Array, Bool, Index, Real, Ref, Type, stacked


@record(frozen=False, eq=False)
class OpenBlock:
    """A block under construction.

    Attributes:
        consts: the constants in it, by value and type.
    """

    params: list[int] = field(default_factory=list)
    instrs: list[Instr] = field(default_factory=list)
    consts: dict[object, int] = field(default_factory=dict)

    def close(self, results: Sequence[int]) -> Block:
        return Block(tuple(self.params), tuple(self.instrs), tuple(results))


class Builder:
    """Builds one Func. `loc` is stamped on every instruction appended.

    Args:
        name: of the Func.
        types: those of the values of another Func, which this one goes on from: instructions of that one may be
            appended as they are, each once.
    """

    def __init__(self, name: str, types: Sequence[Type] = ()) -> None:
        self.name = name
        self.types: list[Type] = list(types)
        self.blocks = [OpenBlock()]
        self.loc: Location = NOWHERE

    def value(self, type: Type) -> int:
        """A new value, not yet defined."""
        value = len(self.types)
        self.types.append(type)
        return value

    def values(self, types: Sequence[Type]) -> Values:
        first = len(self.types)
        self.types += types
        return tuple(range(first, len(self.types)))

    def param(self, type: Type) -> int:
        """Add one parameter to the function."""
        value = self.value(type)
        self.blocks[0].params.append(value)
        return value

    def keep_params(self, values: Values) -> None:
        """Make values of the Func that this one goes on from the next parameters."""
        self.blocks[0].params += values

    def append(self, instr: Instr) -> None:
        self.blocks[-1].instrs.append(instr)

    @contextmanager
    def block(self, param_types: Sequence[Type] = ()) -> Generator[OpenBlock, None, None]:
        """Open a nested block; what is appended meanwhile goes into it."""
        opened = OpenBlock(list(self.values(param_types)))
        with self.reopen(opened):
            yield opened

    @contextmanager
    def reopen(self, opened: OpenBlock) -> Generator[OpenBlock, None, None]:
        """Append to a block again that was left but not closed; `loc` is what it was, after it."""
        self.blocks.append(opened)
        around = self.loc
        try:
            yield opened
        finally:
            self.blocks.pop()
            self.loc = around

    def apply(self, prim: Primitive, operands: Sequence[int], attrs: tuple[Any, ...] = ()) -> int:
        types = self.types
        type = prim.type_rule([types[v] for v in operands], attrs)
        result = len(types)
        types.append(type)
        self.blocks[-1].instrs.append(Apply(prim, tuple(operands), (result,), attrs, self.loc))
        return result

    def call(self, func: Func, operands: Sequence[int]) -> Values:
        results = self.values(func.result_types)
        self.append(Call(func, tuple(operands), results, self.loc))
        return results

    def loop(
        self,
        size: int,
        inits: Sequence[int],
        body: Block,
        *,
        reverse: bool = False,
        checkpoint: int = 0,
        either_way: bool = False,
    ) -> Values:
        """Append a Loop; the types of its results follow from the body's."""
        rows = body.results[len(inits) :]
        finals = self.values([self.types[v] for v in inits])
        stacks = self.values([stacked(size, self.types[v]) for v in rows])
        results = finals + stacks
        marks = (checkpoint, either_way)
        self.append(Loop(size, reverse, tuple(inits), body, results, self.loc, *marks))
        return results

    def while_loop(self, inits: Sequence[int], test: Block, body: Block) -> Values:
        """Append a While."""
        results = self.values([self.types[v] for v in inits])
        self.append(While(tuple(inits), test, body, results, self.loc))
        return results

    def cond(self, selector: int, branches: Sequence[Block]) -> Values:
        results = self.values([self.types[v] for v in branches[0].results])
        self.append(Cond((selector,), tuple(branches), results, self.loc))
        return results

    def accum(self, type: Array, init: int | None = None) -> int:
        ref = self.value(Ref(type))
        self.append(Accum(() if init is None else (init,), (ref,), self.loc))
        return ref

    def add(self, ref: int, indices: Sequence[int], value: int) -> None:
        self.append(Add((ref, *indices, value), (), self.loc))

    def resolve(self, ref: int) -> int:
        type = self.types[ref]
        assert isinstance(type, Ref), "only accumulators are resolved"
        array = self.value(type.array)
        self.append(Resolve((ref,), (array,), self.loc))
        return array

    def finish(self, results: Sequence[int]) -> Func:
        (top,) = self.blocks
        return Func(self.name, tuple(self.types), top.close(results))

    def const(self, value: Any, type: Type) -> int:
        """A constant; there is one in a block of each scalar value and type."""
        known = self.known(value, type)
        if known is None:
            known = self.apply(REGISTRY["const"], (), (value, type))
            if not isinstance(type, Array):
                self.blocks[-1].consts[_const_key(value, type)] = known
        return known

    def known(self, value: Any, type: Type) -> int | None:
        """The constant that the block has already, or None."""
        if isinstance(type, Array):
            return None
        return self.blocks[-1].consts.get(_const_key(value, type))

    def zeros(self, type: Type) -> int:
        """Zero of any type that is not a reference."""
        if isinstance(type, Array):
            return self.apply(REGISTRY["zeros"], (), (type,))
        return self.const(_ZERO[type.__class__], type)

    def unread(self, type: Type) -> int:
        """A value that nobody reads: it costs nothing if it is an array of Reals, and is zero of another type."""
        if isinstance(type, Array) and isinstance(type.elem, Real):
            return self.apply(REGISTRY["unread"], (), (type,))
        return self.zeros(type)

    def var(self, value: int) -> Var:
        return Var(self, value)


_ZERO: dict[type, Any] = {Real: 0.0, Bool: False, Index: 0}


class Var:
    """A value of a Builder with Python's operators, so that rules read like formulas."""

    __slots__ = ("builder", "id")

    def __init__(self, builder: Builder, id: int) -> None:
        self.builder = builder
        self.id = id

    @property
    def type(self) -> Type:
        return self.builder.types[self.id]

    def __add__(self, other: Var | float) -> Var:
        return op("add", self, other)

    def __radd__(self, other: float) -> Var:
        return op("add", other, self)

    def __sub__(self, other: Var | float) -> Var:
        return op("sub", self, other)

    def __rsub__(self, other: float) -> Var:
        return op("sub", other, self)

    def __mul__(self, other: Var | float) -> Var:
        return op("mul", self, other)

    def __rmul__(self, other: float) -> Var:
        return op("mul", other, self)

    def __truediv__(self, other: Var | float) -> Var:
        return op("div", self, other)

    def __rtruediv__(self, other: float) -> Var:
        return op("div", other, self)

    def __neg__(self) -> Var:
        return op("neg", self)


def op(name: str, *operands: Var | float, attrs: tuple[Any, ...] = ()) -> Var:
    """Apply a primitive by name to Vars and Real constants, at least one of them a Var."""
    (builder, *_) = [x.builder for x in operands if isinstance(x, Var)]
    ids = [x.id if isinstance(x, Var) else _real(builder, x) for x in operands]
    return Var(builder, builder.apply(REGISTRY[name], ids, attrs))


def _real(builder: Builder, value: float) -> int:
    return builder.const(float(value), REAL)


def _const_key(value: Any, type: Type) -> object:
    """Equal for equal constants: 0.0 is not -0.0."""
    if isinstance(type, Index):
        return value, type.size
    return value if type is REAL and value else (repr(value), type)
