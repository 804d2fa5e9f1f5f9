"""The IR: functions of typed values in single static assignment, with structured regions.

A `Func` numbers its values 0, 1, 2, …; `types[v]` is the type of value v. Nested blocks see the values of
the blocks around them. Everything here is immutable: a transformation builds a new Func. Functions call each
other by reference, so the call graph is acyclic by construction and a Func is a whole program.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, ClassVar, TypeAlias

from rose.errors import NOWHERE, Location
from rose.ir.primitive import Primitive
from rose.ir.record import field, record, replace
from rose.ir.types import Type

Values: TypeAlias = tuple[int, ...]


@record
class Block:
    """Instructions in order; `params` are set by whoever runs the block, `results` are handed back to it."""

    params: Values
    instrs: tuple[Instr, ...]
    results: Values


@record
class Apply:
    """A primitive applied to values. `attrs` is its static data, in the order of `prim.attrs`."""

    prim: Primitive
    operands: Values
    results: Values
    attrs: tuple[Any, ...] = ()
    loc: Location = field(default=NOWHERE, compare=False)
    blocks: ClassVar[tuple[Block, ...]] = ()

    def rebuilt(self, operands: Values, results: Values, blocks: tuple[Block, ...]) -> Apply:
        return Apply(self.prim, operands, results, self.attrs, self.loc)


@record
class Call:
    """A call; operands and results match the params and results of `func.body`."""

    func: Func
    operands: Values
    results: Values
    loc: Location = field(default=NOWHERE, compare=False)
    blocks: ClassVar[tuple[Block, ...]] = ()

    def rebuilt(self, operands: Values, results: Values, blocks: tuple[Block, ...]) -> Call:
        return Call(self.func, operands, results, self.loc)


@record
class Loop:
    """Run `body` for t = 0 … size-1, or size-1 … 0 if `reverse`.

    With c carried values: the operands are their start, body.params are (t, *carries), body.results are
    (*next carries, *rows), and results are (*final carries, *stacks), where a stack's element t is the row
    of iteration t. A loop that carries nothing has independent iterations: it is a map.

    `checkpoint` is what reverse mode keeps: with k >= 1 the carries of every k-th iteration, so 1 keeps all;
    0 lets `ad/checkpoints.py` choose. It changes no result.

    `either_way` says that the transpose of a loop made it, whose order of additions is free. It lasts from `transpose` to
    `ad/direction.py`, and text does not show it: what a loop of the user's adds up keeps its order, also where it is computed again.
    """

    size: int
    reverse: bool
    operands: Values
    body: Block
    results: Values
    loc: Location = field(default=NOWHERE, compare=False)
    checkpoint: int = 0
    either_way: bool = False

    @property
    def blocks(self) -> tuple[Block, ...]:
        return (self.body,)

    @property
    def carries(self) -> int:
        """How many values it carries."""
        return len(self.operands)

    def rebuilt(self, operands: Values, results: Values, blocks: tuple[Block, ...]) -> Loop:
        (body,) = blocks
        return replace(self, operands=operands, body=body, results=results)


@record
class While:
    """Run `body` for as long as `test` gives true, which is asked before every iteration, the first included.

    The operands are the carried values at the start; the params of both blocks are the carried values; the one
    result of `test` is a Bool, and the results of `body` are the next carried values.
    """

    operands: Values
    test: Block
    body: Block
    results: Values
    loc: Location = field(default=NOWHERE, compare=False)

    @property
    def blocks(self) -> tuple[Block, ...]:
        return (self.test, self.body)

    def rebuilt(self, operands: Values, results: Values, blocks: tuple[Block, ...]) -> While:
        test, body = blocks
        return While(operands, test, body, results, self.loc)


@record
class Cond:
    """Run exactly one of `branches`: number int(selector), the selector being a Bool or an Index."""

    operands: Values
    branches: tuple[Block, ...]
    results: Values
    loc: Location = field(default=NOWHERE, compare=False)

    @property
    def blocks(self) -> tuple[Block, ...]:
        return self.branches

    def rebuilt(self, operands: Values, results: Values, blocks: tuple[Block, ...]) -> Cond:
        return Cond(operands, blocks, results, self.loc)


@record
class Accum:
    """Open an accumulator: an array that starts as the operand, or as zeros, and that `Add` adds into."""

    operands: Values
    results: Values
    loc: Location = field(default=NOWHERE, compare=False)
    blocks: ClassVar[tuple[Block, ...]] = ()

    def rebuilt(self, operands: Values, results: Values, blocks: tuple[Block, ...]) -> Accum:
        return Accum(operands, results, self.loc)


@record
class Add:
    """ref[indices] += value; operands are (ref, *indices, value). The value may be an array."""

    operands: Values
    results: Values = ()
    loc: Location = field(default=NOWHERE, compare=False)
    blocks: ClassVar[tuple[Block, ...]] = ()

    def rebuilt(self, operands: Values, results: Values, blocks: tuple[Block, ...]) -> Add:
        return Add(operands, (), self.loc)


@record
class Resolve:
    """Close an accumulator, in the block that opened it, and give its array."""

    operands: Values
    results: Values
    loc: Location = field(default=NOWHERE, compare=False)
    blocks: ClassVar[tuple[Block, ...]] = ()

    def rebuilt(self, operands: Values, results: Values, blocks: tuple[Block, ...]) -> Resolve:
        return Resolve(operands, results, self.loc)


Instr: TypeAlias = Apply | Call | Loop | While | Cond | Accum | Add | Resolve


@record(frozen=False, eq=False)
class Rule:
    """The derivative of a function as the user gives it.

    `func` is its jvp: a Func that takes the params and a tangent for every param of Reals, and gives the results and a
    tangent for every result of Reals. It may call the function, which has the rule there too; so it is set once the rule
    is traced, and is None until then.
    """

    func: Func | None = None
    memo: dict[Hashable, Any] = field(default_factory=dict, repr=False)


@record(eq=False)
class Func:
    """A function. Compared and hashed by identity; `memo` keeps what transformations made of it.

    `rule` stands for its derivative, if the user gave one.

    With `remat`, reverse mode keeps the arguments of a call and computes the inside again.
    """

    name: str
    types: tuple[Type, ...]
    body: Block
    rule: Rule | None = None
    remat: bool = False
    memo: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @property
    def is_fixed(self) -> bool:
        """Whether it is left as it is, and called, until no more derivatives are taken."""
        return self.rule is not None or self.remat

    @property
    def param_types(self) -> tuple[Type, ...]:
        return tuple(self.types[v] for v in self.body.params)

    @property
    def result_types(self) -> tuple[Type, ...]:
        return tuple(self.types[v] for v in self.body.results)


def exact(attrs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Attrs as a key that tells 0.0 from -0.0, and 1 from 1.0 and True."""
    return tuple([repr(a) if isinstance(a, _TOLD_APART) else a for a in attrs])


