"""The one table of WebAssembly instructions that we emit; the encoder and the text form both read it.

Source of the numbers: WebAssembly Core Specification 2.0, section 5.4 (binary format of instructions).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

ValType: TypeAlias = Literal["i32", "i64", "f64", "v128"]

VALTYPES: dict[ValType, int] = {"i32": 0x7F, "i64": 0x7E, "f64": 0x7C, "v128": 0x7B}

Immediate: TypeAlias = Literal[
    "none",  # nothing follows the opcode
    "block",  # a ValType of the block's single result, or None
    "u32",  # an unsigned number: a label's depth, a local's or a global's number
    "function",  # a `Function` of the module
    "labels",  # a tuple of label depths, the last one the default
    "i32",  # a signed 32-bit number
    "i64",  # a signed 64-bit number
    "f64",  # a float
    "memory1",  # a constant byte offset; the access is 1, 4 or 8 bytes wide
    "memory4",
    "memory8",
    "memory16",  # 16 bytes wide, at an address that is a multiple of 8 only
    "lane8",  # like memory8, and one byte more: the lane, 0
    "zero",  # memory 0, written as one zero byte
    "zerozero",  # two memories, both 0
    "data",  # bytes placed in constant memory; pushes their address as an i32
]

# name -> (bytes of the opcode, kind of its immediate)
OPCODES: dict[str, tuple[bytes, Immediate]] = {
    "unreachable": (b"\x00", "none"),
    "block": (b"\x02", "block"),
    "loop": (b"\x03", "block"),
    "if": (b"\x04", "block"),
    "else": (b"\x05", "none"),
    "end": (b"\x0b", "none"),
    "br": (b"\x0c", "u32"),
    "br_if": (b"\x0d", "u32"),
    "br_table": (b"\x0e", "labels"),
    "return": (b"\x0f", "none"),
    "call": (b"\x10", "function"),
    "drop": (b"\x1a", "none"),
    "select": (b"\x1b", "none"),
    "local.get": (b"\x20", "u32"),
    "local.set": (b"\x21", "u32"),
    "local.tee": (b"\x22", "u32"),
    "i32.load": (b"\x28", "memory4"),
    "i64.load": (b"\x29", "memory8"),
    "f64.load": (b"\x2b", "memory8"),
    "i32.load8_u": (b"\x2d", "memory1"),
    "i32.store": (b"\x36", "memory4"),
    "i64.store": (b"\x37", "memory8"),
    "f64.store": (b"\x39", "memory8"),
    "i32.store8": (b"\x3a", "memory1"),
    "i32.const": (b"\x41", "i32"),
    "i64.const": (b"\x42", "i64"),
    "f64.const": (b"\x44", "f64"),
    "data": (b"\x41", "data"),
    "i32.trunc_sat_f64_u": (b"\xfc\x03", "none"),
    "v128.load": (b"\xfd\x00", "memory16"),
    "v128.store": (b"\xfd\x0b", "memory16"),
    "v128.load64_zero": (b"\xfd\x5d", "memory8"),
    "v128.store64_lane": (b"\xfd\x5b", "lane8"),
    "f64x2.splat": (b"\xfd\x14", "none"),
    "f64x2.extract_lane": (b"\xfd\x21", "u32"),  # the lane is a byte, and so is a small number
    "v128.bitselect": (b"\xfd\x52", "none"),
    "memory.copy": (b"\xfc\x0a", "zerozero"),
    "memory.fill": (b"\xfc\x0b", "zero"),
}


def _numbered(first: int, names: str) -> None:
    """Add instructions without immediates whose opcodes follow one another."""
    for number, name in enumerate(names.split(), start=first):
        OPCODES[name] = (bytes([number]), "none")


_numbered(
    0x45,
    "i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u"
    " i64.eqz i64.eq i64.ne i64.lt_s i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u",
)
_numbered(0x61, "f64.eq f64.ne f64.lt f64.gt f64.le f64.ge")
_numbered(
    0x67,
    "i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u i32.rem_s i32.rem_u"
    " i32.and i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr"
    " i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s i64.div_u i64.rem_s i64.rem_u"
    " i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr",
)
_numbered(
    0x99,
    "f64.abs f64.neg f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt"
    " f64.add f64.sub f64.mul f64.div f64.min f64.max f64.copysign",
)
_numbered(0xA7, "i32.wrap_i64")
_numbered(0xAA, "i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s i64.extend_i32_u")
_numbered(0xB0, "i64.trunc_f64_s i64.trunc_f64_u")
_numbered(0xB7, "f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u")
_numbered(0xBD, "i64.reinterpret_f64")
_numbered(0xBF, "f64.reinterpret_i64")


def _on_lanes(first: int, names: str) -> None:
    """The same for instructions on v128, of which the numbers from 0x80 take two bytes."""
    for number, name in enumerate(names.split(), start=first):
        code = bytes([number]) if number < 0x80 else bytes([number, 0x01])
        OPCODES[name] = (b"\xfd" + code, "none")


_on_lanes(0x47, "f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge v128.not v128.and")
_on_lanes(0x50, "v128.or v128.xor")
_on_lanes(0x74, "f64x2.ceil f64x2.floor")
_on_lanes(0x7A, "f64x2.trunc")
_on_lanes(0x94, "f64x2.nearest")
_on_lanes(0xEC, "f64x2.abs f64x2.neg")
_on_lanes(0xEF, "f64x2.sqrt f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max")
