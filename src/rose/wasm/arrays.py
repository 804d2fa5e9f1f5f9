"""Lowering of what reads and writes memory: constants, zeros, index, part, pack, join, and accumulators."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from rose.ir.func import Accum, Add, Apply
from rose.ir.types import Array, Real, Ref, Scalar, scalar_bytes, type_bytes
from rose.wasm.code import Address
from rose.wasm.encode import without_sign_of_nan
from rose.wasm.layout import load_op, store_op, strides

if TYPE_CHECKING:
    from rose.wasm.lower import Lowering

# Primitives that build an array in memory, and so can build it where it is wanted.
BUILDERS = frozenset({"zeros", "unread", "pack", "join", "update"})

WORD, PAIR = 8, 16  # bytes
SHORT = 512  # bytes that are copied or cleared without a call
UNROLLED = 8  # up to this many scalars are copied, cleared or added one by one


def compute_scalar(s: Lowering, instr: Apply) -> None:
    """Push a constant or an element of an array."""
    (v,) = instr.results
    match instr.prim.name:
        case "const":
            kind = "f64" if isinstance(s.types[v], Real) else "i32"
            value = instr.attrs[0]
            s.code.emit(f"{kind}.const", float(value) if kind == "f64" else int(value))
        case "index":
            array, *indices = instr.operands
            type = s.types[v]
            assert isinstance(type, Scalar), "rows are lowered as arrays"
            s.code.emit(load_op(type), push_element(s, array, indices))
        case "part":
            (array,) = instr.operands
            type = s.types[v]
            assert isinstance(type, Scalar), "arrays are lowered as views"
            place = s.address[array].plus(instr.attrs[0] * scalar_bytes(type))
            s.code.emit(load_op(type), s.code.push_base(place))
        case "any_of":
            push_any(s, instr.operands[0])
        case name:
            raise AssertionError(f"{name} has no lowering to a scalar")


def lower_array(s: Lowering, instr: Apply) -> None:
    """Build an array, or say where an existing one is."""
    (v,) = instr.results
    type = s.types[v]
    assert isinstance(type, Array), "scalars are lowered elsewhere"
    match instr.prim.name:
        case "const":
            s.address[v] = Address(("data", packed(type, instr.attrs[0])), 0)
        case "zeros":
            s.address[v] = s.place(v)
            clear(s, s.address[v], type)
        case "unread":
            s.address[v] = s.wanted.get(v, Address(None, 0))
            s.unread.add(v)
        case "index":
            array, *indices = instr.operands
            _lower_view(s, v, locate(s, array, indices))
        case "part":
            (array,) = instr.operands
            _lower_view(s, v, s.address[array].plus(instr.attrs[0] * scalar_bytes(type.elem)))
        case "join":
            s.address[v] = s.place(v)
            _fill(s, instr, type, s.address[v])
        case "pack":
            s.address[v] = s.place(v)
            _fill(s, instr, type, s.address[v])
        case "update":
            s.address[v] = s.place(v)
            _lower_update(s, instr, s.address[v])
        case name:
            raise AssertionError(f"{name} has no lowering to an array")


def _lower_view(s: Lowering, v: int, there: Address) -> None:
    """Say where a row or part of an array is, or copy it."""
    s.address[v] = there
    if v in s.reuse.rows:
        s.address[v] = s.place(v)
        type = s.types[v]
        assert isinstance(type, Array), "elements are no views"
        copy_from(s, there, type, s.address[v])


def joined(s: Lowering, instr: Apply, place: Address) -> list[Address]:
    """Where the operands of what puts scalars or arrays one after the other are, if that is at a place."""
    sizes = [type_bytes(s.types[v]) for v in instr.operands]
    return [place.plus(start) for start in accumulate(sizes[:-1], initial=0)]


def packed(type: Array, values: Sequence[Any]) -> bytes:
    """The bytes of a constant array."""
    code = {8: "d", 4: "i", 1: "B"}[scalar_bytes(type.elem)]
    return struct.pack(f"<{len(values)}{code}", *map(without_sign_of_nan, values))


def _fill(s: Lowering, instr: Apply, type: Array, place: Address) -> None:
    """Put scalars or arrays where they are, one after the other."""
    for v, target in zip(instr.operands, joined(s, instr, place), strict=True):
        if isinstance(s.types[v], Array):
            copy(s, v, target)
        else:
            store_scalar(s, v, target, type.elem)


def _lower_update(s: Lowering, instr: Apply, place: Address) -> None:
    array, *indices, value = instr.operands
    (v,) = instr.results
    copy(s, array, place)
    target = locate(s, v, indices)
    type = s.types[value]
    if isinstance(type, Array):
        copy(s, value, target)
    else:
        assert isinstance(type, Scalar), "only scalars and rows are stored"
        store_scalar(s, value, target, type)


def store_scalar(s: Lowering, v: int, place: Address, type: Scalar) -> None:
    """Store a scalar value."""
    offset = s.code.push_base(place)
    s.push(v)
    s.code.emit(store_op(type), offset)


# --- addresses --------------------------------------------------------------------------------------------


def push_element(s: Lowering, array: int, indices: Sequence[int]) -> int:
    """Push the address of an element or row but for a constant offset, which is given back."""
    address, moving = _split(s, array, indices)
    if not moving:
        return s.code.push_base(address)
    _push_moved(s, address, moving)
    return address.offset


def locate(s: Lowering, array: int, indices: Sequence[int]) -> Address:
    """The address of an element or row, to be used more than once: what varies is put into a local."""
    address, moving = _split(s, array, indices)
    if not moving:
        return address
    _push_moved(s, address, moving)
    local = s.code.function.new_local("i32")
    s.code.set(local)
    return Address(("local.get", local), address.offset)


def _split(
    s: Lowering, array: int, indices: Sequence[int]
) -> tuple[Address, list[tuple[int, int]]]:
    """The address after all constant indices, and (index, stride) for the others."""
    type = s.types[array]
    array_type = type.array if isinstance(type, Ref) else type
    assert isinstance(array_type, Array), "only arrays are indexed"
    address = s.address[array]
    moving: list[tuple[int, int]] = []
    for v, stride in zip(indices, strides(array_type), strict=False):
        constant = s.constant(v)
        if constant is None:
            moving.append((v, stride))
        else:
            s.uses[v] -= 1
            address = address.plus(constant * stride)
    return address, moving


def _push_moved(s: Lowering, address: Address, moving: Sequence[tuple[int, int]]) -> None:
    """Push the base of `address` plus index · stride for every pair."""
    terms = 0
    if address.base is not None:
        s.code.push_base(address)
        terms = 1
    for v, stride in moving:
        s.push(v)
        s.code.scale(stride)
        if terms:
            s.code.emit("i32.add")
        terms += 1


# --- whole arrays -----------------------------------------------------------------------------------------


def each(type: Array, body: Callable[[Address], None]) -> None:
    """Do something for every scalar of an array of at most UNROLLED, given its address relative to the array's start."""
    size = scalar_bytes(type.elem)
    for k in range(type.count):
        body(Address(None, k * size))


