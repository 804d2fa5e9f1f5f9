"""Which loops run two iterations at a time, in the two lanes of a v128, and what their instructions are on two lanes.

What two iterations compute of the elements at their counters is independent, so each lane computes what its iteration would
have, to the last bit; a Bool is a mask, all bits of a lane. What they carry, such as a sum, is computed one iteration after the
other, from the two lanes. `pairs.py` writes such loops.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rose.ir.func import Add, Apply, Instr, Loop
from rose.ir.primitive import Inline, Opcodes
from rose.ir.types import BOOL, REAL, Array, Ref
from rose.wasm.module import Op
from rose.wasm.opcodes import OPCODES

if TYPE_CHECKING:
    from rose.wasm.lower import Lowering

LEAST = 8  # iterations
LARGEST = 60  # instructions of a body

# Instruction on Reals and Bools -> that on two of them, in which Bools are masks.
ON_LANES = {
    "f64.const": "f64.const",  # which is put into both
    "select": "v128.bitselect",
    "i32.and": "v128.and",
    "i32.or": "v128.or",
    "i32.xor": "v128.xor",
    "i32.eqz": "v128.not",
    **{
        name.replace("f64x2.", "f64."): name
        for name in OPCODES
        if name.startswith("f64x2.") and name.replace("f64x2.", "f64.") in OPCODES
    },
}


def is_elementwise(s: Lowering, loop: Loop) -> bool:
    """Whether a loop only computes Reals of the elements at its counter, and stores, adds, or carries on what comes of them."""
    body, count = loop.body, loop.carries
    if loop.size < LEAST or len(body.instrs) > LARGEST or (count and loop.reverse):
        return False
    made = {*body.params, *[v for instr in body.instrs for v in instr.results]}
    serial = serial_instrs(loop)
    by_lane = [instr for instr in body.instrs if id(instr) not in serial]
    values = {v for instr in serial.values() for v in instr.results}
    return (
        all(s.types[v] == REAL for v in body.results)
        and values.issuperset(body.results[:count])
        and values.union(body.params).isdisjoint(body.results[count:])
        and len(serial) < len(by_lane)
        and all(_is_lanewise(s, instr, body.params[0], made) for instr in by_lane)
        and all(_is_scalar(s, instr) for instr in serial.values())
    )


def serial_instrs(loop: Loop) -> dict[int, Instr]:
    """The instructions (by id) that use what the loop carries, or what such instructions give."""
    values, found = {*loop.body.params[1:]}, dict[int, Instr]()
    for instr in loop.body.instrs:
        if not values.isdisjoint(instr.operands):
            values.update(instr.results)
            found[id(instr)] = instr
    return found


def _is_scalar(s: Lowering, instr: Instr) -> bool:
    """Whether it takes nothing but Reals and gives one, in few instructions."""
    return (
        isinstance(instr, Apply)
        and isinstance(instr.prim.wasm, Opcodes)
        and _has_lanes(instr)
        and all(s.types[v] == REAL for v in (*instr.operands, *instr.results))
    )


def _is_lanewise(s: Lowering, instr: Instr, counter: int, made: set[int]) -> bool:
    if isinstance(instr, Add):
        ref, *indices, value = instr.operands
        return s.types[value] == REAL and _is_at_counter(s, ref, indices, counter, made)
    if not isinstance(instr, Apply) or s.types[instr.results[0]] not in (REAL, BOOL):
        return False
    if instr.prim.name == "index":
        array, *indices = instr.operands
        real = s.types[instr.results[0]] == REAL
        return real and _is_at_counter(s, array, indices, counter, made)
    masks = all(v in made for v in instr.operands if s.types[v] == BOOL)
    return masks and _has_lanes(instr)


def _has_lanes(instr: Apply) -> bool:
    """Whether all that computes a primitive can be done on two lanes."""
    steps = _steps(instr)
    return bool(steps) and all(isinstance(step, int) or step[0] in ON_LANES for step in steps)


def steps_on_lanes(instr: Apply) -> list[int | Op]:
    """Operands to push, and instructions on two lanes of each; what an `f64.const` pushes is to be put into both."""
    return [
        instr.operands[step] if isinstance(step, int) else (ON_LANES[str(step[0])], *step[1:])
        for step in _steps(instr)
    ]


def _steps(instr: Apply) -> Sequence[int | Op]:
    """Numbers of operands to push, and instructions; nothing if it is more than that."""
    rule = instr.prim.wasm
    if isinstance(rule, Inline):
        return rule.steps
    if not isinstance(rule, Opcodes) or rule.push_attr:
        return ()
    return (*(rule.order or range(len(instr.operands))), *rule.ops)


def _is_at_counter(
    s: Lowering, array: int, indices: list[int], counter: int, made: set[int]
) -> bool:
    """Whether indices say an element of a row of Reals, by the counter, of an array from outside."""
    type = s.types[array]
    whole = type.array if isinstance(type, Ref) else type
    assert isinstance(whole, Array), "only arrays are indexed"
    if array in made or not indices or len(indices) != len(whole.shape):
        return False
    return indices[-1] == counter and made.isdisjoint(indices[:-1])
