"""fold: constants are computed, and operations that change nothing are gone; a part of `simplify`.

Only what is exact in IEEE arithmetic is done: x·1 is x, but x+0 is not (for x = -0), and 0·x is not 0 (for inf).
Transcendental functions are left to the module, so that they have its bits.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from math import prod
from typing import Any

from rose.ir.func import Apply, Func
from rose.ir.primitive import REGISTRY, Inline, Opcodes, Primitive
from rose.ir.types import Array, Bool, Index, Real, Scalar, scalars_of

MANY = 5  # constants that are worth an array of them


class Folding:
    """What is known of the values of a Func while its primitives are rewritten from first to last.

    Attributes:
        made: value -> the instruction that made it, if its primitive is one that rules look for.
        constants: constant scalar -> what it is.
    """

    def __init__(self, func: Func) -> None:
        self.types = func.types
        self.made: dict[int, Apply] = {}
        self.constants: dict[int, Any] = {}
        self._starts: dict[int, Sequence[int]] = {}

    def rewrite(self, instr: Apply) -> int | Apply | None:
        """The operand that an instruction equals, or one that is better, or None."""
        operands, name = instr.operands, instr.prim.name
        new: int | Apply | None = None
        # Most operands come from what no rule asks for.
        if not self.made.keys().isdisjoint(operands) or name in _OF_ALL:
            if operands[0] in self.constants and _is_exact(instr.prim):
                new = self.computed(instr)
            rule = _RULES.get(name)
            if rule is not None and new is None:
                new = rule(self, instr)
        if isinstance(new, int):
            return new
        now = new or instr
        name = now.prim.name
        if name in _LOOKED_FOR:
            v = now.results[0]
            is_array = isinstance(self.types[v], Array)
            if is_array or name != "index":  # rows are asked for, elements not
                self.made[v] = now
            if name == "const" and not is_array:
                self.constants[v] = now.attrs[0]
        return new

    def computed(self, instr: Apply) -> Apply | None:
        """The constant that an instruction makes of constants, if it is so."""
        known = [self.constants.get(v) for v in instr.operands]
        if None in known:
            return None
        return self.const(instr, instr.prim.evaluate(*known, *instr.attrs))

    def const(self, instr: Apply, value: Any) -> Apply:
        type = self.types[instr.results[0]]
        return Apply(REGISTRY["const"], (), instr.results, (value, type), instr.loc)

    def constant(self, v: int) -> Any:
        """The value of a constant scalar, or None."""
        return self.constants.get(v)

    def maker(self, v: int, name: str) -> Apply | None:
        """The instruction that made a value, if it is this primitive."""
        made = self.made.get(v)
        return made if made is not None and made.prim.name == name else None

    def starts(self, filled: Apply) -> Sequence[int]:
        """The number of the first scalar of each value that an array is put together from."""
        (v,) = filled.results
        if v not in self._starts:
            counts = [scalars_of(self.types[u]) for u in filled.operands]
            self._starts[v] = [*accumulate(counts[:-1], initial=0)]
        return self._starts[v]

    def replace(
        self, instr: Apply, name: str, *operands: int, attrs: tuple[Any, ...] = ()
    ) -> Apply:
        return Apply(REGISTRY[name], operands, instr.results, attrs, instr.loc)


Rule = Callable[[Folding, Apply], "int | Apply | None"]


def _is_exact(prim: Primitive) -> bool:
    """Whether Python computes it as the module does."""
    return isinstance(prim.wasm, Opcodes | Inline) and not prim.calls_math


def _is(value: Any, number: float) -> bool:
    """Whether a constant is this number, the sign of zero included."""
    return (
        isinstance(value, float)
        and value == number
        and math.copysign(1, value) == math.copysign(1, number)
    )


def _add(f: Folding, instr: Apply) -> int | Apply | None:
    a, b = instr.operands
    if _is(f.constant(b), -0.0):
        return a
    if _is(f.constant(a), -0.0):
        return b
    negated = f.maker(b, "neg")
    if negated:
        return f.replace(instr, "sub", a, negated.operands[0])
    negated = f.maker(a, "neg")
    return f.replace(instr, "sub", b, negated.operands[0]) if negated else None


def _sub(f: Folding, instr: Apply) -> int | Apply | None:
    a, b = instr.operands
    if _is(f.constant(b), 0.0):
        return a
    if _is(f.constant(a), -0.0):
        return f.replace(instr, "neg", b)
    negated = f.maker(b, "neg")
    return f.replace(instr, "add", a, negated.operands[0]) if negated else None


def _mul(f: Folding, instr: Apply) -> int | Apply | None:
    a, b = instr.operands
    if _is(f.constant(b), 1.0):
        return a
    if _is(f.constant(a), 1.0):
        return b
    if _is(f.constant(b), -1.0):
        return f.replace(instr, "neg", a)
    return f.replace(instr, "neg", b) if _is(f.constant(a), -1.0) else None


def _div(f: Folding, instr: Apply) -> int | Apply | None:
    a, b = instr.operands
    return a if _is(f.constant(b), 1.0) else None


def _twice(name: str) -> Rule:
    def rule(f: Folding, instr: Apply) -> int | Apply | None:
        inner = f.maker(instr.operands[0], name)
        return inner.operands[0] if inner else None

    return rule


def _select(f: Folding, instr: Apply) -> int | Apply | None:
    condition, a, b = instr.operands
    if a == b:
        return a
    known = f.constant(condition)
    return None if known is None else (a if known else b)


# The makers of operands that some rule asks for.
_LOOKED_FOR = frozenset({"const", "neg", "not", "index", "part", "zeros", "pack", "join"})
_ZEROS: dict[type, Any] = {Real: 0.0, Bool: False, Index: 0}


def _index(f: Folding, instr: Apply) -> int | Apply | None:
    array, *indices = instr.operands
    row = f.maker(array, "index")
    if row:
        return f.replace(instr, "index", *row.operands, *indices)
    if f.maker(array, "zeros") and isinstance(f.types[instr.results[0]], Scalar):
        return f.const(instr, _ZEROS[f.types[instr.results[0]].__class__])
    at = [f.constant(i) for i in indices]
    pack = f.maker(array, "pack")
    if pack:
        return _index_pack(f, instr, pack, at)
    const = f.maker(array, "const")
    type = f.types[array]
    if const and isinstance(type, Array) and len(at) == len(type.shape) and None not in at:
        return f.const(instr, const.attrs[0][_flat(at, type.shape)])
    return None


def _index_pack(f: Folding, instr: Apply, pack: Apply, at: list[Any]) -> int | Apply | None:
    """What was put there; an element of it, if there are more indices, which need not be constant."""
    (shape,) = pack.attrs
    place, rest = at[: len(shape)], instr.operands[1 + len(shape) :]
    if len(place) < len(shape) or None in place:
        return None
    item = pack.operands[_flat(place, shape)]
    return f.replace(instr, "index", item, *rest) if rest else item


def _pack(f: Folding, instr: Apply) -> Apply | None:
    """Many constants are one: its bytes are a part of the module, where instructions that store them would take twice as many."""
    if len(instr.operands) < MANY:
        return None
    values = [f.constants.get(v) for v in instr.operands]
    return None if None in values else f.const(instr, tuple(values))


def _part(f: Folding, instr: Apply) -> int | Apply | None:
    """Of an array as it is, of zeros or other constants, of a part, or of one of the values that were put together."""
    (array,), (start, shape) = instr.operands, instr.attrs
    whole = f.types[array]
    if isinstance(whole, Array) and whole.shape == shape:
        return array
    type = f.types[instr.results[0]]
    if f.maker(array, "zeros"):
        is_array = isinstance(type, Array)
        zeros = f.replace(instr, "zeros", attrs=(type,))
        return zeros if is_array else f.const(instr, _ZEROS[type.__class__])
    if (const := f.maker(array, "const")) and not isinstance(type, Array):
        return f.const(instr, const.attrs[0][start])
    if around := f.maker(array, "part"):
        new = f.replace(instr, "part", *around.operands, attrs=(around.attrs[0] + start, shape))
        known = _part(f, new)
        return new if known is None else known
    if filled := f.maker(array, "join") or f.maker(array, "pack"):
        return _part_of_filled(f, instr, filled)
    return None


def _part_of_filled(f: Folding, instr: Apply, filled: Apply) -> int | Apply | None:
    """Of one of the values that an array was put together from."""
    start, shape = instr.attrs
    starts = f.starts(filled)
    k = bisect_right(starts, start) - 1
    v, start = filled.operands[k], start - starts[k]
    type = f.types[v]
    if start + prod(shape) > scalars_of(type):
        return None
    if not isinstance(type, Array):
        return f.replace(instr, "pack", v, attrs=(shape,)) if shape else v
    return v if type.shape == shape else f.replace(instr, "part", v, attrs=(start, shape))


def _flat(at: list[int], shape: tuple[int, ...]) -> int:
    """The row-major position."""
    position = 0
    for i, size in zip(at, shape, strict=True):
        position = position * size + i
    return position


_RULES: dict[str, Rule] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "neg": _twice("neg"),
    "not": _twice("not"),
    "select": _select,
    "index": _index,
    "pack": _pack,
    "part": _part,
}
_OF_ALL = frozenset(
    {"select", "part", "join"}
)  # whose rules ask for more than what made an operand
