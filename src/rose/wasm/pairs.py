"""Lowering of elementwise loops (`lanes.py`): two iterations at a time."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rose.ir.func import Add, Apply, Instr, Loop, exact
from rose.ir.primitive import Opcodes
from rose.wasm import arrays
from rose.wasm.code import Address
from rose.wasm.lanes import serial_instrs, steps_on_lanes

if TYPE_CHECKING:
    from rose.wasm.lower import Lowering

LANES, LANE = 2, 8  # how many, and bytes of each


def lower_elementwise(s: Lowering, loop: Loop) -> None:
    """A loop over pairs of elements, and what is left of them."""
    for stack in loop.results[loop.carries :]:
        s.address[stack] = s.place(stack)
    pairs = _Pairs(s, loop)
    code, count = s.code, loop.size // LANES * LANES
    at = code.take_local("i32")
    code.emit("i32.const", 0)
    code.set(at)
    code.emit("loop", None)
    _Body(pairs, Address(("local.get", at), 0), whole=True).lower()
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
        _Body(pairs, Address(None, count * LANE), whole=False).lower()
    pairs.end()


class _Pairs:
    """What is there before the first iteration, and all the time.

    Attributes:
        by_lane: the instructions of the body that lanes do each for itself.
        serial: value that depends on what is carried -> its instruction.
        carried: param of the body -> its local.
        rows: per read, or addition, of an element (by id), where its row is.
        splats: Real from outside -> the local that has it in both lanes.
        constants: constant that a step pushes, by its bits -> the same.
        uses: how often each value is pushed.
        kept: what lanes are taken from, one after the other.
    """

    def __init__(self, s: Lowering, loop: Loop) -> None:
        self.s = s
        self.loop = loop
        serial = serial_instrs(loop)
        self.by_lane = [i for i in loop.body.instrs if id(i) not in serial]
        self.serial = {i.results[0]: i for i in serial.values() if isinstance(i, Apply)}
        self.carried = dict(zip(loop.body.params[1:], map(self.start, loop.operands), strict=True))
        self.rows: dict[int, Address] = {}
        self.splats: dict[int, int] = {}
        self.constants: dict[object, int] = {}
        self.uses: Counter[int] = Counter(loop.body.results)
        for instr in loop.body.instrs:
            self.prepare(instr)
        self.kept = {v for instr in self.serial.values() for v in instr.operands}
        made = {v for instr in loop.body.instrs for v in instr.results}
        for v in self.uses:
            if v not in made and v not in self.carried:
                self.splat(v)

    def start(self, v: int) -> int:
        """A local for what is carried, set to its start."""
        local = self.s.code.take_local("f64")
        self.s.push(v)
        self.s.code.set(local)
        return local

    def prepare(self, instr: Instr) -> None:
        """Count what is pushed, find the rows that are read or added to, and put constants into locals."""
        if isinstance(instr, Add):
            array, *before, _, value = instr.operands
            self.uses[value] += 1
            self.rows[id(instr)] = arrays.locate(self.s, array, before)
        elif isinstance(instr, Apply) and instr.prim.name == "index":
            array, *before, _ = instr.operands
            self.rows[id(instr)] = arrays.locate(self.s, array, before)
        elif isinstance(instr, Apply):
            for step in steps_on_lanes(instr):
                if isinstance(step, int):
                    self.uses[step] += 1
                elif step[0] == "f64.const" and exact(step) not in self.constants:
                    self.s.code.emit(*step)
                    self.constants[exact(step)] = self.splatted()

    def splat(self, v: int) -> None:
        s = self.s
        s.uses[v] -= self.uses[v] - 1  # it is pushed once
        s.push(v)
        self.splats[v] = self.splatted()

    def splatted(self) -> int:
        """A local that has what is on the stack in both lanes."""
        code = self.s.code
        code.emit("f64x2.splat")
        local = code.take_local("v128")
        code.set(local)
        return local

    def end(self) -> None:
        """Give what was carried, and free the locals."""
        s = self.s
        for local in (*self.splats.values(), *self.constants.values()):
            s.code.give_local("v128", local)
        for result, local in zip(self.loop.results, self.carried.values(), strict=False):
            s.bind(result, local)
            if s.uses[result] == 0:
                s.release(result, local)


class _Body:
    """Two iterations, or the last one if it is left alone.

    Attributes:
        at: the place of their elements in a row.
        local: value -> the local with its lanes.
        waiting: value -> the instruction that computes it where it is used.
    """

    def __init__(self, pairs: _Pairs, at: Address, *, whole: bool) -> None:
        self.pairs = pairs
        self.s = pairs.s
        self.code = pairs.s.code
        self.at = at
        self.lanes = LANES if whole else 1
        self.load = "v128.load" if whole else "v128.load64_zero"
        self.store = "v128.store" if whole else "v128.store64_lane"
        self.local = dict(pairs.splats)
        self.waiting: dict[int, Apply] = {}

    def lower(self) -> None:
        pairs, code, loop = self.pairs, self.code, self.pairs.loop
        for instr in pairs.by_lane:
            if isinstance(instr, Add):
                self.add(instr)
                continue
            assert isinstance(instr, Apply), "an elementwise loop has nothing else"
            (v,) = instr.results
            if pairs.uses[v] == 1 and v not in pairs.kept:
                self.waiting[v] = instr
                continue
            self.compute(instr)
            self.local[v] = code.take_local("v128")
            code.set(self.local[v])
        rows = loop.body.results[loop.carries :]
        for stack, row in zip(loop.results[loop.carries :], rows, strict=True):
            to = arrays.push_sum(self.s, self.s.address[stack], self.at)
            self.push(row)
            code.emit(self.store, to)
        for lane in range(self.lanes):
            self.carry_on(lane)
        for v in self.local.keys() - pairs.splats.keys():
            code.give_local("v128", self.local[v])

    def push(self, v: int) -> None:
        if v in self.waiting:
            self.compute(self.waiting[v])
        else:
            self.code.get(self.local[v])

    def compute(self, instr: Apply) -> None:
        if instr.prim.name == "index":
            self.code.emit(self.load, self.push_place(instr))
            return
        for step in steps_on_lanes(instr):
            if isinstance(step, int):
                self.push(step)
            elif step[0] == "f64.const":
                self.code.get(self.pairs.constants[exact(step)])
            else:
                self.code.emit(*step)

    def add(self, instr: Add) -> None:
        to = self.push_place(instr)
        self.code.emit(self.load, self.push_place(instr))
        self.push(instr.operands[-1])
        self.code.emit("f64x2.add")
        self.code.emit(self.store, to)

    def push_place(self, instr: Instr) -> int:
        """Push what an access to the elements of an instruction needs; gives its constant offset."""
        return arrays.push_sum(self.s, self.pairs.rows[id(instr)], self.at)

    # --- what is carried ----------------------------------------------------------------------------------

    def carry_on(self, lane: int) -> None:
        """Make what is carried out of the iteration in this lane of what is carried into it."""
        pairs, code = self.pairs, self.code
        local = dict(pairs.carried)
        for v, instr in pairs.serial.items():
            if pairs.uses[v] > 1:
                self.compute_scalar(instr, lane, local)
                local[v] = code.take_local("f64")
                code.set(local[v])
        for v in pairs.loop.body.results[: pairs.loop.carries]:
            self.push_scalar(v, lane, local)
        for v in reversed(pairs.carried):
            code.set(pairs.carried[v])
        for v in local.keys() - pairs.carried.keys():
            code.give_local("f64", local[v])

    def push_scalar(self, v: int, lane: int, local: dict[int, int]) -> None:
        if v in local:
            self.code.get(local[v])
        elif v in self.pairs.serial:
            self.compute_scalar(self.pairs.serial[v], lane, local)
        else:
            self.push(v)
            self.code.emit("f64x2.extract_lane", lane)

    def compute_scalar(self, instr: Apply, lane: int, local: dict[int, int]) -> None:
        rule = instr.prim.wasm
        assert isinstance(rule, Opcodes), "what is carried takes few instructions"
        for k in rule.order or range(len(instr.operands)):
            self.push_scalar(instr.operands[k], lane, local)
        self.code.ops += rule.ops
