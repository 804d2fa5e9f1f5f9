"""Encoding, text and frames of modules."""

from __future__ import annotations

import math
import struct
from typing import Literal

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st
from programs import PROGRAMS

import rose
from rose import Index, Real, fn
from rose.ir import types as ir
from rose.ir.builder import Builder
from rose.ir.func import Func
from rose.primitives import REGISTRY
from rose.wasm.encode import encode, signed, unsigned
from rose.wasm.module import Function, Module
from rose.wasm.program import Export, lower_program
from rose.wasm.wat import print_module


def read_unsigned(data: bytes) -> int:
    return sum((byte & 0x7F) << (7 * k) for k, byte in enumerate(data))


@given(st.integers(0, 2**32 - 1))
def test_unsigned_numbers(value: int) -> None:
    assert read_unsigned(unsigned(value)) == value


@given(st.integers(-(2**63), 2**63 - 1))
def test_signed_numbers(value: int) -> None:
    data = signed(value)
    number = read_unsigned(data)
    assert (number - (1 << (7 * len(data))) if data[-1] & 0x40 else number) == value


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_text_assembles_to_the_same_bytes(name: str) -> None:
    """wasmtime's own assembler reads the text; its module is ours but for the names it adds."""
    compiled = rose.value_and_grad(PROGRAMS[name][0]).compiled
    assembled = bytes(wasmtime.wat2wasm(compiled.wat))
    assert without_custom_sections(assembled) == without_custom_sections(compiled.data)


def without_custom_sections(data: bytes) -> list[tuple[int, bytes]]:
    sections: list[tuple[int, bytes]] = []
    at = 8
    while at < len(data):
        kind, at = data[at], at + 1
        size, shift = 0, 0
        while True:
            byte, at = data[at], at + 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if kind not in (0, 12):
            sections.append((kind, data[at : at + size]))
        at += size
    return sections


def test_constant_data_is_placed_once_behind_the_frames() -> None:
    function = Function("f", (), ("i32",), [], [("data", b"abc"), ("data", b"abc"), ("i32.sub",)])
    data = encode(Module([function], {"f": function}, data_start=20, memory_bytes=20))
    store = wasmtime.Store()
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, data), [])
    exports = instance.exports(store)
    f, memory = exports["f"], exports["memory"]
    assert isinstance(f, wasmtime.Func)
    assert isinstance(memory, wasmtime.Memory)
    assert f(store) == 0
    assert bytes(memory.read(store, 24, 27)) == b"abc"


def test_functions_that_are_never_active_at_once_share_memory() -> None:
    def leaf(name: str) -> Func:
        builder = Builder(name)
        array = builder.zeros(ir.Array(ir.REAL, (100,)))
        at = builder.const(3, ir.Index(100))
        return builder.finish([builder.apply(REGISTRY["index"], (array, at))])

    one, two = leaf("one"), leaf("two")
    builder = Builder("main")
    (a,) = builder.call(one, ())
    (b,) = builder.call(two, ())
    total = builder.var(a) + builder.var(b)
    program = lower_program([Export("main", builder.finish([total.id]), (), ((ir.REAL, ()),))])
    assert program.frames_end == 8 + 800


def test_print_module_names_what_it_shows() -> None:
    text = print_module(PROGRAMS["energy"][0].compiled.program.module)
    assert "(func $energy." in text
    assert '(export "energy"' in text


def test_every_nan_is_the_one_without_a_sign() -> None:
    """Whether 0 / 0 has a sign is each processor's own affair, and the bytes of a module are the same everywhere."""

    @fn
    def f(x: Real, i: Index[Literal[5]]) -> Real:
        return rose.vec([0.0, 1.0, 2.0, 3.0, -math.nan])[i] + rose.where(x > 0, x, -math.nan)

    data = rose.compile({"f": f}).data
    positive, negative = (struct.pack("<d", math.copysign(math.nan, s)) for s in (1, -1))
    assert data.count(positive) == 2
    assert negative not in data
