"""Whether a Func is linear in some of its parameters: what a user's derivative rule must be in the tangents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import TypeAlias, assert_never

from rose.ad.activity import Mask
from rose.ir.demand import Demands, complete
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
    While,
)
from rose.ir.types import Ref, is_real


class Kind(Enum):
    """What a value is to the parameters in which a Func is to be linear."""

    ZERO = "0, whatever they are"
    FREE = "the same, whatever they are"
    LINEAR = "linear in them"


Kinds: TypeAlias = tuple[Kind, ...]

# What is linear in all of its operands of Reals together. A product is linear in one of the two, and whatever else has a
# transpose in the first one.
IN_ALL = {"add", "sub", "pack", "join", "select", "update"}


class NotLinearError(Exception):
    """Raised at an instruction that is not linear.

    Attributes:
        func: the Func that has it.
        instr: the instruction.
    """

    def __init__(self, func: Func, instr: Instr) -> None:
        super().__init__(func.name)
        self.func = func
        self.instr = instr


def kinds_of(func: Func, first: int) -> Kinds:
    """What the results of a Func are to its params of Reals from number `first` on.

    Raises:
        NotLinearError: at the first instruction that is not linear in them.
    """
    mask = real_mask(func, first)
    results = len(func.body.results)
    kinds: Kinds = complete(linear_func, func, tuple([_LINEAR if on else _FREE for on in mask]))
    return kinds[:results]


def real_mask(func: Func, first: int) -> Mask:
    """The params of Reals from number `first` on."""
    return tuple([k >= first and is_real(t) for k, t in enumerate(func.param_types)])


def linear_func(func: Func, params: Kinds) -> Demands:
    """The rule for one Func, under the kinds of its params: those of its results, and then of its params again.

    A param that is an accumulator is afterwards what was added into it.
    """
    finding = _Finding(func)
    yield from finding.block(func.body, params)
    return finding.of((*func.body.results, *func.body.params))


_ZERO, _FREE, _LINEAR = Kind.ZERO, Kind.FREE, Kind.LINEAR


class _Finding:
    """Finds the kinds of a Func's values, in the order of its instructions, in loops until nothing changes."""

    def __init__(self, func: Func) -> None:
        self.func = func
        self.kinds: list[Kind] = [_FREE] * len(func.types)

    def of(self, values: Iterable[int]) -> Kinds:
        return tuple([self.kinds[v] for v in values])

    def give(self, values: Sequence[int], kinds: Sequence[Kind]) -> None:
        for v, kind in zip(values, kinds, strict=True):
            self.kinds[v] = kind

    def joined(self, kinds: Iterable[Kind], instr: Instr) -> Kind:
        """What may be each of these, or is their sum. What is linear has no other part, as it would not be 0 at 0."""
        found = {*kinds} - {_ZERO}
        if len(found) > 1:
            raise NotLinearError(self.func, instr)
        return found.pop() if found else _ZERO

    def block(self, block: Block, params: Kinds) -> Demands:
        self.give(block.params, params)
        for instr in block.instrs:
            yield from self.instr(instr)
        return self.of(block.results)

    def instr(self, instr: Instr) -> Demands:
        match instr:
            case Apply():
                self.kinds[instr.results[0]] = self.of_primitive(instr)
            case Accum() | Resolve():
                self.kinds[instr.results[0]] = self.joined(self.of(instr.operands), instr)
            case Add():
                ref, value = instr.operands[0], instr.operands[-1]
                self.kinds[ref] = self.joined(self.of((ref, value)), instr)
            case Call():
                yield from self.call(instr)
            case Loop():
                yield from self.loop(instr)
            case While():
                yield from self.while_loop(instr)
            case Cond():
                yield from self.cond(instr)
            case _:
                assert_never(instr)

    def cond(self, instr: Cond) -> Demands:
        kinds: Kinds = (_ZERO,) * len(instr.results)
        for branch in instr.branches:
            given = yield from self.block(branch, ())
            kinds = self.joined_each((kinds, given), instr)
        self.give(instr.results, kinds)

    def joined_each(self, rows: Iterable[Kinds], instr: Instr) -> Kinds:
        """Per column what may be each of its kinds."""
        return tuple([self.joined(column, instr) for column in zip(*rows, strict=True)])

    def of_primitive(self, instr: Apply) -> Kind:
        name, types = instr.prim.name, self.func.types
        kinds = self.of([v for v in instr.operands if is_real(types[v])])
        if is_real(types[instr.results[0]]):
            if name in ("zeros", "unread") or (name == "const" and _is_zero(instr.attrs[0])):
                return _ZERO
            if name == "mul" and kinds != (_LINEAR, _LINEAR):
                return next((k for k in (_ZERO, _LINEAR) if k in kinds), _FREE)
            if name in IN_ALL:
                return self.joined(kinds, instr)
            if instr.prim.transpose is not None and _LINEAR not in kinds[1:]:
                return kinds[0]
        if _LINEAR in kinds:
            raise NotLinearError(self.func, instr)
        return _FREE

    def call(self, instr: Call) -> Demands:
        params = self.of(instr.operands)
        if instr.func.rule is not None and _LINEAR in params:
            # A function with a rule is known by its rule alone, which does not say that it is linear.
            raise NotLinearError(self.func, instr)
        kinds: Kinds = yield instr.func, params
        self.give(instr.results, kinds[: len(instr.results)])
        for v, kind in zip(instr.operands, kinds[len(instr.results) :], strict=True):
            if isinstance(self.func.types[v], Ref):
                self.kinds[v] = kind

    def loop(self, instr: Loop) -> Demands:
        carried = self.of(instr.operands)
        while True:
            given = yield from self.block(instr.body, (_FREE, *carried))
            after = self.joined_each((carried, given[: instr.carries]), instr)
            if after == carried:
                break
            carried = after
        self.give(instr.results, (*carried, *given[instr.carries :]))

    def while_loop(self, instr: While) -> Demands:
        carried = self.of(instr.operands)
        while True:
            yield from self.block(instr.test, carried)
            given = yield from self.block(instr.body, carried)
            after = self.joined_each((carried, given), instr)
            if after == carried:
                break
            carried = after
        self.give(instr.results, carried)


def _is_zero(value: object) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_zero, value))
    return value == 0
