"""A whole program -> wasm Module: all its functions, their frames, and an entry per export.

Frames have constant addresses: the functions form an acyclic graph, so that a function's frame starts behind
those of all its callers. Functions that are never active at once share memory.

An entry takes and gives nothing: a host fills the argument buffers, calls it, and reads the result buffers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rose.ir.func import Func, callees, callees_first
from rose.ir.record import record
from rose.ir.stages import stage
from rose.ir.types import Array, Scalar, scalar_bytes
from rose.wasm.layout import Buffer, Interface, load_op, place_buffers, store_op
from rose.wasm.lower import Lowering, declare
from rose.wasm.module import Function, Module, reachable
from rose.wasm.reuse import find_reuse


@record
class Export:
    """A Func that hosts call, and its arguments and result as leaves: element type and shape.

    A leaf is passed to the Func as one array, or as its scalars one by one.
    """

    name: str
    func: Func
    args: tuple[tuple[Scalar, tuple[int, ...]], ...]
    results: tuple[tuple[Scalar, tuple[int, ...]], ...]


@record
class Program:
    """A Module and where its exports' buffers are.

    Attributes:
        exported: per export the Func that it runs.
        functions: per Func of the program its wasm function.
        frames: per Func the first byte of its frame, and the first behind it.
        frames_end: first byte behind all frames; constant data follows.
    """

    module: Module
    interfaces: dict[str, Interface]
    exported: dict[str, Func]
    functions: dict[Func, Function]
    frames: dict[Func, tuple[int, int]]
    frames_end: int


@stage("lower")
def lower_program(exports: Sequence[Export]) -> Program:
    """Lower Funcs and all they call into one Module."""
    interfaces: dict[str, Interface] = {}
    address = 0
    for export in exports:
        args, address = place_buffers(export.args, address)
        results, address = place_buffers(export.results, address)
        interfaces[export.name] = Interface(args, results)
    functions, frames = _lower_funcs([export.func for export in exports], address)
    end = max((stop for _, stop in frames.values()), default=address)
    entries = {e.name: _entry(e, functions[e.func], interfaces[e.name]) for e in exports}
    module = Module(reachable(entries.values()), entries, data_start=end, memory_bytes=end)
    exported = {e.name: e.func for e in exports}
    return Program(module, interfaces, exported, functions, frames, end)


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
    types = iter(export.func.result_types)
    places = [place for buffer in interface.results for place in _passed(buffer, types)]
    replaced = find_reuse(export.func).replaced
    taken = {param: places[k].address for k, param in replaced.items()}
    types = iter(export.func.param_types)
    args = [place for buffer in interface.args for place in _passed(buffer, types)]
    for k, place in enumerate(args):
        if not place.whole:
            body += [("i32.const", 0), (load_op(place.elem), place.address)]
            continue
        body.append(("i32.const", taken.get(k, place.address)))
        if k in taken:  # the argument stays as it is
            count = ("i32.const", place.bytes)
            copy = [("i32.const", taken[k]), ("i32.const", place.address), count]
            body[:0] = [*copy, ("memory.copy",)]
    for k, place in enumerate(places):
        if place.whole and k not in replaced:
            body.append(("i32.const", place.address))
    body.append(("call", function))
    stores = [place for place in places if not place.whole]
    for place, valtype in reversed(list(zip(stores, function.results, strict=True))):
        local = entry.new_local(valtype)
        body += [("local.set", local), ("i32.const", 0), ("local.get", local)]
        body.append((store_op(place.elem), place.address))
    return entry


@record
class _Place:
    """Where a param or result of a Func is in the buffers: a whole array, or a scalar."""

    address: int
    elem: Scalar
    bytes: int
    whole: bool


def _passed(buffer: Buffer, types: Iterator[object]) -> Iterator[_Place]:
    """What a leaf is passed as: nothing if it has no scalars."""
    if not buffer.count:
        return
    first, size = next(types), scalar_bytes(buffer.elem)
    if isinstance(first, Array):
        yield _Place(buffer.address, buffer.elem, buffer.count * size, whole=True)
        return
    for k in range(buffer.count):
        if k:
            next(types)
        yield _Place(buffer.address + k * size, buffer.elem, size, whole=False)
