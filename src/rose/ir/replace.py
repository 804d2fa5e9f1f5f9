"""Rebuilding a Func around other callees."""

from __future__ import annotations

from collections.abc import Mapping

from rose.ir.func import Block, Call, Func, Instr, callees, callees_first


def with_callees(func: Func, new: Mapping[Func, Func]) -> Func:
    """The same Func calling `new[g]` for every g it called; g and new[g] have equal signatures."""
    if func.is_fixed or all(new.get(g, g) is g for g in callees(func)):
        return func

    def replaced(instr: Instr) -> Instr:
        if isinstance(instr, Call):
            return Call(new.get(instr.func, instr.func), instr.operands, instr.results, instr.loc)
        if instr.blocks:
            return instr.rebuilt(instr.operands, instr.results, tuple(map(block, instr.blocks)))
        return instr

    def block(old: Block) -> Block:
        return Block(old.params, tuple(map(replaced, old.instrs)), old.results)

    return Func(func.name, func.types, block(func.body))


def set_free(root: Func) -> Func:
    """The same program with no function fixed: no derivative will be asked for."""
    if not any(func.is_fixed for func in callees_first([root])):
        return root
    new: dict[Func, Func] = {}
    for func in callees_first([root]):
        plain = Func(func.name, func.types, func.body) if func.is_fixed else func
        new[func] = with_callees(plain, new)
    return new[root]
