"""Lowering of elementwise loops: two iterations at a time, in the two lanes of a v128.

Their iterations are independent, so each lane computes what its iteration would have, to the last bit.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rose.ir.func import Add, Apply, Instr, Loop
from rose.ir.primitive import Opcodes
from rose.ir.types import REAL, Array, Ref
from rose.wasm import arrays
from rose.wasm.code import Address
from rose.wasm.opcodes import OPCODES

if TYPE_CHECKING:
    from rose.wasm.lower import Lowering

LEAST = 8  # iterations
LARGEST = 60  # instructions of a body
LANES, LANE = 2, 8  # how many, and bytes of each


def is_elementwise(s: Lowering, loop: Loop) -> bool:
    """Whether a loop only computes Reals of the elements at its counter, and stores them or adds them there."""
    body = loop.body
    if loop.carries or loop.size < LEAST or len(body.instrs) > LARGEST:
        return False
    counter = body.params[0]
    made = {counter, *[v for instr in body.instrs for v in instr.results]}
    real = all(s.types[v] == REAL for v in body.results)
    return real and all(_is_lanewise(s, instr, counter, made) for instr in body.instrs)


def _is_lanewise(s: Lowering, instr: Instr, counter: int, made: set[int]) -> bool:
    if isinstance(instr, Add):
        ref, *indices, value = instr.operands
        return s.types[value] == REAL and _is_at_counter(s, ref, indices, counter, made)
    if not isinstance(instr, Apply) or s.types[instr.results[0]] != REAL:
        return False
    if instr.prim.name == "index":
        array, *indices = instr.operands
        return _is_at_counter(s, array, indices, counter, made)
    return _opcode(instr) is not None


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


def _opcode(instr: Apply) -> str | None:
    """The instruction on two lanes for a primitive, if there is one."""
    rule = instr.prim.wasm
    if not isinstance(rule, Opcodes) or len(rule.names) != 1 or rule.order is not None:
        return None
    name = str(rule.names[0]).replace("f64.", "f64x2.")
    return name if name.startswith("f64x2.") and name in OPCODES else None


def lower_elementwise(s: Lowering, loop: Loop) -> None:
    """A loop over pairs of elements, and what is left of them."""
    for stack in loop.results:
        s.address[stack] = s.place(stack)
    lanes = _Lanes(s, loop)
    code, count = s.code, loop.size // LANES * LANES
    at = code.take_local("i32")
    code.emit("i32.const", 0)
    code.set(at)
    code.emit("loop", None)
    lanes.lower_body(Address(("local.get", at), 0), whole=True)
    code.get(at)
    code.emit("i32.const", LANES * LANE)
    code.emit("i32.add")
    code.emit("local.tee", at)
    code.emit("i32.const", count * LANE)
    code.emit("i32.lt_u")
    code.emit("br_if", 0)
    code.emit("end")
    code.give_local("i32", at)
    if count < loop.size:
        lanes.lower_body(Address(None, count * LANE), whole=False)
    for local in lanes.splats.values():
        code.give_local("v128", local)


class _Lanes:
    """State of lowering one elementwise loop.

    Attributes:
        rows: per read, or addition, of an element (by id), where its row is.
        splats: Real from outside -> the local that has it in both lanes.
        uses: how often each value is used in the body.
    """

    def __init__(self, s: Lowering, loop: Loop) -> None:
        self.s = s
        self.loop = loop
        self.makers = {instr.results[0]: instr for instr in loop.body.instrs if instr.results}
        self.rows: dict[int, Address] = {}
        self.splats: dict[int, int] = {}
        self.uses: Counter[int] = Counter(loop.body.results)
        for instr in loop.body.instrs:
            self.find_row(instr)
            reals = [v for v in instr.operands if s.types[v] == REAL]
            self.uses.update(reals)
        for v in self.uses:
            if v not in self.makers:
                self.splat(v)

    def find_row(self, instr: Instr) -> None:
        if isinstance(instr, Add):
            array, *before, _, _ = instr.operands
        elif isinstance(instr, Apply) and instr.prim.name == "index":
            array, *before, _ = instr.operands
        else:
            return
        self.rows[id(instr)] = arrays.locate(self.s, array, before)

    def splat(self, v: int) -> None:
        s = self.s
        s.uses[v] -= self.uses[v] - 1  # it is pushed once
        s.push(v)
        s.code.emit("f64x2.splat")
        self.splats[v] = s.code.take_local("v128")
        s.code.set(self.splats[v])

    def lower_body(self, at: Address, *, whole: bool) -> None:
        """Two iterations, or the last one if it is left alone; `at` is the place of their elements in a row."""
        code, loop = self.s.code, self.loop
        local: dict[int, int] = {}
        waiting: dict[int, Apply] = {}
        load = "v128.load" if whole else "v128.load64_zero"
        store = "v128.store" if whole else "v128.store64_lane"

        def push(v: int) -> None:
            if v in waiting:
                compute(waiting[v])
            else:
                code.get(self.splats[v] if v in self.splats else local[v])

        def compute(instr: Apply) -> None:
            if instr.prim.name == "index":
                code.emit(load, arrays.push_sum(self.s, self.rows[id(instr)], at))
                return
            for v in instr.operands:
                push(v)
            code.emit(str(_opcode(instr)))

        for instr in loop.body.instrs:
            if isinstance(instr, Add):
                to = arrays.push_sum(self.s, self.rows[id(instr)], at)
                code.emit(load, arrays.push_sum(self.s, self.rows[id(instr)], at))
                push(instr.operands[-1])
                code.emit("f64x2.add")
                code.emit(store, to)
                continue
            assert isinstance(instr, Apply), "an elementwise loop has nothing else"
            (v,) = instr.results
            if self.uses[v] == 1:
                waiting[v] = instr
                continue
            compute(instr)
            local[v] = code.take_local("v128")
            code.set(local[v])
        for stack, row in zip(loop.results, loop.body.results, strict=True):
            to = arrays.push_sum(self.s, self.s.address[stack], at)
            push(row)
            code.emit(store, to)
        for each in local.values():
            code.give_local("v128", each)