def each_pair(s: Lowering, size: int, body: Callable[[Address, str], None]) -> None:
    """Do something for every 16 bytes, given their place and "v128"; and for 8 that are left, with "f64"."""
    code, pairs = s.code, size // PAIR
    if pairs > UNROLLED:
        at = code.take_local("i32")
        code.emit("i32.const", 0)
        code.set(at)
        code.emit("loop", None)
        body(Address(("local.get", at), 0), "v128")
        code.get(at)
        code.emit("i32.const", PAIR)
        code.emit("i32.add")
        code.emit("local.tee", at)
        code.emit("i32.const", pairs * PAIR)
        code.emit("i32.lt_u")
        code.emit("br_if", 0)
        code.emit("end")
        code.give_local("i32", at)
    else:
        for k in range(pairs):
            body(Address(None, k * PAIR), "v128")
    if size % PAIR:
        body(Address(None, pairs * PAIR), "f64")


def push_sum(s: Lowering, place: Address, part: Address) -> int:
    """Push the base of `place` moved by `part`; gives the constant offset that is left."""
    if place.base is None and part.base is not None:
        place, part = part, place
    offset = s.code.push_base(place)
    if part.base is not None:
        s.code.push_base(part)
        s.code.emit("i32.add")
    return offset + part.offset


def copy(s: Lowering, v: int, place: Address) -> None:
    """Copy an array to a place, if it is not there and somebody reads it."""
    type = s.types[v]
    assert isinstance(type, Array), "only arrays are copied"
    source = s.address[v]
    if source != place and v not in s.unread:
        copy_from(s, source, type, place)


def copy_from(s: Lowering, source: Address, type: Array, place: Address) -> None:
    """Copy an array from one place to another."""

    def move(part: Address, load: str, store: str) -> None:
        to = push_sum(s, place, part)
        offset = push_sum(s, source, part)
        s.code.emit(load, offset)
        s.code.emit(store, to)

    if type.count <= UNROLLED:
        each(type, lambda part: move(part, load_op(type.elem), store_op(type.elem)))
    elif is_short(type):
        each_pair(s, type_bytes(type), lambda part, t: move(part, f"{t}.load", f"{t}.store"))
    else:
        s.code.push_address(place)
        s.code.push_address(source)
        s.code.emit("i32.const", type_bytes(type))
        s.code.emit("memory.copy")


