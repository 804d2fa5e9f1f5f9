"""The text form: one line an instruction, blocks in braces, functions before their callers.

    func distance(%0: real, %1: real) -> (real) {
      %2: real = sub %0, %1
      %3: real = abs %2
      return %3
    }

`rose.ir.parser` reads it back. After `#` stands the user's line, which is a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import assert_never

from rose.ir.func import (
    Accum,
    Add,
    Apply,
    Block,
    Call,
    Cond,
    Func,
    Instr,
    Loop,
    Resolve,
    While,
    callees_first,
)
from rose.ir.host import Host
from rose.ir.types import Array, Bool, Index, Real, Ref

INDENT = "  "


def print_program(root: Func, *, locations: bool = False) -> str:
    """A Func and all it calls, callees first. Functions of equal names are told apart by a suffix."""
    names: dict[Func, str] = {}
    taken: set[str] = set()
    for func in callees_first([root]):
        names[func] = _unused(_identifier(func.name), taken)
    return "\n\n".join(print_func(f, names, locations=locations) for f in names) + "\n"


def _identifier(name: str) -> str:
    """The name with what the text form cannot hold replaced by `_`."""
    clean = re.sub(r"[^A-Za-z0-9_.]", "_", name)
    return clean if clean[:1].isalpha() or clean[:1] == "_" else "_" + clean


def _unused(name: str, taken: set[str]) -> str:
    unique, k = name, 2
    while unique in taken:
        unique, k = f"{name}.{k}", k + 1
    taken.add(unique)
    return unique


def print_func(func: Func, names: dict[Func, str] | None = None, *, locations: bool = False) -> str:
    """One Func. `names` are those of the functions it calls and its own."""
    printer = _Printer(func, names or {}, locations)
    printer.renumber(func.body)
    name = printer.names.get(func, _identifier(func.name))
    results = ", ".join(map(str, func.result_types))
    lines = [f"func {name}({printer.typed(func.body.params)}) -> ({results}) {{"]
    lines += printer.block(func.body, INDENT, "return")
    return "\n".join([*lines, "}"])


def print_instr(func: Func, instr: Instr) -> list[str]:
    """The lines of one instruction, for error messages."""
    return _Printer(func, {}, False).instr(instr, "")


def print_literal(value: object) -> str:
    """An attr: number, bool, type, or a tuple of them."""
    match value:
        case Real() | Bool() | Index() | Array() | Ref():
            return str(value)
        case Host(js=js):
            return f'"{js}"'
        case tuple():
            return "(" + ", ".join(map(print_literal, value)) + ")"
        case _:
            return repr(value)


class _Printer:
    def __init__(self, func: Func, names: dict[Func, str], locations: bool) -> None:
        self.types = func.types
        self.names = names
        self.locations = locations
        self.number = list(range(len(func.types)))  # what is printed for each value

    def renumber(self, body: Block) -> None:
        """Number the values 0, 1, 2, … in the order of the text."""
        for number, v in enumerate(_made(body)):
            self.number[v] = number

    def values(self, values: Iterable[int]) -> str:
        known = len(self.number)  # the checker shows values that are not there
        return ", ".join(f"%{self.number[v] if v < known else v}" for v in values)

    def typed(self, values: Iterable[int]) -> str:
        return ", ".join(f"%{self.number[v]}: {self.types[v]}" for v in values)

    def block(self, block: Block, indent: str, keyword: str) -> list[str]:
        lines = []
        for instr in block.instrs:
            lines += self.instr(instr, indent)
        return [*lines, f"{indent}{keyword} {self.values(block.results)}".rstrip()]

    def instr(self, instr: Instr, indent: str) -> list[str]:
        head, *rest = self.bare(instr, indent)
        equals = f"{self.typed(instr.results)} = " if instr.results else ""
        where = ""
        if self.locations and instr.loc.file:
            where = f"  # {Path(instr.loc.file).name}:{instr.loc.line}"
        return [f"{indent}{equals}{head}{where}", *rest]

    def bare(self, instr: Instr, indent: str) -> list[str]:
        """The lines of an instruction without its results."""
        operands = self.values(instr.operands)
        match instr:
            case Apply(prim=prim, attrs=attrs):
                static = "".join(
                    f" {name}={print_literal(value)}"
                    for name, value in zip(prim.attrs, attrs, strict=True)
                )
                return [f"{prim.name} {operands}".rstrip() + static]
            case Call(func=func):
                return [f"call {self.names.get(func, _identifier(func.name))}({operands})"]
            case Loop():
                return self.loop(instr, indent)
            case While():
                return self.while_loop(instr, indent)
            case Cond():
                return self.cond(instr, indent)
            case Accum():
                return [f"accum {operands}".rstrip()]
            case Add():
                return [f"accumulate {operands}"]
            case Resolve():
                return [f"resolve {operands}"]
            case _:
                assert_never(instr)

    def loop(self, instr: Loop, indent: str) -> list[str]:
        body = instr.body
        head = f"loop {instr.size} {'reverse ' if instr.reverse else ''}"
        head += f"checkpoint {instr.checkpoint} " if instr.checkpoint else ""
        head += f"({self.values(instr.operands)}) ({self.typed(body.params)}) {{"
        return [head, *self.block(body, indent + INDENT, "yield"), f"{indent}}}"]

    def while_loop(self, instr: While, indent: str) -> list[str]:
        test, body = instr.blocks
        return [
            f"while ({self.values(instr.operands)}) ({self.typed(test.params)}) {{",
            *self.block(test, indent + INDENT, "yield"),
            f"{indent}}} ({self.typed(body.params)}) {{",
            *self.block(body, indent + INDENT, "yield"),
            f"{indent}}}",
        ]

    def cond(self, instr: Cond, indent: str) -> list[str]:
        lines = [f"cond {self.values(instr.operands)} {{"]
        for k, branch in enumerate(instr.branches):
            if k:
                lines.append(f"{indent}}} {{")
            lines += self.block(branch, indent + INDENT, "yield")
        return [*lines, f"{indent}}}"]


def _made(block: Block) -> Iterator[int]:
    """The values of a block in the order in which the text names them first."""
    yield from block.params
    for instr in block.instrs:
        yield from instr.results
        for inner in instr.blocks:
            yield from _made(inner)
