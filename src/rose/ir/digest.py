"""A digest of a program: equal for equal programs, in every process and on every machine."""

from __future__ import annotations

import marshal
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from rose.ir.func import Apply, Block, Call, Func, Instr, Rule, callees_first
from rose.ir.stages import stage


@stage("digest")
def digest(func: Func) -> bytes:
    """32 bytes that stand for the instructions, types and names of a program, but not for its lines."""
    for inner in callees_first([func]):
        if "digest" not in inner.memo:
            contents = _contents(inner, _digest_of_rule(inner.rule), _remembered)
            inner.memo["digest"] = _hash(contents)
    return _remembered(func)


def _remembered(func: Func) -> bytes:
    return func.memo["digest"]  # type: ignore[no-any-return]


def _digest_of_rule(rule: Rule | None) -> bytes:
    """That of the rule's jvp, in which the function that it is the rule of stands for itself; nothing for no rule."""
    if rule is None or rule.func is None:
        return b""
    if "digest" not in rule.memo:
        inside: dict[Func, bytes] = {}
        for inner in callees_first([rule.func]):
            ruled = b"itself" if inner.rule is rule else _digest_of_rule(inner.rule)
            inside[inner] = _hash(_contents(inner, ruled, inside.__getitem__))
        rule.memo["digest"] = inside[rule.func]
    return rule.memo["digest"]  # type: ignore[no-any-return]


def _hash(contents: Any) -> bytes:
    """Version 2 of marshal writes equal values to equal bytes."""
    return sha256(marshal.dumps(contents, 2)).digest()


def _contents(func: Func, rule: bytes, digest_of: Callable[[Func], bytes]) -> Any:
    """A Func as nested tuples of numbers and texts."""
    types = [str(type) for type in func.types]
    return func.name, types, rule, func.remat, _block(func.body, digest_of)


def _block(block: Block, digest_of: Callable[[Func], bytes]) -> Any:
    return block.params, [_instr(instr, digest_of) for instr in block.instrs], block.results


def _instr(instr: Instr, digest_of: Callable[[Func], bytes]) -> Any:
    match instr:
        case Apply(prim=prim, attrs=attrs):
            return prim.name, repr(attrs) if attrs else "", instr.operands, instr.results
        case Call(func=func):
            return "call", digest_of(func), instr.operands, instr.results
        case _:
            inner = [_block(block, digest_of) for block in instr.blocks]
            return _static(instr), inner, instr.operands, instr.results


def _static(instr: Instr) -> str:
    """The kind of an instruction and what it has of numbers and marks: a loop's length, say."""
    fields = [(name, getattr(instr, name)) for name in instr.__match_args__]
    marks = [f"{name}={value!r}" for name, value in fields if isinstance(value, int | str | None)]
    return " ".join([instr.__class__.__name__, *marks])