def is_short(type: Array) -> bool:
    """Whether what copies or clears an array is better written out than called: both engines call into themselves for that."""
    return type_bytes(type) <= SHORT and type_bytes(type) % WORD == 0


def clear(s: Lowering, place: Address, type: Array) -> None:
    """Fill with zeros."""
    if type_bytes(type) % WORD == 0 and (type.count <= UNROLLED or is_short(type)):
        each_pair(s, type_bytes(type), lambda part, t: _store_zero(s, place, part, f"{t}.store"))
    elif type.count <= UNROLLED:
        each(type, lambda part: _store_zero(s, place, part, store_op(type.elem)))
    else:
        s.code.push_address(place)
        s.code.emit("i32.const", 0)
        s.code.emit("i32.const", type_bytes(type))
        s.code.emit("memory.fill")


def _store_zero(s: Lowering, place: Address, part: Address, store: str) -> None:
    """Store zero with an instruction for it."""
    offset = push_sum(s, place, part)
    if store.startswith("v128"):
        s.code.push_zero_pair()
    elif store.startswith("f64"):
        s.code.emit("f64.const", 0.0)
    else:
        s.code.emit("i32.const", 0)
    s.code.emit(store, offset)


def push_any(s: Lowering, array: int) -> None:
    """Push whether a byte of an array is not zero; eight at a time, the last eight begin where the array ends."""
    code, size, address = s.code, type_bytes(s.types[array]), s.address[array]
    if size < WORD:
        for k in range(size):
            offset = code.push_base(address.plus(k))
            code.emit("i32.load8_u", offset)
            if k:
                code.emit("i32.or")
        return
    last = address.plus(size - WORD)
    code.emit("i64.load", code.push_base(last))
    words = (size - 1) // WORD  # before the last one
    if words <= UNROLLED:
        for k in range(words):
            offset = code.push_base(address.plus(k * WORD))
            code.emit("i64.load", offset)
            code.emit("i64.or")
    else:
        _or_words(s, address, words)
    code.emit("i64.const", 0)
    code.emit("i64.ne")


def _or_words(s: Lowering, address: Address, words: int) -> None:
    """Combine the word on the stack with some from an address on, in a loop."""
    code = s.code
    found, at = code.take_local("i64"), code.take_local("i32")
    code.set(found)
    code.emit("i32.const", words * WORD)
    code.set(at)
    code.emit("loop", None)
    code.emit("local.get", found)
    code.emit("local.get", at)
    code.emit("i32.const", WORD)
    code.emit("i32.sub")
    code.set(at)
    offset = push_sum(s, address, Address(("local.get", at), 0))
    code.emit("i64.load", offset)
    code.emit("i64.or")
    code.set(found)
    code.get(at)
    code.emit("br_if", 0)
    code.emit("end")
    code.emit("local.get", found)
    code.give_local("i64", found)
    code.give_local("i32", at)


# --- accumulators -----------------------------------------------------------------------------------------


def lower_accum(s: Lowering, instr: Accum) -> None:
    """Open an accumulator: a copy of its start, or zeros."""
    (ref,) = instr.results
    type = s.types[ref]
    assert isinstance(type, Ref), "an accumulator has a reference type"
    s.address[ref] = s.place(ref)
    if instr.operands:
        copy(s, instr.operands[0], s.address[ref])
    else:
        clear(s, s.address[ref], type.array)


def lower_add(s: Lowering, instr: Add) -> None:
    """ref[indices] += value, in memory."""
    ref, *indices, value = instr.operands
    place = locate(s, ref, indices)
    type = s.types[value]
    if not isinstance(type, Array):
        # Both addresses are pushed before the value may set a local.
        to = s.code.push_base(place)
        offset = s.code.push_base(place)
        s.code.emit("f64.load", offset)
        negated = s.waiting.get(value)
        if negated is not None and negated.prim.name == "neg":
            s.uses[value] -= 1
            s.push(negated.operands[0])
            s.code.emit("f64.sub")
        else:
            s.push(value)
            s.code.emit("f64.add")
        s.code.emit("f64.store", to)
        return
    source = s.address[value]

    def one(part: Address, t: str) -> None:
        to = push_sum(s, place, part)
        offset = push_sum(s, place, part)
        s.code.emit(f"{t}.load", offset)
        offset = push_sum(s, source, part)
        s.code.emit(f"{t}.load", offset)
        s.code.emit("f64.add" if t == "f64" else "f64x2.add")
        s.code.emit(f"{t}.store", to)

    # Few scalars have been written just now, one by one: to read two of them at once would have to wait for that.
    if type.count <= UNROLLED:
        each(type, lambda part: one(part, "f64"))
    else:
        each_pair(s, type_bytes(type), one)
