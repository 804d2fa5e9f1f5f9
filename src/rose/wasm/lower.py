"""Func -> wasm Function: scalars in locals and on the operand stack, arrays at constant addresses.

A scalar that is used once, in the block that computes it, is computed where it is used and never gets a
local. The others get locals, which are used again after their last use. Arrays are immutable values, so reading
one may be put off until the value is needed. Every array lives in the frame of its function, at an address known
now, unless its function's caller or a loop wants it elsewhere: then it is built there (`Lowering.wanted`), or it
takes the place of one that is not read any more (`reuse.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from rose.ir.func import Accum, Add, Apply, Block, Call, Cond, Func, Instr, Loop, Resolve, While
from rose.ir.primitive import HostCall, Inline, MathCall, Memory, Opcodes
from rose.ir.types import Array, Index, Ref, Type, type_bytes
from rose.wasm import arrays, regions
from rose.wasm.code import Address, Code
from rose.wasm.layout import aligned, check_passed, valtype
from rose.wasm.math import math_function
from rose.wasm.module import Function, Import, Op
from rose.wasm.opcodes import ValType
from rose.wasm.reuse import find_reuse
from rose.wasm.ties import find_ties


def declare(func: Func, name: str) -> Function:
    """The Function of a Func, without its body.

    Arrays are passed by address, those given back as well, but for those that take the place of a param.
    """
    replaced = find_reuse(func).replaced
    arrays_back = [
        t for k, t in enumerate(func.result_types) if isinstance(t, Array) and k not in replaced
    ]
    params: list[ValType] = [*map(valtype, func.param_types), *map(valtype, arrays_back)]
    results: list[ValType] = [valtype(t) for t in func.result_types if not isinstance(t, Array)]
    check_passed(name, len(params), len(results))
    return Function(name, tuple(params), tuple(results))


def imported(instr: Apply) -> Import:
    """The import for a call of the host, the same for the same function."""
    (host,) = instr.attrs
    real: ValType = "f64"
    reals = (real,) * len(instr.operands)
    made = Import(host.js, reals, ("f64",), host=host)
    return host.memo.setdefault("import", made)  # type: ignore[no-any-return]


class Lowering:
    """State of lowering one Func.

    Attributes:
        func: what is lowered.
        functions: the wasm Functions of all Funcs of the program.
        code: the body being written.
        local: scalar value -> its local.
        address: array or reference -> where it is.
        reuse: which arrays take the place of others.
        ties: result of a cond -> the value in whose local it is put.
        wanted: array -> where it is to be built, decided before its instruction is reached.
        unread: arrays that nobody reads, and that have no memory.
        waiting: scalar value -> the instruction that computes it where it is used.
        uses: how often each value is used and not yet pushed.
        top: first free byte of the frame; `frame_end` is the most it ever was.
        loops: per open loop, the locals to free at its end.
    """

    def __init__(self, func: Func, functions: dict[Func, Function], frame_start: int) -> None:
        self.func = func
        self.types = func.types
        self.functions = functions
        self.code = Code(functions[func])
        self.local: dict[int, int] = {}
        self.address: dict[int, Address] = {}
        self.reuse = find_reuse(func)
        self.ties = find_ties(func)
        self.wanted: dict[int, Address] = {}
        self.unread: set[int] = set()
        self.waiting: dict[int, Apply] = {}
        self.uses, self.block_of_use = _count_uses(func)
        self.depth_of: dict[int, int] = {}
        self.top = self.frame_end = frame_start
        self.loops: list[list[tuple[Type, int]]] = []

    # --- the function -------------------------------------------------------------------------------------

    def lower_func(self) -> None:
        """Write the body."""
        for number, v in enumerate(self.func.body.params):
            if isinstance(self.types[v], Array | Ref):
                self.address[v] = Address(("local.get", number), 0)
            else:
                self.bind(v, number)
        pointer = len(self.func.body.params)
        places: list[Address | None] = []
        for k, v in enumerate(self.func.body.results):
            if k in self.reuse.replaced:
                places.append(Address(("local.get", self.reuse.replaced[k]), 0))
            elif isinstance(self.types[v], Array):
                places.append(Address(("local.get", pointer), 0))
                pointer += 1
            else:
                places.append(None)
        self.lower_block(self.func.body, places)
        for v in self.func.body.results:
            if not isinstance(self.types[v], Array):
                self.push(v)

    def lower_block(self, block: Block, places: Sequence[Address | None]) -> None:
        """Write a block's instructions, so that its array results end up at `places`."""
        built = self.want_results(block, places)
        for instr in block.instrs:
            if isinstance(instr, Apply):
                self.lower_apply(block, instr)
            else:
                self.lower_instr(instr)
        for v, place in zip(block.results, places, strict=True):
            if place is not None and (v, place) not in built:
                arrays.copy(self, v, place)

    def want_results(
        self, block: Block, places: Sequence[Address | None]
    ) -> set[tuple[int, Address]]:
        """Have array results built in place where this block makes them; gives those that will be."""
        built: set[tuple[int, Address]] = set()
        if not self.wanted and not any(places) and not any(map(_is_join, block.instrs)):
            return built
        makers = {v: instr for instr in block.instrs for v in instr.results}
        for v, place in zip(block.results, places, strict=True):
            if place is None or v not in makers or v in self.wanted or v in self.reuse.late:
                continue
            if _builds(makers[v]):
                self.wanted[v] = place
                built.add((v, place))
        for v in reversed(makers):
            if v not in self.wanted and _is_join(makers[v]):
                self.wanted[v] = self.allocate(self.types[v])  # known before its operands are built
            if v in self.wanted:
                self.want_parts(v, makers)
        return built

    def want_parts(self, v: int, makers: dict[int, Instr]) -> None:
        """Have what becomes an array, or a part of one, built in its place."""
        place, old, maker = self.wanted[v], self.reuse.over.get(v), makers[v]
        if old in makers:  # what an array is built over has been there already
            self.wanted[old] = place
        if not isinstance(maker, Apply) or maker.prim.name not in ("pack", "join"):
            return
        for row, there in zip(maker.operands, arrays.joined(self, maker, place), strict=True):
            if not isinstance(self.types[row], Array) or row not in makers or row in self.wanted:
                continue
            if v in self.reuse.overwritten and self.uses[row] > 1:
                continue
            if _builds(makers[row]) and row not in self.reuse.overwritten:
                self.wanted[row] = there

    def lower_instr(self, instr: Call | Loop | While | Cond | Accum | Add | Resolve) -> None:
        match instr:
            case Call():
                self.lower_call(instr)
            case Loop():
                regions.lower_loop(self, instr)
            case While():
                regions.lower_while(self, instr)
            case Cond():
                regions.lower_cond(self, instr)
            case Accum():
                arrays.lower_accum(self, instr)
            case Add():
                arrays.lower_add(self, instr)
            case Resolve(operands=(ref,), results=(array,)):
                self.address[array] = self.address[ref]
            case Resolve():
                raise AssertionError("malformed resolve")
            case _:
                assert_never(instr)

    # --- scalars ------------------------------------------------------------------------------------------

    def lower_apply(self, block: Block, instr: Apply) -> None:
        (v,) = instr.results
        if isinstance(self.types[v], Array):
            arrays.lower_array(self, instr)
            return
        # An index read from memory does not wait: a chain of them would be pushed by recursion. Nor does what is read
        # from an array that is to be overwritten.
        at_once = instr.prim.name in ("index", "any_of") and (
            isinstance(self.types[v], Index) or instr.operands[0] in self.reuse.overwritten
        )
        once = self.uses[v] == 1 and self.block_of_use[v] is block and not at_once
        if instr.prim.name == "const" or once or self.uses[v] == 0:
            self.waiting[v] = instr
            return
        self.compute(instr)
        self.store_local(v)

    def push(self, v: int) -> None:
        """Put a scalar on the operand stack, computing it now if that was put off."""
        self.uses[v] -= 1
        instr = self.waiting.get(v)
        if instr is not None:
            self.compute(instr)
            return
        local = self.local[v]
        self.code.get(local)
        if self.uses[v] == 0:
            self.release(v, local)

    def compute(self, instr: Apply) -> None:
        """Push the result of an instruction. Deep chains are walked with a stack of our own."""
        waiting, uses = self.waiting, self.uses
        # Values to push, and instructions to append once their operands are pushed; the next one last.
        todo: list[Apply | int | Op] = [instr, *reversed(_pushed_before(instr))]
        while todo:
            item = todo.pop()
            if isinstance(item, Apply):
                self.operate(item)
                continue
            if isinstance(item, tuple):
                self.code.ops.append(item)
                continue
            made = waiting.get(item)
            if made is None:
                self.push(item)
            else:
                uses[item] -= 1
                todo.append(made)
                todo += reversed(_pushed_before(made))

    def operate(self, instr: Apply) -> None:
        """Append the opcodes of an instruction whose operands are on the stack."""
        match instr.prim.wasm:
            case Opcodes() as rule:
                if rule.push_attr:
                    self.code.emit("i32.const", instr.attrs[0])
                self.code.ops += rule.ops
            case MathCall(name=name):
                self.code.emit("call", math_function(name))
            case HostCall():
                self.code.emit("call", imported(instr))
            case Inline():
                pass  # its steps have been appended among its operands
            case Memory():
                arrays.compute_scalar(self, instr)
            case _:
                assert_never(instr.prim.wasm)

    def constant(self, v: int) -> int | None:
        """The value of a constant index, or None."""
        instr = self.waiting.get(v)
        return int(instr.attrs[0]) if instr is not None and instr.prim.name == "const" else None

    def is_in(self, v: int, local: int) -> bool:
        """Whether a scalar is in a local already."""
        return v not in self.waiting and self.local.get(v) == local

    def bind(self, v: int, local: int) -> None:
        """Let a scalar live in a local that holds it already."""
        self.local[v] = local
        self.depth_of[v] = len(self.loops)

    def store_local(self, v: int) -> None:
        """Pop a scalar into a local of its own."""
        local = self.code.take_local(valtype(self.types[v]))
        self.bind(v, local)
        self.code.set(local)
        if self.uses[v] == 0:
            self.release(v, local)

    def release(self, v: int, local: int) -> None:
        """Free a local after its last use: inside a loop that began after it was set, at the loop's end."""
        if self.depth_of[v] < len(self.loops):
            self.loops[self.depth_of[v]].append((self.types[v], local))
        else:
            self.code.give_local(valtype(self.types[v]), local)

    # --- calls and memory ---------------------------------------------------------------------------------

    def lower_call(self, instr: Call) -> None:
        replaced = find_reuse(instr.func).replaced
        taken = {param: instr.results[k] for k, param in replaced.items()}
        for param, result in taken.items():
            self.address[result] = self.place(result)
            arrays.copy(self, instr.operands[param], self.address[result])
        for k, v in enumerate(instr.operands):
            if isinstance(self.types[v], Array | Ref):
                self.code.push_address(self.address[taken.get(k, v)])
            else:
                self.push(v)
        for k, v in enumerate(instr.results):
            if isinstance(self.types[v], Array) and k not in replaced:
                self.address[v] = self.place(v)
                self.code.push_address(self.address[v])
        self.code.emit("call", self.functions[instr.func])
        for v in reversed(instr.results):
            if not isinstance(self.types[v], Array):
                self.store_local(v)

    def place(self, v: int) -> Address:
        """Where an array is to be built: where it is wanted, over another one, or in new bytes of the frame."""
        if v in self.wanted:
            return self.wanted[v]
        old = self.reuse.over.get(v)
        return self.allocate(self.types[v]) if old is None else self.address[old]

    def allocate(self, type: Type) -> Address:
        """New bytes of the frame, free again when the block that is being lowered ends."""
        address = Address(None, self.top)
        self.top = aligned(self.top + type_bytes(type))
        self.frame_end = max(self.frame_end, self.top)
        return address


