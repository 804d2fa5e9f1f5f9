"""Copying instructions of one Func into another under construction."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence

from rose.ir.builder import Builder
from rose.ir.func import Apply, Block, Func, Instr
from rose.ir.types import Type

# Value of the old Func -> value of the new one.
Env = MutableMapping[int, int]


def copy_instr(builder: Builder, types: Sequence[Type], instr: Instr, env: Env) -> None:
    """Append a copy of an instruction, nested blocks included, and map its results in `env`.

    Args:
        builder: what it is appended to.
        types: those of the values of the Func that the instruction comes from.
        instr: what is copied.
        env: has what it uses.
    """
    builder.append(_copied(builder, types, instr, env))


def copy_instrs(builder: Builder, types: Sequence[Type], instrs: Sequence[Instr], env: Env) -> None:
    """Append copies of several instructions."""
    for instr in instrs:
        copy_instr(builder, types, instr, env)


class Kept(dict[int, int]):
    """An Env for a Builder that goes on from the old Func: what is not in it keeps its number."""

    def __missing__(self, v: int) -> int:
        return v


def keep_instr(builder: Builder, instr: Instr, env: Kept) -> None:
    """Append an instruction of the Func that the builder goes on from, nested blocks included."""
    builder.append(renamed(instr, env) if env else instr)


def renamed(instr: Instr, env: Kept) -> Instr:
    """An instruction with others in place of the values that it uses, nested blocks included; its results are the same."""
    operands, blocks = instr.operands, instr.blocks
    if not env.keys().isdisjoint(operands):
        operands = tuple([env[v] for v in operands])
    if blocks:
        blocks = tuple([_renamed_block(block, env) for block in blocks])
    elif operands is instr.operands:
        return instr
    return instr.rebuilt(operands, instr.results, blocks)


def _renamed_block(block: Block, env: Kept) -> Block:
    instrs = tuple([renamed(instr, env) for instr in block.instrs])
    return Block(block.params, instrs, tuple([env[v] for v in block.results]))


def _copied(builder: Builder, types: Sequence[Type], instr: Instr, env: Env) -> Instr:
    operands = tuple([env[v] for v in instr.operands])
    if isinstance(instr, Apply):
        (v,) = instr.results
        env[v] = new = builder.value(types[v])
        return Apply(instr.prim, operands, (new,), instr.attrs, instr.loc)
    blocks = instr.blocks
    if blocks:
        blocks = tuple([_copied_block(builder, types, block, env) for block in blocks])
    results = builder.values([types[v] for v in instr.results])
    for old, new in zip(instr.results, results, strict=True):
        env[old] = new
    return instr.rebuilt(operands, results, blocks)


def _copied_block(builder: Builder, types: Sequence[Type], block: Block, env: Env) -> Block:
    params = builder.values([types[v] for v in block.params])
    env.update(zip(block.params, params, strict=True))
    instrs = tuple([_copied(builder, types, instr, env) for instr in block.instrs])
    return Block(params, instrs, tuple([env[v] for v in block.results]))


def inline_call(builder: Builder, func: Func, operands: Sequence[int]) -> list[int]:
    """Append the body of `func` applied to operands; gives its results."""
    env: dict[int, int] = dict(zip(func.body.params, operands, strict=True))
    copy_instrs(builder, func.types, func.body.instrs, env)
    return [env[v] for v in func.body.results]