_TOLD_APART = (int, float, tuple)


PASSED = (
    "passed"  # in the memo of a Func: the passes over single functions would make no more of it
)


def is_straight(func: Func) -> bool:
    """Whether it is primitives one after the other, and accumulators: no region, and no call."""
    return not any([instr.blocks or instr.__class__ is Call for instr in func.body.instrs])


def instrs_of(block: Block) -> Sequence[Instr]:
    """Every instruction of a block and of the blocks nested in it, outer before inner, in order."""
    if not any([instr.blocks for instr in block.instrs]):
        return block.instrs
    found: list[Instr] = []
    for instr in block.instrs:
        found.append(instr)
        for inner in instr.blocks:
            found += instrs_of(inner)
    return found


def size(func: Func) -> int:
    """Instructions, nested ones included."""
    if "size" not in func.memo:
        func.memo["size"] = len(instrs_of(func.body))
    return func.memo["size"]  # type: ignore[no-any-return]


def called(func: Func) -> list[Func]:
    """The functions of the calls in `func`, in order."""
    if "called" not in func.memo:
        func.memo["called"] = [i.func for i in instrs_of(func.body) if type(i) is Call]
    return func.memo["called"]  # type: ignore[no-any-return]


def callees(func: Func) -> list[Func]:
    """The functions that `func` calls itself, each once, in order of first call."""
    return list(dict.fromkeys(called(func)))


def callees_first(roots: list[Func]) -> list[Func]:
    """All functions of a program, each once, every one after those it calls."""
    order: dict[Func, None] = {}
    stack = [(root, iter(callees(root))) for root in reversed(roots)]
    while stack:
        func, below = stack[-1]
        if func in order:
            stack.pop()
            continue
        callee = next((g for g in below if g not in order), None)
        if callee is None:
            order[func] = None
            stack.pop()
        else:
            stack.append((callee, iter(callees(callee))))
    return list(order)
