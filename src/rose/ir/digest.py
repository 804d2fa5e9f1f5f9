"""A digest of a program: equal for equal programs, in every process and on every machine."""

from __future__ import annotations

import marshal
from hashlib import sha256
from typing import Any

from rose.ir.func import Apply, Block, Call, Func, Instr, callees_first
from rose.ir.stages import stage


@stage("digest")
def digest(func: Func) -> bytes:
    """32 bytes that stand for the instructions, types and names of a program, but not for its lines."""
    for inner in _with_rules(func):
        if "digest" not in inner.memo:
            inner.memo["digest"] = sha256(marshal.dumps(_contents(inner), 2)).digest()
    return bytes(func.memo["digest"])


def _with_rules(func: Func) -> list[Func]:
    """All functions of a program and of the rules in it, every one after those it refers to."""
    order: dict[Func, None] = {}
    for inner in callees_first([func]):
        if inner.rule is not None and inner.rule not in order:
            order.update(dict.fromkeys(_with_rules(inner.rule)))
        order[inner] = None
    return list(order)


def _contents(func: Func) -> Any:
    """A Func as nested tuples of numbers and texts. Version 2 of marshal writes equal values to equal bytes."""
    rule = func.rule.memo["digest"] if func.rule else b""
    return func.name, [str(type) for type in func.types], rule, func.remat, _block(func.body)


def _block(block: Block) -> Any:
    return block.params, [_instr(instr) for instr in block.instrs], block.results


def _instr(instr: Instr) -> Any:
    match instr:
        case Apply(prim=prim, attrs=attrs):
            return prim.name, repr(attrs) if attrs else "", instr.operands, instr.results
        case Call(func=func):
            return "call", func.memo["digest"], instr.operands, instr.results
        case _:
            inner = [_block(block) for block in instr.blocks]
            return _static(instr), inner, instr.operands, instr.results


def _static(instr: Instr) -> str:
    """The kind of an instruction and what it has of numbers and marks: a loop's length, say."""
    fields = [(name, getattr(instr, name)) for name in instr.__match_args__]
    marks = [f"{name}={value!r}" for name, value in fields if isinstance(value, int | str | None)]
    return " ".join([instr.__class__.__name__, *marks])
