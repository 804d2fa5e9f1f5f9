"""Module -> text, in WebAssembly's own text format, for people to read."""

from __future__ import annotations

import math
import re
from typing import Any

from rose.wasm.encode import IMPORTS, PAGE, ConstantData
from rose.wasm.module import Function, Module
from rose.wasm.opcodes import OPCODES


def print_module(module: Module) -> str:
    """The module as text that standard tools read back."""
    printer = _Printer(module)
    lines = ["(module"]
    for wanted in module.imports:
        where = f"{_string(IMPORTS.encode())} {_string(wanted.name.encode())}"
        lines.append(f"  (import {where} {printer.head(wanted).strip()}))")
    for function in module.own:
        lines += printer.function(function)
    end = max(module.memory_bytes, printer.data.start + len(printer.data.bytes))
    pages = -(-end // PAGE)
    lines.append(f'  (memory (export "memory") {pages} {pages})')
    for name, function in module.exports.items():
        lines.append(f"  (export {_string(name.encode())} (func {printer.names[function]}))")
    if printer.data.bytes:
        text = _string(bytes(printer.data.bytes))
        lines.append(f"  (data (i32.const {printer.data.start}) {text})")
    return "\n".join(lines) + ")\n"


def _string(data: bytes) -> str:
    return (
        '"'
        + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\{b:02x}" for b in data)
        + '"'
    )


class _Printer:
    def __init__(self, module: Module) -> None:
        self.data = ConstantData(module.data_start)
        self.names: dict[Function, str] = {}
        for number, function in enumerate(module.functions):
            clean = re.sub(r"[^A-Za-z0-9_.]", "_", function.name)
            self.names[function] = f"${clean}.{number}"

    def head(self, function: Function) -> str:
        head = f"  (func {self.names[function]}"
        head += "".join(f" (param {t})" for t in function.params)
        return head + "".join(f" (result {t})" for t in function.results)

    def function(self, function: Function) -> list[str]:
        lines = [self.head(function)]
        if function.locals:
            lines.append("    (local " + " ".join(function.locals) + ")")
        depth = 2
        for op in function.body:
            if op[0] in ("end", "else"):
                depth -= 1
            lines.append("  " * depth + self.op(op))
            if op[0] in ("block", "loop", "if", "else"):
                depth += 1
        lines[-1] += ")"
        return lines

    def op(self, op: tuple[Any, ...]) -> str:
        name, kind = op[0], OPCODES[op[0]][1]
        match kind:
            case "none" | "zero" | "zerozero":
                return str(name)
            case "function":
                return f"{name} {self.names[op[1]]}"
            case "block":
                return name if op[1] is None else f"{name} (result {op[1]})"
            case "labels":
                return f"{name} {' '.join(map(str, op[1]))}"
            case "memory1" | "memory4" | "memory8":
                return f"{name} offset={op[1]}" if op[1] else str(name)
            case "memory16":
                return f"{name} offset={op[1]} align=8"
            case "lane8":
                return f"{name} offset={op[1]} 0"
            case "data":
                return f"i32.const {self.data.address(op[1])}"
            case "f64":
                return f"{name} {_float(op[1])}"
            case _:
                return f"{name} {op[1]}"


def _float(value: float) -> str:
    """Hexadecimal floats are exact; small decimal ones are easier to read."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return repr(value)
