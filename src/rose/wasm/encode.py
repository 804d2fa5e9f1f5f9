"""Module -> bytes: the binary format (WebAssembly Core Specification 2.0, chapter 5)."""

from __future__ import annotations

import math
import struct
from itertools import groupby
from typing import Any

from rose.ir.stages import stage
from rose.wasm.module import Function, Module
from rose.wasm.opcodes import OPCODES, VALTYPES

PAGE = 65536
IMPORTS = "host"  # the name under which a module asks for functions of the host

_ALIGN = {"memory1": b"\x00", "memory4": b"\x02", "memory8": b"\x03", "memory16": b"\x03"}


def without_sign_of_nan(x: float) -> float:
    """The same number. A constant nan is the one without a sign, whatever the processor at hand made of 0 / 0."""
    return math.nan if x != x else x


def unsigned(value: int) -> bytes:
    """Unsigned LEB128."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed(value: int) -> bytes:
    """Signed LEB128."""
    out = bytearray()
    while not -0x40 <= value < 0x40:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value & 0x7F)
    return bytes(out)


def _vector(items: list[bytes]) -> bytes:
    return unsigned(len(items)) + b"".join(items)


def _name(text: str) -> bytes:
    data = text.encode()
    return unsigned(len(data)) + data


def _section(number: int, content: bytes) -> bytes:
    return bytes([number]) + unsigned(len(content)) + content


class ConstantData:
    """Constant byte strings, each placed once, 8-aligned, from `start` on."""

    def __init__(self, start: int) -> None:
        self.start = -start % 8 + start
        self.bytes = bytearray()
        self.addresses: dict[bytes, int] = {}

    def address(self, data: bytes) -> int:
        """Where `data` lies in memory."""
        if data not in self.addresses:
            self.addresses[data] = self.start + len(self.bytes)
            self.bytes += data + bytes(-len(data) % 8)
        return self.addresses[data]


class _Encoder:
    def __init__(self, module: Module) -> None:
        self.module = module
        self.numbers = {function: k for k, function in enumerate(module.functions)}
        self.signatures: dict[bytes, int] = {}
        self.data = ConstantData(module.data_start)

    def signature(self, function: Function) -> bytes:
        """The number of a function's type, as bytes."""
        code = b"\x60" + b"".join(
            _vector([bytes([VALTYPES[t]]) for t in types])
            for types in (function.params, function.results)
        )
        return unsigned(self.signatures.setdefault(code, len(self.signatures)))

    def immediate(self, kind: str, args: tuple[Any, ...]) -> bytes:
        match kind:
            case "u32":
                return unsigned(args[0])
            case "memory1" | "memory4" | "memory8" | "memory16":
                return _ALIGN[kind] + unsigned(args[0])
            case "lane8":
                return _ALIGN["memory8"] + unsigned(args[0]) + b"\x00"
            case "i32" | "i64":
                return signed(args[0])
            case "f64":
                return struct.pack("<d", without_sign_of_nan(args[0]))
            case "function":
                return unsigned(self.numbers[args[0]])
            case "block":
                return b"\x40" if args[0] is None else bytes([VALTYPES[args[0]]])
            case "labels":
                *labels, default = args[0]
                return _vector([unsigned(label) for label in labels]) + unsigned(default)
            case "data":
                return signed(self.data.address(args[0]))
            case "zero":
                return b"\x00"
            case "zerozero":
                return b"\x00\x00"
            case _:
                raise AssertionError(f"no encoding for immediates of kind {kind}")

    def body(self, function: Function) -> bytes:
        runs = [
            unsigned(len(list(group))) + bytes([VALTYPES[valtype]])
            for valtype, group in groupby(function.locals)
        ]
        code = bytearray(_vector(runs))
        opcodes, immediate = OPCODES, self.immediate
        for op in function.body:
            opcode, kind = opcodes[op[0]]
            code += opcode
            if kind != "none":
                code += immediate(kind, op[1:])
        code += b"\x0b"
        return unsigned(len(code)) + code


def function_sizes(module: Module) -> dict[Function, int]:
    """Bytes of every function's body."""
    encoder = _Encoder(module)
    return {function: len(encoder.body(function)) for function in module.own}


@stage("encode")
def encode(module: Module) -> bytes:
    """The module's bytes. Memory is exported as `memory`, sized exactly, and never grows."""
    encoder = _Encoder(module)
    imports = [
        _name(IMPORTS) + _name(function.name) + b"\x00" + encoder.signature(function)
        for function in module.imports
    ]
    types = [encoder.signature(function) for function in module.own]
    bodies = [encoder.body(function) for function in module.own]
    data = encoder.data
    pages = -(-max(module.memory_bytes, data.start + len(data.bytes)) // PAGE)
    exports = [_name("memory") + b"\x02\x00"] + [
        _name(name) + b"\x00" + unsigned(encoder.numbers[function])
        for name, function in module.exports.items()
    ]
    sections = [
        _section(1, _vector(list(encoder.signatures))),
        *([_section(2, _vector(imports))] if imports else []),
        _section(3, _vector(types)),
        _section(5, _vector([b"\x01" + unsigned(pages) * 2])),
        _section(7, _vector(exports)),
        _section(10, _vector(bodies)),
    ]
    if data.bytes:
        offset = b"\x41" + signed(data.start) + b"\x0b"
        sections.append(
            _section(11, _vector([b"\x00" + offset + unsigned(len(data.bytes)) + data.bytes]))
        )
    return b"\x00asm\x01\x00\x00\x00" + b"".join(sections)