def _pushed_before(instr: Apply) -> Sequence[int | Op]:
    """The operands that are pushed, in order, before the opcodes of an instruction, and what is done in between."""
    rule = instr.prim.wasm
    if isinstance(rule, Opcodes):
        order = rule.order
        return instr.operands if order is None else [instr.operands[k] for k in order]
    if isinstance(rule, Inline):
        return [instr.operands[s] if isinstance(s, int) else _op(s) for s in rule.steps]
    return () if isinstance(rule, Memory) else instr.operands


def _op(step: tuple[str | float, ...]) -> Op:
    name, *immediates = step
    return ("call", math_function(str(immediates[0]))) if name == "call" else step


def _uses(instr: Instr) -> Sequence[int]:
    """The operands of an instruction, each as often as it is pushed."""
    if isinstance(instr, Apply) and isinstance(instr.prim.wasm, Inline):
        return [instr.operands[s] for s in instr.prim.wasm.steps if isinstance(s, int)]
    return instr.operands


def _is_join(instr: Instr) -> bool:
    return isinstance(instr, Apply) and instr.prim.name == "join"


def _builds(instr: Instr) -> bool:
    """Whether an instruction builds its array results where it is told to; others give arrays that exist."""
    match instr:
        case Apply(prim=prim):
            return prim.name in arrays.BUILDERS
        case Call() | Loop() | While() | Cond() | Resolve():
            return True
        case Accum() | Add():
            return False
        case _:
            assert_never(instr)


def _count_uses(func: Func) -> tuple[list[int], list[Block | None]]:
    """Per value how often it is used, and the block of its last use."""
    uses = [0] * len(func.types)
    block_of: list[Block | None] = [None] * len(func.types)
    stack = [func.body]
    while stack:
        block = stack.pop()
        for instr in block.instrs:
            for v in _uses(instr):
                uses[v] += 1
                block_of[v] = block
            stack.extend(instr.blocks)
        for v in block.results:
            uses[v] += 1
            block_of[v] = block
    return uses, block_of
