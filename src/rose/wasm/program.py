"""A whole program -> wasm Module: all its functions, their frames, and an entry per export.

Frames have constant addresses: the functions form an acyclic graph, so that a function's frame starts behind
those of all its callers. Functions that are never active at once share memory.

An entry takes and gives nothing: a host fills the argument buffers, calls it, and reads the result buffers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rose.ir.func import Func, callees, callees_first
from rose.ir.stages import stage
from rose.ir.types import Array, Scalar
from rose.wasm.layout import Buffer, Interface, load_op, place_buffers, scalar_bytes, store_op
from rose.wasm.lower import Lowering, declare
from rose.wasm.module import Function, Module, reachable


@dataclass(frozen=True)
class Export:
    """A Func that hosts call, and its arguments and result as leaves: element type and shape.

    A leaf is passed to the Func as one array, or as its scalars one by one.
    """

    name: str
    func: Func
    args: tuple[tuple[Scalar, tuple[int, ...]], ...]
    results: tuple[tuple[Scalar, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Program:
    """A Module and where its exports' buffers are.

    Attributes:
        functions: per Func of the program its wasm function.
        frames: per Func the first byte of its frame, and the first behind it.
        frames_end: first byte behind all frames; constant data follows.
    """

    module: Module
    interfaces: dict[str, Interface]
    functions: dict[Func, Function]
    frames: dict[Func, tuple[int, int]]
    frames_end: int


@stage("lower")
def lower_program(exports: Sequence[Export]) -> Program:
    """Lower Funcs and all they call into one Module."""
    interfaces, address = {}, 0
    for export in exports:
        args, address = place_buffers(export.args, address)
        results, address = place_buffers(export.results, address)
        interfaces[export.name] = Interface(args, results)
    functions, frames = _lower_funcs([export.func for export in exports], address)
    end = max((stop for _, stop in frames.values()), default=address)
    entries = {e.name: _entry(e, functions[e.func], interfaces[e.name]) for e in exports}
    module = Module(reachable(entries.values()), entries, data_start=end, memory_bytes=end)
    return Program(module, interfaces, functions, frames, end)


def _lower_funcs(
    roots: list[Func], frames_start: int
) -> tuple[dict[Func, Function], dict[Func, tuple[int, int]]]:
    """Every Function, and where the frames are."""
    order = callees_first(roots)
    functions: dict[Func, Function] = {}
    taken: dict[str, int] = {}
    for func in order:
        taken[func.name] = taken.get(func.name, 0) + 1
        suffix = f".{taken[func.name]}" if taken[func.name] > 1 else ""
        functions[func] = declare(func, func.name + suffix)
    starts = dict.fromkeys(order, frames_start)
    frames: dict[Func, tuple[int, int]] = {}
    for func in reversed(order):  # callers first
        lowering = Lowering(func, functions, starts[func])
        lowering.lower_func()
        frames[func] = (starts[func], lowering.frame_end)
        for callee in callees(func):
            starts[callee] = max(starts[callee], lowering.frame_end)
    return functions, frames


def _entry(export: Export, function: Function, interface: Interface) -> Function:
    """The wasm function that moves buffers to parameters and results to buffers."""
    entry = Function(export.name)
    body = entry.body
    types = iter(export.func.param_types)
    for buffer in interface.args:
        for address, whole in _passed(buffer, types):
            body.append(("i32.const", address if whole else 0))
            if not whole:
                body.append((load_op(buffer.elem), address))
    types = iter(export.func.result_types)
    stores = []
    for buffer in interface.results:
        for address, whole in _passed(buffer, types):
            if whole:
                body.append(("i32.const", address))
            else:
                stores.append((address, buffer.elem))
    body.append(("call", function))
    for (address, elem), valtype in reversed(list(zip(stores, function.results, strict=True))):
        local = entry.new_local(valtype)
        body += [("local.set", local), ("i32.const", 0), ("local.get", local)]
        body.append((store_op(elem), address))
    return entry


def _passed(buffer: Buffer, types: Iterator[object]) -> Iterator[tuple[int, bool]]:
    """Address by address what a leaf is passed as: (address, whether it is the whole array)."""
    first = next(types)
    if isinstance(first, Array):
        yield buffer.address, True
        return
    for k in range(buffer.count):
        if k:
            next(types)
        yield buffer.address + k * scalar_bytes(buffer.elem), False
